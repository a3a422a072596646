"""Writing tables: what is written is read back, and writing is atomic."""

from __future__ import annotations

import datetime
import gzip
import os
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import sheernet as sn
from sheernet.data.files import csv_text, write_table

TEXTS = st.text('xyzöß😀,;\t|"\n .5', max_size=6).map(lambda text: f"{text}x")
SUFFIXES = [".csv", ".csv.gz", ".parquet"]
N_ROWS = 4


def column_of(dtype: Any) -> st.SearchStrategy[Any]:
    # More digits are read as text.
    most = {"max_value": 10**15 - 1} if dtype in ("i8", "u8") else {}
    return hnp.arrays(
        dtype, N_ROWS, elements=hnp.from_dtype(np.dtype(dtype), allow_nan=False, **most)
    )


NUMBERS = st.sampled_from(["f8", "f4", "f2", "i8", "i4", "u1", "u8", "?"]).flatmap(column_of)
COLUMNS = st.one_of(
    NUMBERS,
    st.lists(TEXTS, min_size=N_ROWS, max_size=N_ROWS),
    st.lists(st.datetimes(datetime.datetime(1900, 1, 1), datetime.datetime(2100, 1, 1)).map(pd.Timestamp),
             min_size=N_ROWS, max_size=N_ROWS),
)  # fmt: skip


class TestDecimalCommas:
    """Numbers are written as by R's write.csv2(frame, row.names = FALSE, quote = FALSE, na = "")."""

    FRAME = pd.DataFrame(
        {"x": [1234.5, None, -0.25], "n": [1, 2, 3], "city": ["Köln", "Bonn", "a, b"], "mixed": [1.5, "u", True]}
    )  # fmt: skip

    def test_values_between_semicolons(self) -> None:
        frame = self.FRAME.drop(columns="city")
        expected = "x;n;mixed\n1234,5;1;1,5\n;2;u\n-0,25;3;True\n"
        assert csv_text(frame, decimal=",") == expected
        assert frame["x"].tolist()[0] == 1234.5

    def test_numbers_that_are_text_are_not_quoted(self) -> None:
        frame = pd.DataFrame({"a": ["-2,5", ",5", "1,5e-3"], "b": [0.5, 1.0, 2.5]})
        assert csv_text(frame, decimal=",") == "a;b\n-2,5;0,5\n,5;1,0\n1,5e-3;2,5\n"

    def test_text_with_a_comma_is_quoted(self) -> None:
        assert '"a, b"' in csv_text(self.FRAME, decimal=",")

    def test_a_byte_order_mark_only_for_other_characters_than_ascii(self, tmp_path: Path) -> None:
        for columns, begins in ((["x", "city"], b"\xef\xbb\xbf"), (["x", "n"], b"x;n")):
            path = write_table(self.FRAME[columns], tmp_path / f"{columns[1]}.csv", decimal=",")
            assert path.read_bytes().startswith(begins)
            if "n" not in columns:
                assert sn.read_table(path).columns == ("x", "city")
        path = write_table(self.FRAME[["city"]], tmp_path / "points.csv")
        assert path.read_bytes().startswith(b'"city"')

    @pytest.mark.parametrize("name", ["t.parquet", "t.xlsx"])
    def test_other_files_have_no_decimal_mark(self, tmp_path: Path, name: str) -> None:
        with pytest.raises(sn.InvalidInput, match="decimal commas apply to CSV files only"):
            write_table(self.FRAME[["n"]], tmp_path / name, decimal=",")


class TestRoundTrip:
    @pytest.mark.filterwarnings(
        "ignore:.* line break:sheernet.SheernetWarning",
        "ignore:.* single column of numbers with decimal commas:sheernet.SheernetWarning",
    )
    @settings(max_examples=100)
    @given(
        st.dictionaries(st.text("ab;|, x", min_size=1).map(lambda t: f"n{t}n"), COLUMNS, min_size=1, max_size=4),
        st.sampled_from(SUFFIXES),
        st.sampled_from([".", ","]),
    )  # fmt: skip
    @example({"n": np.array([1e16, np.inf, 0.0, 0.0])}, ".csv", ",")
    @example({"n;;n": [0, 0, 0, 0], "n;n": ["x", "x", "x", '; "x']}, ".csv", ",")
    @example({"n;n": ["x", "|x", "5|x", "x"], "n|n": ["x", "x", "x", "|x"]}, ".csv", ".")
    def test_reads_what_was_written(
        self,
        tmp_path_factory: pytest.TempPathFactory,
        columns: dict[str, Any],
        suffix: str,
        decimal: Any,
    ) -> None:
        if suffix == ".parquet":
            pytest.importorskip("pyarrow")
        frame = pd.DataFrame(columns, index=range(7, 7 + N_ROWS))
        path = tmp_path_factory.getbasetemp() / f"round{suffix}"
        decimal = "." if suffix == ".parquet" else decimal
        table = sn.read_table(write_table(frame, path, overwrite=True, decimal=decimal))
        assert table.columns == tuple(columns)
        for name, column in columns.items():
            read = table.frame[name].to_numpy()
            if isinstance(column, np.ndarray) and column.dtype.kind == "f":
                wrote = column.astype(np.float64)
                assert read.astype(np.float64).tobytes() == wrote.tobytes()
            else:
                found = [
                    pd.Timestamp(v)
                    if isinstance(v, np.datetime64)
                    else v.strip()
                    if isinstance(v, str)
                    else v
                    for v in read
                ]
                assert found == [v.strip() if isinstance(v, str) else v for v in column]

    def test_a_single_column_of_times_has_no_names_of_rows(self, tmp_path: Path) -> None:
        """Row names as R writes them: the header is quoted, and a blank separates day and time."""
        times = pd.to_datetime(["2000-01-01 00:00", "2000-01-01 12:30"])
        path = write_table(pd.DataFrame({"n,n": times}), tmp_path / "data.csv")
        table = sn.read_table(path)
        assert table.columns == ("n,n",)
        assert list(table.frame["n,n"]) == list(times)

    @pytest.mark.parametrize("suffix", SUFFIXES)
    def test_missing_values_stay_missing(self, tmp_path: Path, suffix: str) -> None:
        if suffix == ".parquet":
            pytest.importorskip("pyarrow")
        frame = pd.DataFrame(
            {
                "x": [1.5, np.nan],
                "c": ["a", None],
                "b": pd.Series([True, None], dtype=object),
                "d": pd.to_datetime(["2020-01-01", None]),
                "i": pd.array([1, None], dtype="Int64"),
            }
        )
        table = sn.read_table(write_table(frame, tmp_path / f"data{suffix}"))
        assert table.frame.isna().to_numpy().tolist() == [[False] * 5, [True] * 5]
        kinds = [table.kind(name) for name in table.columns]
        assert kinds == ["number", "category", "boolean", "date", "number"]

    def test_a_single_column_with_a_missing_value_keeps_its_rows(self, tmp_path: Path) -> None:
        frame = pd.DataFrame({"x": [1.5, np.nan, 2.5]})
        assert len(sn.read_table(write_table(frame, tmp_path / "x.csv"))) == 3


class TestText:
    def test_is_plain_if_it_can_be(self) -> None:
        frame = pd.DataFrame(
            {"x": [0.1, 1e300], "i": [1, 2], "c": ["a", "b,c"], "b": [True, False]}
        )
        assert csv_text(frame) == 'x,i,c,b\n0.1,1,a,True\n1e+300,2,"b,c",False\n'

    def test_the_same_table_is_the_same_file(self, tmp_path: Path) -> None:
        frame = pd.DataFrame({"x": [0.1]})
        paths = [write_table(frame, tmp_path / f"{i}.csv.gz") for i in range(2)]
        assert paths[0].read_bytes() == paths[1].read_bytes()
        assert paths[0].read_bytes()[4:8] == bytes(4)  # no time of writing
        assert gzip.decompress(paths[0].read_bytes()) == b"x\n0.1\n"

    def test_does_not_change_the_frame(self, tmp_path: Path) -> None:
        frame = pd.DataFrame({1: np.array([0.1], dtype=np.float32)}, index=["a"])
        before = frame.copy(deep=True)
        csv_text(frame)
        if pytest.importorskip("pyarrow"):
            write_table(frame, tmp_path / "x.parquet")
        pd.testing.assert_frame_equal(frame, before)


class TestRefuses:
    @pytest.mark.parametrize("name", ["data.txt", "data.xls", "data", "csv", "data.gz"])
    def test_other_suffixes(self, tmp_path: Path, name: str) -> None:
        with pytest.raises(
            sn.InvalidInput,
            match=rf"the extension of a table file must be \.csv, \.csv\.gz, \.parquet or \.xlsx, but '{name}'",
        ):
            write_table(pd.DataFrame({"x": [1]}), tmp_path / name)
        assert list(tmp_path.iterdir()) == []

    def test_a_file_that_is_there(self, tmp_path: Path) -> None:
        path = write_table(pd.DataFrame({"x": [1]}), tmp_path / "data.CSV")
        with pytest.raises(sn.InvalidInput, match="exists already and is not overwritten"):
            write_table(pd.DataFrame({"x": [2]}), path)
        assert path.read_text() == "x\n1\n"
        assert write_table(pd.DataFrame({"x": [2]}), path, overwrite=True).read_text() == "x\n2\n"

    def test_names_that_are_the_same(self, tmp_path: Path) -> None:
        with pytest.raises(sn.InvalidInput, match="more than one column named '1'"):
            write_table(pd.DataFrame([[1, 2]], columns=[1, "1"]), tmp_path / "x.csv")

    def test_what_parquet_cannot_hold(self, tmp_path: Path) -> None:
        pytest.importorskip("pyarrow")
        with pytest.raises(
            sn.InvalidInput, match=r"cannot be written as Parquet \(.*\); write it as \.csv"
        ):
            write_table(pd.DataFrame({"x": [1, "a", [2]]}), tmp_path / "x.parquet")
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.parametrize("suffix", [".csv", ".parquet"])
    def test_a_full_disk_leaves_nothing(
        self, tmp_path: Path, suffix: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(descriptor: int) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(os, "fsync", fail)
        with pytest.raises(sn.InvalidInput, match="cannot be written: No space left on device; fr"):
            write_table(pd.DataFrame({"x": [1]}), tmp_path / f"x{suffix}")
        assert list(tmp_path.iterdir()) == []


class TestWorkbooks:
    @pytest.fixture(autouse=True)
    def _openpyxl(self) -> None:
        pytest.importorskip("openpyxl")

    def test_keep_values_and_text_that_begins_as_a_formula(self, tmp_path: Path) -> None:
        frame = pd.DataFrame(
            {
                "x": [0.1, None, 1e300],
                "n": [1, 2, 2**40],
                "b": [True, False, True],
                "when": pd.to_datetime(["2024-03-01 00:00", None, "2024-03-02 10:30"]),
                "=SUM(A1)": ["=1+1", None, '=HYPERLINK("http://a")'],
            }
        )
        path = write_table(frame, tmp_path / "x.xlsx")
        pd.testing.assert_frame_equal(sn.read_table(path).frame, frame, check_dtype=False)

    @pytest.mark.parametrize(
        "value",
        [
            datetime.time(1, 31),
            datetime.time(23, 59, 59),
            datetime.date(2024, 2, 29),
        ],
    )
    def test_keep_times_and_dates(self, tmp_path: Path, value: Any) -> None:
        path = write_table(pd.DataFrame({"x": [1, 2], "t": [value, None]}), tmp_path / "x.xlsx")
        read = sn.read_table(path).frame["t"]
        assert pd.Series([read[0]]).astype(str)[0] == pd.Series([value]).astype(str)[0]
        assert read[1] is None or pd.isna(read[1])

    @pytest.mark.parametrize(
        ("value", "hours"),
        [
            (datetime.timedelta(hours=30, minutes=5), 30 + 5 / 60),
            (pd.Timedelta(minutes=91), 91 / 60),
            (np.timedelta64(90, "m"), 1.5),
        ],
    )
    def test_keep_durations_which_are_read_as_hours(
        self, tmp_path: Path, value: Any, hours: float
    ) -> None:
        path = write_table(pd.DataFrame({"x": [1, 2], "t": [value, None]}), tmp_path / "x.xlsx")
        read = sn.read_table(path).frame["t"]
        assert read[0] == pytest.approx(hours, rel=1e-12)
        assert pd.isna(read[1])

    def test_write_infinity_as_text(self, tmp_path: Path) -> None:
        path = write_table(pd.DataFrame({"x": [1.0, np.inf, -np.inf]}), tmp_path / "x.xlsx")
        assert sn.read_table(path).frame["x"].tolist() == [1.0, "inf", "-inf"]

    @pytest.mark.parametrize(
        ("frame", "message"),
        [
            (pd.DataFrame({"x": ["\x01"]}), "cannot be written as an Excel file"),
            (pd.DataFrame({"x": [[1, 2]]}), "cannot be written as an Excel file"),
            (pd.DataFrame(np.zeros((1, 2**14 + 1))), "at most 1048576 rows and 16384 columns"),
            (pd.DataFrame({"x": np.zeros(2**20)}), "1048576 rows below its header"),
        ],
    )
    def test_that_cannot_hold_the_table_are_refused(
        self, tmp_path: Path, frame: pd.DataFrame, message: str
    ) -> None:
        with pytest.raises(sn.InvalidInput, match=message):
            write_table(frame, tmp_path / "x.xlsx")
        assert list(tmp_path.iterdir()) == []
