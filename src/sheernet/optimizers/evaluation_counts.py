"""Count the evaluations of an objective (`Counted`), and enforce the budgets of evaluations and time (`Counts`)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import inf
from typing import Any

import numpy as np

from sheernet.foundation.arrays import Array
from sheernet.foundation.errors import InvalidInput


class BudgetSpent(Exception):
    """Raised instead of an evaluation that would exceed the budget.

    Contains the termination reason.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass
class Counts:
    """Evaluations so far and their limits, shared by an objective and its replacements."""

    clock: Callable[[], float]
    started: float
    value_evaluations: int = 0
    gradient_evaluations: int = 0
    max_evaluations: float = inf
    time_limit: float = inf  # seconds

    def seconds(self) -> float:
        """Return the seconds since the start of the run."""
        return self.clock() - self.started

    def spend(self, gradient: bool, number: int = 1) -> None:
        """Count evaluations, or raise `BudgetSpent`.  The first is always allowed, because a run needs a start."""
        if self.value_evaluations + number > self.max_evaluations:
            raise BudgetSpent("max_evaluations")
        if (
            self.time_limit < inf
            and self.value_evaluations > 0
            and self.seconds() >= self.time_limit
        ):
            raise BudgetSpent("time_limit")
        self.value_evaluations += number
        self.gradient_evaluations += number * gradient


_COUNTED = ("gauss_newton", "hessian_vector", "replace")


class Counted:
    """An objective whose evaluations are counted.

    A call of value(), value_and_gradient() or gauss_newton() counts as an evaluation of the value, a call of the last
    two also as one of the gradient.  A Hessian-vector product, which takes about as
    long as one or two gradients, counts as an evaluation of the value and of the gradient.  terms() is not counted.
    Values are converted to float; gradients, matrices and products are copied, so objectives may reuse buffers.
    """

    def __init__(self, objective: Any, counts: Counts) -> None:
        self._objective = objective
        self.counts = counts

    def __getattr__(self, name: str) -> Any:
        attribute = getattr(self._objective, name)
        # Not stored as an attribute: a bound method would be a reference cycle, which keeps the data until collection.
        return getattr(self, f"_{name}") if name in _COUNTED else attribute

    def value(self, theta: Array) -> float:
        """Evaluate and count."""
        self.counts.spend(gradient=False)
        return float(self._objective.value(theta))

    def value_and_gradient(self, theta: Array) -> tuple[float, Array]:
        """Evaluate and count."""
        self.counts.spend(gradient=True)
        value, gradient = self._objective.value_and_gradient(theta)
        return float(value), _as_gradient(gradient, theta)

    def _gauss_newton(self, theta: Array) -> tuple[float, Array, Array]:
        self.counts.spend(gradient=True)
        value, gradient, matrix = self._objective.gauss_newton(theta)
        return float(value), _as_gradient(gradient, theta), np.array(matrix, dtype=np.float64)

    def _hessian_vector(self, theta: Array, v: Array) -> Array:
        self.counts.spend(gradient=True)
        return _as_product(self._objective.hessian_vector(theta, v), theta)

    def _replace(self, **changes: Any) -> Counted:
        return Counted(self._objective.replace(**changes), self.counts)


def _as_product(product: Any, theta: Array) -> Array:
    copy = np.array(product, dtype=np.float64)
    if copy.shape != theta.shape:
        raise InvalidInput(
            f"the product has shape {copy.shape} but theta has {theta.shape}; "
            "hessian_vector(theta, v) must return a vector of the length of theta"
        )
    return copy


def _as_gradient(gradient: Any, theta: Array) -> Array:
    copy = np.array(gradient, dtype=np.float64)
    if copy.shape != theta.shape:
        raise InvalidInput(
            f"the gradient has shape {copy.shape} but theta has {theta.shape}; "
            "value_and_gradient(theta) must return a float and a vector of the length of theta"
        )
    return copy
