from __future__ import annotations

import sys

import numpy as np
import pytest

import sheernet as sn
from optimizers.problems import MEYER, MORE_GARBOW_HILLSTROM, ROSENBROCK, LeastSquares
from sheernet.optimizers import lbfgs, minimize

module = sys.modules[lbfgs.__module__]


class TestTwoLoops:
    def test_without_pairs_they_are_the_identity(self):
        g = np.array([1.0, -2.0])
        np.testing.assert_array_equal(module.two_loops(g, ()), g)


class TestMemory:
    @pytest.mark.parametrize("memory", [1, 2, 5])
    def test_holds_the_newest_pairs(self, memory):
        steps = lbfgs(ROSENBROCK.objective, np.array(ROSENBROCK.start), memory=memory)
        thetas = []
        for count, step in zip(range(9), steps, strict=False):
            thetas.append(step.theta)
            assert len(step.state.pairs) == min(count, memory)
        moved, newest = thetas[-1] - thetas[-2], step.state.pairs[-1].s
        power = newest[0] / moved[0]  # of two
        assert np.frexp(power)[0] == 0.5
        np.testing.assert_array_equal(newest, power * moved)

    @pytest.mark.parametrize("memory", [0, -1, 2.0, True, "many"])
    def test_an_invalid_number_of_pairs_is_refused(self, memory):
        with pytest.raises(
            sn.InvalidInput, match="memory must be a whole number of at least 1, but"
        ):
            next(lbfgs(ROSENBROCK.objective, np.array(ROSENBROCK.start), memory=memory))


class TestLBFGS:
    @pytest.mark.parametrize("problem", MORE_GARBOW_HILLSTROM, ids=repr)
    def test_published_minima(self, problem):
        run = minimize(problem.objective, problem.start, "lbfgs")
        assert 2 * run.objective == pytest.approx(problem.sum_of_squares, rel=2e-6, abs=1e-10)
        assert run.termination.converged

    def test_end_of_precision_is_named(self):
        run = minimize(MEYER.objective, MEYER.start, "lbfgs")
        assert 2 * run.objective == pytest.approx(MEYER.sum_of_squares, rel=1e-6)
        assert run.termination.reason == "precision_reached"

    def test_wrong_gradient_is_named(self):
        class Wrong(LeastSquares):
            def value_and_gradient(self, x):
                value, gradient = super().value_and_gradient(x)
                return value, -gradient

        run = minimize(Wrong(ROSENBROCK.residuals), ROSENBROCK.start, "lbfgs")
        assert run.termination.reason == "line_search_failed"

    def test_with_a_memory_of_all_it_begins_like_bfgs(self):
        """Equal until the second pair, where lbfgs uses the newest gamma and bfgs the first."""
        given = {"keep_path": True, "max_iter": 2, "c2": 0.5}
        ours, theirs = (
            minimize(ROSENBROCK.objective, ROSENBROCK.start, method, **given).record.path
            for method in ("lbfgs", "bfgs")
        )
        np.testing.assert_allclose(ours, theirs, rtol=1e-12)
