"""`EpochRules`: learning rates, row order and termination as in scikit-learn's 'sgd' and 'adam'.

After each pass over the rows (epoch), with the loss L of the pass and the t rows that all passes have used:

    constant     rate
    invscaling   rate = learning_rate_init / (t + 1)^power_t
    adaptive     rate, divided by 5 instead of termination, until it is at most 1e-6

An epoch is without improvement if L > best loss - tol or, with validation rows, if score < best score + tol.  More than
`n_iter_no_change` such epochs in succession end the fit.

Source: scikit-learn 1.9, sklearn/neural_network; the loss of an epoch is the mean over the rows of the loss of their
batch, before its update.  With Nesterov momentum its weights are x + mu v, with x and v as in `sheernet.optimizers.gd`.
"""

from __future__ import annotations

from dataclasses import replace
from math import isnan
from typing import Any

import numpy as np
import numpy.typing as npt

from sheernet.foundation.arrays import Array
from sheernet.models.estimators.mlp_problem import History, MLPProblem
from sheernet.optimizers import Row, Step, Termination

SMALLEST_RATE = 1e-6
"""The 'adaptive' learning rate at or below which a fit ends."""
DIVISOR = 5.0


class EpochRules:
    """An observer of a run of gd or adam, with the learning rate and the order of the rows of the next epoch.

    Parameters
    ----------
    problem : MLPProblem
        The network and its rows.
    settings : object
        The estimator, whose parameters are read.
    batch_size : int
        Rows of a batch.
    rng : RandomState
        Source of random numbers for the order of the rows.
    earlier : History
        Results of earlier fits.
    new : bool
        Whether this is a new fit, which starts at the initial learning rate.
    """

    def __init__(
        self,
        problem: MLPProblem,
        settings: Any,
        batch_size: int,
        rng: np.random.RandomState,
        earlier: History,
        *,
        new: bool,
    ) -> None:
        self.problem, self.settings, self.batch_size, self.rng = problem, settings, batch_size, rng
        self.rows = np.arange(len(problem.rows))
        fresh = new or isnan(earlier.rate)
        self.learning_rate = float(settings.learning_rate_init if fresh else earlier.rate)
        self.losses, self.scores = list(earlier.losses), list(earlier.scores or ())
        self.best_loss, self.best_score = earlier.best_loss, earlier.best_score
        self.best_theta = earlier.best_theta
        self.rows_used, self.unimproved = earlier.rows_used, earlier.unimproved
        self.n_iter = 0

    @property
    def history(self) -> History:
        """The state from which a later fit continues."""
        return History(
            losses=tuple(self.losses),
            scores=None if self.problem.held_out is None else tuple(self.scores),
            best_loss=self.best_loss,
            best_score=self.best_score,
            best_theta=self.best_theta,
            rows_used=self.rows_used,
            unimproved=self.unimproved,
            rate=self.learning_rate,
        )

    # --- options of gd and adam ----------------------------------------------------------------------

    def rate(self, epoch: int) -> float:
        """Return the learning rate of an epoch."""
        return self.learning_rate

    def order(self, epoch: int) -> npt.NDArray[np.int64]:
        """Return the order of the rows in an epoch, (N,): a permutation of the order of the previous epoch."""
        if self.settings.shuffle:
            places = np.arange(len(self.rows))
            self.rng.shuffle(places)  # as sklearn.utils.shuffle does
            self.rows = self.rows[places]
        return self.rows

    # --- after an epoch --------------------------------------------------------------------------------

    def __call__(self, step: Step, row: Row) -> Termination | None:
        """Record an epoch; return the termination of the fit, or None if it continues."""
        if isnan(step.step_length):  # the start
            return None
        self.n_iter += 1
        loss = step.value + self._constant()
        self._say("Iteration %d, loss = %.8f", self.n_iter, loss)
        self.losses.append(loss)
        self.rows_used += len(self.rows)
        if self.problem.held_out is None:
            self._compare_loss(loss)
        else:
            self._compare_score(weights_of(step.state, self.settings))
        if self._schedule() == "invscaling":
            falling = (self.rows_used + 1) ** self.settings.power_t
            self.learning_rate = float(self.settings.learning_rate_init / falling)
        return self._end() if self.unimproved > self.settings.n_iter_no_change else None

    def _constant(self) -> float:
        """Return the constant that scikit-learn adds to the loss: the mean over rows of the constant of their batch."""
        constants, weights = self.problem.constants, self.problem.rows.weights
        if constants is None:
            return 0.0
        if weights is None:
            return float(constants.mean())
        firsts = np.arange(0, len(self.rows), self.batch_size)
        lengths = np.diff(np.append(firsts, len(self.rows)))
        of_batches = np.add.reduceat((weights * constants)[self.rows], firsts)
        of_batches /= np.add.reduceat(weights[self.rows], firsts)
        return float(lengths @ of_batches / len(self.rows))

    def _compare_loss(self, loss: float) -> None:
        improves = not loss > self.best_loss - self.settings.tol
        self.unimproved = 0 if improves else self.unimproved + 1
        self.best_loss = min(self.best_loss, loss)

    def _compare_score(self, theta: Array) -> None:
        score = self.problem.score_at(theta)
        self._say("Validation score: %f", score)
        self.scores.append(score)
        improves = not score < self.best_score + self.settings.tol
        self.unimproved = 0 if improves else self.unimproved + 1
        if score > self.best_score:
            self.best_score, self.best_theta = score, theta

    def _end(self) -> Termination | None:
        """Return the termination of the fit, or None if an adaptive learning rate is reduced instead."""
        validated = self.problem.held_out is not None
        measured = "Validation score" if validated else "Training loss"
        message = (
            f"{measured} did not improve more than tol={self.settings.tol:f} for "
            f"{self.settings.n_iter_no_change} consecutive epochs."
        )
        if self._schedule() == "adaptive":
            if self.learning_rate > SMALLEST_RATE:
                self.learning_rate, self.unimproved = self.learning_rate / DIVISOR, 0
                self._say("%s Setting learning rate to %f", message, self.learning_rate)
                return None
            message += " Learning rate too small."
        self._say("%s Stopping.", message)
        return Termination("validation_patience" if validated else "cost_tolerance", message)

    def _schedule(self) -> str:
        return str(self.settings.learning_rate) if self.settings.solver == "sgd" else "constant"

    def _say(self, template: str, *values: object) -> None:
        """Report on standard output, as scikit-learn does."""
        if self.settings.verbose:
            print(template % values)  # noqa: T201


def weights_of(state: Any, settings: Any) -> Array:
    """Return the weights that scikit-learn has after an epoch, (P,)."""
    if settings.solver == "sgd" and settings.nesterovs_momentum:
        return state.theta + settings.momentum * state.velocity
    return state.theta


def state_at(theta: Array, state: Any, settings: Any) -> Any:
    """Return the state of gd or adam for weights of scikit-learn, (P,): the inverse of `weights_of`."""
    if settings.solver == "sgd" and settings.nesterovs_momentum:
        theta = theta - settings.momentum * state.velocity
    return replace(state, theta=theta)
