"""Widths of columns: at least what a spreadsheet program shows, as `TEXT` of Excel writes it."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pytest

from sheernet.data.files.column_widths import column_widths, shown_length
from sheernet.data.files.table_writer import write_table

DAY = datetime.datetime(2026, 9, 24)


@pytest.mark.parametrize(
    ("value", "code", "shown"),
    [
        (1234567.891, '#,##0.00 "€"', "1,234,567.89 €"),
        (-1234.5, "#,##0.00\\ [$€-407]", "-1,234.50 €"),
        (0.1234, "0.00%", "12.34%"),
        (12.0, "0", "12"),
        (1234.5, "$#,##0.0", "$1,234.5"),
        (123456.0, "0.00E+00", "1.23E+05"),
        (DAY, "dd.mm.yyyy", "24.09.2026"),
        (DAY, "dddd, d. mmmm yyyy", "Donnerstag, 24. September 2026"),
        (DAY, None, "2026-09-24 00:00:00"),
        (datetime.time(14, 30), None, "14:30:00"),
        (0.1234567890123, None, "0.123456789"),
        (17, None, "17"),
        ("two\nlines below", None, "lines below"),
        (True, None, "TRUE"),
    ],
)
def test_a_cell_is_at_least_as_long_as_it_is_shown(value: Any, code: Any, shown: str) -> None:
    assert len(shown) <= shown_length(value, code) <= len(shown) + 24 * ("mmmm" in (code or ""))


def test_a_column_is_as_wide_as_its_longest_cell_or_name() -> None:
    rows = [["name", "a long name", "text"], [None, 1, "x" * 99], ["two", 2.5, None]]
    assert column_widths(rows, {}) == [8, 13, 50]
    assert column_widths(rows[:1], {}) == [8, 13, 8]


def test_a_workbook_has_these_widths_and_keeps_the_names_in_view(tmp_path: Path) -> None:
    frame = pd.DataFrame({"when": [DAY, DAY], "revenue": [1234567.891, 5.0]})
    codes = np.array(['#,##0.00 "€"', None], dtype=object)
    path = write_table(frame, tmp_path / "out.xlsx", number_formats={"revenue": codes})
    sheet = openpyxl.load_workbook(path).active
    assert sheet.freeze_panes == "A2"
    assert [sheet.column_dimensions[letter].width for letter in "AB"] == [21, 16]
