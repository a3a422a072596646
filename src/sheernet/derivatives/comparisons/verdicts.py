"""The rule that compares a gradient g with numerical derivatives n and decides each verdict: pass, fail, inconclusive.

The tolerance of a comparison is not a fixed number but follows from its estimated errors:

    uncertainty_j = u_j + e_j
    tolerance_j   = K_NUMERIC u_j + K_ANALYTIC e_j + RTOL size_j

where u_j is the truncation and round-off error of n_j (line_derivative.py), e_j the rounding noise of g, measured by
evaluating the gradient at nearby points, and size_j the larger of |g_j| and |n_j|.  A comparison

    fails            if |g_j - n_j| > tolerance_j;
    passes           if it does not fail, and the tolerance is small enough to be meaningful: at most RESOLUTION of its
                     size, or NEGLIGIBLE_SHARE of the root mean square of all sizes, both as they are and multiplied by
                     |x_p| (x may have entries in different units); or if both values are at most the
                     hidden derivative (for which a step as long as x changes f by no more than its rounding error), and
                     the tolerance is at most MAX_HIDDEN_RATIO times the hidden derivative;
    is inconclusive  otherwise: too large an error could be hidden.

A fixed tolerance gives false alarms for targets of 1e6, and does not detect one wrong weight in ten thousand.  The
constants were tuned on random networks of one seed and tested on those of another: for right gradients, |g_j - n_j|
stayed below half the tolerance.

For a direction v, g_j is g . v, the e_j are added in quadrature, and size_j is at least sqrt(sum_p (g_p v_p)^2).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from sheernet.derivatives.comparisons.directions import Directions
from sheernet.derivatives.comparisons.function_checks import gradient_at
from sheernet.derivatives.estimates import (
    COMPLEX_FLOOR,
    GradientEstimate,
    noise_at_any_precision,
    noise_level,
)
from sheernet.derivatives.problem import Problem
from sheernet.foundation.arrays import Array, Mask, as_float

K_NUMERIC = 4.0
K_ANALYTIC = 100.0
RTOL = 1e-9
RESOLUTION = 5e-3  # half of the error of 1 % that must be detected
NEGLIGIBLE_SHARE = 1e-8
ZERO_THRESHOLD = 10 * K_NUMERIC * COMPLEX_FLOOR  # derivatives below this count as 0
MAX_HIDDEN_RATIO = 200.0  # tolerance / hidden derivative
OVERFLOW_THRESHOLD = 1e290  # above this, an intermediate result of f or g may overflow

CRITERION = (
    f"An entry fails if |analytic - numeric| > tolerance = {K_NUMERIC:g} x the estimated error of the numeric value "
    f"+ {K_ANALYTIC:g} x the noise of the analytic value + {RTOL:g} x the larger of the two. It passes if it does not "
    f"fail and the tolerance is at most {RESOLUTION:g} of the entry or {NEGLIGIBLE_SHARE:g} of the root mean square of "
    "the gradient, or if the rounding of the function hides both values; otherwise it is inconclusive."
)

Verdict = Literal["pass", "fail", "inconclusive"]


@dataclass(frozen=True, eq=False)
class Comparisons:
    """m comparisons of a gradient with numerical derivatives.

    Attributes
    ----------
    directions : Directions
        Directions of the derivatives.
    analytic, numeric : ndarray, (m,)
        g . v_j and n_j; if n_j may be any number of an interval, the one closest to g . v_j.
    uncertainty : ndarray, (m,)
        u_j + e_j: estimated error of n_j plus rounding noise of g . v_j.
    tolerance : ndarray, (m,)
        The largest |g . v_j - n_j| that is not a failure; see the module docstring.
    verdicts : tuple of str
        "pass", "fail" or "inconclusive" for each comparison.
    estimate : GradientEstimate
        The numerical derivatives with their errors.
    """

    directions: Directions
    analytic: Array
    numeric: Array
    uncertainty: Array
    tolerance: Array
    verdicts: tuple[Verdict, ...]
    estimate: GradientEstimate

    @property
    def failed(self) -> Mask:
        """Mask of the failed comparisons, (m,)."""
        return np.array([verdict == "fail" for verdict in self.verdicts], dtype=bool)

    @property
    def passed(self) -> Mask:
        """Mask of the passed comparisons, (m,)."""
        return np.array([verdict == "pass" for verdict in self.verdicts], dtype=bool)

    @property
    def relative_error(self) -> Array:
        """|g . v_j - n_j| relative to the larger of the two, (m,); nan if that is 0 or not finite."""
        with np.errstate(all="ignore"):
            size = np.maximum(np.abs(self.analytic), np.abs(self.numeric))
            return np.abs(self.analytic - self.numeric) / size


def compare(
    directions: Directions,
    g: Array,
    noise: Array,
    estimate: GradientEstimate,
    hidden_derivative: Array | float = 0.0,
    units: Array | float = 1.0,
) -> Comparisons:
    """Compare a gradient with numerical derivatives along directions.

    Parameters
    ----------
    directions : Directions
        m directions.
    g, noise : ndarray, (P,)
        The gradient, and the rounding noise of each entry.
    estimate : GradientEstimate
        The m derivatives.
    hidden_derivative : ndarray, (m,), or float
        The rounding error of f divided by the length of x; f cannot resolve smaller derivatives.
    units : ndarray, (m,), or float
        The size of x along each direction; derivatives times units are comparable.
    """
    with np.errstate(all="ignore"):
        analytic = directions.dot(g)
        inside = np.clip(analytic - estimate.gradient, -estimate.spread, estimate.spread)
        numeric = estimate.gradient + np.where(np.isfinite(inside), inside, 0.0)
        own_noise = directions.size(noise)
        size = np.maximum(np.abs(analytic), np.abs(numeric))
        size = np.fmax(size, directions.size(np.where(np.isfinite(g), g, 0.0)))
        uncertainty = estimate.uncertainty + own_noise
        tolerance = K_NUMERIC * estimate.uncertainty + K_ANALYTIC * own_noise + RTOL * size
        verdicts = _judge(
            analytic, numeric, tolerance, size, np.asarray(hidden_derivative), np.asarray(units)
        )
    return Comparisons(directions, analytic, numeric, uncertainty, tolerance, verdicts, estimate)


def _judge(
    g: Array, n: Array, tolerance: Array, size: Array, hidden_derivative: Array, units: Array
) -> tuple[Verdict, ...]:
    """Return the verdict of each comparison, by the rule in the module docstring."""
    overflows = np.isfinite(n) & (np.abs(n) < OVERFLOW_THRESHOLD) & ~np.isfinite(g)
    failed = (np.isfinite(g) & (np.abs(g - n) > tolerance)) | overflows
    typical = np.minimum(_root_mean_square(size), _root_mean_square(size * units) / units)
    enough = np.maximum(RESOLUTION * size, NEGLIGIBLE_SHARE * typical + ZERO_THRESHOLD)
    hidden = (size <= hidden_derivative) & (tolerance <= MAX_HIDDEN_RATIO * hidden_derivative)
    decided = np.isfinite(g) & np.isfinite(tolerance) & ((tolerance <= enough) | hidden)
    return tuple(
        "fail" if f else "pass" if d else "inconclusive"
        for f, d in zip(failed, decided, strict=True)
    )


def overall_verdict(
    verdicts: tuple[Verdict, ...], failures: bool = False, doubts: bool = False
) -> Verdict:
    """Return the verdict of a check, from its comparisons and the failures and doubts found before them."""
    if failures or "fail" in verdicts:
        return "fail"
    return "inconclusive" if doubts or "inconclusive" in verdicts else "pass"


def _root_mean_square(size: Array) -> float:
    """Return the root mean square of the finite entries, without overflow of their squares."""
    finite = size[np.isfinite(size)]
    largest = float(np.max(finite, initial=0.0))
    return largest * float(np.sqrt(np.mean(np.square(finite / largest)))) if largest > 0 else 0.0


def gradient_sizes(problem: Problem, g: Array) -> Array:
    """Return the size of each gradient entry, (P,): the sum of the absolute values of its terms if known, or |g|."""
    if problem.gradient_magnitude is None:
        return np.abs(g)
    with np.errstate(all="ignore"):
        terms = problem.gradient_magnitude(problem.x.copy())
    return np.abs(as_float(terms, "the gradient_magnitude"))


def gradient_noise(problem: Problem, sizes: Array, rounding: float, seed: int) -> Array:
    """Return the rounding noise of each gradient entry, (P,): as measured, but at least that of its terms."""

    def g(x: Array) -> Array:
        return gradient_at(problem, x)

    if problem.complex_is_exact:  # an objective of sheernet: all its operations are in float64
        measured = noise_level(g, problem.x, seed, with_jumps=True)
    else:
        measured, _ = noise_at_any_precision(g, problem.x, seed, with_jumps=True)
    return np.fmax(measured, rounding * sizes)
