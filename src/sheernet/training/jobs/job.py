"""What is to be fitted, and what is told while it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy.typing as npt

from sheernet.objective.decay import DecayLike
from sheernet.optimizers import Checkpoint


@dataclass(frozen=True, eq=False)
class Job:
    """A fit: where it begins and, if it is not the objective's own, what it is penalized by and weighted with.

    Parameters
    ----------
    start : array_like, (P,), or Checkpoint
        Where to begin; the state of an earlier run resumes it.
    decay : float, array_like (P,), or mapping, optional
        As in `sheernet.make_objective`.
    weights : array_like, (N,), optional
        Case weights; rows of weight 0 are left out: the training rows of a fold, say.
    """

    start: npt.ArrayLike | Checkpoint
    decay: DecayLike | None = None
    weights: npt.ArrayLike | None = None


class Status(NamedTuple):
    """Where fits are."""

    job: int  # the one that was heard of last
    finished: int  # jobs
    iteration: int
    objective: float  # nan before the first point is there
    gradient_norm: float
