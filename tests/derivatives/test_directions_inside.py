"""As test_directions.py, by names that are not published."""

from __future__ import annotations

from math import ceil, log2

import numpy as np
import pytest

from derivatives.test_directions import METHODS, network, with_wrong_entries
from sheernet.derivatives import Problem, check_gradient
from sheernet.derivatives.check.bisection import MAX_FOUND_ENTRIES
from sheernet.derivatives.comparisons import K_DIRECTIONS, each_entry, gaussian_directions

VALUES = {"complex": 1, "differences": 4}  # of each direction


class TestCosts:
    @pytest.mark.parametrize("method", METHODS)
    def test_of_a_check_that_passes_do_not_depend_on_the_number_of_weights(self, method):
        for sizes in ((2, 3, 1), (10, 20, 12, 3), (40, 100, 3)):
            objective, theta = network(sizes)
            report = check_gradient(objective, theta, method=method, extent="directions")
            assert report.verdict == "pass"
            assert report.evaluations == VALUES[method] * (K_DIRECTIONS + len(objective.blocks))

    @pytest.mark.parametrize("method", METHODS)
    @pytest.mark.parametrize("index", [0, 100, 219, 250, 460, 510])
    def test_of_a_wrong_entry_grow_with_the_logarithm(self, method, index):
        objective, theta = network()
        problem = with_wrong_entries(objective, theta, {index: 1.5})
        report = check_gradient(problem, method=method, extent="directions")
        assert report.diagnosis.kind == "entry"
        assert report.diagnosis.where == (objective.names[index],)
        directions = K_DIRECTIONS + len(objective.blocks)
        allowed = 4 * ceil(log2(theta.size))
        assert report.evaluations <= VALUES[method] * directions + allowed

    @pytest.mark.parametrize("method", METHODS)
    def test_of_several_wrong_entries_are_that_for_each(self, method):
        objective, theta = network()
        wrong = {3: 2.0, 205: 0.5, 300: -1.0, 470: 1.3, 510: 3.0}
        report = check_gradient(
            with_wrong_entries(objective, theta, wrong), method=method, extent="directions"
        )
        directions = K_DIRECTIONS + len(objective.blocks)
        named = report.names[directions:]
        assert len(named) == MAX_FOUND_ENTRIES
        assert set(named) <= {objective.names[index] for index in wrong}
        allowed = 4 * ceil(log2(theta.size)) * len(named)
        assert report.evaluations <= VALUES[method] * directions + allowed


class TestDetection:
    def test_power_agrees_with_many_trials(self):
        """An error of the size detected with probability 0.99 is missed by 1 % of the seeds."""
        objective, theta = network((4, 5, 1))
        g = objective.value_and_gradient(theta)[1]
        median = int(np.argsort(np.abs(g))[g.size // 2])
        missed = 0
        for seed in range(300):
            directions = gaussian_directions(
                Problem.from_objective(objective, theta), seed, with_blocks=False
            )
            report = check_gradient(objective, theta, extent="directions", seed=seed)
            error = report.power.smallest * abs(g[median])
            plain = slice(0, directions.plain - 1)
            moved = np.abs(error * directions.vectors[plain, median])
            missed += not np.any(moved > report.tolerance[plain])
        assert missed <= 12  # 3 are expected; more than 12 have a probability below 1e-4


class TestExtent:
    def test_many_entries_of_a_slow_function_are_not(self, monkeypatch):
        objective, theta = network((40, 100, 3))
        monkeypatch.setattr("sheernet.derivatives.check.gradient_check.MAX_SECONDS", 0.0)
        report = check_gradient(objective, theta)
        assert len(report.names) == K_DIRECTIONS + len(objective.blocks)
        assert report.size == theta.size

    def test_unit_vectors_are_never_formed(self):
        directions = each_entry(Problem.from_objective(*network((2, 3, 1))))
        assert directions.vectors is None
        assert directions.blocks == ("W1",) * 6 + ("b1",) * 3 + ("W2",) * 3 + ("b2",)
