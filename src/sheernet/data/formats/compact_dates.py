"""Whole numbers that are dates (20240301), also with times of day (202403011430), or months (202403).

Such numbers may be amounts, so they are converted only with the setting `dates` that `compact_kind` returns.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Integers = npt.NDArray[np.int64]

_YEARS = (1900, 2100)
_PARTS = {"iso": (10_000, 101, 1231), "months": (100, 1, 12)}
"""For each value of `dates`, the factor of the year, and the smallest and the largest number below it."""
_TIMES = (1, 100, 10_000, 1_000_000)
"""The factors of a date that is followed by nothing, hours, minutes and seconds."""
NOUNS = {"iso": "dates", "months": "months"}
_FEWEST = {"iso": 1, "months": 3}
"""Number of different values that amounts hardly have by chance."""
_TRIED = 100


def compact_kind(values: npt.NDArray[Any]) -> str:
    """Return the value of `dates` with which all numbers that are not missing (nan) are dates; "" if there is none.

    Examples
    --------
    >>> import numpy as np
    >>> from sheernet.data.formats.compact_dates import compact_kind
    >>> [compact_kind(np.array([number])) for number in (20240229, 202402291430, 202401, 20230229)]
    ['iso', 'iso', 'months', '']
    """
    return next((kind for kind in _PARTS if _are_dates(values, kind)), "")


def are_compact_dates(values: npt.NDArray[Any]) -> bool:
    """Check whether all numbers that are not missing (nan) are dates from 1900 to 2100, such as 20240301.

    Examples
    --------
    >>> import numpy as np
    >>> from sheernet.data.formats.compact_dates import are_compact_dates
    >>> are_compact_dates(np.array([20240229, 20241231])), are_compact_dates(np.array([20230229]))
    (True, False)
    """
    return _are_dates(values, "iso")


def are_hardly_amounts(values: npt.NDArray[Any], kind: str) -> bool:
    """Whether numbers of this kind are so many different ones that they are hardly amounts."""
    return len(np.unique(values[~np.isnan(values)])) >= _FEWEST[kind]


def compact_dates(values: npt.NDArray[Any], kind: str) -> Any:
    """Convert whole numbers of a kind to dates, months to their first days; nan becomes missing.

    Returns
    -------
    ndarray of datetime64, (N,)

    Examples
    --------
    >>> import numpy as np
    >>> from sheernet.data.formats.compact_dates import compact_dates
    >>> print(*compact_dates(np.array([2024022907, 2024123123]), "iso").astype("M8[m]"))
    2024-02-29T07:00 2024-12-31T23:00
    """
    missing = np.isnan(values.astype(np.float64))
    unit = _time_factor(values, kind) or 1  # 0 if all values are missing
    whole, times = np.divmod(values[~missing].astype(np.int64), unit)
    hours, minutes, seconds = _parts_of_times(times, unit)
    found = np.full(len(values), np.datetime64("NaT"), dtype="M8[us]")
    found[~missing] = _first_days(whole, kind) + ((60 * hours + minutes) * 60 + seconds).astype(
        "m8[s]"
    )
    return found


def months_of(year: Integers, month: Integers) -> npt.NDArray[Any]:
    """Return the months as datetime64[M]."""
    return ((year - 1970) * 12 + (month - 1)).astype("M8[M]")


def _time_factor(values: npt.NDArray[Any], kind: str) -> int:
    """Return the factor of `_TIMES` that multiplies the dates in all numbers; 0 if the numbers are not dates."""
    factor, least, most = _PARTS[kind]
    first, last = _YEARS[0] * factor + least, _YEARS[1] * factor + most
    if not len(values):
        return 0
    head = values[:_TRIED]  # most columns are rejected by their first values
    low, high = float(np.fmin.reduce(head)), float(np.fmax.reduce(head))
    for unit in _TIMES if kind == "iso" else _TIMES[:1]:
        least_number, limit = first * unit, (last + 1) * unit
        if least_number <= low and high < limit:
            low, high = float(np.fmin.reduce(values)), float(np.fmax.reduce(values))
            return unit if least_number <= low and high < limit else 0
    return 0


def _are_dates(values: npt.NDArray[Any], kind: str) -> bool:
    factor, least, most = _PARTS[kind]
    unit = _time_factor(values, kind)
    if not unit:
        return False
    values = values[~np.isnan(values)]
    whole, times = np.divmod(values.astype(np.int64), unit)
    below = whole % factor
    if np.any(whole * unit + times != values) or np.any((below < least) | (below > most)):
        return False
    if kind != "iso":
        return True
    month, day = below // 100, below % 100
    if np.any((month < 1) | (month > 12) | (day < 1)):
        return False
    hours, minutes, seconds = _parts_of_times(times, unit)
    if np.any((hours > 23) | (minutes > 59) | (seconds > 59)):
        return False
    return bool(
        np.all(_first_days(whole, kind).astype("M8[M]") == months_of(whole // factor, month))
    )


def _parts_of_times(times: Integers, unit: int) -> tuple[Integers, Integers, Integers]:
    """Return the hours, minutes and seconds of numbers such as 14, 1430 or 143000, below `unit`."""
    times = times * (_TIMES[-1] // unit)
    return times // 10_000, times // 100 % 100, times % 100


def _first_days(whole: Integers, kind: str) -> npt.NDArray[Any]:
    factor = _PARTS[kind][0]
    year, below = whole // factor, whole % factor
    if kind == "iso":
        return months_of(year, below // 100).astype("M8[D]") + (below % 100 - 1)
    return months_of(year, below).astype("M8[D]")
