"""Shapley values: their axioms, the average over all orders, and the sampled values against the exact ones."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sheernet.statistics import shapley_values
from sheernet.statistics.shapley import MOST_EXACT, exchanges


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


def test_many_columns_are_sampled() -> None:
    X, background = rows(MOST_EXACT + 1, seed=2)
    assert not shapley_values(curved, X, background, columns(MOST_EXACT + 1)).exact
    assert shapley_values(curved, X[:, :MOST_EXACT], background[:, :MOST_EXACT], columns(MOST_EXACT)).exact  # fmt: skip


def test_long_walks_in_parts_have_the_values_of_whole_ones(monkeypatch) -> None:
    X, background = rows(6, seed=3)
    whole = shapley_values(curved, X, background, columns(6), exact=False).values
    monkeypatch.setattr("sheernet.statistics.shapley.MOST_NUMBERS", 2 * X.size)
    parts = shapley_values(curved, X, background, columns(6), exact=False).values
    assert parts == pytest.approx(whole, abs=1e-14)


@pytest.mark.parametrize(("exact", "numbers"), [(True, 10**6), (False, 10**6), (False, 1)])
def test_exchanges_combine_function_values_to_the_same_values(monkeypatch, exact, numbers) -> None:
    """The walks exchange the columns of one row with background row after background row, too."""
    (x,), background = rows(6, seed=4, n=1, b=7)
    expected = shapley_values(curved, x[None], background, columns(6), exact=exact).values[0]
    monkeypatch.setattr("sheernet.statistics.shapley.MOST_NUMBERS", numbers)
    parts = list(exchanges(7, 6, exact=exact))
    assert len(parts) == (6 if numbers == 1 else 1)
    for part in parts:
        mixed = np.where(part.own, x, background[part.background])
        sums = np.zeros((part.combination.shape[1], 2))
        np.add.at(sums, part.groups, part.weights[:, None] * curved(mixed))
        assert part.combination @ sums == pytest.approx(expected[part.columns], abs=1e-12)
        assert (np.diff(part.groups) >= 0).all()


def test_more_orders_than_background_rows_use_each_row_equally_often() -> None:
    (part,) = exchanges(3, 6, exact=False, fewest=10)
    assert len(part.own) == 4 * 12 * 6
    assert np.unique(part.background, return_counts=True)[1].tolist() == [96, 96, 96]
    orders = {tuple(row) for row in part.own[:12]}  # of the first column: what comes before it
    assert len(orders) > 5


@pytest.mark.parametrize("exact", [True, False])
def test_columns_of_a_constant_have_0_without_rounding(exact: bool) -> None:
    X, background = rows(5, seed=0, n=4, b=7)
    constants = np.array([0.1, 0.7, np.pi])
    found = shapley_values(
        lambda X: np.tile(constants, (len(X), 1)), X, background, columns(5), exact=exact
    )
    assert not found.values.any()
