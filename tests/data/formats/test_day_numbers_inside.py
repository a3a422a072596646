"""As test_day_numbers.py, by names that are not published."""

from __future__ import annotations

import datetime

import numpy as np
import pytest

from data.formats.test_day_numbers import DATENUM, EXCEL
from sheernet.data.formats.day_numbers import as_day_numbers


@pytest.mark.parametrize(
    "name",
    ["Datum", "date", "Sample date", "fecha_de_entrada", "StartDate", "day", "datenum", "DateNum"],
)
@pytest.mark.parametrize(("program", "number"), [("Excel", EXCEL), ("MATLAB", DATENUM)])
def test_days(name: str, program: str, number: float) -> None:
    days = number + np.array([0.75, 3.0, np.nan, 10.0])
    assert as_day_numbers(name, days) == (f"numbers of days of {program}", "2026-03-01")


def test_a_time_may_be_seconds_but_is_no_datenum_by_chance() -> None:
    assert as_day_numbers("time", np.array([EXCEL])) is None
    assert as_day_numbers("time", np.array([DATENUM])) == (
        "numbers of days of MATLAB",
        "2026-03-01",
    )


@pytest.mark.parametrize("name", ["timestamp", "time", "Datum", "t", "unix_time", "epoch", "ts"])
@pytest.mark.parametrize(
    ("unit", "noun"),
    [("s", "seconds"), ("ms", "milliseconds"), ("us", "microseconds"), ("ns", "nanoseconds")],
)
def test_unix_times(name: str, unit: str, noun: str) -> None:
    first = datetime.datetime(2026, 3, 1, 13, 30, tzinfo=datetime.UTC).timestamp()
    factor = {"s": 1.0, "ms": 1e3, "us": 1e6, "ns": 1e9}[unit]
    times = factor * (first + np.array([0.25, 60.0, np.nan, -3600.0]))
    assert as_day_numbers(name, times) == (f"{noun} since 1970", "2026-03-01")
    assert as_day_numbers("serial number", times) is None
    assert as_day_numbers(name, np.append(times, 5.0)) is None


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("Pieces", [EXCEL]),
        ("tag", [EXCEL, EXCEL + 1]),
        ("data", [EXCEL, EXCEL + 1]),
        ("update rate", [EXCEL, EXCEL + 1]),
        ("holiday", [DATENUM]),
        ("Datum", [EXCEL, 12.0]),
        ("Datum", [20240301.0, 20240302.0]),
        ("Datum", [202403011200.0, 202403021200.0]),
        ("Datum", [20240301120000.0, 20240302120000.0]),
        ("date", [EXCEL, DATENUM]),
        ("date", [np.nan]),
        ("date", []),
        ("day", [1.0, 2.0, 365.0]),
    ],
)
def test_other_numbers(name: str, values: list[float]) -> None:
    assert as_day_numbers(name, np.array(values)) is None
