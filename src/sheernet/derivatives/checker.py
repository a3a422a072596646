"""The comparisons of one check, all by one method: the complex step where it can be trusted, else differences.

The complex step is taken where the problem has a complex value.  Where something then fails, or the complex value is
not the real one at x, it is doubted first: it must agree with the real one near x, in value and in a directional
derivative, or differences are taken.  (Where everything agrees there is nothing to doubt: two mistakes do not agree to
nine digits.)
"""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import numpy as np

from sheernet.arrays import Array
from sheernet.derivatives.bisection import Slope
from sheernet.derivatives.comparison import (
    K_NUMERIC,
    Comparison,
    by_complex_step,
    by_differences,
    compare,
    complex_slope,
    entry_line,
    gradient_noise,
    gradient_sizes,
    vector_line,
)
from sheernet.derivatives.consistency import Consistency, gradient_at, magnitude
from sheernet.derivatives.directions import K_DIRECTIONS, Directions, gaussian
from sheernet.derivatives.estimates import GradientEstimate, complex_error, noise_level
from sheernet.derivatives.lines import HALF_ULP, differentiate
from sheernet.derivatives.numerical import as_number
from sheernet.derivatives.problem import ComplexFunction, Problem
from sheernet.errors import InvalidInput

SAME_TWIN = 1e-9  # of the value: a complex value may be written another way
SAME_SLOPE = 1e-7  # of the slope, besides what differences cannot tell
TRIED = 3  # directions
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
        self.noise = gradient_noise(problem, self.sizes, seed)  # (P,)
        self.notes: tuple[str, ...] = ()
        self.evaluations = 0
        self._evaluate = None if method == "differences" else problem.complex_value
        self._is_trusted = method == "complex"

    @property
    def method(self) -> str:
        """Its name, in words."""
        return "central differences" if self._evaluate is None else "complex step"

    def directions(self, count: int = K_DIRECTIONS, with_blocks: bool = True) -> Directions:
        """Random directions, such as the method can follow."""
        sizes = None if self._evaluate is None else self.sizes
        return gaussian(self.problem, self.seed, sizes, count, with_blocks)

    def along(self, directions: Directions) -> Comparison:
        """Compare along directions."""
        if self._evaluate is not None:
            comparison = self._by_complex_step(self._evaluate, directions)
            if comparison is not None:
                return comparison
        estimate = by_differences(
            self.problem, directions, self.found.value, self.found.magnitude, self.seed
        )
        return self._compare(directions, estimate)

    def _by_complex_step(
        self, evaluate: ComplexFunction, directions: Directions
    ) -> Comparison | None:
        """Compare by complex steps; None where the complex value turns out to be of no use."""
        try:
            estimate, twin = by_complex_step(evaluate, self.problem.x, directions)
        except Exception as error:
            if self._is_trusted:
                raise
            trouble: str | None = f"it raises {type(error).__name__}: {error}"
        else:
            comparison = self._compare(directions, estimate)
            is_same = abs(twin - self.found.value) <= SAME_TWIN * self.found.magnitude
            if self._is_trusted or (is_same and not comparison.failed.any()):
                return comparison
            trouble = _trouble(self.problem, evaluate, self.seed)
            if trouble is None:
                self._is_trusted = True
                return comparison
        self._evaluate, self.notes = None, (f"The complex value is not used: {trouble}.",)
        return None

    def _compare(self, directions: Directions, estimate: GradientEstimate) -> Comparison:
        self.evaluations += estimate.evaluations
        return self._judge(directions, estimate)

    def _judge(self, directions: Directions, estimate: GradientEstimate) -> Comparison:
        with np.errstate(all="ignore"):
            invisible = HALF_ULP * self.found.magnitude / directions.length(self.problem.x)
        return compare(directions, self.found.gradient, self.noise, estimate, invisible)

    def decide_kinks(self, comparison: Comparison) -> Comparison:
        """Where x lies on a kink, accept every derivative between those to its two sides.

        A complex step takes one of the sides, and so does a gradient; they need not take the same one.
        """
        problem, estimate = self.problem, comparison.estimate
        if self._evaluate is None or problem.kinks is None or not comparison.failed.any():
            return comparison
        with np.errstate(all="ignore"):
            if np.all(np.asarray(problem.kinks(problem.x.copy())) != 0):
                return comparison
        center, spread = estimate.gradient.copy(), np.zeros_like(problem.x)  # (P,)
        truncation, roundoff = estimate.truncation.copy(), estimate.roundoff.copy()
        kinks = [()] * problem.x.size  # type: list[tuple[int, ...]]
        for i in np.flatnonzero(comparison.failed).tolist():
            noise = HALF_ULP * self.found.magnitude
            part = differentiate(entry_line(problem, i, self.found.value, noise))
            self.evaluations += part.evaluations
            if part.low < part.high:
                center[i], spread[i] = 0.5 * (part.low + part.high), 0.5 * (part.high - part.low)
                truncation[i], roundoff[i], kinks[i] = part.truncation, part.roundoff, part.kinks
        decided = replace(
            estimate, gradient=center, truncation=truncation, roundoff=roundoff, spread=spread,
            kinks=tuple(kinks),
        )  # fmt: skip
        return self._judge(comparison.directions, decided)

    def slope_like(self, comparison: Comparison) -> Slope:
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
        found = Consistency(value, g, magnitude(moved, value), (), (), 0.0)
        there = Checker(
            moved, found, "differences" if self._evaluate is None else "complex", self.seed
        )
        comparison = there.along(there.directions(2, with_blocks=False))
        self.evaluations += there.evaluations
        return set(comparison.verdicts) == {"pass"}

    def is_right_along(self, v: Array) -> bool:
        """Whether the gradient is right along a vector."""
        return self.along(Directions(("",), v[None, :], (None,))).verdicts == ("pass",)


def _trouble(problem: Problem, evaluate: ComplexFunction, seed: int) -> str | None:
    """Why the complex value cannot be trusted, if so: tried near x, as x itself may sit on a kink."""
    rng, scale = np.random.default_rng(seed), np.maximum(np.abs(problem.x), 1.0)
    problem = replace(problem, x=problem.x + ASIDE * scale * rng.uniform(-1.0, 1.0, scale.size))
    directions = scale * rng.standard_normal((TRIED, scale.size))
    with np.errstate(all="ignore"):
        value = float(as_number(problem.value(problem.x.copy())))
        try:
            slopes = [complex_slope(evaluate, problem.x, v) for v in directions]
        except Exception as error:  # whatever a stranger's function raises, differences remain
            return f"it raises {type(error).__name__}: {error}"
    size = magnitude(problem, value)
    noise = max(float(noise_level(problem.value, problem.x, seed)), HALF_ULP * size)
    for v, (slope, twin) in zip(directions, slopes, strict=True):
        if np.isfinite(value) and not abs(twin - value) <= SAME_TWIN * size:
            return f"it is {twin} where the real one is {value}"
        part = differentiate(vector_line(problem, v, value, noise))
        if abs(slope - part.low) > K_NUMERIC * part.error + SAME_SLOPE * abs(part.low):
            return (
                f"its slope in one direction is {slope:.6g} where differences give {part.low:.6g}"
            )
    return None
