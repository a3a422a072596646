"""Errors in cells of a sheet, with their places."""

from __future__ import annotations

import re
from pathlib import Path
from string import ascii_uppercase
from typing import Any

import pytest

import sheernet as sn

openpyxl = pytest.importorskip("openpyxl")

A = [3.5, 1.25, 4.5, 1.5, 5.75, 9.5]
TABLE = [["a", "b", "y"], *([a, a * a + i, 7 * a - i * i] for i, a in enumerate(A))]


def save(path: Path, *tables: tuple[int, int, list[list[Any]]]) -> Path:
    """Write tables with their first cells at rows and columns from 1."""
    book = openpyxl.Workbook()
    for top, left, rows in tables:
        for i, row in enumerate(rows):
            for j, value in enumerate(row):
                book.active.cell(top + i, left + j, value)
    book.save(path)
    return path


@pytest.mark.parametrize(
    ("top", "left", "place"), [(1, 1, ("B4", "A7")), (3, 2, ("C6", "B9")), (5, 27, ("AB8", "AA11"))]
)
def test_refusals_name_errors_and_their_cells(
    tmp_path: Path, top: int, left: int, place: tuple[str, str]
) -> None:
    rows = [list(row) for row in TABLE]
    rows[3][1], rows[6][0] = "#DIV/0!", "#REF!"
    path = save(tmp_path / "x.xlsx", (top, left, rows))
    with pytest.warns(sn.SheernetWarning, match=f"#REF! in {place[1]} and #DIV/0! in {place[0]};"):
        table = sn.read_table(path)
    message = (
        f"'a' (1 value, in data row 6 (sheet row {place[1].strip(ascii_uppercase)}); #REF! in {place[1]}) and "
        f"'b' (1 value, in data row 3 (sheet row {place[0].strip(ascii_uppercase)}); #DIV/0! in {place[0]})"
    )
    with pytest.raises(sn.InvalidInput, match=re.escape(message)):
        sn.fit(table, "y", missing="refuse")
