"""Race, many starts and landscape: their numbers are values of the objective."""

from __future__ import annotations

import numpy as np
import pytest

import sheernet as sn
from sheernet.apps.page import explorations
from sheernet.apps.page.experiment import Experiment
from sheernet.apps.page.page_exercise import Exercise

XOR = Experiment.of(Exercise(data="xor", hidden=(2,), decay=0.01))
LINE = Experiment.of(Exercise(data="sine", hidden=(), method="lm"))


def test_the_plane_of_two_weights_holds_all_paths_and_the_cost() -> None:
    result = explorations.race(LINE, LINE.network, ["gd", "lm"], 50)
    assert result.plane.explained == pytest.approx(1.0)
    lm = result.paths[1]
    assert (lm.method, lm.reason, len(lm.x)) == ("lm", "gradient_tolerance", len(lm.iteration))
    # On the straight line between the two grid points around it, a quadratic deviates little from its path.
    i, j = (
        int(np.searchsorted(axis, at))
        for axis, at in ((result.plane.x, lm.x[-1]), (result.plane.y, lm.y[-1]))
    )
    near = [result.plane.values[b][a] for a in (i - 1, i) for b in (j - 1, j)]
    assert min(near) >= lm.objective[-1]
    assert np.min(result.plane.values) == pytest.approx(
        lm.objective[-1], abs=0.02 * np.max(result.plane.values)
    )


def test_each_method_starts_at_the_same_point_and_ends_as_by_itself() -> None:
    result = explorations.race(XOR, XOR.network, ["gd", "bfgs", "lm"], 30)
    assert len({(path.x[0], path.y[0], path.objective[0]) for path in result.paths}) == 1
    rows = XOR.prepared.training
    for path in result.paths:
        alone = sn.train(
            XOR.network, rows.X, rows.y, method=path.method, max_iter=30, **XOR.minimized,
        )  # fmt: skip
        assert path.objective[-1] == pytest.approx(alone.record.objective[-1], rel=1e-6)
        assert path.iteration == list(range(len(path.iteration)))
    assert result.plane.explained is not None
    assert f"{result.plane.explained:.0%}" in result.plane.sentence


def test_methods_that_are_unknown_are_refused() -> None:
    with pytest.raises(sn.InvalidInput, match="method 'magic'"):
        explorations.race(XOR, XOR.network, ["lm", "magic"], 10)
    with pytest.raises(sn.InvalidInput, match="max_iter"):
        explorations.race(XOR, XOR.network, [], 10**6)


def test_the_swarm_has_the_starts_of_train() -> None:
    result = explorations.swarm(XOR, 6, 40)
    rows = XOR.prepared.training
    alone = sn.train(XOR.network, rows.X, rows.y, starts=6, max_iter=40, **XOR.minimized)
    assert [curve.objective[-1] for curve in result.curves] == pytest.approx(
        alone.starts.objectives.tolist()
    )
    best = next(curve.objective[-1] for curve in result.curves if curve.best)
    assert best == pytest.approx(alone.objective)
    assert result.sentence.startswith(f"{alone.starts.within(0.01)} of 6 starts")
    with pytest.raises(sn.InvalidInput, match="starts"):
        explorations.swarm(XOR, 0, 40)


def test_the_landscape_is_the_objective_of_two_weights() -> None:
    theta = XOR.network.theta
    result = explorations.landscape(XOR, XOR.network, [1, 6])
    plane = result.plane
    assert (plane.x_name, plane.y_name) == ("W1[0,1]", "W2[0,0]")
    assert (result.at_x, result.at_y) == (theta[1], theta[6])
    for i, j in ((0, 0), (7, 30), (40, 40)):
        there = theta.copy()
        there[1], there[6] = plane.x[i], plane.y[j]
        assert plane.values[j][i] == pytest.approx(XOR.objective.value(there), rel=1e-12)
    assert plane.x[0] < theta[1] < plane.x[-1]


def test_by_default_the_landscape_shows_the_two_steepest_weights() -> None:
    _, gradient = XOR.objective.value_and_gradient(XOR.network.theta)
    steepest = np.argsort(-np.abs(gradient))[:2]
    result = explorations.landscape(XOR, XOR.network, [])
    names = [XOR.architecture.layout.name(int(index)) for index in steepest]
    assert [result.plane.x_name, result.plane.y_name] == names
    for bad in ([1], [1, 1], [0, 99], [-1, 2]):
        with pytest.raises(sn.InvalidInput, match="indices"):
            explorations.landscape(XOR, XOR.network, bad)


def test_the_check_names_the_wrong_entries() -> None:
    right = explorations.check(XOR, XOR.network, None)
    assert right.passed
    assert [entry.name for entry in right.entries] == XOR.architecture.layout.names
    _, gradient = XOR.objective.value_and_gradient(XOR.network.theta)
    assert [entry.backpropagation for entry in right.entries] == pytest.approx(
        gradient.tolist(), rel=1e-12
    )
    wrong = explorations.check(XOR, XOR.network, "first bias missing")
    assert [entry.name for entry in wrong.entries if not entry.agrees] == ["b1[0]", "b1[1]"]
