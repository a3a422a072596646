"""`MLPProblem`, `Outcome` and `History`: the objective of a fit, its outcome, and the state for a later fit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from math import inf
from multiprocessing import parent_process
from threading import current_thread, main_thread

import numpy as np
from joblib.parallel import get_active_backend

from sheernet.foundation.arrays import Array
from sheernet.models.estimators.mlp_data import MLPRows, outputs
from sheernet.network import Architecture
from sheernet.objective import costs
from sheernet.objective.costs import SoftmaxCost
from sheernet.objective.decay import weight_decay
from sheernet.objective.engines.choice import resolve
from sheernet.objective.objective import Objective, objective_of
from sheernet.objective.standard_units import StandardUnits
from sheernet.objective.weighting import Weighting
from sheernet.optimizers import Run
from sheernet.training.starts import Starts

Score = Callable[[Array], float]
"""A function of the outputs of the network for the validation rows, (N, K)."""


@dataclass(frozen=True, eq=False)
class MLPProblem:
    """The network, its cost and its rows.

    Parameters
    ----------
    architecture : Architecture
        The network.
    cost : str
        The cost, a name in `sheernet.costs`.
    alpha : float
        The penalty is alpha / (2 W) times the sum of the squared weights without biases.
    threads : int or None
        Number of threads of the compiled engine.
    rows : MLPRows
        Training rows.
    held_out : MLPRows or None
        Validation rows.
    score : callable or None
        Function that returns the score of outputs for the validation rows.
    constants : ndarray, (N,), or None
        Constants that scikit-learn adds to the loss of each training row; None if it adds none.
    """

    architecture: Architecture
    cost: str
    alpha: float
    threads: int | None
    rows: MLPRows
    held_out: MLPRows | None
    score: Score | None
    constants: Array | None

    @cached_property
    def objective(self) -> Objective:
        """F = 1/W sum_n w_n loss_n + alpha/(2 W) ||coefs||^2, over the training rows."""
        found = self._of(self.rows, self.alpha / self.rows.total)
        # tol limits the gradient itself, as in scikit-learn.
        ones = np.ones(found.size)
        vars(found)["standard_units"] = StandardUnits(ones, ones, 0.0)
        return found

    @cached_property
    def validation(self) -> Objective | None:
        """The mean loss of the validation rows, without penalty."""
        return None if self.held_out is None else self._of(self.held_out, 0.0)

    def _of(self, rows: MLPRows, decay: float) -> Objective:
        cost = costs.get(self.cost)
        if not isinstance(cost, SoftmaxCost):  # rows of Labels.targets have a single 1
            cost.check_targets(rows.Y)
        return objective_of(
            self.architecture, cost, rows.X, rows.Y, Weighting.of(rows.weights, len(rows), "mean"),
            weight_decay(self.architecture, decay), resolve("auto", self.architecture, cost), _threads(self.threads),
        )  # fmt: skip

    def score_at(self, theta: Array) -> float:
        """Return the score of weights on the validation rows; nan if an output is not finite."""
        assert self.held_out is not None
        assert self.score is not None
        found = outputs(self.architecture, theta, self.held_out.X)
        return self.score(found) if np.isfinite(found).all() else float("nan")

    @property
    def constant(self) -> float:
        """The constant that scikit-learn adds to the objective."""
        if self.constants is None:
            return 0.0
        return float(np.average(self.constants, weights=self.rows.weights))


def _threads(threads: int | None) -> int | None:
    """Return the number of threads of a fit: by default 1 inside a joblib worker, because other fits run in parallel.

    joblib is only queried outside the main thread of the initial process, because the query takes longer.
    """
    elsewhere = current_thread() is not main_thread() or parent_process() is not None
    if threads is None and elsewhere and get_active_backend()[0].nesting_level:
        return 1
    return threads


@dataclass(frozen=True, eq=False)
class History:
    """Results of the fits so far, from which a warm start and `partial_fit` continue.

    Parameters
    ----------
    losses : tuple of float
        The loss at each iteration of all fits.
    scores : tuple of float or None
        The validation score at each iteration; None without validation rows.
    best_loss, best_score : float
        The lowest loss and the highest score.
    best_theta : ndarray, (P,), or None
        The weights with the highest score.
    rows_used : int
        Number of rows used in all passes of 'sgd' and 'adam', with repetitions.
    unimproved : int
        Number of successive passes without an improvement.
    rate : float
        The learning rate of the next pass; nan before the first.
    """

    losses: tuple[float, ...] = ()
    scores: tuple[float, ...] | None = None
    best_loss: float = inf
    best_score: float = -inf
    best_theta: Array | None = None
    rows_used: int = 0
    unimproved: int = 0
    rate: float = float("nan")


@dataclass(frozen=True, eq=False)
class Outcome:
    """The outcome of a fit.

    Parameters
    ----------
    theta : ndarray, (P,)
        The weights.
    loss : float
        The final loss.
    n_iter : int
        Number of iterations of this fit.
    history : History
        Losses and scores of this fit and of the earlier fits that it continues.
    gradient_norm : float
        The largest absolute entry of the gradient at `theta`; nan if not known.
    run : Run
        The run of the best start; its record has no path.
    starts : Starts
        Results and termination reasons of all starts.
    """

    theta: Array
    loss: float
    n_iter: int
    history: History
    gradient_norm: float
    run: Run
    starts: Starts
