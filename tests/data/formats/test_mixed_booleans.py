"""Text beside Boolean cells of a sheet."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import openpyxl
import pytest

import sheernet as sn


def read(folder: Path, cells: list[Any], **how: Any) -> tuple[sn.Table, list[str]]:
    """Read a workbook with a column of cells, and return its warnings."""
    book = openpyxl.Workbook()
    sheet: Any = book.active
    sheet.append(["b", "y"])
    for i, cell in enumerate(cells):
        sheet.append([cell, i])
    book.save(folder / "b.xlsx")
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        table = sn.read_table(folder / "b.xlsx", **how)
    return table, [str(one.message) for one in said]


@pytest.mark.parametrize(
    ("true", "false"),
    [("WAHR", "FALSCH"), (" wahr", "Falsch"), ("VRAI", "FAUX"), ("TRUE", "false")],
)
def test_words_are_read_beside_boolean_cells(tmp_path: Path, true: str, false: str) -> None:
    table, said = read(tmp_path, [True, False, None, true, True, false, " "])
    assert table.kind("b") == "boolean"
    cells = table.frame["b"].tolist()
    assert cells[:2] + cells[3:6] == [True, False, True, True, False]
    assert table.frame["b"].isna().tolist() == [False, False, True, False, False, False, True]
    (message,) = said
    assert message == (
        f"column 'b' of b.xlsx has 2 Boolean values written as text, such as {true!r} in data row 4 (sheet row 5), "
        "beside 3 Boolean cells; the text is read as true and false"
    )


def test_another_text_is_named(tmp_path: Path) -> None:
    table, said = read(tmp_path, [True, False, "WAHR", "k.A."])
    assert table.kind("b") == "category"
    (message,) = said
    assert message == (
        "column 'b' of b.xlsx has 2 Boolean cells and 2 texts, of which 'k.A.' in data row 4 (sheet row 5) is neither "
        "true nor false, and is read as labels; correct this text, or declare it a missing value with "
        "sn.read_table(table, missing_values=['k.A.'])"
    )
    table, _ = read(tmp_path, [True, False, "WAHR", "k.A."], missing_values="k.A.")
    assert table.kind("b") == "boolean"


def test_columns_of_one_kind_are_as_before(tmp_path: Path) -> None:
    for cells in ([True, False, None], [True, " ", False], ["WAHR", "FALSCH", None]):
        assert read(tmp_path, cells)[1] == []


def test_a_model_reads_other_files_in_the_same_way(tmp_path: Path) -> None:
    table, _ = read(tmp_path, [True, False, "WAHR", False] * 6)
    model = sn.fit(table, "y", hidden=1, starts=1, max_iter=3, decay=0.1)
    new, _ = read(tmp_path, ["FALSCH", True], like=model.reading)
    assert new.frame["b"].tolist() == [False, True]
    assert len(model.predict(new)) == 2
