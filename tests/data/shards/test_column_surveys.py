"""Merged surveys of parts of a column are the survey of the column, and say what `TableFacts` finds in its table."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import sheernet as sn
from sheernet.data.columns.cells import as_labels
from sheernet.data.columns.column_facts import TableFacts
from sheernet.data.columns.far_values import Extremes
from sheernet.data.shards.column_surveys import ColumnSurvey, ValueSurvey
from sheernet.data.shards.surveys import Survey, SurveyFacts

pytestmark = pytest.mark.filterwarnings("ignore::sheernet.SheernetWarning")

STEPS = st.lists(st.sampled_from([1.0, 1.0, 1.0, -1.0, 0.0, 2.0]), min_size=2, max_size=12)
VALUES = st.one_of(
    STEPS.map(lambda steps: np.cumsum(steps).tolist()),
    st.integers(-5, 5).flatmap(lambda a: st.sampled_from([list(range(a, a + 9)), list(range(a, a - 9, -1))])),
    st.lists(st.sampled_from([0.0, 0.5, 2.0, 9.0, -999.0, np.nan, np.inf]), min_size=2, max_size=14),
    st.lists(st.integers(-20, 20).map(float), min_size=2, max_size=25),
    st.integers(-4, 4).map(lambda step: [1990.0 + step * k for k in range(8)]),
    st.lists(st.sampled_from([2**60, 2**60 + 1, 2**61]), min_size=2, max_size=6),
)  # fmt: skip


def surveyed(table, cuts):
    """The facts of a table from surveys of its parts."""
    n = len(table)
    ends = sorted({0, *(c for c in cuts if c < n), n})
    surveys = []
    for start, stop in pairwise(ends):
        part = replace(table.take(np.arange(start, stop)), origin=None)  # read from the file
        columns = {
            name: ColumnSurvey.of(part, name, start, None, as_labels=False)
            for name in table.columns
        }
        surveys.append(Survey(stop - start, stop - start, columns, are_one_hot=True))
    whole = surveys[0]
    for survey in surveys[1:]:
        whole = whole.merged(survey)
    return SurveyFacts(whole, table.source, table.columns)


@given(values=VALUES, cuts=st.lists(st.integers(1, 24), max_size=4))
@example(values=[1.0, np.nan, 2.0], cuts=[1, 2])
@example(values=[np.inf, np.inf], cuts=[1])
@example(values=[1.0, np.inf], cuts=[1])
def test_numbers(values, cuts):
    table = sn.read_table(pd.DataFrame({"x": values, "other": 1.0}))
    if table.kind("x") == "empty":
        return
    found, wanted = surveyed(table, cuts), TableFacts(table)
    assert found.kind("x") == wanted.kind("x") == "number"
    assert found.rounding("x")[0] == wanted.rounding("x")[0]
    assert found.rounding("x")[1] <= wanted.rounding("x")[1]  # known within a part only
    for fact in ("ends", "n_missing", "count_of_rows"):
        assert getattr(found, fact)("x") == getattr(wanted, fact)("x") or (
            fact == "count_of_rows"
            and wanted.count_of_rows("x")[1] == found.count_of_rows("x")[1] == 0
        )
    assert found.n_whole_numbers("x", 10) == wanted.n_whole_numbers("x", 10)
    assert found.extremes("x") == wanted.extremes("x")
    whole, parts = surveyed(table, []).numbers("x"), found.numbers("x")
    infinite = np.flatnonzero(np.isinf(values))
    assert parts.infinite == (infinite[0] if len(infinite) else None)
    plain = {"extremes": Extremes(), "first": 0.0, "last": 0.0, "has_equal": False}
    if wanted.n_missing("x"):
        plain |= {"n": 0, "step": None, "trend": None}  # used only if no value is missing
    assert replace(parts, **plain) == replace(whole, **plain)
    present = np.array(values, dtype=np.float64)
    present = present[~np.isnan(present)]
    assert (whole.rises, whole.falls) == (
        (present[1:] >= present[:-1]).all(),
        (present[1:] <= present[:-1]).all(),
    )
    if found.are_numbers_of_chosen_rows("x"):
        assert wanted.are_numbers_of_chosen_rows("x") or wanted.count_of_rows("x")[1]


@given(cuts=st.lists(st.integers(1, 24), max_size=4), row=st.integers(0, 24))
def test_far_values(cuts, row):
    values = [float(k) for k in range(25)]
    values[row] = 1e4
    table = sn.read_table(pd.DataFrame({"x": values, "other": 1.0}))
    found, wanted = surveyed(table, cuts), TableFacts(table)
    assert found.extremes("x").far_values() == wanted.extremes("x").far_values() is not None


WORDS = st.lists(
    st.sampled_from(["red", " red", "Red", "7", "1.5", "3 kg", "01.02.2020", "$5", None]),
    min_size=1,
    max_size=14,
)


@given(values=WORDS, cuts=st.lists(st.integers(1, 13), max_size=4))
def test_text(values, cuts):
    table = sn.read_table(pd.DataFrame({"x": pd.Series(values, dtype=object), "other": 1.0}))
    if table.kind("x") not in ("category", "mixed"):
        return
    found, wanted = surveyed(table, cuts), TableFacts(table)
    for fact in (
        "kind",
        "n_missing",
        "texts",
    ):
        assert getattr(found, fact)("x") == getattr(wanted, fact)("x"), fact
    assert list(found.labels("x").items()) == list(wanted.labels("x").items())
    gap = found.gap("x")
    missing = np.flatnonzero([value is None for value in values])
    assert (gap is None) == (not len(missing))
    assert gap is None or (gap.count, gap.row) == (len(missing), missing[0])


@given(st.lists(st.sampled_from([True, False, 0, 1, 2.5, "x", "True", None]), min_size=1))
def test_labels_of_booleans_among_others_are_counted_as_in_a_table(cells: list[object]) -> None:
    table = sn.read_table({"a": pd.Series(cells, dtype=object)})
    codes, labels = as_labels(table, "a")
    counts = np.bincount(codes[codes >= 0], minlength=len(labels)).tolist()
    found = ValueSurvey.of(table, "a", first_row=0)
    assert found.labels == dict(zip(labels, counts, strict=True))
    assert sorted(found.rows.values()) == [codes.tolist().index(i) for i in range(len(labels))]
