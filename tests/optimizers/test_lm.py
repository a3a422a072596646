from __future__ import annotations

import sys
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import sheernet as sn
from both_engines import ENGINES
from optimizers.problems import (
    MEYER,
    MORE_GARBOW_HILLSTROM,
    NIST,
    ROSENBROCK,
    LeastSquares,
    Linear,
    noisy_network,
    rosenbrock,
)
from sheernet.optimizers import Run, lm, minimize

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


class Wrapped:
    """An objective whose Hessian-vector products are replaced; None: it has none."""

    def __init__(self, objective: Any, product: Any) -> None:
        self.value, self.value_and_gradient = objective.value, objective.value_and_gradient
        self.gauss_newton, self.terms = objective.gauss_newton, objective.terms
        self.products = 0
        if product is not None:
            self.product, self.hessian_vector = product, self._hessian_vector

    def _hessian_vector(self, theta: np.ndarray, v: np.ndarray) -> np.ndarray:
        self.products += 1
        return self.product(theta, v)


def plain(objective: Any, start: np.ndarray) -> Run:
    """The run without refined steps, from products that cannot be used."""
    return minimize(Wrapped(objective, lambda theta, v: np.full_like(v, np.nan)), start, "lm")


class TestRefinedSteps:
    @pytest.mark.parametrize("seed", range(3))
    def test_end_where_others_end_after_many_more_iterations(self, seed):
        objective, start = noisy_network(seed)
        run, slow = minimize(objective, start, "lm"), plain(objective, start)
        assert run.termination.reason == "gradient_tolerance"
        assert run.objective == pytest.approx(slow.objective, rel=1e-9)
        assert 1.5 * len(run.record) < len(slow.record)

    @pytest.mark.parametrize("seed", range(3))
    def test_products_are_differences_of_gradients_if_there_are_no_others(self, seed):
        objective, start = noisy_network(seed)
        run = minimize(Wrapped(objective, None), start, "lm")
        exact = minimize(objective, start, "lm")
        assert run.termination.reason == "gradient_tolerance"
        assert run.objective == pytest.approx(exact.objective, rel=1e-12)
        assert len(run.record) <= len(exact.record) + 3
        assert run.record.gradient_evaluations[-1] > len(run.record)

    def test_activation_without_second_derivative(self):
        """Whose exact products are refused."""
        bare = replace(sn.activations.tanh, second_derivative=None)
        objective, start = noisy_network(hidden=bare)
        assert not objective.has_second_derivatives
        assert minimize(objective, start, "lm").termination.reason == "gradient_tolerance"

    @pytest.mark.parametrize(
        "product",
        [
            lambda theta, v: -v, lambda theta, v: 0 * v, lambda theta, v: 3 * v, lambda theta, v: np.roll(v, 1),
            lambda theta, v: np.full_like(v, np.nan), lambda theta, v: np.inf * v,
            lambda theta, v: np.where(np.arange(v.size) == 2, np.nan, v),
        ],
        ids=["negative", "zero", "large", "mixed", "nan", "inf", "one nan"],
    )  # fmt: skip
    def test_wrong_products_do_not_lead_elsewhere(self, product):
        objective, start = noisy_network()
        wrong = Wrapped(objective, product)
        run = minimize(wrong, start, "lm", max_iter=3000)
        assert wrong.products > 0
        assert run.objective == pytest.approx(minimize(objective, start, "lm").objective, rel=1e-6)
        assert np.all(np.diff(run.record.objective) <= 1e-12)

    def test_exception_of_a_product_reaches_the_caller(self):
        def fail(theta, v):
            raise ZeroDivisionError("the objective's own")

        objective, start = noisy_network()
        with pytest.raises(ZeroDivisionError, match="the objective's own"):
            minimize(Wrapped(objective, fail), start, "lm")

    def test_product_of_another_shape_is_refused(self):
        objective, start = noisy_network()
        with pytest.raises(
            sn.InvalidInput, match=r"the product has shape \(1,\) but theta has \(10,\)"
        ):
            minimize(Wrapped(objective, lambda theta, v: v[:1]), start, "lm")

    def test_products_are_counted_and_the_time_limit_holds_between_them(self):
        objective, start = noisy_network()
        seconds = 0.0

        def product(theta, v):
            nonlocal seconds
            seconds += 1.0
            return objective.hessian_vector(theta, v)

        wrapped = Wrapped(objective, product)
        run = minimize(wrapped, start, "lm", time_limit=2.5, clock=lambda: seconds)
        assert run.termination.reason == "time_limit"
        assert wrapped.products == 3
        again = Wrapped(objective, objective.hessian_vector)
        whole = minimize(again, start, "lm")
        gradients = whole.record.gradient_evaluations[-1]
        assert again.products > 10
        # The product by which the driver confirms the end is not counted.
        assert whole.termination.reason == "gradient_tolerance"
        assert gradients == len(whole.record) + again.products - 1

    def test_begin_if_the_objective_falls_slowly(self):
        objective, start = noisy_network()
        seen: list[Any] = []
        run = minimize(
            objective, start, "lm", observers=[lambda step, row: seen.append(step.state)]
        )
        F = run.record.objective
        for k, state in enumerate(seen):
            assert state.values == tuple(F[max(k - 5, 0) : k + 1])
        slow = [k for k in range(5, len(F)) if F[k - 5] - F[k] <= 0.01 * abs(F[k])]
        norms = [np.linalg.norm(state.model.gradient) for state in seen]
        assert all(np.isnan(state.reference) for state in seen[: slow[0]])
        assert all(state.reference == norms[slow[0]] for state in seen[slow[0] :])


class TestEnds:
    @pytest.mark.parametrize("seed", range(4))
    def test_nothing_is_left_to_do(self, seed):
        """What an undamped Newton step with the dense Hessian promises."""
        objective, start = noisy_network(seed)
        run = minimize(objective, start, "lm", gradient_tolerance=0)
        assert run.termination.reason == "precision_reached"
        H = np.array([objective.hessian_vector(run.theta, e) for e in np.eye(start.size)])
        assert np.linalg.eigvalsh(H).min() > 0
        promise = 0.5 * run.gradient @ np.linalg.solve(H, run.gradient)
        assert promise <= 1e-14 * run.objective

    def test_saddle_is_left_along_negative_curvature(self):
        """Two units that are equal but for 1e-7: without products, the run ends where they are still equal."""
        x = np.linspace(-2.0, 2.0, 40)
        arch = sn.Architecture((1, 2, 1))
        objective = sn.make_objective(arch, x, np.sin(2 * x), reduction="sum", engine="reference")
        start = sn.Network.random(arch, seed=2).theta.copy()
        start[[1, 3, 5]] = start[[0, 2, 4]] + [1e-7, 0.0, 0.0]
        stays = plain(objective, start)
        H = np.array([objective.hessian_vector(stays.theta, e) for e in np.eye(start.size)])
        assert np.linalg.eigvalsh(H).min() < -1e-3
        assert minimize(objective, start, "lm").objective < stays.objective - 5e-3

    def test_plateau_is_named(self):
        """A slope that is not there, along a direction without curvature."""

        class Flat:
            def value(self, x):
                return 1.0

            def value_and_gradient(self, x):
                return 1.0, np.array([0.0, 1e-8])

            def gauss_newton(self, x):
                return *self.value_and_gradient(x), np.diag([1.0, 0.0])

            def hessian_vector(self, x, v):
                return np.array([v[0], 0.0])

        run = minimize(Flat(), [0.0, 0.0], "lm", gradient_tolerance=0)
        assert run.termination.reason == "plateau"
        assert not run.termination.converged

    @pytest.mark.parametrize("engine", ENGINES)
    @pytest.mark.filterwarnings("ignore:overflow:RuntimeWarning")
    def test_run_ends_although_the_limit_of_the_damping_overflows(self, engine):
        rng = np.random.default_rng(1)
        X, y = 1e150 * rng.standard_normal((30, 2)), 1e150 * rng.standard_normal(30)
        objective = sn.make_objective(sn.Architecture((2, 2, 1), "relu"), X, y, engine=engine)
        start = rng.standard_normal(9)
        run = minimize(objective, start, "lm", gradient_tolerance=0, max_evaluations=2000)
        assert run.termination.reason == "damping_limit"


class TestScaling:
    @pytest.mark.parametrize("scaling", ["diagonal", "none"])
    def test_units_of_the_parameters(self, scaling):
        """With "diagonal", only the parameters' own scale matters: the iterates are those in other units."""
        scale = 2.0 ** np.array([9.0, -7.0])
        runs = [
            minimize(LeastSquares(lambda x, s=s: rosenbrock(s * x)), np.array([-1.2, 1.0]) / s, "lm",
                     max_iter=8, scaling=scaling)
            for s in (np.ones(2), scale)
        ]  # fmt: skip
        same = np.allclose(runs[0].record.objective, runs[1].record.objective, rtol=1e-9)
        assert same == (scaling == "diagonal")

    def test_scales_are_the_largest_diagonal_entries_so_far(self):
        seen: list[Any] = []
        objective = ROSENBROCK.objective
        minimize(objective, ROSENBROCK.start, "lm", scaling="diagonal",
                 observers=[lambda step, row: seen.append(step.state)])  # fmt: skip
        largest = np.maximum.accumulate([s.model.matrix.diagonal() for s in seen])
        np.testing.assert_array_equal(largest, [s.scales for s in seen])
        before, after = seen[0], seen[1]
        A, g = before.model.matrix, before.model.gradient
        h = after.theta - before.theta
        mu = -(g + A @ h) @ h / (h @ (before.scales * h))
        np.testing.assert_allclose(A @ h + mu * before.scales * h, -g, rtol=1e-6)
        assert not seen[0].scales.flags.writeable

    def test_parameter_without_effect(self):
        objective = LeastSquares(lambda x: np.array([x[0] - 3.0, 2 * x[0] - 6.0]) + 0 * x[1])
        run = minimize(objective, np.zeros(2), "lm", scaling="diagonal")
        np.testing.assert_allclose(run.theta, [3.0, 0.0], rtol=1e-7)

    def test_columns_in_units_of_1e3_and_1e_minus_3(self):
        units = np.array([1e3, 1e-3])
        X = np.random.default_rng(0).standard_normal((80, 2))
        arch = sn.Architecture((2, 2, 1))
        objective = sn.make_objective(
            arch, X * units, np.tanh(X[:, 0] - X[:, 1]), engine="reference"
        )
        start = sn.Network.random(arch, seed=2).theta.copy()
        start[:4] /= np.repeat(units, 2)
        ends = [
            minimize(objective, start, "lm", max_iter=100, scaling=scaling).objective
            for scaling in ("diagonal", "none")
        ]
        assert ends[0] < 1e-8 < 0.1 < ends[1]


class TestRefusals:
    def test_objective_without_a_matrix(self):
        with pytest.raises(
            sn.InvalidInput, match=r"requires an objective with gauss_newton.*use method='bfgs'"
        ):
            minimize(Linear(), [0.0], "lm")

    @pytest.mark.parametrize("tau", [0.0, -1.0, np.inf, np.nan])
    def test_tau(self, tau):
        with pytest.raises(sn.InvalidInput, match="tau must be positive and finite"):
            minimize(ROSENBROCK.objective, ROSENBROCK.start, "lm", tau=tau)


def test_unknown_scaling() -> None:
    with pytest.raises(
        sn.InvalidInput, match="scaling 'jacobi' is not recognized; choose one of diagonal, none"
    ):
        minimize(ROSENBROCK.objective, ROSENBROCK.start, "lm", scaling="jacobi")


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


def test_a_gain_whose_cube_overflows_is_no_error() -> None:
    objective = LeastSquares(rosenbrock)
    state = minimize(objective, [-1.2, 1.0], "lm", max_iter=2).state
    assert state is not None
    high = replace(state.state, model=replace(state.state.model, value=1e300))
    run = minimize(objective, replace(state, state=high))
    assert run.termination.converged
