"""Fits with 'sgd' or 'adam' (`fit_epochs`), and one more epoch for `partial_fit` (`fit_one_epoch`).

Each start is one run of gd or adam, with scikit-learn's rules as its observer (`EpochRules`) and scikit-learn's
conventions as options: the penalty of a batch is divided by the weight of the batch, the loss of an epoch is the loss
of its batches before their updates, and Adam's epsilon is added before the bias correction.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from math import inf, isnan, nan
from typing import Any, NamedTuple

import numpy as np

from sheernet.foundation.arrays import Array
from sheernet.foundation.caller_warnings import warn
from sheernet.models.estimators.epoch_rules import EpochRules, state_at, weights_of
from sheernet.models.estimators.mlp_problem import History, MLPProblem, Outcome
from sheernet.optimizers import Checkpoint, Run
from sheernet.optimizers.adam import AdamState
from sheernet.optimizers.gd import GDState
from sheernet.training.objective_fit import fit_objective
from sheernet.training.starts import CALL_ENDING_REASONS, Starts

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
        termination=run.termination,
        record=run.record,
        starts=starts,
        checkpoint=run.state,
        method=run.method,
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
