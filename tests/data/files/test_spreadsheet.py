"""Excel workbooks: written by pandas and openpyxl, and edited by hand."""

from __future__ import annotations

import datetime
import warnings
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sheernet as sn

openpyxl = pytest.importorskip("openpyxl")

FRAME = pd.DataFrame(
    {
        "hours": [1.5, 2.0, None],
        "n": [1, 2, 3],
        "group": ["a", "b c", None],
        "passed": [True, False, True],
        "day": pd.to_datetime(["2020-01-01", "2020-06-15", None]),
    }
)


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


ROWS = st.tuples(
    st.floats(-1e300, 1e300),
    st.integers(-(2**50), 2**50),
    st.text("xyzöß;,. ").map(lambda text: text + "x"),
    st.booleans(),
)


@settings(max_examples=25)
@given(st.lists(ROWS, min_size=1, max_size=5))
def test_any_frame_that_pandas_writes(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[Any, ...]]
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.xlsx"
    frame = pd.DataFrame(rows, columns=["f", "i", "t", "b"])
    frame.to_excel(path, index=False)
    table = sn.read_table(path)
    kinds = [table.kind(name) for name in table.columns]
    assert kinds == ["number", "number", "category", "boolean"]
    for name in "itb":
        assert table.frame[name].tolist() == frame[name].tolist()
    # A workbook holds sixteen digits: openpyxl writes no more.
    assert table.frame["f"].tolist() == pytest.approx(frame["f"].tolist(), rel=1e-15, abs=0)


class TestReading:
    @pytest.mark.parametrize("index", [False, True])
    def test_columns_of_every_kind(self, tmp_path: Path, index: bool) -> None:
        path = tmp_path / "data.xlsx"
        FRAME.to_excel(path, index=index)
        table = sn.read_table(path)
        assert table.columns == (*["row"] * index, *FRAME.columns)
        kinds = [table.kind(name) for name in FRAME.columns]
        assert kinds == ["number", "number", "category", "boolean", "date"]
        for name in FRAME:
            assert table.frame[name].isna().tolist() == FRAME[name].isna().tolist()
            assert table.frame[name].dropna().tolist() == FRAME[name].dropna().tolist()
        note = "; its first column, which has no name, is called 'row'" if index else ""
        assert table.reading == f"Excel workbook, sheet 'Sheet1'{note}"

    def test_samples_in_columns(self, sheet: Any) -> None:
        path = sheet(["hours", 1.5, 2], ["group", "a", "b"])
        table = sn.read_table(path, samples="columns")
        assert table.frame.to_dict("list") == {"hours": [1.5, 2.0], "group": ["a", "b"]}
        assert table.reading == "Excel workbook, sheet 'Data', samples in columns"

    def test_sheets_by_name_and_number(self, sheet: Any) -> None:
        path = sheet(["x"], [1], Two=[["y"], [2]], **{"3": [["z"], [3]]})
        with pytest.warns(sn.SheernetWarning, match="sheets: Data, Two and 3; only 'Data' is read"):
            table = sn.read_table(path)
        assert table.columns == ("x",)
        assert table.reading == "Excel workbook, sheet 'Data' (the first of 3)"
        for chosen, name in ((1, "x"), ("Two", "y"), (2, "y"), ("2", "y"), ("3", "z"), (3, "z")):
            assert sn.read_table(path, sheet=chosen).columns == (name,)
        assert sn.read_table(path, sheet="Two").reading == "Excel workbook, sheet 'Two'"

    def test_a_name_in_the_first_column_asks_for_samples_in_columns(self, sheet: Any) -> None:
        path = sheet(["id", "a", "b", "c"], ["temp", 1, 2, 3], ["load", 4, 5, 7])
        with pytest.raises(
            sn.InvalidInput, match=r"'load' is in the first of them: .* give samples='columns'$"
        ):
            sn.read_table(path).column("load")
        assert sn.read_table(path, samples="columns").column("load").tolist() == [4, 5, 7]
        with pytest.raises(sn.InvalidInput, match=r"name one of these$"):
            sn.read_table(path).column("speed")

    def test_errors_and_marks_are_missing(self, sheet: Any) -> None:
        path = sheet(["x", "c"], ["#DIV/0!", "NA"], ["#N/A", "x"], [1.5, ""])
        with pytest.warns(sn.SheernetWarning, match="has errors of a spreadsheet program"):
            table = sn.read_table(path)
        assert table.frame.isna().to_numpy().tolist() == [
            [True, True],
            [True, False],
            [False, True],
        ]
        assert table.kind("x") == "number"

    def test_marks_of_ones_own(self, sheet: Any) -> None:
        path = sheet(["x", "c"], ["?", "?"], [-999, "a"], [2, "b"])
        table = sn.read_table(path, missing_values=["?", -999])
        assert table.kind("x") == "number"
        assert table.frame["x"].dropna().tolist() == [2.0]

    def test_names_that_are_numbers_dates_or_missing(self, sheet: Any) -> None:
        path = sheet([2019.0, 2020, None, datetime.date(2020, 1, 1)], [1, 2, 3, 4])
        table = sn.read_table(path, header="yes")
        assert table.columns == ("2019", "2020", "column 3", "2020-01-01")
        moments = [datetime.time(7), datetime.time(7, 30, 15), datetime.datetime(2020, 1, 1, 7)]
        path = sheet(["x", *moments], [1, 2, 3, 4])
        table = sn.read_table(path, header="yes")
        assert table.columns == ("x", "07:00", "07:30:15", "2020-01-01 07:00:00")

    def test_empty_rows_and_columns_at_the_end_are_removed(self, sheet: Any) -> None:
        path = sheet(["x", "y", None], [1, 2, ""], [3, None], [None, None, None])
        table = sn.read_table(path)
        assert table.columns == ("x", "y")
        assert table.frame["x"].tolist() == [1, 3]

    @pytest.mark.parametrize("last", [["NA", "NULL"], [None, "NaN"], ["None"]])
    def test_a_last_row_of_missing_values_is_a_row(self, sheet: Any, last: list[Any]) -> None:
        """As in a text file: a row must not be lost, because a prediction is made for each."""
        frame = sn.read_table(sheet(["x", "y"], [1, 2], [3, 4], last, [], [" "])).frame
        assert frame["x"].tolist()[:2] == [1, 3]
        assert frame.isna().to_numpy().tolist() == [[False] * 2] * 2 + [[True] * 2]

    def test_a_sheet_of_missing_values_is_empty(self, sheet: Any) -> None:
        with pytest.raises(sn.InvalidInput, match="is empty"):
            sn.read_table(sheet(["NA"], [None, "NaN"]))


class TestRefuses:
    @pytest.mark.parametrize(
        ("rows", "message"),
        [
            ([], "sheet 'Data' of data.xlsx is empty; a table needs a header"),
            ([["", "NA"]], "is empty"),
            (
                [["Results", None], [1, None], [2, None], [None, 3]],
                "has 1 of 2 cells filled in its",
            ),
            (
                [["Lab", 7, None, None], ["x", "y", "z", "t"], [1, 2, 3, 4]],
                "cannot be determined which row",
            ),
            (
                [["x", None, None, None, "y"], [1, 2, 3, 4, 5]],
                "has 2 of 5 cells filled .*split merged",
            ),
            ([["x", "y"]], "data.xlsx has no rows below its header"),
            ([["x", "x"], [1, 2]], "has more than one column named 'x'"),
        ],
    )
    def test_other_content_is_refused(
        self, sheet: Any, rows: list[list[Any]], message: str
    ) -> None:
        with pytest.raises(sn.InvalidInput, match=message):
            sn.read_table(sheet(*rows))

    @pytest.mark.parametrize("named", ["Data", "data", 1])
    def test_the_only_sheet_is_read_as_that_of_the_model_s_workbook(
        self, sheet: Any, named: Any
    ) -> None:
        like = sn.read_table(sheet(["x"], [1]), sheet=named).read_as
        other = sheet(["x"], [2], title="Sheet1")
        if named == 1:
            assert sn.read_table(other, like=like).frame["x"].tolist() == [2]
            return
        with pytest.warns(
            sn.SheernetWarning,
            match=f"has no sheet {named!r}, which the model was fitted to; its only sheet, 'Sheet1', is read$",
        ):
            assert sn.read_table(other, like=like).frame["x"].tolist() == [2]
        with pytest.raises(sn.InvalidInput, match="has no sheet 'Data': its only sheet is Sheet1"):
            sn.read_table(other, sheet="Data", like=like)

    def test_of_several_sheets_none_is_guessed_for_a_model(self, sheet: Any) -> None:
        like = sn.read_table(sheet(["x"], [1]), sheet="Data").read_as
        other = sheet(["x"], [2], title="A", B=[["x"], [3]])
        with pytest.raises(
            sn.InvalidInput,
            match=r"has no sheet 'Data', which the model was fitted to: its sheets are A and B; give .* with sheet$",
        ):
            sn.read_table(other, like=like)
        assert sn.read_table(other, sheet="B", like=like).frame["x"].tolist() == [3]
        found = sheet(["x"], [2], title="A", DATA=[["x"], [3]])
        assert sn.read_table(found, like=like).frame["x"].tolist() == [3]

    def test_the_first_of_several_sheets_is_told_if_the_model_names_none(self, sheet: Any) -> None:
        like = sn.read_table(sheet(["x"], [1])).read_as
        other = sheet(["x"], [2], title="A", Data=[["x"], [3]])
        with pytest.warns(
            sn.SheernetWarning,
            match="has 2 sheets: A and Data; only 'A' is read; give sheet to",
        ):
            assert sn.read_table(other, like=like).frame["x"].tolist() == [2]
        assert sn.read_table(other, sheet=2, like=like).frame["x"].tolist() == [3]

    def test_a_warning_that_is_an_error_is_not_taken_for_damage(self, sheet: Any) -> None:
        like = sn.read_table(sheet(["x"], [1])).read_as
        with pytest.raises(sn.SheernetWarning, match="has 2 sheets: A and B"):
            sn.read_table(sheet(["x"], [2], title="A", B=[["x"], [3]]), like=like)

    @pytest.mark.parametrize("given", ["Dta", "9", 0, -1, "²"])
    def test_an_unknown_sheet(self, sheet: Any, given: Any) -> None:
        with pytest.raises(
            sn.InvalidInput,
            match=f"data.xlsx has no sheet {str(given)!r}: its sheets are Data and Two; give one of "
            "these names, or a number from 1, with sheet$",
        ):
            sn.read_table(sheet(["x"], [1], Two=[["y"], [2]]), sheet=given)

    @pytest.mark.parametrize("options", [{"separator": ";"}, {"encoding": "utf-8"}])
    def test_options_of_text_files(self, sheet: Any, options: Any) -> None:
        with pytest.raises(
            sn.InvalidInput, match=r"does not apply to data\.xlsx, an Excel workbook"
        ):
            sn.read_table(sheet(["x"], [1]), **options)

    def test_damage_anywhere(self, sheet: Any, file: Any) -> None:
        whole = sheet(["x", "c"], *[[i, "a"] for i in range(100)]).read_bytes()
        for length in range(4, len(whole), len(whole) // 25):
            with pytest.raises(sn.InvalidInput, match="is damaged or incomplete"):
                sn.read_table(file(whole[:length], "data.xlsx"))
        rng = np.random.default_rng(0)
        for _ in range(50):
            content = bytearray(whole)
            content[rng.integers(4, len(whole))] ^= 1 << rng.integers(8)
            try:
                sn.read_table(file(bytes(content), "data.xlsx"))
            except sn.InvalidInput as error:
                assert "\n" not in str(error)  # noqa: PT017

    def test_a_workbook_without_its_parts(self, tmp_path: Path) -> None:
        path = tmp_path / "data.xlsx"
        with zipfile.ZipFile(path, "w") as book:
            book.writestr("xl/workbook.xml", "<workbook/>")
        with pytest.raises(
            sn.InvalidInput, match="cannot be opened as an Excel workbook; copy it again"
        ):
            sn.read_table(path)

    def test_a_missing_openpyxl_with_its_install_line(
        self, sheet: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        import sys

        path = sheet(["x"], [1])
        monkeypatch.setitem(sys.modules, "openpyxl", None)
        with pytest.raises(
            sn.MissingDependency, match=r'need openpyxl.*pip install "sheernet\[excel\]"'
        ):
            sn.read_table(path)


def _merged(book: Any, *ranges: str) -> None:
    """Merge ranges of cells."""
    for cells in ranges:
        book.active.merge_cells(cells)


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


@pytest.fixture
def part(sheet: Any) -> Any:
    """Write a workbook with more XML in one of its parts, before its last tag."""

    def write(name: str, more: bytes, before: bytes) -> Path:
        path: Path = sheet(["x", "y"], [1, 2])
        with zipfile.ZipFile(path) as book:
            parts = {entry: book.read(entry) for entry in book.namelist()}
        assert before in parts[name]
        parts[name] = parts[name].replace(before, more + before)
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
            for entry, content in parts.items():
                book.writestr(entry, content)
        return path

    return write


class TestSheets:
    @pytest.mark.parametrize("state", ["hidden", "veryHidden"])
    def test_the_first_visible_one_is_read(self, edited: Any, state: str) -> None:
        def hide(book: Any) -> None:
            book.worksheets[0].sheet_state = state
            book.active = 1

        path = edited(hide, ["x"], [1], Two=[["y"], [2]])
        table = sn.read_table(path)
        assert table.columns == ("y",)
        assert table.reading == "Excel workbook, sheet 'Two' (the first visible of 2)"
        assert sn.read_table(path, sheet="Data").columns == ("x",)
        assert sn.read_table(path, sheet=1).columns == ("x",)
        with pytest.raises(sn.InvalidInput, match="another sheet with sheet: this is 'Two'"):
            table.column("z")

    def test_a_chart_sheet_is_passed_over(self, edited: Any) -> None:
        def add(book: Any) -> None:
            chart = openpyxl.chart.BarChart()
            chart.add_data(openpyxl.chart.Reference(book.active, min_col=1, min_row=1, max_row=2))
            book.create_chartsheet("Chart", 0).add_chart(chart)

        path = edited(add, ["x"], [1])
        assert sn.read_table(path).reading == "Excel workbook, sheet 'Data'"


class TestAroundTheTable:
    TABLE = (["x", "y"], [1, 2], [3, 4])

    @pytest.mark.parametrize(
        ("above", "note"),
        [
            ([["Results of 2024"]], "without 1 row above the header, 'Results of 2024'"),
            ([[], ["Results"], []], "without 1 row above the header, 'Results'"),
            ([[], []], ""),
            ([["A"], [None, "B"], [2024]], "without 3 rows above the header, 'A'"),
        ],
    )
    @pytest.mark.parametrize("left", [0, 2])
    def test_titles_and_empty_rows_and_columns(
        self, sheet: Any, above: Any, note: str, left: int
    ) -> None:
        rows = [[None] * left + row for row in (*above, *self.TABLE)]
        table = sn.read_table(sheet(*rows, [], [None] * 9))
        assert table.frame.to_dict("list") == {"x": [1, 3], "y": [2, 4]}
        assert (note in table.reading) if note else table.reading.endswith("'Data'")

    def test_a_merged_title(self, edited: Any) -> None:
        path = edited(lambda book: book.active.merge_cells("A1:B1"), ["Results"], *self.TABLE)
        assert sn.read_table(path).columns == ("x", "y")

    def test_merged_rows_of_a_column_are_filled(self, edited: Any) -> None:
        rows = ["g", "x"], ["a", 1], [None, 2], [None, 3], ["b", 4], [None, 5], [None, 6]

        expected = (
            "has 2 ranges of merged cells in column 'g'; the value of a range is read for all"
        )
        for above, ranges in (([], ("A2:A4", "A5:A6")), ([["Title"], []], ("A4:A6", "A7:A8"))):
            path = edited(lambda book, ranges=ranges: _merged(book, *ranges), *above, *rows)
            with pytest.warns(sn.SheernetWarning, match=expected):
                frame = sn.read_table(path).frame
            assert frame["g"].fillna("").tolist() == ["a", "a", "a", "b", "b", ""]

    def test_merged_cells_of_several_columns_are_not_filled(self, edited: Any) -> None:
        rows = ["x", "y"], [1, None], [None, None], [3, 4]
        path = edited(lambda book: _merged(book, "A2:B3"), *rows)
        with (
            pytest.warns(sn.SheernetWarning, match="has 1 range of merged cells below its header"),
            pytest.warns(sn.SheernetWarning, match="has 1 empty row"),
        ):
            assert sn.read_table(path).frame["x"].tolist() == [1, 3]

    def test_an_empty_range_of_merged_cells_stays_empty(self, edited: Any) -> None:
        rows = ["x", "y"], [1, 2], [None, 3], [None, 4]
        path = edited(lambda book: _merged(book, "A3:A4"), *rows)
        with pytest.warns(sn.SheernetWarning, match="merged cells in column 'x'"):
            assert sn.read_table(path).frame["x"].isna().tolist() == [False, True, True]

    @pytest.mark.parametrize("cover", [[["Report"], ["by", "M. K."]], [["Report"]], []])
    def test_an_error_about_a_cover_sheet_names_the_others(self, edited: Any, cover: Any) -> None:
        def add(book: Any) -> None:
            other = book.create_sheet("Runs")
            for row in self.TABLE:
                other.append(row)

        path = edited(add, *cover)
        with pytest.raises(
            sn.InvalidInput,
            match=r"^sheet 'Data' of .*; if the table is in another sheet, 'Runs', choose it with sheet$",
        ):
            sn.read_table(path)
        assert sn.read_table(path, sheet="Runs").columns == ("x", "y")
        with pytest.raises(sn.InvalidInput, match=r"needed$|values$"):
            sn.read_table(path, sheet="Data")

    @pytest.mark.parametrize("of", ["row_dimensions", "column_dimensions"])
    def test_hidden_rows_and_columns_are_read(self, edited: Any, of: str) -> None:
        def hide(book: Any) -> None:
            getattr(book.active, of)[2 if of == "row_dimensions" else "B"].hidden = True

        table = sn.read_table(edited(hide, *self.TABLE))
        assert (len(table), len(table.columns)) == (2, 2)

    @pytest.mark.parametrize("label", ["Einheit", "Unit:", None, "-"])
    @pytest.mark.parametrize("units", ["auto", "yes"])
    def test_units_in_the_second_column(self, sheet: Any, label: str | None, units: str) -> None:
        columns = [
            ["t", label, 1, 2, 3],
            ["power", "kWh", 0.5, 7, 2],
            ["degree days", "Kd", 5, 1, 4],
        ]
        path = sheet(*columns)
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            table = sn.read_table(path, samples="columns", units=units)
        assert table.frame.to_numpy().tolist() == [[1, 0.5, 5], [2, 7, 1], [3, 2, 4]]
        assert dict(table.read_as.column_units) == {"power": "kWh", "degree days": "Kd"}
        told = (
            f"column 2 of sheet 'Data' of data.xlsx is read as units ({label or '-'}, kWh and Kd)"
        )
        messages = [str(each.message) for each in said]
        assert messages == (units == "auto") * [f"{told}; if it is data, give units='none'"]
        rows = list(map(list, zip(*columns, strict=True)))
        assert sn.read_table(sheet(*rows), units="yes").frame.equals(table.frame)

    @pytest.mark.parametrize("scale", ["0-10", "1 – 9", "0...100"])
    @pytest.mark.parametrize("titles", [[], [["Panel 4", None, None]]])
    def test_units_that_are_scales(self, sheet: Any, scale: str, titles: list[Any]) -> None:
        rows = [
            ["sample", "sweet", "crisp", "liked", "force"],
            ["scale", scale, scale, scale, "N"],
            ["a", 4.9, 7, 6.5, 19],
            ["b", 5, 8, 8, 24.5],
        ]
        table = sn.read_table(sheet(*titles, *rows), units="yes")
        assert table.frame.to_numpy().tolist() == rows[2:]
        assert table.read_as.column_units["sweet"] == scale
        columns = list(map(list, zip(*rows, strict=True)))
        turned = sn.read_table(sheet(*columns), units="yes", samples="columns")
        assert turned.frame.equals(table.frame)
        path = sheet(*rows[:1], ["c", "7-8", "6-7", "8-9", 25], *rows[2:])
        assert len(sn.read_table(path, units="none")) == 3

    def test_a_second_column_of_data(self, sheet: Any) -> None:
        path = sheet(["t", 1, 2, 3], ["power", 0.5, 7, 2])
        assert len(sn.read_table(path, samples="columns")) == 3

    def test_a_header_or_an_empty_cell_formatted_as_percent(self, edited: Any) -> None:
        def shown(book: Any) -> None:
            for cell in ("A1", "B3", "C9"):
                book.active[cell].number_format = "0%"

        assert len(sn.read_table(edited(shown, ["t", "share"], [1, 0.25], [2, None]))) == 2

    @pytest.mark.parametrize("word", ["Total", "Sum:", "Summe", "grand total", "Average"])
    def test_a_row_of_totals(self, sheet: Any, word: str) -> None:
        rows = ["g", "y"], ["a", 1], ["b", 2], ["c", 3], [word, 6]
        with pytest.warns(sn.SheernetWarning, match=f"the last row of .* is called '{word}'"):
            sn.read_table(sheet(*rows))

    @pytest.mark.parametrize("y", [[1, 2, 3, 4, 5, 6], [-5, 1, 1, 1, 1, 1, 0], [0] * 7, [1, 2, 3]])
    def test_a_last_row_that_is_no_sum(self, sheet: Any, y: list[int]) -> None:
        assert len(sn.read_table(sheet(["g", "y"], *(["b", v] for v in y)))) == len(y)

    @pytest.mark.parametrize("text", [["?", "-"], ["-", "-"], ["n.d.", "?"]])
    @pytest.mark.parametrize("typed", ["5,3", "5.3", "5,30"])
    def test_numbers_typed_as_text_beside_other_missing_values(
        self, sheet: Any, text: list[str], typed: str
    ) -> None:
        rows = [[cell] for cell in (4.5, typed, *text, 7)]
        table = sn.read_table(sheet(["x"], *rows), missing_values=text)
        assert table.frame["x"].dropna().tolist() == [4.5, 5.3, 7.0]

    BELOW = (
        [["Summe", None, 6]],
        [[], ["Summe", None, 6], [], ["Quelle: Amt"]],
        [["Quelle: Amt"], ["Stand: 2024"]],
        [[None, "Total", 6], [None, None, "checked by hand"]],
        [["Note: y is in m"]],
        [["Summe", None, 6], [], ["Legend:", "yellow = suspicious"]],
    )

    @pytest.mark.parametrize("below", BELOW)
    @pytest.mark.parametrize("above", [[], [["Results of 2024"], []]])
    def test_totals_and_notes_below_an_empty_row(self, sheet: Any, below: Any, above: Any) -> None:
        rows = [["g", "x", "y"], ["a", 1, 1], ["b", 2, 2], ["c", 3, 3]]
        first = len(above) + len(rows) + (3 if not below[0] else 2)
        with pytest.warns(
            sn.SheernetWarning, match=rf"rows? {first} .*below an empty row, (is|are) left out"
        ):
            table = sn.read_table(sheet(*above, *rows, [], *below))
        assert table.frame["y"].tolist() == [1, 2, 3]
        assert "below the table" in table.reading

    @pytest.mark.parametrize(
        "below",
        [
            [["Summe", None, 6], [], ["d", 4, 4]],
            [["Second table"], ["a", "b"], [1, 2]],
        ],
    )
    def test_a_total_or_note_above_other_rows_is_refused(self, sheet: Any, below: Any) -> None:
        rows = [["g", "x", "y"], ["a", 1, 1], ["b", 2, 2]]
        with pytest.raises(sn.InvalidInput, match=r"in row 5, below an empty row, .*delete"):
            sn.read_table(sheet(*rows, [], *below))

    @pytest.mark.parametrize(
        "rows",
        [
            [["a", 1, 1], ["b", 2, 2], [], ["c", 3, None]],
            [["a", 1, 1], ["b", None, None], [], ["c", None, None]],
            [["Total", 1, 1], ["b", 2, 2], [], ["Total", 3, 3]],
            [["a", 1, 1], ["b", 2, 2], [], [None, None, 3]],
            [["a", 1, 1], ["b", 2, 2], [], ["c:", 3, 3]],
        ],
    )
    def test_rows_of_the_table_below_an_empty_row_stay(self, sheet: Any, rows: Any) -> None:
        with pytest.warns(sn.SheernetWarning, match=r"has 1 empty row between its rows \(4\)"):
            assert len(sn.read_table(sheet(["g", "x", "y"], *rows))) == 3

    def test_a_group_called_total_is_a_group(self, sheet: Any) -> None:
        assert len(sn.read_table(sheet(["g", "y"], ["Total", 1], ["b", 2], ["Total", 3]))) == 3

    def test_errors_are_told(self, sheet: Any) -> None:
        expected = (
            r"has errors of a spreadsheet program in columns 'x' and 'y' \(#N/A, #REF! and #VALUE!\); they are read as "
            r"missing values$"
        )
        with pytest.warns(sn.SheernetWarning, match=expected):
            sn.read_table(sheet(["x", "y"], ["#N/A", 1], ["#REF!", "#VALUE!"], [1.5, 2]))


@pytest.mark.parametrize("name", ["Speed\n[mm/s]", "Speed \r\n [mm/s]", "\nSpeed\n\n[mm/s]\n"])
def test_a_name_with_a_line_break_has_a_space_in_its_place(
    sheet: Any, file: Any, name: str
) -> None:
    expected = ("Speed [mm/s]", "y")
    assert sn.read_table(sheet([name, "y"], [1, 2])).columns == expected
    assert sn.read_table(file(f'"{name}",y\n1,2\n')).columns == expected


class TestASecondTable:
    ROWS = tuple(
        [i, i % 3, i * i, None, "AB"[i] if i < 2 else None, i if i < 2 else None] for i in range(9)
    )

    @pytest.mark.filterwarnings("ignore:.* read as one table:sheernet.SheernetWarning")
    def test_whose_cells_are_missing_is_named_by_the_refusal(self, sheet: Any) -> None:
        path = sheet(["a", "b", "y", None, "line", "n"], *self.ROWS)
        expected = (
            r"'n' \(7 values.*; if the columns behind the empty one, 'line' and 'n', belong to another table, leave "
            r"them out with drop=\['line', 'n'\]; otherwise fill them"
        )
        with pytest.raises(sn.InvalidInput, match=expected):
            sn.fit(path, target="y", hidden=0, starts=1, missing="refuse")

    def test_with_a_name_of_the_first_is_told(self, sheet: Any) -> None:
        path = sheet(["a", "b", "y", None, "b", "n"], *self.ROWS)
        expected = (
            "named 'b', but names must be distinct; .*two tables with an empty column between"
        )
        with pytest.raises(sn.InvalidInput, match=expected):
            sn.read_table(path)


class TestEmptyRows:
    @pytest.mark.parametrize("blank", [[], [" ", None], [None, "\u00a0"]])
    @pytest.mark.parametrize("above", [[], [["Results"], []]])
    def test_are_skipped_with_a_warning(self, sheet: Any, blank: Any, above: Any) -> None:
        rows = [["x", "y"], [1, 2], blank, [None, 3], blank, blank, [4, 5]]
        first = len(above) + 3
        expected = rf"has 3 empty rows between its rows \({first}, {first + 2} and {first + 3}\), which are skipped"
        with pytest.warns(sn.SheernetWarning, match=expected):
            frame = sn.read_table(sheet(*above, *rows)).frame
        assert frame["y"].tolist() == [2, 3, 5]

    def test_of_a_single_column(self, sheet: Any) -> None:
        with pytest.warns(sn.SheernetWarning, match=r"has 1 empty row .*\(3\), which is skipped"):
            assert len(sn.read_table(sheet(["x"], [1], [], [2]))) == 2

    @pytest.mark.parametrize("cells", [["NA", None], [None, "=A2"], ["#N/A", None]])
    def test_words_for_missing_values_and_formulas_are_rows(self, sheet: Any, cells: Any) -> None:
        path = sheet(["x", "y"], [1, 2], cells, [3, 4])
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            assert len(sn.read_table(path)) == 3
        assert not [one for one in said if "empty row" in str(one.message)]

    def test_merged_cells_fill_rows(self, edited: Any) -> None:
        rows = ["x", "y"], [1, None], [None, None], [3, 4]
        path = edited(lambda book: _merged(book, "A2:A3"), *rows)
        with pytest.warns(sn.SheernetWarning, match="merged cells in column 'x'"):
            assert sn.read_table(path).frame["x"].tolist() == [1, 1, 3]

    def test_samples_in_columns_stay(self, sheet: Any) -> None:
        path = sheet(["x", 1, None, 3], ["y", 4, None, 6])
        assert len(sn.read_table(path, samples="columns")) == 3


@pytest.mark.parametrize("stored", ["<v></v>", "<v/>", ""])
def test_a_formula_with_the_stored_text_of_no_characters_has_a_result(
    part: Any, stored: str
) -> None:
    cells = f'<row r="3"><c r="A3"><v>3</v></c><c r="B3" t="str"><f>IF(A3&gt;5,1,"")</f>{stored}</c></row>'
    table = sn.read_table(part("xl/worksheets/sheet1.xml", cells.encode(), b"</sheetData>"))
    assert table.frame["y"].isna().tolist() == [False, True]


def test_dates_of_1904(edited: Any) -> None:
    from openpyxl.utils.datetime import CALENDAR_MAC_1904

    day = datetime.datetime(2020, 2, 29)
    path = edited(lambda book: setattr(book, "epoch", CALENDAR_MAC_1904), ["d"], [day])
    assert sn.read_table(path).frame["d"].tolist() == [pd.Timestamp(day)]


FAR = b'<row r="%d"><c r="%s"><v>1</v></c></row>'


@pytest.mark.parametrize(
    ("name", "more", "before"),
    [
        ("xl/worksheets/sheet1.xml", FAR % (30_000_000, b"A30000000"), b"</sheetData>"),
        ("xl/worksheets/sheet1.xml", FAR % (1_048_576, b"XFD1048576"), b"</sheetData>"),
        ("xl/worksheets/sheet1.xml", FAR % (5, b"ZZZZ5"), b"</sheetData>"),
        ("xl/worksheets/sheet1.xml", b'<row><c r="XFD9" s="1"/></row>' * 9000, b"</sheetData>"),
        ("xl/worksheets/sheet1.xml", b"<row><c/></row>" * 10**7, b"</sheetData>"),
        ("xl/worksheets/sheet1.xml", b"<row>" * 10**5 + b"</row>" * 10**5, b"</sheetData>"),
        ("xl/worksheets/sheet1.xml", b'<c t="inlineStr"><is><t>' + b"a" * 10**8, b"</sheetData>"),
        ("xl/styles.xml", b"<font/>" * 10**6, b"</fonts>"),
        ("xl/workbook.xml", b"<definedNames/>" * 10**6, b"<definedNames"),
    ],
    ids=["row", "corner", "column", "wide", "rows", "deep", "text", "styles", "names"],
)
def test_tiny_files_of_huge_sheets(
    part: Any, read_bounded: Any, name: str, more: bytes, before: bytes
) -> None:
    assert read_bounded(part(name, more, before)).startswith("refused: ")


def test_mutants(sheet: Any, mutants: Any) -> None:
    mutants(sheet(["x", "c"], *[[i, "a"] for i in range(9)]), 100, spare=4)


def test_mutants_of_the_xml(sheet: Any, damage: Any) -> None:
    """Damage of the parts before they are packed, so that the checksums are right."""
    path = sheet(["x", "c"], *[[i, "a"] for i in range(9)])
    with zipfile.ZipFile(path) as book:
        parts = {entry: book.read(entry) for entry in book.namelist()}
    rng = np.random.default_rng(0)
    for _ in range(100):
        name = rng.choice(["xl/worksheets/sheet1.xml", "xl/styles.xml", "xl/workbook.xml"])
        with zipfile.ZipFile(path, "w") as book:
            for entry, content in parts.items():
                book.writestr(entry, damage(content, rng) if entry == name else content)
        try:
            with warnings.catch_warnings(action="ignore", category=sn.SheernetWarning):
                sn.read_table(path)
        except sn.InvalidInput as error:
            assert "\n" not in str(error)  # noqa: PT017


class TestFormulas:
    MESSAGE = (
        "data.xlsx has formulas without stored results in column 'double', whose cells are read as "
        "empty; open the workbook in a spreadsheet program and save it"
    )

    def test_without_stored_results_give_a_warning(self, sheet: Any) -> None:
        path = sheet(["x", "double", "note"], [1.5, "=A2*2", "a"], [2.5, "=A3*2", None])
        with pytest.warns(sn.SheernetWarning) as said:
            table = sn.read_table(path)
        assert [str(warning.message) for warning in said] == [self.MESSAGE]
        assert table.kind("double") == "empty"

    @pytest.mark.filterwarnings("ignore:data.xlsx has formulas without stored results")
    def test_at_the_end_keep_their_row(self, sheet: Any) -> None:
        """A row must not be lost, because a prediction is made for each."""
        path = sheet(["x"], [1.5], [2.5], ["=A3*2"], ["=A4*2"], [None], ["=SUM(A2:A5)"])
        assert sn.read_table(path).frame["x"].isna().tolist() == [False, False, True, True]

    def test_some_of_a_column_are_enough(self, sheet: Any) -> None:
        path = sheet(["x", "double"], [1.5, 3.0], [2.5, "=A3*2"], [1.0, 1.0])
        with pytest.warns(sn.SheernetWarning) as said:
            sn.read_table(path)
        assert [str(warning.message) for warning in said] == [self.MESSAGE]

    def test_if_samples_are_columns(self, sheet: Any) -> None:
        path = sheet(["x", 1.5, 2.5], ["double", "=B1*2", "=C1*2"])
        with pytest.warns(sn.SheernetWarning) as said:
            sn.read_table(path, samples="columns")
        assert [str(warning.message) for warning in said] == [self.MESSAGE]

    def test_with_stored_results_are_values(self, sheet: Any) -> None:
        path = sheet(["x", "double", "gap"], [1.5, "=A2*2", None], [2.5, "=A3*2", 1])
        parts = {}
        with zipfile.ZipFile(path) as book:
            for name in book.namelist():
                parts[name] = book.read(name).replace(b"<v></v>", b"<v>3</v>")
                parts[name] = (
                    parts[name].replace(b"<v />", b"<v>3</v>").replace(b"<v/>", b"<v>3</v>")
                )
        with zipfile.ZipFile(path, "w") as book:
            for name, content in parts.items():
                book.writestr(name, content)
        assert sn.read_table(path).frame["double"].tolist() == [3, 3]

    def test_text_that_begins_with_an_equals_sign_is_text(self, sheet: Any) -> None:
        path = sheet(["x", "t"], [1.5, "= a"], [2.5, None])
        book = openpyxl.load_workbook(path)
        book.active["B2"].data_type = "s"
        book.save(path)
        assert sn.read_table(path).frame["t"].tolist()[0] == "= a"


@pytest.mark.filterwarnings("ignore::sheernet.SheernetWarning")
class TestFirstRows:
    """Names and units of a sheet are found as in a text file, and the same options decide."""

    @pytest.mark.parametrize(
        "units",
        [["s", "N"], ["[s]", "[N]"], ["EUR", "m/s"], ["(s)", None], ["°C", "%"], ["min", "m3/s"]],
    )
    def test_units_are_left_out(self, sheet: Any, units: list[Any]) -> None:
        table = sn.read_table(sheet(["t", "F"], units, [1, 2.5], [2, 3.5]))
        assert table.frame.to_dict("list") == {"t": [1, 2], "F": [2.5, 3.5]}
        assert "a row of units (" in table.reading

    def test_units_without_brackets_are_said(self, sheet: Any) -> None:
        with pytest.warns(sn.SheernetWarning, match="read as units .*units='none'"):
            sn.read_table(sheet(["t", "F"], ["s", "N"], [1, 2.5], [2, 3.5]))

    def test_units_option_decides(self, sheet: Any) -> None:
        path = sheet(["a", "b"], ["s", "m"], ["x", "y"], ["u", "v"])
        assert len(sn.read_table(path)) == 3
        assert sn.read_table(path, units="yes").frame["a"].tolist() == ["x", "u"]
        path = sheet(["t", "F"], ["s", "N"], [1, 2.5], [2, 3.5])
        assert sn.read_table(path, units="none").frame["t"].tolist() == ["s", 1, 2]

    @pytest.mark.parametrize(
        "rows",
        [
            [[1.5, 2.5], [3.5, 4.5], [5.5, 6.5]],
            [[1, 2.5], [2, 3.5]],
            [["a", 1.5], ["b", 2.5], ["a", 3.5]],
            [[datetime.datetime(2026, 1, 1), 1.5], [datetime.datetime(2026, 1, 2), 2.5]],
            [[1.5], [2.5], [3.5]],
        ],
    )
    def test_without_names_no_row_is_lost(self, sheet: Any, rows: list[list[Any]]) -> None:
        with pytest.warns(sn.SheernetWarning, match="no names of columns.*header='yes'"):
            table = sn.read_table(sheet(*rows))
        assert list(table.columns) == [f"column_{j + 1}" for j in range(len(rows[0]))]
        assert table.frame.to_numpy().tolist() == pd.DataFrame(rows).to_numpy().tolist()

    def test_header_option_decides(self, sheet: Any) -> None:
        path = sheet([2024, 2025], [1.5, 2.5], [3.5, 4.5])
        assert sn.read_table(path, header="yes").columns == ("2024", "2025")
        assert len(sn.read_table(path, header="none")) == 3
        table = sn.read_table(sheet(["a", "b"], ["c", "d"]), header="none")
        assert table.frame["column_1"].tolist() == ["a", "c"]

    def test_skip_counts_rows_of_the_sheet(self, sheet: Any) -> None:
        path = sheet([], ["one", None, "two"], ["x", "y", "z"], [1, 2, 3], [4, 5, 6])
        table = sn.read_table(path, skip=2)
        assert table.frame.to_dict("list") == {"x": [1, 4], "y": [2, 5], "z": [3, 6]}
        with pytest.raises(sn.InvalidInput, match="is empty below row 9"):
            sn.read_table(path, skip=9)

    @pytest.mark.parametrize(
        "top",
        [
            [["a", None, "b", None], ["x", "y", "x", "x"]],
            [["a", "b", "c", "d"], ["x", "y", "z", "u"]],
        ],
    )
    def test_names_in_two_rows_are_refused(self, sheet: Any, top: list[list[Any]]) -> None:
        with pytest.raises(sn.InvalidInput, match=r"cannot be determined which row .* skip"):
            sn.read_table(sheet(*top, [1, 2, 3, 4], [5, 6, 7, 8]))

    def test_metadata_above_the_names(self, sheet: Any) -> None:
        path = sheet(["Operator:", "Miller"], ["t", "F"], [1, 2.5], [2, 3.5])
        with pytest.warns(
            sn.SheernetWarning, match="row 2 of sheet 'Data' .* is read as the names"
        ):
            assert sn.read_table(path).columns == ("t", "F")


class TestNumbersInFormats:
    """A cell holds a number, whatever its format shows."""

    @pytest.mark.parametrize(
        ("form", "value"),
        [
            ("0%", 0.38),
            ("0.00%", 0.0725),
            ("#,##0.00", 1234.5),
            ("$#,##0", 12.5),
            ("0.0E+00", 1e-7),
            ("000", 777),
            ("0", 7),
        ],
    )
    def test_are_the_numbers(self, tmp_path: Path, form: str, value: float) -> None:
        book = openpyxl.Workbook()
        book.active.append(["x", "y"])
        for row in range(2, 5):
            book.active.append([value, row + 0.5])
            book.active.cell(row, 1).number_format = form
        book.save(tmp_path / "data.xlsx")
        assert sn.read_table(tmp_path / "data.xlsx").frame["x"].tolist() == [value] * 3

    def test_a_doubtful_text_among_numbers_is_named(self, sheet: Any) -> None:
        rows = [[i + 0.25, i] for i in range(9)]
        path = sheet(["x", "y"], *rows, ["1,234", 9])
        with pytest.warns(
            sn.SheernetWarning,
            match=r"'x' .*'1,234' may be a decimal mark or separate thousands; give",
        ):
            assert sn.read_table(path).kind("x") != "number"
        assert sn.read_table(path, thousands=",").frame["x"].tolist()[-1] == 1234

    def test_whole_lines_in_cells_are_told(self, sheet: Any) -> None:
        table = sn.read_table(sheet(["a;b;y"], ["1;2;3"], ["4;5;6"]))
        with pytest.raises(sn.InvalidInput, match="hold whole lines; divide them with Text to Col"):
            table.column("y")

    @pytest.mark.parametrize(
        ("texts", "values"),
        [
            (["1.5", "2"], [1.5, 2.0]), (["38 %", "7.25 %"], [38, 7.25]), (["1,234.5", "2"], [1234.5, 2.0]),
            (["1.234,5", "2,5"], [1234.5, 2.5]), (["$12", "$1.50"], [12, 1.5]),
        ],
    )  # fmt: skip
    def test_text_is_read_as_in_a_text_file(
        self, sheet: Any, texts: list[str], values: list[float]
    ) -> None:
        rows = [[text, i + 0.5] for i, text in enumerate(texts)]
        assert sn.read_table(sheet(["x", "y"], *rows)).frame["x"].tolist() == values

    def test_times_and_durations(self, sheet: Any) -> None:
        rows = [[datetime.time(14, 30), datetime.timedelta(hours=30)]] * 2
        table = sn.read_table(sheet(["t", "d"], *rows))
        assert [table.kind(name) for name in table.columns] == ["time", "number"]
        assert table.frame["d"].tolist() == [30.0, 30.0]


class TestWithoutNames:
    """A sheet as MATLAB's writematrix writes it: no row is lost, and it is said."""

    @pytest.mark.parametrize("first", [[0.5, 2.0], [-1, 3], [1.0, 2.25], [-2.5, -3.5], [1e-3, 4]])
    @pytest.mark.parametrize("samples", ["rows", "columns"])
    def test_the_first_row_is_data(self, sheet: Any, first: list[float], samples: str) -> None:
        rows: Any = [first, [3.5, 4.5], [5.5, 6.5]]
        path = sheet(*(rows if samples == "rows" else zip(*rows, strict=True)))
        with pytest.warns(sn.SheernetWarning, match="no names of columns"):
            table = sn.read_table(path, samples=samples)
        assert table.columns == ("column_1", "column_2")
        assert table.frame.to_numpy(dtype=float).tolist() == rows


@pytest.mark.parametrize("other", [2.5, "2.5"])
def test_text_cells_of_digits_beside_numbers_are_pointed_out(
    sheet: Any, other: float | str
) -> None:
    """A program that writes all numbers as text says nothing by that."""
    path = sheet(["plant", "x", "y"], *[[plant, "1.5", other] for plant in ("1000", "1100", "990")])
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        assert sn.read_table(path).frame["plant"].tolist() == [1000, 1100, 990]
    expected = "has digits in cells of text, such as '1000', which are read as numbers; if they are codes, give "
    found = [str(each.message).partition("data.xlsx ")[2] for each in said]
    assert found == [f"{expected}categories=['plant']"] * isinstance(other, float)
