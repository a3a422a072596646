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


@pytest.mark.filterwarnings("ignore::sheernet.SheernetWarning")
def test_rows_of_other_labels_are_the_answer() -> None:
    table = _table()
    model = quickly(table[:30], "y", test=table[30:], drop=["animal"])
    assert not any(NOTICE in notice for notice in model.notices)
