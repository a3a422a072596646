"""As test_table.py, by names that are not published."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import sheernet as sn
from sheernet.data.columns.cells import as_labels, label_of, sorted_labels
from sheernet.data.tables.column_names import nearest


class TestTaking:
    def test_names_that_differ_in_case_only_are_both_near(self) -> None:
        assert sorted(nearest("ABC", ["abc", "x", "Abc"], 2)) == ["Abc", "abc"]
        assert nearest("ABC", ["zzz"]) == []


class TestKindAndDistinct:
    def test_are_found_once_for_each_column(self, monkeypatch: pytest.MonkeyPatch) -> None:
        calls: list[str] = []
        monkeypatch.setattr(
            "sheernet.data.tables.table.kind",
            lambda column: calls.append(column.name) or "category",
        )
        table = sn.Table(pd.DataFrame({"a": ["x", "y"], "b": ["u", "v"]}), "the table")
        assert [table.kind(name) for name in "aabba"] == ["category"] * 5
        assert calls == ["a", "b"]
        assert table.distinct("a")[0] is table.distinct("a")[0]

    @given(
        st.lists(st.sampled_from([True, False, 0, 1, 2, 1.0, 0.5, "x", "True", None]), min_size=1)
    )
    def test_a_value_of_a_row_does_not_depend_on_the_other_rows(self, cells: list[Any]) -> None:
        table = sn.read_table({"a": pd.Series(cells, dtype=object)})
        codes, values = table.distinct("a")
        labels = as_labels(table, "a")
        for row, cell in enumerate(cells):
            assert (codes[row] < 0) == (cell is None) == (labels[0][row] < 0)
            if cell is not None:
                found = values[codes[row]]
                assert found == cell
                assert isinstance(found, bool) == isinstance(cell, bool)  # True == 1
                assert labels[1][labels[0][row]] == label_of(cell)


def test_intervals_are_ordered_labels() -> None:
    cut = pd.cut([12.0, 1.0, np.nan, 6.0], [0, 2, 10, 20])
    table = sn.read_table(pd.DataFrame({"iv": cut}))
    assert table.kind("iv") == "category"
    assert table.frame["iv"].tolist()[:2] == ["(10, 20]", "(0, 2]"]
    assert table.frame["iv"].isna().tolist() == [False, False, True, False]
    assert sorted_labels(table, "iv", as_labels(table, "iv")[1]) == [
        "(0, 2]",
        "(2, 10]",
        "(10, 20]",
    ]
