"""`fit_objective`: minimize any objective from several starts, with records, progress and a gradient check.

`sheernet.train` uses `fit_starts` for the objectives of this package.  `fit_objective` takes any object with the same
methods, such as one with a different likelihood, or one whose rows are on several machines.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import replace
from typing import Any

from sheernet.foundation.arrays import Array
from sheernet.foundation.scalars import as_flag
from sheernet.optimizers import Checkpoint
from sheernet.optimizers.driver import Observer
from sheernet.settings.stopping_rules import StoppingRules
from sheernet.settings.training_settings import TrainingSettings
from sheernet.training import training_checks
from sheernet.training.jobs.dispatch import fit_jobs_by_rules
from sheernet.training.jobs.job import Job, RunContext
from sheernet.training.jobs.job_results import Fits
from sheernet.training.progress import Progress

Start = Any
"""Initial weights, array_like (P,), or a Checkpoint."""


def fit_objective(
    objective: Any,
    starts: Sequence[Start],
    method: str = TrainingSettings.method,
    *,
    max_iter: int = StoppingRules.max_iter,
    gradient_tolerance: float = StoppingRules.gradient_tolerance,
    cost_tolerance: float = StoppingRules.cost_tolerance,
    max_evaluations: int | None = StoppingRules.max_evaluations,
    time_limit: float | None = StoppingRules.time_limit,
    target: float | None = StoppingRules.target,
    validation: Any = None,
    patience: int | None = StoppingRules.patience,
    observers: Sequence[Observer] = TrainingSettings.observers,
    progress: bool = TrainingSettings.progress,
    keep_path: bool = TrainingSettings.keep_path,
    check: bool = TrainingSettings.check,
    threads: int = 1,
    **options: Any,
) -> Fits:
    """Minimize an objective from several starts.

    Parameters
    ----------
    objective : object
        An objective of `sheernet.make_objective`, or any object that `sheernet.optimizers.minimize` accepts.
    starts : sequence of array_like (P,) or Checkpoint
        Initial points, at least one; a Checkpoint, such as `run.state`, resumes an earlier run.
    method, max_iter, gradient_tolerance, cost_tolerance, max_evaluations, time_limit, target, patience, observers
        As in `sheernet.train`.
    validation : object, optional
        An object with a method `value`; its value is recorded at each iteration as the validation cost.
    progress, keep_path, check
        As in `sheernet.train`.
    threads : int
        Threads of BLAS if the fits run in Python.
    **options
        Options of the method.

    Returns
    -------
    Fits
        The results of the starts, in the order of `starts`; `fits[fits.best]` is the best run.

    Raises
    ------
    InvalidInput, ShapeMismatch
        If an argument is invalid; in this case nothing is fitted.
    GradientMismatch
        If `check` is set and the gradient is wrong.

    Notes
    -----
    Starts on a `ShardedObjective` share each pass over the rows; each is bitwise equal to a run on its own.  After half
    of the time limit or of the evaluations, only the best start continues.  With observers or a target, starts
    run one after the other.

    Examples
    --------
    >>> from sheernet.training import fit_objective
    >>> class Valleys:
    ...     def value(self, x):
    ...         return float((x[0] ** 2 - 1) ** 2 + 0.1 * x[0])
    ...     def value_and_gradient(self, x):
    ...         return self.value(x), 4 * x * (x**2 - 1) + 0.1
    >>> fits = fit_objective(Valleys(), [[2.0], [-2.0]], "bfgs", check=True)
    >>> fits.objectives.round(3).tolist(), fits.best
    ([0.099, -0.101], 1)
    """
    rules = StoppingRules(
        max_iter, gradient_tolerance, cost_tolerance, max_evaluations, time_limit, target, patience
    )
    context = RunContext(validation, observers, None, keep_path, False, threads)
    return fit_starts(objective, starts, method, rules, options, context, progress, check)


def fit_starts(
    objective: Any,
    starts: Sequence[Start] | Array,
    method: str,
    rules: StoppingRules,
    options: dict[str, Any],
    context: RunContext,
    progress: bool,
    check: bool,
) -> Fits:
    """Minimize as `fit_objective` does, with the settings grouped in objects."""
    began = time.monotonic()
    shows, checks = as_flag("progress", progress), as_flag("check", check)
    with Progress(len(starts), rules.max_iter) if shows else nullcontext() as report_progress:
        if checks and len(starts):
            training_checks.require_correct_gradient(objective, _point(starts[0]))
        remaining = rules  # checked already
        if rules.time_limit is not None:
            remaining = replace(rules, time_limit=_remaining_seconds(rules.time_limit, began))
        if report_progress is not None:
            context = replace(context, report_progress=report_progress)
        jobs = [Job(start) for start in starts]
        fits = fit_jobs_by_rules(objective, jobs, method, remaining, options, context)
        if (
            fits.reasons[fits.best] in training_checks.SUSPICIOUS
            and rules.max_evaluations is None
            and _remaining_seconds(rules.time_limit, began) != 0.0
        ):
            best = training_checks.with_gradient_check(fits[fits.best], objective)
            return replace(fits, run=lambda job: best if job == fits.best else fits.run(job))
    return fits


def _point(start: Any) -> Any:
    """Return the initial point of a start."""
    return start.state.theta if isinstance(start, Checkpoint) else start


def _remaining_seconds(time_limit: float | None, began: float) -> float | None:
    """Return the remaining seconds of a time limit."""
    return None if time_limit is None else max(time_limit - (time.monotonic() - began), 0.0)
