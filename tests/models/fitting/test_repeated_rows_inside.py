"""As test_repeated_rows.py, by names that are not published."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from models.fitting.prepared_tables import prepare
from models.fitting.test_repeated_rows import ANIMAL, NAMED, RNG, _table


@pytest.mark.filterwarnings("ignore::sheernet.SheernetWarning")
@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("pat_nr", 1000 + ANIMAL),
        ("FallNr", 1000 + RNG.permutation(ANIMAL)),
        ("Subject", [f"S{k}" for k in RNG.permutation(ANIMAL)]),
        ("patient.id", [f"S{k}" for k in ANIMAL]),
    ],
)
def test_repeated_values_of_an_identifier_are_told(name: str, values: Any) -> None:
    table = _table(**{name: values}).drop(columns=["animal", "length"])
    (notice,) = [each for each in prepare(table, "y").notices if NAMED in each]
    assert notice.startswith(f"rows with the same {name!r} may not")
    assert f"groups={name!r}" in notice
    for told in ({"groups": name}, {"test": table}, {"held_out": 0.0, "folds": False}):
        assert not any(NAMED in each for each in prepare(table, "y", **told).notices)


@st.composite
def rows_of_labels(draw: st.DrawFn) -> pd.DataFrame:
    """Rows of labels, each of one number or nearly so, with some missing cells."""
    numbers = draw(st.lists(st.integers(0, 12), min_size=3, max_size=9))
    label = np.repeat(np.arange(len(numbers)), draw(st.sampled_from((2, 3))))
    rows = st.sets(st.sampled_from(range(len(label))), max_size=2)
    size = np.array(numbers, float)[label]
    size[sorted(draw(rows))] = np.nan
    size[sorted(draw(rows))] = 20.0
    names = np.array([f"L{k}" for k in label], dtype=object)
    names[sorted(draw(rows))] = None
    x = np.arange(len(label)) / 7.0
    return pd.DataFrame({"label": names, "size": size, "x": x, "y": x * x})


@pytest.mark.filterwarnings("ignore::sheernet.SheernetWarning")
@given(rows_of_labels())
def test_labels_are_told_if_they_determine_a_number(table: pd.DataFrame) -> None:
    labels = table["label"].value_counts()
    known = table.dropna().groupby("label")["size"]
    expected = (
        len(labels) >= 5
        and (labels > 1).mean() >= 0.8
        and known.nunique().max() == 1
        and known.first().nunique() >= 0.8 * len(labels)
    )
    assume(table["size"].nunique() > 1)
    notices = prepare(table, "y", held_out=0.0, drop=["label"], missing="impute").notices
    assert (
        any("of each label of 'label' have the same 'size'" in each for each in notices) == expected
    )
