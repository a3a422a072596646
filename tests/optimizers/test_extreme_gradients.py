from __future__ import annotations

import numpy as np
import pytest

from optimizers.problems import Quadratic
from sheernet.optimizers import minimize


class Exponential:
    """exp(300 t) - 300 t: the lowest point is 1, at t = 0; a Poisson loss with rates beyond 1e154."""

    def value(self, theta):
        return self.value_and_gradient(theta)[0]

    def value_and_gradient(self, theta):
        rate = float(np.exp(300 * theta[0]))
        return rate - 300 * float(theta[0]), np.array([300 * (rate - 1)])


@pytest.mark.parametrize("method", ["bfgs", "lbfgs"])
class TestHugeGradients:
    @pytest.mark.parametrize("start", [0.6, 1.5, 2.3])
    def test_are_stepped_down_from(self, method, start):
        run = minimize(Exponential(), [start], method, max_iter=200)
        assert run.termination.converged
        assert run.objective == pytest.approx(1.0, rel=1e-12)

    def test_of_a_steep_quadratic_lead_to_its_minimum(self, method):
        run = minimize(Quadratic([1e200, 3e200], [1.0, -2.0]), [0.0, 0.0], method, max_iter=100)
        np.testing.assert_allclose(run.theta, [1.0, -2.0], rtol=1e-12)
        assert len(run.record) < 30

    def test_every_step_moves(self, method):
        path = minimize(Exponential(), [2.3], method, max_iter=200, keep_path=True).record.path
        assert np.all(np.diff(path[:, 0]) != 0)
