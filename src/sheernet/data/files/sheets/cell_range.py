"""`CellRange`: a rectangle of cells of a sheet, such as B3:H200 or B:H, and the names of cells."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

from sheernet.data.files.sheets.sheet import MOST_ROWS, Sheet

_ENDS = re.compile(r"([A-Z]+)(\d*):([A-Z]+)(\d*)")


@dataclass(frozen=True)
class CellRange:
    """A rectangle of cells; rows and columns count from 0, and `bottom` and `right` are included.

    Examples
    --------
    >>> from sheernet.data.files.sheets.cell_range import CellRange
    >>> CellRange.of("B3:H200")
    CellRange(top=2, left=1, bottom=199, right=7)
    >>> CellRange.of("B:H").bottom
    1048575
    """

    top: int
    left: int
    bottom: int
    right: int

    @classmethod
    def of(cls, text: str) -> Self:
        """Return the range that a text names; `ReadSettings` has checked the text."""
        found = _ENDS.fullmatch(text)
        assert found is not None
        columns = sorted(column_number(found[i]) for i in (1, 3))
        rows = sorted(int(found[i]) - 1 for i in (2, 4) if found[i]) or [0, MOST_ROWS - 1]
        return cls(rows[0], columns[0], rows[-1], columns[1])

    def of_sheet(self, sheet: Sheet) -> Sheet:
        """Return the sheet with only the cells of the range, which keep their rows and columns."""
        rows = [self._of_row(row) for row in sheet.rows[: self.bottom + 1]]
        rows[: self.top] = [()] * min(self.top, len(rows))
        found = sheet.oddities
        oddities = replace(
            found,
            merged=[each for each in found.merged if self._meets(each)],
            without_results=[each for each in found.without_results if self._meets(each * 2)],
        )
        return replace(sheet, rows=rows, oddities=oddities)

    def filled_below(self, sheet: Sheet) -> int:
        """Return the number of rows of a sheet below the range that have values in the columns of the range."""
        below = sheet.rows[self.bottom + 1 :]
        return sum(
            any(cell is not None for cell in row[self.left : self.right + 1]) for row in below
        )

    def full_above(self, sheet: Sheet) -> int:
        """Return the number of rows above the range in which half of its columns have values, unlike in titles."""
        n_columns = min(self.right + 1, max(map(len, sheet.rows), default=0)) - self.left
        above = (row[self.left : self.right + 1] for row in sheet.rows[: self.top])
        return sum(2 * sum(cell is not None for cell in row) >= n_columns > 0 for row in above)

    def _of_row(self, row: Sequence[Any]) -> tuple[Any, ...]:
        return (None,) * min(self.left, len(row)) + tuple(row[self.left : self.right + 1])

    def _meets(self, ends: Sequence[int]) -> bool:
        """Whether a rectangle (first row, first column, last row, last column) has cells of the range."""
        top, left, bottom, right = ends
        is_in_rows = top <= self.bottom and bottom >= self.top
        return is_in_rows and left <= self.right and right >= self.left


def column_number(letters: str) -> int:
    """Return the number of a column from its letters: A is 0, AA is 26."""
    number = 0
    for letter in letters:
        number = 26 * number + ord(letter) - 64
    return number - 1


def cell_name(row: int, column: int) -> str:
    """Return the name of a cell, given the numbers of its row and column, which count from 0.

    Examples
    --------
    >>> from sheernet.data.files.sheets.cell_range import cell_name
    >>> cell_name(6, 2), cell_name(0, 26)
    ('C7', 'AA1')
    """
    letters, rest = "", column + 1
    while rest:
        rest, digit = divmod(rest - 1, 26)
        letters = chr(65 + digit) + letters
    return f"{letters}{row + 1}"
