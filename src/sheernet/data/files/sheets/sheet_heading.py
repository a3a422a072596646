"""Finding the titles, names and units among the first rows of a sheet, by the rules for text files (headings.py)."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from sheernet.data.files.headings import Heading, find_heading
from sheernet.data.tables.column_names import listed_names
from sheernet.foundation.message_text import counted, cut_in_the_middle
from sheernet.settings.read_settings import ERRORS, ReadSettings

Cells = npt.NDArray[np.object_]
_MOST_TITLE_ROWS = 20
_EXAMINED = 200
"""Number of rows from which names and units are found."""


@dataclass(frozen=True)
class SheetHeading:
    """The rows above the data of a sheet, by their indices.

    Parameters
    ----------
    names : int or None
        The row of names; None if there is none.
    units : int or None
        The row of units.
    body : int
        The first row of data.
    notes : tuple of str
        Descriptions of these rows, for `Table.reading`.
    """

    names: int | None
    units: int | None
    body: int
    notes: tuple[str, ...] = ()


def find_sheet_heading(
    cells: Cells,
    where: str,
    origin: tuple[int, int],
    options: ReadSettings,
) -> SheetHeading:
    """Find names and units.

    Parameters
    ----------
    cells : ndarray of object, (rows, columns)
        The cells of the sheet.
    where : str
        Name of the sheet in messages.
    origin : tuple of int
        Row and column of the first cell in the sheet, from 0.
    options : ReadSettings
        The settings `header` and `units` of the reader decide.

    Raises
    ------
    InvalidInput
        If it cannot be determined which row holds the names.

    Warns
    -----
    SheernetWarning
        If the names or the units are a guess.
    """
    above = _n_titles(cells, options.header)
    rows = [[_text(cell) for cell in row] for row in cells[above : above + _EXAMINED]]
    first = origin[0] + 1 + above
    found = find_heading(rows, options, where, [f"row {first + i}" for i in range(len(rows))])
    units = [] if found.units is None else rows[found.units]
    names = None if found.names is None else above + found.names
    return SheetHeading(
        names,
        None if found.units is None else above + found.units,
        above + found.n_rows,
        _notes(cells[: above + (found.names or 0)], found, units),
    )


def named_heading(cells: Cells, where: str, options: ReadSettings) -> SheetHeading:
    """Return the heading of cells whose first row holds the names; a second one may hold units.

    The parameters are those of `find_sheet_heading`.
    """
    rows = [[_text(cell) for cell in row] for row in cells[:_EXAMINED]]
    places = [f"column {j + 1}" for j in range(len(rows))]
    found = find_heading(rows, replace(options, header="yes"), where, places)
    units = [] if found.units is None else rows[found.units]
    return SheetHeading(0, found.units, found.n_rows, _notes(cells[:0], found, units))


def _n_titles(cells: Cells, header: str) -> int:
    """Return the number of rows above the first one with several cells; 0 for a table of one column."""
    several = (i for i, row in enumerate(cells[:_MOST_TITLE_ROWS]) if _n_filled(row) > 1)
    return next(several, 0) if header == "auto" else 0


def _n_filled(row: npt.NDArray[Any]) -> int:
    return sum(cell is not None for cell in row)


def _text(cell: Any) -> str:
    """Return a cell as it would be in a text file; "" if it is missing."""
    if cell is None or (isinstance(cell, str) and cell in ERRORS):
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return f"{cell:.0f}"
    return cell.isoformat(" ") if isinstance(cell, datetime.datetime) else str(cell)


def _notes(titles: Cells, found: Heading, units: list[str]) -> tuple[str, ...]:
    """Describe the rows above the data."""
    notes = []
    texts = [str(cell) for row in titles for cell in row if cell is not None]
    if texts:
        n_filled = sum(any(cell is not None for cell in row) for row in titles)
        notes.append(
            f"without {counted(n_filled, 'row')} above the header, {cut_in_the_middle(texts[0], 40)!r}"
        )
    if found.names is None:
        notes.append("no names of columns")
    if units:
        notes.append(f"a row of units ({listed_names(units, 6)})")
    return tuple(notes)
