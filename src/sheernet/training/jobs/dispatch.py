"""`fit_jobs`: check the arguments, and run the jobs in C++ or by the Python optimizers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from sheernet.foundation.arrays import Array
from sheernet.foundation.errors import InvalidInput, ShapeMismatch
from sheernet.foundation.scalars import in_brief
from sheernet.objective import SummedObjective
from sheernet.objective.engines.threads import blas_threads
from sheernet.optimizers import Checkpoint
from sheernet.optimizers.driver import Observer, resolve_start
from sheernet.optimizers.registry import check_options
from sheernet.settings.stopping_rules import StoppingRules
from sheernet.settings.training_settings import TrainingSettings
from sheernet.training.jobs import compiled_fits, joint_fits
from sheernet.training.jobs.job import BestPoint, Job, RunContext, Status
from sheernet.training.jobs.job_results import Fits
from sheernet.training.jobs.python_fits import fit_one_by_one


def fit_jobs(
    objective: SummedObjective,
    jobs: Sequence[Job],
    method: str = TrainingSettings.method,
    *,
    max_iter: int = StoppingRules.max_iter,
    gradient_tolerance: float = StoppingRules.gradient_tolerance,
    cost_tolerance: float = StoppingRules.cost_tolerance,
    max_evaluations: int | None = StoppingRules.max_evaluations,
    time_limit: float | None = StoppingRules.time_limit,
    target: float | None = StoppingRules.target,
    validation: SummedObjective | None = None,
    patience: int | None = StoppingRules.patience,
    observers: Sequence[Observer] = TrainingSettings.observers,
    report_progress: Callable[[Status], object] | None = None,
    keep_path: bool = TrainingSettings.keep_path,
    only_best: bool = False,
    threads: int = 1,
    **options: Any,
) -> Fits:
    """Run many fits in one call.

    Parameters
    ----------
    objective : Objective
        An objective of `sheernet.make_objective`.  Its number of threads is the number of jobs, or parts of an
        evaluation, that run at a time.
    jobs : sequence of Job
        The fits to run, at least one.  All share the data; jobs with the same weights and decay also share the
        objective.
    method : str
        As in `sheernet.train`.
    max_iter, gradient_tolerance, cost_tolerance, patience, keep_path
        Settings of each job, as in `sheernet.train`.
    max_evaluations, time_limit, target
        Limits of the whole call: the job that reaches a limit is the last.  Jobs on a `ShardedObjective` run
        together, unless there is a target, and reach the limits together; see `fit_objective`.
    validation : Objective, optional
        Objective whose value is recorded at each iteration as the validation cost.
    observers : sequence of callable
        Each is called with every accepted Step and its record row.  If one returns a Termination, the job ends with it.
        With observers the jobs run in Python.
    report_progress : callable, optional
        Called with a `Status` about every 50 ms, on the calling thread.
    only_best : bool
        If the jobs run in C++, keep the whole record only of the best job, and the last row of each other record.
    threads : int
        Threads of BLAS if the jobs run in Python.
    **options
        Options of the method.

    Returns
    -------
    Fits
        The results, in the order of the jobs.  They do not depend on how many jobs run at a time.

    Raises
    ------
    InvalidInput, ShapeMismatch
        If an argument is invalid; in this case nothing is fitted.
    KeyboardInterrupt
        If Ctrl-C is pressed before the first point is evaluated; later, Ctrl-C ends the call with reason "interrupted".

    Examples
    --------
    A path of penalties:

    >>> import numpy as np
    >>> import sheernet as sn
    >>> objective = sn.make_objective(sn.Architecture((1, 1)), [0.0, 1.0, 2.0], [1.0, 3.0, 5.0])
    >>> fits = sn.jobs.fit_jobs(objective, [sn.jobs.Job(np.zeros(2), decay) for decay in (0.0, 0.1, 1.0)])
    >>> [run.theta.round(2).tolist() for run in fits]
    [[2.0, 1.0], [1.87, 1.02], [1.31, 0.85]]
    """
    rules = StoppingRules(
        max_iter, gradient_tolerance, cost_tolerance, max_evaluations, time_limit, target, patience
    )
    context = RunContext(validation, observers, report_progress, keep_path, only_best, threads)
    return fit_jobs_by_rules(objective, jobs, method, rules, options, context)


def fit_jobs_by_rules(
    objective: Any,
    jobs: Sequence[Job],
    method: str,
    rules: StoppingRules,
    options: Mapping[str, Any],
    context: RunContext,
) -> Fits:
    """Run fits as `fit_jobs` does, with the settings grouped in objects."""
    if not isinstance(jobs, Sequence) or not all(isinstance(job, Job) for job in jobs):
        raise InvalidInput(f"jobs must be a sequence of Job, but {in_brief(jobs)} was given")
    if not jobs:
        raise InvalidInput("there are no jobs to fit; give at least one Job(start)")
    validation = context.validation
    if validation is not None and not hasattr(validation, "value"):
        raise InvalidInput(
            "validation must be an objective, such as make_objective(...) of other rows, but "
            f"{in_brief(validation)} was given"
        )
    rules.require_validation(validation)
    _require_same_size(objective, validation)
    objectives = _objectives(objective, jobs)
    starts: list[Array | Checkpoint] = []
    for job, of_job in zip(jobs, objectives, strict=True):
        start = job.start
        if not (_is_theta(start, of_job) and starts):  # the first start determines the method
            chosen, begin, best = resolve_start(of_job, start, method)
            method = chosen.name
            start = begin if best is None else Checkpoint(method, begin, best)
        starts.append(start)  # type: ignore[arg-type]
    check_options(chosen, options)
    plain = all(isinstance(start, (np.ndarray, Checkpoint)) for start in starts)
    needs_loop = not all(isinstance(each, BestPoint) for each in context.observers)
    if plain and not needs_loop and compiled_fits.can_run(objectives, method, validation):
        return compiled_fits.fit_compiled(objectives, starts, method, rules, options, context)
    together = joint_fits.can_run(objectives, rules, context)
    fit = joint_fits.fit_together if together else fit_one_by_one
    with blas_threads(context.threads):
        return fit(objectives, starts, method, rules, options, context)


def _require_same_size(objective: Any, validation: Any) -> None:
    """Raise if objective and validation are known to have different numbers of parameters."""
    sizes = [getattr(each, "size", None) for each in (objective, validation)]
    if None not in sizes and sizes[0] != sizes[1]:
        raise ShapeMismatch(
            f"validation has {sizes[1]} parameters, but the objective has {sizes[0]}; "
            "make both for the same architecture"
        )


def _is_theta(start: Any, objective: Any) -> bool:
    """Whether a start is a vector of weights that needs no conversion."""
    return (
        type(start) is np.ndarray
        and start.dtype == np.float64
        and start.shape == (getattr(objective, "size", start.size),)
    )


def _objectives(objective: Any, jobs: Sequence[Job]) -> list[Any]:
    """Return the objective of each job; jobs whose weights and decay are the same objects share one objective."""
    known: dict[tuple[int, ...], Any] = {(id(None), id(None)): objective}
    found = []
    for job in jobs:
        key = (id(job.weights), id(job.decay))
        if key not in known:
            weighted_key = (id(job.weights), id(None))
            if weighted_key not in known:
                known[weighted_key] = objective.replace(weights=job.weights)
            weighted = known[weighted_key]
            known[key] = weighted if job.decay is None else weighted.replace(decay=job.decay)
        found.append(known[key])
    return found
