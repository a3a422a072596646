"""The warnings with which a table is read are notices of the model, each issued once."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import openpyxl
import pytest

import sheernet as sn

SHEETS = "book.xlsx has 2 sheets: Sheet and Other; only 'Sheet' is read"


@pytest.fixture
def book(tmp_path: Path) -> Path:
    made = openpyxl.Workbook()
    sheet: Any = made.active
    for row in (["a", "b"], *([i * 7 % 11 + 0.5, i * i % 5 + 0.5] for i in range(20))):
        sheet.append(row)
    made.create_sheet("Other")
    made.save(tmp_path / "book.xlsx")
    return tmp_path / "book.xlsx"


def fitted(source: Any, target: Any = "b") -> sn.Model:
    return sn.fit(source, target, hidden=0, decay=0.1, starts=1, held_out=0.0)


def test_a_file_is_read_with_a_warning_that_is_a_notice(book: Path) -> None:
    with pytest.warns(sn.SheernetWarning) as told:
        model = fitted(book)
    assert [str(each.message).startswith(SHEETS) for each in told].count(True) == 1
    assert model.notices[0].startswith(SHEETS)
    assert SHEETS in " ".join(str(model.report()).split())


def test_a_table_keeps_the_warnings_for_its_fits(book: Path) -> None:
    with pytest.warns(sn.SheernetWarning, match=SHEETS):
        table = sn.read_table(book)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", sn.SheernetWarning)
        warnings.filterwarnings("error", SHEETS)
        models = [fitted(table), fitted(table, [float(i % 3) for i in range(20)])]
        again = sn.read_table(table)
    assert again.notices == table.notices
    for model in models:
        assert model.notices[0] == table.notices[0]


def test_the_warnings_are_issued_if_the_file_is_refused(book: Path) -> None:
    with (
        pytest.warns(sn.SheernetWarning, match=SHEETS),
        pytest.raises(sn.InvalidInput, match="no column 'c'"),
    ):
        fitted(book, "c")
