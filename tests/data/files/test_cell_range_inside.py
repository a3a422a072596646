"""As test_cell_range.py, by names that are not published."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.utils import get_column_letter

import sheernet as sn
from data.files.test_cell_range import TABLE, save
from sheernet.data.files.sheets.cell_range import cell_name, column_number

openpyxl = pytest.importorskip("openpyxl")


@settings(max_examples=50)
@given(row=st.integers(0, 2**20 - 1), column=st.integers(0, 2**14 - 1))
def test_cells_are_called_as_in_openpyxl(row: int, column: int) -> None:
    letters = get_column_letter(column + 1)
    assert cell_name(row, column) == f"{letters}{row + 1}"
    assert column_number(letters) == column


@settings(max_examples=10, deadline=None)
@given(top=st.integers(1, 5), left=st.integers(1, 5), swap=st.booleans(), whole=st.booleans())
def test_a_table_among_others_is_read_as_if_it_were_alone(
    tmp_path_factory: Any, top: int, left: int, swap: bool, whole: bool
) -> None:
    folder = tmp_path_factory.mktemp("range")
    others = [(top + 9, left, [["note", "n"], [1, 2]]), (1, left + 5, [["p", "q"], [1, 2], [3, 4]])]
    path = save(folder / "x.xlsx", (top, left, TABLE), *(others[1:] if whole else others))
    first, last = cell_name(top - 1, left - 1), cell_name(top + 5, left + 1)
    if whole:  # columns
        first, last = first.rstrip("0123456789"), last.rstrip("0123456789")
    cells = f"{last}:{first}" if swap and not whole else f"{first}:{last}"
    table = sn.read_table(path, cells=cells)
    alone = sn.read_table(save(folder / "alone.xlsx", (1, 1, TABLE)))
    assert table.frame.equals(alone.frame)
    assert f", cells {cells}" in table.reading
