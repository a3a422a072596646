"""The comparisons of one check, all by one method: the complex step where it can be trusted, else differences.

The complex step is taken where the problem has a complex value.  Where nobody vouches for that (sheernet's own engines
do), it is held to the real value first, at x and along one direction, whatever the comparison says: an abs or a norm in
it loses its derivative without a word, and a gradient that lacks the same term would agree with it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import numpy as np

from sheernet.derivatives.check.bisection import Slope
from sheernet.derivatives.comparisons.consistency import Consistency, gradient_at, magnitude
from sheernet.derivatives.comparisons.directions import K_DIRECTIONS, Directions, gaussian
from sheernet.derivatives.comparisons.verdicts import (
    K_NUMERIC,
    Comparisons,
    by_complex_step,
    by_differences,
    compare,
    complex_slope,
    entry_line,
    gradient_noise,
    gradient_sizes,
    vector_line,
)
from sheernet.derivatives.estimates.gradient_estimates import (
    GradientEstimate,
    complex_error,
    noise_of_stranger,
)
from sheernet.derivatives.estimates.line_derivative import (
    BRIEF_STEP,
    HALF_ULP,
    Line,
    differentiate,
    differentiate_briefly,
    kinks_crossed,
)
from sheernet.derivatives.estimates.numerical import as_number
from sheernet.derivatives.problem import ComplexFunction, Problem
from sheernet.foundation.arrays import Array
from sheernet.foundation.errors import InvalidInput

SAME_TWIN = 1e-9  # of the value: a complex value may be written another way
SAME_SLOPE = 1e-7  # of the slope, besides what differences cannot tell
TRIED = 3  # directions
MOST_NOISE = 1e-4  # of an entry that is put beside others as large as they are
SHARP = 1e-7  # of a derivative: so well it has to be known to be called right at another point
ASIDE = 2.0**-7  # how far from x the complex value is tried, of max(|x_i|, 1)

Method = Literal["auto", "complex", "differences"]
METHODS: tuple[Method, ...] = ("auto", "complex", "differences")


class Checker:
    """Compares a gradient with its function; counts the values that it takes.

    Parameters
    ----------
    problem : Problem
    found : Consistency
        What the functions gave at x.
    method : {"auto", "complex", "differences"}
    seed : int
        Of the directions in which noise is measured.
    """

    def __init__(self, problem: Problem, found: Consistency, method: Method, seed: int) -> None:
        if method == "complex" and problem.complex_value is None:
            raise InvalidInput(
                "method 'complex' needs a complex_value, and this problem has none; use 'differences'"
            )
        self.problem, self.found, self.seed = problem, found, seed
        self.sizes = gradient_sizes(problem, found.gradient)  # (P,)
        self.noise = gradient_noise(problem, self.sizes, found.gradient_rounding, seed)  # (P,)
        self.notes = found.notes
        self.evaluations = 0
        self._evaluate = None if method == "differences" else problem.complex_value
        self._is_trusted = method == "complex" or problem.complex_is_exact

    @property
    def method(self) -> str:
        """Its name, in words."""
        return "central differences" if self._evaluate is None else "complex step"

    def directions(self, count: int = K_DIRECTIONS, with_blocks: bool = True) -> Directions:
        """Random directions, such as the method can follow."""
        sizes = None
        if self._evaluate is not None:  # what is mostly noise would hide the rest
            sizes = np.where(self.noise <= MOST_NOISE * self.sizes, self.sizes, np.nan)
        return gaussian(self.problem, self.seed, sizes, count, with_blocks)

    def along(self, directions: Directions) -> Comparisons:
        """Compare along directions."""
        if self._evaluate is not None:
            comparison = self._by_complex_step(self._evaluate, directions)
            if comparison is not None:
                return comparison
        estimate = by_differences(
            self.problem, directions, self.found.value, self.found.noise, self.seed
        )
        return self._compare(directions, estimate)

    def _by_complex_step(
        self, evaluate: ComplexFunction, directions: Directions
    ) -> Comparisons | None:
        """Compare by complex steps; None where the complex value turns out to be of no use."""
        try:
            estimate, twin = by_complex_step(evaluate, self.problem.x, directions)
        except Exception as error:
            if self._is_trusted:
                raise
            trouble: str | None = f"it raises {type(error).__name__}: {error}"
        else:
            comparison = self._compare(directions, estimate)
            if not self._is_trusted:
                trouble = self._doubt(evaluate, twin)
                self._is_trusted = trouble is None
            if self._is_trusted:
                return comparison
        self._evaluate = None
        self.notes += (f"The complex value is not used: {trouble}.",)
        return None

    def _doubt(self, evaluate: ComplexFunction, twin: float) -> str | None:
        """Why a complex value cannot be trusted: by one difference at x, which may sit on a kink; if so, beside it."""
        problem, found = self.problem, self.found
        scale = np.maximum(np.abs(problem.x), 1.0)
        v = scale * np.random.default_rng(self.seed).standard_normal(scale.size)
        slope = complex_slope(evaluate, problem.x, v)[0]
        line = vector_line(problem, v, found.value, found.noise)
        part = differentiate_briefly(line, BRIEF_STEP)
        self.evaluations += part.evaluations + 1
        same_value = abs(twin - found.value) <= SAME_TWIN * found.magnitude
        allowed = K_NUMERIC * part.error + SAME_SLOPE * abs(slope)
        if same_value and part.low - allowed <= slope <= part.high + allowed:
            return None
        trouble, evaluations = _trouble(problem, evaluate, self.seed)
        self.evaluations += evaluations
        return trouble

    def _compare(self, directions: Directions, estimate: GradientEstimate) -> Comparisons:
        self.evaluations += estimate.evaluations
        return self._judge(directions, estimate)

    def _judge(self, directions: Directions, estimate: GradientEstimate) -> Comparisons:
        with np.errstate(all="ignore"):
            invisible = HALF_ULP * self.found.magnitude / directions.length(self.problem.x)
        return compare(directions, self.found.gradient, self.noise, estimate, invisible)

    def decide_kinks(self, comparison: Comparisons) -> Comparisons:
        """Where x lies on kinks, tell what fails because of them from what fails in spite of them.

        At one kink every derivative between those to its two sides is right.  Of several, a gradient may take each from
        another side, and what may come of that is not an interval: nothing that crosses them can be called wrong.
        """
        problem, estimate = self.problem, comparison.estimate
        on_kinks = self._kinks_at_x() if comparison.failed.any() else ()
        if not on_kinks:
            return comparison
        center = estimate.gradient.copy()  # (m,)
        spread = np.broadcast_to(estimate.spread, center.shape).copy()
        truncation, roundoff = estimate.truncation.copy(), estimate.roundoff.copy()
        kinks = list(estimate.kinks or ((),) * center.size)
        for j in np.flatnonzero(comparison.failed).tolist():
            line = self._line(comparison.directions, j)
            crossed = kinks_crossed(line, on_kinks)
            if len(crossed) == 1:
                part = differentiate(line)
                self.evaluations += part.evaluations
                center[j], spread[j] = 0.5 * (part.low + part.high), 0.5 * (part.high - part.low)
                truncation[j], roundoff[j] = part.truncation, part.roundoff
            elif crossed:
                truncation[j] = np.inf
            kinks[j] = crossed or kinks[j]
        name = problem.kink_name or "kink {}".format
        more = f" and {len(on_kinks) - 1} more" if len(on_kinks) > 1 else ""
        where = f"{name(on_kinks[0])}{more}"
        self.notes += (
            f"This point lies on kinks ({where}), where a function has several derivatives; check at another.",
        )
        decided = replace(
            estimate, gradient=center, truncation=truncation, roundoff=roundoff, spread=spread,
            kinks=tuple(kinks),
        )  # fmt: skip
        return self._judge(comparison.directions, decided)

    def _kinks_at_x(self) -> tuple[int, ...]:
        """The known kinks on which x lies."""
        if self.problem.kinks is None:
            return ()
        with np.errstate(all="ignore"):
            distances = np.asarray(self.problem.kinks(self.problem.x.copy()))
        return tuple(np.flatnonzero(distances == 0).tolist())

    def _line(self, directions: Directions, j: int) -> Line:
        """The function along one of the directions."""
        value, noise = self.found.value, self.found.noise
        if directions.vectors is None:
            return entry_line(self.problem, j, value, noise)
        return vector_line(self.problem, directions.vectors[j], value, noise)

    def slope_like(self, comparison: Comparisons) -> Slope:
        """The derivative along a vector, and its error, in as few values as can be: for a bisection.

        By differences they are two, with the step of the first direction that failed and its error: that of D(h).
        """
        evaluate, x = self._evaluate, self.problem.x
        first = int(np.argmax(comparison.failed))
        h = float(comparison.estimate.steps[first])
        error = K_NUMERIC * float(comparison.estimate.uncertainty[first])

        def by_step(v: Array) -> tuple[float, float]:
            assert evaluate is not None
            self.evaluations += 1
            derivative = complex_slope(evaluate, x, v)[0]
            return derivative, float(complex_error(derivative))

        def by_difference(v: Array) -> tuple[float, float]:
            self.evaluations += 2
            line = vector_line(self.problem, v, self.found.value, 0.0)
            return (line.f(h / 2) - line.f(-h / 2)) / h, error

        return by_difference if evaluate is None else by_step

    def is_right_at(self, factor: float) -> bool:
        """Whether the gradient is right at a multiple of x, along Gaussian directions."""
        x = factor * self.problem.x
        moved = replace(self.problem, x=x)
        with np.errstate(all="ignore"):
            value, g = float(as_number(moved.value(x.copy()))), gradient_at(moved, x.copy())
        if not (np.isfinite(value) and np.isfinite(g).all()):
            return False
        roundings = self.found.value_rounding, self.found.gradient_rounding
        found = Consistency(value, g, magnitude(moved, value), (), (), 0.0, *roundings)
        there = Checker(
            moved, found, "differences" if self._evaluate is None else "complex", self.seed
        )
        comparison = there.along(there.directions(2, with_blocks=False))
        self.evaluations += there.evaluations
        sharp = SHARP * comparison.directions.size(
            g
        )  # an error that is small there may be one that is only small there
        return set(comparison.verdicts) == {"pass"} and bool(np.all(comparison.tolerance <= sharp))

    def is_right_along(self, v: Array) -> bool:
        """Whether the gradient is right along a vector."""
        return self.along(Directions(("",), v[None, :], (None,))).verdicts == ("pass",)


def _trouble(problem: Problem, evaluate: ComplexFunction, seed: int) -> tuple[str | None, int]:
    """Why the complex value cannot be trusted, if so, tried near x; and how many values that took."""
    rng, scale = np.random.default_rng(seed), np.maximum(np.abs(problem.x), 1.0)
    problem = replace(problem, x=problem.x + ASIDE * scale * rng.uniform(-1.0, 1.0, scale.size))
    directions = scale * rng.standard_normal((TRIED, scale.size))
    with np.errstate(all="ignore"):
        value = float(as_number(problem.value(problem.x.copy())))
        try:
            slopes = [complex_slope(evaluate, problem.x, v) for v in directions]
        except Exception as error:  # whatever a stranger's function raises, differences remain
            return f"it raises {type(error).__name__}: {error}", TRIED
    size = magnitude(problem, value)
    measured, evaluations = noise_of_stranger(problem.value, problem.x, seed)
    noise, evaluations = max(float(measured), HALF_ULP * size), evaluations + TRIED
    for v, (slope, twin) in zip(directions, slopes, strict=True):
        if np.isfinite(value) and not abs(twin - value) <= SAME_TWIN * size:
            return f"it is {twin} where the real one is {value}", evaluations
        part = differentiate(vector_line(problem, v, value, noise))
        evaluations += part.evaluations
        if abs(slope - part.low) > K_NUMERIC * part.error + SAME_SLOPE * abs(part.low):
            trouble = (
                f"its slope in one direction is {slope:.6g} where differences give {part.low:.6g}"
            )
            return trouble, evaluations
    return None, evaluations
