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
    """Leave out the rows below an empty row if all of them are totals or notes.

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
        If a row below a total or note looks like a row of a table.

    Warns
    -----
    SheernetWarning
        If rows are left out.
    """
    filled = (body != None).sum(axis=1)  # noqa: E711  (elementwise)
    with_cells = np.concatenate([[-1], np.flatnonzero(filled)])
    above = _Above(body)
    for k in np.flatnonzero(np.diff(with_cells) > 1):
        end, after = max(int(with_cells[k]) + 1, _FEWEST_ROWS), int(with_cells[k + 1])
        if end >= after:
            continue
        if (filled[above.n_rows : end] == 1).any():
            break
        above.extend(end)
        if not _is_apart(body[after], above):
            continue
        below = with_cells[k + 1 :].tolist()
        others = [i for i in below if not _is_apart(body[i], above)]
        first, last = first_row + below[0], first_row + below[-1]
        text = next(cell for cell in body[below[0]] if isinstance(cell, str))
        if others:
            raise InvalidInput(
                f"{where} has {text[:40]!r} in row {first}, below an empty row, which looks like a total or a note, "
                f"but row {first_row + others[0]} below it looks like a row of a table; delete the rows that are not "
                "part of the table, and the empty rows in it, or move other tables to other sheets"
            )
        rows = f"row {first}" if first == last else f"rows {first} to {last}"
        warn(
            f"{rows} of {where}, below an empty row, {'is' if first == last else 'are'} left out as totals or notes "
            f"({text[:40]!r}); if they are rows of the table, delete the empty row above them"
        )
        return body[:end], (f"without {counted(len(below), 'row')} below the table, {text[:40]!r}",)
    return body, ()


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


class _Above:
    """The texts of the first rows of a sheet.

    Parameters
    ----------
    cells : ndarray of object, (rows, columns)
        All rows.
    """

    def __init__(self, cells: Cells) -> None:
        self._cells = cells
        self.n_rows = 0
        self.texts: set[str] = set()
        self.columns: set[int] = set()

    def extend(self, n_rows: int) -> None:
        """Add the texts of further rows, so that those of the first `n_rows` rows are known."""
        for row in self._cells[self.n_rows : n_rows]:
            found = {j: cell for j, cell in enumerate(row) if isinstance(cell, str)}
            self.texts.update(found.values())
            self.columns.update(found)
        self.n_rows = n_rows


def _is_apart(row: npt.NDArray[Any], above: _Above) -> bool:
    """Whether a row, unlike the rows of the table, is a total (by its word) or a note (a text, or "Key:" and texts)."""
    columns = [j for j, cell in enumerate(row) if cell is not None]
    j = next((j for j in columns if isinstance(row[j], str)), None)
    if j is None:
        return False
    if is_total(row[j]):
        return row[j] not in above.texts
    is_key = row[j].rstrip().endswith(":") and all(isinstance(row[k], str) for k in columns)
    return (len(columns) == 1 or is_key) and len(row) > (2 if j in above.columns else 1)
