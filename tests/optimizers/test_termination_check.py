"""The check at the end of a run: it leaves saddles, names plateaus, and claims no more than it has shown."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest
from sklearn.datasets import load_wine

import sheernet as sn
from both_engines import ENGINES, compiled
from optimizers.problems import ROSENBROCK, Quadratic
from sheernet.optimizers import METHODS, Step, Termination, minimize

METHOD = pytest.mark.parametrize("method", ["bfgs", "lbfgs", "lm"])


class Formula:
    """An objective of x and y, with its derivatives."""

    def value(self, theta: np.ndarray) -> float:
        return float(self.of(*theta)[0])

    def value_and_gradient(self, theta: np.ndarray) -> tuple[float, np.ndarray]:
        value, gradient, _ = self.of(*theta)
        return float(value), np.array(gradient)

    def hessian_vector(self, theta: np.ndarray, v: np.ndarray) -> np.ndarray:
        return np.array(self.of(*theta)[2]) @ v

    def gauss_newton(self, theta: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
        """With the part of the Hessian that curves upward."""
        value, gradient, hessian = self.of(*theta)
        eigenvalues, Q = np.linalg.eigh(hessian)
        return float(value), np.array(gradient), (Q * np.maximum(eigenvalues, 0.0)) @ Q.T

    def of(self, x: float, y: float) -> tuple[float, list[float], list[list[float]]]:
        raise NotImplementedError


class Saddle(Formula):
    """x^2 / 2 - y^2 / 2 + y^4 / 4: a saddle at 0, minima of -1/4 at y = 1 and y = -1."""

    def of(self, x: float, y: float) -> tuple[float, list[float], list[list[float]]]:
        value = x**2 / 2 - y**2 / 2 + y**4 / 4
        return value, [x, y**3 - y], [[1.0, 0.0], [0.0, 3 * y**2 - 1]]


class Saturated(Formula):
    """1 + x^2 / 2 + 1e-16 sin y: y has less influence than rounding shows."""

    def of(self, x: float, y: float) -> tuple[float, list[float], list[list[float]]]:
        value = 1 + x**2 / 2 + 1e-16 * np.sin(y)
        gradient = [x, 1e-16 * np.cos(y)]
        return value, gradient, [[1.0, 0.0], [0.0, -1e-16 * np.sin(y)]]


class Redundant(Formula):
    """1 + (x + y)^2 / 2: a valley of equal minima."""

    def of(self, x: float, y: float) -> tuple[float, list[float], list[list[float]]]:
        return 1 + (x + y) ** 2 / 2, [x + y, x + y], [[1.0, 1.0], [1.0, 1.0]]


class Idle(Formula):
    """1 + x^2 / 2: nothing depends on y, as on a weight of an input that is always 0."""

    def of(self, x: float, y: float) -> tuple[float, list[float], list[list[float]]]:
        return 1 + x**2 / 2, [x, 0.0], [[1.0, 0.0], [0.0, 0.0]]


class Hidden(Formula):
    """e^(x + 2y) + e^(-x) + y^2, with an error of up to 1e-8 of the value, as if from terms of 1e8."""

    def of(self, x: float, y: float) -> tuple[float, list[float], list[list[float]]]:
        up, down = np.exp(x + 2 * y), np.exp(-x)
        gradient = [up - down, 2 * up + 2 * y]
        hessian = [[up + down, 2 * up], [2 * up, 4 * up + 2]]
        return up + down + y**2 + 1e-8 * np.sin(1e12 * (x + y)), gradient, hessian

    def terms(self, theta: np.ndarray) -> tuple[float, float, float]:
        return 1e8, 0.0, 1e8


def drained(
    method: str, objective: Any, start: Any, **options: Any
) -> tuple[list[Step], Termination]:
    """The steps of a method by itself, without tolerances, and its end."""
    steps = METHODS[method].run(objective, start, **options)
    taken = []
    while True:
        try:
            taken.append(next(steps))
        except StopIteration as end:
            return taken, end.value


@METHOD
class TestEnd:
    @pytest.mark.parametrize("x", [0.0, 1.0])
    def test_saddle_is_left(self, method: str, x: float) -> None:
        steps, end = drained(method, Saddle(), np.array([x, 0.0]))
        assert end.reason == "precision_reached"
        np.testing.assert_allclose(np.abs(steps[-1].theta), [0, 1], atol=1e-7)
        assert [step.iteration for step in steps] == list(range(len(steps)))

    def test_parameter_of_next_to_no_influence_is_a_plateau(self, method: str) -> None:
        _, end = drained(method, Saturated(), np.array([1.0, 1.0]))
        assert end.reason == "plateau"
        assert not end.converged
        assert "weight decay" in end.message

    @pytest.mark.parametrize("objective", [Redundant(), Idle()])
    def test_constant_direction_is_not_a_plateau(self, method: str, objective: Any) -> None:
        _, end = drained(method, objective, np.array([1.0, 1.0]))
        assert end.reason == "precision_reached"

    @pytest.mark.parametrize("size", [0.0, 1e-200, 1e200, np.inf, np.nan])
    def test_derivatives_out_of_range_claim_nothing(self, method: str, size: float) -> None:
        class Extreme(Saddle):
            def hessian_vector(self, theta: np.ndarray, v: np.ndarray) -> np.ndarray:
                return size * v

        _, end = drained(method, Extreme(), np.array([0.0, 0.0]))
        assert end.reason == "plateau"


@METHOD
class TestPolish:
    """Beyond the point where rounding hides each further decrease."""

    STARTS = np.random.default_rng(0).normal(size=(6, 2))

    def test_makes_the_gradient_smaller(self, method: str) -> None:
        norms = {True: [0.0], False: [0.0]}
        for start, polish in product(self.STARTS, norms):
            steps, end = drained(method, Hidden(), start, polish=polish)
            assert end.reason == "precision_reached"
            norms[polish].append(float(np.abs(steps[-1].gradient).max()))
        assert max(norms[True]) < 1e-13
        assert method == "lm" or max(norms[False]) > 1e-7  # lm ends with Newton steps anyway

    def test_begins_where_the_run_would_end(self, method: str) -> None:
        for start in self.STARTS:
            plain, _ = drained(method, Hidden(), start, polish=False)
            steps, _ = drained(method, Hidden(), start, polish=True)
            for step, same in zip(plain, steps[: len(plain)], strict=True):
                np.testing.assert_array_equal(step.theta, same.theta)
            assert steps[-1].value <= plain[-1].value + 1e-7  # twice its error

    def test_resumed_run_has_the_same_bits(self, method: str) -> None:
        steps = list(METHODS[method].run(Hidden(), self.STARTS[0]))
        for k, step in enumerate(METHODS[method].run(Hidden(), self.STARTS[0])):
            rest, _ = drained(method, Hidden(), step.state.snapshot())  # type: ignore[union-attr]
            for again, whole in zip(rest, steps[k:], strict=True):
                np.testing.assert_array_equal(again.theta, whole.theta)


@pytest.mark.parametrize("method", ["bfgs", "lbfgs"])
def test_without_products_less_is_claimed(method: str) -> None:
    _, end = drained(method, Quadratic([1.0, 4.0], [1.0, 1.0]), np.zeros(2))
    assert end.reason == "precision_reached"
    assert "not examined" not in end.message

    class Plain:
        value = Saddle.value
        value_and_gradient = Saddle.value_and_gradient
        of = Saddle.of

    _, end = drained(method, Plain(), np.array([1.0, 0.0]))
    assert end.reason == "precision_reached"
    assert "not examined" in end.message


def test_lm_goes_on_with_the_initial_damping() -> None:
    steps, _ = drained("lm", Saddle(), np.array([0.0, 0.0]))
    largest = steps[0].state.model.matrix.diagonal().max()  # type: ignore[union-attr]
    assert [step.damping for step in steps[:2]] == [1e-3 * largest] * 2


@METHOD
class TestRules:
    """Without the driver, whose tolerance would stop at the saddle."""

    def test_resumed_run_has_the_same_bits(self, method: str) -> None:
        steps = METHODS[method].run(Saddle(), np.array([1.0, 0.0]))
        states = [step.state.snapshot() for step in steps]  # type: ignore[union-attr]
        assert abs(states[-1].theta[1]) > 0.9
        for k, state in enumerate(states):
            taken, _ = drained(method, Saddle(), state)
            assert [step.iteration for step in taken] == list(range(k, len(states)))
            for step, whole in zip(taken, states[k:], strict=True):
                np.testing.assert_array_equal(step.theta, whole.theta)


def test_gradient_tolerance_becomes_a_plateau_if_a_parameter_is_idle() -> None:
    for method in ("bfgs", "lbfgs", "lm", "scipy:BFGS", "scipy:L-BFGS-B"):
        assert minimize(Saturated(), [1.0, 1.0], method).termination.reason == "plateau"
    run = minimize(Saturated(), [1.0, 1.0], "gd", learning_rate=0.5)
    assert run.termination.reason == "plateau"
    assert minimize(Idle(), [1.0, 1.0], "bfgs").termination.reason == "gradient_tolerance"
    assert minimize(ROSENBROCK.objective, [1.0, 1.0]).termination.reason == "gradient_tolerance"


class Bowl(Formula):
    """1 + x^2 / 2 + 2 y^2, counting its products."""

    products = 0

    def of(self, x: float, y: float) -> tuple[float, list[float], list[list[float]]]:
        return 1 + x**2 / 2 + 2 * y**2, [x, 4 * y], [[1.0, 0.0], [0.0, 4.0]]

    def hessian_vector(self, theta: np.ndarray, v: np.ndarray) -> np.ndarray:
        self.products += 1
        return super().hessian_vector(theta, v)


@pytest.mark.parametrize(("start", "products"), [([1.0, 1.0], 0), ([1.0, 0.0], 1)])
def test_derivatives_far_from_zero_confirm_an_end_without_a_product(
    start: list[float], products: int
) -> None:
    bowl = Bowl()
    run = minimize(bowl, start, "gd", learning_rate=0.2, gradient_tolerance=0.5)
    assert run.termination.reason == "gradient_tolerance"
    assert bowl.products == products


@compiled
def test_nor_does_it_take_an_evaluation_of_the_budget_in_cpp() -> None:
    """The budget is just what two equal fits need; a product after the first would end the second."""
    X, y = load_wine(return_X_y=True)
    arch = sn.Architecture((13, 5, 3), output="softmax")
    objective = sn.make_objective(arch, (X - X.mean(axis=0)) / X.std(axis=0), np.eye(3)[y])
    jobs = [sn.jobs.Job(sn.Network.random(arch, seed=1).theta)] * 2
    tolerance = {"method": "lbfgs", "gradient_tolerance": 1e-2}
    run = sn.jobs.fit_jobs(objective, jobs[:1], **tolerance)[0]
    budget = 2 * int(run.record.value_evaluations[-1])
    fits = sn.jobs.fit_jobs(objective, jobs, **tolerance, max_evaluations=budget)
    assert fits.reasons == ("gradient_tolerance",) * 2


@pytest.mark.parametrize("engine", ENGINES)
def test_constant_shifts_of_softmax_do_not_make_a_plateau(engine: str) -> None:
    """Without decay on biases, the objective is constant along a shift of them; lm ends here with mirrored units."""
    X, y = load_wine(return_X_y=True)
    arch = sn.Architecture((13, 5, 3), output="softmax")
    objective = sn.make_objective(
        arch, (X - X.mean(axis=0)) / X.std(axis=0), np.eye(3)[y], engine=engine
    )
    decay = [0.0 if name.startswith("b") else 1e-3 for name in objective.names]
    run = minimize(
        objective.replace(decay=decay), np.array(sn.Network.random(arch, seed=1).theta), "lm"
    )
    assert run.termination.reason == "gradient_tolerance"
