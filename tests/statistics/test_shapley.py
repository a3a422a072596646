"""Shapley values: their axioms, the average over all orders, and the sampled values against the exact ones."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sheernet.statistics import shapley_values


def columns(n: int) -> list[np.ndarray]:
    return [np.array([i]) for i in range(n)]


def curved(X: np.ndarray) -> np.ndarray:
    """Two functions with interactions of all orders; the last column has no influence on the first one."""
    whole = np.sin(X[:, :-1].sum(axis=1)) * X[:, 0]
    return np.stack([whole, whole * X[:, -1] + X[:, 1]], axis=1)


def rows(n_columns: int, seed: int, n: int = 3, b: int = 4) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n, n_columns)), rng.normal(size=(b, n_columns))


def over_all_orders(X: np.ndarray, background: np.ndarray) -> np.ndarray:
    """The definition by Shapley (1953): the mean contribution over all orders in which the columns may come."""
    d = X.shape[1]
    values = np.zeros((len(X), d, 2))
    orders = list(permutations(range(d)))
    for n, x in enumerate(X):
        for order in orders:
            mixed = background.copy()
            before = curved(mixed).mean(axis=0)
            for j in order:
                mixed[:, j] = x[j]
                after = curved(mixed).mean(axis=0)
                values[n, j] += (after - before) / len(orders)
                before = after
    return values


@settings(max_examples=10)
@given(seed=st.integers(0, 1000))
def test_exact_values_are_the_mean_over_all_orders(seed) -> None:
    X, background = rows(4, seed)
    found = shapley_values(curved, X, background, columns(4))
    assert found.exact
    assert found.values == pytest.approx(over_all_orders(X, background), abs=1e-12)
    assert not found.errors.any()


@settings(max_examples=20)
@given(seed=st.integers(0, 1000), exact=st.booleans())
def test_add_up_and_ignore_columns_without_influence(seed, exact) -> None:
    X, background = rows(5, seed)
    found = shapley_values(curved, X, background, columns(5), exact=exact, seed=seed)
    assert found.base == pytest.approx(curved(background).mean(axis=0))
    assert found.values.sum(axis=1) == pytest.approx(curved(X) - found.base, abs=1e-12)
    assert found.values[:, -1, 0] == pytest.approx(np.zeros(3), abs=1e-12)


def test_sampled_values_are_the_exact_ones_within_their_errors() -> None:
    X, background = rows(6, seed=0, n=20, b=200)
    exact = shapley_values(curved, X, background, columns(6))
    sampled = shapley_values(curved, X, background, columns(6), exact=False)
    assert not sampled.exact
    deviations = (sampled.values - exact.values)[:, :-1] / sampled.errors[:, :-1]
    assert np.abs(deviations).max() < 4.5
    assert 0.3 < np.sqrt(np.mean(deviations**2)) < 1.3


def test_columns_of_a_block_are_one_player() -> None:
    X, background = rows(3, seed=1)
    product = lambda Z: Z[:, :1] * Z[:, 1:2] + Z[:, 2:]  # noqa: E731
    for exact in (True, False):
        found = shapley_values(
            product, X, background, [np.array([2]), np.array([0, 1])], exact=exact
        )
        of_pair = product(X)[:, 0] - X[:, 2] - (product(background)[:, 0] - background[:, 2]).mean()
        assert found.values[:, 1, 0] == pytest.approx(of_pair, abs=1e-12)


@pytest.mark.parametrize("exact", [True, False])
def test_columns_of_a_constant_have_0_without_rounding(exact: bool) -> None:
    X, background = rows(5, seed=0, n=4, b=7)
    constants = np.array([0.1, 0.7, np.pi])
    found = shapley_values(
        lambda X: np.tile(constants, (len(X), 1)), X, background, columns(5), exact=exact
    )
    assert not found.values.any()
