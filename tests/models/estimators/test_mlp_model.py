"""The model of a fitted perceptron: the same bits of predictions, its figures, its file, and what it cannot say."""

from __future__ import annotations

import hashlib
import json
import pickle
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

pytest.importorskip("sklearn")

from sklearn.metrics import accuracy_score, confusion_matrix, log_loss, mean_squared_error, r2_score

import sheernet as sn
from sheernet.models.estimators import mlp_model
from sheernet.models.estimators.fit_facts import FitFacts
from sheernet.models.explaining import given_table
from sheernet.models.fitting import check_model

N = 60
RNG = np.random.default_rng(5)
X = RNG.normal(size=(N, 3))
Y = np.column_stack([X[:, 0] + np.sin(2 * X[:, 1]), X[:, 2] ** 2]) + 0.1 * RNG.normal(size=(N, 2))
TABLE = pd.DataFrame(X, columns=["height", "weight", "age"])
CODES = np.digitize(X[:, 0] + 0.3 * RNG.normal(size=N), [-0.5, 0.5])
COUNTS = RNG.poisson(np.exp(0.3 * X[:, 0]))
WEIGHTS = 1.0 + np.arange(N) % 3
QUICK: dict[str, Any] = {
    "hidden_layer_sizes": (4,), "solver": "lbfgs", "alpha": 0.1, "tol": 1e-3, "max_iter": 2000,
    "random_state": 0,
}  # fmt: skip


def regressor(y: Any = Y[:, 0], inputs: Any = X, weights: Any = None, **more: Any) -> Any:
    return sn.MLPRegressor(**{**QUICK, **more}).fit(inputs, y, weights)


def classifier(y: Any = CODES, inputs: Any = X, weights: Any = None, **more: Any) -> Any:
    return sn.MLPClassifier(**{**QUICK, **more}).fit(inputs, y, weights)


class TestPredictions:
    @pytest.mark.parametrize(
        ("y", "more"),
        [
            (Y[:, 0], {}), (Y, {}), (COUNTS, {"loss": "poisson"}), (Y[:, 0], {"skip": True}),
            (Y[:, 0], {"hidden_layer_sizes": ()}), (Y, {"activation": "logistic", "n_init": 3}),
        ],
    )  # fmt: skip
    def test_of_numbers_have_the_same_bits(self, y, more) -> None:
        estimator = regressor(y, **more)
        assert np.array_equal(estimator.to_model().predict(X), estimator.predict(X))

    @pytest.mark.parametrize(
        "labels",
        [np.array([3, 5, 7]), np.array(["no", "yes", "perhaps"]), np.array([1.0, 2.0, 3.0])],
    )
    def test_of_classes_have_the_same_bits_and_labels(self, labels) -> None:
        estimator = classifier(labels[CODES])
        model = estimator.to_model()
        assert model.predict(X).tolist() == estimator.predict(X).tolist()
        assert {type(label) for label in model.predict(X)} == {type(labels.tolist()[0])}
        assert np.array_equal(model.probabilities(X), estimator.predict_proba(X))
        assert list(model.targets.classes) == estimator.classes_.tolist()

    @pytest.mark.parametrize("labels", [np.array([False, True]), np.array(["a", "b"])])
    def test_of_two_classes(self, labels) -> None:
        estimator = classifier(labels[(CODES > 0).astype(int)])
        model = estimator.to_model()
        assert model.predict(X).tolist() == estimator.predict(X).tolist()
        assert np.array_equal(model.probabilities(X), estimator.predict_proba(X))

    def test_of_a_frame_find_columns_by_name(self) -> None:
        estimator = regressor(inputs=TABLE)
        model = estimator.to_model()
        turned = TABLE[["age", "height", "weight"]]
        assert model.inputs.names == ("height", "weight", "age")
        assert np.array_equal(model.predict(turned), estimator.predict(TABLE))

    @pytest.mark.filterwarnings("ignore:solver 'adam' ended")
    @pytest.mark.parametrize("more", [{}, {"early_stopping": True}])
    def test_after_epochs(self, more) -> None:
        estimator = regressor(solver="adam", max_iter=5, **more)
        assert np.array_equal(estimator.to_model().predict(X), estimator.predict(X))

    def test_after_partial_fits(self) -> None:
        estimator = sn.MLPRegressor(solver="sgd", hidden_layer_sizes=(4,), random_state=0)
        for rows in (slice(0, 30), slice(30, 60)):
            estimator.partial_fit(X[rows], Y[rows, 0])
        model = estimator.to_model()
        assert np.array_equal(model.predict(X), estimator.predict(X))
        assert model.training_fit.rows == 30

    def test_follow_weights_that_the_user_changed(self) -> None:
        estimator = regressor()
        estimator.intercepts_[-1] += 1.0
        assert np.array_equal(estimator.to_model().predict(X), estimator.predict(X))


class TestFile:
    @pytest.mark.parametrize("fitted", [regressor, classifier])
    def test_has_the_same_bits(self, fitted, tmp_path) -> None:
        estimator = fitted(inputs=TABLE)
        loaded = sn.load(estimator.save(tmp_path / "model.json"))
        assert loaded.predict(TABLE).tolist() == estimator.predict(TABLE).tolist()
        assert loaded.report(verbose=True) == estimator.to_model().report(verbose=True)

    def test_of_epochs_whose_gradient_is_not_known(self, tmp_path) -> None:
        estimator = sn.MLPRegressor(
            solver="adam", hidden_layer_sizes=(4,), random_state=0
        ).partial_fit(X, Y[:, 0])
        loaded = sn.load(estimator.save(tmp_path / "model.json"))
        assert np.array_equal(loaded.predict(X), estimator.predict(X))

    def test_another_ending_is_refused(self, tmp_path) -> None:
        with pytest.raises(sn.InvalidInput, match="saved as JSON"):
            regressor().save(tmp_path / "model.pkl")

    def test_says_that_the_gradient_was_not_checked(self, tmp_path) -> None:
        path = regressor().save(tmp_path / "model.json")
        assert json.loads(path.read_text())["gradient_check"]["verdict"] == "not checked"


class TestFigures:
    def test_of_numbers_are_those_of_scikit_learn(self) -> None:
        estimator = regressor(Y, weights=WEIGHTS)
        fit, predicted = estimator.to_model().training_fit, estimator.predict(X)
        options = {"sample_weight": WEIGHTS, "multioutput": "raw_values"}
        assert fit.rows == N
        np.testing.assert_allclose(fit.r2, r2_score(Y, predicted, **options))
        np.testing.assert_allclose(np.square(fit.rmse), mean_squared_error(Y, predicted, **options))

    @pytest.mark.parametrize("codes", [CODES, (CODES > 0).astype(int)])
    def test_of_classes_are_those_of_scikit_learn(self, codes) -> None:
        estimator = classifier(codes)
        fit, shares = estimator.to_model().training_fit, estimator.predict_proba(X)
        assert fit.accuracy == pytest.approx(accuracy_score(codes, estimator.predict(X)))
        assert fit.log_loss == pytest.approx(log_loss(codes, shares))
        assert np.array_equal(fit.confusion, confusion_matrix(codes, estimator.predict(X)))

    def test_of_rows_without_weight_do_not_count(self) -> None:
        weights = (np.arange(N) % 2).astype(float)
        fit = regressor(weights=weights).to_model().training_fit
        assert fit.rows == N // 2

    def test_ranges_are_those_of_the_rows(self) -> None:
        model = regressor(Y).to_model()
        assert [c.lowest for c in model.inputs.columns] == X.min(axis=0).tolist()
        assert [c.highest for c in model.inputs.columns] == X.max(axis=0).tolist()
        assert model.targets.lowest == tuple(Y.min(axis=0))
        assert model.targets.highest == tuple(Y.max(axis=0))

    def test_rows_outside_of_the_range_are_told(self) -> None:
        model = regressor(inputs=TABLE).to_model()
        with pytest.warns(sn.SheernetWarning, match="above"):
            model.predict(TABLE.assign(age=TABLE["age"] + 9))

    def test_the_hash_is_that_of_inputs_and_targets(self) -> None:
        expected = hashlib.sha256(X.tobytes() + Y.tobytes()).hexdigest()
        assert regressor(Y).to_model().provenance.data_sha256 == expected

    def test_the_objective_is_that_of_the_documentation(self) -> None:
        estimator = regressor(weights=WEIGHTS)
        model, W = estimator.to_model(), WEIGHTS.sum()
        errors = WEIGHTS @ (estimator.predict(X) - Y[:, 0]) ** 2
        penalty = 0.1 * sum(float(np.sum(coef**2)) for coef in estimator.coefs_)
        assert model.record.objective[-1] == pytest.approx((errors + penalty) / (2 * W))
        theta, biases = model.network.theta, np.concatenate(estimator.intercepts_).size
        assert model.decay @ theta**2 == pytest.approx(penalty / W)
        assert np.count_nonzero(model.decay) == theta.size - biases


class TestFacts:
    def test_parameters_are_recorded_with_their_origins(self) -> None:
        model = regressor(callbacks=[lambda step, row: None]).to_model()
        assert model.settings["hidden_layer_sizes"] == [4]
        assert model.origins["alpha"] == "given"
        assert model.origins["beta_1"] == "default"
        assert "callbacks" not in model.settings
        assert (model.provenance.method, model.provenance.seed) == ("lbfgs", 0)

    def test_a_random_state_is_no_seed(self) -> None:
        model = regressor(random_state=np.random.RandomState(0)).to_model()
        assert model.provenance.seed is None
        assert "random_state" not in model.settings

    def test_the_report_tells_of_validation_rows_and_weights(self) -> None:
        estimator = regressor(weights=WEIGHTS, early_stopping=True, max_iter=2000)
        report = estimator.to_model().report(verbose=True)
        assert "54 for training" in report
        assert "6 of the rows of the fit for\n            validation" in report
        assert "weighted by sample_weight" in report
        assert "not checked by the fit" in report

    def test_the_table_of_the_fit_is_recognized(self) -> None:
        model = regressor(inputs=TABLE).to_model()
        table = TABLE.assign(y=Y[:, 0])
        assert given_table(model, table).is_of_fit
        assert not given_table(model, table[::-1]).is_of_fit
        assert not given_table(model, table.assign(y=Y[:, 1])).is_of_fit

    def test_the_summary_of_the_table_has_the_standard_errors_of_statsmodels(self) -> None:
        sm = pytest.importorskip("statsmodels.api")
        estimator = regressor(inputs=TABLE, hidden_layer_sizes=(), alpha=0.0, tol=1e-9)
        found = estimator.to_model().summary(TABLE.assign(y=Y[:, 0])).to_frame()
        expected = sm.OLS(Y[:, 0], sm.add_constant(X)).fit()
        np.testing.assert_allclose(found["estimate"], expected.params, atol=1e-6)
        np.testing.assert_allclose(found["std_error"], expected.bse, rtol=1e-5)

    def test_without_the_table_its_uncertainty_is_refused(self) -> None:
        model = regressor().to_model()
        for call in (lambda: model.predict(X, return_std=True), lambda: model.predict_interval(X)):
            with pytest.raises(
                sn.InvalidInput, match=r"estimator such as MLPRegressor.*NetRegressor"
            ):
                call()
        assert "estimator such as MLPRegressor" in str(model.summary()).replace(
            "\n            ", " "
        )

    def test_its_gradient_can_be_checked(self) -> None:
        model = regressor(inputs=TABLE, weights=WEIGHTS).to_model()
        table = TABLE.assign(y=Y[:, 0], sample_weight=WEIGHTS)
        assert check_model(model, table).verdict == "pass"

    def test_a_name_of_an_input_is_no_name_of_a_target(self) -> None:
        for names in (["y", "b", "c"], ["y2", "target", "c"], ["y", "target", "predicted_target"]):
            for y in (Y, pd.Series(Y[:, 0], name="c")):
                model = regressor(y, TABLE.set_axis(names, axis="columns")).to_model()
                assert not set(model.targets.names) & set(names)

    def test_targets_keep_their_names(self) -> None:
        of_series = regressor(pd.Series(Y[:, 0], name="gain")).to_model()
        of_frame = regressor(pd.DataFrame(Y, columns=["gain", "loss"])).to_model()
        of_classes = classifier(pd.Series(CODES, name="group")).to_model()
        assert of_series.targets.names == ("gain",)
        assert of_frame.targets.names == ("gain", "loss")
        assert of_classes.targets.names == ("group",)
        assert regressor(Y).to_model().targets.names == ("y1", "y2")
        assert regressor(pd.Series(Y[:, 0])).to_model().targets.names == ("y",)

    def test_columns_of_pyarrow_keep_their_names(self) -> None:
        pa = pytest.importorskip("pyarrow")
        targets = pa.table({"gain": Y[:, 0], "loss": Y[:, 1]})
        assert regressor(targets).to_model().targets.names == ("gain", "loss")

    def test_the_pickle_keeps_no_rows(self) -> None:
        large = np.tile(X, (200, 1))
        with_rows = len(pickle.dumps(large))
        estimator = regressor(np.tile(Y[:, 0], 200), large)
        assert len(pickle.dumps(estimator)) < with_rows / 4
        again = pickle.loads(pickle.dumps(estimator))
        assert np.array_equal(again.to_model().predict(X), estimator.predict(X))

    def test_rows_that_change_after_the_fit_change_no_facts(self) -> None:
        rows, y, weights = X.copy(), Y[:, 0].copy(), WEIGHTS.copy()
        estimator = regressor(y, rows, weights)
        for array in (rows, y, weights):
            array[:] = 1.0
        facts, expected = estimator._facts, regressor(weights=WEIGHTS)._facts
        assert facts.data_sha256 == expected.data_sha256
        assert facts.training_fit == expected.training_fit
        assert facts.rows.checksum == expected.rows.checksum
        assert facts.total_weight == WEIGHTS.sum()

    @pytest.mark.parametrize("most", [X.size, X.size - 1])
    def test_rows_are_kept_of_small_tables_only(self, most, monkeypatch) -> None:
        monkeypatch.setattr(mlp_model, "MOST_CHECKED", most)
        estimator = regressor()
        assert isinstance(estimator._kept, FitFacts) == (most < X.size)
        pickle.dumps(estimator)
        assert isinstance(estimator._kept, FitFacts)

    def test_the_time_is_that_of_the_fit(self, monkeypatch) -> None:
        then = datetime(2001, 2, 3, 4, 5, 6, tzinfo=UTC)
        monkeypatch.setattr(mlp_model, "datetime", SimpleNamespace(now=lambda zone: then))
        estimator = regressor()
        monkeypatch.undo()
        assert estimator.to_model().provenance.created == "2001-02-03T04:05:06+00:00"

    def test_the_member_has_the_history(self) -> None:
        estimator = regressor(n_init=3)
        member = estimator.member_
        assert len(member.starts) == 3
        assert member.starts.seed == 0
        assert np.array_equal(member.network.predict(X)[:, 0], estimator.predict(X))


class TestRefused:
    def test_several_labels_of_a_row(self) -> None:
        several = np.column_stack([CODES > 0, CODES > 1]).astype(int)
        with pytest.raises(
            sn.InvalidInput, match=r"2 labels, several of which a row may have.*joblib"
        ):
            classifier(several).to_model()

    def test_without_a_fit(self) -> None:
        from sklearn.exceptions import NotFittedError

        with pytest.raises(NotFittedError):
            sn.MLPRegressor().to_model()
