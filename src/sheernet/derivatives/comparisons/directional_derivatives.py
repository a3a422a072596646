"""Numerical derivatives of f along entries or directions, with complex steps or differences."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from sheernet.derivatives.comparisons.directions import Directions
from sheernet.derivatives.estimates import (
    BRIEF_STEP,
    COMPLEX_STEP,
    SHORTEST_STEP,
    STEP_FACTOR,
    Difference,
    GradientEstimate,
    Line,
    as_one_number,
    complex_step_gradient,
    differentiate,
    differentiate_briefly,
    entry_function,
    estimate_from_complex_steps,
    estimate_from_differences,
    noise_at_any_precision,
    value_spacing,
)
from sheernet.derivatives.problem import ComplexFunction, Problem
from sheernet.foundation.arrays import Array

MAX_BRIEF_STEP = 2.0**-2


def differentiate_with_complex_steps(
    evaluate: ComplexFunction, x: Array, directions: Directions
) -> tuple[GradientEstimate, float]:
    """Return Im f(x + i h v) / h along each direction, and f(x), the real part of the first complex value."""
    if directions.vectors is None:
        first = np.zeros_like(x)
        first[0] = 1.0
        return complex_step_gradient(evaluate, x), complex_slope(evaluate, x, first)[1]
    slopes, reals = np.array([complex_slope(evaluate, x, v) for v in directions.vectors]).T
    return estimate_from_complex_steps(slopes), reals[0]


def complex_slope(evaluate: ComplexFunction, x: Array, v: Array) -> tuple[float, float]:
    """Return the derivative along v, and the real part, of one complex value."""
    with np.errstate(all="ignore"):
        value = complex(as_one_number(evaluate(x + 1j * COMPLEX_STEP * v), complex))
    return value.imag / COMPLEX_STEP, value.real


def differentiate_with_differences(
    problem: Problem, directions: Directions, value: float, noise: float, seed: int
) -> GradientEstimate:
    """Differentiate along each direction with differences: at a step for each entry, or with 4 values for each vector.

    `noise` is a lower bound of the noise of a value.
    """
    if directions.vectors is None:
        measured, evaluations = noise_at_any_precision(problem.value, problem.x, seed)
        noise = max(float(measured), noise)
        parts = [differentiate(entry_line(problem, i, value, noise)) for i in range(problem.x.size)]
        return estimate_from_differences(parts, noise, evaluations)
    # A measurement of the noise would take 16 more values, about as many as all directions.  |D(h) - D(h/2)| contains
    # the noise, too.
    parts, evaluations, h = [], 0, BRIEF_STEP
    while h <= MAX_BRIEF_STEP:
        parts = _brief_differences(problem, directions.vectors, value, noise, h)
        evaluations += sum(part.evaluations for part in parts)
        if any(len(set(part.values)) > 1 for part in parts):
            break
        h *= STEP_FACTOR**2  # values rounded to few digits change over longer distances only
    estimate = estimate_from_differences(_with_common_noise(parts), noise, 0)
    return replace(estimate, evaluations=evaluations)


def _brief_differences(
    problem: Problem, vectors: Array, value: float, noise: float, h: float
) -> list[Difference]:
    parts = []
    for v in vectors:
        part = differentiate_briefly(vector_line(problem, v, value, noise), h)
        parts.append(part)
        h = _next_step(part, h)
    return parts


def _with_common_noise(parts: list[Difference]) -> list[Difference]:
    """Increase small truncation errors to the median, because a single one may be small by chance.

    Also increase them to 3 times half the spacing of the values over h, the error of values rounded to few digits.
    """
    common = float(np.median([part.truncation * part.h for part in parts]))
    common = max(common, 1.5 * value_spacing([number for part in parts for number in part.values]))
    return [replace(part, truncation=max(part.truncation, common / part.h)) for part in parts]


def _next_step(part: Difference, h: float) -> float:
    """Return a step for the next direction, at which truncation and round-off should be of comparable size."""
    if not np.isfinite(part.truncation) or part.truncation > STEP_FACTOR * part.roundoff:
        return h / STEP_FACTOR
    return min(h * STEP_FACTOR, BRIEF_STEP) if part.truncation < part.roundoff / 2**12 else h


def entry_line(problem: Problem, i: int, value: float, noise: float) -> Line:
    """Return the function on the line along entry i."""
    x_i = float(problem.x[i])

    def moved(t: float) -> Array:
        x = problem.x.copy()
        x[i] += t
        return x

    f = entry_function(problem.value, problem.x, i)
    signs, shortest = _sign_function(problem, moved), SHORTEST_STEP * abs(x_i)
    return Line(f, value, noise, max(abs(x_i), 1.0), x_i, signs, shortest)


def vector_line(problem: Problem, v: Array, value: float, noise: float) -> Line:
    """Return the function on the line along a vector."""

    def moved(t: float) -> Array:
        return problem.x + t * v

    def f(t: float) -> float:
        with np.errstate(all="ignore"):
            return float(as_one_number(problem.value(moved(t))))

    moving = v != 0
    ratio = float(np.max(np.abs(problem.x[moving] / v[moving]), initial=0.0))
    signs = _sign_function(problem, moved)
    return Line(f, value, noise, signs=signs, shortest=SHORTEST_STEP * ratio)


def _sign_function(
    problem: Problem, moved: Callable[[float], Array]
) -> Callable[[float], Array] | None:
    """Return t -> the side of each kink (-1, 0 or 1) on which the moved point lies; None without kinks."""
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
