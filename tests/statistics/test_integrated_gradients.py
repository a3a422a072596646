"""Integrated gradients: polynomials by hand, kinks, and sums that are complete."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheernet.statistics.integrated_gradients import integrated_gradients

TOLERANCE = np.array([1e-12])


def contributions(f, gradient, X, baseline, columns=None, tolerance=TOLERANCE) -> np.ndarray:
    X = np.array(X, dtype=float)
    columns = np.arange(X.shape[1]) if columns is None else np.array(columns)
    return integrated_gradients(f, gradient, X, np.array(baseline, dtype=float), columns, tolerance)


def test_a_polynomial_by_hand() -> None:
    """Of x^2 y on the path t (x, y): int 2 x^2 y t^2 dt = 2/3 x^2 y, and int x^2 y t^2 dt = 1/3 x^2 y."""

    def gradient(X: np.ndarray) -> np.ndarray:
        return np.column_stack([2 * X[:, 0] * X[:, 1], X[:, 0] ** 2])[:, None]

    def f(X: np.ndarray) -> np.ndarray:
        return X[:, :1] ** 2 * X[:, 1:]

    found = contributions(f, gradient, [[2.0, 3.0], [-1.0, 5.0]], [0.0, 0.0])
    assert found[:, :, 0] == pytest.approx(np.array([[8.0, 4.0], [10 / 3, 5 / 3]]))


def test_features_of_a_column_are_added() -> None:
    slopes = np.array([1.0, 10.0, 100.0])

    def gradient(X: np.ndarray) -> np.ndarray:
        return np.broadcast_to(slopes, (len(X), 1, 3))

    def f(X: np.ndarray) -> np.ndarray:
        return X @ slopes[:, None]

    found = contributions(f, gradient, [[1.0, 2.0, 3.0]], [0.0, 0.0, 1.0], columns=[0, 1, 0])
    assert found[0, :, 0] == pytest.approx([201.0, 20.0])


def test_a_kink_is_found_wherever_it_is() -> None:
    """Of max(0, x + y - s) from 0 to (1, 1): each column has half of 2 - s."""
    for s in (0.1, 1.0, 1.2345, 1.999, 1.5, 0.7):

        def gradient(X: np.ndarray, s: float = s) -> np.ndarray:
            return np.repeat((X.sum(axis=1) > s)[:, None, None] * 1.0, 2, axis=2)

        def f(X: np.ndarray, s: float = s) -> np.ndarray:
            return np.maximum(X.sum(axis=1) - s, 0.0)[:, None]

        found = contributions(f, gradient, [[1.0, 1.0]], [0.0, 0.0])
        assert found[0, :, 0] == pytest.approx([1 - s / 2] * 2, abs=1e-10)


@given(seed=st.integers(0, 10_000), size=st.floats(0.1, 30.0))
def test_the_sum_is_the_difference_of_the_function(seed: int, size: float) -> None:
    rng = np.random.default_rng(seed)
    W, v = size * rng.normal(size=(3, 4)), rng.normal(size=(4, 2))

    def gradient(X: np.ndarray) -> np.ndarray:
        return np.einsum("nh,hk,fh->nkf", 1 / np.cosh(np.minimum(np.abs(X @ W), 300)) ** 2, v, W)

    def f(X: np.ndarray) -> np.ndarray:
        return np.tanh(X @ W) @ v

    X, b = rng.normal(size=(5, 3)), rng.normal(size=3)
    found = contributions(f, gradient, X, b, tolerance=np.full(2, 1e-12))
    assert found.sum(axis=1) == pytest.approx(f(X) - f(b), abs=1e-10)


def test_noise_ends_the_bisection() -> None:
    rng = np.random.default_rng(0)
    points = 0

    def gradient(X: np.ndarray) -> np.ndarray:
        nonlocal points
        points += len(X)
        return rng.normal(size=(len(X), 1, 2))

    def f(X: np.ndarray) -> np.ndarray:
        return rng.normal(size=(len(X), 1))

    assert np.isfinite(contributions(f, gradient, [[1.0, 1.0]], [0.0, 0.0])).all()
    assert points < 100_000
