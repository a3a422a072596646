"""Columns of a sheet with text beside dates or Boolean values: the text is read as these, if all of it can be.

A spreadsheet program leaves a date as text if it does not exist in the order that the program expects: with the month
first, 25/03/2026 is text and 04/03/2026 the 3rd of April.  A warning reports this case.
"""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

from sheernet.data.formats.cell_formats import FormatMismatch
from sheernet.data.formats.dates import DateFormat, Doubt, find_date_format, is_decided_by_points
from sheernet.data.formats.number_formats import BOOLEAN
from sheernet.data.formats.row_places import row_places
from sheernet.foundation.arrays import Indices
from sheernet.foundation.caller_warnings import warn
from sheernet.foundation.message_text import counted
from sheernet.foundation.pandas_import import import_pandas
from sheernet.foundation.sentences import ReadSetting, Sentence, Setting, sentence

if TYPE_CHECKING:
    import pandas as pd

_NOUNS: dict[type, tuple[str, str]] = {
    datetime.datetime: ("cell of dates", "cells of dates"),
    bool: ("Boolean cell", "Boolean cells"),
}
_MONTHS = 12


def read_mixed_cells(
    frame: pd.DataFrame, dates: str, source: str, sheet_rows: Indices | None = None
) -> None:
    """Convert text beside dates or Boolean values, in place; warn of each of these columns.

    Parameters
    ----------
    frame : DataFrame, (N, number of columns)
        The cells of a sheet.
    dates : str
        The setting `dates`.
    source : str
        Name of the file in warnings.
    sheet_rows : ndarray of int, (N,), optional
        The numbers of the rows in the sheet.
    """
    for position, (name, column) in enumerate(list(frame.items())):
        kinds = set(map(type, column.dropna())) - {str} if column.dtype == object else set()
        rows = [i for i, cell in enumerate(column) if isinstance(cell, str) and cell.strip()]
        if len(kinds) != 1 or not kinds <= set(_NOUNS) or not rows:
            continue
        (kind,) = kinds
        texts = [cell.strip() for cell in column.iloc[rows]]
        others = [cell for cell in column if type(cell) is kind]
        if kind is bool:
            read_as, values = _booleans_of(texts)
        else:
            read_as, values = _dates_of(texts, others, dates)
        told = sentence(
            "column {!r} of {} has {} beside {}, the first, {!r:.40}, in {}",
            name, source, counted(len(texts), "text"), counted(len(others), *_NOUNS[kind]), texts[0],
            row_places(rows[:1], sheet_rows),
        )  # fmt: skip
        if values is None:
            way = sentence(
                "it is not used as {}{}; correct the text, or declare it a missing value with {}",
                "true and false" if kind is bool else "dates", read_as, ReadSetting("missing_values", texts[:1]),
            )  # fmt: skip
            warn(sentence("{}; {}", told, way))
            continue
        filled = column.copy()
        filled.iloc[rows] = values
        frame.isetitem(position, filled.array)
        warn(sentence("{}; the text is read as {}", told, read_as))


def _booleans_of(texts: list[str]) -> tuple[str, list[Any] | None]:
    try:
        return "true and false", BOOLEAN.convert(texts).tolist()
    except FormatMismatch:
        return "", None


def _dates_of(
    texts: list[str], days: list[Any], dates: str
) -> tuple[Sentence | str, list[Any] | None]:
    """Return how texts are read, or why they are not, and their dates."""
    distinct = list(dict.fromkeys(texts))
    form = find_date_format(distinct, dates)
    if not isinstance(form, DateFormat) or form.is_time or form.zoned:
        return sentence(": {}", form.why) if isinstance(form, Doubt) else "", None
    found = import_pandas().Series(form.convert(texts)).dt.to_pydatetime().tolist()
    read_as = sentence("{}", str(form) or "dates with the year first")
    if is_decided_by_points(form, distinct, dates):
        other = Setting("dates", "month-first")
        read_as = sentence("{}; if the month is first, give {}", read_as, other)
    if max(day.day for day in days) <= _MONTHS < min(day.day for day in found):
        read_as = sentence(
            "{}; all days of the text are above {} and none of the cells is, so a spreadsheet program has probably "
            "taken the days of the cells for months: import the file again with the order of day and month of its "
            "dates",
            read_as, _MONTHS,
        )  # fmt: skip
    return read_as, found
