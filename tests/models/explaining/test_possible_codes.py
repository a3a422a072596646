"""Columns of few whole numbers, which may be codes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import sheernet as sn
from sheernet.data.columns import Inputs
from sheernet.models.explaining.possible_codes import FEWEST, MOST, possible_codes

ROWS = 36


def found(**columns: object) -> list[str]:
    inputs = Inputs.learn(sn.read_table(columns), tuple(columns), np.arange(ROWS))
    return list(possible_codes(inputs, inputs.encode(sn.read_table(columns))))


@given(st.integers(-5, 5), st.integers(FEWEST, MOST))
def test_name_the_values(first: int, n: int) -> None:
    (said,) = found(site=first + np.arange(ROWS) % n)
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
def test_leave_out_two_values_many_fractions_gaps_and_labels(values: np.ndarray) -> None:
    assert found(site=values) == []


def test_effects_say_so() -> None:
    table = {"site": np.arange(ROWS) % 3 + 1, "x": np.random.default_rng(0).normal(size=ROWS)}
    model = sn.fit(
        {**table, "y": table["x"] + table["site"]}, "y", hidden=0, decay=0.1, starts=1, held_out=0
    )
    assert "site has only the values 1, 2 and 3" in " ".join(str(model.effects(table)).split())
