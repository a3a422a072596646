"""A workbook that begins with a cover sheet: each error names the sheet that was read, and the option for another."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import sheernet as sn

openpyxl = pytest.importorskip("openpyxl")
COVERS: list[list[list[Any]]] = [
    [["Info"], ["x"]],
    [["Trial 7"], ["by Anna"], ["2024"]],
    [["name", "value"], ["author", "Anna"]],
    [["Contents", "page"], ["Data", 2], ["Notes", 3]],
    [["n"], [1], [2], [3]],
]


@pytest.fixture(params=COVERS)
def book(request: Any, tmp_path: Path) -> Path:
    made = openpyxl.Workbook()
    made.active.title = "Cover"
    for row in request.param:
        made.active.append(row)
    data = made.create_sheet("Data")
    for row in (["a", "b"], *([i, i * i % 5] for i in range(8))):
        data.append(row)
    made.save(tmp_path / "book.xlsx")
    return tmp_path / "book.xlsx"


MESSAGE = "(?:'Cover'.*|or another )sheet"


@pytest.mark.filterwarnings("ignore:book.xlsx has 2 sheets")
def test_a_fit_says_which_sheet_was_read(book: Path) -> None:
    with pytest.raises(sn.InvalidInput, match=MESSAGE):
        sn.fit(book, "b")


@pytest.mark.filterwarnings("ignore:book.xlsx has 2 sheets")
def test_a_prediction_says_which_sheet_was_read(book: Path) -> None:
    table = {"a": range(8), "b": [i * i % 5 + 0.5 for i in range(8)]}
    model = sn.fit(table, "b", inputs=["a"], hidden=0, decay=0.1, starts=1, held_out=0.0)
    with pytest.raises(sn.InvalidInput, match=MESSAGE):
        model.predict(book)


@pytest.mark.filterwarnings("ignore:book.xlsx has 2 sheets")
@pytest.mark.parametrize("book", [[["name", "bb"], ["author", "Anna"]]], indirect=True)
def test_a_similar_name_in_the_cover_sheet_does_not_hide_the_others(book: Path) -> None:
    with pytest.raises(sn.InvalidInput, match=f"did you mean 'bb', {MESSAGE}"):
        sn.fit(book, "b")


def test_the_data_of_another_sheet_is_read(book: Path) -> None:
    assert sn.read_table(book, sheet="Data").columns == ("a", "b")
