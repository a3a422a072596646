"""Whole numbers that are dates (20240301), months (202403) or quarters (20241), and their conversion.

Such numbers may be amounts, so they are converted only with the setting `dates` that `compact_kind` returns.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Integers = npt.NDArray[np.int64]

_YEARS = (1900, 2100)
_PARTS = {"iso": (10_000, 101, 1231), "months": (100, 1, 12), "quarters": (10, 1, 4)}
"""For each value of `dates`, the factor of the year, and the smallest and the largest number below it."""
NOUNS = {"iso": "dates", "months": "months", "quarters": "quarters"}
_FEWEST = {"iso": 1, "months": 3, "quarters": 8}
"""Number of different values that amounts hardly have by chance."""
_TRIED = 100


def compact_kind(values: npt.NDArray[Any]) -> str:
    """Return the value of `dates` with which all numbers that are not missing (nan) are dates; "" if there is none.

    Examples
    --------
    >>> import numpy as np
    >>> from sheernet.data.formats.compact_dates import compact_kind
    >>> [compact_kind(np.array([number])) for number in (20240229, 202401, 20241, 20230229)]
    ['iso', 'months', 'quarters', '']
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
    """Convert whole numbers of a kind to dates, months and quarters to their first days; nan becomes missing.

    Returns
    -------
    ndarray of datetime64, (N,)
    """
    missing = np.isnan(values.astype(np.float64))
    days = _first_days(values[~missing].astype(np.int64), kind)
    found = np.full(len(values), np.datetime64("NaT"), dtype="M8[us]")
    found[~missing] = days
    return found


def months_of(year: Integers, month: Integers) -> npt.NDArray[Any]:
    """Return the months as datetime64[M]."""
    return ((year - 1970) * 12 + (month - 1)).astype("M8[M]")


def _are_dates(values: npt.NDArray[Any], kind: str) -> bool:
    factor, least, most = _PARTS[kind]
    for part in (values[:_TRIED], values):  # most columns are rejected by their first values
        if len(part) and (
            np.fmin.reduce(part) < _YEARS[0] * factor + least
            or np.fmax.reduce(part) > _YEARS[1] * factor + most
        ):
            return False
    values = values[~np.isnan(values)]
    if not len(values):
        return False
    whole = values.astype(np.int64)
    below = whole % factor
    if np.any(whole != values) or np.any((below < least) | (below > most)):
        return False
    if kind != "iso":
        return True
    month, day = below // 100, below % 100
    if np.any((month < 1) | (month > 12) | (day < 1)):
        return False
    return bool(
        np.all(_first_days(whole, kind).astype("M8[M]") == months_of(whole // factor, month))
    )


def _first_days(whole: Integers, kind: str) -> npt.NDArray[Any]:
    factor = _PARTS[kind][0]
    year, below = whole // factor, whole % factor
    if kind == "iso":
        return months_of(year, below // 100).astype("M8[D]") + (below % 100 - 1)
    return months_of(year, below if kind == "months" else 3 * below - 2).astype("M8[D]")
