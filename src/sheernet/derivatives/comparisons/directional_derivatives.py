"""Numerical derivatives of a problem along directions: by complex steps, or by differences."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from sheernet.derivatives.comparisons.directions import Directions
from sheernet.derivatives.estimates import (
    BRIEF_STEP,
    COMPLEX_STEP,
    STEP_FACTOR,
    Difference,
    GradientEstimate,
    Line,
    along,
    as_one_number,
    complex_step_gradient,
    differentiate,
    differentiate_briefly,
    digits_kept,
    estimate_from_complex_steps,
    estimate_from_differences,
    noise_at_any_precision,
)
from sheernet.derivatives.problem import ComplexFunction, Problem
from sheernet.foundation.arrays import Array

LONGEST_BRIEF_STEP = 2.0**-2


def by_complex_step(
    evaluate: ComplexFunction, x: Array, directions: Directions
) -> tuple[GradientEstimate, float]:
    """Im f(x + i h v) / h along each direction, one complex value each; and f(x), the real part of the last one."""
    if directions.vectors is None:
        first = np.zeros_like(x)
        first[0] = 1.0
        return complex_step_gradient(evaluate, x), complex_slope(evaluate, x, first)[1]
    slopes, reals = np.array([complex_slope(evaluate, x, v) for v in directions.vectors]).T
    return estimate_from_complex_steps(slopes), reals[0]


def complex_slope(evaluate: ComplexFunction, x: Array, v: Array) -> tuple[float, float]:
    """The derivative along v, and the value, from one complex value."""
    with np.errstate(all="ignore"):
        value = complex(as_one_number(evaluate(x + 1j * COMPLEX_STEP * v), complex))
    return value.imag / COMPLEX_STEP, value.real


def by_differences(
    problem: Problem, directions: Directions, value: float, noise: float, seed: int
) -> GradientEstimate:
    """Differences along each direction: each entry at a step of its own, each vector by 4 values.

    `noise` is the least noise of a value.
    """
    if directions.vectors is None:
        measured, evaluations = noise_at_any_precision(problem.value, problem.x, seed)
        noise = max(float(measured), noise)
        parts = [differentiate(entry_line(problem, i, value, noise)) for i in range(problem.x.size)]
        return estimate_from_differences(parts, noise, evaluations)
    # A measurement of the noise would take 16 more values, about as many as all directions.  The distance between D(h)
    # and D(h/2) shows it, too.
    parts, evaluations, h = [], 0, BRIEF_STEP
    while h <= LONGEST_BRIEF_STEP:
        parts = _briefly(problem, directions.vectors, value, noise, h)
        evaluations += sum(part.evaluations for part in parts)
        if any(len(set(part.values)) > 1 for part in parts):
            break
        h *= STEP_FACTOR**2  # values rounded to few digits only change over longer distances
    estimate = estimate_from_differences(_with_common_noise(parts), noise, 0)
    return replace(estimate, evaluations=evaluations)


def _briefly(
    problem: Problem, vectors: Array, value: float, noise: float, h: float
) -> list[Difference]:
    parts = []
    for v in vectors:
        part = differentiate_briefly(vector_line(problem, v, value, noise), h)
        parts.append(part)
        h = _next_step(part, h)
    return parts


def _with_common_noise(parts: list[Difference]) -> list[Difference]:
    """Raise small errors to the median, because all are errors of one function and one may be small by chance.

    Also raise them to the error of values rounded to few digits: half their spacing, three times over h.
    """
    common = float(np.median([part.truncation * part.h for part in parts]))
    common = max(common, 1.5 * digits_kept([number for part in parts for number in part.values]))
    return [replace(part, truncation=max(part.truncation, common / part.h)) for part in parts]


def _next_step(part: Difference, h: float) -> float:
    """A step for the next, similar direction, at which truncation and round-off are of comparable size."""
    if not np.isfinite(part.truncation) or part.truncation > STEP_FACTOR * part.roundoff:
        return h / STEP_FACTOR
    return min(h * STEP_FACTOR, BRIEF_STEP) if part.truncation < part.roundoff / 2**12 else h


def entry_line(problem: Problem, i: int, value: float, noise: float) -> Line:
    """The function on the line along entry i."""
    x_i = float(problem.x[i])

    def moved(t: float) -> Array:
        x = problem.x.copy()
        x[i] += t
        return x

    f = along(problem.value, problem.x, i)
    return Line(f, value, noise, max(abs(x_i), 1.0), x_i, _signs(problem, moved))


def vector_line(problem: Problem, v: Array, value: float, noise: float) -> Line:
    """The function on the line along a vector."""

    def moved(t: float) -> Array:
        return problem.x + t * v

    def f(t: float) -> float:
        with np.errstate(all="ignore"):
            return float(as_one_number(problem.value(moved(t))))

    return Line(f, value, noise, signs=_signs(problem, moved))


def _signs(problem: Problem, moved: Callable[[float], Array]) -> Callable[[float], Array] | None:
    """On which side of each kink the moved point lies; None without kinks."""
    kinks = problem.kinks
    if kinks is None:
        return None
    with np.errstate(all="ignore"):
        if np.size(kinks(problem.x.copy())) == 0:
            return None

    def signs(t: float) -> Array:
        with np.errstate(all="ignore"):
            return np.sign(np.asarray(kinks(moved(t)), dtype=np.float64))

    return signs
