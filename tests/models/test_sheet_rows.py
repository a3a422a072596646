"""Messages about a row of a workbook name it as a spreadsheet program does, also below titles and empty rows."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

import sheernet as sn

pytestmark = pytest.mark.filterwarnings("ignore::sheernet.SheernetWarning")
FIRST = 5
"""Row of the sheet with the first row of the table: below two titles, an empty row and the names."""
EMPTY = 9
"""The row of the sheet that is empty."""
ROWS = [[f"site {'ab'[i % 2]}", i * 7 % 11 + 0.5, i * i % 5 + 0.25] for i in range(20)]


def place(row: int) -> str:
    """The words for a row of `ROWS`, counted from 0."""
    shown = FIRST + row + (FIRST + row >= EMPTY)
    return rf"data row {row + 1} \(sheet row {shown}\)"


def write(path: Path, changes: dict[tuple[int, int], Any]) -> Path:
    """Write `ROWS` with other values in some cells (row, column)."""
    book = openpyxl.Workbook()
    sheet: Any = book.active
    for row in (["Plant 7"], ["March 2026"], [], ["site", "x", "y"]):
        sheet.append(row)
    for i, cells in enumerate(ROWS):
        if FIRST + i == EMPTY:
            sheet.append([])
        sheet.append([changes.get((i, j), cell) for j, cell in enumerate(cells)])
    book.save(path)
    return path


def fitted(path: Path, **given: Any) -> sn.Model:
    return sn.fit(path, "y", hidden=0, decay=0.1, starts=1, held_out=0.0, missing="refuse", **given)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({(2, 1): None}, rf"1 value, in {place(2)}\)"),
        ({(12, 1): None, (14, 1): None}, rf"2 values, the first in {place(12)}\)"),
        ({(12, 1): "broken"}, rf"holds numbers, but {place(12)} has 'broken'"),
        ({(12, 2): "broken"}, rf"holds numbers, but {place(12)} has 'broken'"),
    ],
)
def test_a_fit_names_the_row(tmp_path: Path, changes: Any, words: str) -> None:
    with pytest.raises(sn.InvalidInput, match=words):
        fitted(write(tmp_path / "a.xlsx", changes))


def test_weights_name_the_row(tmp_path: Path) -> None:
    path = write(tmp_path / "a.xlsx", {(8, 1): -1})
    with pytest.raises(sn.InvalidInput, match=rf"at least 0, but {place(8)} has -1"):
        fitted(path, weights="x")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({(8, 1): "broken"}, rf"must hold numbers, but {place(8)} has 'broken'"),
        ({(8, 1): datetime.datetime(2026, 3, 1)}, rf"must hold numbers, but {place(8)} has"),
    ],
)
def test_a_prediction_names_the_row(tmp_path: Path, changes: Any, words: str) -> None:
    model = fitted(write(tmp_path / "a.xlsx", {}))
    with pytest.raises(sn.InvalidInput, match=words):
        model.predict(write(tmp_path / "b.xlsx", changes))


def test_rows_without_prediction_are_named(tmp_path: Path) -> None:
    model = fitted(write(tmp_path / "a.xlsx", {}))
    path = write(tmp_path / "b.xlsx", {(3, 1): None, (8, 1): None, (15, 0): "site c"})
    with pytest.warns(sn.SheernetWarning) as told:
        model.predict(path)
    said = " ".join(str(each.message) for each in told)
    assert "(data rows 4 and 9 (sheet rows 8 and 14); missing in 'x')" in said
    assert "(data row 16 (sheet row 21))" in said
