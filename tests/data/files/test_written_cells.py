"""Cells that are kept in output: their text, also where it is no value, and the formats of numbers."""

from __future__ import annotations

import csv
import datetime
import io
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import sheernet as sn
from sheernet.data.files import csv_text, write_table
from sheernet.data.sources import read_with_cells

openpyxl = pytest.importorskip("openpyxl")
DAY = datetime.datetime(2026, 3, 1)
CELLS: dict[str, list[Any]] = {
    "share": [0.381, 0.5, 0.25, 0.125],
    "lead": [0.2, "< 0.05", "n/a", "-"],
    "price": ["1,499", "2,500", None, "1,234,567"],
    "day": [DAY, DAY + datetime.timedelta(1), "not yet", DAY + datetime.timedelta(45)],
    "count": [3, -999, 4, 5],
    "quotient": [1.5, "#DIV/0!", 2.5, 3.5],
    "site": [" north", "NA", "south ", "north"],
    "run": [datetime.timedelta(hours=27, minutes=5), datetime.timedelta(hours=1), None, datetime.timedelta(hours=30)],
}  # fmt: skip
MARKERS = ["< 0.05", "-", -999, "not yet"]
pytestmark = pytest.mark.filterwarnings("ignore::sheernet.SheernetWarning")


def write_workbook(path: Path, above: int = 0, left: int = 0, blank: int | None = None) -> None:
    """Write `CELLS` below rows of titles and right of empty columns, with a blank row."""
    book = openpyxl.Workbook()
    sheet = book.active
    for i in range(above):
        sheet.cell(i + 1, left + 1, "Report" if i == 0 else None)
    for j, (name, cells) in enumerate(CELLS.items(), start=left + 1):
        sheet.cell(above + 1, j, name)
        for i, value in enumerate(cells):
            row = above + 2 + i + (blank is not None and i >= blank)
            sheet.cell(row, j, value)
    book.save(path)


def written(path: Path) -> dict[str, list[Any]]:
    """The cells of a workbook, by column."""
    columns = openpyxl.load_workbook(path).active.iter_cols()
    return {column[0].value: [cell.value for cell in column[1:]] for column in columns}


@pytest.mark.parametrize("place", [{}, {"above": 2}, {"left": 2}, {"blank": 1}])
def test_a_workbook_keeps_its_cells(tmp_path: Path, place: Any) -> None:
    write_workbook(tmp_path / "new.xlsx", **place)
    table, cells = read_with_cells(tmp_path / "new.xlsx", missing_values=MARKERS)
    assert table.frame["lead"].isna().tolist() == [False, True, True, True]
    write_table(cells.for_workbook(table), tmp_path / "out.xlsx")
    found = written(tmp_path / "out.xlsx")
    assert found == CELLS


def test_csv_has_the_text_of_a_workbook(tmp_path: Path) -> None:
    write_workbook(tmp_path / "new.xlsx")
    table, cells = read_with_cells(tmp_path / "new.xlsx", missing_values=MARKERS)
    header, *rows = csv.reader(io.StringIO(csv_text(cells.for_csv(table))))
    found = dict(zip(header, map(list, zip(*rows, strict=True)), strict=True))
    assert found["lead"] == ["0.2", "< 0.05", "n/a", "-"]
    assert found["price"] == ["1,499", "2,500", "", "1,234,567"]
    assert found["day"] == ["2026-03-01", "2026-03-02", "not yet", "2026-04-15"]
    assert found["count"] == ["3", "-999", "4", "5"]
    assert found["quotient"] == ["1.5", "#DIV/0!", "2.5", "3.5"]
    assert found["site"] == [" north", "NA", "south ", "north"]


NUMBERS = {
    "a": [0.5, 1.25, 2.0],
    "b": ["-2,132", "2,7", "4"],
    "c": ["1,5", "n/a", 3.5],
    "d": ["x,y", "z", "z"],
}


@pytest.mark.parametrize("kind", ["xlsx", "parquet", "csv"])
def test_numbers_are_written_with_the_decimal_mark_of_the_output(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"new.{kind}"
    if kind == "xlsx":
        pd.DataFrame(NUMBERS).to_excel(path, index=False)
    elif kind == "parquet":
        pytest.importorskip("pyarrow")
        frame = pd.DataFrame(NUMBERS | {"c": ["1,5", "n/a", "3,5"]})
        frame.to_parquet(path)
    else:
        path.write_text("a;b;c;d\n0,5;-2,132;1,5;x,y\n1,25;2,7;n/a;z\n2;4;3,5;z\n")
    table, cells = read_with_cells(path, missing_values=["n/a"])
    rows = csv.reader(io.StringIO(csv_text(cells.for_csv(table))))
    found = list(rows)[1:]
    assert [row[:3] for row in found] == [
        [found[0][0], "-2.132", "1.5"], ["1.25", "2.7", "n/a"], [found[2][0], "4.0", "3.5"],
    ]  # fmt: skip
    assert [row[3] for row in found] == NUMBERS["d"]
    with_commas = csv_text(cells.for_csv(table, ","), decimal=",")
    assert [row[1:3] for row in csv.reader(io.StringIO(with_commas), delimiter=";")][1:] == [
        ["-2,132", "1,5"], ["2,7", "n/a"], ["4", "3,5"],
    ]  # fmt: skip


UNITS = "share;cost;mass;n\n18,3%;$1.234,50;-250,5 g;1\n17%;$2;n/a;2\n;$3;7,0 g;3\n"


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_numbers_keep_their_units(tmp_path: Path, suffix: str) -> None:
    path, output = tmp_path / "new.csv", tmp_path / f"out.{suffix}"
    path.write_text(UNITS)
    table, cells = read_with_cells(path, missing_values=["n/a"])
    kept = cells.for_csv(table) if suffix == "csv" else cells.for_workbook(table)
    again = sn.read_table(write_table(kept, output), missing_values=["n/a"])
    assert again.formats["mass"] == table.formats["mass"]
    pd.testing.assert_frame_equal(again.frame, table.frame, check_dtype=False)


@pytest.mark.parametrize("decimal", [".", ","])
def test_text_files_keep_what_is_no_value(tmp_path: Path, decimal: Any) -> None:
    path = tmp_path / "new.csv"
    path.write_text("lead,n,site\n0.25,1,NA\n< 0.05,n/a,\n0.50,-,b\n")
    table, cells = read_with_cells(path, missing_values=["< 0.05", "-"])
    frame = cells.for_csv(table, decimal)
    assert frame["lead"].astype(str).tolist()[1:2] == ["< 0.05"]
    assert frame["n"].astype(str).tolist() == ["1", "n/a", "-"]
    kept = cells.for_workbook(table)
    assert kept["lead"].tolist() == [0.25, "< 0.05", 0.5]
    assert kept["n"].tolist() == [1.0, "n/a", "-"]
    assert kept["site"].tolist()[::2] == ["NA", "b"]
    assert pd.isna(kept["site"][1])


def test_other_files_keep_what_is_no_value(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    frame = pd.DataFrame({"lead": ["0.25", "< 0.05", "0.5"], "n": [1, -999, 3]})
    frame.to_parquet(tmp_path / "new.parquet")
    table, cells = read_with_cells(tmp_path / "new.parquet", missing_values=["< 0.05", -999])
    assert table.frame["n"].isna().tolist() == [False, True, False]
    kept = cells.for_csv(table)
    assert csv_text(kept) == "lead,n\n0.25,1\n< 0.05,-999\n0.5,3\n"
