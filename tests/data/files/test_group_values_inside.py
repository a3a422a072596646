"""As test_group_values.py, by names that are not published."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sheernet.data.files.group_values import warn_of_group_values


def told(frame: pd.DataFrame) -> list[str]:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        warn_of_group_values(frame, "t")
    return [str(each.message) for each in caught]


@pytest.mark.parametrize(
    "column",
    [
        ["Jan", None, None, "Feb", None, None, "Mar", None, None, None],
        [2024, *[None] * 5, 2025, *[None] * 5],
        ["a", None, None, None, "b", None, None, "c", None, None, "d"],  # a group of one row at the end
        ["a", None, None, "b", None, "c", None, "d", None, None, "e", "f", None, None, None],
        ["North", None, None, "North Total", "South", None, None, None, "South Total", "West", None],
    ],
)  # fmt: skip
def test_values_of_groups_are_told(column: list[Any]) -> None:
    (message,) = told(pd.DataFrame({"x": range(len(column)), "g": column}))
    assert message.startswith("column 'g' of t has a value in the first row of each group of rows")


@pytest.mark.parametrize(
    "column",
    [
        [None, "Jan", None, None, "Feb", None, None, "Mar", None, None],
        ["x", None, None, "x", None, None, "x", None, None, None],  # a mark
        ["a", "b", None, None, "c", "d", None, None, None, None, None, None],
        ["only", *[None] * 11],
        ["a", None, "b", "c"] * 3,
        [None] * 12,
        ["a", None, "b", None],
    ],
)  # fmt: skip
def test_other_missing_values_are_not(column: list[Any]) -> None:
    assert told(pd.DataFrame({"x": range(len(column)), "g": column})) == []


FEED = ["m", None, None, "b", None, None, "b", None, None, "m", None, None]


@pytest.mark.parametrize(
    "pen",
    [
        [1, None, None, 2, None, None, 3, None, None, 4, None, None],
        ["a", "a", "a", "b", "b", "b", "c", "c", "c", "d", "d", "d"],  # merged cells are filled
        [1.5, 1.5, 1.5, 2, 2, 2, 1.5, 1.5, 1.5, 3, 3, 3],
    ],
)
def test_equal_values_of_neighboring_groups_are_told_if_a_column_has_the_groups(
    pen: list[Any],
) -> None:
    (message,) = told(pd.DataFrame({"pen": pen, "feed": FEED, "x": range(12)}))
    assert message.startswith("column" if all(pen) else "columns 'pen' and")
    assert "'feed' of t ha" in message
    assert told(pd.DataFrame({"feed": FEED, "x": range(12)})) == []  # no column has the groups
    for column in (["m", *FEED[:-1]], ["m", None, "b", *FEED[3:]]):
        frame = pd.DataFrame({"pen": pen, "feed": column})
        assert not any("'feed'" in message for message in told(frame))
    mark = ["x" if feed else None for feed in FEED]
    assert not any("'mark'" in each for each in told(pd.DataFrame({"pen": pen, "mark": mark})))


def test_values_that_are_missing_at_random_are_not() -> None:
    rng = np.random.default_rng(1)
    for share in (0.5, 0.6, 0.7):
        values = np.where(rng.random(60) < share, np.nan, rng.normal(size=60))
        assert told(pd.DataFrame({"x": [1.0, *values]})) == []
