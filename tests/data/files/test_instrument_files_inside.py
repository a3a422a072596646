"""As test_instrument_files.py, by names that are not published."""

from __future__ import annotations

import pytest

from sheernet.data.files.headings import find_heading
from sheernet.settings.read_settings import ReadSettings


@pytest.mark.parametrize("first", ["1 %,1 %", "1 %,1.5", "x,1 %", "x,1.5", "1.5,1 %", "x,y"])
def test_a_first_row_may_be_shorter_than_the_columns_of_values(first: str) -> None:
    rows = [first.split(","), *[["a b", "2", "3"]] * 4]
    assert find_heading(rows, ReadSettings()).n_rows <= 1
