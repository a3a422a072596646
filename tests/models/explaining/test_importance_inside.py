"""As test_importance.py, by names that are not published."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest

import sheernet as sn
from models.explaining.test_importance import fitted, line
from random_models import EVERY_COLUMN, number_inputs, random_model
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


class TestOfALine:
    TABLE = line()
    MODEL = fitted(TABLE)
    FOUND = MODEL.importance(TABLE)

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


def test_drawn_rows_follow_the_weights() -> None:
    weights = np.array([1.0, 0.0, 5.0, 2.0])
    assert np.bincount(drawn_rows(4, weights, 80, 0), minlength=4).tolist() == [10, 0, 50, 20]
    assert drawn_rows(5, None, 9, 0).tolist() == [0, 1, 2, 3, 4]
    assert len(set(drawn_rows(100, None, 30, 0).tolist())) == 30


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
