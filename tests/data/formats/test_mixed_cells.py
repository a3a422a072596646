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


@pytest.mark.parametrize(
    "texts",
    [["soon", "later"], ["2025-03-04"], ["04/03/2025"], ["14:30"]],
)  # fmt: skip
def test_other_text_is_told_with_its_row(tmp_path: Path, texts: list[str]) -> None:
    cells = [DAYS[0], None, *texts, DAYS[1], " "]
    table, said = read(tmp_path, cells)
    assert table.kind("c") == "other"
    assert f"{texts[0]!r}, in data row 3 (sheet row 4)" in said
    assert f"missing_values=[{texts[0]!r}]" in said
    table, _ = read(tmp_path, cells, missing_values=texts)
    assert table.kind("c") == "date"


def test_another_text_beside_boolean_cells_is_told(tmp_path: Path) -> None:
    cells = [True, False, "k.A."]
    table, said = read(tmp_path, cells)
    assert table.kind("c") == "category"
    assert "missing_values=" in said
    assert read(tmp_path, cells, missing_values="k.A.")[0].kind("c") == "boolean"


def test_columns_of_one_kind_are_not_told(tmp_path: Path) -> None:
    for cells in ([True, False, None], [True, " ", False], ["WAHR", "FALSCH"], [*DAYS, None]):
        assert read(tmp_path, cells)[1] == ""
