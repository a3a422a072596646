"""`Checkpoint`, the state of a run with the best iterate so far, and its check before a run is resumed."""

from __future__ import annotations

from dataclasses import dataclass, is_dataclass
from math import inf, isfinite
from typing import Any, Self

import numpy as np

from sheernet.foundation.declared_fields import Vector, require_declared
from sheernet.foundation.errors import InvalidInput
from sheernet.optimizers.optimizer_protocol import State, Step
from sheernet.optimizers.registry import METHODS, AnyState


@dataclass(frozen=True, eq=False)
class Best:
    """The iterate with the lowest objective or, if `patience` is set, with the lowest validation cost."""

    iteration: int
    theta: Vector
    value: float
    gradient: Vector
    validation_cost: float


def better(best: Best | None, step: Step, validation_cost: float, *, by_validation: bool) -> Best:
    """Return the better of the best iterate so far and a new iterate; the earlier iterate if they are equal."""

    def rank(value: float, validation_cost: float) -> float:
        rank = validation_cost if by_validation else value
        return rank if isfinite(rank) else inf

    if best is None or rank(step.value, validation_cost) < rank(best.value, best.validation_cost):
        return Best(step.iteration, step.theta, step.value, step.gradient, validation_cost)
    return best


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """The state of a run: the method, its State, and the best iterate so far.

    To resume the run, pass it to `minimize` as the start, with the same objective.
    """

    method: str
    state: AnyState
    best: Best

    @classmethod
    def at(cls, state: Any, best: Best) -> Self:
        """Return the checkpoint of a State, which determines the method."""
        name = next(m.name for m in METHODS.values() if m.state and isinstance(state, m.state))
        return cls(name, state, best)


def require_resumable(checkpoint: Checkpoint) -> None:
    """Raise unless a checkpoint is complete and consistent, so that its run can be resumed.

    Only the start of a run may have a value that is not finite: a method accepts no such iterate.

    Raises
    ------
    InvalidInput
        If a number or array is missing, or has another type, shape or range.

    Examples
    --------
    >>> from dataclasses import replace
    >>> import numpy as np
    >>> import sheernet as sn
    >>> objective = sn.make_objective(sn.Architecture((1, 1)), [0.0, 1.0], [1.0, 3.0])
    >>> found = sn.optimizers.minimize(objective, np.zeros(2), "bfgs").state
    >>> wrong = replace(found, state=replace(found.state, inverse_hessian=np.eye(3)))
    >>> sn.optimizers.minimize(objective, wrong)
    Traceback (most recent call last):
        ...
    sheernet.InvalidInput: checkpoint.state.inverse_hessian must be ...
    """
    require_declared("checkpoint", Checkpoint, checkpoint, {})
    state, best = checkpoint.state, checkpoint.best
    own = Checkpoint.at(state, best).method
    if checkpoint.method != own:
        raise InvalidInput(
            f"a checkpoint of method {checkpoint.method!r:.60} has a state of method {own!r}; "
            "pass it as it was returned"
        )
    if best.iteration > state.iteration or not (_is_accepted(state) and _is_accepted(best)):
        raise InvalidInput(
            "the numbers of a checkpoint must be finite, and the best iterate no later than the last, but they are "
            "not; pass it as it was returned"
        )


def _is_accepted(point: State | Best) -> bool:
    """Return whether an iterate is one that a method accepts, or a start."""
    return point.iteration == 0 or _is_finite(point)


def _is_finite(part: Any) -> bool:
    """Return whether all numbers of a value and its fields, recursively, are finite; `reference` may be nan."""
    if isinstance(part, tuple):
        return all(_is_finite(entry) for entry in part)
    if is_dataclass(part):
        return all(
            _is_finite(value) or (name == "reference" and np.isnan(value))
            for name, value in vars(part).items()
            if name != "validation_cost"  # of other rows, whose cost may overflow
        )
    return bool(np.isfinite(part).all())
