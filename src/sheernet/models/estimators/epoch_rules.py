"""The rules of scikit-learn's 'sgd' and 'adam': learning rates, the order of the rows, and when a fit ends.

After each pass over the rows (epoch), with the loss L of the pass and the t rows that all passes have used:

    constant     rate
    invscaling   rate = learning_rate_init / (t + 1)^power_t
    adaptive     rate, divided by 5 in place of an end, until it is at most 1e-6

An epoch is without improvement if L > best loss - tol or, with validation rows, if score < best score + tol.  More than
`n_iter_no_change` of them in succession end the fit.

Source: scikit-learn 1.9, sklearn/neural_network, whose loss of an epoch is the mean over the rows of the loss of their
batch, before its update.  With Nesterov momentum its weights are p = x + mu v, with x and v of `sheernet.optimizers.gd`.
"""

from __future__ import annotations

from dataclasses import replace
from math import isnan
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.utils import shuffle

from sheernet.foundation.arrays import Array
from sheernet.models.estimators.mlp_problem import History, Problem
from sheernet.optimizers import Row, Step, Termination

SMALLEST_RATE = 1e-6
"""The 'adaptive' learning rate at which a fit ends."""
DIVISOR = 5.0


class EpochRules:
    """An observer of a run of gd or adam, with the learning rate and the order of the rows of the next epoch.

    Parameters
    ----------
    problem : Problem
        The network and its rows.
    settings : object
        The estimator, whose parameters are read.
    batch_size : int
        Rows of a batch.
    rng : RandomState
        Source of the order of the rows.
    earlier : History
        What the fits before this one found.
    new : bool
        Whether this is a new fit, which starts at the initial learning rate.
    """

    def __init__(
        self,
        problem: Problem,
        settings: Any,
        batch_size: int,
        rng: np.random.RandomState,
        earlier: History,
        *,
        new: bool,
    ) -> None:
        self.problem, self.settings, self.batch_size, self.rng = problem, settings, batch_size, rng
        self.rows = np.arange(len(problem.rows))
        rate = settings.learning_rate_init if new or isnan(earlier.rate) else earlier.rate
        scores = None if problem.held_out is None else (earlier.scores or ())
        self.history = replace(earlier, rate=float(rate), scores=scores)
        self.n_iter = 0

    # --- what gd and adam ask for --------------------------------------------------------------------

    def rate(self, epoch: int) -> float:
        """The learning rate of an epoch."""
        return self.history.rate

    def order(self, epoch: int) -> npt.NDArray[np.int64]:
        """The order of the rows in an epoch, (N,): each epoch permutes that of the epoch before it."""
        if self.settings.shuffle:
            self.rows = shuffle(self.rows, random_state=self.rng)
        return self.rows

    # --- after an epoch --------------------------------------------------------------------------------

    def __call__(self, step: Step, row: Row) -> Termination | None:
        """Note an epoch; return why the fit ends, or None."""
        if isnan(step.step_length):  # the start
            return None
        self.n_iter += 1
        loss = step.value + self._constant()
        self._say("Iteration %d, loss = %.8f", self.n_iter, loss)
        self.history = replace(
            self.history,
            losses=(*self.history.losses, loss),
            rows_used=self.history.rows_used + len(self.rows),
        )
        if self.problem.held_out is None:
            self._compare_loss(loss)
        else:
            self._compare_score(weights_of(step.state, self.settings))
        if self._schedule() == "invscaling":
            t = self.history.rows_used
            rate = self.settings.learning_rate_init / (t + 1) ** self.settings.power_t
            self.history = replace(self.history, rate=float(rate))
        if self.history.unimproved > self.settings.n_iter_no_change:
            return self._end()
        return None

    def _constant(self) -> float:
        """What scikit-learn adds to the loss of the epoch: the mean over the rows of what it adds to their batch."""
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
        best = self.history.best_loss
        unimproved = self.history.unimproved + 1 if loss > best - self.settings.tol else 0
        self.history = replace(self.history, unimproved=unimproved, best_loss=min(best, loss))

    def _compare_score(self, theta: Array) -> None:
        score, best = self.problem.score_at(theta), self.history.best_score
        self._say("Validation score: %f", score)
        unimproved = self.history.unimproved + 1 if score < best + self.settings.tol else 0
        scores = (*(self.history.scores or ()), score)
        self.history = replace(self.history, unimproved=unimproved, scores=scores)
        if score > best:
            self.history = replace(self.history, best_score=score, best_theta=theta)

    def _end(self) -> Termination | None:
        """The end of the fit, unless an adaptive learning rate falls in its place."""
        validated = self.problem.held_out is not None
        measured = "Validation score" if validated else "Training loss"
        message = (
            f"{measured} did not improve more than tol={self.settings.tol:f} for "
            f"{self.settings.n_iter_no_change} consecutive epochs."
        )
        if self._schedule() == "adaptive":
            if self.history.rate > SMALLEST_RATE:
                rate = self.history.rate / DIVISOR
                self.history = replace(self.history, rate=rate, unimproved=0)
                self._say("%s Setting learning rate to %f", message, rate)
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
    """The weights that scikit-learn has after an epoch, (P,)."""
    if settings.solver == "sgd" and settings.nesterovs_momentum:
        return state.theta + settings.momentum * state.velocity
    return state.theta


def state_at(theta: Array, state: Any, settings: Any) -> Any:
    """A state of gd or adam at the weights of scikit-learn, (P,): the inverse of `weights_of`."""
    if settings.solver == "sgd" and settings.nesterovs_momentum:
        theta = theta - settings.momentum * state.velocity
    return replace(state, theta=theta)
