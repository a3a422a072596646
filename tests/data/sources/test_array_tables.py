"""Which sources have names, which are arrays, and how arrays become columns."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import sheernet as sn
from sheernet.data.sources.array_tables import (
    as_columns,
    has_names,
    input_names,
    is_array_like,
    is_column,
    pair_table,
)

FRAME = pd.DataFrame({"a": [1.0, 2.0]})


@pytest.mark.parametrize(
    "source", ["x.csv", Path("x.csv"), FRAME, {"a": [1.0]}, sn.read_table(FRAME)]
)
def test_sources_with_names_are_no_arrays(source: Any) -> None:
    assert has_names(source)
    assert not is_array_like(source)
    assert not is_column(source)


@pytest.mark.parametrize(
    "source", [[1.0], (1.0,), range(3), np.ones(3), FRAME["a"], pd.Index([1]), FRAME["a"].array]
)
def test_arrays_have_no_names(source: Any) -> None:
    assert is_array_like(source)
    assert not has_names(source)


@pytest.mark.parametrize("source", [None, 3, b"x", object(), {1.0}])
def test_other_things_are_neither(source: Any) -> None:
    assert not has_names(source)
    assert not is_array_like(source)


def test_numbers_beside_text_stay_numbers() -> None:
    frame = as_columns([["a", 1.5], ["b", 2.5]], "X", input_names)
    assert frame["x2"].tolist() == [1.5, 2.5]


def test_masked_values_are_missing() -> None:
    frame = as_columns(np.ma.array([[1.0, 2.0]], mask=[[False, True]]), "X", input_names)
    assert frame.isna().to_numpy().tolist() == [[False, True]]


def test_a_pair_is_found_by_the_names_of_its_frames() -> None:
    X = pd.DataFrame({"b": [3.0, 4.0], "a": [1.0, 2.0]}, index=[7, 3])
    y = pd.DataFrame({"other": [0.0, 0.0], "y": [5.0, 6.0]})
    table = pair_table((X, y), ("a", "b"), ("y",), "the test table")
    assert table.frame.to_dict("list") == {"b": [3.0, 4.0], "a": [1.0, 2.0], "y": [5.0, 6.0]}
    assert table.source == "the test table"
