"""The importance of columns: each measure against predictions of changed tables, the rows it is measured on, errors."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest

import sheernet as sn
from random_models import EVERY_COLUMN, number_inputs, random_member, random_model
from sheernet.data.columns import Inputs
from sheernet.data.targets import ClassTarget, NumberTargets
from sheernet.models.explaining.importance_measures import Explained, drawn_rows
from sheernet.models.explaining.importance_result import TITLES

pytestmark = pytest.mark.filterwarnings("ignore::sheernet.SheernetWarning")
N = 16


def mixed_table(n: int = N, seed: int = 0) -> pd.DataFrame:
    """Rows for `EVERY_COLUMN` of the random models."""
    rng = np.random.default_rng(seed)
    days = np.datetime64("2024-01-01") + rng.integers(0, 150, size=n).astype("m8[D]")
    moments = pd.Series(days.astype("M8[s]") + rng.integers(0, 86400, size=n).astype("m8[s]"))
    return pd.DataFrame(
        {
            "size": rng.normal(3.0, 2.0, size=n),
            "depth": rng.normal(0.5, 0.25, size=n),
            "wet": rng.random(n) < 0.3,
            "day": days,
            "color": rng.choice(["blue", "red", "pink", "teal"], size=n, p=[0.5, 0.2, 0.2, 0.1]),
            "shape": rng.choice(["round", "7", "True"], size=n),
            "when": moments.dt.tz_localize("-05:30"),
            "hour": pd.Series(pd.to_datetime(rng.integers(0, 86400, size=n), unit="s")).dt.time,
            "flow": rng.normal(2.0, 3.0, size=n),
            "taste": rng.choice(np.array(["bad", "good", "odd", None]), size=n),
        }
    )


def mixed_model(
    members: int = 3, targets: NumberTargets | ClassTarget | None = None, **how
) -> sn.Model:
    inputs = Inputs(EVERY_COLUMN, missing="impute")
    targets = targets or NumberTargets(("y", "z"), (5.0, -1.0), (3.0, 0.5), (0.0, 0.0), (9.0, 1.0))
    how = {"output": targets.output, **how}
    arch = sn.Architecture((inputs.n_features, 4, targets.n_outputs), **how)
    return random_model(arch, 3, members, inputs=inputs, targets=targets)


def predictions(model: sn.Model, table: pd.DataFrame) -> np.ndarray:
    if isinstance(model.targets, ClassTarget):
        shares = model.probabilities(table)
        return shares[:, 1:] if shares.shape[1] == 2 else shares
    return model.predict(table).reshape(len(table), -1)


CLASSES = ClassTarget("kind", ("a", "b", "c"))
TWO = ClassTarget("kind", ("no", "yes"))


@pytest.mark.parametrize("targets", [None, CLASSES, TWO], ids=["numbers", "classes", "two classes"])
class TestSlopes:
    """Against the predictions of tables in which one column was changed."""

    @staticmethod
    @cache
    def found(targets) -> tuple[sn.Model, pd.DataFrame, sn.models.explaining.Importance]:
        model, table = mixed_model(targets=targets), mixed_table()
        return model, table, model.importance(table, points=64)

    def test_of_numbers_and_dates_are_differences(self, targets) -> None:
        model, table, importance = self.found(targets)
        steps = {"size": 1e-4, "day": pd.Timedelta(hours=1), "when": pd.Timedelta(seconds=2)}
        for name, step in steps.items():
            up, down = (
                table.assign(**{name: table[name] + step}),
                table.assign(**{name: table[name] - step}),
            )
            width = 2 * step if name == "size" else 2 * step / pd.Timedelta(days=1)
            slopes = (predictions(model, up) - predictions(model, down)) / width
            i = importance.columns.index(name)
            scale = np.abs(slopes).mean(axis=0)
            for measure, expected in (
                ("slope", slopes.mean(axis=0)),
                ("absolute_slope", scale),
                ("slope_over_rows", slopes.std(axis=0)),
            ):
                assert (
                    np.abs(importance[measure].values[i] - expected).max() < 1e-3 * scale.max()
                ), name

    def test_of_times_are_per_hour(self, targets) -> None:
        model, table, importance = self.found(targets)
        noon = pd.to_datetime("2000-01-01 " + table["hour"].astype(str))
        moved = [(noon + pd.Timedelta(seconds=s)).dt.time for s in (5, -5)]
        up, down = (predictions(model, table.assign(hour=hour)) for hour in moved)
        slopes = (up - down) * 360.0
        found = importance["absolute_slope"].values[importance.columns.index("hour")]
        assert found == pytest.approx(np.abs(slopes).mean(axis=0), rel=1e-3)

    def test_of_a_boolean_is_its_difference(self, targets) -> None:
        model, table, importance = self.found(targets)
        true, false = (predictions(model, table.assign(wet=value)) for value in (True, False))
        i, p = importance.columns.index("wet"), table["wet"].mean()
        assert importance["slope"].values[i] == pytest.approx((true - false).mean(axis=0))
        per_std = np.abs(true - false).mean(axis=0) * np.sqrt(p * (1 - p))
        assert importance["per_std"].values[i] == pytest.approx(per_std)

    def test_of_a_category_is_the_mean_difference_of_labels(self, targets) -> None:
        model, table, importance = self.found(targets)
        labels = ["round", "7", "True"]
        p = np.array([(table["shape"] == label).mean() for label in labels])
        P = np.stack([predictions(model, table.assign(shape=label)) for label in labels])
        total = sum(p[a] * p[b] * np.abs(P[a] - P[b]) for a in range(3) for b in range(3))
        i = importance.columns.index("shape")
        expected = total.mean(axis=0) / (1 - (p**2).sum())
        assert importance["absolute_slope"].values[i] == pytest.approx(expected)
        assert np.isnan(importance["slope"].values[i]).all()
        deviation = np.sqrt(np.einsum("l,lnk->nk", p, (P - np.einsum("l,lnk->nk", p, P)) ** 2))
        assert importance["per_std"].values[i] == pytest.approx(deviation.mean(axis=0))


def test_the_spread_is_that_of_the_networks_by_themselves() -> None:
    model, table = mixed_model(), mixed_table()
    whole = model.importance(table, points=64)
    alone = [
        replace(model, members=(replace(m, share=1.0),)).importance(table, points=64)
        for m in model.members
    ]
    shares = np.array([m.share for m in model.members])
    for name, measure in whole.measures.items():
        each = np.stack([one[name].values for one in alone])
        center = np.tensordot(shares, each, 1)
        spread = np.sqrt(np.tensordot(shares, (each - center) ** 2, 1))
        assert measure.spread == pytest.approx(spread, rel=1e-6, abs=1e-9, nan_ok=True), name
        assert all(one[name].spread is None for one in alone)


def line(n: int = 60, **more) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    table = {"a": rng.normal(size=n), "b": rng.normal(size=n), "c": rng.normal(size=n)}
    return {**table, "y": 2.0 * table["a"] - table["b"], **more}


def fitted(table, target="y", **how) -> sn.Model:
    return sn.fit(table, target, **{"hidden": 0, "decay": 0.0, "starts": 1, **how})


class TestOfALine:
    TABLE = line()
    MODEL = fitted(TABLE)
    FOUND = MODEL.importance(TABLE)

    def test_has_known_measures(self) -> None:
        x = np.stack([self.TABLE[name] for name in "abc"], axis=1)
        slopes = np.array([2.0, -1.0, 0.0])
        parts = slopes**2 * x.var(axis=0)
        expected = {
            "slope": slopes, "absolute_slope": np.abs(slopes), "slope_over_rows": np.zeros(3),
            "per_std": np.abs(slopes) * x.std(axis=0),
        }  # fmt: skip
        for name, values in expected.items():
            assert self.FOUND[name].values[:, 0] == pytest.approx(values, abs=1e-6), name
        for name in ("total", "first"):
            assert self.FOUND[name].values[:, 0] == pytest.approx(parts / parts.sum(), abs=0.01)
        by_value = np.abs(slopes * (x - x.mean(axis=0))).mean(axis=0)  # mean |slope (x - mean)|
        assert self.FOUND["shapley"].values[:, 0] == pytest.approx(by_value, rel=0.1, abs=1e-6)
        assert self.FOUND["garson"].values[:, 0] == pytest.approx(
            np.abs(self.FOUND["olden"].values[:, 0]), abs=1e-9
        )

    def test_shapley_values_of_few_rows_are_exact(self) -> None:
        table = {name: values[:30] for name, values in self.TABLE.items()}
        found = self.MODEL.importance(table)
        assert found.exact_shapley
        x = np.stack([table[name] for name in "abc"], axis=1)
        by_value = np.abs([2.0, -1.0, 0.0] * (x - x.mean(axis=0))).mean(axis=0)
        assert found["shapley"].values[:, 0] == pytest.approx(by_value, abs=1e-6)
        assert not found["shapley"].error.any()

    def test_is_ordered_by_the_total_index(self) -> None:
        frame = self.FOUND.to_frame()
        assert frame["column"].tolist() == ["a", "b", "c"]
        assert (np.diff(frame["total"]) <= 0).all()
        assert {*TITLES} <= {*frame.columns}
        text = str(self.FOUND)
        assert text.index("\na ") < text.index("\nb ") < text.index("\nc ")
        assert max(map(len, text.splitlines())) <= 100
        assert "<table" in self.FOUND._repr_html_()
        json.dumps(self.FOUND.to_dict())

    def test_permutation_uses_the_held_out_rows_of_the_fit(self) -> None:
        assert self.FOUND.judged_rows == "15 held-out rows"
        assert self.FOUND.rows == "60 rows of the fit"
        rows = self.MODEL.rows.held_out
        held_out = {name: values[rows] for name, values in self.TABLE.items()}
        same = self.MODEL.importance(held_out)
        assert same.rows == "15 rows of another table than that of the fit"
        assert same["permutation"].values == pytest.approx(self.FOUND["permutation"].values)

    def test_permutation_is_the_loss_of_r2(self) -> None:
        rows = self.MODEL.rows.held_out
        y, b = self.TABLE["y"][rows], self.TABLE["b"][rows]
        many = self.MODEL.importance(self.TABLE, repeats=400)["permutation"]
        expected = 2 * b.var() / y.var()
        assert abs(many.values[1, 0] - expected) < 4 * many.error[1, 0]
        assert many.values[2, 0] == pytest.approx(0.0, abs=1e-6)

    def test_training_rows_are_told(self) -> None:
        model = fitted(self.TABLE, held_out=0)
        found = model.importance(self.TABLE)
        assert found.judged_rows == "the 60 training rows"
        assert any("to which the model was fitted" in notice for notice in found.notices)

    def test_targets_are_not_needed(self) -> None:
        found = self.MODEL.importance({name: self.TABLE[name] for name in "abc"})
        assert "permutation" not in found.measures
        assert found.rows == "60 rows of the fit"
        assert any("true values of y" in notice for notice in found.notices)
        with pytest.raises(sn.InvalidInput, match=r"no measure 'permutation'.*total"):
            found["permutation"]

    def test_arrays_and_pairs_are_tables(self) -> None:
        X = np.stack([self.TABLE[name] for name in "abc"], axis=1)
        for given in ((X, self.TABLE["y"]), ((X, self.TABLE["y"]),)):
            found = self.MODEL.importance(*given)
            assert found["permutation"].values == pytest.approx(
                self.FOUND["permutation"].values, rel=3
            )
            assert found["slope"].values == pytest.approx(self.FOUND["slope"].values)
        assert "permutation" not in self.MODEL.importance(X).measures

    def test_the_name_of_the_target_may_be_given(self) -> None:
        named = self.MODEL.importance(self.TABLE, "y")
        assert named.judged_rows == self.FOUND.judged_rows
        with pytest.raises(sn.InvalidInput, match="target must be the true values of 'y'"):
            self.MODEL.importance(self.TABLE, "b")

    def test_the_seed_decides(self) -> None:
        again, other = (self.MODEL.importance(self.TABLE, seed=seed) for seed in (0, 1))
        assert (again["total"].values == self.FOUND["total"].values).all()
        assert (other["total"].values != self.FOUND["total"].values).any()


def test_weights_are_numbers_of_equal_rows() -> None:
    table = line(20)
    counts = np.arange(20) % 3 + 1.0
    model = random_model(sn.Architecture((3, 3, 1)), 0, 2, inputs=Inputs(tuple(
        replace(column, name=name) for column, name in zip(number_inputs(3).columns, "abc", strict=True)
    )), targets=NumberTargets(("y",), (0.0,), (1.0,), (-9.0,), (9.0,)))  # fmt: skip
    model = replace(model, settings={**model.settings, "weights": "w"})
    weighted = model.importance({**table, "w": counts}, points=256)
    repeated = model.importance(
        {name: np.repeat(values, counts.astype(int)) for name, values in table.items()}, points=256
    )
    exact = "total", "first", "permutation", "slope", "absolute_slope", "slope_over_rows", "per_std"
    for name in exact:
        assert weighted[name].values == pytest.approx(repeated[name].values, rel=1e-9), name
    assert weighted["shapley"].values == pytest.approx(repeated["shapley"].values, rel=0.3)


def test_permutation_weighs_the_errors_and_the_values() -> None:
    table, weights = line(20), np.arange(20) % 3 + 1.0
    model = TestOfALine.MODEL
    model = replace(model, settings={**model.settings, "weights": "w"})
    table["y"] = table["y"] + np.sin(np.arange(20.0))
    found = model.importance({**table, "w": weights}, points=64, repeats=1, seed=5)
    single = {name: np.repeat(values, weights.astype(int)) for name, values in table.items()}
    n = len(single["y"])
    order = np.random.default_rng(np.random.SeedSequence(5, spawn_key=(0,))).permutation(n)

    def r2(rows: dict[str, np.ndarray]) -> float:
        errors = np.sum((single["y"] - model.predict(rows)) ** 2)
        return 1 - errors / np.sum((single["y"] - single["y"].mean()) ** 2)

    permuted = {**single, "a": single["a"][order]}
    assert found["permutation"].values[0, 0] == pytest.approx(r2(single) - r2(permuted))
    relative = model.importance({**table, "w": weights / 7}, points=64, repeats=20)
    again = model.importance(single, points=64, repeats=400)
    assert relative["permutation"].values == pytest.approx(again["permutation"].values, rel=0.05)


def test_drawn_rows_follow_the_weights() -> None:
    weights = np.array([1.0, 0.0, 5.0, 2.0])
    assert np.bincount(drawn_rows(4, weights, 80, 0), minlength=4).tolist() == [10, 0, 50, 20]
    assert drawn_rows(5, None, 9, 0).tolist() == [0, 1, 2, 3, 4]
    assert len(set(drawn_rows(100, None, 30, 0).tolist())) == 30


class TestGroups:
    TABLE = line(d=line()["a"] + 0.01 * np.random.default_rng(1).normal(size=60))
    MODEL = fitted(TABLE, hidden=3, decay=0.1)

    def test_correlated_columns_are_named_with_a_group_to_try(self) -> None:
        found = self.MODEL.importance(self.TABLE)
        notice = next(notice for notice in found.notices if "correlated" in notice)
        assert "1 pair of columns is correlated above 0.7: a and d (1.00)" in notice
        assert "groups=[['a', 'd']]" in notice
        assert not any("correlated" in n for n in fitted(line()).importance(line()).notices)

    def test_connected_pairs_make_one_group(self) -> None:
        table = {**self.TABLE, "e": self.TABLE["a"] - self.TABLE["d"] + self.TABLE["b"]}
        table["f"] = -table["d"]
        found = fitted(table).importance(table, points=64)
        assert any("groups=[['a', 'd', 'f'], ['b', 'e']]" in notice for notice in found.notices)

    def test_advice_on_groups_is_obeyed_with_groups(self) -> None:
        """A group that is correlated with a column is named by its columns, and the other groups stay."""
        table = {**self.TABLE, "e": self.TABLE["b"], "f": self.TABLE["a"] + self.TABLE["b"]}
        model = fitted(table)
        given = [["a", "d"], ["b", "e"]]
        found = model.importance(table, groups=given, points=64)
        (notice,) = (n for n in found.notices if "correlated" in n)
        (groups,) = (s.value for s in notice.settings if s.name == "groups")
        assert sorted(name for group in groups for name in group) == ["a", "b", "d", "e", "f"]
        assert model.importance(table, groups=groups, points=64).kinds[-1] == "number"

    def test_a_group_without_correlated_columns_stays_in_the_advice(self) -> None:
        found = self.MODEL.importance(self.TABLE, groups=[["b", "c"]], points=64)
        (notice,) = (n for n in found.notices if "correlated" in n)
        (groups,) = (s.value for s in notice.settings if s.name == "groups")
        assert groups == [["a", "d"], ["b", "c"]]

    def test_a_group_of_all_columns_is_not_advised(self) -> None:
        table = {"a": self.TABLE["a"], "d": self.TABLE["d"], "y": self.TABLE["y"]}
        found = fitted(table).importance(table, points=64)
        (notice,) = (n for n in found.notices if "correlated" in n)
        assert "together" not in notice.partition("less certain")[2]

    def test_are_counted_beside_columns(self) -> None:
        found = self.MODEL.importance(self.TABLE, groups=[["d", "a"]])
        assert str(found).startswith("Importance of 2 columns and 1 group for y")

    def test_are_measured_together(self) -> None:
        found = self.MODEL.importance(self.TABLE, groups=[["d", "a"]])
        assert found.columns == ("a + d", "b", "c")
        assert found.kinds == ("group", "number", "number")
        assert not any("correlated" in notice for notice in found.notices)
        alone = self.MODEL.importance(self.TABLE)
        assert found["garson"].values[0] == pytest.approx(
            alone["garson"].values[[0, 3]].sum(axis=0)
        )
        assert np.isnan(found["slope"].values[0]).all()
        assert found["total"].values[0, 0] > alone["total"].values[[0, 3], 0].max()

    def test_may_have_names(self) -> None:
        assert self.MODEL.importance(self.TABLE, groups={"both": ["a", "b"]}).columns == (
            "both",
            "c",
            "d",
        )

    @pytest.mark.parametrize(
        ("groups", "message"),
        [
            (
                [["a"]],
                r"groups must be lists of at least two columns, as in groups=\[\['a', 'b'\]\].*\['a'\]",
            ),
            (["ab"], r"groups must be lists.*'ab' is one of them"),
            (
                [["a", "A2"]],
                "groups names 'A2', which is not a column of the model; did you mean 'a'",
            ),
            (
                [["a", "q"]],
                "groups names 'q', which is not a column of the model; it has a, b, c and d",
            ),
            ([["a", "b"], ["b", "c"]], "groups names column 'b' twice"),
        ],
    )
    def test_that_are_none_are_refused(self, groups, message) -> None:
        with pytest.raises(sn.InvalidInput, match=message):
            self.MODEL.importance(self.TABLE, groups=groups)


class TestClasses:
    TABLE = mixed_table(12)

    def test_are_pooled_for_the_table(self) -> None:
        model = mixed_model(targets=CLASSES)
        found = model.importance({**self.TABLE, "kind": np.array(list("abc") * 4)}, points=64)
        assert found.predictions == ("kind=a", "kind=b", "kind=c")
        pooled = found.pooled()
        assert pooled.predictions == ("all classes of kind",)
        shares = found.variances / found.variances.sum()
        assert pooled["total"].values[:, 0] == pytest.approx(found["total"].values @ shares)
        frame = found.to_frame()
        assert frame["prediction"].unique().tolist() == ["all classes of kind", *found.predictions]
        assert len(frame) == 4 * len(EVERY_COLUMN)
        assert len(found.to_frame("kind=b")) == len(EVERY_COLUMN)
        with pytest.raises(
            sn.InvalidInput, match=r"no prediction 'b'; there are kind=a, kind=b and kind=c"
        ):
            found.to_frame("b")

    def test_permutation_is_the_growth_of_the_log_loss(self) -> None:
        labels = np.array(["no", "yes"] * 6)
        model = mixed_model(members=1, targets=TWO)
        explained = Explained(model, (), np.zeros((0, 1)), None, 0)
        assert explained.n_predictions == 1
        found = model.importance({**self.TABLE, "kind": labels}, points=64, repeats=1, seed=5)
        rng = np.random.default_rng(np.random.SeedSequence(5, spawn_key=(0,)))
        order = rng.permutation(12)  # of the first column, size

        def log_loss(table: pd.DataFrame) -> float:
            yes = model.probabilities(table)[:, 1]
            return float(-np.log(np.where(labels == "yes", yes, 1 - yes)).mean())

        permuted = self.TABLE.assign(size=self.TABLE["size"].to_numpy()[order])
        assert found.columns[0] == "size"
        assert found["permutation"].values[0, 0] == pytest.approx(
            log_loss(permuted) - log_loss(self.TABLE)
        )


class TestWeights:
    def test_of_several_networks_are_means_of_shares(self) -> None:
        model = random_model(sn.Architecture((3, 4, 1)), 0, 3)
        X = np.random.default_rng(0).normal(size=(20, 3))
        found = model.importance(X, points=64)
        olden = [sn.statistics.connection_weights(m.network)[:, 0] for m in model.members]
        relative = np.stack([each / np.abs(each).sum() for each in olden])
        shares = np.array([m.share for m in model.members])
        assert found["olden"].values[:, 0] == pytest.approx(shares @ relative)
        garson = np.stack([sn.statistics.garson_shares(m.network) for m in model.members])
        assert found["garson"].values[:, 0] == pytest.approx(shares @ garson)

    def test_have_a_table_by_unit(self) -> None:
        model = random_model(sn.Architecture((3, 4, 2)), 0, 2)
        found = model.importance(np.random.default_rng(0).normal(size=(20, 3)), points=64)
        leading = model.members.index(model.leading)
        assert found.products[0].member == leading
        frame = found.unit_frame(prediction=1)
        assert frame.columns.tolist() == ["feature", "h1", "h2", "h3", "h4", "sum"]
        expected = sn.statistics.connection_weights(model.network)[:, 1]
        assert frame["sum"].to_numpy() == pytest.approx(expected)
        with pytest.raises(sn.InvalidInput, match="prediction from 0 to 1"):
            found.unit_frame(prediction=2)

    def test_garson_is_left_out_for_deep_networks(self) -> None:
        model = random_model(sn.Architecture((3, 4, 2, 1)), 0)
        found = model.importance(np.random.default_rng(0).normal(size=(20, 3)), points=64)
        assert "garson" not in found.measures
        assert any(notice.startswith("Garson's algorithm is omitted") for notice in found.notices)
        assert "olden" in found.measures
        with pytest.raises(sn.InvalidInput, match="no network of the model has exactly one hidden"):
            found.unit_frame()

    def test_a_scale_of_the_noise_is_no_prediction(self) -> None:
        inputs, targets = number_inputs(3), NumberTargets(("y",), (0.0,), (1.0,), (-9.0,), (9.0,))
        plain = random_model(sn.Architecture((3, 4, 1)), 0, inputs=inputs, targets=targets)
        two = random_member(sn.Architecture((3, 4, 2)), 7, 1.0, "gaussian_nll")
        found = replace(plain, members=(two,)).importance(np.eye(3) * 5, points=64)
        assert found["olden"].values.shape == (3, 1)
        olden = sn.statistics.connection_weights(two.network)[:, 0]
        assert found["olden"].values[:, 0] == pytest.approx(olden / np.abs(olden).sum())


def test_a_model_that_predicts_a_constant_has_no_importance() -> None:
    table = line()
    model = fitted({**table, "y": np.full(60, 3.0) + 1e-3 * table["c"]}, hidden=2, decay=0.1)
    silent = replace(
        model, members=tuple(replace(m, network=sn.Network(m.network.architecture, np.zeros(m.network.theta.size)))
                             for m in model.members)
    )  # fmt: skip
    found = silent.importance({**table, "y": np.full(60, 3.0)})
    for name in ("total", "first", "shapley", "per_std", "absolute_slope", "olden", "garson"):
        assert not found[name].values.any(), name
    assert np.isnan(found["permutation"].values).all()
    assert any("constant" in notice for notice in found.notices)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"repeats": 0}, "repeats must be a whole number of at least 1"),
        ({"points": 1000}, "points must be a power of 2, such as 512, but 1000 was given"),
        ({"correlated": 1.5}, "correlated must be"),
        ({"seed": -1}, "seed must be"),
    ],
)
def test_arguments_that_are_not_allowed_are_refused(arguments, message) -> None:
    model, table = TestOfALine.MODEL, TestOfALine.TABLE
    with pytest.raises(sn.InvalidInput, match=message):
        model.importance(table, **arguments)


def test_too_few_rows_are_refused() -> None:
    table = {name: values[:1] for name, values in line().items()}
    with pytest.raises(
        sn.InvalidInput, match=r"at least 2 rows with predictions.*1 such row; give"
    ):
        TestOfALine.MODEL.importance(table)


def test_unscaled_inputs_are_told() -> None:
    table = line()
    found = fitted(table, scaling="none").importance(table)
    assert any("do not compare columns by olden" in notice for notice in found.notices)


def test_a_column_alone_has_at_most_its_total_part() -> None:
    """Of an additive function they are equal, and their estimates from few points are not."""
    X = np.random.default_rng(1).normal(size=(40, 3))
    model = sn.fit(
        {**dict(zip("abc", X.T, strict=True)), "y": X @ [1.0, 2.0, 3.0]}, "y",
        hidden=0, decay=1e-3, starts=1, held_out=0,
    )  # fmt: skip
    found = model.importance(dict(zip("abc", X.T, strict=True)), points=64)
    assert (found["first"].values <= found["total"].values).all()
