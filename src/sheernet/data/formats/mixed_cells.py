"""Columns of a sheet with text beside dates or Boolean values, which are not used as these.

A spreadsheet program leaves a date as text if it does not exist in the order that the program expects: with the month
first, 25/03/2026 is text and 04/03/2026 the 3rd of April.  So text is not read as dates beside cells of dates.
"""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from sheernet.data.formats.row_places import row_places
from sheernet.foundation.arrays import Indices
from sheernet.foundation.caller_warnings import warn
from sheernet.foundation.message_text import counted
from sheernet.foundation.sentences import ReadSetting, sentence

if TYPE_CHECKING:
    import pandas as pd

_NOUNS: dict[type, tuple[str, str]] = {
    datetime.datetime: ("cell of dates", "cells of dates"),
    bool: ("Boolean cell", "Boolean cells"),
}


def warn_of_mixed_cells(frame: pd.DataFrame, source: str, sheet_rows: Indices | None) -> None:
    """Warn of each column with text beside dates or Boolean values.

    Parameters
    ----------
    frame : DataFrame, (N, number of columns)
        The cells of a sheet.
    source : str
        Name of the file in warnings.
    sheet_rows : ndarray of int, (N,), or None
        The numbers of the rows in the sheet.
    """
    for name, column in frame.items():
        kinds = set(map(type, column.dropna())) - {str} if column.dtype == object else set()
        rows = [i for i, cell in enumerate(column) if isinstance(cell, str) and cell.strip()]
        if len(kinds) != 1 or not kinds <= set(_NOUNS) or not rows:
            continue
        (kind,) = kinds
        n_others = sum(type(cell) is kind for cell in column)
        text = column.iloc[rows[0]].strip()
        warn(
            sentence(
                "column {!r} of {} has {} beside {}, the first, {!r:.40}, in {}; correct the text in the workbook "
                "(also check the order of day and month of its dates), or declare it a missing value with {}",
                name, source, counted(len(rows), "text"), counted(n_others, *_NOUNS[kind]), text,
                row_places(rows[:1], sheet_rows), ReadSetting("missing_values", [text]),
            )
        )  # fmt: skip
