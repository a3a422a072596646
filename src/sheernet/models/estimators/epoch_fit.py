"""Fits with 'sgd' or 'adam' (`fit_epochs`), and one more epoch for `partial_fit` (`fit_one_epoch`).

Each start is one run of gd or adam, with scikit-learn's rules as its observer (`EpochRules`) and scikit-learn's
conventions as options: the penalty of a batch is divided by the weight of the batch, the loss of an epoch is the loss
of its batches before their updates, and Adam's epsilon is added before the bias correction.

`EpochRules` determines learning rates, row order and termination.  After each pass over the rows (epoch), with the loss
L of the pass and the t rows that all passes have used:

    constant     rate
    invscaling   rate = learning_rate_init / (t + 1)^power_t
    adaptive     rate, divided by 5 instead of termination, until it is at most 1e-6

An epoch is without improvement if L > best loss - tol or, with validation rows, if score < best score + tol.  More than
`n_iter_no_change` such epochs in succession end the fit.

Source: scikit-learn 1.9, sklearn/neural_network; the loss of an epoch is the mean over the rows of the loss of their
batch, before its update.  With Nesterov momentum its weights are x + mu v, with x and v as in `sheernet.optimizers.gd`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from math import inf, isnan, nan
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from sheernet.foundation.arrays import Array
from sheernet.foundation.caller_warnings import warn
from sheernet.models.estimators.mlp_problem import History, MLPProblem, Outcome
from sheernet.optimizers import Checkpoint, Row, Run, Step, Termination
from sheernet.optimizers.adam import AdamState
from sheernet.optimizers.gd import GDState
from sheernet.training.objective_fit import fit_objective
from sheernet.training.starts import CALL_ENDING_REASONS, Starts

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


_STATES = {"sgd": GDState, "adam": AdamState}
LARGEST_AUTO_BATCH = 200


def fit_epochs(
    problem: MLPProblem,
    start_of: Callable[[int], Array],
    n_starts: int,
    settings: Any,
    callbacks: tuple[Any, ...],
    rng: np.random.RandomState,
    earlier: History,
) -> Outcome:
    """Train from all starts, one after the other, and return the best outcome.

    Parameters
    ----------
    problem : MLPProblem
        The network and its rows.
    start_of : callable
        Function that returns the initial weights (P,) of start 0, 1, ... when its run begins, so that each start equals
        the next fit by scikit-learn with the same RandomState.
    n_starts : int
        Number of starts.
    settings : object
        The estimator, whose parameters are read.
    callbacks : tuple of callable
        Observers.
    rng : RandomState
        Source of random numbers for the order of the rows.
    earlier : History
        Results of earlier fits.

    Returns
    -------
    Outcome
        Outcome of the start with the lowest loss or, with validation rows, with the highest validation score.
    """
    began = time.monotonic()
    batch_size = _batch_size(settings.batch_size, len(problem.rows))
    ends: list[_End] = []
    for i in range(n_starts):
        rules = EpochRules(problem, settings, batch_size, rng, earlier, new=True)
        limit = settings.max_time
        left = None if limit is None else max(limit - (time.monotonic() - began), 0.0)
        run = _run(problem, start_of(i), settings, rules, callbacks, settings.max_iter, left)
        ends.append(_End(run, rules))
        if run.termination.reason in CALL_ENDING_REASONS:
            break
    best = int(np.argmin([end.rank for end in ends]))
    starts = _starts(ends, best, n_starts, time.monotonic() - began)
    return _outcome(problem, settings, ends[best], starts, evaluate=True)


def fit_one_epoch(
    problem: MLPProblem,
    theta: Array,
    settings: Any,
    callbacks: tuple[Any, ...],
    rng: np.random.RandomState,
    earlier: History,
    checkpoint: Checkpoint | None,
) -> Outcome:
    """Train for one more epoch, with the moments of the previous epochs if the solver is still the same."""
    goes_on = checkpoint is not None and isinstance(checkpoint.state, _STATES[settings.solver])
    batch_size = _batch_size(settings.batch_size, len(problem.rows))
    rules = EpochRules(problem, settings, batch_size, rng, earlier, new=not goes_on)
    start: Any = theta
    if checkpoint is not None and goes_on:
        start = replace(checkpoint, state=state_at(theta, checkpoint.state, settings))
    end = _End(_run(problem, start, settings, rules, callbacks, 1, settings.max_time), rules)
    starts = _starts([end], 0, 1, float(end.run.record.seconds[-1]))
    return _outcome(problem, settings, end, starts, evaluate=False)


class _End(NamedTuple):
    """A run and its rules."""

    run: Run
    rules: EpochRules

    @property
    def loss(self) -> float:
        """The loss of the last epoch; nan if there was none."""
        return self.rules.losses[-1] if self.rules.n_iter else nan

    @property
    def rank(self) -> float:
        """Sort key of the starts; the best start has the lowest rank."""
        validated = self.rules.problem.held_out is not None
        rank = -self.rules.best_score if validated else self.loss
        return inf if isnan(rank) or self.run.termination.reason == "non_finite" else rank


def _batch_size(given: Any, n_rows: int) -> int:
    if given == "auto":
        return min(LARGEST_AUTO_BATCH, n_rows)
    if given > n_rows:
        warn(
            f"Got `batch_size` less than 1 or larger than sample size. It is going to be clipped: batch_size={given}, "
            f"and there are {n_rows} training rows",
            UserWarning,
        )
    return min(int(given), n_rows)


def _run(
    problem: MLPProblem,
    start: Any,
    settings: Any,
    rules: EpochRules,
    callbacks: tuple[Any, ...],
    max_iter: int,
    max_time: float | None,
) -> Run:
    """Run gd or adam from one start."""
    if settings.solver == "sgd":
        method, options = "gd", {
            "momentum": settings.momentum, "nesterov": bool(settings.nesterovs_momentum)
        }  # fmt: skip
    else:
        method, options = "adam", {
            "beta1": settings.beta_1, "beta2": settings.beta_2, "epsilon": settings.epsilon,
            "uncorrected_epsilon": True,
        }  # fmt: skip
    (run,) = fit_objective(
        problem.objective, [start], method, max_iter=max_iter, gradient_tolerance=0.0, time_limit=max_time,
        observers=(rules, *callbacks), learning_rate=rules.rate, order=rules.order, batch_size=rules.batch_size,
        whole_penalty=True, evaluation="batches", **options,
    )  # fmt: skip
    return run


def _outcome(
    problem: MLPProblem, settings: Any, end: _End, starts: Starts, *, evaluate: bool
) -> Outcome:
    """Return the outcome of a run; with `evaluate`, compute the gradient over all rows."""
    run, rules = end
    assert run.state is not None
    history, theta = rules.history, weights_of(run.state.state, settings)
    if problem.held_out is not None and history.best_theta is not None:
        theta = history.best_theta
    value, norm = nan, nan
    if evaluate or not rules.n_iter:
        value, gradient = problem.objective.value_and_gradient(theta)
        norm = float(np.abs(gradient).max())
    return Outcome(
        theta=theta,
        loss=end.loss if rules.n_iter else value + problem.constant,
        n_iter=rules.n_iter,
        history=history,
        gradient_norm=norm,
        run=run,
        starts=starts,
    )


def _starts(ends: Sequence[_End], best: int, requested: int, elapsed: float) -> Starts:
    """Return the results and termination reasons of all starts."""
    return Starts(
        np.array([end.loss for end in ends]),
        tuple(end.run.termination.reason for end in ends),
        np.array([end.rules.n_iter for end in ends]),
        np.array([end.run.record.seconds[-1] for end in ends]),
        best, None, "glorot", requested=requested, elapsed=elapsed,
    )  # fmt: skip
