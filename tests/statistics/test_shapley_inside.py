"""As test_shapley.py, by names that are not published."""

from __future__ import annotations

import numpy as np
import pytest

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
