"""Dates and text in one column of a sheet, as strftime writes the dates."""

from __future__ import annotations

import datetime
import re
import warnings
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

import sheernet as sn

DAYS = [datetime.datetime(2025, 1, 3) + datetime.timedelta(days=11 * i) for i in range(20)]


def read(folder: Path, cells: list[Any], **how: Any) -> tuple[sn.Table, list[str]]:
    """Read a workbook with a column of cells, and return its warnings."""
    book = openpyxl.Workbook()
    sheet: Any = book.active
    sheet.append(["day", "y"])
    for i, cell in enumerate(cells):
        sheet.append([cell, i])
    book.save(folder / "d.xlsx")
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        table = sn.read_table(folder / "d.xlsx", **how)
    return table, [str(one.message) for one in said]


def test_hours_from_24_on_are_named(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet: Any = book.active
    for i, cell in enumerate(["t", 0.25, 1.5, 0.75, 2.25]):
        sheet.append([cell, i])
        sheet.cell(i + 1, 1).number_format = "hh:mm"
    book.save(tmp_path / "d.xlsx")
    with pytest.warns(
        sn.SheernetWarning, match=r"2 cells of dates, .* in data row 2 \(sheet row 3\); .* \[h\]:mm"
    ):
        sn.read_table(tmp_path / "d.xlsx")


@pytest.mark.parametrize(
    ("form", "called"),
    [
        ("%d.%m.%Y", "dates with the day first"),
        (" %d.%m.%y ", "dates with the day first, years from 1969 to 2068"),
        ("%Y-%m-%d", "dates with the year first"),
        ("%m/%d/%Y", "dates with the month first"),
        ("%d %b %Y", "dates with the day first"),
        ("%d/%m/%Y 14:30", "dates with the day first"),
    ],
)
@pytest.mark.parametrize("step", [2, 5])
def test_text_dates_are_read_beside_dates(
    tmp_path: Path, form: str, called: str, step: int
) -> None:
    cells: list[Any] = [day.strftime(form) if i % step else day for i, day in enumerate(DAYS)]
    table, said = read(tmp_path, [*cells, None])
    assert table.kind("day") == "date"
    time = pd.Timedelta("14:30:00" if "14:30" in form else "0h")
    expected = [pd.Timestamp(day) + time * min(i % step, 1) for i, day in enumerate(DAYS)]
    assert table.frame["day"].dropna().tolist() == expected
    n = sum(isinstance(cell, str) for cell in cells)
    example = DAYS[1].strftime(form).strip()
    assert len(said) == 1
    assert said[0] == (
        f"column 'day' of d.xlsx has {n} dates written as text, such as {example!r}, beside {20 - n} cells of dates; "
        f"the text is read as {called}"
    )


def test_an_assumed_order_is_told(tmp_path: Path) -> None:
    table, said = read(tmp_path, [DAYS[0], "03.04.2025", "05.06.2025"])
    assert table.frame["day"].dt.month.tolist() == [1, 4, 6]
    assert len(said) == 1
    assert said[0].endswith(
        "read as dates with the day first; if the month is first, give dates='month-first'"
    )


@pytest.mark.parametrize("order", ["day-first", "month-first"])
def test_the_option_decides(tmp_path: Path, order: str) -> None:
    table, _ = read(tmp_path, [DAYS[0], "03/04/2025", "05/06/2025"], dates=order)
    first = pd.Timestamp(2025, *((4, 3) if order == "day-first" else (3, 4)))
    assert table.frame["day"].iloc[1] == first


@pytest.mark.parametrize(
    ("texts", "why"),
    [
        (["03/04/2025", "05/06/2025"], ": the day or the month may be first .*dates='day-first'"),
        (["soon", "later"], ""),
        (["2025-03-04", "04.03.2025"], ""),
        (["01.03.2025", "31.02.2025"], ": .*'31.02.2025'"),
        (["14:30"], ""),
        (["2025-03-04 10:00+01:00"], ""),
    ],
)
def test_other_text_is_told_with_its_row(tmp_path: Path, texts: list[str], why: str) -> None:
    table, said = read(tmp_path, [DAYS[0], None, *texts, DAYS[1], " "])
    assert table.kind("day") != "date"
    assert len(said) == 1
    expected = f"column 'day' of d.xlsx has 2 cells of dates and {len(texts)} texts?, the first, "
    expected += f"'{re.escape(texts[0])}'"
    assert re.fullmatch(
        rf"{expected}, in data row 3 \(sheet row 4\){why}.*; correct or empty the text.*", said[0]
    )


def test_a_word_for_no_date_may_be_declared_missing(tmp_path: Path) -> None:
    _, said = read(tmp_path, [DAYS[0], "open", DAYS[1], "open", *DAYS])
    assert len(said) == 1
    assert re.search(r"declare it a missing value with .*missing_values=\['open'\]", said[0])


@pytest.mark.parametrize("text", ["11-50", "11 – 50", ">50", "< 1"])
def test_ranges_beside_more_dates_are_told_as_ranges(tmp_path: Path, text: str) -> None:
    _, said = read(tmp_path, [DAYS[0], text, DAYS[1], *DAYS])
    assert len(said) == 1
    assert "if a spreadsheet program has taken text such as 10-19 for dates" in said[0]


def test_text_that_a_program_took_for_dates_is_told(tmp_path: Path) -> None:
    cells = ["0-9", datetime.datetime(2026, 10, 19), "20-29", "30+", "20-29"]
    table, said = read(tmp_path, cells)
    assert table.kind("day") == "other"
    assert len(said) == 1
    assert re.search(
        r"1 cell of dates and 4 texts, the first, '0-9', in data row 1 \(sheet row 2\); .* "
        r"\(data row 2 \(sheet row 3\) has 2026-10-19\), "
        "format the column as text",
        said[0],
    )


def test_days_that_a_program_took_for_months_are_told(tmp_path: Path) -> None:
    """With the month first, 04/03/2025 becomes 3 April, and 25/03/2025 stays text."""
    cells: list[Any] = [
        day.strftime("%d/%m/%Y") if day.day > 12 else day.replace(day=day.month, month=day.day)
        for day in DAYS
    ]
    _, said = read(tmp_path, cells)
    assert len(said) == 1
    assert "has probably taken the days of the cells for months" in said[0]


def test_columns_of_one_kind_are_as_before(tmp_path: Path) -> None:
    table, said = read(tmp_path, [*DAYS, None])
    assert (table.kind("day"), said) == ("date", [])
