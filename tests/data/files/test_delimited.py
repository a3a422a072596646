"""CSV and similar files: what is written is read back, and files of other programs."""

from __future__ import annotations

import bz2
import codecs
import csv
import datetime
import gzip
import io
import lzma
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

import sheernet as sn

TEXTS = st.text('xyzöß,;\t|"\n .5', max_size=6).map(lambda text: f"x{text}y")
COLUMNS = {
    "number": st.floats(allow_nan=False),
    "whole": st.integers(-(2**63), 10**15 - 1),  # more digits without a sign are text
    "category": TEXTS,
    "boolean": st.booleans(),
    "date": st.dates(datetime.date(1900, 1, 1), datetime.date(2100, 1, 1)),
}
QUOTING = [csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]
ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-32", "latin-1"]


@st.composite
def frames(draw: Any) -> tuple[list[str], list[list[Any]]]:
    """Kinds of two or more columns, and their rows; None is a missing value."""
    kinds = draw(st.lists(st.sampled_from(sorted(COLUMNS)), min_size=2, max_size=4))
    cells = st.tuples(*(st.one_of(COLUMNS[kind], st.none()) for kind in kinds))
    return kinds, draw(st.lists(cells, min_size=1, max_size=6))


def written(rows: list[list[Any]], *, separator: str, decimal: str, quoting: int, end: str) -> str:
    """The rows as written by the csv module, numbers with a decimal mark."""

    def cell(value: Any) -> Any:
        if isinstance(value, float):
            return repr(value).replace(".", decimal)
        return "" if value is None else value

    text = io.StringIO()
    writer = csv.writer(text, delimiter=separator, quoting=quoting, lineterminator=end)
    writer.writerows([[cell(value) for value in row] for row in rows])
    return text.getvalue()


def zipped(content: bytes) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        file.mkdir("folder")
        file.writestr("folder/data.csv", content)
    return archive.getvalue()


COMPRESSIONS: dict[str, Callable[[bytes], bytes]] = {
    ".csv": bytes,
    ".csv.gz": gzip.compress,
    ".csv.bz2": bz2.compress,
    ".csv.xz": lzma.compress,
    ".zip": zipped,
}


def same(read: Any, wrote: Any) -> bool:
    """Whether a value is the one written, bit for bit."""
    if wrote is None:
        return bool(pd.isna(read))
    if isinstance(wrote, float):
        return np.float64(read).tobytes() == np.float64(wrote).tobytes()
    if isinstance(wrote, datetime.date):
        return bool(pd.Timestamp(read) == pd.Timestamp(wrote))
    return bool(read == wrote)


@pytest.mark.filterwarnings("ignore:.* is the sum of the others:sheernet.SheernetWarning")
class TestRoundTrip:
    @pytest.mark.filterwarnings("ignore:.* line break:sheernet.SheernetWarning")
    @settings(max_examples=150)
    @example(
        (["boolean", "whole"], [[None, -(2**63)]]), ",", ".", QUOTING[0], "\n", "utf-8", ".csv"
    )
    @given(
        frames(),
        st.sampled_from(",;\t|"),
        st.sampled_from(".,"),
        st.sampled_from(QUOTING),
        st.sampled_from(["\n", "\r\n"]),
        st.sampled_from(ENCODINGS),
        st.sampled_from(sorted(COMPRESSIONS)),
    )
    def test_any_way_to_write_a_frame_is_found_out(
        self,
        tmp_path_factory: pytest.TempPathFactory,
        frame: tuple[list[str], list[list[Any]]],
        separator: str,
        decimal: str,
        quoting: int,
        end: str,
        encoding: str,
        suffix: str,
    ) -> None:
        kinds, rows = frame
        if len(kinds) > 1:  # a line of separators only is no row
            rows = [row for row in rows if any(value is not None for value in row)]
        assume(rows)
        names = [f"{kind} {i}ä" for i, kind in enumerate(kinds)]
        text = written(
            [names, *rows], separator=separator, decimal=decimal, quoting=quoting, end=end
        )
        path = tmp_path_factory.getbasetemp() / f"any{suffix}"
        path.write_bytes(COMPRESSIONS[suffix](text.encode(encoding)))
        # What "1,234" is, and an encoding other than Unicode, a file of few lines cannot always tell.
        given = encoding if encoding == "latin-1" else None
        # Without `quote`, a value with a line break that looks like two rows is refused.
        table = sn.read_table(path, decimal=decimal, encoding=given, quote='"')
        assert table.columns == tuple(names)
        assert len(table) == len(rows)
        for i, kind in enumerate(kinds):
            column = [row[i] for row in rows]
            if all(value is None for value in column):
                assert table.kind(names[i]) == "empty"
                continue
            assert table.kind(names[i]) == {"whole": "number"}.get(kind, kind)
            if kind == "whole" and None in column:
                column = [value if value is None else float(value) for value in column]
            pairs = zip(table.frame[names[i]], column, strict=True)
            assert all(same(read, wrote) for read, wrote in pairs)

    @given(st.lists(st.floats(allow_nan=False), min_size=1, max_size=8))
    def test_a_single_column_of_numbers_to_the_bit(
        self, tmp_path_factory: pytest.TempPathFactory, values: list[float]
    ) -> None:
        path = tmp_path_factory.getbasetemp() / "single.csv"
        path.write_text("x\n" + "".join(f"{value!r}\n" for value in values))
        read = sn.read_table(path).frame["x"].to_numpy(dtype=np.float64)
        assert read.tobytes() == np.array(values).tobytes()

    @given(st.lists(st.lists(st.floats(-1e6, 1e6), min_size=3, max_size=3), min_size=2, max_size=5))
    def test_samples_in_columns_are_the_same_table_turned_round(
        self, tmp_path_factory: pytest.TempPathFactory, rows: list[list[float]]
    ) -> None:
        path = tmp_path_factory.getbasetemp() / "turned.csv"
        names = ["a", "b", "c"]
        turned = [
            [name, *values] for name, values in zip(names, zip(*rows, strict=True), strict=True)
        ]
        path.write_text(
            written(turned, separator=";", decimal=",", quoting=csv.QUOTE_MINIMAL, end="\n")
        )
        table = sn.read_table(path, samples="columns", decimal=",")
        assert table.columns == ("a", "b", "c")
        assert table.frame.to_numpy(dtype=float).tolist() == rows
        assert table.reading.startswith("CSV with semicolons")
        assert "samples in columns" in table.reading


R_CSV = b'"","hours","group"\n"1",1.5,"a"\n"2",NA,"b c"\n"3",1e-04,NA\n'
R_CSV2 = b'"";"hours";"group"\n"1";1,5;"a"\n"2";NA;"b c"\n"3";1e-04;NA\n'
R_TABLE = b'"hours" "group"\n"1" 1.5 "a"\n"2" NA "b c"\n"3" 1e-04 NA\n'
R_TABS = b"hours\tgroup\n1\t1.5\ta\n2\tNA\tb c\n3\t1e-04\tNA\n"
EXCEL = "\ufeffhours,group\r\n1.5,a\r\n,b c\r\n0.0001,\r\n".encode()
EXCEL_GERMAN = "hours;group\r\n1,5;a\r\n;b c\r\n0,0001;\r\n".encode("cp1252")
ALIGNED = b"   hours  group\n     1.5      a\n      NA  'b c'\n  0.0001     NA\n"


class TestFilesOfPrograms:
    @pytest.mark.parametrize(
        ("content", "first", "reading"),
        [
            (R_CSV, "row", "CSV with commas and decimal points, UTF-8; its first column, which has no name"),
            (R_CSV2, "row", "CSV with semicolons and decimal commas, UTF-8; its first"),
            (R_TABLE, "row", "CSV with spaces and decimal points, UTF-8; its first"),
            (R_TABS, "row", "CSV with tabs and decimal points, UTF-8; its first"),
            (EXCEL, None, "CSV with commas and decimal points, UTF-8 with a byte-order mark"),
            (EXCEL_GERMAN, None, "CSV with semicolons and decimal commas, UTF-8"),
        ],
        ids=["write.csv", "write.csv2", "write.table", "tabs", "Excel UTF-8", "German Excel"],
    )  # fmt: skip
    def test_are_read_as_they_were_meant(
        self, file: Any, content: bytes, first: str | None, reading: str
    ) -> None:
        table = sn.read_table(file(content))
        assert table.columns == ((first, "hours", "group") if first else ("hours", "group"))
        assert table.frame["hours"].fillna(-1).tolist() == [1.5, -1, 1e-4]
        assert table.frame["group"].fillna("").tolist() == ["a", "b c", ""]
        if first:
            assert table.frame[first].tolist() == [1, 2, 3]
        assert table.reading.startswith(reading)
        assert table.source == "data.csv"

    @pytest.mark.parametrize(
        ("content", "options", "decimals"),
        [
            ("a;b\n1;2\n3;4\n", {}, "no decimals"),
            ("a;b\n1;2\n;4\n", {}, "no decimals"),
            ("a,b\n1,x\n3,y\n", {}, "no decimals"),
            ("a;b\n1.0;2\n3.0;4\n", {}, "decimal points"),
            ("a;b\n1.5;2\n;4\n", {}, "decimal points"),
            ("a;b\n1,5;2\n3,0;4\n", {}, "decimal commas"),
            ("a;b\n1;2\n3;4\n", {"decimal": "."}, "decimal points"),
            ("a;b\n1;2\n3;4\n", {"decimal": ","}, "decimal commas"),
        ],
    )
    def test_no_decimal_mark_is_named_if_there_is_none(
        self, file: Any, content: str, options: dict[str, str], decimals: str
    ) -> None:
        table = sn.read_table(file(content), **options)
        assert f" and {decimals}, UTF-8" in table.reading

    def test_the_names_of_rows_may_be_text(self, file: Any) -> None:
        table = sn.read_table(file('"mpg" "cyl"\n"Mazda RX4" 21 6\n"Datsun 710" 22.8 4\n'))
        assert table.columns == ("row", "mpg", "cyl")
        assert table.frame["row"].tolist() == ["Mazda RX4", "Datsun 710"]

    def test_pandas_with_its_index(self, file: Any) -> None:
        path = file(b"")
        pd.DataFrame({"x": [1.5, 2.5]}).to_csv(path)
        assert sn.read_table(path).columns == ("row", "x")

    @pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
    @pytest.mark.parametrize("trailing", ["", "{end}", "{end}{end}"])
    def test_ends_of_lines(self, file: Any, end: str, trailing: str) -> None:
        text = end.join(["", "a,b", "1,2", "3,4"]) + trailing.format(end=end)
        assert sn.read_table(file(text)).frame.to_dict("list") == {"a": [1, 3], "b": [2, 4]}

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("a, b\n1, 2\n", [[1, 2]]),
            ('"a","b"\n"1","2"\n', [[1, 2]]),
            ("a,b\n1,2,\n3,4,\n", [[1, 2], [3, 4]]),
            ("sep=;\na;b\n1;2,5\n", [[1, 2.5]]),
            ("sep=|\r\na|b\r\n1|2\r\n", [[1, 2]]),
            ("a b\n 1   2\n3 4 \n", [[1, 2], [3, 4]]),
            ("a\tb\n1\t2\n", [[1, 2]]),
            ("a|b\n1,5|2,5\n", [[1.5, 2.5]]),
            ("a b\n1 2\n3 4\n5 6\n", [[1, 2], [3, 4], [5, 6]]),
            ('"a\n;",b\n1,2\n', None),
        ],
    )
    def test_other_ways_to_write(
        self, file: Any, text: str, expected: list[list[float]] | None
    ) -> None:
        table = sn.read_table(file(text))
        assert table.columns == (("a", "b") if expected else ("a ;", "b"))
        assert table.frame.to_numpy().tolist() == (expected or [[1, 2]])

    def test_a_single_column_may_have_blanks_in_its_name(self, file: Any) -> None:
        assert sn.read_table(file("score of test\n1.5\n2\n")).columns == ("score of test",)


class TestNumbers:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("a;b\n1.234,56;1\n2,5;1\n", [1234.56, 2.5]),
            ('a,b\n"1,234.56",1\n2.5,1\n', [1234.56, 2.5]),
            ('a,b\n"-1,234,567",1\n"2",1\n', [-1234567, 2]),
            ('a,b\n"1,5",1\n"2,25",1\n', [1.5, 2.25]),  # decimal commas between quotes
            ("a;b\n1.234.567;0,5\n89;1,5\n", [1234567, 89]),
            ('a,b\n"1,234",0.5\n"89",1.5\n', [1234, 89]),
            ("a;b\n1,234;x\n5,678;y\n", [1.234, 5.678]),  # semicolons go with decimal commas
            ("a;b\n+1,5;x\n-,5e-3;y\n", [1.5, -0.0005]),
            ("a;b\n1,5;1.5\n2,5;2.5\n", [1.5, 2.5]),  # each column has its own mark
            ("a,b\n-" + 30 * "9" + ",1\n2,1\n", [-1e30, 2]),
        ],
    )
    def test_marks(self, file: Any, text: str, expected: list[float]) -> None:
        table = sn.read_table(file(text))
        assert table.frame["a"].tolist() == expected
        assert table.kind("a") == "number"

    @pytest.mark.parametrize("values", [["1,2,3", "1"], ["01.02.2020", "1"], ["1 234", "x"]])
    def test_other_values_stay_text(self, file: Any, values: list[str]) -> None:
        text = "a,b\n" + "".join(f'"{value}",x\n' for value in values)
        assert sn.read_table(file(text)).frame["a"].tolist() == values

    @pytest.mark.parametrize("values", [["1,234", "5,678"], ["1,234", "5"]])
    def test_ambiguous_marks_stay_text_with_a_warning(self, file: Any, values: list[str]) -> None:
        text = "a,b\n" + "".join(f'"{value}",x\n' for value in values)
        with pytest.warns(
            sn.SheernetWarning,
            match=r"column 'a' of data\.csv is read as text, because the comma of '1,234' may be a decimal mark",
        ):
            assert sn.read_table(file(text)).frame["a"].tolist() == values

    def test_the_decimal_mark_that_is_given_decides(self, file: Any) -> None:
        path = file('a,b\n"1,234",x\n"5,678",x\n')
        assert sn.read_table(path, decimal=",").frame["a"].tolist() == [1.234, 5.678]
        assert sn.read_table(path, decimal=".").frame["a"].tolist() == [1234, 5678]

    def test_a_point_that_may_be_a_decimal_one_is_not_read_silently(self, file: Any) -> None:
        """The other column shows what a point is, but may be wrong."""
        with pytest.warns(
            sn.SheernetWarning,
            match=r"column 'a' of data\.csv: '1\.234' is read as 1234 \(the point separates .*; "
            "if it is a decimal point, write '1,234', because",
        ):
            table = sn.read_table(file("a;b\n1.234;0,5\n89.000;1,5\n"))
        assert table.frame["a"].tolist() == [1234, 89000]

    def test_without_decimal_commas_the_decimal_mark_is_to_be_given(self, file: Any) -> None:
        path = file("a;b\n1.234 €;1\n5.678 €;3\n")
        with pytest.warns(sn.SheernetWarning, match=r"if it is a decimal point, give decimal='\.'"):
            sn.read_table(path)
        assert sn.read_table(path, decimal=".").frame["a"].tolist() == [1.234, 5.678]

    @pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
    @pytest.mark.parametrize(
        "other", ["1.234.567", "1.234,5", "-2.000.000", "1.234.567 EUR", "12,5"]
    )
    def test_a_column_that_shows_thousands_decides_for_a_column_that_pandas_read_as_decimals(
        self, file: Any, separator: str, other: str
    ) -> None:
        rows = [f'"{other}"{separator}"{n}"\n' for n in ("9.682", "8.123", "17", "NA")]
        with pytest.warns(
            sn.SheernetWarning, match=r"column 'b' of data\.csv: '9\.682' is read as 9682 "
        ):
            table = sn.read_table(file(f"a{separator}b\n{''.join(rows)}"))
        assert table.frame["b"].fillna(0).tolist() == [9682, 8123, 17, 0]
        assert table.formats["b"].thousands == "."

    @pytest.mark.parametrize(
        "number", ["0.682", "9.68", "1000.682", "9.6820", "1e-3", "8.123E1", "-0.125"]
    )
    def test_a_number_that_only_a_decimal_point_fits_keeps_it(self, file: Any, number: str) -> None:
        table = sn.read_table(file(f'a,b\n"1.234.567",{number}\n"2.234.567",9.682\n'))
        assert table.frame["b"].tolist() == [float(number), 9.682]
        assert table.frame["a"].tolist() == [1234567, 2234567]

    @pytest.mark.parametrize(
        ("options", "wanted"), [({}, 1.234), ({"decimal": ","}, 1234), ({"thousands": "."}, 1234)]
    )
    def test_exponents_show_no_thousands_unless_marks_are_given(
        self, file: Any, options: dict[str, str], wanted: float
    ) -> None:
        text = "".join(f"{number};x\n" for number in ("$1.234", "$1e5"))
        table = sn.read_table(file(f"a;b\n{text}"), **options)
        assert table.frame["a"].tolist() == [wanted, 1e5]

    def test_columns_that_contradict_each_other_leave_a_doubt(self, file: Any) -> None:
        with pytest.warns(
            sn.SheernetWarning,
            match=r"'b' of data\.csv: '9\.682' is read with a decimal mark, .* '1\.234\.567' in column 'a' .*'9682'",
        ):
            table = sn.read_table(file('a,b,c\n"1.234.567",9.682,0.5\n"2.234.567",8.123,1\n'))
        assert table.frame["b"].tolist() == [9.682, 8.123]

    @pytest.mark.parametrize("separator", [",", ";"])
    @pytest.mark.parametrize("options", [{}, {"decimal": "."}])
    def test_identifiers_say_nothing_about_points(
        self, file: Any, separator: str, options: dict[str, str]
    ) -> None:
        text = "Part no.,b\n77.954.000,5.095\n32.380.001,8.589\n9.380.002,7.622\n"
        with pytest.warns(sn.SheernetWarning) as said:
            table = sn.read_table(file(text.replace(",", separator)), **options)
        assert table.frame["b"].tolist() == [5.095, 8.589, 7.622]
        assert table.frame["Part no."].tolist() == ["77.954.000", "32.380.001", "9.380.002"]
        assert "decimal points" in table.reading
        assert any("if it is a number, give thousands='.'" in str(each.message) for each in said)

    def test_a_given_decimal_mark_makes_numbers_with_several_of_them_codes(self, file: Any) -> None:
        path = file("part,b\n77.954.000,5.095\n32.380.001,8.589\n")
        with pytest.warns(sn.SheernetWarning, match="the numbers of column 'part' .* decimal='.'"):
            assert sn.read_table(path).frame["b"].tolist() == [5095, 8589]
        with pytest.warns(sn.SheernetWarning, match="'77.954.000' has the given decimal mark more"):
            table = sn.read_table(path, decimal=".")
        assert table.frame["b"].tolist() == [5.095, 8.589]
        assert table.frame["part"].tolist() == ["77.954.000", "32.380.001"]

    @pytest.mark.parametrize("options", [{"decimal": ","}, {"thousands": "."}])
    def test_marks_that_are_given_leave_no_doubt(self, file: Any, options: dict[str, str]) -> None:
        table = sn.read_table(file('a,b\n"1.234.567","9.682"\n"2.234.567","8.123"\n'), **options)
        assert table.frame["b"].tolist() == [9682, 8123]

    @pytest.mark.parametrize(
        "text", ["a,b\n\"1'234'567\",9.682\n", 'a,b\n"1,234,567",9.682\n', "a,b\n1 234 567,9.682\n"]
    )
    def test_other_separators_of_thousands_say_nothing_about_points(
        self, file: Any, text: str
    ) -> None:
        assert sn.read_table(file(text)).frame["b"].tolist() == [9.682]

    @pytest.mark.parametrize(
        ("text", "decimal", "number"),
        [("a;b\n1,5;1\n2,5;2\n", ".", "1,5"), ("a,b\n1.25,1\n2.5,2\n", ",", "1.25")],
    )
    def test_numbers_that_contradict_the_given_mark_are_refused(
        self, file: Any, text: str, decimal: str, number: str
    ) -> None:
        with pytest.raises(
            sn.InvalidInput,
            match=f"column 'a' of data.csv has '{number}', which is not a number with decimal='{decimal}'; leave out "
            "decimal, or",
        ):
            sn.read_table(file(text), decimal=decimal)
        assert sn.read_table(file(text)).kind("a") == "number"

    @pytest.mark.parametrize(
        ("numbers", "options", "contrary"),
        [
            (("12", "5.434", "1_000"), {"decimal": ","}, "5.434"),
            (("1_000", "5.434"), {"decimal": ","}, "5.434"),
            (("5.5", "1,555"), {"thousands": "_"}, "1,555"),
        ],
    )
    def test_numbers_that_fit_given_marks_only_alone_are_refused(
        self, file: Any, numbers: tuple[str, ...], options: dict[str, str], contrary: str
    ) -> None:
        path = file("a;b\n" + "".join(f"{number};1\n" for number in numbers))
        with pytest.raises(
            sn.InvalidInput, match=f"column 'a' of data.csv has '{contrary}', which"
        ):
            sn.read_table(path, **options)

    def test_decimal_commas_that_only_later_lines_have(self, file: Any) -> None:
        table = sn.read_table(file("a;b\n" + 50_000 * "1;2\n" + "3,5;4\n"))
        assert table.frame["a"].iloc[-1] == 3.5
        assert table.frame["a"].sum() == 50_003.5
        assert "decimal commas" in table.reading

    def test_a_dirty_column_of_decimal_commas_is_mixed(self, file: Any) -> None:
        table = sn.read_table(file("a;b\n1,5;1\nhigh;2\n1.234,5;3\n;4\n"))
        assert table.frame["a"].fillna("").tolist() == ["1,5", "high", "1.234,5", ""]
        assert table.kind("a") == "mixed"

    def test_a_dirty_column_keeps_its_text_however_long_it_is(self, file: Any) -> None:
        table = sn.read_table(file("a,b\n" + 300_000 * "1.50,2\n" + "high,2\n"))
        assert table.kind("a") == "mixed"
        assert set(table.frame["a"]) == {"1.50", "high"}


class TestDates:
    @pytest.mark.parametrize(
        ("values", "expected"),
        [
            (["2020-01-31", "1999-12-01"], ["2020-01-31", "1999-12-01"]),
            (["2020-01-31 12:30", "2020-01-31T12:30:15.5"], ["2020-01-31T12:30", "2020-01-31T12:30:15.5"]),
            (["2020-01-31T12:00Z", "2020-01-31T12:00+02:00"], ["2020-01-31T12:00Z", "2020-01-31T10:00Z"]),
            (["2020-01-31", ""], ["2020-01-31", "NaT"]),
        ],
    )  # fmt: skip
    def test_iso_dates_become_dates(
        self, file: Any, values: list[str], expected: list[str]
    ) -> None:
        table = sn.read_table(file("d,x\n" + "".join(f"{value},1\n" for value in values)))
        assert table.kind("d") == "date"
        assert [str(v) for v in table.frame["d"]] == [str(pd.Timestamp(e)) for e in expected]

    @pytest.mark.parametrize(
        "values",
        [
            ["2020-01-31", "unknown"],
            ["2020-1x", "2020-2x"],
            ["1.2.10-rc", "1.13.10"],
            ["192.168.1.1", "10.0.0.12"],
            ["12 monkeys 2000", "9 lives 1999"],
        ],
    )
    def test_other_text_stays_text(self, file: Any, values: list[str]) -> None:
        table = sn.read_table(file("d,x\n" + "".join(f"{value},1\n" for value in values)))
        assert table.frame["d"].tolist() == values

    @pytest.mark.parametrize(
        ("values", "why"),
        [
            (["2020-02-30", "2020-01-01"], "'2020-02-30' is not a day of the calendar"),
            (["2020-01-31T12:00Z", "2020-01-31T12:00"], "in two ways, '2020-01-31T12:00Z' and '2020-01-31T12:00'"),
            (["01/03/2026", "02/03/2026"], "dates='day-first' or dates='month-first'"),
            (["2020-01-01", "2020-01-02", "soon"], "such as '2020-01-01', but 'soon' is not one"),
        ],
    )  # fmt: skip
    def test_doubtful_dates_stay_text_with_a_warning(
        self, file: Any, values: list[str], why: str
    ) -> None:
        path = file("d,x\n" + "".join(f"{value},1\n" for value in values))
        with pytest.warns(sn.SheernetWarning, match=f"'d' of data.csv is read as text: .*{why}"):
            table = sn.read_table(path)
        assert table.frame["d"].tolist() == values

    def test_points_mean_that_the_day_is_first(self, file: Any) -> None:
        path = file("d,x\n01.03.2026,1\n02.03.2026,2\n")
        told = "'d' of data.csv: '01.03.2026' is read as a date with the day first; give dates='month-first' if"
        with pytest.warns(sn.SheernetWarning, match=told):
            assert sn.read_table(path).frame["d"].dt.month.tolist() == [3, 3]
        for order, months in (("day-first", [3, 3]), ("month-first", [1, 2])):
            assert sn.read_table(path, dates=order).frame["d"].dt.month.tolist() == months

    def test_years_that_excel_reads_as_others_are_told(self, file: Any) -> None:
        path = file("d,x\n21.10.29,1\n21.10.30,2\n13.03.67,3\n")
        told = "'21.10.30' is read as a date of the year 2030, but Excel reads it as 1930; write years of four"
        with pytest.warns(sn.SheernetWarning, match=told):
            assert sn.read_table(path).frame["d"].dt.year.tolist() == [2029, 2030, 2067]
        other = sn.read_table(file("d,x\n21.10.29,1\n21.10.69,2\n13.03.99,3\n"))
        assert other.frame["d"].dt.year.tolist() == [2029, 1969, 1999]

    def test_the_setting_decides(self, file: Any) -> None:
        path = file("d,x\n01/03/2026,1\n02/03/2026,2\n")
        table = sn.read_table(path, dates="day-first")
        assert table.frame["d"].dt.month.tolist() == [3, 3]
        assert table.reading.endswith("'d' has dates with the day first")
        assert sn.read_table(path, dates="month-first").frame["d"].dt.month.tolist() == [1, 2]
        assert sn.read_table(path, dates="iso").kind("d") == "category"

    @pytest.mark.parametrize(
        ("date", "is_said"),
        [
            ("12-Mar-2024", False),
            ("12 March 2024", False),
            ("March 12, 2024", False),
            ("2024-Mar-12", False),
            ("12MAR2024 10:00:00", False),
            ("12-Mar-24", True),
            ("13.03.2024", True),
        ],
    )
    def test_named_months_need_no_note(self, file: Any, date: str, is_said: bool) -> None:
        table = sn.read_table(file(f"d;x\n{date};1\n{date};2\n"))
        assert table.kind("d") == "date"
        assert ("'d' has dates" in table.reading) == is_said

    def test_whole_numbers_that_look_like_dates_stay_numbers(self, file: Any) -> None:
        path = file("d,x,s\n20240229,1,1709164800\n20240301,2,1709251200\n,3,1709337600\n")
        with pytest.warns(sn.SheernetWarning, match="'d' .* is read as numbers: .* dates='iso'"):
            table = sn.read_table(path)
        assert [table.kind(name) for name in "dxs"] == ["number"] * 3
        days = sn.read_table(path, dates="iso").frame["d"].tolist()
        assert days == [pd.Timestamp("2024-02-29"), pd.Timestamp("2024-03-01"), pd.NaT]

    def test_times_of_day_are_times(self, file: Any) -> None:
        table = sn.read_table(file("d,x\n14:30,1\n,2\n24:00,3\n"))
        assert table.kind("d") == "time"
        assert table.frame["d"].dropna().tolist() == [datetime.time(14, 30), datetime.time(0)]


class TestNames:
    @pytest.mark.parametrize(
        ("text", "names"),
        [
            (",x\n1,2\n", ("row", "x")),
            (",row\n1,2\n", ("row 2", "row")),
            ("x,,\n1,2,3\n", ("x", "column 2", "column 3")),
            (" x , y\n1,2\n", ("x", "y")),
            ("a,a.1,b.2\n1,2,3\n", ("a", "a.1", "b.2")),
            ('"a,b",c\n1,2\n', ("a,b", "c")),
        ],
    )
    def test_are_those_of_the_file(self, file: Any, text: str, names: tuple[str, ...]) -> None:
        assert sn.read_table(file(text)).columns == names

    def test_new_names_are_noted(self, file: Any) -> None:
        reading = sn.read_table(file("x,,,,\n1,2,3,4,5\n")).reading
        assert reading.endswith(
            "columns without a name are called 'column 2', 'column 3', 'column 4' and 'column 5'"
        )

    def test_of_numbers_must_be_named_as_names(self, file: Any) -> None:
        path = file("1,2,3\n2,3,4\n")
        with pytest.warns(
            sn.SheernetWarning, match=r"data\.csv has no names of columns: .* give header='yes'"
        ):
            assert len(sn.read_table(path)) == 2
        assert sn.read_table(path, header="yes").columns == ("1", "2", "3")


class TestOptions:
    def test_override_what_would_be_found(self, file: Any) -> None:
        path = file("a;b,c\n1;2,3\n".encode("utf-16-le"))
        table = sn.read_table(path, separator="comma", encoding="utf-16-le")
        assert table.columns == ("a;b", "c")
        assert table.reading == "CSV with commas and no decimals, UTF-16-LE"

    @pytest.mark.parametrize("separator", ["~", ":", "tab", "\\t"])
    def test_any_mark_separates(self, file: Any, separator: str) -> None:
        mark = "\t" if len(separator) > 1 else separator
        table = sn.read_table(file(f"a{mark}b\n1{mark}2\n"), separator=separator)
        assert table.frame.to_dict("list") == {"a": [1], "b": [2]}


class TestRefuses:
    @pytest.mark.parametrize(
        ("content", "message"),
        [
            ("a,b\n", r"has no rows below its header \(if it is a row, give header='none'\); at least"),
            ("a\n", r"data\.csv has no rows below its header"),
            ("a,b,a\n1,2,3\n", "data.csv has more than one column named 'a', but names must be distinct; rename one"),
            ("a,a,a.1\n1,2,3\n", "more than one column named 'a'"),
            ("a, a\n1,2\n", "more than one column named 'a'"),
            ("a,b\n1,2\n1,2,3\n", r"^line 3 of .* has 3 values, but its first line has 2 names \(read with"),
            ("a,b\n1,2,3\n1,2\n", r"^line 2 of .* has 3 values, but its first line has 2 names"),
            ("a,b\n1\n1,2\n", r"^line 2 of .* has 1 value, but its first line has 2 names"),
            ("a\n1,2,3\n", r"^line 2 of .* has 3 values, but its first line has 1 name "),
            ("a;b\n" + 999 * "1;2\n" + "1;2;3\n", r"^line 1001 of .* has 3 values, .*has 2 names .*semicolons"),
            ("a,b\n" + 999 * "1,2\n" + "\n1\n2,3\n", r"^line 1002 of .* has 1 value, but its first line has 2 names"),
            ("sep=,\na,b\n" + 999 * "1,2\n" + "1\n", r"^line 1002 of .* has 1 value, but its first line has 2 names"),
            ("sep=,\na,b\n" + 999 * "1,2\n" + "1,2,3\n", r"^line 1002 of .* has 3 values, .* 2 names"),
            ('a,b\n"x\ny",2\n1\n', r"^line 4 of .* has 1 value, but its first line has 2 names"),
            ('"a,b\n1,2\n', "has a quotation mark near line 1 that is not closed; close or remove it"),
            ('a,b\n1,2\n3,"x\n4,5\n', "has a quotation mark near line 3 that is not closed"),
            ("a b\n1 2\n1 2 3\n", r"^line 3 of .* has 3 values, but its first line has 2 names \(read with spaces"),
        ],
        ids=lambda value: None if isinstance(value, str) and len(value) > 30 else repr(value),
    )  # fmt: skip
    def test_rows_and_names_that_do_not_agree(self, file: Any, content: str, message: str) -> None:
        with pytest.raises(sn.InvalidInput, match=message) as caught:
            sn.read_table(file(content))
        assert "\n" not in str(caught.value)

    def test_rows_of_different_lengths_if_samples_are_columns(self, file: Any) -> None:
        with pytest.raises(
            sn.InvalidInput,
            match=r"^line 2 of .* has 2 values, but its first line has 3 values",
        ):
            sn.read_table(file("a,1,2\nb,3\n"), samples="columns")

    def test_a_very_long_value_is_read(self, file: Any) -> None:
        table = sn.read_table(file("a,b\n" + "x" * 200_000 + ",\ny,2\n"))
        assert table.frame["b"].isna().tolist() == [True, False]

    @pytest.mark.filterwarnings("ignore::sheernet.SheernetWarning")  # of a header of numbers
    @settings(max_examples=300)
    @given(
        st.one_of(st.binary(max_size=300), st.text('ab1.5,;\t|"\n -', max_size=60).map(str.encode))
    )
    def test_random_bytes_give_a_table_or_a_sentence(
        self, tmp_path_factory: pytest.TempPathFactory, content: bytes
    ) -> None:
        path = tmp_path_factory.getbasetemp() / "random.csv"
        path.write_bytes(content)
        try:
            assert len(sn.read_table(path)) > 0
        except sn.InvalidInput as error:
            assert "\n" not in str(error)  # noqa: PT017


def test_the_byte_order_mark_is_not_part_of_the_first_name(file: Any, tmp_path: Path) -> None:
    for samples, text in (("rows", "a,b\n1,2\n"), ("columns", "a,1\nb,2\n")):
        path = file(codecs.BOM_UTF8 + text.encode())
        assert sn.read_table(path, samples=samples).columns == ("a", "b")


class TestExponents:
    """Whole numbers with exponents may be codes; programs write exponents with a sign or a decimal mark."""

    @pytest.mark.parametrize("cells", [["1E3", "2E5", "3e1"], ["1E3", "", "12", "2E5"]])
    def test_of_people_cause_a_warning(self, tmp_path: Path, cells: list[str]) -> None:
        path = tmp_path / "data.csv"
        path.write_text("lot;y\n" + "".join(f"{cell};0,5\n" for cell in cells))
        with pytest.warns(
            sn.SheernetWarning,
            match=r"'lot' of data.csv has numbers such as '1E3', read as 1000; .* categories=\['lot'\]$",
        ):
            found = sn.read_table(path).frame["lot"].dropna()
        assert found.tolist() == [float(cell) for cell in cells if cell]

    @pytest.mark.parametrize("cells", [["1E3", "2E5", "3e1"], ["1E3", 12, "2E5", "2E6"]])
    def test_that_are_text_cells_are_codes(self, tmp_path: Path, cells: list[str | int]) -> None:
        frame = pd.DataFrame({"lot": cells, "y": np.arange(len(cells))})
        frame.to_excel(tmp_path / "data.xlsx", index=False)
        for source in (tmp_path / "data.xlsx", frame):
            with pytest.warns(sn.SheernetWarning, match="'1E3' may be a code; .* write 1000$"):
                assert sn.read_table(source).frame["lot"].tolist() == cells

    def test_of_spreadsheets_in_place_of_many_digits_cause_a_warning(self, tmp_path: Path) -> None:
        cells = ["1,23457E+12", "1,2E+12", "3E+12", "12"]
        path = tmp_path / "data.csv"
        path.write_text("lot;y\n" + "".join(f"{cell};0,5\n" for cell in cells))
        with pytest.warns(sn.SheernetWarning, match=r"'lot' of data.csv .* such as '1,23457E\+12'"):
            found = sn.read_table(path).frame["lot"]
        assert found.tolist() == [1.23457e12, 1.2e12, 3e12, 12.0]

    @pytest.mark.parametrize(
        "cells",
        [
            ["1.23457E+10", "2E+11", "1.234567E+12"],
            ["1e+03", "2e+05"],
            ["1.0E3", "2.0E5"],
            ["1e-3", "2e5"],
            ["1000", "1e3", "7", "8"],
        ],
    )
    def test_of_programs_and_single_ones_do_not(self, tmp_path: Path, cells: list[str]) -> None:
        path = tmp_path / "data.csv"
        path.write_text("lot;y\n" + "".join(f"{cell};0.5\n" for cell in cells))
        assert sn.read_table(path).frame["lot"].tolist() == [float(cell) for cell in cells]


class TestCodes:
    """Leading zeros, or digits that float64 cannot tell apart: text, as written."""

    CODES = st.one_of(
        st.text("0123456789", min_size=1, max_size=25), st.integers(0, 10**5).map(str)
    )

    @settings(max_examples=150)
    @given(
        st.lists(st.tuples(CODES, st.one_of(CODES, st.just(""))), min_size=1, max_size=8),
        st.sampled_from(",;\t "),
        st.sampled_from(["\n", "\r\n"]),
        st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
        st.sampled_from(ENCODINGS),
        st.sampled_from(["rows", "columns"]),
    )
    @example([("00", "")], ";", "\n", csv.QUOTE_MINIMAL, "utf-8", "columns")
    def test_keep_their_digits_and_others_are_numbers(
        self,
        tmp_path_factory: pytest.TempPathFactory,
        cells: list[tuple[str, str]],
        separator: str,
        end: str,
        quoting: int,
        encoding: str,
        samples: str,
    ) -> None:
        cells = [(a, b or "NA") for a, b in cells]
        rows: Any = [("a", "b", "c"), *((*row, "1.5") for row in cells)]
        rows = rows if samples == "rows" else list(zip(*rows, strict=True))
        text = written(rows, separator=separator, decimal=".", quoting=quoting, end=end)
        path = tmp_path_factory.getbasetemp() / "codes.csv"
        path.write_bytes(text.encode(encoding))
        table = sn.read_table(path, samples=samples, separator=separator, decimal=".")
        for name, column in zip("ab", zip(*cells, strict=True), strict=True):
            there = [cell for cell in column if cell != "NA"]
            read = table.frame[name].dropna().tolist()
            whole = set(map(int, there))
            if any(cell[0] == "0" and len(cell) > 1 for cell in there) or len(
                set(map(float, whole))
            ) < len(whole):
                assert table.kind(name) == "category"
                assert read == there
                assert f"{name!r}" in table.reading
            elif there:
                assert table.kind(name) == "number"
                assert list(map(float, read)) == [float(cell) for cell in there]

    @pytest.mark.parametrize(
        "cells",
        [["-01", "2"], ["+01", "2"], ["01.5", "2"], ["0", "00.5"], ["01", "1e3"], ["1e300", "2e16"], ["0", "10"],
         ["-1234567890123456", "1"], ["1234567890123456.0", "1"]],
    )  # fmt: skip
    def test_numbers_stay_numbers(self, file: Any, cells: list[str]) -> None:
        table = sn.read_table(file("a,b\n" + "".join(f"{cell},x\n" for cell in cells)))
        assert table.kind("a") == "number"
        assert "text" not in table.reading

    def test_dates_and_text_beside_them_do_not_matter(self, file: Any) -> None:
        table = sn.read_table(file('a,b,c\n1,2024-01-02,"x,01,y"\n2,2024-01-03,09:30\n'))
        assert [table.kind(name) for name in "abc"] == ["number", "date", "category"]

    @pytest.mark.parametrize("separator", [",", ";", "|", "\t", "/"])
    def test_are_found_between_all_separators(self, file: Any, separator: str) -> None:
        content = "a;b;c\n1;12;3\n2;01;4\n".replace(";", separator)
        table = sn.read_table(file(content), separator=separator)
        assert [table.kind(name) for name in "abc"] == ["number", "category", "number"]

    @pytest.mark.parametrize("rows", [300, 400_000])
    def test_are_found_far_below_the_head(self, file: Any, rows: int) -> None:
        table = sn.read_table(file("a,b\n" + "12345,6\n" * rows + "00001,6\n"))
        assert (table.frame["a"].iloc[-1], table.kind("b")) == ("00001", "number")
        assert table.reading == (
            "CSV with commas and no decimals, UTF-8; column 'a' is text, because it has leading zeros"
        )

    @pytest.mark.parametrize("sep", [",", "|", "\t"])
    def test_digits_of_an_exponent_do_not_make_the_file_be_read_again(
        self, file: Any, sep: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        calls = []
        read_csv = pd.read_csv
        monkeypatch.setattr(pd, "read_csv", lambda *a, **k: calls.append(1) or read_csv(*a, **k))
        table = sn.read_table(file(f"a{sep}b\n1{sep}1.5e+06\n7{sep}2.5\n"))
        assert (table.kind("a"), len(calls)) == ("number", 1)
        table = sn.read_table(file(f"a{sep}b\n01{sep}1.5e+06\n7{sep}2.5\n"))
        assert (table.frame["a"].tolist(), len(calls)) == (["01", "7"], 3)

    def test_of_several_columns_are_named_together(self, file: Any) -> None:
        reading = sn.read_table(file("a,b\n01,02\n")).reading
        assert reading.endswith("; columns 'a' and 'b' are text, because they have leading zeros")

    def test_marks_of_missing_values_are_still_missing(self, file: Any) -> None:
        table = sn.read_table(file("a,b\n01,1\n-9,1\n,1\n"), missing_values=[-9])
        assert table.reading.endswith("; missing values also -9")
        assert table.frame["a"].isna().tolist() == [False, True, True]

    def test_rows_that_end_in_a_separator(self, file: Any) -> None:
        table = sn.read_table(file("a,b\n01,1,\n2,1,\n"))
        assert table.frame.to_dict("list") == {"a": ["01", "2"], "b": [1, 1]}


def test_the_least_whole_number_of_64_bits(file: Any) -> None:
    table = sn.read_table(file("b,n\n,-9223372036854775808\n,5\n"))
    assert table.frame["n"].tolist() == [-(2**63), 5]


class TestBlanksBeforeValues:
    @pytest.mark.parametrize("row", ["2, b", "2,   b", " 2,b", '2, "b"'])
    @pytest.mark.parametrize("rows", [1, 60_000])
    def test_are_not_part_of_them(self, file: Any, row: str, rows: int) -> None:
        others = "1,a\n" * rows
        table = sn.read_table(file(f"x,y\n{others}{row}\n{others}"))
        assert table.frame.iloc[rows].tolist() == [2, "b"]


class TestBlankLines:
    @settings(max_examples=100)
    @given(
        st.lists(st.tuples(st.integers(0, 3), st.sampled_from(["x", '"x\ny"', '"x\n\n\ny"'])), min_size=1, max_size=5),
        st.integers(0, 3),
        st.sampled_from(["\n", "\r\n", "\r"]),
        st.booleans(),
        st.sampled_from(ENCODINGS),
    )  # fmt: skip
    @example([(0, '"x\ny"')], 0, "\r", False, "utf-8")
    def test_between_rows_are_counted(
        self,
        tmp_path_factory: pytest.TempPathFactory,
        rows: list[tuple[int, str]],
        after: int,
        end: str,
        closed: bool,
        encoding: str,
    ) -> None:
        lines = ["a,b"]
        for blank, cell in rows:
            lines += [""] * blank + [f"1,{cell}"]
        text = end.join(lines) + (end * (after + 1) if closed else "")
        path = tmp_path_factory.getbasetemp() / "blank.csv"
        path.write_bytes(text.encode(encoding))
        blank = sum(n for n, _ in rows)
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            assert len(sn.read_table(path)) == len(rows)
        broken = [cell for _, cell in rows if cell != "x"]
        assert broken == [] or "line break" in str(said.pop().message)
        lines_are = "1 blank line" if blank == 1 else f"{blank} blank lines"
        which_are = "which is skipped" if blank == 1 else "which are skipped"
        assert [str(warning.message) for warning in said] == (
            [f"blank.csv has {lines_are} between its rows, {which_are}"] if blank else []
        )

    def test_of_blanks_and_in_a_single_column(self, file: Any) -> None:
        for text in ("a\n1\n  \n2\n", "a\n1\n\n2\n", "sep=,\na,b\n1,2\n\n1,2\n"):
            with pytest.warns(sn.SheernetWarning, match="has 1 blank line between its rows"):
                assert len(sn.read_table(file(text))) == 2

    def test_an_empty_cell_of_a_single_column_is_a_row(self, file: Any) -> None:
        assert len(sn.read_table(file('a\n1\n""\n2\n'))) == 3


def test_a_header_in_one_piece_suggests_another_separator(file: Any) -> None:
    table = sn.read_table(file("a,b,y\n1,2,3\n4,5,6\n"), separator=";")
    with pytest.raises(sn.InvalidInput) as caught:
        table.column("y")
    assert str(caught.value) == (
        "data.csv has no column 'y': its only column is 'a,b,y', because the file was read with semicolons; "
        "give another separator"
    )


def test_whole_lines_in_quotation_marks_are_told(file: Any) -> None:
    table = sn.read_table(file('"a;b;y"\n"1;2;3"\n"4;5;6"\n'))
    with pytest.raises(
        sn.InvalidInput, match=r"'a;b;y', .* if whole lines are in quotation marks, remove these"
    ):
        table.column("y")


class TestSamplesInColumns:
    """The first column holds the names, if it does not have the form of a sample."""

    @pytest.mark.parametrize(
        "text",
        ["5307.37,2100.5,900\n54.9,30.1,20\n", "1,2,3\n4,5,6\n", "-1;2;3\n4;5;6\n", "1e3\t2\t3\n4\t5\t6\n",
         "% made by octave\n1 2 3\n4 5 6\n"],
    )  # fmt: skip
    def test_without_names_no_sample_is_lost(self, file: Any, text: str) -> None:
        with pytest.warns(sn.SheernetWarning, match="is read as a sample"):
            table = sn.read_table(file(text), samples="columns")
        assert table.columns == ("column_1", "column_2")
        assert len(table) == 3

    def test_the_option_decides(self, file: Any) -> None:
        path = file("5,2.5,1\n6,2,3\n")
        assert sn.read_table(path, samples="columns", header="yes").columns == ("5", "6")
        assert len(sn.read_table(path, samples="columns", header="none")) == 3

    @pytest.mark.parametrize(("separator", "word"), [(";", "semicolons"), ("\t", "tabs")])
    @pytest.mark.parametrize("n_titles", [0, 1, 4])
    def test_below_titles(self, file: Any, n_titles: int, separator: str, word: str) -> None:
        titles = "".join(f"Spectrometer{separator}line {k}\n" for k in range(n_titles))
        rows = ["nm P1 P2 P3", *(f"{nm} 0,5 0,{nm} 1,25" for nm in range(400, 420, 5))]
        text = titles + "\n".join(rows).replace(" ", separator) + "\n"
        table = sn.read_table(file(text), samples="columns")
        assert table.columns == ("nm", "400", "405", "410", "415")
        assert table.column("nm").tolist() == ["P1", "P2", "P3"]
        assert table.column("405").tolist() == [0.5, 0.405, 1.25]
        assert f"CSV with {word} and decimal commas" in table.reading
        assert (f"{n_titles} title line" in table.reading) == (n_titles > 0)

    def test_a_column_of_units(self, file: Any) -> None:
        path = file("p,bar,1.5,2.5,1\nT,degC,20,30,40\n")
        with pytest.warns(
            sn.SheernetWarning, match=r"column 2 of .* is read as units \(bar and degC\)"
        ):
            table = sn.read_table(path, samples="columns")
        assert table.frame.to_numpy().tolist() == [[1.5, 20], [2.5, 30], [1, 40]]

    def test_numbers_that_count_the_columns_are_refused(self, file: Any) -> None:
        with pytest.raises(sn.InvalidInput, match="cannot be determined whether the first column"):
            sn.read_table(file("0,2.5,1.5\n1,2.5,3.5\n"), samples="columns")


class TestSpacesWithinValues:
    """Lines with spaces between values and within them, without quotation marks, as some programs write them."""

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("mpg cyl disp\nMazda RX4 21 6 160\nMazda RX4 Wag 21 6 160\nValiant 18.1 6 225\n",
             "has 5 values in line 2, but 3 names"),  # R: write.table(quote=FALSE)
            ("O Sol Wind Temp\n1 41 190 7.4 67\n2 36 118 8 72\n4   11.5 62\n",
             "has 3 values in line 4, but 4 names"),  # R: write.table(na="")
            ("          mpg cyl\nMazda RX4  21   6\nDatsun 710  22   4\nMerc 240 D  24   4\n",
             "has 4 values in line 2, but 2 names"),  # R: print(df)
            ("mpg cyl group\nMazda RX4 Wag 21 6 a\nFiat 128 A 32 4 a\nMerc 240 24 4 b\n",
             "has 6 values in line 2, but 3 names"),
            ("x y z w\nA b 1 NA 3\nA b c 4 5 6\nB c 7 8 9\n",
             "has 6 values in line 3, but 4 names"),
        ],
    )  # fmt: skip
    def test_are_refused(self, file: Any, text: str, said: str) -> None:
        with pytest.raises(sn.InvalidInput, match=f"data.csv {said}.*another separator"):
            sn.read_table(file(text))
        assert sn.read_table(file(text), separator=";").frame.shape[1] == 1

    @pytest.mark.parametrize(
        "text",
        [
            "street address\nMain St 12\nOld Mill Road 3\nHigh Street 7 b\n",
            "what was said\nnothing at all\n1 of 2 was late\nfine\n",
            "product name\nSSD 500 GB\nlamp\nbulb 4 W\n",
        ],
    )
    def test_a_column_of_text_is_one_column(self, file: Any, text: str) -> None:
        assert sn.read_table(file(text)).frame.shape == (3, 1)
