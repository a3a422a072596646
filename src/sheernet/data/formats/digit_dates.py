"""Columns of whole numbers that are dates (20240301), also with times of day (202403011430), or months (202403).

Such numbers may be amounts, so they are dates only with the setting `dates`.
"""

from __future__ import annotations

from collections.abc import Container
from typing import TYPE_CHECKING, Any

import numpy as np

from sheernet.data.formats.dates import DateFormat, find_date_format
from sheernet.foundation.caller_warnings import warn
from sheernet.foundation.pandas_import import import_pandas
from sheernet.foundation.sentences import Setting, sentence

if TYPE_CHECKING:
    import pandas as pd

NOUNS = {"iso": "dates", "months": "months"}
_KINDS = {6: "months", 8: "iso", 10: "iso", 12: "iso", 14: "iso"}
"""The value of `dates` for each number of digits."""
_YEARS = (1900, 2100)
_FEWEST = {"iso": 1, "months": 3}
"""Number of different values that amounts hardly have by chance."""


def digit_dates(column: pd.Series[Any]) -> tuple[str, DateFormat] | None:
    """Return the value of `dates` with which all numbers of a column are dates, and their format; None if they are not.

    Examples
    --------
    >>> import pandas as pd
    >>> from sheernet.data.formats.digit_dates import digit_dates
    >>> [(digit_dates(pd.Series([n])) or [""])[0] for n in (20240229, 2024022914, 202401, 20230229, 12)]
    ['iso', 'iso', 'months', '', '']
    """
    if not (isinstance(column.dtype, np.dtype) and column.dtype.kind in "iuf" and len(column)):
        return None
    low, high = column.min(), column.max()
    if not (np.isfinite(low) and np.isfinite(high) and low > 0):
        return None
    first, last = f"{low:.0f}", f"{high:.0f}"
    kind = _KINDS.get(len(first), "")
    years = int(first[:4]), int(last[:4])
    if not kind or len(first) != len(last) or years[0] < _YEARS[0] or years[1] > _YEARS[1]:
        return None
    values = column.dropna().unique()
    form = find_date_format([f"{value:.0f}" for value in values], kind)
    is_whole = not np.any(values % 1)
    return (kind, form) if is_whole and isinstance(form, DateFormat) else None


def read_digit_dates(
    frame: pd.DataFrame, dates: str, kept: Container[str], source: str
) -> set[str]:
    """Convert in place columns of whole numbers such as 20240301 if `dates` says that they are dates, except `kept`.

    Otherwise warn of the columns that seem to hold dates or months.  Return the names of the converted columns.
    """
    converted = set()
    for position, (name, cells) in enumerate(list(frame.items())):
        column = cells.infer_objects()
        if name in kept or (found := digit_dates(column)) is None:
            continue
        kind, form = found
        present = column.dropna()
        if dates == kind:
            moments = import_pandas().Series(
                form.convert([f"{value:.0f}" for value in present]), index=present.index
            )
            frame.isetitem(position, moments.reindex(column.index).array)
            converted.add(str(name))
        elif present.nunique() >= _FEWEST[kind]:
            warn(
                sentence(
                    "column {!r} of {} is read as numbers: its whole numbers, such as {:.0f}, look like {}; give {} "
                    "to read them as {}",
                    name, source, present.iloc[0], NOUNS[kind], Setting("dates", kind), NOUNS[kind],
                )
            )  # fmt: skip
    return converted
