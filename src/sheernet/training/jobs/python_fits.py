"""Run jobs one after the other by the Python optimizers, for any objective, method and observers."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sheernet.foundation.arrays import Array
from sheernet.optimizers import Checkpoint, Run, Step, Termination
from sheernet.optimizers.driver import Observer, minimize_by_rules
from sheernet.optimizers.evaluation_counts import Counted, Counts
from sheernet.optimizers.record import Row
from sheernet.settings.stopping_rules import StoppingRules
from sheernet.training.jobs.job import RunContext, Status
from sheernet.training.jobs.job_results import Fits
from sheernet.training.starts import CALL_ENDING_REASONS


class Budget:
    """The remaining evaluations and seconds of a call with many jobs."""

    def __init__(self, rules: StoppingRules) -> None:
        self.rules = rules
        self.counts = Counts(time.monotonic, time.monotonic())

    def remaining(self) -> StoppingRules:
        """Return the stopping rules of the next job."""
        limit, most = self.rules.time_limit, self.rules.max_evaluations
        return replace(
            self.rules,
            time_limit=None if limit is None else max(limit - self.counts.seconds(), 0.0),
            max_evaluations=None if most is None else most - self.counts.value_evaluations,
        )

    @property
    def is_spent(self) -> bool:
        """Whether no evaluations remain for the next job."""
        most = self.rules.max_evaluations
        return most is not None and self.counts.value_evaluations >= most


def fit_one_by_one(
    objectives: Sequence[Any],
    starts: Sequence[Array | Checkpoint],
    method: str,
    rules: StoppingRules,
    options: Mapping[str, Any],
    context: RunContext,
) -> Fits:
    """Run jobs until all are done or one ends the call; the arguments are those of `fit_jobs`, already checked."""
    budget = Budget(rules)
    validation = None if context.validation is None else context.validation.value
    runs: list[Run] = []
    try:
        for job, (objective, start) in enumerate(zip(objectives, starts, strict=True)):
            # Records omit evaluations after the last iterate of a job; the budget includes them, so count here too.
            counted = Counted(objective, budget.counts)
            reporting = (
                [] if context.report_progress is None else [_reporter(context.report_progress, job)]
            )
            run = minimize_by_rules(
                counted, start, method, budget.remaining(), validation=validation,
                observers=[*context.observers, *reporting], keep_path=context.keep_path, options=options,
            )  # fmt: skip
            runs.append(run)
            if run.termination.reason in CALL_ENDING_REASONS or budget.is_spent:
                break
    except KeyboardInterrupt:  # between two jobs, or pressed twice in a job: keep the earlier jobs
        if not runs:
            raise
        runs[-1] = replace(runs[-1], termination=Termination("interrupted"))
    return Fits.of(runs, by_validation=rules.patience is not None)


def _reporter(report_progress: Callable[[Status], object], job: int) -> Observer:
    def observe(step: Step, row: Row) -> None:
        report_progress(Status(job, job, step.iteration, row.objective, row.gradient_norm))

    return observe
