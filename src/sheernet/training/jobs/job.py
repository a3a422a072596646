"""`Job` (a fit to run), `Status` (progress of a call), and `RunContext` (settings that all fits of a call share).

`BestPoint` is an observer that reads the best weights so far, also from C++, without a loop in Python.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy.typing as npt

from sheernet.foundation.arrays import Array
from sheernet.foundation.processors import MOST_THREADS
from sheernet.foundation.scalars import as_flag, as_whole
from sheernet.objective import SummedObjective
from sheernet.objective.decay import DecayLike
from sheernet.optimizers import Checkpoint, Step
from sheernet.optimizers.driver import Observer
from sheernet.optimizers.option_checks import check_observers
from sheernet.optimizers.record import Row


@dataclass(frozen=True, eq=False)
class Job:
    """A fit: its start and, if they differ from the objective's, its weight decay and case weights.

    Parameters
    ----------
    start : array_like, (P,), or Checkpoint
        Initial weights, or the state of an earlier run to resume.
    decay : float, array_like (P,), or mapping, optional
        As in `sheernet.make_objective`.
    weights : array_like, (N,), optional
        Case weights; rows of weight 0, such as the test rows of a fold, are excluded.
    """

    start: npt.ArrayLike | Checkpoint
    decay: DecayLike | None = None
    weights: npt.ArrayLike | None = None


class Status(NamedTuple):
    """Progress of the fits of a call."""

    job: int  # the job of the last report
    finished: int  # number of finished jobs
    iteration: int
    objective: float  # nan until the first point is evaluated
    gradient_norm: float


@dataclass(frozen=True, eq=False)
class RunContext:
    """Settings that all fits of a call share; see `fit_jobs` for the parameters."""

    validation: SummedObjective | None = None
    observers: Sequence[Observer] = ()
    report_progress: Callable[[Status], object] | None = None
    keep_path: bool = False
    only_best: bool = False
    threads: int = 1

    def __post_init__(self) -> None:
        check_observers(self.observers)
        as_whole("threads", self.threads, 1, most=MOST_THREADS)
        for name in ("keep_path", "only_best"):
            object.__setattr__(self, name, as_flag(name, getattr(self, name)))


class BestPoint:
    """An observer that periodically passes a function that reads the best weights of all starts so far to a callback.

    It is the only observer of `sheernet.train` with which the optimizers still run in C++.  A KeyboardInterrupt of the
    callback ends the fits, as a KeyboardInterrupt of an observer does.

    Parameters
    ----------
    tell : callable
        The callback; its argument is a function that returns the weights, (P,), to be called immediately, if at all.
    by_validation : bool
        Whether the best weights are those with the lowest validation cost, not the lowest objective.
    """

    def __init__(
        self, tell: Callable[[Callable[[], Array]], None], *, by_validation: bool = False
    ) -> None:
        self.tell, self.by_validation = tell, by_validation
        self._lowest = math.inf
        self._theta: Array | None = None

    def __call__(self, step: Step, row: Row) -> None:
        """Observe an accepted step of an optimizer that runs in Python."""
        rank = row.validation_cost if self.by_validation else row.objective
        if self._theta is None or rank < self._lowest:
            self._lowest, self._theta = rank, step.theta.copy()
        theta = self._theta
        self.tell(lambda: theta)
