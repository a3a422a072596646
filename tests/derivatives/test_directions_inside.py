"""As test_directions.py, by names that are not published."""

from __future__ import annotations

import numpy as np

from derivatives.test_directions import network
from sheernet.derivatives import Problem, check_gradient
from sheernet.derivatives.comparisons import each_entry, gaussian_directions


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
        assert len(report.names) == 6 + len(objective.blocks)
        assert report.size == theta.size

    def test_unit_vectors_are_never_formed(self):
        directions = each_entry(Problem.from_objective(*network((2, 3, 1))))
        assert directions.vectors is None
        assert directions.blocks == ("W1",) * 6 + ("b1",) * 3 + ("W2",) * 3 + ("b2",)
