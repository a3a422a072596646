"""As test_other_frames.py, by names that are not published."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import sheernet as sn
from sheernet.data.columns.cells import as_labels, as_numbers

narwhals = pytest.importorskip("narwhals")


polars = pytest.importorskip("polars")


MOMENTS = st.datetimes(dt.datetime(1700, 1, 1), dt.datetime(2200, 1, 1))


VALUES = {
    "number": st.one_of(st.integers(-(2**53), 2**53), st.floats(allow_nan=False)),
    "boolean": st.booleans(),
    "date": MOMENTS,
    "category": st.text("abé ", min_size=1),
}


def columns(rows: int = 6) -> st.SearchStrategy[dict[str, list[Any]]]:
    """A column of each kind, with missing values."""
    return st.fixed_dictionaries(
        {
            kind: st.lists(st.none() | values, min_size=rows, max_size=rows).filter(any)
            for kind, values in VALUES.items()
        }
    )


def contents(table: sn.Table, name: str) -> list[Any]:
    """The cells as a model sees them."""
    if table.kind(name) == "category":
        codes, labels = as_labels(table, name)
        return [None if code < 0 else labels[code] for code in codes]
    numbers = as_numbers(table, name, table.kind(name))
    return [None if np.isnan(x) else x for x in numbers]


@pytest.mark.parametrize("arrow", [False, True])
@given(given_columns=columns())
def test_have_the_kinds_and_values_of_the_same_lists(
    arrow: bool, given_columns: dict[str, list[Any]]
) -> None:
    given_columns["number"] = [None if x is None else float(x) for x in given_columns["number"]]
    frame = polars.DataFrame(given_columns)
    if arrow:
        pytest.importorskip("pyarrow")
        frame = frame.to_arrow()
    table, expected = sn.read_table(frame), sn.read_table(given_columns)
    assert table.columns == expected.columns
    for name in table.columns:
        assert table.kind(name) == expected.kind(name)
        assert contents(table, name) == contents(expected, name)


MASKED = np.ma.array([1.0, 5.0, 3.0], mask=[False, True, False])


@pytest.mark.parametrize(
    "source",
    [
        {"x": MASKED},
        {"x": list(MASKED)},
        {"x": tuple(MASKED)},
        {"x": [1.0, np.ma.array(5.0, mask=True), 3.0]},
        {"x": np.array([1.0, np.ma.masked, 3.0], dtype=object)},
        pd.DataFrame({"x": pd.Series([1.0, np.ma.masked, 3.0], dtype=object)}),
        np.ma.array([(1.0,), (5.0,), (3.0,)], mask=[(0,), (1,), (0,)], dtype=[("x", "f8")]),
    ],
)
def test_masked_values_are_missing_wherever_they_are(source: Any) -> None:
    table = sn.read_table(source)
    assert table.kind("x") == "number"
    assert contents(table, "x") == [1.0, None, 3.0]


def test_whole_numbers_of_128_bits_are_numbers() -> None:
    table = sn.read_table(
        polars.DataFrame({"n": polars.Series([2**100, None], dtype=polars.Int128)})
    )
    assert as_numbers(table, "n", "number")[0] == 2.0**100


def test_moments_with_a_time_zone_are_the_same_moments() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    moments = [dt.datetime(2024, 1, 1, 1, tzinfo=berlin), dt.datetime(2024, 7, 1, 2, tzinfo=berlin)]
    frame = polars.DataFrame(
        {"t": polars.Series(moments, dtype=polars.Datetime("us", "Europe/Berlin"))}
    )
    days = as_numbers(sn.read_table(frame), "t", "date")
    since = dt.date(1970, 1, 1).toordinal()
    assert days.tolist() == [  # midnight in UTC, in winter and in summer
        dt.date(2024, 1, 1).toordinal() - since,
        dt.date(2024, 7, 1).toordinal() - since,
    ]


def test_days_categories_and_decimals_keep_their_kind() -> None:
    frame = polars.DataFrame(
        {
            "day": [dt.date(2024, 3, 1), None],
            "enum": polars.Series(["b", "a"], dtype=polars.Enum(["b", "a"])),
            "category": polars.Series(["b", None], dtype=polars.Categorical),
            "money": polars.Series(["1.50", None]).cast(polars.Decimal(10, 2)),
            "list": [[1], [2]],
            "nothing": [None, None],
        }
    )
    table = sn.read_table(frame)
    kinds = [table.kind(name) for name in table.columns]
    assert kinds == ["date", "category", "category", "number", "other", "empty"]
    assert as_numbers(table, "money", "number")[0] == 1.5
    assert contents(table, "enum") == ["b", "a"]
