"""Which method auto chooses, by decay, outputs, rows and size; benchmarks/auto_random.py measured the limits."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import sheernet as sn
from optimizers.problems import ROSENBROCK, Linear
from sheernet.optimizers.auto_method import (
    BFGS_UP_TO,
    HEAVY,
    HYBRID_UP_TO,
    HYBRID_WITHOUT_DECAY_UP_TO,
    LM_UP_TO,
    choose,
)

RNG = np.random.default_rng(0)
ROWS, SIZE = 400, 20
LIMIT = HEAVY * ROWS / SIZE
"""Relative decay, divided by the number of classes, from which lbfgs is chosen for ROWS and SIZE."""


def objective(
    outputs: int = 1, *, rows: int = ROWS, classes: bool = False, hidden: tuple[int, ...] = (3,),
    reduction: str = "mean", **given: Any,
) -> Any:  # fmt: skip
    """An objective; P is given to choose() separately."""
    X = RNG.normal(size=(rows, 2))
    y = np.eye(outputs)[np.arange(rows) % outputs] if classes else RNG.normal(size=(rows, outputs))
    arch = sn.Architecture((2, *hidden, outputs), output="softmax" if classes else "identity")
    return sn.make_objective(arch, X, y, reduction=reduction, **given)


def test_an_objective_that_only_has_values_and_gradients() -> None:
    sizes = (1, BFGS_UP_TO, BFGS_UP_TO + 1)
    assert [choose(Linear(), P) for P in sizes] == ["bfgs", "bfgs", "lbfgs"]


WITHOUT_DECAY = (
    1,
    HYBRID_WITHOUT_DECAY_UP_TO,
    HYBRID_WITHOUT_DECAY_UP_TO + 1,
    BFGS_UP_TO,
    BFGS_UP_TO + 1,
)
"""Numbers of parameters around the limits."""


def test_an_objective_with_a_matrix_counts_as_one_without_decay() -> None:
    found = [choose(ROSENBROCK.objective, P) for P in WITHOUT_DECAY]
    assert found == ["hybrid", "hybrid", "bfgs", "bfgs", "lbfgs"]


@pytest.mark.parametrize("outputs", [1, 3])
def test_without_decay_outputs_do_not_matter(outputs: int) -> None:
    found = [choose(objective(outputs), P) for P in WITHOUT_DECAY]
    assert found == ["hybrid", "hybrid", "bfgs", "bfgs", "lbfgs"]


@pytest.mark.parametrize("outputs", [1, 3])
@pytest.mark.parametrize("classes", [False, True])
def test_without_decay_and_hidden_layers(outputs: int, classes: bool) -> None:
    """The Gauss-Newton matrix is the Hessian."""
    without, largest = objective(outputs, hidden=(), classes=classes), LM_UP_TO // outputs
    sizes = (largest, largest + 1, BFGS_UP_TO, BFGS_UP_TO + 1)
    assert [choose(without, P) for P in sizes] == ["lm", "bfgs", "bfgs", "lbfgs"]
    decayed = objective(outputs, hidden=(), decay=1e-12)
    assert choose(decayed, largest // 2) == "hybrid"


@pytest.mark.parametrize("classes", [2, 3])
def test_classes_without_decay(classes: int) -> None:
    found = [choose(objective(classes, classes=True), P) for P in WITHOUT_DECAY]
    assert found == ["hybrid", "hybrid", "lbfgs", "lbfgs", "lbfgs"]


@pytest.mark.parametrize("outputs", [1, 3])
@pytest.mark.parametrize("decay", [1e-12, 1e-3, 10.0])
def test_hybrid_under_any_decay(outputs: int, decay: float) -> None:
    sizes = (1, HYBRID_UP_TO, HYBRID_UP_TO + 1, BFGS_UP_TO, BFGS_UP_TO + 1)
    found = [choose(objective(outputs, decay=decay), P) for P in sizes]
    assert found == ["hybrid", "hybrid", "bfgs", "bfgs", "lbfgs"]


def test_few_heavy_decays_do_not_matter() -> None:
    given = objective(decay={"b1": 1.0})
    found = [choose(given, P) for P in WITHOUT_DECAY]
    assert found == ["hybrid", "hybrid", "bfgs", "bfgs", "lbfgs"]


@pytest.mark.parametrize("classes", [2, 3])
@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_classes_with_heavy_decay_for_their_rows_run_lbfgs(classes: int, reduction: str) -> None:
    def found(size: int = SIZE, rows: int = ROWS, *, share: float) -> str:
        decay = share * LIMIT * classes * (rows if reduction == "sum" else 1)
        given = objective(classes, rows=rows, classes=True, reduction=reduction, decay=decay)
        return choose(given, size)

    assert [found(share=share) for share in (0.99, 1.01)] == ["hybrid", "lbfgs"]
    assert [found(2 * SIZE, share=share) for share in (0.49, 0.51)] == ["hybrid", "lbfgs"]
    assert [found(rows=2 * ROWS, share=share) for share in (1.99, 2.01)] == ["hybrid", "lbfgs"]
    assert found(HYBRID_UP_TO + 1, share=0.1) == "bfgs"
    assert found(BFGS_UP_TO + 1, share=0.01) == "lbfgs"


def test_case_weights_divide_the_decay() -> None:
    given = objective(3, classes=True, reduction="sum", decay=2 * ROWS * 3 * LIMIT)
    found = [choose(given.replace(weights=np.full(ROWS, k)), SIZE) for k in (1.0, 4.0)]
    assert found == ["lbfgs", "hybrid"]


def test_digits_do_not_run_lm() -> None:
    """1797 rows of 64 pixels, ten classes: lm took more than 500 s for what lbfgs does in 8."""
    size = sn.Architecture((64, 10, 10)).n_parameters
    assert choose(objective(10, classes=True, decay=1e-4), size) == "lbfgs"
