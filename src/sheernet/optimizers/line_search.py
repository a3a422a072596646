"""Line search for the strong Wolfe conditions (`strong_wolfe`), by bracketing and zooming.

Along phi(a) = f(x + a p), with phi'(0) < 0, it searches for a step length a with

    phi(a) <= phi(0) + c1 a phi'(0)          sufficient decrease   (N&W 3.7a)
    |phi'(a)| <= c2 |phi'(0)|                curvature             (N&W 3.7b)

Source: J. Nocedal and S. J. Wright, Numerical Optimization, 2nd ed. (2006), Algorithms 3.5 (bracket) and 3.6
(zoom), interpolation after section 3.5.  Deviations from the source:

1. At a trial point whose value or gradient is not finite, phi = +inf, and bisection moves away from it.
2. If values differ by less than their rounding error (noise), the slope determines sufficient decrease: if
   phi(a) <= phi(0) + noise, then phi'(a) <= (2 c1 - 1) phi'(0) suffices (the approximate Wolfe condition: Hager and
   Zhang 2005, SIAM J. Optim. 16, 170-192, eq. 4.1), and values that differ by less than the noise count as equal.
   Otherwise the gradient could not be reduced below about sqrt(eps |f|).  The noise is `NOISE` |f|, some times what was
   seen with small residuals r: the rounding error of an output z enters f as r z eps, which is larger than r^2 eps.
3. A trial length is the minimizer of the cubic through two values and slopes (N&W 3.59), at least 10 % of the bracket
   away from its ends.  If two successive trials did not halve the bracket, the next one bisects it.
4. An extrapolated length is between two and ten times the last trial length.
5. The search fails after the maximum number of trials, or if the ends of the bracket are the same x in float64.
   A failed search returns the best point found, possibly the start; `descend` accepts it if it is lower by more than
   the rounding error of f and its theta differs from the start.
6. `descend` divides the direction by a power of two (power_of_two_scaling.py), so that slopes stay within the range of
   float64 if gradients do.
"""

from __future__ import annotations

from collections.abc import Callable
from math import frexp, inf, isfinite, ldexp, nan, sqrt
from typing import NamedTuple, Protocol

import numpy as np

from sheernet.foundation.arrays import Array
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.scalars import in_brief, number_or_nan
from sheernet.optimizers.optimizer_protocol import EPS, Differentiable, is_finite
from sheernet.optimizers.power_of_two_scaling import exponent, scaled

MAX_TRIALS = 40
"""Maximum number of evaluations of a search."""
NOISE = 256 * EPS
"""Relative difference of values that counts as rounding error."""
CURVATURE = 1e-10
"""Minimum cosine between s and y of a pair used by quasi-Newton methods; independent of units."""


class Trial(NamedTuple):
    """A point on the line."""

    length: float  # a
    value: float  # phi(a)
    slope: float  # phi'(a)
    theta: Array  # x + a p, (P,)
    gradient: Array  # (P,)


class Iterate(Protocol):
    """The start of a search, such as a State of bfgs or lbfgs."""

    @property
    def theta(self) -> Array:
        """The point, (P,)."""

    @property
    def value(self) -> float:
        """The objective at this point."""

    @property
    def gradient(self) -> Array:
        """The gradient at this point, (P,)."""


class Search(NamedTuple):
    """Result of a line search: a point that satisfies the conditions, or the best point found."""

    found: bool
    best: Trial


def descend(
    objective: Differentiable, here: Iterate, direction: Array, first: float, c1: float, c2: float
) -> Trial | None:
    """Search from an iterate along a direction; None if this is not a descent direction or no lower point was found."""
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
    """Return the first trial length along -g if the curvature is unknown: a step of at most 1 in theta."""
    e = exponent(gradient)
    norm = float(np.linalg.norm(scaled(gradient, -e)))
    inverse = 1 / norm if norm > 0 else inf  # of the norm, times 2^e
    return min(1.0, ldexp(inverse, min(-e, 1000)))


def check_constants(c1: float, c2: float) -> None:
    """Raise `InvalidInput` for constants with which the Wolfe conditions may have no solution."""
    if not 0 < number_or_nan(c1) < number_or_nan(c2) < 1:
        raise InvalidInput(
            f"c1 and c2 must satisfy 0 < c1 < c2 < 1, but c1={in_brief(c1)} and c2={in_brief(c2)} were given"
        )


def along(objective: Differentiable, theta: Array, direction: Array) -> Callable[[float], Trial]:
    """Restrict an objective to the line theta + a direction; phi = +inf at points that are not finite."""

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
    """Search for a step length that satisfies the strong Wolfe conditions.

    Parameters
    ----------
    phi : callable
        Maps a length to a Trial.
    start : Trial
        The point at length 0; its slope must be negative.
    first : float
        The first trial length.
    c1, c2 : float
        The constants of the two conditions, 0 < c1 < c2 < 1.
    max_trials : int
        Maximum number of evaluations.

    Returns
    -------
    Search
        Whether the conditions are satisfied, and the best Trial.

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
    wolfe = _Wolfe(start, c1, c2, NOISE * abs(start.value))
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
    noise: float  # values closer than this count as equal

    def decreases(self, trial: Trial) -> bool:
        """Whether the decrease is sufficient (3.7a); below the noise the slope decides (deviation 2)."""
        if trial.value <= self.start.value + self.c1 * trial.length * self.start.slope:
            return True
        level = trial.value <= self.start.value + self.noise
        return level and trial.slope <= (2 * self.c1 - 1) * self.start.slope

    def is_flat(self, trial: Trial) -> bool:
        """Whether the curvature condition is satisfied (3.7b)."""
        return abs(trial.slope) <= -self.c2 * self.start.slope


def _zoom(
    phi: Callable[[float], Trial], wolfe: _Wolfe, low: Trial, high: Trial, max_trials: int
) -> Search:
    """Zoom (Algorithm 3.6): `low` is the best point with sufficient decrease; phi decreases from it toward `high`."""
    widths: list[float] = []
    for _ in range(max_trials):
        width = abs(high.length - low.length)
        if width == 0:  # an empty bracket, caused by slopes that are not the derivatives of phi
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
    """Return the next length if phi still decreases: the cubic's minimizer, limited to 2 to 10 times the length."""
    length = _cubic_minimizer(previous, trial)
    if not isfinite(length):
        return 2 * trial.length
    return min(max(length, 2 * trial.length), 10 * trial.length)


def _between(low: Trial, high: Trial, bisect: bool) -> float:
    """Return a length inside the bracket: the cubic's minimizer, away from the ends (deviation 3)."""
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
    """Return the minimizer of the cubic with the values and slopes of two points (N&W 3.59); nan if it has none."""
    gap = b.length - a.length
    d1 = a.slope + b.slope - 3 * (a.value - b.value) / (a.length - b.length)
    e = frexp(max(abs(d1), abs(a.slope), abs(b.slope)))[1]  # keeps the squares in range
    d1, left, right = ldexp(d1, -e), ldexp(a.slope, -e), ldexp(b.slope, -e)
    square = d1 * d1 - left * right
    if not square >= 0:
        return nan
    d2 = sqrt(square) if gap > 0 else -sqrt(square)
    denominator = right - left + 2 * d2
    return b.length - gap * (right + d2 - d1) / denominator if denominator != 0 else nan
