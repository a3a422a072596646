"""Errors of spreadsheet programs in text files, such as #DIV/0!, which are missing values."""

from __future__ import annotations

import mmap
import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from sheernet.data.files.error_cells import warn_of_error_cells
from sheernet.data.files.text.text_encoding import Text
from sheernet.settings.read_settings import ERRORS

if TYPE_CHECKING:
    import pandas as pd

_STARTS = (b"#", b"Err:")  # a search for these is ten times as fast as one for the errors

Cells = Callable[[Sequence[str]], "pd.DataFrame"]


def warn_of_errors(frame: pd.DataFrame, cells_of: Cells, text: Text) -> None:
    """Warn of columns with errors in cells.

    Parameters
    ----------
    frame : DataFrame, (N, number of columns)
        As pandas reads the file: errors are missing.
    cells_of : callable
        Returns some columns as text, unchanged.
    text : Text
        The file.
    """
    if not _may_have_errors(text):
        return
    names = [str(name) for name, column in frame.items() if column.isna().any()]
    cells = cells_of(names).items() if names else ()
    warn_of_error_cells(text.name, {str(name): column.str.strip() for name, column in cells})


def _may_have_errors(text: Text) -> bool:
    """Whether the bytes of a file contain an error."""
    if "#".encode(text.encoding) != b"#":  # UTF-16 and UTF-32
        return True
    words = {word.encode(text.encoding, "ignore") for word in ERRORS}
    with (
        text.path.open("rb") as file,
        mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content,
    ):
        if all(content.find(start) < 0 for start in _STARTS):
            return False
        return re.search(b"|".join(map(re.escape, sorted(words))), content) is not None
