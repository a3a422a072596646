"""`fit_jobs`: checks what is asked for, and hands the jobs to C++ or to the Python optimizers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from sheernet.foundation.arrays import Array
from sheernet.foundation.errors import InvalidInput, ShapeMismatch
from sheernet.objective.engines.threads import blas_threads
from sheernet.objective.objective import Objective
from sheernet.optimizers import Checkpoint
from sheernet.optimizers.driver import Observer, beginning
from sheernet.optimizers.registry import check_options
from sheernet.optimizers.stopping import StoppingRules, require_validation
from sheernet.training.jobs import compiled_fits as compiled
from sheernet.training.jobs.fits import Fits
from sheernet.training.jobs.job import Job, Status
from sheernet.training.jobs.one_by_one import fit_one_by_one


def fit_jobs(
    objective: Objective,
    jobs: Sequence[Job],
    method: str = "auto",
    *,
    max_iter: int = 1000,
    gradient_tolerance: float = 1e-8,
    cost_tolerance: float = 0.0,
    max_evaluations: int | None = None,
    time_limit: float | None = None,
    target: float | None = None,
    validation: Objective | None = None,
    patience: int | None = None,
    observers: Sequence[Observer] = (),
    watch: Callable[[Status], object] | None = None,
    keep_path: bool = False,
    only_best: bool = False,
    threads: int = 1,
    **options: Any,
) -> Fits:
    """Run many fits in one call.

    Parameters
    ----------
    objective : Objective
        Of `sheernet.make_objective`; its threads are how many jobs, or parts of an evaluation, run at a time.
    jobs : sequence of Job
        At least one.  They share the data; those that share weights and decay share the objective, too.
    method : str
        As in `sheernet.train`.
    max_iter, gradient_tolerance, cost_tolerance, patience, keep_path
        Of each job, as in `sheernet.train`.
    max_evaluations, time_limit, target
        Of all jobs together: the job that reaches one of them is the last.
    validation : Objective, optional
        Whose value is recorded at each iteration, as the validation cost.
    observers : sequence of callable
        Each is called with every accepted Step and its record row; the jobs then run in Python.
    watch : callable, optional
        Is called with a `Status` now and then, on this thread.
    only_best : bool
        Where the jobs run in C++: keep the whole record of the best one alone, and of each other its last row.
    threads : int
        Threads of BLAS where the jobs run in Python.
    **options
        Of the method.

    Returns
    -------
    Fits
        In the order of the jobs.  The numbers do not depend on how many ran at a time.

    Raises
    ------
    InvalidInput, ShapeMismatch
        Before anything is fitted.
    KeyboardInterrupt
        When Ctrl-C comes before the first point; after it, the jobs end with reason "interrupted".

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
    return fit_by_rules(
        objective, jobs, method, rules, validation=validation, observers=observers, watch=watch, keep_path=keep_path,
        only_best=only_best, threads=threads, options=options,
    )  # fmt: skip


def fit_by_rules(
    objective: Objective,
    jobs: Sequence[Job],
    method: str,
    rules: StoppingRules,
    *,
    validation: Objective | None,
    observers: Sequence[Observer],
    watch: Callable[[Status], object] | None,
    keep_path: bool,
    only_best: bool,
    threads: int,
    options: dict[str, Any],
) -> Fits:
    """Run fits as `fit_jobs` does, by rules that are checked."""
    if not jobs:
        raise InvalidInput("there is no job to fit; give at least one Job(start)")
    require_validation(rules.patience, validation)
    if validation is not None and validation.size != objective.size:
        raise ShapeMismatch(
            f"validation has {validation.size} parameters but the objective {objective.size}; "
            "make both of the same architecture"
        )
    objectives = _objectives(objective, jobs)
    starts: list[Array | Checkpoint] = []
    for job, of_job in zip(jobs, objectives, strict=True):
        start = job.start
        if not (_is_theta(start, of_job.size) and starts):  # the first says what the method is
            chosen, begin, best = beginning(of_job, start, method)
            method = chosen.name
            start = begin if best is None else Checkpoint(method, begin, best)
        starts.append(start)  # type: ignore[arg-type]
    check_options(chosen, options)
    native = all(isinstance(start, (np.ndarray, Checkpoint)) for start in starts) and not observers
    if native and compiled.can_run(objectives, method, validation):
        return compiled.fit_compiled(
            objectives, starts, method, rules, validation=validation, watch=watch, keep_path=keep_path,
            only_best=only_best, options=options,
        )  # fmt: skip
    with blas_threads(threads):
        return fit_one_by_one(
            objectives, starts, method, rules, observers=observers, watch=watch, keep_path=keep_path,
            options=options, validation=None if validation is None else validation.value,
        )  # fmt: skip


def _is_theta(start: Any, size: int) -> bool:
    return type(start) is np.ndarray and start.dtype == np.float64 and start.shape == (size,)


def _objectives(objective: Objective, jobs: Sequence[Job]) -> list[Objective]:
    """The objective of each job; equal weights and decays are recognized where they are the same object."""
    known: dict[tuple[int, ...], Objective] = {(id(None), id(None)): objective}
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
