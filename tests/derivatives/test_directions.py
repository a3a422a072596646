"""Comparison along directions: number of evaluations, power, and how wrong entries are found."""

from __future__ import annotations

from dataclasses import replace
from math import ceil, log2

import numpy as np
import pytest

import sheernet as sn
from sheernet.derivatives import Problem, check_gradient

METHODS = ["complex", "differences"]
VALUES = {"complex": 1, "differences": 4}  # of each direction


def network(sizes=(10, 20, 12, 3), rows=30, seed=0):
    arch = sn.Architecture(sizes)
    rng = np.random.default_rng(seed)
    X, y = rng.normal(size=(rows, sizes[0])), rng.normal(size=(rows, sizes[-1]))
    objective = sn.make_objective(arch, X, y, decay=0.01, engine="reference")
    return objective, sn.Network.random(arch, seed=seed).theta


def with_wrong_entries(objective, theta, factors):
    """The problem of an objective some entries of whose gradient are multiplied."""

    def gradient(x):
        g = objective.value_and_gradient(x)[1]
        for index, factor in factors.items():
            g[index] *= factor
        return g

    return replace(
        Problem.from_objective(objective, theta), gradient=gradient, value_and_gradient=None
    )


class Counting:
    """A function that counts its calls."""

    def __init__(self, function):
        self.function, self.calls = function, 0

    def __call__(self, x):
        self.calls += 1
        return self.function(x)


class TestCosts:
    @pytest.mark.parametrize("method", METHODS)
    def test_of_a_check_that_passes_do_not_depend_on_the_number_of_weights(self, method):
        for sizes in ((2, 3, 1), (10, 20, 12, 3), (40, 100, 3)):
            objective, theta = network(sizes)
            report = check_gradient(objective, theta, method=method, extent="directions")
            assert report.verdict == "pass"
            assert report.evaluations == VALUES[method] * (6 + len(objective.blocks))

    def test_are_those_that_are_counted(self):
        objective, theta = network()
        problem = Problem.from_objective(objective, theta)
        value, twin = Counting(problem.value), Counting(problem.complex_value)
        counted = replace(problem, value=value, complex_value=twin)
        report = check_gradient(counted, extent="directions")
        assert twin.calls == report.evaluations
        assert value.calls == 2  # from the consistency check, counted separately
        value.calls = 0
        report = check_gradient(counted, method="differences", extent="directions")
        assert value.calls == report.evaluations + 2

    @pytest.mark.parametrize("method", METHODS)
    @pytest.mark.parametrize("index", [0, 100, 219, 250, 460, 510])
    def test_of_a_wrong_entry_grow_with_the_logarithm(self, method, index):
        objective, theta = network()
        problem = with_wrong_entries(objective, theta, {index: 1.5})
        report = check_gradient(problem, method=method, extent="directions")
        assert report.diagnosis.kind == "entry"
        assert report.diagnosis.where == (objective.names[index],)
        directions = 6 + len(objective.blocks)
        allowed = 4 * ceil(log2(theta.size))
        assert report.evaluations <= VALUES[method] * directions + allowed

    @pytest.mark.parametrize("method", METHODS)
    def test_of_several_wrong_entries_are_that_for_each(self, method):
        objective, theta = network()
        wrong = {3: 2.0, 205: 0.5, 300: -1.0, 470: 1.3, 510: 3.0}
        report = check_gradient(
            with_wrong_entries(objective, theta, wrong), method=method, extent="directions"
        )
        directions = 6 + len(objective.blocks)
        named = report.names[directions:]
        assert len(named) == 4
        assert set(named) <= {objective.names[index] for index in wrong}
        allowed = 4 * ceil(log2(theta.size)) * len(named)
        assert report.evaluations <= VALUES[method] * directions + allowed


class TestDetection:
    @pytest.mark.parametrize("method", METHODS)
    @pytest.mark.parametrize("factor", [1.01, 0.0, -1.0])
    def test_one_wrong_entry_among_thousands(self, method, factor):
        objective, theta = network((40, 100, 3))
        g = objective.value_and_gradient(theta)[1]
        median = int(np.argsort(np.abs(g))[g.size // 2])
        problem = with_wrong_entries(objective, theta, {median: factor})
        report = check_gradient(problem, method=method, extent="directions")
        assert report.verdict == "fail"
        assert report.names[-1] == objective.names[median]
        right = g[median]
        assert report.numeric[-1] == pytest.approx(right, rel=1e-3)

    def test_a_wrong_entry_that_is_much_smaller_than_the_others(self):
        def value(x):
            return x[0] + 1e-20 * x[1]

        for claimed, verdict in ((1e-20, "pass"), (2e-20, "fail")):
            problem = Problem(value, lambda x, c=claimed: [1.0, c], [1.0, 2.0], complex_value=value)
            assert check_gradient(problem, extent="directions").verdict == verdict

    def test_power_is_reported(self):
        objective, theta = network()
        report = check_gradient(objective, theta, extent="directions")
        assert report.power.probability > 0.999999
        assert report.power.relative == 0.01
        assert "An error of 1% in one entry of typical size" in str(report)
        assert check_gradient(objective, theta, extent="entries").power is None

    def test_without_power_a_pass_is_not_decided(self):
        # The tolerance of the large entry hides the typical one, and there is no complex value.
        def value(x):
            return 1e9 * x[0] ** 2 + 1e-6 * x[1:].sum()

        def gradient(x):
            return np.concatenate([[2e9 * x[0]], np.full(9, 1e-6)])

        report = check_gradient(value, gradient, np.ones(10), extent="directions")
        assert report.verdict == "inconclusive"
        assert report.power.probability < 0.9


class TestExtent:
    def test_few_entries_are_each_compared(self):
        objective, theta = network((2, 3, 1))
        assert check_gradient(objective, theta).names == tuple(objective.names)

    def test_an_unknown_one_is_refused(self):
        with pytest.raises(
            sn.InvalidInput, match=r"extent 'all' is not recognized.* auto, entries, dir"
        ):
            check_gradient(*network((2, 3, 1)), extent="all")
