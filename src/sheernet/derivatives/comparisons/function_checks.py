"""Check f and g before a comparison: deterministic, no change to x, consistent with each other.

The value must be finite, two calls must return the same value and not modify the input, and `value` must equal the
value of `value_and_gradient`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import numpy as np

from sheernet.derivatives.estimates import HALF_ULP, as_one_number
from sheernet.derivatives.problem import Problem
from sheernet.foundation.arrays import Array, as_float
from sheernet.foundation.errors import ShapeMismatch

VALUE_RTOL = 1e-12  # two ways to compute a value may differ by rounding


@dataclass(frozen=True, eq=False)
class Consistency:
    """The results of the functions of a problem at x, and the faults found in them.

    Attributes
    ----------
    value : float
        f(x).
    gradient : ndarray, (P,)
        g(x).
    magnitude : float
        The scale of the rounding noise of f(x).
    failures : tuple of str
        Messages; if there are any, the check fails.
    doubts : tuple of str
        Messages; if there are any, the check cannot pass.
    seconds : float
        Time of one evaluation of f.
    value_rounding, gradient_rounding : float
        Relative rounding error of the returned numbers: that of float64, or of a type with fewer digits.
    notes : tuple of str
        Messages without effect on the verdict.
    """

    value: float
    gradient: Array
    magnitude: float
    failures: tuple[str, ...]
    doubts: tuple[str, ...]
    seconds: float
    value_rounding: float = HALF_ULP
    gradient_rounding: float = HALF_ULP
    notes: tuple[str, ...] = ()

    @property
    def noise(self) -> float:
        """A lower bound of the noise of a value."""
        return max(HALF_ULP * self.magnitude, self.value_rounding * abs(self.value))


def check_functions(problem: Problem) -> Consistency:
    """Call the functions of a problem at x, and check their results."""
    with np.errstate(all="ignore"):
        began = perf_counter()
        raw_value, value_modifies = _call(problem.value, problem)
        first = perf_counter() - began
        raw_gradient, gradient_modifies = _call(problem.gradient, problem)
        value, g = float(as_one_number(raw_value)), _as_gradient(raw_gradient, problem)
        began = perf_counter()
        again = float(as_one_number(_call(problem.value, problem)[0]))
        # the shorter of two calls: one may have waited for the processor
        seconds = min(first, perf_counter() - began)
        g_again = gradient_at(problem, problem.x.copy())
        together, scale = _value_with_gradient(problem, value), magnitude(problem, value)
    roundings = {"function": _rounding(raw_value), "gradient": _rounding(raw_gradient)}
    differ = again != value or not np.array_equal(g, g_again, equal_nan=True)
    failures = input_modification_messages(function=value_modifies, gradient=gradient_modifies)
    doubts = []
    if not np.isfinite(value):
        doubts.append(f"The function is {value} at this point; check at another point.")
    elif differ:
        doubts.append("Two calls at the same point differ; fix the random numbers and try again.")
    elif not abs(together - value) <= max(
        VALUE_RTOL * scale, 8 * roundings["function"] * abs(value)
    ):
        failures.append(
            f"The function returns {value!r} alone but {together!r} with the gradient; "
            "both must be the same function."
        )
    notes = [
        f"The {noun} returns fewer digits than float64, so small errors cannot be detected."
        for noun, rounding in roundings.items()
        if rounding > HALF_ULP
    ]
    return Consistency(
        value=value,
        gradient=g,
        magnitude=scale,
        failures=tuple(failures),
        doubts=tuple(doubts),
        seconds=seconds,
        value_rounding=roundings["function"],
        gradient_rounding=roundings["gradient"],
        notes=tuple(notes),
    )


def input_modification_messages(**modifies: bool) -> list[str]:
    """Return a message for each function, given by its noun, that modifies its input."""
    return [
        f"The {noun} modifies its input; it must work on a copy."
        for noun, is_modifying in modifies.items()
        if is_modifying
    ]


def _rounding(raw: Any) -> float:
    """Return the relative rounding error of the type that a function returned; at least that of float64."""
    dtype = np.asarray(raw).dtype
    return max(HALF_ULP, float(np.finfo(dtype).eps) / 2) if dtype.kind == "f" else HALF_ULP


def gradient_at(problem: Problem, x: Array) -> Array:
    """Return the gradient at x as a new float64 vector (P,)."""
    return _as_gradient(problem.gradient(x), problem)


def _as_gradient(raw: Any, problem: Problem) -> Array:
    g = as_float(raw, "the gradient")
    if g.shape != problem.x.shape:
        raise ShapeMismatch(
            f"the gradient has shape {g.shape} but x has shape {problem.x.shape}; they must be equal"
        )
    return g.copy()


def magnitude(problem: Problem, value: float = 0.0) -> float:
    """Return the scale of the noise of the value, at least its absolute value."""
    if problem.magnitude is None:
        return abs(value)
    with np.errstate(all="ignore"):
        return max(abs(value), abs(float(as_one_number(problem.magnitude(problem.x.copy())))))


def _call(function: Callable[[Array], Any], problem: Problem) -> tuple[Any, bool]:
    """Return the result of a function at x, and whether it modified its input."""
    x = problem.x.copy()
    result = function(x)
    return result, not np.array_equal(x, problem.x)


def _value_with_gradient(problem: Problem, alone: float) -> float:
    """Return the value of `value_and_gradient`; `alone` if the problem has no such function."""
    if problem.value_and_gradient is None:
        return alone
    return float(as_one_number(problem.value_and_gradient(problem.x.copy())[0]))
