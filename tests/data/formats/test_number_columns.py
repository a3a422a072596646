"""What is known of the numbers of a column, against the definitions, for numbers among the first and below them."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from sheernet.data.formats.number_columns import HEAD, Numbers, number_columns

NUMBERS = st.lists(
    st.sampled_from([0.0, -3.0, 2.5, 1e300, math.inf, -math.inf, math.nan]) | st.floats(width=32)
)


@given(NUMBERS, st.sampled_from([[], [math.nan], [7.0]]))
def test_facts_of_numbers_are_as_defined(values: list[float], first: list[float]) -> None:
    values = [*first * (HEAD - 1), *values]
    present = [value for value in values if not math.isnan(value)]
    numbers = Numbers(np.array(values, dtype=np.float64))
    has_fractions = any(math.isfinite(value) and not value.is_integer() for value in present)
    assert numbers.has_fractions == has_fractions
    assert numbers.has_missing == (len(present) < len(values))
    assert numbers.are_missing == (not present)
    if present:
        assert numbers.limits == (min(present), max(present))
    assert numbers.are_whole == (bool(present) and all(map(float.is_integer, present)))


@given(st.lists(st.integers(-(2**63), 2**63 - 1), min_size=1))
def test_whole_numbers_have_exact_limits(values: list[int]) -> None:
    numbers = Numbers(np.array(values, dtype=np.int64))
    assert numbers.limits == (min(values), max(values))
    assert numbers.are_whole
    assert not numbers.has_missing
    assert not numbers.are_missing


def test_columns_of_numbers_are_those_with_a_dtype_of_numbers() -> None:
    frame = pd.DataFrame({"i": [1], "f": [1.5], "b": [True], "t": ["a"], "o": [2**70]})
    frame["n"] = pd.array([1], dtype="Int64")
    assert [*number_columns(frame)] == ["i", "f"]
