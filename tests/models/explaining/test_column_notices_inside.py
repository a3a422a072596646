"""As test_column_notices.py, by names that are not published."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import sheernet as sn
from models.explaining.test_column_notices import ROWS, SITES
from sheernet.data.columns import Inputs
from sheernet.models.explaining.column_notices import (
    FEWEST,
    MOST,
    determined_columns,
    possible_codes,
)


def determined(**columns: object) -> list[str]:
    inputs = Inputs.learn(sn.read_table(columns), tuple(columns), np.arange(len(SITES)))
    return list(determined_columns(inputs, inputs.encode(sn.read_table(columns))))


def test_a_label_or_a_boolean_that_follows_from_another_label_is_named() -> None:
    said = " is determined by site, so the rows cannot separate their effects"
    region = np.where(np.isin(SITES, ["a", "b"]), "north", "south")
    assert determined(site=SITES, region=region) == ["region" + said]
    assert determined(coast=np.isin(SITES, ["a", "d"]), site=SITES) == ["coast" + said]


def test_one_row_of_another_label_is_enough_to_tell_them_apart() -> None:
    region = np.where(np.isin(SITES, ["a", "b"]), "north", "south")
    region[0] = "south"
    assert determined(site=SITES, region=region) == []


def test_numbers_constants_and_names_of_rows_do_not_count() -> None:
    assert determined(x=np.arange(36.0), site=SITES) == []
    assert determined(same=np.array(["z"] * 36), site=SITES) == []
    assert determined(name=np.array([f"row {i // 2}" for i in range(36)]), site=SITES) == []


def codes(**columns: object) -> list[str]:
    inputs = Inputs.learn(sn.read_table(columns), tuple(columns), np.arange(ROWS))
    return list(possible_codes(inputs, inputs.encode(sn.read_table(columns))))


@given(st.integers(-5, 5), st.integers(FEWEST, MOST))
def test_possible_codes_are_named_with_their_values(first: int, n: int) -> None:
    (said,) = codes(site=first + np.arange(ROWS) % n)
    assert said.startswith(f"site has only the values {first}, ")
    assert f" and {first + n - 1} and is read as an amount" in said


@pytest.mark.parametrize(
    "values",
    [
        np.arange(ROWS) % 2,
        np.arange(ROWS) % (MOST + 1),
        0.5 * (np.arange(ROWS) % 3),
        10 * (np.arange(ROWS) % 3),
        np.arange(ROWS) % 3 + 0.5,
        np.array(["site 1", "site 2", "site 3"])[np.arange(ROWS) % 3],
    ],
)
def test_possible_codes_leave_out_two_values_many_fractions_gaps_and_labels(
    values: np.ndarray,
) -> None:
    assert codes(site=values) == []
