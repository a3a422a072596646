"""As test_termination_check.py, by names that are not published."""

from __future__ import annotations

import numpy as np
import pytest

from optimizers.test_termination_check import METHOD, Hidden, Saddle, drained
from sheernet.optimizers import METHODS
from sheernet.optimizers.evaluation_counts import BudgetSpent, Counted, Counts
from sheernet.optimizers.termination_check import low_curvature, random_vector


class WithIdle(Saddle):
    """1 + the saddle in two of four parameters; the others have no influence, but for the rounding of products."""

    USED = (1, 0)

    def value(self, theta: np.ndarray) -> float:
        return 1 + super().value(theta[[*self.USED]])

    def value_and_gradient(self, theta: np.ndarray) -> tuple[float, np.ndarray]:
        value, gradient = super().value_and_gradient(theta[[*self.USED]])
        return 1 + value, self.widened(gradient)

    def hessian_vector(self, theta: np.ndarray, v: np.ndarray) -> np.ndarray:
        product = super().hessian_vector(theta[[*self.USED]], v[[*self.USED]])
        rounding = 0.0 if np.array_equal(v, random_vector(4)) else 1e-16 * product[0]
        return self.widened(product, rounding)

    def gauss_newton(self, theta: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
        value, gradient, matrix = super().gauss_newton(theta[[*self.USED]])
        wide = np.zeros((4, 4))
        wide[np.ix_(self.USED, self.USED)] = matrix
        return 1 + value, self.widened(gradient), wide

    def widened(self, entries: np.ndarray, rest: float = 0.0) -> np.ndarray:
        wide = np.full(4, rest)
        wide[[*self.USED]] = entries
        return wide


@METHOD
class TestEnd:
    def test_idle_parameters_do_not_hide_a_saddle(self, method: str) -> None:
        start = WithIdle().widened(np.array([1.0, 0.0]), 3.0)
        steps, _ = drained(method, WithIdle(), start)
        np.testing.assert_allclose(np.abs(steps[-1].theta[[*WithIdle.USED]]), [0, 1], atol=1e-7)


@METHOD
class TestPolish:
    """Beyond the point where rounding hides each further decrease."""

    STARTS = np.random.default_rng(0).normal(size=(6, 2))

    def test_budget_holds(self, method: str) -> None:
        class CountingHidden(Counting, Hidden):
            pass

        whole = CountingHidden()
        drained(method, whole, self.STARTS[0])
        for budget in range(1, whole.calls):
            objective = CountingHidden()
            counts = Counts(lambda: 0.0, 0.0, max_evaluations=budget)
            with pytest.raises(BudgetSpent):
                list(METHODS[method].run(Counted(objective, counts), self.STARTS[0]))
            assert counts.value_evaluations == budget


@METHOD
class TestRules:
    """Without the driver, whose tolerance would stop at the saddle."""

    def test_budget_holds_within_the_check(self, method: str) -> None:
        whole = Counting()
        drained(method, whole, np.array([1.0, 0.0]))
        for budget in range(1, whole.calls):
            objective = Counting()
            counts = Counts(lambda: 0.0, 0.0, max_evaluations=budget)
            steps = METHODS[method].run(Counted(objective, counts), np.array([1.0, 0.0]))
            with pytest.raises(BudgetSpent):
                list(steps)
            assert objective.calls == budget


class Counting(Saddle):
    """The saddle, counting its calls."""

    calls = 0

    def of(self, x: float, y: float) -> tuple[float, list[float], list[list[float]]]:
        self.calls += 1
        return super().of(x, y)


def test_random_vector_is_uniform_and_uncorrelated() -> None:
    entries = random_vector(10_000)
    assert -1 <= entries.min() < -0.99 < 0.99 < entries.max() < 1
    assert abs(entries.mean()) < 0.02
    for shift in range(1, 20):
        assert abs(np.mean(entries[:-shift] * entries[shift:])) < 0.02


@pytest.mark.parametrize("seed", range(30))
def test_low_curvature_is_found_if_there_is_one(seed: int) -> None:
    """Against the eigenvalues of the scaled matrix, some definite, some singular, some indefinite."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 9))
    Q = np.linalg.qr(rng.normal(size=(n, n)))[0]
    eigenvalues = rng.uniform(0.1, 2.0, n)
    eigenvalues[0] *= rng.choice([-1.0, 0.0, 1.0])
    H = (Q * eigenvalues) @ Q.T * np.outer(*[10.0 ** rng.uniform(-2, 2, n)] * 2)
    sizes = np.abs(H @ random_vector(n))
    direction = low_curvature(lambda p: H @ p, sizes)
    lowest = np.linalg.eigvalsh(H / np.sqrt(np.outer(sizes, sizes)))[0]
    assert (direction is not None) == (lowest < 1e-12)
    if direction is not None:
        assert direction @ H @ direction <= 1e-12 * (direction @ (sizes * direction))
