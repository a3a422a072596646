"""Ranges of cells of a sheet, errors in cells with their places, and columns that are formatted as percent."""

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


def test_what_is_outside_of_the_range_is_not_told(tmp_path: Path) -> None:
    path = save(tmp_path / "x.xlsx", (2, 2, TABLE), (10, 2, [["=1+1", "#REF!"], [None, 1]]))
    book = openpyxl.load_workbook(path)
    book.active.merge_cells("F3:F5")
    book.active.merge_cells("B10:B12")
    book.save(path)
    assert len(sn.read_table(path, cells="$b$2:$d$8")) == 6  # a warning would be an error


@pytest.mark.parametrize("cells", ["B3", "3:9", "B0:C2", "B3-C4", "", 5, "AAAA1:B2", "b2:c"])
def test_other_ranges_are_refused(tmp_path: Path, cells: Any) -> None:
    message = (
        f"cells must be a range of cells such as B3:H200 or B:H, or 'all', but {cells!r} was given"
    )
    with pytest.raises(sn.InvalidInput, match=re.escape(message)):
        sn.read_table(save(tmp_path / "x.xlsx", (1, 1, TABLE)), cells=cells)


def test_a_range_without_cells_is_refused(tmp_path: Path) -> None:
    path = save(tmp_path / "x.xlsx", (1, 1, TABLE))
    with pytest.raises(sn.InvalidInput, match="is empty"):
        sn.read_table(path, cells="M20:P30")
    (tmp_path / "x.csv").write_text("a,b\n1,2\n")
    with pytest.raises(
        sn.InvalidInput, match=r"cells='A1:B2' does not apply to x\.csv, a text file"
    ):
        sn.read_table(tmp_path / "x.csv", cells="A1:B2")


def test_the_range_belongs_to_the_model(tmp_path: Path) -> None:
    path = save(tmp_path / "x.xlsx", (3, 2, TABLE), (12, 2, [["note"]]))
    table = sn.read_table(path, cells="B3:D9")
    model = sn.fit(table, "y", hidden=0, decay=0.1, starts=1, held_out=0)
    model.save(tmp_path / "model.json")
    model = sn.load(tmp_path / "model.json")
    assert model.reading.cells == "B3:D9"
    with pytest.warns(
        sn.SheernetWarning,
        match="like that of the model, cells B3:D9; 1 row below is left out; give cells='all'",
    ):
        assert len(sn.read_table(path, like=model.reading)) == 6
    without_titles = save(tmp_path / "z.xlsx", (1, 2, TABLE), (12, 2, [["note"]]))
    told = "B3:D9; 2 rows above and 1 row below are left out; give cells='all'"
    with (
        pytest.warns(sn.SheernetWarning, match="has no names of columns"),
        pytest.warns(sn.SheernetWarning, match=told),
    ):
        sn.read_table(without_titles, like=model.reading)
    titled = save(tmp_path / "t.xlsx", (1, 2, [["Title"]]), (3, 2, TABLE))
    assert len(sn.read_table(titled, like=model.reading)) == 6
    longer = save(tmp_path / "y.xlsx", (3, 2, [*TABLE, [9, 9, 9], [10, 10, 10]]))
    assert len(sn.read_table(longer, like=model.reading, cells="all")) == 8
    assert len(sn.read_table(longer, like=model.reading, cells="B:D")) == 8
    assert sn.read_table(longer, cells="all").read_as.cells is None


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


def test_a_model_keeps_which_columns_are_percent(tmp_path: Path) -> None:
    path = save(tmp_path / "x.xlsx", (1, 1, TABLE))
    book = openpyxl.load_workbook(path)
    for row in book.active.iter_rows(min_row=2):
        row[0].number_format = "0%"
        if row[0].row > 3:
            row[1].number_format = "0.0%"
    book.save(path)
    with pytest.warns(sn.SheernetWarning, match="percent"):
        table = sn.read_table(path)
    model = sn.fit(table, "y", hidden=0, decay=0.1, starts=1, held_out=0)
    model.save(tmp_path / "model.json")
    assert sn.load(tmp_path / "model.json").reading.percent == ("a",)
