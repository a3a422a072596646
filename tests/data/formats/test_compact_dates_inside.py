"""As test_compact_dates.py, by names that are not published."""

from __future__ import annotations

import datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.formats.test_compact_dates import FORMS
from sheernet.data.formats.compact_dates import are_compact_dates, compact_dates, compact_kind


@given(st.integers(1890_00_00, 2110_00_00))
def test_compact_dates_are_those_of_the_calendar(number: int) -> None:
    try:
        expected = 1900 <= datetime.datetime.strptime(f"{number}", "%Y%m%d").year <= 2100
    except ValueError:
        expected = False
    assert are_compact_dates(np.array([number])) == expected
    below = np.array(
        [np.nan, *[2024_02_29] * 200, number]
    )  # most columns are rejected by their first values
    assert are_compact_dates(below) == expected


@given(
    st.datetimes(datetime.datetime(1900, 1, 1), datetime.datetime(2100, 12, 31)),
    st.sampled_from([*FORMS]),
    st.integers(0, 3),
)
def test_dates_with_times_are_those_of_the_calendar(
    moment: datetime.datetime, digits: int, changed: int
) -> None:
    text = moment.strftime(FORMS[digits]).zfill(digits)
    values = np.array([np.nan, float(text)])
    assert compact_kind(values) == "iso"
    expected = np.datetime64(datetime.datetime.strptime(text, FORMS[digits]))
    assert compact_dates(values, "iso")[1] == expected
    tens = {0: 6, 1: 8, 2: 10, 3: 12}[changed]  # no day, hour, minute or second is 90
    if tens < digits:
        other = f"{text[:tens]}90{text[tens + 2 :]}"
        assert compact_kind(np.array([float(text), float(other)])) == ""


def test_missing_values_alone_are_no_compact_dates() -> None:
    assert not are_compact_dates(np.full(3, np.nan))
    assert not are_compact_dates(np.array([]))


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([202312, 202401], "months"),
        ([202313], ""),
        ([202300], ""),
        ([20241], ""),
        ([202401.5], ""),
        ([189912], ""),
    ],
)
def test_months_are_those_of_the_calendar(values: list[float], kind: str) -> None:
    assert compact_kind(np.array(values, dtype=float)) == kind
