"""ComparisonRunner: the comparisons of one check, with complex steps if reliable, otherwise with differences.

Complex steps require a `complex_value` of the problem.  Unless this is known to be exact (as for the engines of
sheernet), it is first compared with the real value, at x and along one direction, for any gradient: the complex step
loses the derivative of an abs or a norm, and a gradient that lacks the same term would agree with it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Literal

import numpy as np

from sheernet.derivatives.check.bisection import Slope
from sheernet.derivatives.comparisons import (
    K_DIRECTIONS,
    K_NUMERIC,
    Comparisons,
    Confirmation,
    Consistency,
    Directions,
    compare,
    complex_slope,
    differentiate_with_complex_steps,
    differentiate_with_differences,
    entry_line,
    gaussian_directions,
    gradient_at,
    gradient_noise,
    gradient_sizes,
    magnitude,
    vector_line,
    with_small_error,
)
from sheernet.derivatives.estimates import (
    BRIEF_STEP,
    HALF_ULP,
    Difference,
    GradientEstimate,
    Line,
    as_one_number,
    complex_error,
    differentiate,
    differentiate_briefly,
    kinks_crossed,
    noise_at_any_precision,
    random_generator,
    roughness,
)
from sheernet.derivatives.problem import ComplexFunction, Problem
from sheernet.foundation.arrays import Array
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.message_text import plural_of
from sheernet.foundation.sentences import Setting

REAL_PART_RTOL = 1e-9  # relative to the value: complex operations may round differently
SLOPE_RTOL = 1e-7  # relative to the slope, in addition to the error of the differences
N_TEST_DIRECTIONS = 3  # directions in which a complex value is tested near x
MAX_RELATIVE_NOISE = (
    1e-4  # maximum relative noise of an entry that is scaled to the size of the others
)
MAX_RELATIVE_TOLERANCE = 1e-7  # required to call the gradient right at another point
MIN_ROUGHNESS = 16.0  # minimum relative to the noise; a smaller roughness may be noise
TEST_OFFSET = 2.0**-7  # distance of these tests from x, relative to max(|x_i|, 1)

ROUGHNESS_MESSAGE = (
    "The function itself has an error of about {:.1g} that varies from point to point, as with an integrator or an "
    "iterative solver; errors of the gradient up to about 0.01 % are attributed to it."
)

Method = Literal["auto", "complex", "differences"]
METHODS: tuple[Method, ...] = ("auto", "complex", "differences")


class ComparisonRunner:
    """The comparisons of a gradient with numerical derivatives, and the number of evaluations.

    Parameters
    ----------
    problem : Problem
        The problem.
    consistency : Consistency
        The results of the functions at x.
    method : {"auto", "complex", "differences"}
        Method of the numerical derivatives.
    seed : int
        Seed of the directions, and of those in which noise is measured.
    """

    def __init__(
        self, problem: Problem, consistency: Consistency, method: Method, seed: int
    ) -> None:
        if method == "complex" and problem.complex_value is None:
            raise InvalidInput(
                "{} needs a complex_value, but this problem has none; use {}",
                Setting("method", "complex"),
                Setting("method", "differences"),
            )
        self.problem, self.consistency, self.seed = problem, consistency, seed
        self.sizes = gradient_sizes(problem, consistency.gradient)  # (P,)
        # (P,)
        self.noise = gradient_noise(problem, self.sizes, consistency.gradient_rounding, seed)
        self.notes = consistency.notes
        self.evaluations = 0
        self._evaluate = None if method == "differences" else problem.complex_value
        self._is_trusted = method == "complex" or problem.complex_is_exact

    @property
    def method(self) -> str:
        """The name of the method in the report."""
        return "central differences" if self._evaluate is None else "complex step"

    def directions(self, count: int = K_DIRECTIONS, with_blocks: bool = True) -> Directions:
        """Draw random directions for the method."""
        sizes = None
        if self._evaluate is not None:  # scaling up an entry of mostly noise would hide the others
            sizes = np.where(self.noise <= MAX_RELATIVE_NOISE * self.sizes, self.sizes, np.nan)
        return gaussian_directions(self.problem, self.seed, sizes, count, with_blocks)

    def compare_along(self, directions: Directions) -> Comparisons:
        """Compare the gradient with numerical derivatives along directions."""
        if self._evaluate is not None:
            comparison = self._compare_with_complex_steps(self._evaluate, directions)
            if comparison is not None:
                return comparison
        estimate = differentiate_with_differences(
            self.problem, directions, self.consistency.value, self.consistency.noise, self.seed
        )
        return self._confirm(self._compare(directions, estimate))

    def _confirm(self, comparison: Comparisons) -> Comparisons:
        """Repeat comparisons with differences if they did not pass, or passed without evidence."""
        directions, noise = comparison.directions, comparison.estimate.noise

        def confirmation() -> Confirmation:
            return Confirmation(
                lambda j, noise: self._line(directions, j, noise),
                lambda estimate: self._judge(directions, estimate),
                noise,
            )

        first = confirmation()
        stands = directions.vectors is not None and first.is_worst_confirmed(comparison)
        if directions.vectors is not None and not stands and not comparison.passed.all():
            noise = self._measured(noise_at_any_precision)
        second = confirmation()
        if not stands:
            comparison = second.repeat(comparison)
        comparison = self._allow_for_roughness(comparison, second)
        comparison = second.probe(
            comparison,
            self.problem.x,
            lambda v: vector_line(self.problem, v, self.consistency.value, noise),
            self.seed,
        )
        self.evaluations += first.evaluations + second.evaluations
        return comparison

    def _allow_for_roughness(
        self, comparison: Comparisons, confirmation: Confirmation
    ) -> Comparisons:
        """Judge again the comparisons that failed by a small margin, if the function itself has an error."""
        small = with_small_error(comparison)
        if not small.any() or self.problem.complex_is_exact:
            return comparison
        noise = max(self.consistency.noise, comparison.estimate.noise)
        rough = self._measured(roughness)
        if rough <= MIN_ROUGHNESS * noise:
            return comparison
        self.notes += (ROUGHNESS_MESSAGE.format(rough),)
        return confirmation.allow_for_roughness(comparison, rough)

    def _measured(self, measure: Callable[..., tuple[Any, int]]) -> float:
        """Measure noise or roughness, which is at least the noise of the terms, and count the evaluations."""
        noise, evaluations = measure(self.problem.value, self.problem.x, self.seed)
        self.evaluations += evaluations
        return max(float(noise), self.consistency.noise)

    def _compare_with_complex_steps(
        self, evaluate: ComplexFunction, directions: Directions
    ) -> Comparisons | None:
        """Compare with complex steps; return None if the complex value is wrong."""
        try:
            estimate, real_part = differentiate_with_complex_steps(
                evaluate, self.problem.x, directions
            )
        except Exception as error:
            if self._is_trusted:
                raise
            reason: str | None = f"it raises {type(error).__name__}: {error}"
        else:
            comparison = self._compare(directions, estimate)
            if not self._is_trusted:
                reason = self._reason_for_distrust(evaluate, real_part)
                self._is_trusted = reason is None
            if self._is_trusted:
                return comparison
        self._evaluate = None
        self.notes += (f"The complex value is not used: {reason}.",)
        return None

    def _reason_for_distrust(self, evaluate: ComplexFunction, real_part: float) -> str | None:
        """Return why the complex value cannot be trusted, or None.

        One difference at x is tested first.  If it disagrees, tests near x decide, because x may lie on a kink.
        """
        problem, consistency = self.problem, self.consistency
        scale = np.maximum(np.abs(problem.x), 1.0)
        v = scale * random_generator(self.seed).standard_normal(scale.size)
        slope = complex_slope(evaluate, problem.x, v)[0]
        line = vector_line(problem, v, consistency.value, consistency.noise)
        part = differentiate_briefly(line, BRIEF_STEP)
        self.evaluations += part.evaluations + 1
        same_value = abs(real_part - consistency.value) <= REAL_PART_RTOL * consistency.magnitude
        allowed = K_NUMERIC * part.error + SLOPE_RTOL * abs(slope)
        if same_value and part.low - allowed <= slope <= part.high + allowed:
            return None
        reason, evaluations = _reason_from_tests_near_x(problem, evaluate, self.seed)
        self.evaluations += evaluations
        return reason

    def _compare(self, directions: Directions, estimate: GradientEstimate) -> Comparisons:
        self.evaluations += estimate.evaluations
        return self._judge(directions, estimate)

    def _judge(self, directions: Directions, estimate: GradientEstimate) -> Comparisons:
        with np.errstate(all="ignore"):
            hidden_derivative = (
                HALF_ULP * self.consistency.magnitude / directions.length(self.problem.x)
            )
        return compare(
            directions, self.consistency.gradient, self.noise, estimate, hidden_derivative,
            directions.units(self.problem.x),
        )  # fmt: skip

    def decide_kinks(self, comparison: Comparisons) -> Comparisons:
        """If x lies on kinks up to rounding, decide the failed comparisons across kinks again.

        Exactly at one kink, every number between the one-sided derivatives is valid.  At several, a gradient may use
        another side of each kink, and the valid results are not an interval.  Within rounding of a kink, the gradient
        and the value may be computed on different sides.  In both cases, no comparison across them can fail.
        """
        problem, estimate = self.problem, comparison.estimate
        on_kinks = problem.kinks_at_x() if comparison.failed.any() else {}
        if not on_kinks:
            return comparison
        parts = dict[int, Difference]()
        for j in np.flatnonzero(comparison.failed).tolist():
            line = self._line(comparison.directions, j, self.consistency.noise)
            crossed = kinks_crossed(line, tuple(on_kinks))
            if len(crossed) == 1 and on_kinks[crossed[0]]:
                parts[j] = replace(differentiate(line), kinks=crossed)
                self.evaluations += parts[j].evaluations
            elif crossed:
                n = float(estimate.gradient[j])
                parts[j] = Difference(n, n, np.inf, 0.0, float(estimate.steps[j]), 0, crossed)
        if not parts:
            return comparison
        at = tuple(dict.fromkeys(k for part in parts.values() for k in part.kinks))
        nouns = plural_of(len(at), "a kink", "kinks")
        note = (
            f"This point lies, up to rounding, on {nouns} ({problem.kinks_in_words(at)}), where several "
            "derivatives are valid; check at another point."
        )
        self.notes += (note,)
        return self._judge(comparison.directions, estimate.with_parts(parts))

    def _line(self, directions: Directions, j: int, noise: float) -> Line:
        """Return the function along direction j, with this noise of a value."""
        value = self.consistency.value
        if directions.vectors is None:
            return entry_line(self.problem, j, value, noise)
        return vector_line(self.problem, directions.vectors[j], value, noise)

    def cheap_slope(self, comparison: Comparisons) -> Slope:
        """Return a function for the bisection: the derivative along a vector and its error, from 1 or 2 evaluations.

        With differences it is D(h/2), with the step h and the error of the first failed direction.
        """
        evaluate, x = self._evaluate, self.problem.x
        first = int(np.argmax(comparison.failed))
        h = float(comparison.estimate.steps[first])
        error = K_NUMERIC * float(comparison.estimate.uncertainty[first])

        def with_complex_step(v: Array) -> tuple[float, float]:
            assert evaluate is not None
            self.evaluations += 1
            derivative = complex_slope(evaluate, x, v)[0]
            return derivative, float(complex_error(derivative))

        def with_difference(v: Array) -> tuple[float, float]:
            self.evaluations += 2
            line = vector_line(self.problem, v, self.consistency.value, 0.0)
            return (line.f(h / 2) - line.f(-h / 2)) / h, error

        return with_difference if evaluate is None else with_complex_step

    def is_right_at(self, factor: float) -> bool:
        """Return whether the gradient is right at a multiple of x, along two Gaussian directions."""
        x = factor * self.problem.x
        moved = replace(self.problem, x=x)
        with np.errstate(all="ignore"):
            value, g = float(as_one_number(moved.value(x.copy()))), gradient_at(moved, x.copy())
        if not (np.isfinite(value) and np.isfinite(g).all()):
            return False
        roundings = self.consistency.value_rounding, self.consistency.gradient_rounding
        consistency = Consistency(value, g, magnitude(moved, value), (), (), 0.0, *roundings)
        method: Method = "differences" if self._evaluate is None else "complex"
        there = ComparisonRunner(moved, consistency, method, self.seed)
        comparison = there.compare_along(there.directions(2, with_blocks=False))
        self.evaluations += there.evaluations
        # A larger tolerance could hide an error that is only smaller there.
        is_accurate = np.all(
            comparison.tolerance <= MAX_RELATIVE_TOLERANCE * comparison.directions.size(g)
        )
        return set(comparison.verdicts) == {"pass"} and bool(is_accurate)

    def is_right_along(self, v: Array) -> bool:
        """Return whether the gradient is right along a vector."""
        return self.compare_along(Directions(("",), v[None, :], (None,))).verdicts == ("pass",)


def _reason_from_tests_near_x(
    problem: Problem, evaluate: ComplexFunction, seed: int
) -> tuple[str | None, int]:
    """Return why the complex value cannot be trusted, from tests near x, or None; and the number of evaluations."""
    rng, scale = random_generator(seed), np.maximum(np.abs(problem.x), 1.0)
    problem = replace(
        problem, x=problem.x + TEST_OFFSET * scale * rng.uniform(-1.0, 1.0, scale.size)
    )
    directions = scale * rng.standard_normal((N_TEST_DIRECTIONS, scale.size))
    with np.errstate(all="ignore"):
        value = float(as_one_number(problem.value(problem.x.copy())))
        try:
            slopes = [complex_slope(evaluate, problem.x, v) for v in directions]
        except Exception as error:  # user code may raise any exception; then use differences
            return f"it raises {type(error).__name__}: {error}", N_TEST_DIRECTIONS
    size = magnitude(problem, value)
    measured, evaluations = noise_at_any_precision(problem.value, problem.x, seed)
    noise, evaluations = max(float(measured), HALF_ULP * size), evaluations + N_TEST_DIRECTIONS
    for v, (slope, real_part) in zip(directions, slopes, strict=True):
        if np.isfinite(value) and not abs(real_part - value) <= REAL_PART_RTOL * size:
            return f"its real part is {real_part}, but the real value is {value}", evaluations
        part = differentiate(vector_line(problem, v, value, noise))
        evaluations += part.evaluations
        if abs(slope - part.low) > K_NUMERIC * part.error + SLOPE_RTOL * abs(part.low):
            reason = (
                f"its slope in one direction is {slope:.6g}, but differences give {part.low:.6g}"
            )
            return reason, evaluations
    return None, evaluations
