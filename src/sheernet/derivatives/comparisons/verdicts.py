"""A gradient g beside derivatives n from values alone, and the rule of the verdict.

Each comparison is judged by the estimated uncertainty of this very comparison, never by one fixed tolerance:

    tolerance_j = K_NUMERIC u_j + K_ANALYTIC e_j + RTOL size_j

where u_j is the truncation and round-off error of n_j (lines.py), e_j the rounding noise of g itself, measured by
calling the gradient at nearby points, and size_j the larger of |g_j| and |n_j|.  A comparison

    fails            when |g_j - n_j| > tolerance_j;
    passes           when it does not, and the tolerance is small enough to mean something: at most
                     RESOLUTION of its size, or NEGLIGIBLE of the root mean square of all sizes; or where g_j claims
                     to be invisible, and nothing is seen: a step as long as x would not change the value by its
                     rounding, and the tolerance is not above COARSE times that;
    is inconclusive  otherwise: the error that could hide there is too large.

A fixed tolerance does neither: it cries over targets of 1e6, and sleeps over one wrong weight in ten thousand.
The constants were tuned on random networks of one seed and measured on those of another: with right gradients
|g_j - n_j| stayed below half the tolerance.

For a direction v the g_j is g . v, e_j adds up in squares, and size_j is at least sqrt(sum_p (g_p v_p)^2).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from sheernet.derivatives.comparisons.consistency import gradient_at
from sheernet.derivatives.comparisons.directions import Directions
from sheernet.derivatives.estimates.gradient_estimates import (
    COMPLEX_FLOOR,
    GradientEstimate,
    complex_error,
    complex_step_gradient,
    digits_kept,
    noise_level,
    noise_of_stranger,
    of_differences,
)
from sheernet.derivatives.estimates.line_derivative import (
    BRIEF_STEP,
    STEP_FACTOR,
    Difference,
    Line,
    differentiate,
    differentiate_briefly,
)
from sheernet.derivatives.estimates.numerical import COMPLEX_STEP, along, as_number
from sheernet.derivatives.problem import ComplexFunction, Problem
from sheernet.foundation.arrays import Array, as_float

K_NUMERIC = 4.0
K_ANALYTIC = 100.0
RTOL = 1e-9
RESOLUTION = 5e-3  # half of the 1 % that a wrong entry may be off
NEGLIGIBLE = 1e-8
ZERO = 10 * K_NUMERIC * COMPLEX_FLOOR  # a derivative below this is 0 for everybody
COARSE = 200.0
LONGEST_BRIEF_STEP = 2.0**-2
HUGE = 1e290  # beyond this, either side may overflow on its way

CRITERION = (
    f"An entry fails when |analytic - numeric| > tolerance = {K_NUMERIC:g} x the estimated error of the numeric "
    f"value + {K_ANALYTIC:g} x the noise of the analytic one + {RTOL:g} x the larger of both. It passes when it does "
    f"not fail and the tolerance is at most {RESOLUTION:g} of the entry or {NEGLIGIBLE:g} of the root mean square of "
    "the gradient, or where neither can be told from 0 in the rounding of the function; otherwise it is inconclusive."
)

Verdict = Literal["pass", "fail", "inconclusive"]


@dataclass(frozen=True, eq=False)
class Comparisons:
    """m derivatives from both sides.

    Parameters
    ----------
    directions : Directions
        Along what they are.
    analytic, numeric : ndarray, (m,)
        g . v_j, and n_j; where n_j may be any number of an interval, the one next to g . v_j.
    uncertainty, tolerance : ndarray, (m,)
        By the rule above.
    verdicts : tuple of str
        Likewise.
    estimate : GradientEstimate
        Where n_j and its error are from.
    """

    directions: Directions
    analytic: Array
    numeric: Array
    uncertainty: Array
    tolerance: Array
    verdicts: tuple[Verdict, ...]
    estimate: GradientEstimate

    @property
    def failed(self) -> npt.NDArray[np.bool_]:
        """Which fail, (m,)."""
        return np.array([verdict == "fail" for verdict in self.verdicts], dtype=bool)


def compare(
    directions: Directions,
    g: Array,
    noise: Array,
    estimate: GradientEstimate,
    invisible: Array | float = 0.0,
) -> Comparisons:
    """Judge a gradient along directions by derivatives that were estimated along them.

    Parameters
    ----------
    directions : Directions
    g, noise : ndarray, (P,)
        The gradient, and the rounding noise of each entry.
    estimate : GradientEstimate
        Of the m derivatives.
    invisible : ndarray, (m,), or float
        The derivative that the value cannot show: its rounding over the length of x.
    """
    with np.errstate(all="ignore"):
        analytic = directions.along(g)
        inside = np.clip(analytic - estimate.gradient, -estimate.spread, estimate.spread)
        numeric = estimate.gradient + np.where(np.isfinite(inside), inside, 0.0)
        own_noise = directions.size(noise)
        size = np.maximum(np.abs(analytic), np.abs(numeric))
        size = np.fmax(size, directions.size(np.where(np.isfinite(g), g, 0.0)))
        uncertainty = estimate.uncertainty + own_noise
        tolerance = K_NUMERIC * estimate.uncertainty + K_ANALYTIC * own_noise + RTOL * size
        verdicts = _judge(analytic, numeric, tolerance, size, np.asarray(invisible))
    return Comparisons(directions, analytic, numeric, uncertainty, tolerance, verdicts, estimate)


def _judge(
    g: Array, n: Array, tolerance: Array, size: Array, invisible: Array
) -> tuple[Verdict, ...]:
    """The verdict of each comparison, by the rule at the head of this file."""
    overflows = np.isfinite(n) & (np.abs(n) < HUGE) & ~np.isfinite(g)
    failed = (np.isfinite(g) & (np.abs(g - n) > tolerance)) | overflows
    enough = np.maximum(RESOLUTION * size, NEGLIGIBLE * _root_mean_square(size) + ZERO)
    unseen = (size <= invisible) & (tolerance <= COARSE * invisible)
    decided = np.isfinite(g) & np.isfinite(tolerance) & ((tolerance <= enough) | unseen)
    return tuple(
        "fail" if f else "pass" if d else "inconclusive"
        for f, d in zip(failed, decided, strict=True)
    )


def _root_mean_square(size: Array) -> float:
    """Of the finite entries, with no square that overflows."""
    finite = size[np.isfinite(size)]
    largest = float(np.max(finite, initial=0.0))
    return largest * float(np.sqrt(np.mean(np.square(finite / largest)))) if largest > 0 else 0.0


def gradient_sizes(problem: Problem, g: Array) -> Array:
    """The size of each entry of the gradient, (P,): of the terms that it adds up, where they are known."""
    if problem.gradient_magnitude is None:
        return np.abs(g)
    with np.errstate(all="ignore"):
        terms = problem.gradient_magnitude(problem.x.copy())
    return np.abs(as_float(terms, "the gradient_magnitude"))


def gradient_noise(problem: Problem, sizes: Array, rounding: float, seed: int) -> Array:
    """The rounding noise of each entry of the gradient, (P,): as measured, and no less than its terms must have."""

    def g(x: Array) -> Array:
        return gradient_at(problem, x)

    if problem.complex_is_exact:  # sheernet's own: in float64 throughout
        measured = noise_level(g, problem.x, seed, with_kinks=True)
    else:
        measured, _ = noise_of_stranger(g, problem.x, seed, with_kinks=True)
    return np.fmax(measured, rounding * sizes)


# --- derivatives along directions --------------------------------------------------------------------


def by_complex_step(
    evaluate: ComplexFunction, x: Array, directions: Directions
) -> tuple[GradientEstimate, float]:
    """Im f(x + i h v) / h along each direction: one complex value each.  And f(x), which is its real part."""
    if directions.vectors is None:
        first = np.zeros_like(x)
        first[0] = 1.0
        return complex_step_gradient(evaluate, x), complex_slope(evaluate, x, first)[1]
    slopes, reals = np.array([complex_slope(evaluate, x, v) for v in directions.vectors]).T
    steps = np.full(slopes.shape, COMPLEX_STEP)
    none = np.zeros_like(slopes)
    return GradientEstimate(slopes, none, complex_error(slopes), steps, 0.0, slopes.size), reals[0]


def complex_slope(evaluate: ComplexFunction, x: Array, v: Array) -> tuple[float, float]:
    """The derivative along v, and the value, from one complex value."""
    with np.errstate(all="ignore"):
        value = complex(as_number(evaluate(x + 1j * COMPLEX_STEP * v), complex))
    return value.imag / COMPLEX_STEP, value.real


def by_differences(
    problem: Problem, directions: Directions, value: float, noise: float, seed: int
) -> GradientEstimate:
    """Differences along each direction: with a step of its own for each entry, or 4 values for each vector.

    `noise` is the least that a value has.
    """
    if directions.vectors is None:
        measured, evaluations = noise_of_stranger(problem.value, problem.x, seed)
        noise = max(float(measured), noise)
        parts = [differentiate(entry_line(problem, i, value, noise)) for i in range(problem.x.size)]
        return of_differences(parts, noise, evaluations)
    # Noise is not measured first: it shows in what D(h) and D(h/2) differ by, and 16 values more are as many as all.
    parts, evaluations, h = [], 0, BRIEF_STEP
    while h <= LONGEST_BRIEF_STEP:
        parts = _briefly(problem, directions.vectors, value, noise, h)
        evaluations += sum(part.evaluations for part in parts)
        if any(len(set(part.values)) > 1 for part in parts):
            break
        h *= (
            STEP_FACTOR**2
        )  # values that are rounded to few digits change over longer distances only
    estimate = of_differences(_with_common_noise(parts), noise, 0)
    return replace(estimate, evaluations=evaluations)


def _briefly(
    problem: Problem, vectors: Array, value: float, noise: float, h: float
) -> list[Difference]:
    parts = []
    for v in vectors:
        part = differentiate_briefly(vector_line(problem, v, value, noise), h)
        parts.append(part)
        h = next_step(part, h)
    return parts


def _with_common_noise(parts: list[Difference]) -> list[Difference]:
    """No error smaller than the median of all, which are errors of one function: one may be small by chance.

    Nor smaller than what values that are rounded to few digits leave: half a step of theirs, three times over h.
    """
    common = float(np.median([part.truncation * part.h for part in parts]))
    common = max(common, 1.5 * digits_kept([number for part in parts for number in part.values]))
    return [replace(part, truncation=max(part.truncation, common / part.h)) for part in parts]


def next_step(part: Difference, h: float) -> float:
    """A step for the next direction that is like this one: where neither error is much larger than the other."""
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

    return Line(
        along(problem.value, problem.x, i),
        value,
        noise,
        max(abs(x_i), 1.0),
        x_i,
        _signs(problem, moved),
    )


def vector_line(problem: Problem, v: Array, value: float, noise: float) -> Line:
    """The function on the line along a vector."""

    def moved(t: float) -> Array:
        return problem.x + t * v

    def f(t: float) -> float:
        with np.errstate(all="ignore"):
            return float(as_number(problem.value(moved(t))))

    return Line(f, value, noise, signs=_signs(problem, moved))


def _signs(problem: Problem, moved: Callable[[float], Array]) -> Callable[[float], Array] | None:
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
