from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheernet.optimizers.power_of_two_scaling import exponent, scaled, scaled_pair

numbers = st.floats(-1e300, 1e300).filter(lambda x: x == 0 or abs(x) > 1e-300)
vectors = st.lists(numbers, min_size=1, max_size=5).map(np.array)


class TestExponent:
    @given(vectors.filter(np.any))
    def test_brings_the_largest_entry_between_a_half_and_one(self, v):
        assert 0.5 <= np.abs(scaled(v, -exponent(v))).max() < 1

    @pytest.mark.parametrize("v", [[0.0, 0.0], [np.inf, 1.0], [np.nan], []])
    def test_is_zero_for_zero_or_non_finite_vectors(self, v):
        assert exponent(np.array(v)) == 0

    def test_reaches_the_smallest_number(self):
        v = np.array([5e-324])
        assert scaled(v, -exponent(v)).tolist() == [0.5]


class TestPair:
    @given(st.integers(-900, 900), st.integers(-900, 900))
    def test_products_are_in_range_and_the_ratio_is_kept(self, i, j):
        s, y = np.ldexp([3.0, 4.0], i), np.ldexp([3.0, 4.0], j)
        if abs(i - j) > 900:
            return
        scaled_s, scaled_y = scaled_pair(s, y)
        assert 0.1 <= scaled_y @ scaled_s <= 10
        assert np.isfinite(scaled_y @ scaled_y)
        np.testing.assert_array_equal(scaled_s / scaled_y, s / y)
