"""The interface of an optimizer: `Step`, `State`, `Termination` and the protocols of objectives.

A method is a generator function `method(objective, start, **options)`.  `start` is theta or a State of that
method.  It yields a `Step` for the start, then one per accepted iterate, and returns a `Termination` for reasons of the
method itself; the driver implements the stopping rules of the caller (tolerances, budgets).

Two rules make every run resumable and every interruption safe:

- a method writes its State only after the last evaluation of a step, so an exception raised by the objective
  leaves the State of the last yielded Step intact;
- the State contains everything that determines the next iterate, so a run resumed from `state.snapshot()` is bitwise
  equal to the uninterrupted run.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from functools import cached_property
from math import isfinite
from typing import Any, Protocol, Self

import numpy as np

from sheernet.foundation.arrays import Array
from sheernet.foundation.errors import unknown_name
from sheernet.foundation.sentences import Setting, sentence

EPS = float(np.finfo(np.float64).eps)
_N_NEARBY = 8  # points at which a rounding error is measured
_MAX_ULPS = 4  # their relative distance from theta

LIMITS = {
    "max_iterations": Setting("max_iter"),
    "max_evaluations": Setting("max_evaluations"),
    "time_limit": Setting("time_limit"),
}
"""Termination reasons that are limits, each with the setting to increase."""

TERMINATIONS: dict[str, str] = {
    "gradient_tolerance": "The largest gradient entry, in standard units, is at most gradient_tolerance.",
    "cost_tolerance": sentence(
        "The last iteration changed the objective by a relative amount of at most {}; for more iterations, use {}.",
        Setting("cost_tolerance"),
        Setting("cost_tolerance", 0),
    ),
    "precision_reached": "Converged: no step was found that lowers the objective by more than its rounding error.",
    "line_search_failed": "No lower point was found along the search direction, although the gradient predicts a "
    "decrease. If the gradient is correct (sn.check_gradient), scale the data or use a smooth activation.",
    "damping_limit": sentence(
        "The damping reached its limit without a lower point. "
        "If the gradient is correct (sn.check_gradient), use {}.",
        Setting("method", "bfgs"),
    ),
    "plateau": sentence(
        "The gradient is small, but this may not be a minimum: in some direction the objective curves downward or "
        "hardly changes, for example because units are equal or saturated. "
        "Start again from other weights ({}), or add weight decay ({}).",
        Setting("starts"),
        Setting("decay"),
    ),
    "max_iterations": sentence(
        "The iteration limit was reached before a tolerance; increase {}.", LIMITS["max_iterations"]
    ),
    "max_evaluations": sentence(
        "The evaluation budget is used up; increase {}.", LIMITS["max_evaluations"]
    ),
    "time_limit": sentence("The time limit was reached; increase {}.", LIMITS["time_limit"]),
    "validation_patience": sentence(
        "The validation cost did not improve for the number of iterations that {} allows; "
        "the weights of the iteration with the lowest validation cost are kept.",
        Setting("patience"),
    ),
    "target_reached": "The objective is at or below the target.",
    "interrupted": "The run was interrupted; the result is the best point found so far.",
    "non_finite": "The objective or its gradient is not finite, and no finite point could be reached. "
    "Start from smaller weights, scale the data, or reduce the learning rate.",
}
"""All termination reasons, each with an explanation and advice."""

_GOALS = frozenset({"gradient_tolerance", "cost_tolerance", "precision_reached", "target_reached"})


@dataclass(frozen=True)
class Termination:
    """The reason why a run ended.

    Parameters
    ----------
    reason : str
        One of `TERMINATIONS`.
    message : str
        Explanation; by default the one in `TERMINATIONS`.

    Examples
    --------
    >>> from sheernet.optimizers import Termination
    >>> Termination("target_reached").message
    'The objective is at or below the target.'
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
        """Whether a tolerance, the precision of float64 or the target was reached."""
        return self.reason in _GOALS

    def __str__(self) -> str:
        return f"{self.reason}: {self.message}"


class LazyTermination(Termination):
    """A termination whose message is composed when it is read, because most messages are never read."""

    @classmethod
    def of(cls, reason: str, compose: Callable[[], str]) -> Self:
        """Return the termination of a reason; `compose` returns the message, and is released when it was called."""
        termination = cls.__new__(cls)
        vars(termination).update(reason=reason, compose=compose)
        return termination

    @cached_property
    def message(self) -> str:
        """The message."""
        message: str = vars(self)["compose"]()
        # Releases the data; not deleted, because another thread may call it at the same time.
        vars(self)["compose"] = lambda: message
        return message

    @property
    def _composed(self) -> Termination:
        return Termination(self.reason, self.message)

    def __eq__(self, other: object) -> bool:
        return self._composed == other

    def __hash__(self) -> int:
        return hash(self._composed)

    def __repr__(self) -> str:
        return repr(self._composed)

    def __reduce__(self) -> tuple[Any, ...]:
        return Termination, (self.reason, self.message)


class State(Protocol):
    """Everything that determines the next iterates; each method defines its own."""

    @property
    def iteration(self) -> int:
        """Number of the iterate: 0 for the start."""

    @property
    def theta(self) -> Array:
        """The iterate, (P,)."""

    @property
    def value(self) -> float:
        """The objective at the iterate."""

    @property
    def gradient(self) -> Array:
        """The gradient at the iterate, (P,)."""

    def snapshot(self) -> State:
        """Copy the arrays that the method continues to update."""


@dataclass(frozen=True, eq=False)
class Step:
    """An accepted iterate.

    Parameters
    ----------
    iteration : int
        Number of the iterate; 0 is the start.
    theta : ndarray, (P,)
        The point; read-only, like the gradient.
    value : float
        The objective at this point.
    gradient : ndarray, (P,)
        The gradient at this point.
    step_length : float
        The multiple of the search direction of this step (gd, adam: the learning rate); nan at the start and for
        scipy:NAME.
    damping : float
        The damping parameter of lm; nan for other methods.
    state : State or None
        A reference, valid until the next Step is requested; `state.snapshot()` copies it.  None if the method
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
"""A running method: a generator of Steps that returns a Termination."""


class Differentiable(Protocol):
    """The minimal objective of `minimize`.  Non-finite values are allowed; line searches handle them."""

    def value(self, theta: Array, /) -> float:
        """Return the objective at theta, (P,)."""

    def value_and_gradient(self, theta: Array, /) -> tuple[float, Array]:
        """Return the objective and its gradient, (P,)."""


class WithGaussNewton(Differentiable, Protocol):
    """The objective of lm, with a Gauss-Newton matrix."""

    def gauss_newton(self, theta: Array, /) -> tuple[float, Array, Array]:
        """Return the objective, its gradient (P,) and the Gauss-Newton matrix (P, P)."""


Objective = Differentiable
"""The public name of `Differentiable`: sheernet.optimizers.Objective."""


def is_finite(value: float, gradient: Array) -> bool:
    """Whether the value and all entries of the gradient are finite."""
    return isfinite(value) and bool(np.isfinite(gradient).all())


def standard_units(objective: object) -> tuple[Array, Array, float]:
    """Return the units of the parameters and of the gradient, (P,) each, and of the objective.

    Without standard_units, parameters and gradients have the unit 1, and the objective has none, 0.
    """
    one = np.ones(1)
    parameters, gradient, of_value = getattr(objective, "standard_units", (one, one, 0.0))
    return parameters, gradient, of_value


def freeze(holder: object, *names: str) -> None:
    """Replace arrays of a frozen dataclass by read-only views, so that observers cannot change a run."""
    for name in names:
        view = getattr(holder, name).view()
        view.flags.writeable = False
        object.__setattr__(holder, name, view)


def rounding(objective: Differentiable, theta: Array, value: float) -> float:
    """Bound the rounding error of a value: 10 ulp of the sum of its absolute terms, if the objective has terms()."""
    terms = getattr(objective, "terms", None)
    magnitude = terms(theta)[2] if terms is not None else 0.0
    return 10 * EPS * max(abs(value), float(magnitude))


def measured_rounding(objective: Differentiable, theta: Array, value: float) -> float:
    """Bound the rounding error of a value as `rounding` does; without terms(), measure it.

    A value of 44 may be the difference of terms of 1e9.  Without terms() this is visible only in the spread of values
    within a few ulp of theta, where a smooth objective hardly changes.  The measurement takes evaluations, so it is
    used only before a run terminates, to determine the reason.
    """
    noise = rounding(objective, theta, value)
    if getattr(objective, "terms", None) is not None:
        return noise
    ulps = np.random.default_rng(0).integers(
        -_MAX_ULPS, _MAX_ULPS, (_N_NEARBY, theta.size), endpoint=True
    )
    nearby = [objective.value(theta * (1 + EPS * row)) for row in ulps]
    finite = [near for near in (value, *nearby) if isfinite(near)]
    return max(noise, max(finite) - min(finite))
