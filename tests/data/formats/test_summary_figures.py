"""Last rows that summarize a table: found among tables of random numbers, and not found without them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheernet.data.formats.summary_figures import (
    columns_of_numbers,
    group_sums,
    last_figures,
    summed_column,
)
from sheernet.data.formats.summary_row import is_total

FIGURES: dict[str, Callable[[pd.DataFrame], Any]] = {
    "sum": pd.DataFrame.sum,
    "mean": pd.DataFrame.mean,
    "median": pd.DataFrame.median,
    "minimum": pd.DataFrame.min,
    "maximum": pd.DataFrame.max,
    "standard deviation": pd.DataFrame.std,
    "count": pd.DataFrame.count,
}


def figures(frame: pd.DataFrame) -> list[str]:
    return last_figures([*columns_of_numbers(frame).values()])


def table(seed: int, n: int, digits: int = 4) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    columns = {"x": rng.normal(50, 20, n), "y": rng.lognormal(size=n), "z": rng.uniform(-1, 1, n)}
    return pd.DataFrame(columns).round(digits)


@given(
    st.integers(0, 2**32 - 1),
    st.integers(20, 60),
    st.lists(st.sampled_from(sorted(FIGURES)), min_size=1, max_size=5, unique=True),
    st.integers(3, 15),
)
def test_figures_of_the_rows_above_are_found(
    seed: int, n: int, names: list[str], digits: int
) -> None:
    rows = table(seed, n)
    below = pd.DataFrame([FIGURES[name](rows).round(digits) for name in names])
    assert figures(pd.concat([rows, below], ignore_index=True)) == names
    if len(names) > 1:
        below["y"] = np.nan  # figures of some columns
        assert figures(pd.concat([rows, below], ignore_index=True)) == names


def test_population_and_full_precision_and_other_columns_are_found() -> None:
    rows = table(0, 30)
    below = pd.DataFrame([rows.std(ddof=0), rows.mean()])
    both = pd.concat([rows, below], ignore_index=True).astype(object)
    both.insert(0, "label", "a")
    assert figures(both) == ["standard deviation", "mean"]
    assert figures(both[["label", "x"]]) == ["standard deviation", "mean"]  # one column


@pytest.mark.parametrize("n_missing", [0, 1500])  # fewer and more than are tested first
def test_a_sum_is_found_below_missing_values(n_missing: int) -> None:
    cells = np.array([*[np.nan] * n_missing, 1.0, 2.0, 3.0, 4.0, 5.0])
    sums = {"none": np.append(cells, 14.0), "sum": np.append(cells, 15.0)}
    assert summed_column(sums) == "sum"
    assert summed_column({"none": sums["none"], "missing": np.append(cells, np.nan)}) is None


@given(st.integers(0, 2**32 - 1), st.integers(2, 80), st.integers(0, 4))
def test_random_rows_are_rows(seed: int, n: int, digits: int) -> None:
    assert figures(table(seed, n, digits)) == []


@pytest.mark.parametrize(
    "columns",
    [
        {"t": range(50), "n": range(50), "y": [0.5] * 50},  # row numbers count the rows above
        {"t": range(50), "total": [*range(49), 48], "y": [*np.arange(49) / 3, 16.0]},
        {"a": [1, 1, 5, 5, 3] * 5, "b": [1, 5, 1, 5, 3] * 5, "y": np.arange(25) ** 2},  # a design
        {"q1": [1, 2, 3, 4, 5] * 4 + [3], "q2": [5, 2, 3, 4, 1] * 4 + [3]},  # answers
        {"q1": [1, 2, 3, 4, 5] * 4 + [5], "q2": [5, 2, 3, 4, 1] * 4 + [5]},
        {"a": [0.0] * 20, "b": [1.5] * 20},
        {"a": [None] * 20, "b": [1.5, None] * 10},
        {"a": [1, 2, 3], "b": [3, 4, 7]},
        {"a": [1e308] * 12, "b": [-1e308, 1e308] * 6},
        {"a": [10**400, *range(9)], "b": range(10)},
        {"a": ["x"] * 9},
    ],
)
def test_tables_that_resemble_figures_are_rows(columns: dict[str, Any]) -> None:
    frame = pd.DataFrame({name: list(cells) for name, cells in columns.items()}, dtype=object)
    assert figures(frame) == []


@pytest.mark.parametrize(
    "column",
    [
        [1.5, 2, 3.5, 7, 3, 10.5],
        [1.5, 1.5, 2, 2, 3, 4],
        [1.5, 2, 3.5, 7, 3, 10],
        [0, 0, 0, 0, 0, 0],
    ],
)
def test_rows_that_are_no_sums_of_groups(column: list[float]) -> None:
    assert group_sums([np.array(column)]) == []


@pytest.mark.parametrize(
    "word",
    [
        *("Ø", "x̄", "σ", "USL", "lsl", "UCL:", "Cpk", "Cp", "Ppk", "OSG", "UTG", "Nominal", "Target", "Tol."),
        *("Toleranz", "+Tol", "Soll", "Sollwert", "Upper limit", "lower spec limit", "obere Grenze", "Stabw."),
        *("Average", "Écart-type", "mín", "massimo", "Moyenne", "Mediana", "Tolérance", "tolleranza", "Spannweite"),
    ],
)  # fmt: skip
def test_words_for_statistics_and_limits(word: str) -> None:
    assert is_total(word)


@pytest.mark.parametrize("word", ["", "cm", "st", "Solln", "Targets 2", "OG", "Cpu", "n", "tools"])
def test_other_words(word: str) -> None:
    assert not is_total(word)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(("n_columns", "most"), [(1, 3), (1, 100), (2, 5), (3, 2), (4, 1)])
def test_random_rows_are_no_sums_of_groups(seed: int, n_columns: int, most: int) -> None:
    rng = np.random.default_rng(seed)
    columns = [rng.integers(0, most + 1, 200) for _ in range(n_columns)]
    assert group_sums(columns) == []


@given(
    st.lists(st.integers(2, 6), min_size=2, max_size=5), st.booleans(), st.integers(0, 2**32 - 1)
)
def test_sums_of_groups_are_found(lengths: list[int], has_total: bool, seed: int) -> None:
    rng = np.random.default_rng(seed)
    groups = [rng.lognormal(3, 1, size=(length, 3)).round(4) for length in lengths]
    sums = [group.sum(axis=0) for group in groups]
    blocks = [np.vstack([group, total]) for group, total in zip(groups, sums, strict=True)]
    rows = list(np.cumsum([len(block) for block in blocks]) - 1)
    if has_total:
        blocks.append(np.sum(sums, axis=0)[np.newaxis])
        rows.append(rows[-1] + 1)
    assert group_sums([*np.vstack(blocks).T]) == rows
