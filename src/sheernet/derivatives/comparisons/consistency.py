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

from sheernet.derivatives.estimates.numerical import as_number
from sheernet.derivatives.problem import Problem
from sheernet.foundation.arrays import Array, as_float
from sheernet.foundation.errors import ShapeMismatch

ROUNDING = float(np.finfo(np.float64).eps) / 2
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
    value_rounding, gradient_rounding : float
        The relative rounding of what the functions return: that of float64, or of fewer digits.
    notes : tuple of str
        Sentences that change no verdict.
    """

    value: float
    gradient: Array
    magnitude: float
    failures: tuple[str, ...]
    doubts: tuple[str, ...]
    seconds: float
    value_rounding: float = ROUNDING
    gradient_rounding: float = ROUNDING
    notes: tuple[str, ...] = ()

    @property
    def noise(self) -> float:
        """The least noise of a value."""
        return max(ROUNDING * self.magnitude, self.value_rounding * abs(self.value))


def examine(problem: Problem) -> Consistency:
    """Call the functions of a problem at x, and say what is wrong with them."""
    failures, doubts, notes = [], [], []
    with np.errstate(all="ignore"):
        raw_value, value_writes = _call(problem.value, problem)
        raw_gradient, gradient_writes = _call(problem.gradient, problem)
        value, g = float(as_number(raw_value)), _as_gradient(raw_gradient, problem)
        began = perf_counter()
        again = float(as_number(_call(problem.value, problem)[0]))
        seconds = perf_counter() - began
        g_again = gradient_at(problem, problem.x.copy())
        together, scale = _value_with_gradient(problem, value), magnitude(problem, value)
    roundings = _rounding(raw_value), _rounding(raw_gradient)
    for noun, writes, rounding in zip(
        ("function", "gradient"), (value_writes, gradient_writes), roundings, strict=True
    ):
        if writes:
            failures.append(f"The {noun} writes into its input; it must work on a copy.")
        if rounding > ROUNDING:
            notes.append(
                f"The {noun} returns numbers of fewer digits than float64; less can be seen of it."
            )
    same = max(SAME_VALUE * scale, 8 * roundings[0] * abs(value))
    if not np.isfinite(value):
        doubts.append(f"The function is {value} at this point; check at another one.")
    elif again != value or not np.array_equal(g, g_again, equal_nan=True):
        doubts.append("Two calls at the same point differ; fix what is random before you check.")
    elif not abs(together - value) <= same:
        pair = f"The value alone is {value!r}, but {together!r} with the gradient"
        failures.append(f"{pair}: they are not one function.")
    return Consistency(
        value, g, scale, tuple(failures), tuple(doubts), seconds, *roundings, tuple(notes)
    )


def _rounding(raw: Any) -> float:
    """Half the relative distance to the next number of the type that a function returned; at least that of float64."""
    dtype = np.asarray(raw).dtype
    return max(ROUNDING, float(np.finfo(dtype).eps) / 2) if dtype.kind == "f" else ROUNDING


def gradient_at(problem: Problem, x: Array) -> Array:
    """The gradient at x as a float64 vector (P,) of its own."""
    return _as_gradient(problem.gradient(x), problem)


def _as_gradient(raw: Any, problem: Problem) -> Array:
    g = as_float(raw, "the gradient")
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
