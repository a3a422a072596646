"""OpenDocument spreadsheets: written by hand as LibreOffice writes them."""

from __future__ import annotations

import datetime
import warnings
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import sheernet as sn

pytest.importorskip("python_calamine")

NAMESPACES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for name in ("office", "table", "text", "style")
)


def cell(value: Any, more: str = "") -> str:
    kind, name = {
        str: ("string", "string-value"),
        bool: ("boolean", "boolean-value"),
        datetime.date: ("date", "date-value"),
        datetime.timedelta: ("time", "time-value"),
    }.get(type(value), ("float", "value"))
    if value is None:
        return f"<table:table-cell {more}/>"
    shown = str(value).lower() if isinstance(value, bool) else value
    if isinstance(value, datetime.timedelta):
        minutes = abs(value) // datetime.timedelta(minutes=1)
        sign = "-" if value < datetime.timedelta() else ""
        shown = f"{sign}PT{minutes // 60:02d}H{minutes % 60:02d}M00S"  # as LibreOffice writes it
    return (
        f'<table:table-cell office:value-type="{kind}" office:{name}="{shown}" {more}>'
        f"<text:p>{shown}</text:p></table:table-cell>"
    )


def row(*cells: str, more: str = "") -> str:
    return f"<table:table-row {more}>{''.join(cells)}</table:table-row>"


def content(*sheets: str) -> str:
    styles = (
        '<office:automatic-styles><style:style style:name="h" style:family="table">'
        '<style:table-properties table:display="false"/></style:style></office:automatic-styles>'
    )
    body = "".join(sheets)
    return (
        f"<office:document-content {NAMESPACES}>{styles}<office:body><office:spreadsheet>{body}"
        "</office:spreadsheet></office:body></office:document-content>"
    )


def sheet(*rows: str, name: str = "Data", more: str = "", columns: str = "") -> str:
    return f'<table:table table:name="{name}" {more}>{columns}{"".join(rows)}</table:table>'


@pytest.fixture
def write(tmp_path: Path) -> Any:
    def write(xml: str | bytes, manifest: str = "") -> Path:
        path = tmp_path / "data.ods"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
            book.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
            book.writestr("content.xml", xml)
            book.writestr("META-INF/manifest.xml", f"<manifest>{manifest}</manifest>")
        return path

    return write


HEADER = row(cell("x"), cell("c"), cell("b"), cell("d"))
DAY = datetime.date(2020, 2, 29)
TABLE = (
    HEADER,
    row(cell(1.5), cell("a"), cell(True), cell(DAY)),
    row(cell(None), cell("b"), cell(False), cell(None)),
    row(cell(2.5), cell(None), cell(True), cell(DAY)),
)
END = row(
    cell(None, 'table:number-columns-repeated="16384"'), more='table:number-rows-repeated="1048570"'
)


def test_columns_of_every_kind(write: Any) -> None:
    table = sn.read_table(write(content(sheet(*TABLE, END))))
    kinds = [table.kind(name) for name in table.columns]
    assert kinds == ["number", "category", "boolean", "date"]
    assert table.frame["x"].isna().tolist() == [False, True, False]
    assert table.frame["d"].tolist()[0] == pd.Timestamp(DAY)
    assert table.reading == "OpenDocument spreadsheet, sheet 'Data'"


def test_the_first_visible_sheet_is_read(write: Any) -> None:
    hidden = sheet(row(cell("z")), row(cell(1)), name="Old", more='table:style-name="h"')
    path = write(content(hidden, sheet(*TABLE)))
    table = sn.read_table(path)
    assert table.columns == ("x", "c", "b", "d")
    assert "sheet 'Data' (the first visible of 2)" in table.reading
    assert sn.read_table(path, sheet="Old").columns == ("z",)


def test_whole_numbers_are_whole(write: Any) -> None:
    xml = sheet(row(cell("year"), cell("x")), *(row(cell(y), cell(1.5)) for y in (1954.0, 1955.0)))
    frame = sn.read_table(write(content(xml))).frame
    assert frame["year"].dtype == np.int64
    assert frame["year"].tolist() == [1954, 1955]


@pytest.mark.parametrize("hours", [(26.5, 3.25, 120.0), (24.0, 25.75, 10000.5), (-1.5, 2.0, 30.25)])
def test_durations_of_a_day_or_more(write: Any, hours: tuple[float, ...]) -> None:
    cells = [cell(datetime.timedelta(hours=each)) for each in hours]
    xml = sheet(row(cell("t"), cell("y")), *(row(each, cell(1.5)) for each in cells))
    assert sn.read_table(write(content(xml))).frame["t"].tolist() == list(hours)


TIMES = (
    '<number:time-style style:name="N1" number:truncate-on-overflow="false"/>'
    '<number:time-style style:name="N2"/>'
    '<style:style style:name="long" style:family="table-cell" style:data-style-name="N1"/>'
    '<style:style style:name="child" style:family="table-cell" style:parent-style-name="long"/>'
    '<style:style style:name="clock" style:family="table-cell" style:data-style-name="N2"/>'
    "</office:automatic-styles>"
)


@pytest.mark.parametrize("style", ["long", "child", "clock"])
@pytest.mark.parametrize("place", ["cell", "row", "column"])
def test_durations_below_a_day_have_a_format_of_durations(
    write: Any, style: str, place: str
) -> None:
    name = f'table:default-cell-style-name="{style}"'
    own, of_row, of_column = {
        "cell": (f'table:style-name="{style}"', "", ""),
        "row": ("", name, ""),
        "column": ("", "", f"<table:table-column/><table:table-column {name}/>"),
    }[place]
    rows = [
        row(cell(1.5), cell(datetime.timedelta(hours=hours), own), more=of_row)
        for hours in (3.25, 7.5)
    ]
    xml = content(sheet(row(cell("y"), cell("t")), *rows, columns=of_column))
    namespace = 'xmlns:number="urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0"'
    xml = xml.replace("<office:document-content", f"<office:document-content {namespace}")
    table = sn.read_table(write(xml.replace("</office:automatic-styles>", TIMES)))
    if style == "clock":
        assert table.kind("t") == "time"
    else:
        assert table.frame["t"].tolist() == [3.25, 7.5]


def test_cells_formatted_as_percent(write: Any) -> None:
    share = cell(0.25).replace('"float"', '"percentage"')
    xml = sheet(row(cell("t"), cell("share")), *(row(cell(n + 0.5), share) for n in range(3)))
    assert sn.read_table(write(content(xml))).frame["share"].tolist() == [0.25] * 3


def test_merged_rows_of_a_column_are_filled(write: Any) -> None:
    first = row(cell("a", 'table:number-rows-spanned="2"'), cell(1.5))
    second = row(cell(None).replace("table:table-cell", "table:covered-table-cell"), cell(2.5))
    with pytest.warns(sn.SheernetWarning, match="1 range of merged cells in column 'g'"):
        table = sn.read_table(write(content(sheet(row(cell("g"), cell("x")), first, second))))
    assert table.frame["g"].tolist() == ["a", "a"]


@pytest.mark.parametrize(
    ("xml", "said"),
    [
        (
            sheet(*TABLE, row(cell(None, 'table:formula="of:=[.A2]*2"'), cell("a"))),
            "formulas without stored results in column 'x'",
        ),
        (sheet(*TABLE, row(cell(1.0, 'table:number-columns-spanned="2"'))), "1 range of merged"),
        (sheet(*TABLE, row(cell(1.0), cell("Total"))), "is called 'Total'"),
    ],
)
def test_what_a_sheet_does_not_show_is_said(write: Any, xml: str, said: str) -> None:
    with pytest.warns(sn.SheernetWarning, match=said):
        sn.read_table(write(content(xml)))


def test_the_result_of_a_formula_may_be_an_empty_text(write: Any) -> None:
    """As LibreOffice stores it."""
    formula = '<table:table-cell table:formula="of:=IF([.B2]=0;&quot;&quot;;1)"><text:p/></table:table-cell>'
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        table = sn.read_table(write(content(sheet(*TABLE, row(formula, cell("a"))))))
    assert np.isnan(table.frame["x"].iloc[-1])


def test_with_a_password(write: Any) -> None:
    path = write(b"\x00secret", "<manifest:encryption-data/>")
    with pytest.raises(sn.InvalidInput, match=r"data\.ods is protected by a password; remove"):
        sn.read_table(path)


def test_options_of_text_files(write: Any) -> None:
    with pytest.raises(sn.InvalidInput, match=r"does not apply to .* an OpenDocument spreadsheet"):
        sn.read_table(write(content(sheet(*TABLE))), separator=";")


COLUMNS = 'table:number-columns-repeated="{}"'
REPEATED = 'table:number-rows-repeated="{}"'


GAP = row(more=REPEATED.format(10**6))
FAR = cell(None, COLUMNS.format(16000)) + cell(1.0)


def text_cell(text: str) -> str:
    return (
        f'<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>'
    )


@pytest.mark.parametrize(
    "xml",
    [
        sheet(*TABLE, row(cell(1.0), more=REPEATED.format(10**6)), row(cell(1.0, COLUMNS.format(9999)))),
        sheet(*TABLE, row(cell(1.0), more=REPEATED.format(2 * 10**9))),
        sheet(*TABLE, row(cell(1.0, 'table:number-columns-repeated="2000000000"'))),
        sheet(*TABLE, row(cell(None), more=REPEATED.format(3 * 10**7)), row(cell(1.0))),
        sheet(*TABLE, row(cell(1.0, 'table:number-columns-repeated="16000"'), more=REPEATED.format(10**6))),
        sheet(*TABLE) + sheet(row(cell(1.0), more=REPEATED.format(2**31)), name="Other"),
        sheet(*TABLE, "<table:table-row>" * 1000 + "</table:table-row>" * 1000),
        sheet(*TABLE, row(cell("a" * 10**8))),
        sheet(row(*map(text_cell, "abcd"), more=REPEATED.format(10**6)), *TABLE),
        sheet(*TABLE, row(text_cell("a" * 10**4), more=REPEATED.format(10**5))),
        sheet(*TABLE, row(cell("a" * 10**4), more=REPEATED.format(10**5))),
        sheet(*TABLE, GAP, row("<table:table-cell>" + sheet(row(cell(1.0))) + "</table:table-cell>"), row(FAR)),
        sheet(*TABLE, GAP, row(FAR.replace("office:value-type", "type"))),
        sheet(*TABLE, row(cell(1.0), more=REPEATED.format(-1))),
    ],
    ids=["rectangle", "rows", "columns", "gap", "both", "other sheet", "deep", "text", "texts", "long texts",
         "long values", "nested", "no type", "negative"],
)  # fmt: skip
def test_tiny_files_of_huge_sheets(write: Any, read_bounded: Any, xml: str) -> None:
    assert read_bounded(write(content(xml))).startswith("refused: ")


def test_mutants(write: Any, mutants: Any, damage: Any) -> None:
    mutants(write(content(sheet(*TABLE))), 50, spare=4)
    rng = np.random.default_rng(0)
    for _ in range(150):
        path = write(damage(content(sheet(*TABLE)).encode(), rng))
        try:
            with warnings.catch_warnings(action="ignore", category=sn.SheernetWarning):
                sn.read_table(path)
        except sn.InvalidInput as error:
            assert "\n" not in str(error)  # noqa: PT017
