"""Kinds of columns: invariances (order, missing values, storage), then examples of each."""

from __future__ import annotations

import datetime
import decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheernet.data.tables import KINDS, kind

ENTRIES = st.one_of(
    st.floats(allow_nan=False),
    st.integers(-(10**6), 10**6),
    st.booleans(),
    st.text("ab1.5", max_size=4),
    st.dates(datetime.date(1900, 1, 1), datetime.date(2100, 1, 1)),
    st.just([1.0]),
    st.complex_numbers(allow_nan=False),
)


def objects(values: list[Any]) -> pd.Series:
    """A Series of just these values; pandas infers nothing."""
    column = pd.Series([None] * len(values), dtype=object)
    for i, value in enumerate(values):
        column.iat[i] = value
    return column


class TestLaws:
    @given(st.lists(ENTRIES, max_size=8))
    def test_every_column_has_a_kind(self, values: list[Any]) -> None:
        assert kind(objects(values)) in KINDS

    @given(st.lists(ENTRIES, max_size=8), st.randoms(use_true_random=False))
    def test_the_order_of_rows_does_not_matter(self, values: list[Any], random: Any) -> None:
        shuffled = random.sample(values, len(values))
        assert kind(objects(shuffled)) == kind(objects(values))

    @given(st.lists(ENTRIES, min_size=1, max_size=8), st.integers(0, 8))
    def test_missing_values_do_not_matter(self, values: list[Any], where: int) -> None:
        assert kind(objects([*values[:where], None, *values[where:]])) == kind(objects(values))

    @given(st.lists(ENTRIES, min_size=1, max_size=6))
    def test_a_column_twice_as_long_is_of_the_same_kind(self, values: list[Any]) -> None:
        assert kind(objects(values * 2)) == kind(objects(values))

    @pytest.mark.parametrize(
        ("values", "dtypes"),
        [
            ([1, 0], [object, np.int8, np.uint64, np.float32, "Int64", "Float64", "category"]),
            ([True, False], [object, bool, "boolean", "category"]),
            (["a", "b"], [object, "string", "category"]),
            (["1", "a"], [object, "string", "category"]),
            ([datetime.datetime(2020, 1, 1)], [object, "datetime64[ns]", "datetime64[s]"]),
            ([datetime.datetime(2020, 1, 1)], ["category"]),
        ],
    )
    def test_storage_does_not_matter(self, values: list[Any], dtypes: list[Any]) -> None:
        kinds = {kind(pd.Series(values, dtype=dtype)) for dtype in dtypes}
        assert kinds == {kind(pd.Series(values))}


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([1.0, np.nan], "number"),
        ([1, None, np.inf], "number"),
        ([decimal.Decimal("1.5"), 2], "number"),
        ([10**30], "number"),
        (pd.array([1, None], dtype="Int64"), "number"),
        ([True, None, False], "boolean"),
        (pd.array([True, None], dtype="boolean"), "boolean"),
        ([np.bool_(True)], "boolean"),
        (pd.to_datetime(["2020-01-01", None]), "date"),
        (pd.to_datetime(["2020-01-01"]).tz_localize("UTC"), "date"),
        ([datetime.date(2020, 1, 1), None], "date"),
        (["red", None], "category"),
        (["1", "red", "blue"], "category"),
        (["1", "2"], "category"),  # text that somebody made text
        (["1", "red"], "mixed"),
        (["1", "-2.5e3", None, "high"], "mixed"),
        ([1.5, 2.0, "high"], "mixed"),
        ([1.5, "low", "high"], "category"),
        ([True, "high", 1], "category"),
        (["1. White", "1. White", "2. Black"], "category"),  # labels with their numbers in front
        (["1. White", "1. White", "unknown"], "category"),
        (["5.0 mm", "6.0 mm", "high"], "mixed"),
        (["0815", "4711", "30A2"], "category"),  # codes
        (["4711", "815", "30A2"], "mixed"),
        (["0815", "47.11", "30A2"], "mixed"),
        ([None, None], "empty"),
        ([np.nan], "empty"),
        ([], "empty"),
        ([[1.0]], "other"),
        ([1j], "other"),
        (np.array([1j]), "other"),
        ([b"bytes"], "other"),
        ([True, 1], "mixed"),
        (pd.to_timedelta(["1 day"]), "other"),
        (pd.period_range("2020", periods=2, freq="D"), "other"),
        (["red", datetime.date(2020, 1, 1)], "other"),
    ],
    ids=str,
)  # fmt: skip
def test_kind(values: Any, expected: str) -> None:
    column = objects(values) if isinstance(values, list) else pd.Series(values)
    assert kind(column) == expected


def test_categories_that_do_not_occur_do_not_matter() -> None:
    column = pd.Series(pd.Categorical(["1", "x"]))
    assert kind(column[:1]) == kind(pd.Series(["1"])) == "category"
