"""Exact quantiles in passes over parts, against numpy.quantile and weighted_quantiles; the order of the keys."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sheernet.data.preprocessing.scaling_rules import weighted_quantiles
from sheernet.data.shards.order_statistics import (
    between,
    count_bins,
    median_between,
    merge_bins,
    ordered_bits,
    quantiles,
    values_of_bits,
)
from sheernet.data.shards.ordered_merge import merge_in_order

FLOATS = st.floats(allow_nan=False, allow_infinity=False, width=64)
SHARES = (0.25, 0.5, 0.75)


@given(values=st.lists(FLOATS, min_size=2, max_size=50))
def test_keys_are_in_the_order_of_the_values_and_give_them_back(values):
    x = np.array(values)
    keys = ordered_bits(x)
    assert np.array_equal(keys[:, None] < keys, x[:, None] < x)
    assert np.array_equal(values_of_bits(keys), x)


def found(parts, weights=None, n_missing=0):
    """The quantiles of one column in several parts."""
    columns = [{0: part} for part in parts]

    def total(wanted):
        counts = (
            count_bins(X, None if weights is None else weights[k], wanted)
            for k, X in enumerate(columns)
        )
        return merge_in_order(counts, merge_bins)

    totals = (
        sum(len(p) for p in parts) - n_missing if weights is None else sum(map(np.sum, weights))
    )
    return quantiles(total, {0: SHARES}, {0: totals}, {0: 1.0})[0]


@given(
    values=st.lists(
        st.one_of(FLOATS, st.sampled_from([0.0, 1.0, -1.0, 1.7e308])), min_size=1, max_size=60
    ),
    cut=st.integers(0, 60),
)
@example(values=[1.0, -9007199254740992.0], cut=0)
@example(values=[0.0, -1.0, -0.3333333333333333], cut=0)
def test_quantiles_without_weights_are_those_of_numpy(values, cut):
    x = np.array(values) / 4  # numpy's differences overflow above half of the largest number
    parts = [x[:cut], x[cut:], np.array([np.nan])]
    places = found(parts, n_missing=1)
    results = [between(*each, is_weighted=False) for each in places]
    np.testing.assert_array_equal(results, np.quantile(x, SHARES))
    assert median_between(*places[1], is_weighted=False) == np.median(x)  # rounded otherwise


@given(
    rows=st.lists(st.tuples(st.floats(-1e3, 1e3), st.integers(1, 4)), min_size=1, max_size=40),
    cut=st.integers(0, 40),
)
def test_a_row_of_whole_weight_counts_as_that_many_rows(rows, cut):
    x, w = np.array(rows, dtype=np.float64).T
    results = [between(*e, is_weighted=True) for e in found([x[:cut], x[cut:]], [w[:cut], w[cut:]])]
    np.testing.assert_array_equal(results, weighted_quantiles(x, SHARES, w))
    repeated = np.quantile(np.repeat(x, w.astype(int)), SHARES)
    np.testing.assert_allclose(results, repeated, rtol=0, atol=1e-12)


def test_the_median_of_the_largest_numbers_does_not_overflow():
    largest = np.finfo(float).max
    (_, (lower, upper, share), _) = found([np.array([largest, largest])])
    assert between(lower, upper, share, is_weighted=False) == largest


@pytest.mark.parametrize("n", range(1, 20))
def test_the_tree_depends_only_on_the_number_of_results(n):
    """The sums of the contract: node(2 i) + node(2 i + 1), a last node without neighbor passes up unchanged."""
    level = [str(i) for i in range(n)]
    while len(level) > 1:
        pairs = [level[i : i + 2] for i in range(0, len(level), 2)]
        level = [f"({p[0]}+{p[1]})" if len(p) == 2 else p[0] for p in pairs]
    assert merge_in_order(map(str, range(n)), lambda a, b: f"({a}+{b})") == level[0]
