"""The derivative of f along a line from its values, with a step chosen by the estimated error.

Central difference        D(h) = (f(x + h v) - f(x - h v)) / (2 h),      error  h^2 f'''/6  +  noise / h
Richardson extrapolation  R(h) = (4 D(h/2) - D(h)) / 3,                  error  O(h^4)      +  3 noise / h

`differentiate` computes D at h, h/2, h/4, which give two extrapolations.  Their distance is the truncation error,
provided that the differences of D shrink by the factor 4 of the theory; otherwise (a kink of f, or too long a step) the
error is 2 (|D(h) - D(h/2)| + |D(h/2) - D(h/4)|).  Near many kinks, D may converge to a wrong value.  Therefore the
second difference

    B(h) = (f(x + h v) - 2 f(x) + f(x - h v)) / h  =  h f'' + O(h^3)

is checked, too: for smooth f, B(h) - 2 B(h/2) is O(h^3); a kink within the step changes B by twice as much as D.  So
the truncation error is set to at least |B(h) - 2 B(h/2)| less its noise.  If truncation dominates, the step is divided
by 8; if noise dominates, it is multiplied by 8; the step with the smallest error of at most `MAX_TRIALS` is used.  The
error of a step includes its distance from the values at all shorter steps, less their errors: steps longer than the
scale of f would otherwise win, because D, B and their differences all decrease as 1/h there.

The scale of f may be far below max(|x|, 1), the scale at which `differentiate` begins.  `ascend` begins at a given
short step and multiplies it by 8 as long as the error decreases and the values agree with those at all shorter steps;
comparisons/confirmation.py calls it with the shortest step whose noise is small enough.

If the kinks of f are known (`Problem.kinks`), the step is shortened until it crosses none.  A kink at x itself is
crossed by every step: f then has two one-sided derivatives, and every number between them is a valid derivative.

`differentiate_briefly` computes D at h and h/2 only: 4 values, for directions in a large space.  It returns R(h).  Its
truncation error is set to 2 |D(h) - D(h/2)| / 3, twice the estimated error of D(h/2).

Source: C. J. F. Ridders, Advances in Engineering Software 4 (1982) 75-76 (extrapolated differences with an error
estimate).  Deviation: Ridders builds a longer table at steps divided by 1.4; here the table has three steps and is
restarted at another step, so that an entry usually takes 6 values.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import inf, isfinite, nan

import numpy as np
import numpy.typing as npt

from sheernet.derivatives.estimates.derivative_formulas import HALF_ULP, exact_step

FIRST_STEP = 2.0**-10  # about eps^(1/5), the optimum for R(h)
BRIEF_STEP = 2.0**-18  # about eps^(1/3), the optimum for D(h)
MIN_STEP = 2.0**-36
STEP_FACTOR = 8.0
MAX_TRIALS = 6
TARGET_RELATIVE_ERROR = 1e-9  # relative error below which no other step is tried
MAX_ERRORS_APART = 2.0  # distance of two values that agree, in sums of their errors
ROUNDOFF_FACTOR = 6.0  # (4 * 4 + 2) / 3 times noise / h, for R(h/2)
RESOLVED_SHARE = 1 / 50  # then 4 times the round-off and truncation errors stay below it
SHORTEST_STEP = 2.0**-44  # relative to x; a quarter of it is still 64 units in the last place

Signs = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Line:
    """The function t -> f(x + t v) on a line through x.

    Attributes
    ----------
    f : callable
        t -> float.
    center : float
        f(x), the value at t = 0.
    noise : float
        Standard deviation of the noise of one value.
    scale : float
        The t at which t v is about as large as x.
    start : float
        x_i if v is the unit vector of entry i: steps are chosen so that start + t is exact.
    signs : callable, optional
        t -> (m,), the sign (-1, 0 or 1) of each kink function at x + t v.
    shortest : float
        The shortest step: the rounding of x + t v is negligible for longer ones.
    """

    f: Callable[[float], float]
    center: float
    noise: float
    scale: float = 1.0
    start: float = 0.0
    signs: Callable[[float], Signs] | None = None
    shortest: float = 0.0


@dataclass(frozen=True)
class Difference:
    """A derivative from differences: a number (low = high), or at a kink all numbers from `low` to `high`."""

    low: float
    high: float
    truncation: float
    roundoff: float
    h: float
    evaluations: int
    kinks: tuple[int, ...] = ()  # indices of the kinks within the initial step
    values: tuple[float, ...] = ()  # of the function, from `differentiate_briefly`

    @property
    def error(self) -> float:
        """Sum of the truncation and round-off errors."""
        return self.truncation + self.roundoff


def differentiate(line: Line) -> Difference:
    """Differentiate with extrapolated central differences at the best of several steps.

    If the next shorter step disagrees by more than its own error, the truncation error is increased accordingly.

    Parameters
    ----------
    line : Line

    Returns
    -------
    Difference
    """
    first = FIRST_STEP * line.scale
    h, kinks, clear = _clear_step(line, first)
    if not clear:
        return replace(_one_sided(line, h), kinks=kinks)
    longest = h if kinks else line.scale
    trials = dict[float, Difference]()
    while len(trials) < MAX_TRIALS and h not in trials and h <= longest:
        trials[h] = trial = extrapolated(line, h)
        if trial.error <= TARGET_RELATIVE_ERROR * abs(trial.low):
            break
        h = h * STEP_FACTOR if trial.truncation < trial.roundoff else h / STEP_FACTOR
    best = min(_doubted(trials), key=lambda trial: trial.error)
    return replace(best, evaluations=6 * len(trials), kinks=kinks)


def _doubted(trials: dict[float, Difference]) -> list[Difference]:
    """Increase truncation errors to at least the distances from the values at shorter steps, less their errors."""
    doubted = []
    for step, trial in trials.items():
        finer = [other for h, other in trials.items() if h < step and isfinite(other.low)]
        doubts = [abs(trial.low - other.low) - other.error for other in finer]
        doubted.append(replace(trial, truncation=max([trial.truncation, *doubts])))
    return doubted


def ascend(line: Line, first: Difference) -> Difference:
    """Differentiate with extrapolated central differences at increasing steps, as long as they improve.

    Parameters
    ----------
    line : Line
    first : Difference
        From `extrapolated`, at the shortest step.

    Returns
    -------
    Difference
        The last difference before the error increases, or before the values disagree with those at shorter steps.  Its
        number of evaluations includes all steps and `first`.
    """
    longest, kinks, clear = _clear_step(line, line.scale)
    trials, h, tried = [first], first.h, 1
    while clear and STEP_FACTOR * h <= longest:
        if trials[-1].error <= TARGET_RELATIVE_ERROR * abs(trials[-1].low):
            break
        h *= STEP_FACTOR
        trial, tried = extrapolated(line, h), tried + 1
        if not (trial.error < trials[-1].error and all(_agree(trial, t) for t in trials)):
            break
        trials.append(trial)
    return replace(trials[-1], evaluations=6 * tried, kinks=kinks)


def _agree(a: Difference, b: Difference) -> bool:
    return abs(a.low - b.low) <= MAX_ERRORS_APART * (a.error + b.error)


def differentiate_briefly(line: Line, h: float) -> Difference:
    """Differentiate with R(h) at one step: 4 values of f, and the error of D(h/2).

    Parameters
    ----------
    line : Line
    h : float
        The step; it is shortened if it crosses a known kink.

    Returns
    -------
    Difference
    """
    h, kinks, clear = _clear_step(line, h)
    if not clear:
        return replace(_one_sided(line, h), kinks=kinks)
    values, (d1, d2), (b1, b2) = _symmetric(line, h, h / 2)
    if not isfinite(d1 + d2):
        return Difference(nan, nan, inf, 0.0, h, 4, kinks)
    roundoff = 3 * max(line.noise, HALF_ULP * max(map(abs, values))) / h
    kink = abs(b1 - 2 * b2) - 6 * roundoff  # 18 noise / h; the worst case is 16
    value = (4 * d2 - d1) / 3
    truncation = max(2 * abs(d1 - d2) / 3, kink)
    return Difference(value, value, truncation, roundoff, h, 4, kinks, (line.center, *values))


def resolving_step(line: Line, difference: float) -> float:
    """Return the shortest step at which the round-off error of R is at most `RESOLVED_SHARE` of a difference."""
    noise = max(line.noise, HALF_ULP * abs(line.center))
    return max(ROUNDOFF_FACTOR * noise / (RESOLVED_SHARE * difference), line.shortest)


def kinks_crossed(line: Line, which: tuple[int, ...]) -> tuple[int, ...]:
    """Return the given kinks that the shortest step along a line crosses."""
    if line.signs is None:
        return ()
    crossed = set(_crossed(line.signs, line.signs(0.0), MIN_STEP * line.scale))
    return tuple(k for k in which if k in crossed)


def _clear_step(line: Line, h: float) -> tuple[float, tuple[int, ...], bool]:
    """Shorten h until it crosses no known kink; return it, the kinks that h crosses, and whether this succeeded."""
    if line.signs is None:
        return h, (), True
    here = line.signs(0.0)
    kinks = crossed = _crossed(line.signs, here, h)
    while crossed and h > MIN_STEP * line.scale:
        h /= STEP_FACTOR
        crossed = _crossed(line.signs, here, h)
    return h, kinks, not crossed


def _crossed(signs: Callable[[float], Signs], here: Signs, h: float) -> tuple[int, ...]:
    return tuple(np.flatnonzero((signs(h) != here) | (signs(-h) != here)).tolist())


def _one_sided(line: Line, h: float) -> Difference:
    """Return the interval between the left and right derivatives at a kink."""
    left, right = _side(line, -h), _side(line, h)
    low, high = sorted((left.low, right.low))
    truncation = max(left.truncation, right.truncation)
    roundoff = max(left.roundoff, right.roundoff)
    return Difference(low, high, truncation, roundoff, abs(h), left.evaluations + right.evaluations)


def _side(line: Line, h: float) -> Difference:
    """Compute a one-sided derivative: (4 f(h/2) - f(h) - 3 f(0)) / h, with the error h^2 f'''/12, at h and h/2.

    h is increased as long as it crosses no other kinks than the shortest step, because at the shortest step the
    derivative would be mostly noise.
    """
    assert line.signs is not None  # only called if kinks are known
    near = line.signs(h)
    while abs(h) < FIRST_STEP * line.scale and np.array_equal(line.signs(h * STEP_FACTOR), near):
        h *= STEP_FACTOR
    f1, f2, f4 = (line.f(h / part) for part in (1, 2, 4))
    coarse = (4 * f2 - f1 - 3 * line.center) / h
    fine = (4 * f4 - f2 - 3 * line.center) / (h / 2)
    if not isfinite(fine + coarse):
        return Difference(nan, nan, inf, 0.0, abs(h), 3)
    # fine has the coefficients 4, 1 and 3, divided by h/2: at most 16 noise / h.
    roundoff = 16 * max(line.noise, HALF_ULP * max(abs(f1), abs(f2), abs(f4))) / abs(h)
    return Difference(fine, fine, abs(fine - coarse), roundoff, abs(h), 3)


def extrapolated(line: Line, h: float) -> Difference:
    """Compute R(h/2) from D at h, h/2 and h/4, with its truncation and round-off errors; h is rounded."""
    h = 4 * exact_step(line.start, h / 4)
    values, (d1, d2, d4), (b1, b2, b4) = _symmetric(line, h, h / 2, h / 4)
    if not isfinite(d1 + d2 + d4):
        return Difference(nan, nan, inf, 0.0, h, 6)
    largest = max(map(abs, values))
    roundoff = ROUNDOFF_FACTOR * max(line.noise, HALF_ULP * largest) / h
    coarse, fine = (4 * d2 - d1) / 3, (4 * d4 - d2) / 3
    excess = 4 * abs(d2 - d4) - abs(d1 - d2)  # 0 in theory, for a short step and smooth f
    is_regular = abs(excess) <= 0.4 * abs(d1 - d2) + roundoff
    truncation = abs(fine - coarse) if is_regular else 2 * (abs(d1 - d2) + abs(d2 - d4))
    # 18 noise / h: at least the worst case of B(h) - 2 B(h/2), 16 noise / h, and the standard deviation of
    # B(h/2) - 2 B(h/4), 17 noise / h.
    kink = max(abs(b1 - 2 * b2), abs(b2 - 2 * b4)) - 3 * roundoff
    return Difference(fine, fine, max(truncation, kink), roundoff, h, 6)


def _symmetric(line: Line, *steps: float) -> tuple[list[float], list[float], list[float]]:
    """Return the values at x + h v for all steps h, then at x - h v; the D(h); and the second differences B(h)."""
    above, below = [line.f(step) for step in steps], [line.f(-step) for step in steps]
    triples = list(zip(above, below, steps, strict=True))
    slopes = [(up - down) / (2 * step) for up, down, step in triples]
    second = [(up - line.center + (down - line.center)) / step for up, down, step in triples]
    return above + below, slopes, second
