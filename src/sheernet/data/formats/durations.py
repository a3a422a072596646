"""Durations as hours: text, and pandas's timedelta64 or datetime.timedelta.

    clock    hours, minutes, seconds, and days before them     27:05:30, 2 days 03:00:00, -1 days +23:00:00
    words    numbers with units of time                        1 h 30 min, 1h30m, 90 min and 2 h in one column
    minutes  minutes and seconds, some with a fraction         75:30.5, beside 1:16:00.0 if hours are written

Texts are durations if they cannot be times of day: the column has hours of 24 or more, days, a sign, or several units.
Texts of two parts, 75:30, are hours and minutes; together with texts of three parts they would be ambiguous.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from sheernet.foundation.pandas_import import import_pandas

if TYPE_CHECKING:
    import pandas as pd

UNIT, MINUTES = "hours", "min"
_CLOCK = re.compile(
    r"(?:(?P<days>[+-]?\d+) ?(?:days?|d),? )?(?P<sign>[+-]?)(?P<hours>\d+):(?P<minutes>[0-5]\d)"
    r"(?::(?P<seconds>[0-5]\d(?:[.,]\d+)?))?"
)
_MINUTES = re.compile(
    r"(?P<sign>[+-]?)(?P<minutes>\d+):(?P<seconds>[0-5]\d(?:[.,](?P<fraction>\d+))?)"
)
_HOURS_OF = {
    **dict.fromkeys(("week", "weeks", "w"), 168.0),
    **dict.fromkeys(("day", "days", "d"), 24.0),
    **dict.fromkeys(("hour", "hours", "hr", "hrs", "h"), 1.0),
    **dict.fromkeys(("minute", "minutes", "mins", "min", "m"), 1 / 60),
    **dict.fromkeys(("second", "seconds", "secs", "sec", "s"), 1 / 3600),
}
_PART = re.compile(rf"(\d+(?:\.\d+)?) ?({'|'.join(_HOURS_OF)})(?![a-z]),? ?")
_WORDS = re.compile(rf"(?P<sign>[+-]?)(?P<parts>(?:{_PART.pattern.replace('(', '(?:', 1)})+)")
_METRES = {"m"}


def are_durations(texts: Sequence[str]) -> bool:
    """Whether all texts are durations, and are neither times of day nor numbers with one unit.

    Parameters
    ----------
    texts : sequence of str
        The distinct cells of a column, without missing ones.

    Examples
    --------
    >>> from sheernet.data.formats.durations import are_durations
    >>> are_durations(["1:23:45", "27:00:10"]), are_durations(["90 min", "2 h"]), are_durations(["1 h 30 min"])
    (True, True, True)
    >>> are_durations(["1:23:45"]), are_durations(["90 min"]), are_durations(["59:30", "1:02:15"])
    (False, False, False)
    """
    if texts and _CLOCK.fullmatch(texts[0].strip()):
        clocks = [_CLOCK.fullmatch(text.strip()) for text in texts]
        parts = {found and found["seconds"] is None for found in clocks}
        return len(parts) == 1 and any(
            found["days"] or found["sign"] or int(found["hours"]) >= 24 for found in clocks if found
        )
    units: set[str] = set()
    several = False
    for text in texts:
        found = _words(text)
        if not found:
            return False
        several |= len(found) > 1
        units |= {unit for _, unit in found}
    return several or (len(units) > 1 and not units & _METRES)


def are_minutes(texts: Sequence[str]) -> bool:
    """Whether texts of two parts are minutes and seconds: all texts are clocks, and one of two parts has a fraction.

    Examples
    --------
    >>> from sheernet.data.formats.durations import are_minutes
    >>> are_minutes(["75:30.5", "1:02"]), are_minutes(["59:30.0", "1:00:00.5"]), are_minutes(["75:30"])
    (True, True, False)
    """
    if not texts or ":" not in texts[0]:
        return False
    found = [_MINUTES.fullmatch(text.strip()) for text in texts]
    return any(each is not None and each["fraction"] for each in found) and all(
        each is not None or _CLOCK.fullmatch(text.strip())
        for each, text in zip(found, texts, strict=True)
    )


def hours_of(text: str, unit: str = "") -> float | None:
    """Return the duration in hours that a text denotes; None if it is not a duration.

    Parameters
    ----------
    text : str
        The text.
    unit : {"", "min"}
        "min" if texts of two parts are minutes and seconds, not hours and minutes.

    Examples
    --------
    >>> from sheernet.data.formats.durations import hours_of
    >>> hours_of("2 days 03:00:00"), hours_of("-1 days +23:30:00"), hours_of("1 h 30 min"), hours_of("soon")
    (51.0, -0.5, 1.5, None)
    """
    short = _MINUTES.fullmatch(text.strip()) if unit == MINUTES else None
    if short is not None:
        minutes = int(short["minutes"]) + float(short["seconds"].replace(",", ".")) / 60
        return -minutes / 60 if short["sign"] == "-" else minutes / 60
    clock = _CLOCK.fullmatch(text.strip())
    if clock is not None:
        seconds = float((clock["seconds"] or "0").replace(",", "."))
        hours = int(clock["hours"]) + (int(clock["minutes"]) + seconds / 60) / 60
        return 24.0 * int(clock["days"] or 0) + (-hours if clock["sign"] == "-" else hours)
    parts = _words(text)
    if not parts:
        return None
    total = sum(float(number) * _HOURS_OF[unit] for number, unit in parts)
    return -total if text.strip().startswith("-") else total


def _words(text: str) -> list[tuple[str, str]]:
    """Return the numbers and units of a duration written with units, the largest unit first; empty for other text."""
    found = _WORDS.fullmatch(text.strip().lower())
    if found is None:
        return []
    parts = _PART.findall(found["parts"])
    sizes = [_HOURS_OF[unit] for _, unit in parts]
    return parts if all(a > b for a, b in pairwise(sizes)) else []


def durations_as_hours(column: pd.Series[Any]) -> npt.NDArray[np.float64] | None:
    """Return the hours of a column of durations, (N,), nan for missing ones; None if it holds something else.

    Times of day among durations, as in a sheet, are read as the time since midnight.
    """
    pandas = import_pandas()
    is_timedelta = pandas.api.types.is_timedelta64_dtype
    if isinstance(column.dtype, pandas.CategoricalDtype) and is_timedelta(column.cat.categories):
        column = column.astype(column.cat.categories.dtype)
    if not is_timedelta(column.dtype):
        if column.dtype != object and not str(column.dtype).startswith("duration"):
            return None
        present = column.dropna()
        kinds = (datetime.timedelta, np.timedelta64, datetime.time)
        found = set(map(type, present))
        if (
            not found
            or not all(issubclass(each, kinds) for each in found)
            or found == {datetime.time}
        ):
            return None
        values = [
            since_midnight(each) if isinstance(each, datetime.time) else each for each in present
        ]
        column = pandas.Series(pandas.to_timedelta(values), index=present.index).reindex(
            column.index
        )
    return np.asarray(column.dt.total_seconds() / 3600, dtype=np.float64)


def since_midnight(time: datetime.time) -> datetime.timedelta:
    """Return a time of day as the duration since midnight."""
    return datetime.datetime.combine(datetime.date.min, time) - datetime.datetime.min
