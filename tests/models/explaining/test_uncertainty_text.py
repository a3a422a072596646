"""Standard deviations of effects: by the covariance of the weights, and among the members."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import sheernet as sn
from sheernet.models.explaining import compute_effects
from sheernet.models.explaining.decoding import predicted
from sheernet.models.explaining.prediction_sums import (
    prediction_std,
    prediction_sums,
)
from sheernet.statistics.laplace import unpacked

KINDS = ("ale", "partial dependence")


def columns(n: int = 60) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    x = rng.normal(size=n)
    return {
        "x": x,
        "w": 0.7 * x + rng.uniform(-1, 1, size=n),
        "c": np.array(["a", "b", "c"] * n)[:n],
    }


def fitted(task: str, hidden: int) -> tuple[sn.Model, np.ndarray]:
    """A model of one member whose covariance is known, and its encoded rows."""
    table = columns()
    noise = 0.3 * np.random.default_rng(1).normal(size=60)
    signal = table["x"] * 2.0 - np.tanh(table["w"]) + (table["c"] == "b") + noise
    y = (
        signal
        if task == "numbers"
        else np.array(["low", "mid", "top"])[np.digitize(signal, [-1, 1])]
    )
    model = sn.fit(
        {**table, "y": y}, "y", hidden=hidden, decay=0.01, starts=1, held_out=0, reduction="sum"
    )
    X = model.inputs.encode(sn.read_table(table))
    if not model.members[0].factor.size:
        model = replace(model, members=(with_covariance(model.members[0]),))
    return model, X


def with_covariance(member):
    """The member with some covariance: a small random lower triangle."""
    n = member.network.theta.size
    L = np.tril(0.01 * np.random.default_rng(2).normal(size=(n, n)))
    np.fill_diagonal(L, 0.02)
    return replace(member, factor=L[np.tril_indices(n)])


def by_differences(model: sn.Model, compute, step: float = 1e-5) -> np.ndarray:
    """The standard deviation of an array that depends on the weights, from changes along the columns of L."""
    (member,) = model.members
    theta, total = member.network.theta, 0.0
    for direction in unpacked(member.factor).T:
        ends = []
        for sign in (1.0, -1.0):
            moved = sn.Network(member.network.architecture, theta + sign * step * direction)
            alone = replace(member, network=moved, factor=np.zeros(0))
            ends.append(compute(replace(model, members=(alone,))))
        total = total + ((ends[0] - ends[1]) / (2 * step)) ** 2
    return np.sqrt(total)


@pytest.mark.parametrize("task", ["numbers", "classes"])
@pytest.mark.parametrize("hidden", [0, 3])
class TestWeights:
    @pytest.mark.parametrize("kind", KINDS)
    def test_of_curves(self, task: str, hidden: int, kind: str) -> None:
        model, X = fitted(task, hidden)
        found = compute_effects(model, X, kind)
        assert found.weights_known
        for effect in found.curves:
            expected = by_differences(
                model, lambda m, name=effect.name: compute_effects(m, X, kind, [name])[name].mean
            )
            assert expected.max() > 1e-3
            assert effect.std == pytest.approx(expected, rel=1e-4, abs=1e-7)

    @pytest.mark.parametrize("kind", KINDS)
    def test_of_pairs(self, task: str, hidden: int, kind: str) -> None:
        model, X = fitted(task, hidden)

        def pair(model: sn.Model, pairs=(("x", "c"),)):
            return compute_effects(model, X[::4], kind, ["c"], pairs).pairs[0]

        found = pair(model)
        assert found.joint_std == pytest.approx(
            by_differences(model, lambda m: pair(m).joint), rel=1e-4, abs=1e-7
        )
        assert found.interaction_std == pytest.approx(
            by_differences(model, lambda m: pair(m).interaction), rel=1e-4, abs=1e-7
        )

    def test_of_contributions(self, task: str, hidden: int) -> None:
        model, X = fitted(task, hidden)
        table = columns()
        one = {name: values[:1] for name, values in table.items()}
        found = model.contributions(one, table, std=True).std
        expected = by_differences(model, lambda m: m.contributions(one, table).values)
        assert expected.max() > 1e-3
        assert found == pytest.approx(expected, rel=1e-4, abs=1e-7)
        row = {name: values[0] for name, values in table.items()}
        explained = model.explain_row(row, table)
        assert explained.std.tolist() == found[0].tolist()
        change = by_differences(model, lambda m: predicted(m, X[:1]) - predicted(m, X).mean(axis=0))
        assert explained.change_std == pytest.approx(change[0], rel=1e-4)

    def test_of_sums_in_parts_are_those_of_the_whole(
        self, monkeypatch, task: str, hidden: int
    ) -> None:
        model, X = fitted(task, hidden)
        ends = np.array([0, 30, 30, 150, 240])  # the second group has no rows
        groups = np.repeat(np.arange(4), np.diff(ends))
        rows, weights = np.vstack([X] * 4), np.linspace(-1.0, 2.0, 240)
        wholes = prediction_sums(model, rows, weights, groups, 4).combined(np.eye(4))
        alone = by_differences(
            model,
            lambda m: np.add.reduceat(weights[:, None] * predicted(m, rows), ends[[0, 2, 3]]),
        )
        assert wholes[1][[0, 2, 3]] == pytest.approx(alone, rel=1e-4, abs=1e-7)
        assert not wholes[1][1].any()
        monkeypatch.setattr("sheernet.models.explaining.prediction_sums.BLOCK", 1)
        parts = prediction_sums(model, rows, weights, groups, 4).combined(np.eye(4))
        assert parts[1] == pytest.approx(wholes[1], rel=1e-12)

    def test_of_predictions(self, task: str, hidden: int) -> None:
        model, X = fitted(task, hidden)
        rows = np.vstack([X, X])  # more than those that are computed together
        expected = by_differences(model, lambda m: predicted(m, rows))
        assert prediction_std(model, rows) == pytest.approx(expected, rel=1e-4, abs=1e-7)


def test_a_line_has_the_standard_error_of_its_slope() -> None:
    """Of the effect beta (x - mean): |x - mean| times the standard deviation of beta."""
    model, X = fitted("numbers", 0)
    effect = compute_effects(model, X)["x"]
    table, column = columns(), model.inputs.columns[0]
    slope = np.linalg.norm(unpacked(model.members[0].factor)[0])
    expected = (
        np.abs(effect.values - table["x"].mean()) / column.scale * slope * model.targets.scale[0]
    )
    assert effect.std[:, 0] == pytest.approx(expected)


def test_members_that_disagree_widen_the_band() -> None:
    """Two halves with slopes b and 3 b: mean 2 b, standard deviation b."""
    model, X = fitted("numbers", 0)
    half = replace(model.members[0], share=0.5, factor=np.zeros(0))
    tripled = sn.Network(half.network.architecture, 3.0 * half.network.theta)
    pair = replace(model, members=(half, replace(half, network=tripled)))
    one = replace(model, members=(replace(half, share=1.0),))
    for kind in KINDS[:1]:
        found, single = (compute_effects(m, X, kind)["x"] for m in (pair, one))
        assert found.mean == pytest.approx(2.0 * single.mean)
        assert found.std == pytest.approx(np.abs(single.mean))
        assert not single.std.any()
    assert compute_effects(pair, X).band == "2 standard deviations among 2 networks"
    assert compute_effects(one, X).band == ""
