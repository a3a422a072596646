"""Which method auto chooses, by decay, outputs and size; benchmarks/auto_thresholds.py measured the limits."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import sheernet as sn
from optimizers.problems import ROSENBROCK, Linear
from sheernet.optimizers.auto_method import (
    BFGS_UP_TO,
    HEAVY,
    LIGHT,
    LM_UP_TO,
    choose,
)

RNG = np.random.default_rng(0)
ROWS = 400
SLIGHT, MODERATE = LIGHT / 2, 2 * LIGHT


def objective(
    outputs: int = 1, *, rows: int = ROWS, classes: bool = False, reduction: str = "mean", **given: Any
) -> Any:  # fmt: skip
    """An objective; P is given to choose() separately."""
    X = RNG.normal(size=(rows, 2))
    y = np.eye(outputs)[np.arange(rows) % outputs] if classes else RNG.normal(size=(rows, outputs))
    arch = sn.Architecture((2, 3, outputs), output="softmax" if classes else "identity")
    return sn.make_objective(arch, X, y, reduction=reduction, **given)


def test_an_objective_that_only_has_values_and_gradients() -> None:
    sizes = (1, BFGS_UP_TO, BFGS_UP_TO + 1)
    assert [choose(Linear(), P) for P in sizes] == ["bfgs", "bfgs", "lbfgs"]


def test_an_objective_with_a_matrix_counts_as_one_without_decay() -> None:
    sizes = (1, LM_UP_TO, LM_UP_TO + 1, BFGS_UP_TO + 1)
    assert [choose(ROSENBROCK.objective, P) for P in sizes] == ["lm", "lm", "bfgs", "lbfgs"]


@pytest.mark.parametrize("outputs", [1, 3])
def test_hybrid_counts_outputs(outputs: int) -> None:
    light, largest = objective(outputs, decay=SLIGHT), LM_UP_TO // outputs
    assert [choose(light, P) for P in (largest, largest + 1)] == ["hybrid", "bfgs"]


@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_decay_is_compared_with_the_loss_of_a_row(reduction: str) -> None:
    scale = ROWS if reduction == "sum" else 1
    found = [
        choose(objective(reduction=reduction, decay=scale * decay), 9)
        for decay in (SLIGHT, MODERATE)
    ]
    assert found == ["hybrid", "bfgs"]


def test_few_heavy_decays_do_not_matter() -> None:
    assert choose(objective(decay={"b1": 1.0}), 9) == "lm"


def test_case_weights_count_as_rows() -> None:
    decay = 2 * ROWS * LIGHT
    as_given = objective(reduction="sum", decay=decay)
    assert [choose(as_given.replace(weights=np.full(ROWS, k)), 9) for k in (1.0, 4.0)] == [
        "bfgs",
        "hybrid",
    ]


@pytest.mark.parametrize(
    ("decay", "expected"),
    [(0.0, "lm"), (MODERATE, "bfgs"), (HEAVY, "lbfgs")],
)
def test_classes_run_lm_without_decay_and_lbfgs_if_it_is_heavy(decay: float, expected: str) -> None:
    given, largest = objective(3, classes=True, decay=decay), LM_UP_TO // 3
    assert choose(given, largest) == expected
    assert choose(given, largest + 1) == ("bfgs" if expected == "lm" else expected)
    assert choose(given, BFGS_UP_TO + 1) == "lbfgs"


def test_digits_do_not_run_lm() -> None:
    """1797 rows of 64 pixels, ten classes: lm took more than 500 s for what lbfgs does in 8."""
    size = sn.Architecture((64, 10, 10)).n_parameters
    assert choose(objective(10, classes=True, decay=1e-4), size) == "lbfgs"
