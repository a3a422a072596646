"""`fit_full_batch`: fits with a full-batch solver: 'lbfgs', 'bfgs', 'lm', 'hybrid', 'auto' or one of SciPy's methods.

All starts run in one call, in the compiled engine if there are no callbacks.  With validation rows the result is the
iterate with the lowest validation cost.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import isinf
from typing import Any

import numpy as np

from sheernet.foundation.arrays import Array
from sheernet.models.estimators.mlp_problem import History, MLPProblem, Outcome
from sheernet.objective.objective import Objective
from sheernet.optimizers import Checkpoint, Run
from sheernet.optimizers.line_search import MAX_TRIALS
from sheernet.optimizers.optimizer_protocol import EPS
from sheernet.settings.stopping_rules import StoppingRules
from sheernet.training.jobs.job import RunContext
from sheernet.training.objective_fit import fit_starts
from sheernet.training.starts import Starts

COST_TOLERANCE = 2.2e-5
"""Relative change of the loss that ends a fit, as a multiple of tol: with the default tol=1e-4 it is 2.2e-9, as in
SciPy's L-BFGS-B, whose value scikit-learn keeps.  It is at least the machine epsilon of float64."""


OPTIONS: Mapping[str, dict[str, Any]] = {"lbfgs": {"memory": 10}}
"""Options by solver.  Like SciPy's L-BFGS-B, which scikit-learn calls, 'lbfgs' stores ten correction pairs."""


@dataclass(frozen=True, eq=False)
class Resumable:
    """The point where a fit stopped, so that a warm start on the same data continues it.

    Parameters
    ----------
    checkpoint : Checkpoint
        The state at the last iterate.
    last_objective : float
        The objective at the last iterate; a different value indicates different data or parameters.
    theta : ndarray, (P,)
        The weights that the fit returned.
    """

    checkpoint: Checkpoint
    last_objective: float
    theta: Array

    def continues(self, solver: str, objective: Objective, theta: Array) -> bool:
        """Whether a fit that starts from `theta` (P,) continues this fit."""
        if solver not in ("auto", self.checkpoint.method) or not np.array_equal(theta, self.theta):
            return False
        here, _ = objective.value_and_gradient(self.checkpoint.state.theta)
        return bool(here == self.last_objective)


def fit_full_batch(
    problem: MLPProblem,
    starts: Sequence[Array],
    settings: Any,
    callbacks: Sequence[Any],
    resumable: Resumable | None,
    earlier: History,
) -> Outcome:
    """Minimize from all starts.

    Parameters
    ----------
    problem : MLPProblem
        The network and its rows; validation rows, if any, determine when the fit ends and which iterate it returns.
    starts : sequence of ndarray (P,)
        Initial weights, at least one.
    settings : object
        The estimator, whose parameters are read.
    callbacks : sequence of callable
        Observers.
    resumable : Resumable or None
        Where an earlier fit stopped; it is continued if the single start and the objective are unchanged.
    earlier : History
        Results of earlier fits.

    Returns
    -------
    Outcome
    """
    objective, validation = problem.objective, problem.validation
    points: Sequence[Any] = starts
    if resumable is not None and resumable.continues(settings.solver, objective, starts[0]):
        points = [resumable.checkpoint]
    rules = StoppingRules(
        max_iter=settings.max_iter,
        gradient_tolerance=settings.tol,
        cost_tolerance=max(COST_TOLERANCE * settings.tol, EPS),
        max_evaluations=_max_evaluations(settings, len(starts)),
        time_limit=settings.max_time,
        patience=None if validation is None else _patience(settings),
    )
    context = RunContext(
        validation=validation, observers=callbacks, keep_path=validation is not None, only_best=True
    )
    began = time.monotonic()
    fits = fit_starts(
        objective, points, settings.solver, rules, OPTIONS.get(settings.solver, {}), context,
        bool(settings.verbose), check=False,
    )  # fmt: skip
    run = fits[fits.best]
    return Outcome(
        theta=run.theta,
        loss=run.objective + problem.constant,
        n_iter=len(run.record) - 1,
        history=_history(problem, run, earlier),
        gradient_norm=float(np.abs(run.gradient).max()),
        run=run if validation is None else replace(run, record=replace(run.record, path=None)),
        starts=Starts(
            fits.objectives, fits.reasons, fits.iterations, fits.seconds, fits.best, None, "glorot",
            requested=len(starts), elapsed=time.monotonic() - began,
        ),
    )  # fmt: skip


def _max_evaluations(settings: Any, n_starts: int) -> int | None:
    """Return the limit for all starts together; None if the line searches of `max_iter` iterations cannot reach it.

    With a limit, the starts run one after the other, because each may use the evaluations left by earlier starts.
    """
    if settings.solver != "lbfgs" or settings.max_iter * MAX_TRIALS < settings.max_fun:
        return None
    return int(settings.max_fun * n_starts)


def _patience(settings: Any) -> int:
    most = settings.n_iter_no_change
    return settings.max_iter + 1 if isinf(most) else int(most)


def _history(problem: MLPProblem, run: Run, earlier: History) -> History:
    """Return the losses and scores of all iterations, including earlier fits."""
    losses = earlier.losses + tuple((run.record.objective[1:] + problem.constant).tolist())
    if problem.held_out is None:
        return replace(
            earlier, losses=losses, scores=None, best_loss=run.objective + problem.constant
        )
    assert run.record.path is not None
    scores = tuple(problem.score_at(theta) for theta in run.record.path[1:])
    return replace(
        earlier, losses=losses, scores=(earlier.scores or ()) + scores, best_score=problem.score_at(run.theta),
        best_theta=run.theta,
    )  # fmt: skip
