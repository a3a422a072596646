"""Table: columns by name, rows by index, and error messages."""

from __future__ import annotations

import datetime
import decimal
import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import scipy.io
from hypothesis import given
from hypothesis import strategies as st

import sheernet as sn

NAMES = st.lists(st.text(max_size=4), min_size=1, max_size=5, unique=True)


class TestMaking:
    @given(NAMES, st.integers(1, 4))
    def test_columns_and_rows_are_those_of_the_frame(self, names: list[str], n_rows: int) -> None:
        values = np.arange(n_rows * len(names), dtype=float).reshape(n_rows, -1)
        table = sn.read_table(pd.DataFrame(values, columns=names, index=[7] * n_rows))
        assert table.columns == tuple(names)
        assert len(table) == n_rows
        assert np.array_equal(table.frame.to_numpy(), values)
        assert table.frame.index.equals(pd.RangeIndex(n_rows))

    def test_does_not_change_the_frame_that_it_was_given(self) -> None:
        frame = pd.DataFrame({1: [1, None], "c": pd.Categorical(["a", "b"])}, index=["p", "q"])
        before = frame.copy(deep=True)
        sn.read_table(frame, missing_values=["a", 1])
        pd.testing.assert_frame_equal(frame, before)

    def test_names_become_text(self) -> None:
        table = sn.read_table(pd.DataFrame([[1, 2, 3]], columns=[0, 1.5, "x"]))
        assert table.columns == ("0", "1.5", "x")

    def test_a_table_is_its_own_table(self) -> None:
        table = sn.read_table({"x": [1.0]})
        assert sn.read_table(table) is table

    @pytest.mark.parametrize(
        ("values", "dtype"),
        [
            ([1, 2], "int64"),
            ([1, None], "float64"),
            ([1, 2.5], "float64"),
            ([decimal.Decimal("0.1"), None], "float64"),
            ([10**30, 1], "float64"),
            ([True, False], "bool"),
            ([True, None], "object"),
            (pd.Categorical([1, 0]), "int64"),
            ([datetime.date(2020, 1, 1), None], "datetime64"),
            ([datetime.datetime(2020, 1, 1)], "datetime64"),
        ],
        ids=str,
    )
    def test_objects_become_what_each_of_them_is(self, values: Any, dtype: str) -> None:
        column = values if isinstance(values, pd.Categorical) else pd.Series(values, dtype=object)
        assert str(sn.read_table(pd.DataFrame({"x": column})).frame["x"].dtype).startswith(dtype)

    def test_numbers_in_objects_are_the_nearest(self) -> None:
        column = pd.Series([decimal.Decimal("0.1"), 10**400, -(10**400), None], dtype=object)
        values = sn.read_table(pd.DataFrame({"x": column})).frame["x"].tolist()
        assert values[:3] == [0.1, np.inf, -np.inf]
        assert np.isnan(values[3])

    @pytest.mark.parametrize(
        ("frame", "message"),
        [
            (pd.DataFrame({"x": []}), "the table has no rows below its header; at least one"),
            (pd.DataFrame(index=[0, 1]), "the table has no columns; at least one is needed"),
            (
                pd.DataFrame([[1, 2]], columns=["a", "a"]),
                "more than one column named 'a', but names must be distinct; rename one",
            ),
            (pd.DataFrame([[1, 2]], columns=[1, "1"]), "more than one column named '1'"),
            (
                pd.DataFrame([[1, 2]], columns=pd.MultiIndex.from_tuples([("a", "b"), ("a", "c")])),
                "the table has column names of 2 levels; give each column a single name",
            ),
        ],
    )
    def test_refuses(self, frame: pd.DataFrame, message: str) -> None:
        with pytest.raises(sn.InvalidInput, match=message):
            sn.read_table(frame)


class TestMapping:
    @pytest.mark.parametrize(
        "column",
        [
            [1.0, 2.0],
            (1.0, 2.0),
            np.array([1.0, 2.0]),
            pd.Series([1.0, 2.0], index=["p", "q"]),
            pd.array([1.0, 2.0], dtype="Float64"),
            np.ma.array([1.0, 2.0]),
            range(1, 3),
        ],
    )
    def test_takes_any_sequence(self, column: Any) -> None:
        table = sn.read_table({"x": column, "y": [3, 4]})
        assert table.frame["x"].tolist() == [1.0, 2.0]
        assert table.kind("x") == "number"

    def test_masked_values_are_missing(self) -> None:
        table = sn.read_table({"x": np.ma.array([1.0, 2.0], mask=[False, True])})
        assert table.frame["x"].isna().tolist() == [False, True]

    @pytest.mark.parametrize(
        ("columns", "message"),
        [
            ({}, "must have the same length, but the lengths are {}"),
            ({"x": []}, "the table has no rows"),
            ({"x": [1, 2], "y": [1]}, r"same length, but the lengths are {'x': 2, 'y': 1}"),
            ({1: [1.0], "1": [2.0]}, "more than one column named '1'"),
            ({"x": 3}, "column 'x' must be a sequence of values, but '3' was given"),
            ({"x": "abc"}, "column 'x' must be a sequence of values, but 'abc' was given"),
            ({"x": np.ones((3, 2))}, r"column 'x' .* an array of shape \(3, 2\) was given; give"),
        ],
        ids=str,
    )
    def test_refuses(self, columns: Any, message: str) -> None:
        with pytest.raises(sn.InvalidInput, match=message):
            sn.read_table(columns)

    def test_lists_in_a_column_are_kept(self) -> None:
        assert sn.read_table({"x": [[1.0], [2.0, 3.0]]}).kind("x") == "other"


@pytest.mark.parametrize(("source", "name"), [(3, "int"), (None, "NoneType"), ([[1.0]], "list")])
def test_an_invalid_source(source: Any, name: str) -> None:
    with pytest.raises(
        sn.InvalidInput,
        match=f"a table must be a path, a DataFrame, a mapping of columns or a list of mappings, but {name} was given",
    ):
        sn.read_table(source)


class TestTaking:
    @pytest.fixture
    def table(self) -> sn.Table:
        return sn.read_table({"hours": [1.0, 2.0, 3.0], "score": ["a", "b", "c"]})

    def test_rows_by_number(self, table: sn.Table) -> None:
        taken = table.take(np.array([2, 0, 0]))
        assert taken.frame.to_dict("list") == {"hours": [3.0, 1.0, 1.0], "score": ["c", "a", "a"]}
        assert taken.frame.index.equals(pd.RangeIndex(3))
        assert taken.source == table.source

    def test_no_rows(self, table: sn.Table) -> None:
        assert len(table.take(np.array([], dtype=np.intp))) == 0

    def test_a_column_by_name(self, table: sn.Table) -> None:
        assert table.column("hours").tolist() == [1.0, 2.0, 3.0]
        assert (table.kind("hours"), table.kind("score")) == ("number", "category")

    def test_an_unknown_name_with_the_nearest(self, table: sn.Table) -> None:
        message = r"the table has no column 'scor': its columns are hours and score; did you mean 'score'\?$"
        for ask in (table.column, table.kind, lambda name: table.require(["hours", name])):
            with pytest.raises(sn.InvalidInput, match=message):
                ask("scor")
        with pytest.raises(
            sn.InvalidInput,
            match=r"no column 'zz': its columns are hours and score; name one of these$",
        ):
            table.require(["zz"])
        table.require(["hours", "score"])

    @given(st.sampled_from(["Score", "SCORE", "sCORE", "score ", "sc\u00f6re", "SCOR"]))
    def test_the_nearest_does_not_depend_on_case(self, asked: str) -> None:
        for there in ("score", "SCORE", "Score"):
            table = sn.read_table({"zip": [1], there: [1.0]})
            if asked != there:
                with pytest.raises(sn.InvalidInput, match=f"did you mean '{there}'"):
                    table.require([asked])

    def test_names_that_would_run_together_are_quoted(self) -> None:
        table = sn.read_table({"a, b": [1], "c": [1], " d": [1], 'e"': [1], "it's": [1]})
        with pytest.raises(sn.InvalidInput) as caught:
            table.require(["zz"])
        assert str(caught.value) == (
            """the table has no column 'zz': its columns are 'a, b', c, ' d', 'e"' and "it's"; name one of these"""
        )

    def test_of_many_columns_the_first_are_listed(self) -> None:
        table = sn.read_table({f"c{i}": [1] for i in range(500)})
        with pytest.raises(
            sn.InvalidInput, match=r"columns are c0, c1, .*, c18 and 481 more; name one of these$"
        ):
            table.require(["x"])


class TestKindAndDistinct:
    def test_are_those_of_the_rows_that_were_taken(self) -> None:
        table = sn.read_table({"a": ["1", "2", "high"]})
        assert table.kind("a") == "mixed"
        taken = table.take(np.array([2]))
        assert (taken.kind("a"), taken.distinct("a")[1]) == ("category", ("high",))

    def test_distinct_values_are_in_the_order_of_their_rows(self) -> None:
        codes, values = sn.read_table({"a": ["y", None, "x", "y"]}).distinct("a")
        assert (codes.tolist(), values) == ([0, -1, 1, 0], ("y", "x"))
        with pytest.raises(ValueError, match="read-only"):
            codes[0] = 1


@pytest.mark.parametrize(
    "labels",
    [["1. Industrial", "2. Information"], ["1. <=Good", "2. >=Very Good"], ["1. Mann", "2. Frau"]],
)
def test_labels_with_their_numbers_in_front_are_text_without_a_warning(
    file: Any, labels: list[str]
) -> None:
    table = sn.read_table(file("k,y\n" + "".join(f'"{labels[i < 4]}",{i}\n' for i in range(7))))
    assert table.kind("k") == "category"
    assert set(table.frame["k"]) == set(labels)


def test_quantities_of_two_units_are_pointed_out(file: Any) -> None:
    with pytest.warns(sn.SheernetWarning, match="several units"):
        sn.read_table(file("k,y\n5.0 mm,1\n6.0 cm,2\n"))


class TestMissingValues:
    @pytest.mark.parametrize("marks", [[-999, "?"], ["-999.0", "?"], ("?", -999.0)])
    def test_become_missing_in_numbers_and_text(self, marks: Any) -> None:
        frame = pd.DataFrame({"i": [1, -999], "f": [-999.0, 2.5], "t": ["?", "x-999"]})
        table = sn.read_table(frame, missing_values=marks)
        assert table.frame.isna().to_numpy().tolist() == [[False, True, True], [True, False, False]]
        assert table.frame["t"].tolist()[1] == "x-999"

    @pytest.mark.parametrize(
        ("marker", "missing"),
        [
            (1, [0, 1, 0, 0]),
            (0, [0, 0, 0, 1]),
            ("1.0", [0, 1, 0, 0]),
            ("TRUE", [1, 0, 0, 0]),
            ("false", [0, 0, 1, 0]),
        ],
    )
    def test_tell_booleans_from_1_and_0(self, marker: Any, missing: list[int]) -> None:
        frame = pd.DataFrame(
            {
                "objects": pd.Series([True, 1, False, 0], dtype=object),
                "numbers": pd.array([None, 1, None, 0], dtype="Int64"),
                "booleans": pd.array([True, None, False, None], dtype="boolean"),
            }
        )
        found = sn.read_table(frame, missing_values=[marker]).frame
        expected = [
            [gap, gap or is_boolean, gap or not is_boolean]
            for gap, is_boolean in zip(missing, (1, 0, 1, 0), strict=True)
        ]
        assert found.isna().to_numpy().astype(int).tolist() == expected

    def test_make_dirty_columns_numbers(self) -> None:
        frame = pd.DataFrame({"x": pd.Series([1.5, "?", 2], dtype=object)})
        assert sn.read_table(frame).kind("x") == "mixed"
        assert sn.read_table(frame, missing_values="?").kind("x") == "number"

    @pytest.mark.parametrize("unit", ["{} mm", "{} €", "{}mm", "${}", "{} %", "{} m/s", "{}"])
    @pytest.mark.parametrize("marker", [-999, "-999", -999.0])
    def test_match_numbers_with_units(self, file: Any, unit: str, marker: Any) -> None:
        cells = [unit.format(value) for value in ("1.5", "-999", "2.5", "-999.0")]
        path = file("x;y\n" + "".join(f"{cell};1\n" for cell in cells))
        for source in (path, {"x": cells, "y": [1, 1, 1, 1]}):
            table = sn.read_table(source, missing_values=[marker])
            assert table.frame["x"].isna().tolist() == [False, True, False, True]
            assert table.frame["x"].dropna().tolist() == [1.5, 2.5]

    def test_labels_that_begin_with_the_number_are_kept(self, file: Any) -> None:
        cells = ["12A", "12B", "12 boxes", "x12"]
        with pytest.warns(sn.SheernetWarning, match="^no cell of data.csv is '12', as"):
            table = sn.read_table(file("x\n" + "\n".join(cells) + "\n"), missing_values=[12])
        assert table.frame["x"].tolist() == cells

    @pytest.mark.parametrize("write", ["to_csv", "to_excel", None])
    def test_do_not_occur_in_row_numbers(self, tmp_path: Path, write: str | None) -> None:
        frame = pd.DataFrame({"x": [99, 5, 6], "k": ["a", "99", "c"]}, index=[98, 99, 3])
        source: Any = frame.reset_index(names="row")
        if write:
            source = tmp_path / ("t.csv" if write == "to_csv" else "t.xlsx")
            getattr(frame, write)(source)
        found = sn.read_table(source, missing_values=[99]).frame
        assert found["row"].tolist() == [98, 99, 3]
        assert found["x"].isna().tolist() == [True, False, False]
        assert found["k"].isna().tolist() == [False, True, False]

    @pytest.mark.parametrize("numbers", [[0.5, -99, 0.25], [1, -99, 3], [1, 99, 99]])
    def test_occur_in_values_without_a_name(self, file: Any, numbers: list[float]) -> None:
        path = file(",y\n" + "".join(f"{number},1\n" for number in numbers))
        table = sn.read_table(path, missing_values=[n for n in (-99, 99) if n in numbers])
        assert table.frame["row"].notna().tolist() == [abs(number) != 99 for number in numbers]

    @pytest.mark.parametrize("cells", [["<2", "5", ">20", "6"], ["-9", "5", "-99", "6"]])
    def test_joined_in_one_text_are_pointed_out(self, file: Any, cells: list[str]) -> None:
        joined = f"{cells[0]}, {cells[2]}"
        for source in (file("x\n" + "\n".join(cells) + "\n"), {"x": cells}):
            with pytest.warns(sn.SheernetWarning, match=re.escape(repr(joined))):
                assert sn.read_table(source, missing_values=joined).frame["x"].notna().all()
            listed = [cells[0], cells[2]]
            assert sn.read_table(source, missing_values=listed).frame["x"].isna().sum() == 2

    @pytest.mark.parametrize(
        ("marker", "cells", "n_missing"),
        [("-999,0", ["0", "1,5", "-999,0"], 1), ("a, b", ["a, b", "c", "d"], 1)],
    )  # fmt: skip
    def test_with_a_comma_may_be_one_text(
        self, file: Any, marker: str, cells: list[str], n_missing: int
    ) -> None:
        table = sn.read_table(file("x;y\n" + ";1\n".join(cells) + ";1\n"), missing_values=marker)
        assert table.frame["x"].isna().sum() == n_missing

    @pytest.mark.parametrize("suffix", ["csv", "tsv", "xlsx", "mat", "parquet", ""])
    def test_that_no_cell_has_are_named(self, tmp_path: Path, suffix: str) -> None:
        columns = {"x": [1.5, -999.0, 2.5, 4.5], "y": [1.0, 9.0, 5.0, 4.0]}
        frame = pd.DataFrame(columns)
        path = tmp_path / f"data.{suffix}"
        write = {
            "csv": frame.to_csv,
            "tsv": lambda path, **how: frame.to_csv(path, sep="\t", decimal=",", **how),
            "xlsx": frame.to_excel,
            "mat": lambda path, **_: scipy.io.savemat(path, columns),
            "parquet": frame.to_parquet,
        }
        if suffix:
            write[suffix](path, index=False)
        expected = r"^no cell of .* is '-99' or 'p,q', as missing_values says; write"
        with pytest.warns(sn.SheernetWarning, match=expected):
            table = sn.read_table(
                path if suffix else frame, missing_values=["-999", "9", -99, "NA", "p,q"]
            )
        assert table.frame.isna().to_numpy().sum(axis=0).tolist() == [1, 1]

    def test_of_a_model_need_not_be_in_other_files(self, file: Any) -> None:
        like = sn.read_table(file("x\n1\n-9\n"), missing_values=["-9"]).read_as
        path = file("x\n1\n2\n")
        for markers in (None, ["-9"]):
            sn.read_table(path, like=like, missing_values=markers)
        with pytest.warns(sn.SheernetWarning, match="is '-99', as"):
            sn.read_table(path, like=like, missing_values=["-9", "-99"])

    def test_are_the_same_in_a_file(self, file: Any) -> None:
        path = file("a,b\n-999,?\n1.5,x\n,y\n")
        table = sn.read_table(path, missing_values=[-999, "?"])
        assert table.frame.isna().to_numpy().tolist() == [
            [True, True], [False, False], [True, False]
        ]  # fmt: skip


def test_a_missing_pandas_with_its_install_line(monkeypatch: pytest.MonkeyPatch, file: Any) -> None:
    import sys

    path = file("a\n1\n")
    monkeypatch.setitem(sys.modules, "pandas", None)
    for source in (path, {"x": [1.0]}):
        with pytest.raises(
            sn.MissingDependency, match=r'tables need pandas.*pip install "sheernet\[tables\]"'
        ):
            sn.read_table(source)


@given(st.lists(st.integers(0, 8), min_size=1), st.data())
def test_rows_keep_their_numbers_in_the_file(rows: list[int], data: st.DataObject) -> None:
    taken = sn.read_table({"x": range(9)}).take(np.array(rows))
    again = data.draw(st.lists(st.integers(0, len(rows) - 1), min_size=1))
    for table in (taken, sn.read_table(taken.take(np.array(again)))):
        numbers = [table.row_number(i) for i in range(len(table))]
        assert numbers == [x + 1 for x in table.frame["x"]]


@pytest.mark.parametrize("frequency", ["Q", "M", "D", "Y"])
def test_periods_are_their_beginnings(frequency: str) -> None:
    periods = pd.period_range("2015-01-01", periods=6, freq=frequency)
    for column in (periods, pd.Categorical(periods)):
        table = sn.read_table(pd.DataFrame({"p": column}))
        assert table.kind("p") == "date"
        assert table.frame["p"].tolist() == [period.start_time for period in periods]
