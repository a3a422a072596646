"""Small problems for tests of candidates and ensembles, and Ctrl-C at a chosen moment."""

from __future__ import annotations

from typing import Any

import numpy as np

from sheernet.statistics.ensemble_candidates import Contest
from sheernet.statistics.folds import Folds

CLASSES = {"cost": "binary_cross_entropy", "output": "sigmoid"}


def contest(
    x: np.ndarray, y: np.ndarray, weights: np.ndarray | None = None, **given: Any
) -> Contest:
    """The rows with folds of their own, and few starts."""
    X, y = x.reshape(len(x), -1), y.reshape(len(y), -1)
    w = np.ones(len(x)) if weights is None else weights
    folds = given.pop("folds", None) or Folds.of(len(x), seed=0)
    return Contest(X, y, w, folds, **{"cost": "squared_error", "starts": 2, **given})


def line(rows: int = 60, noise: float = 0.3, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=rows)
    return x, x + noise * rng.normal(size=rows)


def wave(rows: int = 60, noise: float = 0.1, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    x = rng.uniform(-2.0, 2.0, size=rows)
    return x, np.sin(2.0 * x) + noise * rng.normal(size=rows)


REPORTING = {"engine": "reference"}


class CtrlC:
    """A report of progress that presses Ctrl-C in the first fit after `press` was called.

    It needs the reference engine, which reports each iteration; the compiled one reports every 50 ms.
    """

    pressed = False

    def press(self) -> None:
        self.pressed = True

    def __call__(self, status: Any) -> None:
        if self.pressed:
            self.pressed = False
            raise KeyboardInterrupt
