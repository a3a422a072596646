"""A line search for the strong Wolfe conditions, by bracketing and zooming.

Along phi(a) = f(x + a p), with phi'(0) < 0, it looks for a step length a with

    phi(a) <= phi(0) + c1 a phi'(0)          sufficient decrease   (N&W 3.7a)
    |phi'(a)| <= c2 |phi'(0)|                curvature             (N&W 3.7b)

Source: J. Nocedal and S. J. Wright, Numerical Optimization, 2nd ed. (2006), Algorithms 3.5 (bracket) and 3.6
(zoom), interpolation after section 3.5.  Deviations:

1. A trial point whose value or gradient is not finite counts as phi = +inf and is backed away from by bisection.
2. Sufficient decrease below rounding is decided by slopes: where phi(a) <= phi(0) + noise, (2 c1 - 1) phi'(0) >=
   phi'(a) is enough (Hager and Zhang 2005, SIAM J. Optim. 16, 170-192, eq. 4.1: the approximate Wolfe condition),
   and values that differ by less than the noise are equal.  Without it the gradient cannot be made smaller than
   about sqrt(eps |f|).
3. Trial lengths come from the cubic through two values and slopes (N&W 3.59), kept 10 % of the bracket away from
   its ends; after two trials that together did not halve the bracket, from bisection.
4. Extrapolation goes between twice and ten times as far as the last trial.
5. The search gives up when the trials are used up, or when the bracket is so short that its ends are the same x in
   float64.  A failure carries the best point seen, which may be the start; `descend` takes it all the same where it
   is lower by more than the rounding of f, and its theta is not that of the start.
6. `descend` divides the direction by a power of two (scaling.py), so that slopes stay in range where gradients do.
"""

from __future__ import annotations

from collections.abc import Callable
from math import frexp, inf, isfinite, ldexp, nan, sqrt
from typing import NamedTuple, Protocol

import numpy as np

from sheernet.foundation.arrays import Array
from sheernet.foundation.errors import InvalidInput
from sheernet.optimizers.scaling import exponent, scaled
from sheernet.optimizers.step import EPS, Objective, is_finite

MAX_TRIALS = 40
"""Evaluations of a search."""
CURVATURE = 1e-10
"""Least cosine between s and y of a pair that a quasi-Newton method learns from: a test without units."""


class Trial(NamedTuple):
    """A point on the line."""

    length: float  # a
    value: float  # phi(a)
    slope: float  # phi'(a)
    theta: Array  # x + a p, (P,)
    gradient: Array  # (P,)


class Iterate(Protocol):
    """Where a search begins: a State of bfgs or lbfgs is one."""

    @property
    def theta(self) -> Array:
        """The point, (P,)."""

    @property
    def value(self) -> float:
        """The objective there."""

    @property
    def gradient(self) -> Array:
        """Its gradient there, (P,)."""


class Search(NamedTuple):
    """How a line search ended: at a point that satisfies the conditions, or at the best that it saw."""

    found: bool
    best: Trial


def descend(
    objective: Objective, here: Iterate, direction: Array, first: float, c1: float, c2: float
) -> Trial | None:
    """Search from an iterate along a direction; None where it does not descend or no lower point was found."""
    e = exponent(direction)
    direction = scaled(direction, -e)  # (P,)
    slope = float(here.gradient @ direction)
    if not -inf < slope < 0:
        return None
    start = Trial(0.0, here.value, slope, here.theta, here.gradient)
    phi = along(objective, here.theta, direction)
    found, best = strong_wolfe(phi, start, float(np.ldexp(first, e)), c1=c1, c2=c2)
    lower = best.value < here.value - 10 * EPS * abs(here.value)
    if not (found or lower) or np.array_equal(best.theta, here.theta):
        return None
    return best._replace(length=float(np.ldexp(best.length, -e)))


def first_length(gradient: Array) -> float:
    """Length tried first along -g, when nothing is known of the curvature: a step of at most 1 in theta."""
    e = exponent(gradient)
    inverse = 1 / float(np.linalg.norm(scaled(gradient, -e)))  # of the norm, times 2^e
    return min(1.0, ldexp(inverse, min(-e, 1000)))


def check_constants(c1: float, c2: float) -> None:
    """Refuse constants for which the Wolfe conditions may have no common solution."""
    if not 0 < c1 < c2 < 1:
        raise InvalidInput(
            f"c1 and c2 of the line search must satisfy 0 < c1 < c2 < 1, but c1={c1!r}, c2={c2!r} were given"
        )


def along(objective: Objective, theta: Array, direction: Array) -> Callable[[float], Trial]:
    """Restrict an objective to the line theta + a direction; points that are not finite become phi = +inf."""

    def trial(length: float) -> Trial:
        candidate = theta + length * direction
        value, gradient = objective.value_and_gradient(candidate)
        if not is_finite(value, gradient):
            return Trial(length, inf, inf, candidate, gradient)
        return Trial(length, value, float(gradient @ direction), candidate, gradient)

    return trial


def strong_wolfe(
    phi: Callable[[float], Trial],
    start: Trial,
    first: float,
    *,
    c1: float = 1e-4,
    c2: float = 0.9,
    max_trials: int = MAX_TRIALS,
) -> Search:
    """Look for a step length that satisfies the strong Wolfe conditions.

    Parameters
    ----------
    phi : callable
        From a length to its Trial.
    start : Trial
        The point at length 0; its slope must be negative.
    first : float
        The length that is tried first.
    c1, c2 : float
        The constants of the two conditions, 0 < c1 < c2 < 1.
    max_trials : int
        Evaluations that may be spent.

    Returns
    -------
    Search
        found, and the best Trial.

    References
    ----------
    Nocedal and Wright (2006), Algorithms 3.5 and 3.6.

    Examples
    --------
    >>> import numpy as np
    >>> from sheernet.optimizers.line_search import Trial, strong_wolfe
    >>> none = np.empty(0)
    >>> phi = lambda a: Trial(a, (a - 3.0) ** 2, 2 * (a - 3.0), none, none)
    >>> strong_wolfe(phi, phi(0.0), 1.0, c2=0.1).best.length
    3.0
    """
    wolfe = _Wolfe(start, c1, c2, 4 * EPS * abs(start.value))
    previous, length = start, first  # a_0, a_1
    for i in range(max_trials):  # Algorithm 3.5: bracket
        trial = phi(length)
        if not wolfe.decreases(trial) or (i > 0 and trial.value > previous.value + wolfe.noise):
            return _zoom(phi, wolfe, previous, trial, max_trials - i - 1)
        if wolfe.is_flat(trial):
            return Search(True, trial)
        if trial.slope >= 0:
            return _zoom(phi, wolfe, trial, previous, max_trials - i - 1)
        previous, length = trial, _extrapolate(previous, trial)
    return Search(False, previous)


class _Wolfe(NamedTuple):
    """The two conditions."""

    start: Trial
    c1: float
    c2: float
    noise: float  # values closer than this are equal

    def decreases(self, trial: Trial) -> bool:
        """Sufficient decrease (3.7a); below the noise it is decided by the slope (deviation 2)."""
        if trial.value <= self.start.value + self.c1 * trial.length * self.start.slope:
            return True
        level = trial.value <= self.start.value + self.noise
        return level and trial.slope <= (2 * self.c1 - 1) * self.start.slope

    def is_flat(self, trial: Trial) -> bool:
        """Curvature (3.7b)."""
        return abs(trial.slope) <= -self.c2 * self.start.slope


def _zoom(
    phi: Callable[[float], Trial], wolfe: _Wolfe, low: Trial, high: Trial, max_trials: int
) -> Search:
    """Algorithm 3.6: `low` is the best point that decreases enough, and phi falls from it towards `high`."""
    widths: list[float] = []
    for _ in range(max_trials):
        width = abs(high.length - low.length)
        if width == 0:  # nothing lies between: slopes that are not those of phi lead here
            break
        stuck = len(widths) > 1 and width > 0.5 * widths[-2]
        widths.append(width)
        trial = phi(_between(low, high, stuck))
        if trial.value == low.value and np.array_equal(trial.theta, low.theta):
            break
        if not wolfe.decreases(trial) or trial.value > low.value + wolfe.noise:
            high = trial
            continue
        if wolfe.is_flat(trial):
            return Search(True, trial)
        if (trial.slope >= 0) == (high.length > low.length):
            high = low
        low = trial
    return Search(False, low)


def _extrapolate(previous: Trial, trial: Trial) -> float:
    """Next length when phi still falls at the last one: the cubic's minimum, from 2 to 10 times as far."""
    length = _cubic_minimizer(previous, trial)
    return (
        min(max(length, 2 * trial.length), 10 * trial.length)
        if isfinite(length)
        else 2 * trial.length
    )


def _between(low: Trial, high: Trial, bisect: bool) -> float:
    """Length inside the bracket: the cubic's minimum, kept away from the ends (deviation 3)."""
    middle = 0.5 * (low.length + high.length)
    if bisect or not isfinite(high.value):
        return middle
    length = _cubic_minimizer(low, high)
    if not isfinite(length):
        return middle
    left, right = sorted((low.length, high.length))
    margin = 0.1 * (right - left)
    return min(max(length, left + margin), right - margin)


def _cubic_minimizer(a: Trial, b: Trial) -> float:
    """Minimizer of the cubic with the values and slopes of two points (N&W 3.59); nan where it has none."""
    gap = b.length - a.length
    d1 = a.slope + b.slope - 3 * (a.value - b.value) / (a.length - b.length)
    e = frexp(max(abs(d1), abs(a.slope), abs(b.slope)))[1]  # so that the squares stay in range
    d1, left, right = ldexp(d1, -e), ldexp(a.slope, -e), ldexp(b.slope, -e)
    square = d1 * d1 - left * right
    if not square >= 0:
        return nan
    d2 = sqrt(square) if gap > 0 else -sqrt(square)
    denominator = right - left + 2 * d2
    return b.length - gap * (right + d2 - d1) / denominator if denominator != 0 else nan
