"""Jobs one after the other, by the Python optimizers: any objective, any method, any observer."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from sheernet.foundation.arrays import Array
from sheernet.optimizers import Checkpoint, Run, Step, Termination, minimize
from sheernet.optimizers.counting import Counted, Counts
from sheernet.optimizers.driver import Observer
from sheernet.optimizers.record import Row
from sheernet.optimizers.stopping import StoppingRules
from sheernet.training.jobs.fits import Fits
from sheernet.training.jobs.job import Status
from sheernet.training.starts import ENDINGS


class Budget:
    """What is left of the evaluations and seconds of a call that may have many jobs."""

    def __init__(self, max_evaluations: int | None, time_limit: float | None) -> None:
        self.max_evaluations = max_evaluations
        self.counts = Counts(time.monotonic, time.monotonic())
        self.deadline = None if time_limit is None else time.monotonic() + time_limit

    def left(self) -> dict[str, Any]:
        """The limits of the next job."""
        seconds = None if self.deadline is None else max(self.deadline - time.monotonic(), 0.0)
        spent = self.counts.value_evaluations
        evaluations = None if self.max_evaluations is None else self.max_evaluations - spent
        return {"max_evaluations": evaluations, "time_limit": seconds}

    @property
    def is_spent(self) -> bool:
        """Whether no evaluation is left for another job."""
        return (
            self.max_evaluations is not None
            and self.counts.value_evaluations >= self.max_evaluations
        )


def fit_one_by_one(
    objectives: Sequence[Any],
    starts: Sequence[Array | Checkpoint],
    method: str,
    rules: StoppingRules,
    *,
    validation: Callable[[Array], float] | None,
    observers: Sequence[Observer],
    watch: Callable[[Status], object] | None,
    keep_path: bool,
    options: dict[str, Any],
) -> Fits:
    """Run jobs until all are done or one ends them all; the arguments are those of `fit_jobs`, checked."""
    budget = Budget(rules.max_evaluations, rules.time_limit)
    settings = {**vars(rules), "validation": validation, "keep_path": keep_path, **options}
    runs: list[Run] = []
    try:
        for job, (objective, start) in enumerate(zip(objectives, starts, strict=True)):
            # Counted here too: evaluations after a job's last iterate stand in no record, and belong to the budget.
            counted = Counted(objective, budget.counts)
            watching = [*observers, _watching(watch, job)] if watch is not None else observers
            runs.append(
                minimize(
                    counted, start, method, observers=watching, **{**settings, **budget.left()}
                )
            )
            if runs[-1].termination.reason in ENDINGS or budget.is_spent:
                break
    except KeyboardInterrupt:  # between two jobs, or a second Ctrl-C in one: the earlier ones count
        if not runs:
            raise
        runs[-1] = replace(runs[-1], termination=Termination("interrupted"))
    return _fits_of(runs, by_validation=rules.patience is not None)


def _watching(watch: Callable[[Status], object], job: int) -> Observer:
    def observe(step: Step, row: Row) -> None:
        watch(Status(job, job, step.iteration, row.objective, row.gradient_norm))

    return observe


def _fits_of(runs: list[Run], *, by_validation: bool) -> Fits:
    objectives = np.array([run.objective for run in runs])
    validation_costs = np.array([np.fmin.reduce(run.record.validation_cost) for run in runs])
    ends = validation_costs if by_validation else objectives
    return Fits(
        objectives=objectives,
        reasons=tuple(run.termination.reason for run in runs),
        iterations=np.array([run.record.iteration[-1] for run in runs]),
        seconds=np.array([run.record.seconds[-1] for run in runs]),
        validation_costs=validation_costs,
        first_objectives=np.array([run.record.objective[0] for run in runs]),
        best=int(
            np.argmin(np.where(np.isnan(ends), np.inf, ends))
        ),  # what is no number is never lower
        run=runs.__getitem__,
    )
