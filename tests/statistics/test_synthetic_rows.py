"""Mixed rows: each column keeps its values, no row is kept, and neighbors stay neighbors."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sheernet.statistics.synthetic_rows import FEWEST, mixed_rows

SIZES = st.integers(2, 200)


def columns(n: int) -> list[slice]:
    return [slice(j, j + 1) for j in range(n)]


@given(n=SIZES, seed=st.integers(0, 99))
def test_keep_the_values_of_each_column_and_the_features_of_a_column_together(
    n: int, seed: int
) -> None:
    X = np.random.default_rng(seed).normal(size=(n, 3))
    found = mixed_rows(X, [slice(0, 1), slice(1, 3)], most=n)
    assert sorted(found[:, 0]) == sorted(X[:, 0])
    assert sorted(map(tuple, found[:, 1:])) == sorted(map(tuple, X[:, 1:]))


@given(n=st.integers(FEWEST, 200), n_columns=st.integers(2, FEWEST), seed=st.integers(0, 99))
def test_have_no_two_columns_of_the_same_row(n: int, n_columns: int, seed: int) -> None:
    X = np.random.default_rng(seed).normal(size=(n, n_columns))
    found = mixed_rows(X, columns(n_columns), most=n)
    sources = np.array(
        [[np.flatnonzero(X[:, j] == row[j])[0] for j in range(n_columns)] for row in found]
    )
    assert all(len(set(source)) == n_columns for source in sources.tolist())


@given(n=SIZES)
def test_take_values_of_the_same_cell(n: int) -> None:
    """Of equal columns, a row has values at most a cell apart."""
    x = np.random.default_rng(n).permutation(n).astype(float)
    found = mixed_rows(np.column_stack([x, x]), columns(2), most=n)
    assert np.abs(found[:, 0] - found[:, 1]).max() < 2 * FEWEST


@given(n=st.integers(200, 2000), most=st.integers(50, 100))
def test_that_are_fewer_are_spread_evenly(n: int, most: int) -> None:
    """Of one column in order, they are the middles of so many equal parts, to a cell."""
    x = np.random.default_rng(n).permutation(n).astype(float)
    found = mixed_rows(x[:, None], columns(1), most)
    assert len(found) == most
    middles = (np.arange(most) + 0.5) * n / most
    assert np.abs(np.sort(found[:, 0]) - middles).max() < 2 * FEWEST
