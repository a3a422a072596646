"""A row of weight k counts as k equal rows: figures of weighted rows are those of the rows repeated.

The expected values are those of the same functions without weights.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, is_dataclass
from functools import partial
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheernet.data.preprocessing.scaling_rules import weighted_quantiles
from sheernet.data.targets.judgment import ClassificationFit, RegressionFit
from sheernet.data.targets.judgment_sums import ClassSums, NumberSums
from sheernet.data.targets.metric_errors import accuracy_error, figure_errors, gain_errors
from sheernet.plots.agreement import agreements
from sheernet.plots.intervals_plot import IntervalRows
from sheernet.statistics import conformal_factor
from sheernet.statistics.clustered_mean import clustered_mean

Rows = dict[str, np.ndarray]
NUMBERS_OF_ROWS = ("rows", "weight", "n_rows", "labels", "beyond", "weighted", "weights")
"""Fields that hold, or count, rows of a table, of which a row of weight k is one."""


def rows_of(seed: int, n: int) -> Rows:
    """Rows with predictions and true values, one of them far from its prediction, in the order of the predictions."""
    rng = np.random.default_rng(seed)
    predicted, errors = np.sort(rng.normal(size=n)), rng.normal(size=n)
    errors[0] = 30.0
    return {
        "predicted": predicted, "true": predicted + errors, "other": rng.normal(size=n),
        "probability": rng.uniform(0.01, 0.99, n), "is_class": np.arange(n) % 2 == 0,
    }  # fmt: skip


def column(values: np.ndarray) -> np.ndarray:
    return values[:, np.newaxis]


def probabilities(rows: Rows) -> np.ndarray:
    return np.column_stack([1.0 - rows["probability"], rows["probability"]])


def gain(rows: Rows, weights: Any, *, are_relative: bool) -> Any:
    own, other = (column((rows[name] - rows["true"]) ** 2) for name in ("predicted", "other"))
    return gain_errors(own, other, are_relative=are_relative, weights=weights)


def ones_without(rows: Rows, weights: Any) -> np.ndarray:
    return np.ones(len(rows["true"])) if weights is None else weights


def intervals(rows: Rows, weights: Any) -> Any:
    middle = rows["predicted"]
    found = IntervalRows(
        "", middle, middle - 1.0, middle + 1.0, rows["true"], ones_without(rows, weights), 0.9
    )
    return found.coverage, found.expected_range


def mean_loss(rows: Rows, weights: Any) -> Any:
    w = ones_without(rows, weights)
    return clustered_mean(rows["true"] ** 2, w, np.arange(len(w)), w)


FIGURES: dict[str, Callable[[Rows, Any], Any]] = {
    "RMSE and R2": lambda rows, w: RegressionFit.of(
        column(rows["predicted"]), column(rows["true"]), w
    ),
    "their errors": lambda rows, w: figure_errors(
        column(rows["predicted"]), column(rows["true"]), w
    ),
    "classes": lambda rows, w: ClassificationFit.of(
        probabilities(rows), rows["is_class"].astype(int), w
    ),
    "error of the accuracy": lambda rows, w: accuracy_error(
        (rows["probability"] > 0.5) == rows["is_class"], w
    ),
    "error of a relative gain": partial(gain, are_relative=True),
    "error of a gain": partial(gain, are_relative=False),
    "mean loss": mean_loss,
    "sums of numbers": lambda rows, w: NumberSums.of(
        column(rows["predicted"]), column(rows["true"]), w, rows["other"]
    ).fit([2.0]),
    "sums of classes": lambda rows, w: (
        ClassSums.of(probabilities(rows), rows["is_class"].astype(int), w).cases
    ),
    "conformal factor": lambda rows, w: conformal_factor(np.abs(rows["true"]), 0.6, w),
    "quantiles": lambda rows, w: weighted_quantiles(
        rows["true"], [0.1, 0.5], ones_without(rows, w)
    ),
    "intervals": intervals,
    "residuals": lambda rows, w: (
        agreements(rows["predicted"], rows["true"], weights=w)[0].groups[0].error
    ),
}


def same(found: Any, expected: Any) -> bool:
    """Whether all numbers agree up to rounding; numbers of rows of the table are not compared."""
    if is_dataclass(found):
        names = [each.name for each in fields(found) if each.name not in NUMBERS_OF_ROWS]
        return all(same(getattr(found, name), getattr(expected, name)) for name in names)
    if isinstance(found, tuple):
        return len(found) == len(expected) and all(map(same, found, expected))
    if found is None or isinstance(found, str):
        return bool(found == expected)
    return np.allclose(found, expected, rtol=1e-12, atol=1e-12, equal_nan=True)


@pytest.mark.parametrize("name", FIGURES)
@given(st.lists(st.integers(1, 9), min_size=4, max_size=25), st.integers(0, 99))
def test_figures_of_counts_are_those_of_repeated_rows(
    name: str, counts: list[int], seed: int
) -> None:
    rows = rows_of(seed, len(counts))
    repeated = {key: np.repeat(values, counts) for key, values in rows.items()}
    by_weight = FIGURES[name](rows, np.array(counts, dtype=float))
    assert same(by_weight, FIGURES[name](repeated, None))


SCALE_FREE = (
    "their errors", "error of the accuracy", "error of a relative gain", "error of a gain", "conformal factor",
    "quantiles", "intervals",
)  # fmt: skip


@pytest.mark.parametrize("name", SCALE_FREE)
def test_weights_that_are_not_counts_are_relative(name: str) -> None:
    rows = rows_of(0, 20)
    weights = np.random.default_rng(1).uniform(0.5, 2.0, 20)
    assert same(FIGURES[name](rows, weights), FIGURES[name](rows, 0.3 * weights))
    assert same(FIGURES[name](rows, np.full(20, 0.3)), FIGURES[name](rows, None))
