"""When a run is over, on the part of the person who asked for it."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, isnan

import numpy as np

from sheernet.foundation.errors import InvalidInput
from sheernet.optimizers.record import Row
from sheernet.optimizers.step import Termination

_WHOLE = (int, np.integer)
_NUMBERS = (*_WHOLE, float, np.floating)


@dataclass(frozen=True)
class StoppingRules:
    """The limits of a run; `check` compares a row of the record with them.

    Parameters
    ----------
    max_iter : int
        Iterations of this run.
    gradient_tolerance : float
        For the largest absolute entry of the gradient.
    cost_tolerance : float
        For the relative change of the objective in one iteration; 0 never stops.
    max_evaluations : int or None
        Evaluations of this run; enforced by `Counts`.
    time_limit : float or None
        Seconds of this run; enforced by `Counts` too.
    target : float or None
        Objective that is low enough.
    patience : int or None
        Iterations without a better validation cost.

    Raises
    ------
    InvalidInput
        When a limit is not allowed.
    """

    max_iter: int
    gradient_tolerance: float
    cost_tolerance: float
    max_evaluations: int | None
    time_limit: float | None
    target: float | None
    patience: int | None

    def __post_init__(self) -> None:
        _whole("max_iter", self.max_iter, 0)
        _at_least_zero("gradient_tolerance", self.gradient_tolerance)
        _at_least_zero("cost_tolerance", self.cost_tolerance)
        if self.max_evaluations is not None:
            _whole("max_evaluations", self.max_evaluations, 1)
        if self.time_limit is not None:
            _at_least_zero("time_limit, in seconds,", self.time_limit)
        if self.target is not None and isnan(_number("target", self.target)):
            raise InvalidInput("target must be a number, but nan was given")
        if self.patience is not None:
            _whole("patience", self.patience, 1)

    def check(
        self, first: Row, previous: Row | None, row: Row, best_iteration: int
    ) -> Termination | None:
        """Say whether the run is over after a row, and why.

        Parameters
        ----------
        first, previous, row : Row
            Row 0 of this run, the one before this (None at row 0), this one.
        best_iteration : int
            Iteration of the best validation cost.
        """
        if self.target is not None and row.objective <= self.target:
            return Termination("target_reached")
        if row.gradient_norm <= self.gradient_tolerance:
            return Termination("gradient_tolerance")
        if previous is not None and self._flat(previous.objective, row.objective):
            return Termination("cost_tolerance")
        if self.patience is not None and row.iteration - best_iteration >= self.patience:
            return self.ended("validation_patience")
        if row.iteration - first.iteration >= self.max_iter:
            return Termination("max_iterations")
        if self.max_evaluations is not None and row.value_evaluations >= self.max_evaluations:
            return Termination("max_evaluations")
        if self.time_limit is not None and row.seconds >= self.time_limit:
            return Termination("time_limit")
        return None

    def ended(self, reason: str) -> Termination:
        """A termination in the words of these rules."""
        if reason != "validation_patience":
            return Termination(reason)
        s = "s" * (self.patience != 1)
        return Termination(
            reason,
            f"The validation cost has not fallen for {self.patience} iteration{s}, the patience that was given; "
            "the result is the iterate with the lowest one.",
        )

    def _flat(self, before: float, now: float) -> bool:
        scale = max(abs(before), abs(now))
        return self.cost_tolerance > 0 and abs(before - now) <= self.cost_tolerance * scale


def require_validation(patience: int | None, validation: object) -> None:
    """Refuse a patience without anything to be patient about."""
    if patience is not None and validation is None:
        raise InvalidInput(
            "patience needs validation, a function theta -> float; give it, or leave patience out"
        )


def _number(noun: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, _NUMBERS):
        raise InvalidInput(f"{noun} must be a number, but {value!r} was given")
    return float(value)


def _at_least_zero(noun: str, value: object) -> None:
    if not 0 <= _number(noun, value) <= inf:
        raise InvalidInput(f"{noun} must be at least 0, but {value!r} was given")


def _whole(noun: str, value: object, least: int) -> None:
    if isinstance(value, bool) or not isinstance(value, _WHOLE) or value < least:
        raise InvalidInput(f"{noun} must be an int of at least {least}, but {value!r} was given")
