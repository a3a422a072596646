"""The largest canonical correlation of two blocks of columns."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sheernet.statistics import canonical_correlations


def adjusted(square: float, n: int, p: int) -> float:
    return max(1 - (1 - square) * (n - 1) / (n - p), 0.0) ** 0.5


@settings(max_examples=30)
@given(seed=st.integers(0, 1000), shared=st.floats(0.0, 3.0))
def test_of_two_columns_is_pearsons(seed, shared) -> None:
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(30, 2))
    X[:, 1] += shared * X[:, 0]
    r = np.corrcoef(X.T)[0, 1]
    found = canonical_correlations(X * [1e6, -1e-6], [np.array([0]), np.array([1])])
    assert found == pytest.approx(np.array([[0, 1], [1, 0]]) * adjusted(r**2, 30, 2), abs=1e-9)


def test_of_numbers_and_labels_is_the_correlation_ratio() -> None:
    rng = np.random.default_rng(0)
    codes = rng.integers(0, 3, size=60)
    y = codes**2 + rng.normal(size=60)
    means = np.array([y[codes == c].mean() for c in range(3)])[codes]
    eta_squared = means.var() / y.var()
    X = np.column_stack([np.eye(3)[codes], y])
    found = canonical_correlations(X, [np.arange(3), np.array([3])])
    assert found[0, 1] == pytest.approx(adjusted(eta_squared, 60, 3), abs=1e-9)


def test_many_labels_do_not_correlate_by_chance() -> None:
    squares = []
    for seed in range(20):
        rng = np.random.default_rng(seed)
        codes, y = rng.integers(0, 40, size=100), rng.normal(size=100)
        X = np.column_stack([np.eye(40)[codes], y])
        squares.append(canonical_correlations(X, [np.arange(40), np.array([40])])[0, 1] ** 2)
    assert np.mean(squares) < 0.1  # without the adjustment, 39 / 99


def test_a_constant_block_has_none() -> None:
    X = np.column_stack([np.full(20, 0.1), np.arange(20.0)])
    assert not canonical_correlations(X, [np.array([0]), np.array([1])]).any()
