"""`Model.optimize`: its result satisfies every limit, and no row that does so is better."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sheernet as sn
from sheernet.models.best_inputs import best_inputs

N = 160
RNG = np.random.default_rng(3)
A = RNG.uniform(0, 10, N)
ROWS: dict[str, Any] = {
    "a": A,
    "b": 0.5 * A + RNG.uniform(0, 5, N),
    "c": RNG.uniform(-1, 1, N),
    "kind": RNG.choice(["p", "q", "r"], N),
}
ROWS["y"] = (
    6 * np.exp(-((ROWS["a"] - 6) ** 2) / 10) + ROWS["b"] * ROWS["c"] / 4 + 2 * (ROWS["kind"] == "q")
) + 0.5 * RNG.normal(size=N)
SIGNS = {"maximize": 1, "minimize": -1}
LEVEL = 0.9


@pytest.fixture(scope="module")
def model() -> sn.Model:
    """y has noise, and depends on numbers and labels; b grows with a."""
    return sn.fit(ROWS, "y", hidden=5, starts=2, held_out=0, max_iter=200)


def worse_ends(model: sn.Model, aim: str) -> Any:
    """The worse end of the interval of each row, up to the best measured value, to be maximized."""
    low, high = model.predict_interval(ROWS, LEVEL)
    return (
        np.minimum(low, ROWS["y"].max())
        if aim == "maximize"
        else -np.maximum(high, ROWS["y"].min())
    )


@settings(max_examples=25, deadline=None)
@given(
    aim=st.sampled_from(["maximize", "minimize"]),
    least_sum=st.one_of(st.none(), st.floats(2, 12)),
    least_c=st.floats(-1, 0.5),
    kind=st.one_of(st.none(), st.sampled_from("pqr")),
    given_rows=st.booleans(),
)
def test_satisfies_the_limits_and_is_as_good_as_every_row_that_does(
    model: sn.Model,
    aim: str,
    least_sum: float | None,
    least_c: float,
    kind: str | None,
    given_rows: bool,
) -> None:
    bounds: dict[str, Any] = {"c": (least_c, None)}
    if least_sum is not None:
        bounds["a + b"] = (least_sum, least_sum + 3)
    fixed = {} if kind is None else {"kind": kind}
    found = model.optimize(aim, fixed, bounds, table=ROWS if given_rows else None)
    assert found.reached
    x, (low, high) = found.inputs, found.interval
    near = model.data_distance(x).quantile[0] <= 0.95 + 1e-6
    assert near
    assert least_c - 1e-9 <= x["c"] <= ROWS["c"].max()
    assert kind in (None, x["kind"])
    rows = (ROWS["c"] >= least_c) & (model.data_distance(ROWS).quantile <= 0.95)
    if least_sum is not None:
        assert least_sum - 1e-5 <= x["a"] + x["b"] <= least_sum + 3 + 1e-5
        sums = ROWS["a"] + ROWS["b"]
        rows &= (sums >= least_sum) & (sums <= least_sum + 3)
    if kind is not None:
        rows &= ROWS["kind"] == kind
    own = low[0] if aim == "maximize" else -high[0]
    assert own >= worse_ends(model, aim)[rows].max(initial=-np.inf) - 1e-5


@pytest.mark.parametrize("total", [6.0, 14.5])
def test_sums_have_their_values(model: sn.Model, total: float) -> None:
    found = model.optimize("maximize", {"a + b": total})
    assert found.inputs["a"] + found.inputs["b"] == pytest.approx(total, abs=1e-6)
    assert found.to_dict()["limits"] == {"a + b": total}
    assert found.reached


@pytest.mark.parametrize("want", ["maximize", "minimize", 4.0])
@pytest.mark.parametrize("goal", ["interval", "mean"])
def test_the_negative_target_has_the_same_best_inputs(
    model: sn.Model, want: Any, goal: str
) -> None:
    other = {"maximize": "minimize", "minimize": "maximize"}.get(want, want)
    other = -other if isinstance(other, float) else other
    first, second = model.optimize(want, goal=goal), negative(model).optimize(other, goal=goal)
    assert second.prediction == pytest.approx(-first.prediction, abs=1e-4)
    for name, value in first.inputs.items():
        same = value if isinstance(value, str) else pytest.approx(value, abs=0.02)
        assert second.inputs[name] == same


def negative(model: sn.Model) -> sn.Model:
    """The model of -y: the weights of the output layer, and their covariances, have the other sign."""
    members = []
    for member in model.members:
        arch, theta = member.network.architecture, member.network.theta
        last = max(block.layer for block in arch.layout.blocks)
        signs = np.ones(theta.size)
        for block in arch.layout.blocks:
            if block.layer == last:
                signs[block.slice] = -1
        rows, columns = np.tril_indices(theta.size)
        factor = member.factor * signs[rows] * signs[columns]
        members.append(replace(member, network=sn.Network(arch, signs * theta), factor=factor))
    old = model.targets
    targets = replace(
        old,
        shift=(-old.shift[0],),
        lowest=(-old.highest[0],),
        highest=(-old.lowest[0],),
    )
    return replace(model, members=tuple(members), targets=targets)


class TestThresholds:
    def test_hold_for_the_whole_interval(self, model: sn.Model) -> None:
        found = model.optimize({"a": "minimize"}, bounds={"y": (4.0, None)})
        assert found.reached
        assert found.interval[0][0] >= 4.0 - 1e-5
        mean = model.optimize({"a": "minimize"}, bounds={"y": (4.0, None)}, goal="mean")
        assert mean.prediction[0] >= 4.0 - 1e-5
        assert mean.inputs["a"] < found.inputs["a"] - 0.1

    def test_that_cannot_be_reached_give_the_best(self, model: sn.Model) -> None:
        best = model.optimize("maximize").interval[0][0]
        found = model.optimize({"a": "minimize"}, bounds={"y": (ROWS["y"].max() + 1, None)})
        assert not found.reached
        assert found.interval[0][0] == pytest.approx(best, abs=0.01)
        text = " ".join(found.text().split())
        assert f"was not reached near the data: {found.interval[0][0]:.6g} is the largest" in text

    def test_that_no_near_inputs_have_are_told(self, model: sn.Model) -> None:
        low, high = ROWS["b"].min(), ROWS["b"].max()
        found = model.optimize("maximize", bounds={"a": (0, 0.3), "b": (high - 0.05, high)})
        assert low < high
        assert not found.reached
        assert "No inputs near the data" in found.title()


def test_blanks_around_a_name_do_not_matter(model: sn.Model) -> None:
    assert model.optimize("maximize", {" c ": 0.25}).inputs["c"] == 0.25
    with pytest.raises(sn.InvalidInput):
        model.optimize("maximize", {"c ": "none"})


class TestImpossibleSums:
    @pytest.mark.parametrize(
        ("fixed", "bounds", "message"),
        [
            ({"a + b": 400}, {}, r"a \+ b = 400 \(it is from"),
            ({"a + b": 12, "a": 1}, {}, r"a \+ b = 12"),
            ({}, {"a + b": (None, 1.0), "a": (4, 5)}, r"a \+ b of at most 1"),
            ({"a + b": 10, "a + c": 0}, {"b": (0, 3)}, r"a \+ b = 10.* and a \+ c = 0"),
        ],
    )
    def test_are_named_before_any_search(
        self, model: sn.Model, monkeypatch, fixed: Any, bounds: Any, message: str
    ) -> None:
        monkeypatch.setattr(best_inputs, "search", lambda *_: pytest.fail("searched"))
        with pytest.raises(sn.InvalidInput, match=f"no inputs satisfy {message}"):
            model.optimize("maximize", fixed, bounds)

    @pytest.mark.parametrize(
        ("fixed", "bounds"),
        [
            ({"a + b": 1}, {"b + a": (0.5, 2)}),
            ({"a": 1}, {" a": (0, 2)}),
            ({"a+b": 1, "a + b": 2}, {}),
        ],
    )
    def test_given_twice_are_refused(self, model: sn.Model, fixed: Any, bounds: Any) -> None:
        with pytest.raises(sn.InvalidInput, match="twice"):
            model.optimize("maximize", fixed, bounds)

    def test_of_counts_are_whole(self) -> None:
        rng = np.random.default_rng(0)
        table = {name: rng.integers(0, 5, 80) for name in "mn"}
        table["y"] = table["m"] + 2 * table["n"] + rng.normal(size=80)
        model = sn.fit(table, "y", hidden=0, decay=1e-3, starts=1, held_out=0)
        found = model.optimize("maximize", {"m + n": 4}, near_data=False)
        assert (found.inputs["m"], found.inputs["n"]) == (0.0, 4.0)
        with pytest.raises(sn.InvalidInput, match=r"m \+ n = 2\.5"):
            model.optimize("maximize", {"m + n": 2.5})


class TestMeasuredRows:
    def test_show_the_best_one_that_satisfies_the_limits(self, model: sn.Model) -> None:
        bounds = {"a": (2, 5), "a + b": (4, 10)}
        found = model.optimize("maximize", {"kind": "p"}, bounds, table=ROWS)
        sums = ROWS["a"] + ROWS["b"]
        rows = (
            (ROWS["a"] >= 2) & (ROWS["a"] <= 5) & (sums >= 4) & (sums <= 10) & (ROWS["kind"] == "p")
        )
        best = int(np.where(rows, ROWS["y"], -np.inf).argmax())
        assert found.measured.values == ROWS["y"][best]
        assert found.measured.place == f"data row {best + 1}"
        assert found.measured.profile.point["a"] == ROWS["a"][best]
        assert found.to_dict()["measured"]["values"] == [ROWS["y"][best]]
        assert f"Best measured row, data row {best + 1}: y" in found.text()

    def test_satisfy_thresholds_as_measured(self, model: sn.Model) -> None:
        found = model.optimize({"a": "minimize"}, bounds={"y": (5, None)}, table=ROWS)
        assert found.measured.profile.point["a"] == ROWS["a"][ROWS["y"] >= 5].min()

    def test_without_targets_are_only_starts(self, model: sn.Model) -> None:
        table = {name: values for name, values in ROWS.items() if name != "y"}
        assert model.optimize("maximize", table=table).measured is None


def test_values_that_no_row_supports_count_as_the_best_measured_value() -> None:
    """y = a + b is measured at 0 and at -1 and 1 of each axis, where it is 1 at most."""
    points = np.array([(0, 0), (1, 0), (-1, 0), (0, 1), (0, -1)] * 12, dtype=float)
    noise = 1e-3 * np.random.default_rng(0).normal(size=60)
    table = {"a": points[:, 0], "b": points[:, 1], "y": points.sum(axis=1) + noise}
    star = sn.fit(table, "y", hidden=0, decay=0.0, starts=1, held_out=0)
    found = star.optimize("maximize")
    assert [found.inputs["a"], found.inputs["b"]] == pytest.approx([0.5, 0.5], abs=0.01)
    assert found.interval[0][0] == pytest.approx(star.targets.highest[0], abs=1e-5)
    assert "counts only up to" in found.text()
    mean = star.optimize("maximize", goal="mean")
    assert mean.prediction[0] > 1.3
    assert "No training row supports" in mean.text()


def test_the_least_cement_for_a_strength_is_near_the_truth() -> None:
    """Concrete whose true strength is known; the interval costs some cement more than the truth needs."""
    rng = np.random.default_rng(1)
    n = 300
    cement, slag = rng.uniform(120, 500, n), rng.uniform(0, 250, n)
    water = rng.uniform(130, 220, n)

    def strength(cement: Any, slag: Any, water: Any) -> Any:
        return 130 * np.exp(-1.6 * water / (cement + 0.6 * slag))

    table = {"cement": cement, "slag": slag, "water": water}
    table["strength"] = strength(cement, slag, water) + 1.5 * rng.normal(size=n)
    model = sn.fit(table, "strength", hidden=5, starts=2, held_out=0, max_iter=200)
    found = model.optimize({"cement": "minimize"}, bounds={"strength": (60, None)}, table=table)
    x = found.inputs
    assert found.reached
    assert strength(x["cement"], x["slag"], x["water"]) >= 60
    names = ("cement", "slag", "water")
    grid = np.meshgrid(*(np.linspace(min(table[name]), max(table[name]), 40) for name in names))
    points = {name: each.ravel() for name, each in zip(names, grid, strict=True)}
    good = (strength(**points) >= 60) & (model.data_distance(points).quantile <= 0.95)
    least = points["cement"][good].min()
    assert least - 10 <= x["cement"] <= least + 40
    assert x["cement"] < found.measured.profile.point["cement"]
