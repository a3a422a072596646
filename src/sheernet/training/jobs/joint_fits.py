"""Run jobs over the same shards together: one pass over the rows evaluates the next point of every job.

    job 0, 1, 2, ...  -- each asks for sums at its point -->  one request of a holder  -->  its own sums back

A pass over rows on a disk or on workers costs reading and waiting, whatever it evaluates.  Each sum of a pass has the
bits that it has alone, so each job has the path, the record and the termination of a run on its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import takewhile
from typing import Any, NamedTuple

import numpy as np

from sheernet.foundation.arrays import Array
from sheernet.foundation.interrupts import deferred_interrupt
from sheernet.foundation.lockstep import Ask, run_in_lockstep
from sheernet.objective.sharded import Holder, JointRequest, Request, ShardedObjective
from sheernet.objective.sharded.fixed_tree import Sums
from sheernet.optimizers import Checkpoint, Run, Termination
from sheernet.optimizers.driver import minimize_by_rules
from sheernet.settings.stopping_rules import StoppingRules
from sheernet.training.jobs.job import RunContext, Status
from sheernet.training.jobs.job_results import Fits

MOST_BYTES = 2**25
"""Bytes of the sums of one pass, unless those of a single job take more: a few copies of them are in memory."""


class Question(NamedTuple):
    """What a job asks."""

    holder: Holder
    request: Request


def can_run(
    objectives: Sequence[Any],
    rules: StoppingRules,
    options: Mapping[str, Any],
    context: RunContext,
) -> bool:
    """Whether jobs can run together without a difference that a caller sees.

    Limits of a call end it at the first job that reaches them; with a time limit, the first jobs should come as far as
    they can.  Observers see one run after the other.  Mini-batches are no passes over all rows.
    """
    limits = rules.time_limit, rules.max_evaluations, rules.target, options.get("batch_size")
    return (
        len(objectives) > 1
        and all(isinstance(objective, ShardedObjective) for objective in objectives)
        and all(limit is None for limit in limits)
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

    def run(objective: ShardedObjective, start: Any, job: int, ask: Ask) -> Run:
        validation: Any = context.validation
        if isinstance(validation, ShardedObjective):
            validation = _asking(validation, ask)
        judge = None if validation is None else validation.value
        found = minimize_by_rules(
            _asking(objective, ask), start, method, rules, validation=judge,
            observers=[partial(progress.note, job)], keep_path=context.keep_path, options=options,
        )  # fmt: skip
        progress.ended.add(job)
        return found

    def answer(questions: list[Question]) -> list[Sums]:
        progress.report()
        with np.errstate(all="ignore"):
            return _answers(questions)

    functions = [
        partial(run, *each, job) for job, each in enumerate(zip(objectives, starts, strict=True))
    ]
    with deferred_interrupt() as interrupt:
        every = run_in_lockstep(functions, answer)
    runs = list(takewhile(lambda found: found is not None, every))
    if not runs:
        raise KeyboardInterrupt
    if interrupt.times and all(run.termination.reason != "interrupted" for run in runs):
        runs[-1] = replace(runs[-1], termination=Termination("interrupted"))
    return Fits.of(runs, by_validation=rules.patience is not None)


def _asking(objective: ShardedObjective, ask: Ask) -> ShardedObjective:
    """The same objective, whose sums are asked for."""
    holder: Any = _Asking(objective.holder, ask)
    return objective.over(holder)


class _Asking:
    """A holder that asks for the sums of another one."""

    def __init__(self, holder: Holder, ask: Ask) -> None:
        self._holder, self._ask = holder, ask

    def __getattr__(self, name: str) -> Any:
        return getattr(self._holder, name)

    def sums(self, request: Request) -> Sums:
        """The sums over all rows."""
        return self._ask(Question(self._holder, request))


def _answers(questions: Sequence[Question]) -> list[Sums]:
    """The sums of each question, from as few passes over the rows as their memory allows."""
    found: dict[int, Sums] = {}
    for numbers in _passes(questions):
        parts = tuple(questions[k].request for k in numbers)
        holder, joint = questions[numbers[0]].holder, JointRequest(parts)
        # A single question has a task of its own name on Dask, by which its duration is known.
        sums = joint.divided(holder.sums(joint)) if len(parts) > 1 else [holder.sums(parts[0])]
        found.update(zip(numbers, sums, strict=True))
    return [found[k] for k in range(len(questions))]


def _passes(questions: Sequence[Question]) -> Iterator[list[int]]:
    """The numbers of the questions of each pass: of one holder, and of sums that take little memory."""
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
        self._last: list[Any] = [None] * jobs

    def note(self, job: int, step: Any, row: Any) -> None:
        """Observe a step of a job."""
        self._last[job] = step.iteration, row.objective, row.gradient_norm

    def report(self) -> None:
        """Report the first job that has not ended."""
        if self._report is None:
            return
        for job, last in enumerate(self._last):
            if last is not None and job not in self.ended:
                self._report(Status(job, len(self.ended), *last))
                return
