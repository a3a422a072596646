"""What comes before any comparison: whether the functions do what functions do.

The value alone must be the value that comes with the gradient, two calls must agree, the input must not be written, and
where the value is finite the gradient must be.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import numpy as np

from sheernet.arrays import Array, as_float
from sheernet.derivatives.numerical import as_number
from sheernet.derivatives.problem import Problem
from sheernet.errors import ShapeMismatch

SAME_VALUE = 1e-12  # of the value: two ways to compute it may differ by their rounding


@dataclass(frozen=True, eq=False)
class Consistency:
    """What the functions of a problem gave at x.

    Parameters
    ----------
    value : float
        f(x).
    gradient : ndarray, (P,)
        g(x).
    magnitude : float
        The scale of the rounding noise of f(x).
    failures : tuple of str
        Sentences that make the check fail.
    doubts : tuple of str
        Sentences that leave it inconclusive.
    seconds : float
        What one value took.
    """

    value: float
    gradient: Array
    magnitude: float
    failures: tuple[str, ...]
    doubts: tuple[str, ...]
    seconds: float


def examine(problem: Problem) -> Consistency:
    """Call the functions of a problem at x, and say what is wrong with them."""
    failures, doubts = [], []
    with np.errstate(all="ignore"):
        value, value_writes = _call(lambda x: as_number(problem.value(x)), problem)
        g, gradient_writes = _call(lambda x: gradient_at(problem, x), problem)
        began = perf_counter()
        again, _ = _call(lambda x: as_number(problem.value(x)), problem)
        seconds = perf_counter() - began
        g_again, _ = _call(lambda x: gradient_at(problem, x), problem)
        together, scale = _value_with_gradient(problem, value), magnitude(problem, value)
    for noun, writes in (("function", value_writes), ("gradient", gradient_writes)):
        if writes:
            failures.append(f"The {noun} writes into its input; it must work on a copy.")
    if not np.isfinite(value):
        doubts.append(f"The function is {value} at this point; check at another one.")
    elif not np.array_equal([again], [value]) or not np.array_equal(g, g_again, equal_nan=True):
        doubts.append("Two calls at the same point differ; fix what is random before you check.")
    elif not abs(together - value) <= SAME_VALUE * scale:
        pair = f"The value alone is {value!r}, but {together!r} with the gradient"
        failures.append(f"{pair}: they are not one function.")
    return Consistency(value, g, scale, tuple(failures), tuple(doubts), seconds)


def gradient_at(problem: Problem, x: Array) -> Array:
    """The gradient at x as a float64 vector (P,) of its own."""
    g = as_float(problem.gradient(x), "the gradient")
    if g.shape != problem.x.shape:
        raise ShapeMismatch(
            f"the gradient has shape {g.shape} but x has shape {problem.x.shape}; they must be the same"
        )
    return g.copy()


def magnitude(problem: Problem, value: float = 0.0) -> float:
    """The scale of the noise of the value, at least its size."""
    if problem.magnitude is None:
        return abs(value)
    with np.errstate(all="ignore"):
        return max(abs(value), abs(float(as_number(problem.magnitude(problem.x.copy())))))


def _call(function: Callable[[Array], Any], problem: Problem) -> tuple[Any, bool]:
    """What a function gives at the point, and whether it wrote into its input."""
    x = problem.x.copy()
    result = function(x)
    return result, not np.array_equal(x, problem.x)


def _value_with_gradient(problem: Problem, alone: float) -> float:
    """The value that comes with the gradient; the value alone where the problem has no such function."""
    if problem.value_and_gradient is None:
        return alone
    return float(as_number(problem.value_and_gradient(problem.x.copy())[0]))
