"""NetRegressor gives the answers of sheernet.fit, for everything that scikit-learn passes as X and y."""

from __future__ import annotations

import inspect
import warnings
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

pytest.importorskip("sklearn")
from scipy.stats import kstest
from sklearn.exceptions import DataConversionWarning, NotFittedError

import sheernet as sn

QUICK: dict[str, Any] = {"hidden": 2, "decay": 1e-2, "starts": 1}
RNG = np.random.default_rng(8)
N = 40
X = RNG.normal(size=(N, 2))
Y = X[:, 0] ** 2 + X[:, 1] + 0.1 * RNG.normal(size=N)


def fitted(X: Any = X, y: Any = Y, weights: Any = None, **given: Any) -> sn.NetRegressor:
    return sn.NetRegressor(**{**QUICK, **given}).fit(X, y, weights)


def by_fit(table: Any = X, target: Any = Y, **given: Any) -> sn.Model:
    return sn.fit(table, target, **{**QUICK, "held_out": 0, "task": "regression", **given})


def mixed() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "x": X[:, 0],
            "group": pd.Categorical(np.where(RNG.random(N) < 0.5, "day", "night")),
            "wet": X[:, 1] > 0,
            "when": pd.Timestamp("2024-01-01") + pd.to_timedelta(RNG.integers(0, 20, N), "D"),
        }
    )


NOT_TAKEN = {
    "table", "target", "weights", "task", "validation", "test", "patience", "observers", "keep_path", "check",
    "reduction", "seed", "progress", "options", "held_out", "memory_limit", "folder", "checkpoint", "client", "groups",
}  # fmt: skip
"""Arguments of sheernet.fit that an estimator does not have, or has by another name."""
OWN = {"self", "random_state", "verbose", "options"}


class TestParameters:
    @pytest.mark.parametrize("kind", [sn.NetRegressor, sn.NetClassifier])
    def test_have_the_names_and_the_default_values_of_fit(self, kind: Any) -> None:
        of_fit = inspect.signature(sn.fit).parameters
        own = inspect.signature(kind.__init__).parameters
        common = set(of_fit) - NOT_TAKEN
        if kind is sn.NetClassifier:
            common -= {"output_activation", "target_transform"}
        assert set(own) - OWN == common
        assert {name: own[name].default for name in common} == {
            name: of_fit[name].default for name in common
        }
        assert own["random_state"].default == of_fit["seed"].default
        assert own["verbose"].default == of_fit["progress"].default

    def test_reach_the_fit(self) -> None:
        given = {
            "activation": "sigmoid", "bias": False, "cost": "huber", "scaling": "rms", "starts": 2, "max_iter": 7,
            "scheme": "uniform", "output_activation": "softplus", "categories": ["x1"], "rare": 0.02, "unseen": "rare",
            "missing": "drop", "cycles": "none", "method": "gd", "gradient_tolerance": 1e-3,
            "cost_tolerance": 1e-9, "max_evaluations": 90, "time_limit": 60.0, "engine": "reference",
        }  # fmt: skip
        codes = np.column_stack([RNG.integers(0, 3, N), X[:, 1]])
        y = np.exp(Y)
        own = fitted(codes, y, **given, options={"learning_rate": 0.05}, random_state=4).model_
        model = by_fit(codes, y, **given, learning_rate=0.05, seed=4)
        assert np.array_equal(own.network.theta, model.network.theta)
        assert own.settings == model.settings

    def test_that_are_not_allowed_are_refused_before_the_fit(self) -> None:
        for given, message in (
            ({"hidden": -1}, "hidden must be the number of units"),
            ({"missing": "fill"}, "missing 'fill' is not recognized"),
            ({"options": {"lerning_rate": 1.0}}, "did you mean 'learning_rate'"),
            ({"random_state": "a"}, "cannot be used to seed"),
        ):
            with pytest.raises(ValueError, match=message):
                fitted(**given)

    def test_random_state_is_a_seed_or_draws_one(self) -> None:
        def weights(random_state: Any) -> np.ndarray:
            return fitted(random_state=random_state, max_iter=1).model_.network.theta

        assert np.array_equal(weights(3), by_fit(seed=3, max_iter=1).network.theta)
        assert np.array_equal(weights(np.random.RandomState(3)), weights(np.random.RandomState(3)))
        rng = np.random.RandomState(3)
        assert not np.array_equal(weights(rng), weights(rng))
        assert not np.array_equal(weights(None), weights(None))


class TestFit:
    def test_by_default_is_the_default_fit(self) -> None:
        net, model = sn.NetRegressor().fit(X[:, :1], Y), sn.fit(X[:, :1], Y)
        assert len(model.members) > 1
        assert np.array_equal(net.predict(X[:, :1]), model.predict(X[:, :1]))
        own, expected = (each.predict_interval(X[:, :1], 0.8, "conformal") for each in (net, model))
        assert np.array_equal(own, expected)
        assert net.to_model() is net.model_

    @pytest.mark.parametrize("convert", [pd.DataFrame, pl.from_pandas], ids=["pandas", "polars"])
    @pytest.mark.filterwarnings("ignore:the statistics of held-out rows", "ignore:date 'when'")
    def test_of_a_data_frame_is_that_of_fit(self, convert: Any) -> None:
        frame = convert(mixed())
        net, model = fitted(frame), by_fit(frame)
        assert np.array_equal(net.predict(frame[:9]), model.predict(frame[:9]))
        if convert is pd.DataFrame:  # some releases of scikit-learn do not know the names of polars
            assert net.feature_names_in_.tolist() == ["x", "group", "wet", "when"]
        assert net.n_features_in_ == 4
        assert (net.n_outputs_, net.n_iter_) == (1, model.record.iteration[-1])

    @pytest.mark.parametrize(
        "y",
        [Y.tolist(), pd.Series(Y, index=np.arange(N)[::-1]), pl.Series(Y), Y.astype(object)],
        ids=type,
    )
    def test_takes_the_targets_in_their_order(self, y: Any) -> None:
        assert np.array_equal(fitted(y=y).predict(X), by_fit().predict(X))

    def test_of_a_column_vector_warns_as_scikit_learn_does(self) -> None:
        with pytest.warns(DataConversionWarning, match="column-vector y"):
            net = fitted(y=Y[:, None])
        assert net.predict(X).shape == (N,)

    @pytest.mark.parametrize("y", [Y > 0, (Y > 0).astype(int), np.arange(N) % 3], ids=str)
    def test_of_booleans_and_whole_numbers_is_a_regression(self, y: np.ndarray) -> None:
        net = fitted(y=y)
        assert net.model_.task == "regression"
        np.testing.assert_allclose(
            net.predict(X), by_fit(target=y.astype(float)).predict(X), rtol=1e-12
        )

    def test_of_several_targets(self) -> None:
        both = np.column_stack([Y, 10.0 * X[:, 0]])
        net, model = fitted(y=both), by_fit(target=both)
        assert net.n_outputs_ == 2
        mean, std = net.predict(X, return_std=True)
        assert np.array_equal([mean, std], model.predict(X, return_std=True))
        assert mean.shape == (N, 2)
        assert net.sample_y(X[:5], 7).shape == (5, 2, 7)
        assert net.score(X, both) == pytest.approx(model.score(X, both), rel=1e-12)

    def test_weights_are_those_of_fit(self) -> None:
        weights = RNG.integers(0, 4, N)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", sn.SheernetWarning)
            model = by_fit(weights=weights)
        assert np.array_equal(fitted(weights=weights).predict(X), model.predict(X))
        assert np.array_equal(fitted(weights=weights.tolist()).predict(X), model.predict(X))

    @pytest.mark.parametrize(
        ("weights", "message"),
        [
            (np.ones(N - 1), r"one weight for each of the 40 rows of X, but its shape is \(39,\)"),
            (-np.ones(N), "sample_weight must be at least 0, but -1"),
            (np.zeros(N), "sample_weight is zero for all rows"),
            (np.full(N, np.nan), "sample_weight contains NaN"),
        ],
        ids=str,
    )
    def test_refuses_weights_that_cannot_be(self, weights: Any, message: str) -> None:
        with pytest.raises(ValueError, match=message):
            fitted(weights=weights)

    def test_names_targets_so_that_no_column_is_hidden(self) -> None:
        frame = pd.DataFrame(X, columns=["y", "lag"])
        for y, names in (
            (pd.Series(Y, name="heat"), ("heat",)),
            (pd.Series(Y, name="lag"), ("target",)),
            (Y, ("target",)),
            (pd.DataFrame({"a": Y, "b": -Y}), ("a", "b")),
            (pd.DataFrame({"a": Y, "lag": -Y}), ("y1", "y2")),
        ):
            assert fitted(frame, y, max_iter=1).model_.targets.names == names
        hostile = pd.DataFrame(X, columns=["y", "target"])
        assert fitted(hostile, Y, max_iter=1).model_.targets.names == ("target_2_",)

    def test_warns_once_of_columns_that_it_leaves_out_though_they_differ(self) -> None:
        frame = mixed()[["x", "wet"]].assign(constant=1.0, who=[f"person {i}" for i in range(N)])
        with warnings.catch_warnings(record=True) as found:
            warnings.simplefilter("always")
            net = fitted(frame)
        assert [str(each.message) for each in found] == [
            "NetRegressor does not use 'who'; model_.notices says why, and how to keep them"
        ]
        assert found[0].filename == __file__
        assert len(net.model_.notices) == 2
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            fitted(frame, drop=["who"])

    def test_refuses_what_is_neither_an_array_nor_a_data_frame(self) -> None:
        for source in ("table.csv", {"x": [1.0, 2.0]}, sn.read_table({"x": [1.0, 2.0]})):
            with pytest.raises(
                sn.InvalidInput, match=r"X must be an array or a DataFrame.*sheernet\.fit takes it"
            ):
                fitted(source, [1.0, 2.0])


class TestPredictions:
    def test_before_a_fit_are_refused(self) -> None:
        net = sn.NetRegressor()
        for call in (net.predict, net.predict_interval, net.sample_y, net.predict_distribution):
            with pytest.raises(NotFittedError):
                call(X)
        with pytest.raises(NotFittedError):
            net.to_model()

    def test_of_a_data_frame_are_by_name_and_of_an_array_by_position(self) -> None:
        frame = pd.DataFrame(X, columns=["a", "b"]).assign(constant=2.0)
        net = fitted(frame)
        with pytest.warns(UserWarning, match="does not have valid feature names"):
            by_position = net.predict(frame.to_numpy())
        assert np.array_equal(by_position, net.predict(frame))
        with pytest.raises(ValueError, match="must be in the same order"):
            net.predict(frame[["b", "a", "constant"]])
        with pytest.warns(
            UserWarning, match="has feature names, but NetRegressor was fitted without"
        ):
            assert np.array_equal(
                fitted().predict(pd.DataFrame(X, columns=["a", "b"])), fitted().predict(X)
            )
        with pytest.raises(ValueError, match="X has 1 features, but NetRegressor is expecting 2"):
            fitted().predict(X[:, :1])

    def test_of_an_array_whose_columns_are_not_all_used(self) -> None:
        some = fitted(np.column_stack([X, Y]), drop=["x3"])
        assert np.array_equal(some.predict(np.column_stack([X, np.zeros(N)])), fitted().predict(X))

    def test_of_columns_that_are_called_by_whole_numbers(self) -> None:
        frame = pd.DataFrame(X)
        net = fitted(frame)
        assert np.array_equal(net.predict(frame[[1, 0]]), net.predict(frame))

    def test_of_rows_outside_of_the_training_rows_do_not_warn(self) -> None:
        frame = pd.DataFrame(X, columns=["a", "b"])
        assert np.isfinite(fitted(frame).predict(100.0 * frame)).all()

    def test_need_labels_that_the_training_rows_have(self) -> None:
        frame = mixed()[["x", "group"]].astype({"group": str})
        new = pd.DataFrame({"x": [0.0, 0.1], "group": ["day", "noon"]})
        with pytest.raises(sn.InvalidInput, match=r"'noon' in data row 2.*with unseen='rare'"):
            fitted(frame).predict(new)
        net, model = fitted(frame, unseen="rare"), by_fit(frame, unseen="rare")
        with pytest.warns(sn.SheernetWarning, match="counts as rare: 'noon'"):
            expected = model.predict(new, return_std=True)
        assert np.array_equal(net.predict(new, return_std=True), expected)

    @pytest.mark.parametrize("missing", ["refuse", "drop", "impute"])
    def test_need_inputs_unless_they_are_filled(self, missing: str) -> None:
        net = fitted(missing=missing)
        gap = np.array([[0.5, np.nan]])
        assert net.__sklearn_tags__().input_tags.allow_nan == (missing == "impute")
        if missing == "impute":
            median = np.array([[0.5, np.median(X[:, 1])]])
            assert net.predict(gap) == net.predict(median)
            return
        for rows in (gap, pd.DataFrame(gap), gap.astype(object)):
            with pytest.raises(sn.InvalidInput, match=r"data row 1.*missing='impute'"):
                net.predict(rows)

    def test_of_a_fit_with_gaps(self) -> None:
        holes = X.copy()
        holes[[3, 8], [0, 1]] = np.nan
        with pytest.raises(
            sn.InvalidInput, match=r"X contains NaN in \d+ of 40 rows.*missing='impute'"
        ):
            fitted(holes, missing="refuse")
        complete = ~np.isnan(holes).any(axis=1)
        dropped = fitted(holes, missing="drop")
        assert np.array_equal(dropped.predict(X), fitted(X[complete], Y[complete]).predict(X))
        filled = np.where(np.isnan(holes), np.nanmedian(holes, axis=0), holes)
        np.testing.assert_allclose(fitted(holes).predict(X), fitted(filled).predict(X), rtol=1e-9)


class TestUncertainty:
    NET = fitted()

    def test_is_that_of_the_model(self) -> None:
        net, model = self.NET, self.NET.model_
        assert np.array_equal(net.predict(X, return_std=True), model.predict(X, return_std=True))
        assert np.array_equal(net.predict_interval(X, 0.5), model.predict_interval(X, 0.5))
        density = net.log_predictive_density(X, Y)
        assert np.array_equal(density, model.distribution(X).logpdf(Y))
        assert density.shape == (N,)

    def test_samples_have_the_distribution_of_the_prediction(self) -> None:
        drawn = self.NET.sample_y(X[:2], 2000, random_state=0)
        assert drawn.shape == (2, 2000)
        for row, values in enumerate(drawn):
            distribution = self.NET.predict_distribution(X[row : row + 1])
            assert kstest(values, lambda y, d=distribution: d.cdf(y[:, None])[:, 0]).pvalue > 0.01
        assert np.array_equal(drawn, self.NET.sample_y(X[:2], 2000))
        assert not np.array_equal(drawn, self.NET.sample_y(X[:2], 2000, random_state=1))

    def test_arguments_that_cannot_be_are_refused(self) -> None:
        with pytest.raises(ValueError, match="inconsistent numbers of samples"):
            self.NET.log_predictive_density(X, Y[:1])
        with pytest.raises(sn.InvalidInput, match="coverage must be"):
            self.NET.predict_interval(X, 95)
        with pytest.raises(sn.InvalidInput, match="n_samples must be"):
            self.NET.sample_y(X, 0)

    def test_conformal_intervals_need_the_errors_of_folds(self) -> None:
        with pytest.raises(sn.InvalidInput, match="need the errors of at least 9 held-out rows"):
            self.NET.predict_interval(X, method="conformal")


def test_a_saved_model_predicts_the_same_bits(tmp_path: Any) -> None:
    net = fitted()
    path = net.save(tmp_path / "model.json")
    assert np.array_equal(sn.load(path).predict(X), net.predict(X))
