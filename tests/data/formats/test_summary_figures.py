"""Last rows that summarize a table: found among tables of random numbers, and not found without them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import sheernet as sn
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


def test_a_sum_of_values_that_were_rounded_is_found() -> None:
    """The errors of 400 values add up to about 0.1: 20 times the error of one."""
    x = np.random.default_rng(3).normal(2000.0, 3000.0, 400)
    rounded, total = x.round(2), round(x.sum(), 2)
    assert rounded.sum() != pytest.approx(total, abs=0.02)
    assert figures(pd.DataFrame({"x": [*rounded, total]})) == ["sum"]
    assert figures(pd.DataFrame({"x": [*rounded, total + 1.0]})) == []


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_sum_of_numbers_that_are_written_as_text_is_found(tmp_path: Path, kind: str) -> None:
    values = [3508.71, -120.0, 1234.5, 951.31, 10480.25, 77.15] * 9
    cells = [f"{abs(v):,.2f}".replace(",", "'") + "-" * (v < 0) for v in [*values, sum(values)]]
    frame = pd.DataFrame({"order": [*map(str, range(4510, 4564)), "*"], "net": cells})
    path = tmp_path / f"data.{kind}"
    if kind == "csv":
        frame.to_csv(path, sep=";", index=False)
    else:
        frame.to_excel(path, index=False)
    with pytest.warns(sn.SheernetWarning, match="the last row of .* is the sum of the others"):
        assert sn.read_table(path).frame["net"].tolist() == pytest.approx([*values, sum(values)])


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
