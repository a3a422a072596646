"""The names of cells of a sheet."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.utils import get_column_letter

from sheernet.data.files.sheets.cell_names import cell_name, column_number


@settings(max_examples=50)
@given(row=st.integers(0, 2**20 - 1), column=st.integers(0, 2**14 - 1))
def test_cells_are_called_as_in_openpyxl(row: int, column: int) -> None:
    letters = get_column_letter(column + 1)
    assert cell_name(row, column) == f"{letters}{row + 1}"
    assert column_number(letters) == column
