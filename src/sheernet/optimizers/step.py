"""What the optimizers say: a `Step` for each accepted iterate, and at the end a `Termination` with its reason.

A method is a generator function `method(objective, start, **options)`.  `start` is theta or a State of that
method.  It yields a `Step` for the start itself, then one per accepted iterate, and returns a `Termination`
only for reasons of its own; the reasons of the person who called it (tolerances, budgets) live in the driver.

Two promises make every run resumable, and every interruption safe:

- a method writes its State only after the last evaluation of a step, so an exception raised by the objective
  leaves the State of the last yielded Step intact;
- everything that decides the next iterate is in the State, so a run resumed from `state.snapshot()` is bit for
  bit the run that was not stopped.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from math import isfinite
from typing import Protocol

import numpy as np

from sheernet.foundation.arrays import Array
from sheernet.foundation.errors import unknown_name

EPS = float(np.finfo(np.float64).eps)
_MEASURED = 8  # values from which a rounding error is measured
_FEW_ULPS = 4  # how far from theta, relatively

TERMINATIONS: dict[str, str] = {
    "gradient_tolerance": "The largest entry of the gradient is below gradient_tolerance.",
    "cost_tolerance": "The objective changed by less than cost_tolerance, relatively, in the last iteration; "
    "set cost_tolerance=0 to go on.",
    "precision_reached": "The objective cannot be lowered further in double precision; the gradient is as small as "
    "rounding lets it become. Nothing is left to do, unless scaling the data makes the problem better conditioned.",
    "line_search_failed": "No lower point was found along the search direction, though the gradient promises one. "
    "Where the gradient is right (sn.check_gradient), scale the data, or use a smooth activation.",
    "damping_limit": "The damping grew to its limit without a lower point. "
    "Where the gradient is right (sn.check_gradient), go on from here with method='bfgs'.",
    "max_iterations": "The iteration limit was reached before a tolerance; raise max_iter to go on.",
    "max_evaluations": "The evaluation budget is spent; raise max_evaluations to go on.",
    "time_limit": "The time limit was reached; raise time_limit to go on.",
    "validation_patience": "The validation cost has not fallen for as many iterations as patience allows; "
    "the result is the iterate with the lowest one.",
    "target_reached": "The objective is at or below the target that was set.",
    "interrupted": "The run was interrupted; the result is the best point so far.",
    "non_finite": "The objective or its gradient is not finite and there is nowhere to back away to. "
    "Start from smaller weights, scale the data, or lower the learning rate.",
}
"""Every way of stopping, with a sentence that says what it means and what to do."""

_GOALS = frozenset({"gradient_tolerance", "cost_tolerance", "precision_reached", "target_reached"})


@dataclass(frozen=True)
class Termination:
    """Why a run ended.

    Parameters
    ----------
    reason : str
        One of `TERMINATIONS`.
    message : str
        The sentence; left out, the one of `TERMINATIONS`.

    Examples
    --------
    >>> from sheernet.optimizers import Termination
    >>> Termination("target_reached").message
    'The objective is at or below the target that was set.'
    >>> Termination("max_iterations").converged
    False
    """

    reason: str
    message: str = ""

    def __post_init__(self) -> None:
        if self.reason not in TERMINATIONS:
            raise unknown_name("termination", self.reason, TERMINATIONS)
        if not self.message:
            object.__setattr__(self, "message", TERMINATIONS[self.reason])

    @property
    def converged(self) -> bool:
        """Whether a goal was reached: a tolerance, the precision of float64, or the target."""
        return self.reason in _GOALS

    def __str__(self) -> str:
        return f"{self.reason}: {self.message}"


class State(Protocol):
    """Everything that decides the iterates to come; each method has its own."""

    @property
    def iteration(self) -> int:
        """Number of the iterate: 0 for the start."""

    @property
    def theta(self) -> Array:
        """The iterate, (P,)."""

    def snapshot(self) -> State:
        """Copy what the method goes on writing, so that the copy stays as it is."""


@dataclass(frozen=True, eq=False)
class Step:
    """An accepted iterate.

    Parameters
    ----------
    iteration : int
        Its number; 0 is the start.
    theta : ndarray, (P,)
        The point; read-only, like the gradient.
    value : float
        The objective there.
    gradient : ndarray, (P,)
        Its gradient there.
    step_length : float
        The multiple of the search direction that led here (gd, adam: the learning rate); nan at the start.
    damping : float
        The damping parameter of lm; nan for the others.
    state : State or None
        By reference: valid until the next Step is asked for.  `state.snapshot()` copies it.  None where a method
        cannot be resumed (scipy:NAME).
    """

    iteration: int
    theta: Array
    value: float
    gradient: Array
    step_length: float
    damping: float
    state: State | None


Steps = Generator[Step, None, Termination]
"""What a method is: a generator of Steps that returns a Termination."""


class Objective(Protocol):
    """The least that a method needs.  Values that are not finite are allowed: a line search looks over the edge."""

    def value(self, theta: Array, /) -> float:
        """Return the objective at theta, (P,)."""

    def value_and_gradient(self, theta: Array, /) -> tuple[float, Array]:
        """Return the objective and its gradient, (P,)."""


class LeastSquares(Objective, Protocol):
    """What lm needs besides: the Gauss-Newton matrix."""

    def gauss_newton(self, theta: Array, /) -> tuple[float, Array, Array]:
        """Return the objective, its gradient (P,) and the Gauss-Newton matrix (P, P)."""


def is_finite(value: float, gradient: Array) -> bool:
    """Whether a point can be accepted: its value and every entry of its gradient are finite."""
    return isfinite(value) and bool(np.isfinite(gradient).all())


def freeze(holder: object, *names: str) -> None:
    """Replace arrays of a frozen dataclass by views that cannot be written: who watches a run cannot change it."""
    for name in names:
        view = getattr(holder, name).view()
        view.flags.writeable = False
        object.__setattr__(holder, name, view)


def rounding(objective: Objective, theta: Array, value: float) -> float:
    """Bound the rounding error of a value: 10 ulp of the sum of its absolute terms, where terms() tells it."""
    terms = getattr(objective, "terms", None)
    magnitude = terms(theta)[2] if terms is not None else 0.0
    return 10 * EPS * max(abs(value), float(magnitude))


def measured_rounding(objective: Objective, theta: Array, value: float) -> float:
    """Bound the rounding error of a value as `rounding` does, and where terms() does not tell it, measure it.

    A value of 44 may be the difference of terms of 1e9.  Without terms() that shows only in other values: the spread of
    those within a few ulp of theta, where a smooth objective hardly changes.  It takes evaluations, so it is for the
    end of a run, where it decides what the end is called.
    """
    noise = rounding(objective, theta, value)
    if getattr(objective, "terms", None) is not None:
        return noise
    ulps = np.random.default_rng(0).integers(
        -_FEW_ULPS, _FEW_ULPS, (_MEASURED, theta.size), endpoint=True
    )
    nearby = [objective.value(theta * (1 + EPS * row)) for row in ulps]
    finite = [near for near in (value, *nearby) if isfinite(near)]
    return max(noise, max(finite) - min(finite))
