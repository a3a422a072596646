"""What a perceptron minimizes, and how a fit of it ended."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from joblib.parallel import get_active_backend

from sheernet.foundation.arrays import Array
from sheernet.models.estimators.mlp_data import Rows, outputs
from sheernet.network import Architecture
from sheernet.objective.decay import weight_decay
from sheernet.objective.objective import Objective, make_objective
from sheernet.optimizers import Checkpoint, Record, Termination
from sheernet.training.starts import Starts

Score = Callable[[Array], float]
"""A function of the outputs of the network for the validation rows, (N, K)."""


@dataclass(frozen=True, eq=False)
class Problem:
    """The network, its cost and its rows.

    Parameters
    ----------
    architecture : Architecture
        The network.
    cost : str
        The cost, of `sheernet.costs`.
    alpha : float
        The penalty is alpha / (2 W) times the sum of the squared weights without biases.
    threads : int or None
        Threads of the compiled engine.
    rows : Rows
        Training rows.
    held_out : Rows or None
        Validation rows.
    score : callable or None
        The score of outputs for the validation rows.
    """

    architecture: Architecture
    cost: str
    alpha: float
    threads: int | None
    rows: Rows
    held_out: Rows | None
    score: Score | None

    def objective(self) -> Objective:
        """F = 1/W sum_n w_n loss_n + alpha/(2 W) ||coefs||^2, over the training rows."""
        return self._of(self.rows, weight_decay(self.architecture, self.alpha / self.rows.total))

    def validation(self) -> Objective | None:
        """The mean loss of the validation rows, without penalty."""
        return None if self.held_out is None else self._of(self.held_out, 0.0)

    def _of(self, rows: Rows, decay: Any) -> Objective:
        return make_objective(
            self.architecture, rows.X, rows.Y, cost=self.cost, decay=decay, weights=rows.weights,
            threads=_threads(self.threads),
        )  # fmt: skip

    def score_at(self, theta: Array) -> float:
        """The score of weights on the validation rows; nan if an output is not finite."""
        assert self.held_out is not None
        assert self.score is not None
        found = outputs(self.architecture, theta, self.held_out.X)
        return self.score(found) if np.isfinite(found).all() else float("nan")


def _threads(threads: int | None) -> int | None:
    """The threads of a fit: by default one inside a worker of joblib, which runs other fits at the same time."""
    if threads is None and get_active_backend()[0].nesting_level:
        return 1
    return threads


@dataclass(frozen=True, eq=False)
class Outcome:
    """How a fit ended.

    Parameters
    ----------
    theta : ndarray, (P,)
        The weights.
    losses : list of float
        The objective at each iteration of this fit.
    scores : list of float or None
        The validation score at each iteration; None without validation rows.
    best_score : float or None
        The validation score of `theta`.
    loss : float
        The objective that belongs to `theta`.
    gradient_norm : float
        The largest absolute entry of the gradient at `theta`; nan if not known.
    termination : Termination
        Why the fit ended.
    record : Record
        The record of the best start, without path.
    starts : Starts
        How all starts ended.
    checkpoint : Checkpoint or None
        The state from which the fit can go on.
    method : str
        The method that ran.
    """

    theta: Array
    losses: list[float]
    scores: list[float] | None
    best_score: float | None
    loss: float
    gradient_norm: float
    termination: Termination
    record: Record
    starts: Starts
    checkpoint: Checkpoint | None
    method: str
