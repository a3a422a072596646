"""A notice that rows held out at random do not show how rows of new labels are predicted."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

import sheernet as sn
from models.fitting.tables import quickly

NOTICE = "figures of held-out rows and of folds are those of new rows of known labels"
RNG = np.random.default_rng(0)
ANIMAL = np.repeat(np.arange(8), 5)


def _table(**columns: Any) -> pd.DataFrame:
    x = RNG.uniform(size=40)
    animals = {"animal": [f"L{k}" for k in ANIMAL], "length": 50.0 + ANIMAL}
    return pd.DataFrame({**animals, **columns, "x": x, "y": x * x})


@pytest.mark.parametrize("how", [{}, {"drop": ["animal"]}], ids=["an input", "left out"])
def test_repeated_measurements_are_told(how: dict[str, Any]) -> None:
    with pytest.warns(sn.SheernetWarning) as told:
        model = quickly(_table(), "y", **how)
    assert sum(NOTICE in str(warning.message) for warning in told) == 1
    (notice,) = [notice for notice in model.notices if NOTICE in notice]
    assert notice.startswith("the rows of each label of 'animal' have the same 'length', so")


@pytest.mark.filterwarnings("ignore::sheernet.SheernetWarning")
@pytest.mark.parametrize(
    "columns",
    [
        {"length": 50.0 + RNG.permutation(ANIMAL)},
        {"length": 50.0 + ANIMAL // 2},
        {"animal": [f"L{k}" for k in ANIMAL // 2], "length": 50.0 + ANIMAL // 2},
        {"animal": [f"L{k}" for k in range(40)], "length": 50.0 + np.arange(40)},
    ],
    ids=["of any label", "of several labels", "few labels", "a row each"],
)
def test_other_labels_are_not(columns: dict[str, Any]) -> None:
    model = quickly(_table(**columns), "y")
    assert not any(NOTICE in notice for notice in model.notices)


CELL = np.repeat(np.arange(30), 4)


def _cells(n_labels: int, values: Any) -> pd.DataFrame:
    """Four rows of each of up to 30 cells, with the value of each cell."""
    x = RNG.uniform(size=len(CELL))
    cells = {"cell": [f"C{k}" for k in CELL], "tested": np.asarray(values)[CELL]}
    return pd.DataFrame({**cells, "x": x, "y": x * x})[: 4 * n_labels]


@pytest.mark.filterwarnings("ignore::sheernet.SheernetWarning")
@pytest.mark.parametrize(
    "values",
    [
        RNG.choice([15.0, 25.0, 40.0], 30),
        np.arange(30) % 12,
        np.arange(30) == 7,
        RNG.permutation(np.arange(30) % 2 == 0),
    ],
    ids=["3 temperatures", "12 temperatures", "one of them", "Boolean"],
)
def test_many_labels_may_share_their_numbers(values: Any) -> None:
    notices = quickly(_cells(30, values), "y").notices
    (notice,) = [each for each in notices if NOTICE in each]
    assert notice.startswith("the rows of each label of 'cell' have the same 'tested', so")


@pytest.mark.filterwarnings("ignore::sheernet.SheernetWarning")
def test_few_labels_or_other_rows_may_not() -> None:
    weekend = np.arange(30) % 7 >= 5  # of 7 weekdays
    one_differs = _cells(30, np.arange(30) % 3)
    one_differs.loc[5, "tested"] += 1
    single = _cells(30, np.arange(30) == 0)[3:]  # the only row of its label
    for table in (_cells(7, weekend), one_differs, single):
        assert not any(NOTICE in each for each in quickly(table, "y").notices)


@pytest.mark.filterwarnings("ignore::sheernet.SheernetWarning")
def test_rows_of_other_labels_are_the_answer() -> None:
    table = _table()
    model = quickly(table[:30], "y", test=table[30:], drop=["animal"])
    assert not any(NOTICE in notice for notice in model.notices)


@pytest.mark.filterwarnings("ignore::sheernet.SheernetWarning")
def test_classes_of_a_target_are_not() -> None:
    model = quickly(_table()[["animal", "length", "x"]], "animal")
    assert not any(NOTICE in notice for notice in model.notices)


NAMED = "may not be independent; if they are repeated measurements, give groups="


@pytest.mark.filterwarnings("ignore::sheernet.SheernetWarning")
@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("pat_nr", np.arange(40)),
        ("id", ANIMAL // 2),
        *((name, 1000 + ANIMAL) for name in ("dose", "solid", "patience", "number")),
    ],
)
def test_of_other_columns_are_not(name: str, values: Any) -> None:
    table = _table(**{name: values}).drop(columns=["animal", "length"])
    assert not any(NAMED in each for each in quickly(table, "y").notices)


OF_NUMBERS = "have the same 'hardness', so that they may be repeated measurements"
PART = np.repeat(np.arange(10), 4)
HARDNESS = np.array([3.0, 9.0, 1.0, 4.0, 8.0, 0.0, 7.0, 2.0, 6.0, 5.0])


def _parts(**columns: Any) -> pd.DataFrame:
    x = RNG.uniform(size=40)
    furnace = {"furnace": 800.0 + PART, "hardness": HARDNESS[PART]}
    return pd.DataFrame({**furnace, **columns, "x": x, "y": x * x}).sample(frac=1, random_state=1)


@pytest.mark.filterwarnings("ignore::sheernet.SheernetWarning")
@pytest.mark.parametrize(
    ("columns", "group"),
    [
        ({}, "furnace"),
        ({"furnace": 800.0 + np.minimum(PART, 7)}, "furnace"),  # three parts have equal values
        ({"No.": PART}, "No."),
    ],
)
def test_numbers_of_the_same_rows_are_told(columns: dict[str, Any], group: str) -> None:
    notices = quickly(_parts(**columns), "y").notices
    (notice,) = [each for each in notices if OF_NUMBERS in each]
    assert notice.startswith("rows with the same 'furnace'")
    assert f"of known values, not of new values: give groups={group!r}" in notice


@pytest.mark.filterwarnings("ignore::sheernet.SheernetWarning")
@pytest.mark.parametrize(
    "columns",
    [
        {"furnace": PART % 3},  # each hardness with one furnace, but not the reverse
        {"furnace": np.arange(40) % 8, "hardness": np.arange(40) // 8},  # each with each
        {"furnace": RNG.permutation(PART)},
        {"hardness": 1.8 * PART + 32.0},
        {"hardness": -np.exp(PART / 3.0)},
        {"furnace": np.arange(40.0), "hardness": np.arange(40.0)[::-1] ** 2 % 41},
        {"furnace": PART // 3, "hardness": HARDNESS[PART // 3]},
    ],
    ids=["some parts", "design", "other rows", "other units", "a function", "a row each", "few"],
)
def test_other_numbers_are_not(columns: dict[str, Any]) -> None:
    assert not any("repeated" in each for each in quickly(_parts(**columns), "y").notices)
