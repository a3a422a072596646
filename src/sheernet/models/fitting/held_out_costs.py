"""Compute the cost of the held-out rows at iterates of a training run, for its record.

Without validation rows, the run keeps its iterates if they are small, and the cost is computed for some of them after
the run, which takes about 3 % of its time.  This does not change the run.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from math import nan
from typing import Any

import numpy as np

from sheernet.models.fitting.preparation import Encoded, Prepared
from sheernet.objective.objective import make_objective
from sheernet.settings.fit_settings import FitSettings
from sheernet.training.training import Training

MOST_PATH = 8_000_000
"""Maximum number of values in the kept iterates of all starts: 64 MB."""
MOST_EVALUATED = 100
"""Maximum number of iterates whose cost is computed."""
SHARE = 0.03  # maximum fraction of the time of the run
GRADIENT = 3.0  # ratio of the time of evaluating cost and gradient to that of the cost alone


def keeps_iterates(prepared: Prepared, settings: FitSettings, n_parameters: int) -> bool:
    """Return whether the run should keep its iterates so that the cost of its held-out rows can be computed."""
    if prepared.validation is not None or prepared.evaluation is None:
        return False
    starts, max_iter = settings.effort.starts or 10, settings.rules.max_iter
    is_small = starts * max_iter * n_parameters <= MOST_PATH
    return settings.network.reduction == "mean" and is_small


def with_held_out_costs(
    result: Training, rows: Encoded, n_training: int, minimized: Mapping[str, Any], keep_path: bool
) -> Training:
    """Add the cost of held-out rows, without penalty, to the record of a run that kept its iterates.

    Parameters
    ----------
    result : Training
        The run.
    rows : Encoded
        The held-out rows.
    n_training : int
        The number of training rows.
    minimized : mapping
        Cost, reduction and engine, as in `make_objective`.
    keep_path : bool
        Whether the record keeps the iterates.
    """
    record = result.record
    assert record.path is not None
    done = GRADIENT * float(result.starts.iterations.sum() + len(result.starts)) * n_training
    n = int(np.clip(SHARE * done / len(rows), 2, MOST_EVALUATED))
    chosen = np.unique(np.linspace(0, len(record) - 1, n).round().astype(int))
    objective = make_objective(
        result.network.architecture, rows.X, rows.y, weights=rows.weights, **{**minimized, "decay": 0.0}
    )  # fmt: skip
    costs = np.full(len(record), nan)
    costs[chosen] = [objective.value(record.path[row]) for row in chosen]
    kept = record.path if keep_path else None
    return replace(result, record=replace(record, validation_cost=costs, path=kept))
