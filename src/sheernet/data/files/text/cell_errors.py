"""Errors of spreadsheet programs in text files, such as #DIV/0!, which are missing values."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from sheernet.data.files.text.text_encoding import Text
from sheernet.foundation.caller_warnings import warn
from sheernet.foundation.words import listed, plural_of
from sheernet.settings.read_settings import ERRORS

if TYPE_CHECKING:
    import pandas as pd

_MOST_SHOWN = 4
_STARTS = {b"#": re.compile(b"#"), b":": re.compile(b"Err:")}
"""Beginnings of errors, by a character of each; a search for these is ten times as fast as one for the errors."""

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
    counts, first = dict[str, int](), ""
    for name, column in cells_of(names).items() if names else ():
        is_error = column.str.strip().isin(ERRORS)
        if is_error.any():
            counts[str(name)] = int(is_error.sum())
            first = first or str(column[is_error].iloc[0]).strip()
    if counts:
        where = [f"{name!r} ({n})" for name, n in counts.items()]
        warn(
            f"{text.name} has errors of a spreadsheet program, such as {first}, in {plural_of(len(where), 'column')} "
            f"{listed(where, most=_MOST_SHOWN)}; they are read as missing values"
        )


def _may_have_errors(text: Text) -> bool:
    """Whether the bytes of a file contain an error."""
    if not any(text.may_contain(start, character) for character, start in _STARTS.items()):
        return False
    words = {word.encode(text.encoding, "ignore") for word in ERRORS}
    return text.may_contain(re.compile(b"|".join(map(re.escape, sorted(words)))))
