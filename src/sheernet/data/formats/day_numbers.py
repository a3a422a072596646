"""Recognizing columns of days that are numbers: the serial dates of Excel, MATLAB's datenum, and Unix time.

    Excel     days since 1899-12-30     45658 is 2025-01-01
    datenum   days since year 0         739618 is 2025-01-01
    Unix      seconds since 1970, UTC   1735689600 is 2025-01-01; also milliseconds and smaller units

A column is recognized only if its name and all its numbers indicate days, because 45658 may also be a number of pieces.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import numpy.typing as npt

from sheernet.data.formats.compact_dates import compact_kind

_NAME = re.compile(
    r"(?:^|[^a-z])(?:date|date ?num|datum|fecha|datetime|timestamp|zeitpunkt|zeitstempel|day|jour|d[íi]a|giorno"
    r"|unix|epoch|ts)(?:$|[^a-z])"
)
_TIME_NAME = re.compile(
    r"(?:^|[^a-z])(?:time|zeit|temps|heure|tiempo|hora|tempo|ora|t)(?:$|[^a-z])"
)
"""Names of times; numbers in such columns may also be seconds, such as 45658."""
_ELAPSED_NAME = re.compile(
    r"(?:^|[^a-z])(?:elapsed|seconds?|secs?|msec|times|timestamps|[a-zäöü]*zeit|years?|jahr|année|annee|año|anno|ano)(?:$|[^a-z])"
)
_TEMPERATURE = re.compile(r"(?<![A-Za-z])T(?![A-Za-z])")
_WORD_START = re.compile(r"(?<=[a-z])(?=[A-Z])")
_EXCEL, _DATENUM = ("1899-12-30", 36526, 55153), ("0000-01-01", 730486, 749113)
"""The origin of each program's numbers, and the numbers of 2000-01-01 and 2051-01-01."""
_UNIX = {"seconds": 1, "milliseconds": 10**3, "microseconds": 10**6, "nanoseconds": 10**9}
"""Units of Unix time, each with its number in a second."""
_FROM, _TO = 946684800, 2556144000
"""2000-01-01 and 2051-01-01 as Unix times in seconds."""


def may_be_days(name: str) -> bool:
    """Whether a column with this name may have numbers of days."""
    words = _words(name)
    return _NAME.search(words) is not None or _TIME_NAME.search(words) is not None


def is_time(name: str) -> bool:
    """Whether a name is that of a time, such as the seconds of a recording; T is a temperature.

    Examples
    --------
    >>> from sheernet.data.formats.day_numbers import is_time
    >>> [is_time(name) for name in ("time", "Zeit [ms]", "t_s", "elapsedSeconds", "Messzeit", "timing", "T (K)")]
    [True, True, True, True, True, False, False]
    """
    name = _TEMPERATURE.sub("", name)
    return may_be_days(name) or _ELAPSED_NAME.search(_words(name)) is not None


def as_day_numbers(name: str, values: npt.NDArray[Any]) -> tuple[str, str] | None:
    """Return what numbers a column seems to hold if they are days or Unix times, and the date of the first; else None.

    Parameters
    ----------
    name : str
        Name of the column.
    values : ndarray, (N,)
        Its numbers; nan is missing.

    Examples
    --------
    >>> import numpy as np
    >>> from sheernet.data.formats.day_numbers import as_day_numbers
    >>> as_day_numbers("Datum", np.array([45658.0, 45661.5])), as_day_numbers("Pieces", np.array([45658.0]))
    (('numbers of days of Excel', '2025-01-01'), None)
    >>> as_day_numbers("timestamp", np.array([1735689600.0]))
    ('seconds since 1970', '2025-01-01')
    """
    if not may_be_days(name):
        return None
    is_date = _NAME.search(_words(name)) is not None
    present = values[~np.isnan(values)]
    if not len(present) or compact_kind(present) == "iso":  # 2022010100 is the first of January
        return None
    low, high = present.min(), present.max()
    for program, (origin, first, last) in (("Excel", _EXCEL), ("MATLAB", _DATENUM)):
        if first <= low and high < last and (is_date or program == "MATLAB"):
            day = np.datetime64(origin) + np.timedelta64(int(present[0]), "D")
            return f"numbers of days of {program}", str(day if program == "Excel" else day - 1)
    for noun, per_second in _UNIX.items():
        if _FROM * per_second <= low and high < _TO * per_second:
            seconds = np.timedelta64(int(present[0] // per_second), "s")
            return f"{noun} since 1970", str(
                (np.datetime64("1970-01-01") + seconds).astype("M8[D]")
            )
    return None


def _words(name: str) -> str:
    return _WORD_START.sub(" ", name).lower()
