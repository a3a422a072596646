"""Run jobs over the same shards together (`fit_together`): a pass over the rows evaluates the next point of every job.

    job 0, 1, 2, ...  -- each requests sums at its point -->  one joint request to a holder  -->  the sums of each job

The time of a pass over rows on a disk or on workers is mostly reading and waiting, whatever it evaluates.  Each sum is
bitwise equal to the sum of a separate pass, so each job has the path, record and termination of a separate run.

With a limit of time or of evaluations, all starts share the first half of it, and only the best start continues in the
second half: one start at its optimum is more useful than several unfinished starts.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import takewhile
from math import inf, isfinite
from typing import Any, NamedTuple

import numpy as np

from sheernet.foundation.arrays import Array
from sheernet.foundation.interrupts import deferred_interrupt
from sheernet.foundation.lockstep import Ask, run_in_lockstep
from sheernet.objective.sharded import Holder, JointRequest, Request, ShardedObjective
from sheernet.objective.sharded.fixed_tree import Sums
from sheernet.optimizers import Checkpoint, Run, Termination
from sheernet.optimizers.driver import minimize_by_rules
from sheernet.optimizers.evaluation_counts import BudgetSpent, Counted, Counts
from sheernet.optimizers.record import Row
from sheernet.settings.stopping_rules import StoppingRules
from sheernet.training.jobs.job import RunContext, Status
from sheernet.training.jobs.job_results import Fits

MOST_BYTES = 2**25
"""Maximum bytes of the sums of one pass, unless a single job needs more: a few copies of the sums are in memory."""


class Question(NamedTuple):
    """A request of a job for sums from a holder."""

    job: int
    holder: Holder
    request: Request


def can_run(objectives: Sequence[Any], rules: StoppingRules, context: RunContext) -> bool:
    """Whether jobs can run together.

    A target ends a call at the first job that reaches it, so later jobs must not have started.  Observers are called
    for one run after the other.
    """
    return (
        len(objectives) > 1
        and all(isinstance(objective, ShardedObjective) for objective in objectives)
        and rules.target is None
        and not context.observers
    )


def fit_together(
    objectives: Sequence[ShardedObjective],
    starts: Sequence[Array | Checkpoint],
    method: str,
    rules: StoppingRules,
    options: Mapping[str, Any],
    context: RunContext,
) -> Fits:
    """Run jobs until all are done or Ctrl-C ends the call; the arguments are those of `fit_jobs`, already checked."""
    progress = _Progress(context.report_progress, len(starts))
    most = rules.max_evaluations
    counts = Counts(time.monotonic, time.monotonic(), max_evaluations=most or inf)  # of all jobs
    of_job = replace(rules, max_evaluations=None)
    are_starts = all(objective is objectives[0] for objective in objectives)

    def run(objective: ShardedObjective, start: Any, job: int, ask: Ask) -> Run:
        validation: Any = context.validation
        if isinstance(validation, ShardedObjective):
            validation = _asking(validation, job, ask)
        judge = None if validation is None else validation.value
        found = minimize_by_rules(
            Counted(_asking(objective, job, ask), counts), start, method, of_job, validation=judge,
            observers=[partial(progress.note, job)], keep_path=context.keep_path, options=options,
        )  # fmt: skip
        progress.ended.add(job)
        return found

    def answer(questions: list[Question]) -> list[Sums | BudgetSpent]:
        progress.report()
        spent = _half_spent(rules, counts) if are_starts else ""
        ending = progress.worse(rules.patience is not None) if spent else set()
        with np.errstate(all="ignore"):
            sums = iter(_answers([each for each in questions if each.job not in ending]))
        return [BudgetSpent(spent) if q.job in ending else next(sums) for q in questions]

    each = zip(objectives, starts, strict=True)
    functions = [partial(run, *pair, job) for job, pair in enumerate(each)][:most]
    with deferred_interrupt() as interrupt:
        every = run_in_lockstep(functions, answer)
    runs = list(takewhile(lambda found: found is not None, every))
    if not runs:
        raise KeyboardInterrupt
    if interrupt.times and all(run.termination.reason != "interrupted" for run in runs):
        runs[-1] = replace(runs[-1], termination=Termination("interrupted"))
    return Fits.of(runs, by_validation=rules.patience is not None)


def _half_spent(rules: StoppingRules, counts: Counts) -> str:
    """Return the limit of a call of which more than half is used; "" if there is none."""
    if rules.time_limit is not None and counts.seconds() > rules.time_limit / 2:
        return "time_limit"
    if rules.max_evaluations is not None and counts.value_evaluations > rules.max_evaluations / 2:
        return "max_evaluations"
    return ""


def _asking(objective: ShardedObjective, job: int, ask: Ask) -> ShardedObjective:
    """Return the same objective with a holder that requests its sums by `ask`."""
    holder: Any = _Asking(objective.holder, job, ask)
    return objective.over(holder)


class _Asking:
    """A holder that requests the sums of another holder by `ask`."""

    def __init__(self, holder: Holder, job: int, ask: Ask) -> None:
        self._holder, self._job, self._ask = holder, job, ask

    def __getattr__(self, name: str) -> Any:
        return getattr(self._holder, name)

    def sums(self, request: Request) -> Sums:
        """Return the sums over all rows."""
        return self._ask(Question(self._job, self._holder, request))


def _answers(questions: Sequence[Question]) -> list[Sums]:
    """Return the sums of each question, from the smallest number of passes over the rows that memory allows."""
    found: dict[int, Sums] = {}
    for numbers in _passes(questions):
        parts = tuple(questions[k].request for k in numbers)
        holder, joint = questions[numbers[0]].holder, JointRequest(parts)
        # On Dask, the task of a single question has its own name, by which its duration is estimated.
        sums = joint.divided(holder.sums(joint)) if len(parts) > 1 else [holder.sums(parts[0])]
        found.update(zip(numbers, sums, strict=True))
    return [found[k] for k in range(len(questions))]


def _passes(questions: Sequence[Question]) -> Iterator[list[int]]:
    """Yield the numbers of the questions of each pass, which have one holder and at most `MOST_BYTES` of sums."""
    left = list(range(len(questions)))
    while left:
        holder, n_bytes = questions[left[0]].holder, 0
        taken: list[int] = []
        for k in left:
            n_bytes += questions[k].request.n_bytes
            if questions[k].holder is holder and (n_bytes <= MOST_BYTES or not taken):
                taken.append(k)
        left = [k for k in left if k not in taken]
        yield taken


class _Progress:
    """The last iterate of each job, reported in the thread of the caller."""

    def __init__(self, report: Callable[[Status], object] | None, jobs: int) -> None:
        self._report, self.ended = report, set[int]()
        self._last: list[Row | None] = [None] * jobs

    def note(self, job: int, step: Any, row: Row) -> None:
        """Observe a step of a job."""
        self._last[job] = row

    def worse(self, by_validation: bool) -> set[int]:
        """Return the jobs with an iterate that have not ended, except the job with the best last iterate."""
        ranks = {
            job: row.validation_cost if by_validation else row.objective
            for job, row in enumerate(self._last)
            if row is not None and job not in self.ended
        }
        best = min(ranks, key=lambda job: (not isfinite(ranks[job]), ranks[job]), default=None)
        return ranks.keys() - {best}

    def report(self) -> None:
        """Report the first job that has not ended."""
        if self._report is None:
            return
        for job, last in enumerate(self._last):
            if last is not None and job not in self.ended:
                status = last.iteration, last.objective, last.gradient_norm
                self._report(Status(job, len(self.ended), *status))
                return
