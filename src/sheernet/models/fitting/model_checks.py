"""Check the gradient of a fitted model on the rows of a table."""

from __future__ import annotations

from typing import Any

import numpy as np

from sheernet.derivatives import GradientReport, Problem, check_gradient
from sheernet.models.model import Model
from sheernet.models.scoring import rows_to_score
from sheernet.objective.objective import make_objective

MOVED = 0.01
"""Relative change of each weight for a check."""


def check_model(model: Model, table: Any, **options: Any) -> GradientReport:
    """Check the gradient of a model's objective, at its weights, on the rows of a table.

    Parameters
    ----------
    model, table
        As for `gradient_problem`.
    **options
        Options of `check_gradient`.

    Returns
    -------
    GradientReport

    Raises
    ------
    InvalidInput
        If a column is missing, or the table contains values that the model cannot encode.
    """
    return check_gradient(gradient_problem(model, table), **options)


def gradient_problem(model: Model, table: Any) -> Problem:
    """Return a model's objective and its gradient near its weights, on the rows of a table, for `check_gradient`.

    The weights are alternately increased and decreased by 1 %: at an optimum the entries of the gradient are sums that
    cancel, and rounding could hide an error.

    Parameters
    ----------
    model : Model
        The model; of several networks, the network with the largest share is checked, with its cost and decay.
    table : path, DataFrame, mapping of columns, Table, or tuple (X, y)
        The table, with the model's inputs and targets.

    Returns
    -------
    Problem

    Raises
    ------
    InvalidInput
        If a column is missing, or the table contains values that the model cannot encode.
    """
    rows = rows_to_score(model, table, None)
    network = model.network
    objective = make_objective(
        network.architecture, rows.X, rows.y, cost=model.cost, reduction=model.reduction, decay=model.decay,
        weights=rows.weights,
    )  # fmt: skip
    moved = network.theta * (1.0 + MOVED * (-1.0) ** np.arange(network.theta.size))
    return Problem.from_objective(objective, moved)
