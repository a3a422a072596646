"""Tables: what is read from CSV files, DataFrames and mappings, and each thing that is refused."""

from __future__ import annotations

import csv
import io
import os
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import sheernet as sn

FINITE = hnp.arrays(
    np.float64, hnp.array_shapes(min_dims=2, max_dims=2, max_side=6),
    elements=st.floats(allow_nan=False, allow_infinity=False),
)  # fmt: skip


def columns(n: int) -> list[str]:
    return [f"column {i}" for i in range(n)]


@pytest.fixture
def file(tmp_path: Path):
    def write(content: str | bytes, name: str = "data.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


class TestReading:
    @given(FINITE)
    def test_a_frame_a_mapping_and_a_table_are_the_same(self, values: np.ndarray) -> None:
        names = columns(values.shape[1])
        frame = sn.read_table(pd.DataFrame(values, columns=names))
        mapping = sn.read_table({name: values[:, i].tolist() for i, name in enumerate(names)})
        for table in (frame, mapping, sn.read_table(frame)):
            assert table.columns == tuple(names)
            assert np.array_equal(table.matrix(names), values)
            assert len(table) == len(values)

    def test_a_csv_file_gives_pandas_numbers(self, file) -> None:
        values = np.random.default_rng(0).normal(size=(50, 3)) * [1e-9, 1.0, 1e9]
        text = io.StringIO()
        csv.writer(text).writerows([["a", "b", "c"], *values.tolist()])
        table = sn.read_table(file(text.getvalue()))
        assert np.allclose(table.matrix("abc"), values, rtol=1e-15, atol=0)
        assert table.source == "data.csv"

    def test_columns_are_found_by_name_in_any_order(self) -> None:
        table = sn.read_table({"a": [1.0, 2.0], "b": [3.0, 4.0]})
        assert table.matrix(["b", "a"]).tolist() == [[3.0, 1.0], [4.0, 2.0]]
        assert table.matrix(["b"]).tolist() == [[3.0], [4.0]]

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("a, b\n1, 2\n", [[1, 2]]),
            ("a,b\r\n1,2\r\n", [[1, 2]]),
            ('"a","b"\n"1","2"\n', [[1, 2]]),
            ("a,b\nTrue,1e3\nFalse,-2\n", [[1, 1000], [0, -2]]),
            ("a,b\n1,2,\n3,4,\n", [[1, 2], [3, 4]]),
        ],
    )
    def test_ways_to_write_a_csv_file(self, file, text: str, expected: list[list[float]]) -> None:
        table = sn.read_table(file(text))
        assert table.columns == ("a", "b")
        assert table.values.tolist() == expected

    def test_a_path_may_be_text(self, file) -> None:
        assert sn.read_table(str(file("a\n1\n"))).columns == ("a",)

    @pytest.mark.parametrize(
        "column",
        [
            [True, False],
            np.array([1, 0], dtype=np.int8),
            pd.array([1, 0], dtype="Int64"),
            pd.Series([1.0, 0.0], index=["p", "q"]),
            pd.Categorical([1, 0]),
        ],
    )
    def test_kinds_of_numbers(self, column: Any) -> None:
        assert sn.read_table(pd.DataFrame({"x": column})).values.tolist() == [[1.0], [0.0]]

    @pytest.mark.parametrize(
        "column",
        [
            [1.0, None],
            [1.0, np.nan],
            pd.array([1, None], dtype="Int64"),
            pd.array([True, None], dtype="boolean"),
        ],
    )
    def test_missing_values_are_kept_until_the_column_is_used(self, column: Any) -> None:
        table = sn.read_table(pd.DataFrame({"x": column, "y": [3.0, 4.0]}))
        assert np.isnan(table.values[1, 0])
        assert table.matrix(["y"]).tolist() == [[3.0], [4.0]]
        with pytest.raises(
            sn.InvalidInput,
            match=r"'x' of the table has 1 values that are missing .* first in data row 2",
        ):
            table.matrix(["x"])

    def test_names_that_only_look_renamed_are_kept(self, file) -> None:
        assert sn.read_table(file("a,a.1,b.2\n1,2,3\n")).columns == ("a", "a.1", "b.2")


def all_numbers(source: Any) -> np.ndarray:
    """Every column as numbers: columns of something else are refused when they are used."""
    table = sn.read_table(source)
    return table.matrix(table.columns)


def test_a_header_of_numbers_is_noticed(file) -> None:
    with pytest.warns(sn.SheernetWarning, match=r"the first line of data\.csv holds numbers only"):
        assert sn.read_table(file("1,2\n2,3\n")).columns == ("1", "2")


def test_columns_of_text_are_refused_only_when_they_are_used(file) -> None:
    table = sn.read_table(file("name,x\nAnn,1\nBob,2\n"))
    assert table.matrix(["x"]).tolist() == [[1.0], [2.0]]
    assert list(table.not_numbers) == ["name"]


class TestRefuses:
    @pytest.mark.parametrize(
        ("content", "message"),
        [
            ("", r"data\.csv' is empty; a table has a header line and rows of numbers"),
            ("\n\n", r"data\.csv' is empty"),
            ("a,b\n", r"data\.csv has no rows below its header; at least one is needed"),
            (
                "a,b\n1,2\n3,high\n",
                "column 'b' of data.csv must hold a number in each row, but data row 2 has 'high'; leave",
            ),
            (
                "a,b\n1,2020-01-01\n",
                "column 'b' of data.csv must hold a number in each row, but data row 1 has '2020-01-01'",
            ),
            ("a;b\n1;2\n", "data.csv seems to be separated by semicolons; save it with commas"),
            ("a\tb\n1\t2\n", "data.csv seems to be separated by tabs"),
            ("a,b,a\n1,2,3\n", "data.csv has more than one column named 'a'; names must differ"),
            ("a,a,a.1\n1,2,3\n", "data.csv has more than one column named 'a'"),
            (
                "a,b\n1,2,3\n4,5,6\n",
                "data.csv has more values in a row than names in its header; every column needs a name",
            ),
            ("a,b\n0,2,3\n1,5,6\n", "data.csv has more values in a row than names"),
            ("a,b\n1,2\n1,2,3\n", r"data\.csv' cannot be read as CSV: .* line 3"),
            ('"a,b\n1,2\n', r"data\.csv' cannot be read as CSV"),
            (b"caf\xe9\n1\n", r"data\.csv' cannot be read as CSV: 'utf-8' codec"),
            (b"\xff\xfe\x00\x01" + bytes(range(256)), r"data\.csv' cannot be read as CSV"),
            (b"\x00" * 1000, r"data\.csv"),
        ],
    )
    def test_a_file_that_is_no_table(self, file, content: str | bytes, message: str) -> None:
        with pytest.raises(sn.InvalidInput, match=message) as caught:
            all_numbers(file(content))
        assert "\n" not in str(caught.value)

    def test_a_number_beyond_float64_when_it_is_used_at_the_latest(self, file) -> None:
        with pytest.raises(
            sn.InvalidInput, match=r"column 'a' of data\.csv"
        ):  # pandas reads text, or inf
            sn.read_table(file("a,b\n" + 400 * "1" + ",2\n")).matrix(["a"])

    @pytest.mark.filterwarnings("ignore::sheernet.errors.SheernetWarning")  # of a header of numbers
    @given(st.binary(max_size=300))
    def test_random_bytes_never_raise_anything_else(self, tmp_path_factory, content: bytes) -> None:
        path = tmp_path_factory.getbasetemp() / "random.csv"
        path.write_bytes(content)
        try:
            sn.read_table(path)
        except sn.InvalidInput as error:
            assert str(error)  # noqa: PT017

    def test_a_file_that_is_not_there_with_the_nearest_name(self, file) -> None:
        path = file("a\n1\n", "scores.csv")
        with pytest.raises(
            sn.InvalidInput, match=r"there is no file '.*score\.csv'; did you mean 'scores\.csv'\?"
        ):
            sn.read_table(path.with_name("score.csv"))
        with pytest.raises(sn.InvalidInput, match=r"there is no file '.*zz'; check the path"):
            sn.read_table(path.with_name("zz"))
        with pytest.raises(sn.InvalidInput, match="there is no file"):
            sn.read_table(path.parent / "no" / "scores.csv")

    def test_a_folder(self, tmp_path: Path) -> None:
        with pytest.raises(sn.InvalidInput, match="is a folder; give the name of a CSV file"):
            sn.read_table(tmp_path)

    @pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="everything can be read here")
    def test_a_file_without_permission(self, file) -> None:
        path = file("a\n1\n")
        path.chmod(0)
        with pytest.raises(sn.InvalidInput, match="cannot be read: Permission denied"):
            sn.read_table(path)

    def test_a_file_that_the_system_refuses(self, file, monkeypatch) -> None:
        def refuse(*arguments: object, **more: object) -> None:
            raise PermissionError(13, "Permission denied")

        path = file("a\n1\n")
        monkeypatch.setattr(pd, "read_csv", refuse)
        with pytest.raises(sn.InvalidInput, match="cannot be read: Permission denied"):
            sn.read_table(path)

    def test_missing_values_and_infinities_where_they_are_used(self, file) -> None:
        table = sn.read_table(file("a,b,c\n1,,inf\n2,NA,3\n3,5,-inf\n"))
        assert table.matrix(["a"]).tolist() == [[1.0], [2.0], [3.0]]
        with pytest.raises(
            sn.InvalidInput,
            match=r"column 'b' of data.csv has 2 values .* first in data row 1; fill or",
        ):
            table.matrix(["a", "b"])
        with pytest.raises(
            sn.InvalidInput,
            match=r"column 'c' of data.csv has 2 values that are missing or not finite",
        ):
            table.matrix(["c", "a"])

    def test_a_column_that_is_not_there_with_the_nearest_names(self) -> None:
        table = sn.read_table({"hours": [1.0], "score": [2.0]})
        with pytest.raises(
            sn.InvalidInput,
            match=r"no column 'scor'; did you mean 'score'. Its columns are hours, score",
        ):
            table.matrix(["scor"])
        with pytest.raises(sn.InvalidInput, match="no column 'zzz'; its columns are hours, score"):
            table.matrix(["hours", "zzz"])

    @pytest.mark.parametrize(
        ("source", "message"),
        [
            (3, "a table is a path, a DataFrame or a mapping of columns, but int was given"),
            (None, "but NoneType was given"),
            ([[1.0]], "but list was given"),
            ({}, "the columns of a table must have the same length, at least one; given were {}"),
            (
                {"x": [1, 2], "y": [1]},
                r"must have the same length, at least one; given were {'x': 2, 'y': 1}",
            ),
            ({"x": []}, "the table has no rows"),
            ({1: [1.0], "1": [2.0]}, "more than one column named '1'"),
            (
                {"x": ["low", "high"]},
                "column 'x' of the table must hold a number in each row, but data row 1 has 'low'",
            ),
            ({"x": [1.0, "high"]}, "data row 2 has 'high'"),
            ({"x": [1.0, "high", None]}, "data row 2 has 'high'"),
            ({"x": np.ones((3, 2))}, r"column 'x' .* but float64 of shape \(3, 2\) was given"),
            ({"x": [[1.0], [2.0, 3.0]]}, "column 'x' .* its rows hold lists"),
            ({"x": [1j]}, "column 'x' .* but complex128"),
            ({"x": np.array(["2020-01-01"], "datetime64[s]")}, "column 'x' .* but datetime64"),
            (pd.DataFrame(), "the table has no rows"),
            (pd.DataFrame({"x": []}), "the table has no rows"),
            (
                pd.DataFrame([[1, 2]], columns=["a", "a"]),
                "the table has more than one column named 'a'",
            ),
            (
                pd.DataFrame({"x": ["low"]}),
                "column 'x' of the table must hold a number in each row, but data row 1 has 'low'",
            ),
            (pd.DataFrame({"x": pd.Categorical(["low"])}), "data row 1 has 'low'"),
            (pd.DataFrame({"x": pd.to_datetime(["2020-01-01"])}), "column 'x' .* but datetime64"),
            (pd.DataFrame({"x": [1j]}), "column 'x' .* but complex128"),
        ],
        ids=lambda value: str(value)[:30].replace("\n", " ") if not isinstance(value, str) else "",
    )
    def test_what_is_no_table_in_memory(self, source: Any, message: str) -> None:
        with pytest.raises(sn.InvalidInput, match=message):
            all_numbers(source)

    def test_a_missing_pandas_with_its_install_line(self, monkeypatch) -> None:
        import sys

        monkeypatch.setitem(sys.modules, "pandas", None)
        with pytest.raises(
            sn.MissingDependency, match=r'tables need pandas.*pip install "sheernet\[tables\]"'
        ):
            sn.read_table("data.csv")

    def test_nothing_where_columns_are_in_memory_and_pandas_is_missing(self, monkeypatch) -> None:
        import sys

        monkeypatch.setitem(sys.modules, "pandas", None)
        assert sn.read_table({"x": [1.0]}).columns == ("x",)
