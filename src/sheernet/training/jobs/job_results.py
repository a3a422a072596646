"""`Fits`: the results of jobs, as arrays with one entry per job, and the Run of each job on demand."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from sheernet.foundation.arrays import Array
from sheernet.optimizers import Run


@dataclass(frozen=True, eq=False)
class Fits:
    """The results of jobs, in the order of the jobs; jobs after the job that ended the call are missing.

    Parameters
    ----------
    objectives : ndarray, (n,)
        Final objectives.
    reasons : tuple of str
        The termination reason of each job.
    iterations : ndarray of int, (n,)
        Number of the last iterate of each job.
    seconds : ndarray, (n,)
        Duration of each job.
    validation_costs : ndarray, (n,)
        Lowest validation cost of each job; nan without validation.
    first_objectives : ndarray, (n,)
        Initial objectives.
    best : int
        The job with the lowest objective or, if `patience` is set, with the lowest validation cost.
    run : callable
        Function that returns the Run of a job, given its index.  If the fits ran in C++, only the Run of the best job
        can be resumed, because states are large.

    Examples
    --------
    >>> import numpy as np
    >>> import sheernet as sn
    >>> arch = sn.Architecture((1, 1))
    >>> objective = sn.make_objective(arch, [0.0, 1.0, 2.0], [1.0, 3.0, 5.0])
    >>> fits = sn.jobs.fit_jobs(objective, [sn.jobs.Job(np.zeros(2)), sn.jobs.Job(np.ones(2), decay=1.0)])
    >>> len(fits), fits.best, fits.reasons[0], fits[0].theta.round(6).tolist()
    (2, 0, 'gradient_tolerance', [2.0, 1.0])
    """

    objectives: Array
    reasons: tuple[str, ...]
    iterations: npt.NDArray[np.int64]
    seconds: Array
    validation_costs: Array
    first_objectives: Array
    best: int
    run: Callable[[int], Run]

    @classmethod
    def of(cls, runs: Sequence[Run], *, by_validation: bool) -> Self:
        """Return the results of runs; the best has the lowest objective, or validation cost if `by_validation`."""
        objectives = np.array([run.objective for run in runs])
        validation_costs = np.array([np.fmin.reduce(run.record.validation_cost) for run in runs])
        ends = validation_costs if by_validation else objectives
        return cls(
            objectives=objectives,
            reasons=tuple(run.termination.reason for run in runs),
            iterations=np.array([run.record.iteration[-1] for run in runs]),
            seconds=np.array([run.record.seconds[-1] for run in runs]),
            validation_costs=validation_costs,
            first_objectives=np.array([run.record.objective[0] for run in runs]),
            best=int(np.argmin(np.where(np.isnan(ends), np.inf, ends))),  # nan is never the lowest
            run=runs.__getitem__,
        )

    def __len__(self) -> int:
        return len(self.objectives)

    def __getitem__(self, job: int) -> Run:
        return self.run(range(len(self))[job])

    def __iter__(self) -> Iterator[Run]:
        return map(self.run, range(len(self)))

    def __reduce__(self) -> tuple[type[Fits], tuple[Any, ...]]:
        """Make copies and pickles contain all runs: read the runs that are still in C++."""
        values = {part.name: getattr(self, part.name) for part in fields(self)}
        return Fits, tuple({**values, "run": tuple(self).__getitem__}.values())
