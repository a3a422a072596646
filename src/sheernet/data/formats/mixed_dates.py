"""Columns of a sheet with dates in some cells and text or numbers in others: text is read as dates if one format fits.

A spreadsheet program leaves a date as text if the date does not exist in the order that its country uses.  It reads
25/03/2026 as text and 04/03/2026 as the 3rd of April if it expects the month first.  A warning reports this case.

A spreadsheet program also reads 5.3 as a date if its country writes the number 5,3; a warning names the first cell.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from sheernet.data.formats.date_formats import DateFormat, Doubt, find_date_format
from sheernet.data.formats.row_places import row_places
from sheernet.foundation.arrays import Indices
from sheernet.foundation.caller_warnings import warn
from sheernet.foundation.message_text import counted
from sheernet.foundation.pandas_import import import_pandas
from sheernet.foundation.sentences import ReadSetting, Setting, in_quotes, sentence

if TYPE_CHECKING:
    import pandas as pd

_MONTHS = 12
_RANGE = re.compile(r"\d+ ?[-\u2013] ?\d+|[<>\u2264\u2265] ?\d+")


def read_mixed_dates(
    frame: pd.DataFrame, dates: str, source: str, sheet_rows: Indices | None = None
) -> None:
    """Convert text in columns of dates to dates, in place; warn of each of these columns.

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
        cells = column.dropna()
        types = set(map(type, cells)) if column.dtype == object else set()
        if datetime.datetime in types and types & {int, float}:
            _warn_of_numbers(str(name), source, column, sheet_rows)
        if types == {datetime.datetime, datetime.time}:
            _warn_of_times(str(name), source, column, sheet_rows)
        if types != {datetime.datetime, str}:
            continue
        is_text = np.array([isinstance(cell, str) for cell in cells])
        texts, days = cells[is_text].str.strip(), cells[~is_text]
        texts = texts[texts != ""]
        form = find_date_format(texts.unique().tolist(), dates) if len(texts) else None
        if isinstance(form, DateFormat) and not form.is_time and not form.zoned:
            found = import_pandas().Series(form.convert(texts.tolist())).tolist()
            filled = column.copy()
            filled[texts.index] = [day.to_pydatetime() for day in found]
            frame.isetitem(position, filled.array)
            assumed = form.is_decided_by_points(texts.unique().tolist(), dates)
            _warn_of_dates(
                str(name), source, days.tolist(), texts.iloc[0], found, form, assumed=assumed
            )
        elif len(texts):
            _warn_of_text(str(name), source, column, days, texts, form, sheet_rows)


def _warn_of_text(
    name: str,
    source: str,
    column: pd.Series[Any],
    days: pd.Series[Any],
    texts: pd.Series[Any],
    form: DateFormat | Doubt | None,
    sheet_rows: Indices | None,
) -> None:
    """Warn of a column that is left out, because some cells are dates and others are text that is not a date.

    If most cells are text, or ranges, the dates are probably text such as 10-19 that a program took for dates.
    """
    rows = column.index.tolist()
    why = sentence(": {}", form.why) if isinstance(form, Doubt) else ""
    way: str = "correct or empty the text, so that all cells are dates, to use the column"
    word = texts.iloc[0]
    if texts.nunique() == 1 and word.isalpha():
        way = sentence(
            "correct or empty the text, or declare it a missing value with {}, so that all cells are dates, to use the "
            "column",
            ReadSetting("missing_values", [word]),
        )
    if len(texts) > len(days) or any(map(_RANGE.fullmatch, texts)):
        place = row_places([rows.index(days.index[0])], sheet_rows)
        day = f"{place} has {days.iloc[0]:%Y-%m-%d}"
        way = (
            f"if a spreadsheet program has taken text such as 10-19 for dates ({day}), format the column as text and "
            "write this text again, to use the column"
        )
    warn(
        sentence(
            "column {!r} of {} has {} and {}, the first, {!r:.40}, in {}{}; {}",
            name, source, counted(len(days), "cell of dates", "cells of dates"), counted(len(texts), "text"),
            texts.iloc[0], row_places([rows.index(texts.index[0])], sheet_rows), why, way,
        )
    )  # fmt: skip


def _warn_of_times(
    name: str, source: str, column: pd.Series[Any], sheet_rows: Indices | None
) -> None:
    """Warn of a column of hours and minutes of which some are 24 hours or more, which are dates in the year 1900."""
    cells = column.tolist()
    days = [row for row, cell in enumerate(cells) if isinstance(cell, datetime.datetime)]
    warn(
        f"column {in_quotes(name)} of {source} has times of day and "
        f"{counted(len(days), 'cell of dates', 'cells of dates')}, "
        f"the first, {cells[days[0]]:%Y-%m-%d %H:%M}, in {row_places(days[:1], sheet_rows)}; if they are durations, "
        "some of 24 hours or more, give all cells the format [h]:mm"
    )


def _warn_of_numbers(
    name: str, source: str, column: pd.Series[Any], sheet_rows: Indices | None
) -> None:
    """Warn of a column with numbers and dates."""
    cells = column.tolist()
    days = [row for row, cell in enumerate(cells) if isinstance(cell, datetime.datetime)]
    n_numbers = sum(type(cell) in (int, float) for cell in cells)
    warn(
        f"column {in_quotes(name)} of {source} has {counted(n_numbers, 'number')} and "
        f"{counted(len(days), 'cell of dates', 'cells of dates')}, the first, {cells[days[0]]:%Y-%m-%d}, in "
        f"{row_places(days[:1], sheet_rows)}; if a spreadsheet program has taken numbers such as 5.3 for dates, import "
        "the file again with the decimal mark of its numbers"
    )


def _warn_of_dates(
    name: str,
    source: str,
    days: Sequence[datetime.datetime],
    text: str,
    found: Sequence[datetime.datetime],
    form: DateFormat,
    *,
    assumed: bool,
) -> None:
    """Warn that texts such as `text` are read as dates, of an assumed order, and of days that may be months."""
    as_dates = str(form) or "dates with the year first"
    other = Setting("dates", "month-first")
    told = sentence(
        "column {!r} of {} has {} written as text, such as {!r}, beside {}; the text is read as {}{}",
        name, source, counted(len(found), "date"), text, counted(len(days), "cell of dates", "cells of dates"),
        as_dates, sentence("; if the month is first, give {}", other) if assumed else "",
    )  # fmt: skip
    if max(day.day for day in days) <= _MONTHS < min(day.day for day in found):
        told = sentence(
            "{}; all days of the text are above {} and none of the cells is, so a spreadsheet program has probably "
            "taken the days of the cells for months: import the file again with the order of day and month of its "
            "dates",
            told, _MONTHS,
        )  # fmt: skip
    warn(told)
