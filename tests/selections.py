"""Selections for tests, made from errors without any fit."""

from __future__ import annotations

from typing import Any

import numpy as np

import sheernet as sn
from sheernet.models.selecting import Grid
from sheernet.models.selecting.choice_rule import ALLOWED, lowest_place, near_reference


def selection_of(errors: Any, deviation: float = 0.1, rule: str = "best") -> sn.Selection:
    """A selection with these errors, (S, D), of 0, 2, 4, ... units and the decays 0.1, 0.01, ..."""
    errors = np.array(errors, dtype=float)
    deviations = np.where(np.isnan(errors), np.nan, deviation)
    sizes = tuple((2 * i,) if i else () for i in range(errors.shape[0]))
    decays = tuple(10.0 ** -(j + 1) for j in range(errors.shape[1]))
    lowest = lowest_place(errors)
    behind = (errors - errors[lowest]) / deviation
    near = near_reference(rule, errors, deviations, behind, lowest, ALLOWED)
    weights = tuple(range(len(sizes)))
    grid = Grid(sizes, decays, errors, deviations, behind, weights, near, lowest, rule)
    model: Any = None
    return sn.Selection(grid, "RMSE", model, "y in the table: 40 rows, 5 folds")
