"""Columns of a sheet with Boolean values in some cells and text in others: words for true and false are read as such.

A cell is text instead of a Boolean value if the word for it was pasted, or is of another language than the program's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sheernet.data.formats.cell_formats import FormatMismatch
from sheernet.data.formats.number_formats import BOOLEAN
from sheernet.data.formats.row_places import row_places
from sheernet.foundation.arrays import Indices
from sheernet.foundation.caller_warnings import warn
from sheernet.foundation.message_text import counted
from sheernet.foundation.sentences import ReadSetting, in_quotes, sentence

if TYPE_CHECKING:
    import pandas as pd


def read_mixed_booleans(
    frame: pd.DataFrame, source: str, sheet_rows: Indices | None = None
) -> None:
    """Convert words beside Boolean cells to Boolean values, in place; warn of each of these columns.

    Parameters
    ----------
    frame : DataFrame
        The cells of a sheet.
    source : str
        Name of the file in warnings.
    sheet_rows : ndarray of int, (N,), optional
        The numbers of the rows in the sheet.
    """
    for position, (name, column) in enumerate(list(frame.items())):
        if column.dtype != object or set(map(type, column.dropna())) != {bool, str}:
            continue
        is_text = np.array([isinstance(cell, str) and bool(cell.strip()) for cell in column])
        texts, places = column[is_text].tolist(), np.flatnonzero(is_text).tolist()
        if not texts:
            continue
        noun = counted(sum(isinstance(cell, bool) for cell in column), "Boolean cell")
        try:
            words = BOOLEAN.convert(texts)
        except FormatMismatch as mismatch:
            row, text = places[mismatch.position], texts[mismatch.position]
            warn(
                sentence(
                    "column {!r} of {} has {} and {}, of which {!r:.40} in {} is neither true nor false, and is read "
                    "as labels; correct this text, or declare it a missing value with {}",
                    name, source, noun, counted(len(texts), "text"), text, row_places([row], sheet_rows),
                    ReadSetting("missing_values", [text]),
                )
            )  # fmt: skip
            continue
        filled = column.copy()
        filled.iloc[places] = words.tolist()
        frame.isetitem(position, filled.array)
        warn(
            f"column {in_quotes(name)} of {source} has {counted(len(texts), 'Boolean value')} written as text, such as "
            f"{in_quotes(texts[0])} in {row_places(places[:1], sheet_rows)}, beside {noun}; the text is read as true "
            "and false"
        )
