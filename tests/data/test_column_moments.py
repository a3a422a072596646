"""Means and variances of merged parts, against exact fractions; scales as of the rules that see all rows."""

from __future__ import annotations

import itertools
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import sheernet as sn
from sheernet.data.preprocessing.column_moments import Moments

RULES = ["standardize", "minmax", "rms", "maxabs", "maximum", "none"]


def merged(x, weights, cuts):
    ends = [0, *sorted(cuts), len(x)]
    parts = [
        Moments.of(x[a:b, None], None if weights is None else weights[a:b])
        for a, b in itertools.pairwise(ends)
    ]
    whole = parts[0]
    for part in parts[1:]:
        whole = whole.merged(part)
    return whole


@given(
    values=st.lists(
        st.floats(-1e6, 1e6).map(lambda x: round(x, 3)), min_size=2, max_size=40, unique=True
    ),
    offset=st.sampled_from([0.0, 1e9]),
    cuts=st.lists(st.integers(0, 40), max_size=3),
    seed=st.none() | st.integers(0, 9),
)
def test_mean_and_variance_are_exact_to_rounding(values, offset, cuts, seed):
    x = np.array(values) + offset
    w = None if seed is None else np.random.default_rng(seed).integers(1, 5, len(x)).astype(float)
    counts = [Fraction(1)] * len(x) if w is None else list(map(Fraction, w))
    mean = sum(c * Fraction(v) for c, v in zip(counts, x, strict=True)) / sum(counts)
    variance = sum(c * (Fraction(v) - mean) ** 2 for c, v in zip(counts, x, strict=True)) / sum(
        counts
    )
    shift, scale = merged(x, w, [min(c, len(x)) for c in cuts]).scales("standardize", ["x"])
    assert abs(shift[0] - float(mean)) <= 4e-16 * abs(float(mean)) + 1e-14 * float(np.ptp(x))
    if np.ptp(x) > 1e-12:
        assert scale[0] == pytest.approx(float(variance) ** 0.5, rel=1e-13)


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("power", [0, 300, -300])
def test_scales_are_those_of_all_rows_at_once(rule, power):
    rng = np.random.default_rng(2)
    x = np.concatenate([rng.normal(5, 1, 50), rng.normal(1000, 1, 3)]) * 10.0**power
    scaler = sn.preprocessing.Scaler.learn(rule, x[:, None])
    shift, scale = merged(x, None, [7, 7, 20, 51]).scales(rule, ["x"])
    np.testing.assert_allclose(shift, scaler.shift, rtol=1e-14)
    np.testing.assert_allclose(scale, scaler.scale, rtol=1e-14)


def test_missing_values_and_empty_parts_count_nothing_and_fills_are_rows():
    x = np.array([1.0, np.nan, 4.0])
    moments = merged(x, None, [0, 2])
    assert (moments.total[0], moments.bottom[0], moments.top[0]) == (2.0, 1.0, 4.0)
    shift, scale = moments.filled(np.array([2.5]), np.array([1.0])).scales("standardize", ["x"])
    np.testing.assert_allclose([shift[0], scale[0]], [2.5, np.std([1.0, 2.5, 4.0])], rtol=1e-15)


def test_a_constant_column_has_scale_1_and_one_whose_width_overflows_is_refused():
    assert merged(np.full(5, 3.0), None, [2]).scales("standardize", ["x"])[1] == 1.0
    with pytest.raises(sn.InvalidInput, match="a width that overflows"):
        merged(np.array([-1.7e308, 1.7e308]), None, [1]).scales("standardize", ["x"])
