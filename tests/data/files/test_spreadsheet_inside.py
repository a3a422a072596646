"""As test_spreadsheet.py, by names that are not published."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import pytest

import sheernet as sn
from sheernet.data.files import opening
from sheernet.data.files.sheets import sheet as sheets

openpyxl = pytest.importorskip("openpyxl")


@pytest.fixture
def sheet(tmp_path: Path) -> Any:
    """Write a workbook of sheets that are lists of rows."""

    def write(
        *rows: list[Any], title: str = "Data", name: str = "data.xlsx", **others: Any
    ) -> Path:
        book = openpyxl.Workbook()
        book.active.title = title
        for row in rows:
            book.active.append(row)
        for other, more in others.items():
            added = book.create_sheet(other)
            for row in more:
                added.append(row)
        book.save(tmp_path / name)
        return tmp_path / name

    return write


class TestRefuses:
    def test_a_cell_far_from_the_table(self, sheet: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        path = sheet(["x"], [1])
        book = openpyxl.load_workbook(path)
        book.active["ZZ2000"] = 1
        book.save(path)
        monkeypatch.setattr(sheets, "FEW_CELLS", 2**20)
        with pytest.raises(
            sn.InvalidInput, match=r"has more than 1,048,576 cells, most .*; delete"
        ):
            sn.read_table(path)

    def test_a_bomb(self, sheet: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        path = sheet(["x"], *[[0]] * 20_000)
        monkeypatch.setattr(opening, "MOST_UNPACKED", 2**19)
        with pytest.raises(sn.InvalidInput, match=r"data\.xlsx unpacks to more than"):
            sn.read_table(path)


@pytest.fixture
def edited(sheet: Any) -> Any:
    """Write a workbook and change it by openpyxl."""

    def write(edit: Any, *rows: list[Any], **others: Any) -> Path:
        path: Path = sheet(*rows, **others)
        book = openpyxl.load_workbook(path)
        edit(book)
        book.save(path)
        return path

    return write


class TestSheets:
    @pytest.mark.parametrize(
        ("hidden", "active", "first"),
        [((0, 1), 2, 2), ((0, 2), 1, 1), ((0, 1, 2), 3, 3), ((0, 3), 2, 1), ((1, 2), 3, 0)],
    )
    def test_hidden_ones_are_passed_over_wherever_they_are(
        self, edited: Any, hidden: tuple[int, ...], active: int, first: int
    ) -> None:
        def hide(book: Any) -> None:
            for position in hidden:
                book.worksheets[position].sheet_state = "hidden"
            book.active = active

        sheets = {name: [[name], [1]] for name in ("Two", "Three", "Four")}
        path = edited(hide, ["Data"], [1], **sheets)
        with warnings.catch_warnings(action="ignore", category=sn.SheernetWarning):
            assert sn.read_table(path).columns == (("Data", *sheets)[first],)
