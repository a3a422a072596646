"""`warn_of_errors`: find the cells of a text file with errors such as #DIV/0!, which are read as missing values."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from sheernet.data.files.error_cells import warn_of_error_cells
from sheernet.data.files.text.text_encoding import Text
from sheernet.settings.read_settings import ERRORS

if TYPE_CHECKING:
    import pandas as pd

_STARTS = {b"#": re.compile(b"#"), b":": re.compile(b"Err:")}
"""Beginnings of errors, by a character in each; a search for beginnings is ten times as fast as one for errors."""

Cells = Callable[[Sequence[str]], "pd.DataFrame"]


def warn_of_errors(frame: pd.DataFrame, cells_of: Cells, text: Text) -> None:
    """Warn of columns with errors in cells.

    Parameters
    ----------
    frame : DataFrame, (N, number of columns)
        The table as read by pandas: errors are missing.
    cells_of : callable
        Returns some columns as text, unchanged.
    text : Text
        The file.
    """
    if not _may_have_errors(text):
        return
    names = [str(name) for name, column in frame.items() if column.isna().any()]
    cells = cells_of(names).items() if names else ()
    stripped = {str(name): column.str.strip() for name, column in cells}
    warn_of_error_cells(text.name, stripped, lambda _, row: f"data row {row + 1}")


def _may_have_errors(text: Text) -> bool:
    """Whether the bytes of a file contain an error."""
    if not any(text.may_contain(start, character) for character, start in _STARTS.items()):
        return False
    words = {word.encode(text.encoding, "ignore") for word in ERRORS}
    return text.may_contain(re.compile(b"|".join(map(re.escape, sorted(words)))))
