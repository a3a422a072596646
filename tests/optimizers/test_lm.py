from __future__ import annotations

import sys

import numpy as np
import pytest

from optimizers.problems import MEYER, MORE_GARBOW_HILLSTROM, NIST, ROSENBROCK, LeastSquares, Linear
from sheernet.foundation.errors import InvalidInput
from sheernet.optimizers import lm, minimize

module = sys.modules[lm.__module__]


class TestLM:
    @pytest.mark.parametrize("problem", [*MORE_GARBOW_HILLSTROM, MEYER], ids=repr)
    def test_published_minima(self, problem):
        run = minimize(problem.objective, problem.start, "lm")
        assert 2 * run.objective == pytest.approx(problem.sum_of_squares, rel=2e-6, abs=1e-10)
        assert run.termination.converged

    @pytest.mark.parametrize("problem", NIST, ids=repr)
    def test_certified_values_of_nist(self, problem):
        run = minimize(problem.objective, problem.start, "lm")
        assert 2 * run.objective == pytest.approx(problem.sum_of_squares, rel=1e-10)
        np.testing.assert_allclose(run.theta, problem.minimizer, rtol=1e-7)

    def test_linear_problem_is_solved_in_a_few_steps(self):
        A = np.random.default_rng(0).standard_normal((9, 4))
        b = np.arange(9.0)
        run = minimize(
            LeastSquares(lambda x: A @ x - b), np.zeros(4), "lm", gradient_tolerance=1e-12
        )
        np.testing.assert_allclose(run.theta, np.linalg.lstsq(A, b, rcond=None)[0], rtol=1e-10)
        assert len(run.record) <= 8

    def test_singular_matrix_is_no_error(self):
        """Two parameters of which only the sum matters, and one without effect."""
        objective = LeastSquares(
            lambda x: np.array([x[0] + x[1] - 3.0, 2 * (x[0] + x[1]) - 6.0]) + 0 * x[2]
        )
        run = minimize(objective, np.zeros(3), "lm", gradient_tolerance=1e-12)
        assert run.objective < 1e-24
        assert run.theta[0] + run.theta[1] == pytest.approx(3)
        assert run.theta[2] == 0

    def test_more_parameters_than_residuals(self):
        objective = LeastSquares(lambda x: np.array([x @ np.arange(1.0, 8.0) - 2.0]))
        assert minimize(objective, np.zeros(7), "lm").objective < 1e-16


class TestFactor:
    def test_solves_the_damped_system_and_leaves_the_matrix_alone(self):
        A = np.array([[4.0, 1.0], [1.0, 3.0]])
        right = np.array([1.0, -2.0])
        for damping in (0.5, np.array([0.5, 0.1])):
            h = module._factored(A, damping)(right)
            np.testing.assert_allclose(A @ h + damping * h, right, rtol=1e-14)
            np.testing.assert_array_equal(A, [[4.0, 1.0], [1.0, 3.0]])

    @pytest.mark.parametrize("A", [[[1.0, 1.0], [1.0, 1.0]], [[1.0, 2.0], [2.0, 1.0]]])
    def test_a_matrix_that_is_not_positive_definite_has_no_factor(self, A):
        assert module._factored(np.array(A), 0.0) is None
        assert module._factored(np.array(A), 2.0) is not None


class TestDamping:
    def test_begins_at_tau_times_the_largest_diagonal_entry(self):
        A = ROSENBROCK.objective.gauss_newton(np.array(ROSENBROCK.start))[2]
        run = minimize(ROSENBROCK.objective, ROSENBROCK.start, "lm", max_iter=0, tau=0.25)
        assert run.record.damping[0] == 0.25 * A.diagonal().max()

    def test_starts_at_tau_if_the_matrix_is_zero(self):
        """All units saturated: the diagonal gives no scale."""
        objective = LeastSquares(lambda x: np.array([1.0 + 0 * x[0]]))
        run = minimize(objective, [0.0], "lm", max_iter=0, gradient_tolerance=0, tau=0.5)
        assert run.record.damping.tolist() == [0.5]

    def test_follows_nielsen(self):
        """mu after a step at the first attempt is mu max(1/3, 1 - (2 rho - 1)^3), with rho from the definition."""
        objective = ROSENBROCK.objective
        steps = lm(objective, np.array(ROSENBROCK.start))
        seen = 0
        before = next(steps)
        for step in (next(steps) for _ in range(12)):
            value, g, A = objective.gauss_newton(before.theta)
            h = np.linalg.solve(A + before.damping * np.eye(2), -g)
            if np.allclose(before.theta + h, step.theta, rtol=1e-9, atol=1e-12):
                rho = (value - step.value) / (0.5 * h @ (before.damping * h - g))
                factor = max(1 / 3, 1 - (2 * rho - 1) ** 3)
                assert step.damping == pytest.approx(before.damping * factor, rel=1e-6)
                seen += 1
            before = step
        assert seen >= 6

    def test_rejected_step_multiplies_by_two_then_four(self):
        """A function that rejects two candidates: mu grows by nu = 2 and 4, and is then divided by 3."""

        class Refusing(LeastSquares):
            refused = 0

            def value(self, x):
                self.refused += 1
                return np.inf if self.refused <= 2 else super().value(x)

        objective = Refusing(lambda x: np.array([x[0] - 1.0, 2 * x[1]]))
        run = minimize(objective, [0.0, 5.0], "lm", max_iter=1)
        first, after = run.record.damping
        assert after == pytest.approx(first * 2 * 4 / 3, rel=1e-12)

    def test_limit_is_named(self):
        """A wrong gradient: no damping helps."""

        class Wrong(LeastSquares):
            def gauss_newton(self, x):
                value, gradient, matrix = super().gauss_newton(x)
                return value, -gradient, matrix

        run = minimize(Wrong(ROSENBROCK.residuals), ROSENBROCK.start, "lm")
        assert run.termination.reason == "damping_limit"
        assert not run.termination.converged
        assert len(run.record) == 1


class TestRefusals:
    def test_objective_without_a_matrix(self):
        with pytest.raises(
            InvalidInput, match=r"requires an objective with gauss_newton.*use method='bfgs'"
        ):
            minimize(Linear(), [0.0], "lm")

    @pytest.mark.parametrize("tau", [0.0, -1.0, np.inf, np.nan])
    def test_tau(self, tau):
        with pytest.raises(InvalidInput, match="tau must be positive and finite"):
            minimize(ROSENBROCK.objective, ROSENBROCK.start, "lm", tau=tau)


def test_an_objective_may_reuse_its_matrix() -> None:
    class Fresh:
        """Rosenbrock's function as residuals 10 (y - x^2) and 1 - x."""

        def parts(self, t: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
            r = np.array([10 * (t[1] - t[0] ** 2), 1 - t[0]])
            return r, np.array([[-20 * t[0], 10.0], [-1.0, 0.0]])

        def value(self, t: np.ndarray) -> float:
            r, _ = self.parts(t)
            return 0.5 * float(r @ r)

        def value_and_gradient(self, t: np.ndarray) -> tuple[float, np.ndarray]:
            return self.gauss_newton(t)[:2]

        def gauss_newton(self, t: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
            r, J = self.parts(t)
            return 0.5 * float(r @ r), J.T @ r, J.T @ J

    class Reusing(Fresh):
        buffer = np.zeros((2, 2))

        def gauss_newton(self, t: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
            value, gradient, matrix = super().gauss_newton(t)
            self.buffer[:] = matrix
            return value, gradient, self.buffer

    seen: list[np.ndarray] = []
    runs = [
        minimize(
            objective,
            [-1.2, 1.0],
            "lm",
            observers=[lambda step, row: seen.append(step.state.model.matrix)],
        )
        for objective in (Fresh(), Reusing())
    ]
    assert np.array_equal(runs[0].theta, runs[1].theta)
    half = len(seen) // 2
    assert all(np.array_equal(a, b) for a, b in zip(seen[:half], seen[half:], strict=True))
