"""As test_preprocessing.py, by names that are not published."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import sheernet as sn
from data.test_preprocessing import EPS, HARMLESS, LEARNED
from sheernet.data.preprocessing.scaler import BLOCK
from sheernet.data.preprocessing.scaling_rules import RULES, weighted_quantiles
from sheernet.foundation.scalars import finite_number


class TestLearn:
    def test_kinds_are_the_rules_and_fixed(self):
        assert set(sn.preprocessing.KINDS) == {"fixed", *RULES}

    @pytest.mark.parametrize("kind", LEARNED)
    def test_the_columns_of_a_table_larger_than_a_block_are_learned_apart(self, kind, monkeypatch):
        X = np.random.default_rng(4).normal(size=(20, 7))
        whole = sn.preprocessing.Scaler.learn(kind, X)
        # Two columns at a time, then one.
        monkeypatch.setattr("sheernet.data.preprocessing.scaler.BLOCK", 45)
        np.testing.assert_array_equal(sn.preprocessing.Scaler.learn(kind, X).scale, whole.scale)
        np.testing.assert_array_equal(sn.preprocessing.Scaler.learn(kind, X).shift, whole.shift)
        assert BLOCK > 45


class TestWeightedQuantiles:
    @given(
        pairs=st.lists(st.tuples(HARMLESS, st.integers(1, 5)), min_size=1, max_size=9),
        share=st.floats(0, 1),
    )
    def test_whole_weights_are_repeated_values(self, pairs, share):
        values, counts = np.array([p[0] for p in pairs]), np.array([p[1] for p in pairs])
        expected = np.quantile(np.repeat(values, counts), share)
        found = weighted_quantiles(values, [share], counts.astype(float))[0]
        assert abs(found - expected) <= 64 * EPS * (1 + np.abs(values).max())

    @given(values=st.lists(HARMLESS, min_size=1, max_size=9), size=st.floats(1e-300, 1e300))
    def test_equal_weights_weigh_nothing(self, values, size):
        found = weighted_quantiles(np.array(values), [0.5], np.full(len(values), size + 0.1))[0]
        np.testing.assert_allclose(found, np.median(values), rtol=1e-9, atol=1e-9)


class TestFiniteNumber:
    @pytest.mark.parametrize("value", [3, 0.5, np.float64(2.0), np.int64(1)])
    def test_a_number_is_a_float(self, value):
        assert type(finite_number(value, "it")) is float

    @pytest.mark.parametrize("value", [True, "1", None, [1.0], 1j])
    def test_other_types_are_refused(self, value):
        with pytest.raises(sn.InvalidInput, match="it must be a number, but is"):
            finite_number(value, "it")

    @pytest.mark.parametrize("value", [float("nan"), float("-inf"), 10**400])
    def test_not_finite(self, value):
        with pytest.raises(sn.InvalidInput, match="it must be finite, but is"):
            finite_number(value, "it")
