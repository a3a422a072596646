"""Cycles of dates and times of day, each as two smooth features: sin(2 pi x / period) and cos(2 pi x / period).

    hour of day    1 day              if times of day vary, over nearly 2 days
                   24 hours           of times of day without dates that cover most of a day
    weekday        7 days             if there are several weekdays, over nearly 4 weeks, and not all dates are on
                                      the same day of a month, as monthly values are
    season         365.2425 days      if there are several months, over nearly 2 years

x is the local time as it is written, in days since 1970-01-01, or in hours for times of day.  The mean year of the
Gregorian calendar keeps each season at the same phase to 1.5 days.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from sheernet.foundation.arrays import Array, Indices, Mask
from sheernet.foundation.pandas_import import import_pandas

if TYPE_CHECKING:
    import pandas as pd

HOUR, WEEK, YEAR = 1.0, 7.0, 365.2425
HOURS_OF_A_DAY = 24.0
NAMES = {HOUR: "hour of day", WEEK: "weekday", YEAR: "season", HOURS_OF_A_DAY: "hour of day"}
"""Name of the cycle of each period."""
PERIODS = {"date": (HOUR, WEEK, YEAR), "time": (HOURS_OF_A_DAY,)}
"""Possible periods of each kind of column, in days or hours."""
FEWEST_DAYS = {HOUR: 1.7, WEEK: 26.0, YEAR: 1.7 * YEAR}
"""Minimum span of the training rows at which a cycle can be distinguished from a trend.

The first and the last of 24 monthly values are 1.9 years apart, those of 8 quarterly values 1.75 years, and an end may
be held out.
"""
FEWEST_HOURS = 16.0
"""Minimum span of times of day at which hours are a cycle: that of three values, 8 hours apart.

Over a shorter span, such as hours of work, a trend needs one feature instead of two.  Times around midnight span a
day."""
_ZONED = re.compile(r".*:.*(?:Z|[+-]\d\d(?::?\d\d)?)\s*")


def choose_cycles(days: Array) -> tuple[float, ...]:
    """Choose the cycles of dates.

    Parameters
    ----------
    days : ndarray, (N,)
        Days since 1970-01-01 of the training rows, in local time, without missing values.

    Returns
    -------
    tuple of float
        Periods in days.

    Examples
    --------
    >>> import numpy as np
    >>> from sheernet.data.columns.cycles import choose_cycles
    >>> choose_cycles(np.arange(100.0)), choose_cycles(np.arange(0.0, 3.0, 0.25))
    ((7.0,), (1.0,))
    """
    return cycles_within(*phase_ends(days))


def phase_ends(days: Array) -> tuple[Array, Array]:
    """Return the smallest values, (5,), and the largest values, (5,), of the days, (N,), and of their four phases.

    The phases are the time of day, the day of the week, the month of the year and the day of the month.
    """
    whole = np.floor(days)
    months = whole.astype("M8[D]").astype("M8[M]")
    days_of_month = whole - months.astype("M8[D]").astype(np.int64)
    all_phases = (days, days - whole, whole % 7, months.astype(np.int64) % 12, days_of_month)
    return (
        np.array([values.min() for values in all_phases], dtype=np.float64),
        np.array([values.max() for values in all_phases], dtype=np.float64),
    )


def cycles_within(lowest: Array, highest: Array) -> tuple[float, ...]:
    """Choose the cycles of dates from the results of `phase_ends`."""
    span, in_day, in_week, in_year, in_month = (highest - lowest).tolist()
    varies = {HOUR: in_day, WEEK: in_week and in_month, YEAR: in_year}
    return tuple(period for period in varies if span >= FEWEST_DAYS[period] and varies[period] > 0)


def cycles_of_times(lowest: float, highest: float) -> tuple[float, ...]:
    """Choose the cycles of times of day, in hours, from the smallest and the largest.

    Examples
    --------
    >>> from sheernet.data.columns.cycles import cycles_of_times
    >>> cycles_of_times(0.5, 23.0), cycles_of_times(9.0, 17.0)
    ((24.0,), ())
    """
    return PERIODS["time"] if highest - lowest >= FEWEST_HOURS else ()


def hours_ahead_of_utc(column: pd.Series[Any], rows: Indices) -> float | None:
    """Return the offset of local time from UTC in some rows of a column of dates.

    Returns
    -------
    float or None
        In hours; 0 if the rows have several offsets, None if the dates have no time zone.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from sheernet.data.columns.cycles import hours_ahead_of_utc
    >>> winter_and_summer = pd.Series(pd.to_datetime(["2026-01-01", "2026-07-01"]).tz_localize("Europe/Berlin"))
    >>> hours_ahead_of_utc(winter_and_summer, np.array([0])), hours_ahead_of_utc(winter_and_summer, np.array([0, 1]))
    (1.0, 0.0)
    """
    return common_offset(offsets_from_utc(column, rows))


def common_offset(offsets: frozenset[float] | None) -> float | None:
    """Return the only offset in a result of `offsets_from_utc`; 0 if there are several, None if the result is None."""
    if offsets is None:
        return None
    return next(iter(offsets)) if len(offsets) == 1 else 0.0


def offsets_from_utc(column: pd.Series[Any], rows: Indices) -> frozenset[float] | None:
    """Return the offsets of local time from UTC in some rows of a column of dates, in hours.

    The result is None if the dates have no time zone.  The offset is 0 if a column of objects has dates with a time
    zone, because its values are converted to UTC.
    """
    if not isinstance(column.dtype, import_pandas().DatetimeTZDtype):
        return frozenset([0.0]) if zoned(column).any() else None
    some = column.iloc[rows].dropna()
    ahead = (some.dt.tz_localize(None) - some.dt.tz_convert("UTC").dt.tz_localize(None)).unique()
    return frozenset(float(each / np.timedelta64(1, "h")) for each in ahead)


def zoned(column: pd.Series[Any]) -> Mask:
    """Find the dates of a column, (N,), that have a time zone; text in ISO 8601 may have one as well."""
    if isinstance(column.dtype, import_pandas().DatetimeTZDtype):
        return column.notna().to_numpy()
    if column.dtype.kind == "M":
        return np.zeros(len(column), dtype=np.bool_)
    return np.array(
        [
            bool(_ZONED.fullmatch(value))
            if isinstance(value, str)
            else bool(getattr(value, "tzinfo", None))
            for value in column
        ],
        dtype=np.bool_,
    )


def write_cycles(x: Array, periods: tuple[float, ...], out: Array) -> None:
    """Write the sine and the cosine of each cycle of x, (N,), to `out`, (N, 2 * number of periods)."""
    for k, period in enumerate(periods):
        angle = 2 * np.pi * ((x % period) / period)  # the remainder is exact
        out[:, 2 * k], out[:, 2 * k + 1] = np.sin(angle), np.cos(angle)


def phases(period: float, *, at_noon: bool) -> tuple[npt.NDArray[Any], Array]:
    """Return the points that show a cycle (hours, weekdays or months) and x of each point, both (G,).

    Parameters
    ----------
    period : float
        The cycle.
    at_noon : bool
        Whether x of a weekday is its noon, for moments, or its beginning, for days.

    Examples
    --------
    >>> from sheernet.data.columns.cycles import WEEK, phases
    >>> names, x = phases(WEEK, at_noon=False)
    >>> print(names[0], x[0])  # 1970-01-05 was a Monday
    Mon 4.0
    """
    if period == WEEK:
        days = np.array(["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"], dtype=object)
        return days, np.arange(4.0, 11.0) + 0.5 * at_noon
    if period == YEAR:
        starts = np.arange("1970-01", "1971-01", dtype="M8[M]")
        names = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        return np.array(names, dtype=object), starts.astype("M8[D]").astype(np.float64) + 15.0
    hours = np.linspace(0.0, HOURS_OF_A_DAY, 25)
    return hours, hours * (period / HOURS_OF_A_DAY)


def feature_names(name: str, periods: tuple[float, ...]) -> tuple[str, ...]:
    """Return the names of the features that `write_cycles` writes.

    Examples
    --------
    >>> from sheernet.data.columns.cycles import feature_names
    >>> feature_names("when", (7.0,))
    ('when (weekday, sine)', 'when (weekday, cosine)')
    """
    return tuple(
        f"{name} ({NAMES[period]}, {wave})" for period in periods for wave in ("sine", "cosine")
    )
