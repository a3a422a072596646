"""Leaving out empty rows of a sheet, and totals and notes that are below an empty row under its table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from sheernet.data.files.cell_warnings import is_total
from sheernet.foundation.caller_warnings import warn
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.message_text import counted, listed, plural_of

Cells = npt.NDArray[np.object_]
_FEWEST_ROWS = 2
"""Minimum number of rows of a table above the empty row."""


def without_rows_below(body: Cells, first_row: int, where: str) -> tuple[Cells, tuple[str, ...]]:
    """Leave out the rows below an empty row if all of them are totals or notes, and no row above it is one.

    A total or note begins with text: the word for a total, or at most half of its cells are filled.

    Parameters
    ----------
    body : ndarray of object, (rows, columns)
        The rows below the names; empty cells are None.
    first_row : int
        Number of the first of them in the sheet, from 1.
    where : str
        Name of the sheet in messages.

    Returns
    -------
    ndarray of object, (rows, columns)
        The rows of the table.
    tuple of str
        Description of the rows that are left out, for `Table.reading`.

    Raises
    ------
    InvalidInput
        If rows of the table are below a total or note.

    Warns
    -----
    SheernetWarning
        If rows are left out.
    """
    filled = [[cell for cell in row if cell is not None] for row in body]
    apart = [bool(cells) and _is_apart(cells, body.shape[1]) for cells in filled]
    starts = [i for i in range(_FEWEST_ROWS, len(body)) if apart[i] and not filled[i - 1]]
    if not starts or any(apart[: starts[0]]):
        return body, ()
    end = starts[0]
    below = [i for i in range(end, len(body)) if filled[i]]
    if others := [i for i in below if not apart[i]]:
        raise InvalidInput(
            f"{where} has {filled[end][0][:40]!r} in row {first_row + end}, below an empty row, which looks like a "
            f"total or a note, but row {first_row + others[0]} looks like a row of the table; delete the rows that are "
            "not part of the table, and the empty rows in it"
        )
    text = str(filled[below[0]][0])[:40]
    rows = [first_row + i for i in below]
    warn(
        f"{plural_of(len(rows), 'row', 'rows')} {listed(rows, most=4)} of {where}, below an empty row, "
        f"{plural_of(len(rows), 'is', 'are')} left out as totals or notes ({text!r}); if they are rows of the table, "
        "delete the empty row above them"
    )
    n_rows = 1 + max((i for i in range(end) if filled[i]), default=end - 1)
    return body[:n_rows], (f"without {counted(len(below), 'row')} below the table, {text!r}",)


def are_filled(
    body: Cells, is_written: Sequence[bool], first_row: int, where: str
) -> npt.NDArray[np.bool_]:
    """Whether each row has a cell with a value, a word such as NA or a formula; other rows are skipped.

    Parameters
    ----------
    body : ndarray of object, (rows, columns)
        The rows of the table; empty cells and texts such as NA are None.
    is_written : sequence of bool
        Whether each of these rows has a text such as NA or a formula.
    first_row : int
        Number of the first of them in the sheet, from 1.
    where : str
        Name of the sheet in messages.

    Warns
    -----
    SheernetWarning
        If rows are empty.
    """
    found = np.array(is_written) | (body != None).any(axis=1)  # noqa: E711  (elementwise)
    empty = np.flatnonzero(~found)
    if len(empty):
        warn(
            f"{where} has {counted(len(empty), 'empty row')} between its rows "
            f"({listed((empty + first_row).tolist(), most=4)}), which "
            f"{plural_of(len(empty), 'is', 'are')} skipped"
        )
    return found


def _is_apart(cells: Sequence[Any], width: int) -> bool:
    """Whether the filled cells of a row begin with the word for a total, or are a note or a key and texts."""
    if not isinstance(cells[0], str):
        return False
    is_key = cells[0].endswith(":") and all(isinstance(cell, str) for cell in cells)
    return is_total(cells[0]) or 2 * len(cells) <= width or is_key
