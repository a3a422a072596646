"""Text beside dates or Boolean values in one column of a sheet."""

from __future__ import annotations

import datetime
import warnings
from pathlib import Path
from typing import Any

import openpyxl
import pytest

import sheernet as sn

DAYS = [datetime.datetime(2025, 1, 3) + datetime.timedelta(days=11 * i) for i in range(20)]


def read(folder: Path, cells: list[Any], **how: Any) -> tuple[sn.Table, str]:
    """Read a workbook with a column of cells; return the table, and its warnings in one text."""
    book = openpyxl.Workbook()
    sheet: Any = book.active
    sheet.append(["c", "y"])
    for i, cell in enumerate(cells):
        sheet.append([cell, i])
    book.save(folder / "d.xlsx")
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        table = sn.read_table(folder / "d.xlsx", **how)
    assert len(said) <= 1
    return table, str(said[0].message) if said else ""


@pytest.mark.parametrize("form", ["%d.%m.%Y", " %d.%m.%y ", "%Y-%m-%d", "%m/%d/%Y", "%d %b %Y"])
@pytest.mark.parametrize("step", [2, 5])
def test_text_dates_are_read_beside_dates(tmp_path: Path, form: str, step: int) -> None:
    cells: list[Any] = [day.strftime(form) if i % step else day for i, day in enumerate(DAYS)]
    table, said = read(tmp_path, [*cells, None])
    assert table.kind("c") == "date"
    assert table.frame["c"].dropna().tolist() == DAYS
    n = sum(isinstance(cell, str) for cell in cells)
    assert f"{n} texts beside {20 - n} cells of dates" in said


@pytest.mark.parametrize("order", ["day-first", "month-first"])
def test_the_option_decides_the_order(tmp_path: Path, order: str) -> None:
    cells = [DAYS[0], "03/04/2025", "05/06/2025"]
    table, said = read(tmp_path, cells)
    assert table.kind("c") == "other"
    assert f"dates='{order}'" in said
    table, _ = read(tmp_path, cells, dates=order)
    assert table.frame["c"].dt.month.tolist() == [1, *((4, 6) if order == "day-first" else (3, 5))]


@pytest.mark.parametrize(
    "texts",
    [["soon", "later"], ["2025-03-04", "04.03.2025"], ["31.02.2025"], ["14:30"], ["2025-03-04 10:00+01:00"]],
)  # fmt: skip
def test_other_text_is_told_with_its_row(tmp_path: Path, texts: list[str]) -> None:
    cells = [DAYS[0], None, *texts, DAYS[1], " "]
    table, said = read(tmp_path, cells)
    assert table.kind("c") == "other"
    assert f"{texts[0]!r}, in data row 3 (sheet row 4)" in said
    assert f"missing_values=[{texts[0]!r}]" in said
    table, _ = read(tmp_path, cells, missing_values=texts)
    assert table.kind("c") == "date"


def test_days_that_a_program_took_for_months_are_told(tmp_path: Path) -> None:
    """With the month first, 04/03/2025 becomes 3 April, and 25/03/2025 stays text."""
    cells: list[Any] = [
        day.strftime("%d/%m/%Y") if day.day > 12 else day.replace(day=day.month, month=day.day)
        for day in DAYS
    ]
    assert "probably taken the days of the cells for months" in read(tmp_path, cells)[1]


@pytest.mark.parametrize(
    ("true", "false"), [("WAHR", "FALSCH"), (" vrai", "Faux"), ("TRUE", "false")]
)
def test_words_are_read_beside_boolean_cells(tmp_path: Path, true: str, false: str) -> None:
    table, said = read(tmp_path, [True, False, None, true, True, false, " "])
    assert table.kind("c") == "boolean"
    assert table.frame["c"].dropna().tolist() == [True, False, True, True, False]
    assert "2 texts beside 3 Boolean cells" in said


def test_another_text_beside_boolean_cells_is_told(tmp_path: Path) -> None:
    cells = [True, False, "WAHR", "k.A."]
    table, said = read(tmp_path, cells)
    assert table.kind("c") == "category"
    assert "missing_values=" in said
    assert read(tmp_path, cells, missing_values="k.A.")[0].kind("c") == "boolean"


def test_columns_of_one_kind_are_not_told(tmp_path: Path) -> None:
    for cells in ([True, False, None], [True, " ", False], ["WAHR", "FALSCH"], [*DAYS, None]):
        assert read(tmp_path, cells)[1] == ""


def test_a_model_reads_other_files_in_the_same_way(tmp_path: Path) -> None:
    table, _ = read(tmp_path, [True, False, "WAHR", False] * 6)
    model = sn.fit(table, "y", hidden=1, starts=1, max_iter=3, decay=0.1)
    new, _ = read(tmp_path, ["FALSCH", True], like=model.reading)
    assert new.frame["c"].tolist() == [False, True]
    assert len(model.predict(new)) == 2
