"""Repeat with shorter steps the comparisons that did not pass, and those that passed without evidence.

The steps of a first comparison begin at max(|x_p|, 1) and may be far longer than the scale of f.  The numerical value
n_j is then meaningless, and its estimated error may be far too small.  So before a comparison fails, it is repeated
with the shortest step whose round-off error is far below the difference |g_j - n_j|: if the derivative is g_j, this
step shows it, regardless of the behavior of f at longer steps.

    the new value differs from g_j and agrees with n_j     the comparison fails, with n_j
    otherwise                                              the step is increased as long as the error decreases, and the
                                                           last value decides

An undecided comparison is repeated in the same way, with |g_j| in place of the difference.

Values of an integrator or an iterative solver are smooth over short distances but err by its tolerance over longer
ones, and their derivative inherits the slope of that error.  So if a comparison fails by little (`SMALL_ERROR`), the
roughness of f (function_noise.py) is measured.  If it exceeds the noise, f itself has an error, and `OWN_ERROR` of
the derivative and roughness / (`ROUGH_STEP` |x_p|) are added to the error of n_j.

A comparison of two zeros passes, but f may vary over distances far shorter than all steps.  So the change of f at very
short steps along one direction v, a combination of all directions with g_j consistent with 0, is compared with g . v.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import isfinite

import numpy as np

from sheernet.derivatives.comparisons.verdicts import K_NUMERIC, Comparisons
from sheernet.derivatives.estimates import (
    HALF_ULP,
    Difference,
    GradientEstimate,
    Line,
    ascend,
    extrapolated,
    random_generator,
    resolving_step,
)
from sheernet.foundation.arrays import Array, Mask

SMALL_ERROR = (
    1e-4  # maximum relative error of an entry that may be due to the error of the function itself
)
OWN_ERROR = 2.5e-5  # relative error of the derivative of a rough function; the tolerance is 4 times as large
ROUGH_STEP = 2.0**-4  # distance over which the error may change by the roughness, relative to |x_p|
ASSUMED_NOISE = 8.0  # relative to the rounding of a value
PROBE_STEPS = 2.0 ** -np.arange(16.0, 47.0, 6.0)
MIN_PROBED_CHANGE = 10.0  # times the noise

Lines = Callable[[int, float], Line]
"""(j, noise) -> f along direction j, with this noise of a value."""
Judge = Callable[[GradientEstimate], Comparisons]


class Confirmation:
    """Repeats comparisons with shorter steps, and counts the evaluations.

    Parameters
    ----------
    lines : callable
        (j, noise) -> f along direction j.
    judge : callable
        Estimate -> comparisons.
    noise : float
        The noise of a value.
    """

    def __init__(self, lines: Lines, judge: Judge, noise: float) -> None:
        self._lines, self._judge, self._noise = lines, judge, noise
        self.evaluations = 0

    def repeat(self, comparison: Comparisons) -> Comparisons:
        """Repeat the comparisons that did not pass."""
        parts = dict[int, Difference]()
        for j in np.flatnonzero(~comparison.passed & np.isfinite(comparison.analytic)).tolist():
            found = self._second(comparison, j)
            if found is not None:
                parts[j] = found
        return self._judge(comparison.estimate.with_parts(parts)) if parts else comparison

    def is_worst_confirmed(self, comparison: Comparisons) -> bool:
        """Return whether the comparison that failed most clearly fails again, for directions that share one scale.

        The noise has not been measured; `ASSUMED_NOISE` is accepted if the new error does not exceed it.
        """
        if not comparison.failed.any():
            return False
        with np.errstate(all="ignore"):
            excess = np.abs(comparison.analytic - comparison.numeric) / comparison.tolerance
        j = int(np.argmax(np.where(comparison.failed, np.nan_to_num(excess), -1.0)))
        estimate, difference = comparison.estimate, _difference(comparison, j)
        line = self._lines(j, 0.0)
        noise = ASSUMED_NOISE * max(estimate.noise, HALF_ULP * abs(line.center))
        line = replace(line, noise=noise)
        if not 0 < difference < np.inf or resolving_step(line, difference) >= estimate.steps[j]:
            return False
        trial = extrapolated(line, resolving_step(line, difference))
        self.evaluations += trial.evaluations
        return trial.truncation <= trial.roundoff and _fails_again(comparison, j, trial)

    def _second(self, comparison: Comparisons, j: int) -> Difference | None:
        """Return a better value of a comparison that did not pass; None if the first one stands."""
        line, estimate = self._lines(j, self._noise), comparison.estimate
        difference = _difference(comparison, j)
        if np.broadcast_to(estimate.spread, comparison.analytic.shape)[j] > 0:
            return None  # the one-sided derivatives at a kink
        if (
            not 0 < difference < np.inf
            or (h := resolving_step(line, difference)) >= estimate.steps[j]
        ):
            return None
        trial = extrapolated(line, h)
        if comparison.failed[j] and _fails_again(comparison, j, trial):
            self.evaluations += trial.evaluations
            return None
        return self._ascended(line, trial)

    def _ascended(self, line: Line, trial: Difference) -> Difference:
        part = ascend(line, trial)
        self.evaluations += part.evaluations
        return part

    def allow_for_roughness(self, comparison: Comparisons, rough: float) -> Comparisons:
        """Add the error of a function with this roughness to the small errors that failed."""
        small, estimate = with_small_error(comparison), comparison.estimate
        size = np.maximum(np.abs(comparison.analytic), np.abs(comparison.numeric))
        lengths = [
            abs((line := self._lines(j, rough)).start) or line.scale for j in range(small.size)
        ]
        own = OWN_ERROR * size + rough / (ROUGH_STEP * np.array(lengths))
        truncation = estimate.truncation + np.where(small, own, 0.0)
        return self._judge(replace(estimate, truncation=truncation))

    def probe(
        self, comparison: Comparisons, x: Array, along: Callable[[Array], Line], seed: int
    ) -> Comparisons:
        """Repeat the comparisons with g . v consistent with 0, if f varies at very short steps.

        Parameters
        ----------
        comparison : Comparisons
        x : ndarray, (P,)
            The point.
        along : callable
            v (P,) -> f along v.
        seed : int
            Seed of the weights of the directions.
        """
        zeros = ~comparison.failed & (np.abs(comparison.analytic) <= comparison.tolerance)
        if not zeros.any():
            return comparison
        weights = zeros * random_generator(seed).standard_normal(zeros.size)
        weights *= comparison.directions.length(x)
        line = along(comparison.directions.combined(weights))
        step = self._changing_step(line, float(weights @ comparison.analytic))
        if step is None:
            return comparison
        parts = dict[int, Difference]()
        for j in np.flatnonzero(zeros).tolist():
            part = self._ascended(
                own := self._lines(j, self._noise), extrapolated(own, step * abs(weights[j]))
            )
            allowed = part.error + comparison.estimate.uncertainty[j]
            if abs(part.low - comparison.numeric[j]) > K_NUMERIC * allowed:
                parts[j] = part
        return self._judge(comparison.estimate.with_parts(parts)) if parts else comparison

    def _changing_step(self, line: Line, claim: float) -> float | None:
        """Return a short step at which f has a slope other than claimed: the same at two steps, and above the noise."""
        self.evaluations += PROBE_STEPS.size
        values = np.array([line.f(h) for h in PROBE_STEPS.tolist()])
        with np.errstate(all="ignore"):
            slopes = (values - line.center) / PROBE_STEPS - claim
            noise = max(self._noise, HALF_ULP * abs(line.center))
            shown = np.isfinite(slopes) & (np.abs(slopes) * PROBE_STEPS > MIN_PROBED_CHANGE * noise)
            ratio = slopes[:-1] / slopes[1:]
        same = shown[:-1] & shown[1:] & (ratio > 0.5) & (ratio < 2.0)
        return float(PROBE_STEPS[1:][same][0]) if same.any() else None


def _difference(comparison: Comparisons, j: int) -> float:
    """Return |g_j - n_j| of a failure; for an undecided comparison the largest of g_j, n_j and the error of n_j."""
    claim, first = float(comparison.analytic[j]), float(comparison.numeric[j])
    if comparison.failed[j]:
        return abs(claim - first)
    sizes = abs(claim), abs(first), float(comparison.estimate.uncertainty[j])
    return max(size for size in sizes if isfinite(size))


def _fails_again(comparison: Comparisons, j: int, trial: Difference) -> bool:
    """Return whether a new value disagrees with g . v_j, and agrees with the first value."""
    allowed = K_NUMERIC * trial.error
    allowed_first = allowed + K_NUMERIC * float(comparison.estimate.uncertainty[j])
    is_wrong = abs(trial.low - comparison.analytic[j]) > allowed
    return bool(is_wrong and abs(trial.low - comparison.numeric[j]) <= allowed_first)


def with_small_error(comparison: Comparisons) -> Mask:
    """Return the mask of the failed comparisons whose error may be due to the function itself, (m,)."""
    return comparison.failed & (comparison.relative_error <= SMALL_ERROR)
