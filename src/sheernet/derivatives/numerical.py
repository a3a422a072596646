"""Derivatives from values of a function alone, each with an estimate of its own error.

Central difference        D(h) = (f(x + h e) - f(x - h e)) / (2 h),      error  h^2 f'''/6  +  noise / h
Richardson extrapolation  R(h) = (4 D(h/2) - D(h)) / 3,                  error  O(h^4)      +  3 noise / h
Complex step              Im f(x + i h e) / h,                           error  h^2 f'''/6, and no cancellation

`numerical_gradient` is the plain form: one number for each entry.  `estimate_gradient` is the careful one, for
a verdict.  Of each entry it takes D at h, h/2, h/4, hence two extrapolations.  Their distance is the truncation
error, provided that the differences of D shrink by the 4 that the theory demands; if they do not (a kink of f
or a step that is too long) then all the spread of D counts.  Where f has many kinks, D may converge by chance, and to
a wrong value; so the bend (f(x + h e) - 2 f(x) + f(x - h e)) / h is watched, too.  It is h f'' + O(h^3), which halves
with h where f is smooth, and a kink within the step moves it by twice as much as D.  A step that truncation spoils is
divided by 8, one that noise spoils is multiplied by 8, and the best of at most `MAX_TRIALS` is kept.

The noise of f is measured, not assumed: f is evaluated on a line of points so close together that a smooth f is a
cubic there, and whatever is left in the fourth differences is noise.

Sources: W. Squire and G. Trapp, Using complex variables to estimate derivatives of real functions, SIAM Review 40
(1998) 110-112, equation (2) (complex step).  C. J. F. Ridders, Advances in Engineering Software 4 (1982) 75-76
(extrapolated differences with an error estimate).  J. J. More and S. M. Wild, Estimating computational noise,
SIAM J. Sci. Comput. 33 (2011) 1292-1314, section 3 (noise from a table of differences).  W. H. Press et al., Numerical
Recipes, 3rd ed., section 5.7 (the step eps^(1/3), and x + h - x).
Deviations: Ridders builds a longer table at steps divided by 1.4; here it has three steps and is restarted at
another step, so that an entry costs 6 values as a rule.  More and Wild choose the order of the differences by the
data; here it is 4, and the spacing is at most 2^-30 of each entry, which makes the smooth part of f vanish.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import comb
from typing import Any

import numpy as np
import numpy.typing as npt

from sheernet.arrays import Array, as_float
from sheernet.derivatives.problem import ComplexFunction, ValueFunction, as_point
from sheernet.errors import InvalidInput, ShapeMismatch, unknown_name

EPS = float(np.finfo(np.float64).eps)
HALF_ULP = EPS / 2  # of a value: the rounding that every function has
COMPLEX_STEP = 2.0**-341  # h^2 = smallest / h: what truncation and underflow leave is as small
COMPLEX_FLOOR = 1e-190  # those are 1e-205; a third derivative may be large: smaller is taken for 0
FIRST_STEP = 2.0**-10  # near eps^(1/5), the best for R(h), of max(|x_i|, 1)
STEP_FACTOR = 8.0
MAX_TRIALS = 6
GOOD_ENOUGH = 1e-9  # of the derivative: a smaller error needs no better step
NOISE_POINTS = 16
NOISE_SPACING = 2.0**-30  # its fourth power vanishes beside noise, and it moves the roundings of f
NOISE_ORDER = 4


@dataclass(frozen=True, eq=False)
class GradientEstimate:
    """A gradient from values alone, with the error of each entry.

    Attributes
    ----------
    gradient : ndarray, (P,)
        The derivatives.
    truncation : ndarray, (P,)
        Estimated error of the formula: 0 for the complex step.
    roundoff : ndarray, (P,)
        Estimated error from the noise of the function.
    steps : ndarray, (P,)
        The step h of each entry.
    noise : float
        Estimated noise of one value of the function; 0 for the complex step.
    evaluations : int
        Number of values that were computed.
    """

    gradient: Array
    truncation: Array
    roundoff: Array
    steps: Array
    noise: float
    evaluations: int

    @property
    def uncertainty(self) -> Array:
        """Truncation and round-off together, (P,)."""
        return self.truncation + self.roundoff


def numerical_gradient(
    f: Callable[[Any], Any], x: npt.ArrayLike, step: float | None = None, method: str = "central"
) -> Array:
    """Differentiate a function numerically, one entry after the other.

    "central" is (f(x + h e_i) - f(x - h e_i)) / (2 h), "forward" is (f(x + h e_i) - f(x)) / h, and "complex" is
    Im f(x + i h e_i) / h, which is exact to rounding where f takes complex numbers and is analytic: no abs,
    no conjugate, no comparison of complex numbers.

    Parameters
    ----------
    f : callable
        x -> float.  It gets an array of the shape of x; for "complex" a complex one.
    x : array_like
        The point, of any shape.
    step : float, optional
        The h of every entry, taken as it is: 1e-4 with "central" is the formula of the notebook.  When omitted, it is
        eps^(1/3) max(|x_i|, 1) for "central", eps^(1/2) max(|x_i|, 1) for "forward", both rounded so that x_i + h is
        exact, and 2^-341 for "complex".
    method : {"central", "forward", "complex"}
        The formula.

    Returns
    -------
    ndarray
        The gradient, in the shape of x.

    Raises
    ------
    InvalidInput
        When the method or the step is not one of those, or f returns no number.

    References
    ----------
    W. H. Press et al., Numerical Recipes, 3rd ed., section 5.7; W. Squire and G. Trapp, SIAM Review 40 (1998) 110-112.

    Examples
    --------
    >>> import sheernet as sn
    >>> import numpy as np
    >>> sn.numerical_gradient(lambda x: np.sum(x**2), [1.0, 2.0], step=0.5)
    array([2., 4.])
    >>> sn.numerical_gradient(lambda x: np.sum(np.exp(x)), [0.0], method="complex")
    array([1.])
    """
    if method not in _FORMULAS:
        raise unknown_name("method", method, _FORMULAS)
    if step is not None and not (np.isfinite(step) and step > 0):
        raise InvalidInput(
            f"step must be a positive number, but {step} was given; omit it for the default"
        )
    point = as_float(x, "x")
    formula, default = _FORMULAS[method]
    gradient = np.empty(point.size)
    for i, x_i in enumerate(point.flat):
        h = default(float(x_i)) if step is None else float(step)
        gradient[i] = formula(_along(f, point, i), h)
    return gradient.reshape(point.shape)


def estimate_gradient(
    f: ValueFunction, x: npt.ArrayLike, magnitude: float = 0.0, seed: int = 0
) -> GradientEstimate:
    """Differentiate by extrapolated central differences, with an error estimate for each entry.

    Parameters
    ----------
    f : callable
        x (P,) -> float.
    x : array_like, (P,)
        The point.
    magnitude : float, optional
        The sum of the absolute terms that f adds up, where it is known: eps/2 times it is the least noise.
    seed : int, optional
        Of the direction in which the noise is measured.

    Returns
    -------
    GradientEstimate
        An entry whose values are not finite at any step has the derivative nan and the uncertainty inf.

    References
    ----------
    C. J. F. Ridders (1982); J. J. More and S. M. Wild (2011); see the head of this module.

    Examples
    --------
    >>> import sheernet as sn
    >>> import numpy as np
    >>> estimate = sn.derivatives.estimate_gradient(lambda x: np.sin(x[0]), [1.0])
    >>> bool(abs(estimate.gradient[0] - np.cos(1.0)) <= 4 * estimate.uncertainty[0])
    True
    """
    point = as_point(x)
    noise = max(float(noise_level(f, point, seed)), HALF_ULP * abs(magnitude))
    center = _along(f, point, 0)(0.0)
    entries = [
        _best_difference(_along(f, point, i), float(x_i), center, noise)
        for i, x_i in enumerate(point)
    ]
    return GradientEstimate(
        gradient=np.array([e.value for e in entries]),
        truncation=np.array([e.truncation for e in entries]),
        roundoff=np.array([e.roundoff for e in entries]),
        steps=np.array([e.h for e in entries]),
        noise=noise,
        evaluations=NOISE_POINTS + 1 + sum(e.evaluations for e in entries),
    )


def complex_step_gradient(f: ComplexFunction, x: npt.ArrayLike) -> GradientEstimate:
    """Differentiate by complex steps; the errors that are left are those of rounding inside f.

    Parameters
    ----------
    f : callable
        x (P,) complex -> complex, analytic in x.
    x : array_like, (P,)
        The point, real.

    Returns
    -------
    GradientEstimate
        With a round-off of eps times the derivative, and of 1e-190 (times the largest derivative above 1) for what
        underflow may lose.

    References
    ----------
    W. Squire and G. Trapp, SIAM Review 40 (1998) 110-112, equation (2).
    """
    gradient = numerical_gradient(f, as_point(x), method="complex")
    steps = np.full(gradient.shape, COMPLEX_STEP)
    size = np.abs(gradient)
    largest = float(np.max(size, initial=1.0, where=np.isfinite(size)))
    lost = COMPLEX_FLOOR * largest  # what underflows inside f may be multiplied afterwards
    roundoff = np.where(np.isfinite(gradient), EPS * size + lost, np.inf)
    return GradientEstimate(gradient, np.zeros_like(gradient), roundoff, steps, 0.0, gradient.size)


def noise_level(f: Callable[[Array], npt.ArrayLike], x: Array, seed: int = 0) -> Array:
    """Measure the rounding noise (a standard deviation) of a function with one or more values.

    Parameters
    ----------
    f : callable
        x (P,) -> float or array.
    x : ndarray, (P,)
        The point.
    seed : int, optional
        Of the direction.

    Returns
    -------
    ndarray
        The noise of each value, at least eps/2 of the value; its shape is that of f(x).

    References
    ----------
    J. J. More and S. M. Wild, SIAM J. Sci. Comput. 33 (2011) 1292-1314, section 3: sigma^2 = gamma_k mean T_k^2
    with gamma_k = (k!)^2 / (2k)! = 1 / binomial(2k, k), and T_k the k-th differences.
    """
    spacing = NOISE_SPACING * np.maximum(np.abs(x), 1e-3)
    direction = spacing * np.random.default_rng(seed).uniform(-1.0, 1.0, x.shape)
    offsets = np.arange(NOISE_POINTS) - NOISE_POINTS // 2
    with np.errstate(all="ignore"):
        values = np.array([np.asarray(f(x + j * direction), dtype=np.float64) for j in offsets])
        largest = np.max(np.abs(values), axis=0)
        relative = values / np.where(largest > 0, largest, 1.0)  # so that no square overflows
        table = np.diff(relative, n=NOISE_ORDER, axis=0)
        sigma = np.sqrt(np.mean(np.square(table), axis=0) / comb(2 * NOISE_ORDER, NOISE_ORDER))
        noise = largest * np.maximum(sigma, HALF_ULP)
    return np.where(np.isfinite(noise), noise, np.inf)


@dataclass(frozen=True)
class _Difference:
    """One derivative by extrapolated differences."""

    value: float
    truncation: float
    roundoff: float
    h: float
    evaluations: int

    @property
    def error(self) -> float:
        return self.truncation + self.roundoff


def _best_difference(
    line: Callable[[float], float], x: float, center: float, noise: float
) -> _Difference:
    """Try steps until one is good enough or none is better; a finer one must agree within its own error."""
    scale = max(abs(x), 1.0)
    h, trials = FIRST_STEP * scale, dict[float, _Difference]()
    while len(trials) < MAX_TRIALS and h not in trials and h <= scale:
        trials[h] = trial = _extrapolated(line, center, 4 * _exact(x, h / 4), noise)
        if trial.error <= GOOD_ENOUGH * abs(trial.value):
            break
        h = h * STEP_FACTOR if trial.truncation < trial.roundoff else h / STEP_FACTOR
    chosen = min(trials, key=lambda step: trials[step].error)
    best, finer = trials[chosen], trials.get(chosen / STEP_FACTOR)
    doubt = 0.0
    if finer is not None and np.isfinite(finer.value):
        doubt = abs(best.value - finer.value) - finer.error
    return replace(best, truncation=max(best.truncation, doubt), evaluations=6 * len(trials))


def _extrapolated(
    line: Callable[[float], float], center: float, h: float, noise: float
) -> _Difference:
    """R(h/2) from D at h, h/2 and h/4, with its truncation and round-off errors; `center` is f(x)."""
    steps = (h, h / 2, h / 4)
    above, below = [line(step) for step in steps], [line(-step) for step in steps]
    triples = list(zip(above, below, steps, strict=True))
    d1, d2, d4 = ((up - down) / (2 * step) for up, down, step in triples)
    bend1, bend2, bend4 = ((up - center + (down - center)) / step for up, down, step in triples)
    if not np.isfinite(d1 + d2 + d4):
        return _Difference(np.nan, np.inf, 0.0, h, 6)
    largest = max(map(abs, above + below))
    roundoff = 6 * max(noise, HALF_ULP * largest) / h  # (4 * 4 + 2) / 3 noises over h
    coarse, fine = (4 * d2 - d1) / 3, (4 * d4 - d2) / 3
    shrink = 4 * abs(d2 - d4) - abs(d1 - d2)  # theory: 0, where the step is short and f smooth
    regular = abs(shrink) <= 0.4 * abs(d1 - d2) + roundoff
    truncation = abs(fine - coarse) if regular else 2 * (abs(d1 - d2) + abs(d2 - d4))
    bend_noise = 3 * roundoff  # 16 noises over h
    kink = max(abs(bend1 - 2 * bend2), abs(bend2 - 2 * bend4)) - bend_noise
    return _Difference(fine, max(truncation, kink), roundoff, h, 6)


def _along(f: Callable[[Any], Any], point: Array, i: int) -> Callable[[complex], Any]:
    """The function on the line through the point along entry i; f gets a fresh array each time."""

    def line(offset: complex) -> Any:
        moved = point.astype(np.complex128) if isinstance(offset, complex) else point.copy()
        moved.flat[i] += offset
        with np.errstate(all="ignore"):
            return as_number(f(moved), complex if isinstance(offset, complex) else float)

    return line


def as_number(value: Any, kind: type = float) -> Any:
    """The one number that a function returned, or a sentence."""
    array = np.asarray(value)
    if array.size != 1 or array.dtype.kind not in ("fiubc" if kind is complex else "fiub"):
        shape = f"an array of shape {array.shape}"
        given = shape if array.size != 1 else f"{type(value).__name__} {value!r}"
        wanted = "one number" if kind is complex else "one real number"
        raise ShapeMismatch(f"the function must return {wanted}, but it gave {given}")
    return kind(array.reshape(-1)[0])


def _exact(x: float, h: float) -> float:
    """The step next to h for which x + h is exact, or nearly so below x (Numerical Recipes, equation 5.7.4)."""
    return float((x + h) - x)


_FORMULAS: dict[
    str, tuple[Callable[[Callable[[complex], Any], float], float], Callable[[float], float]]
] = {
    "central": (
        lambda line, h: (line(h) - line(-h)) / (2 * h),
        lambda x: _exact(x, EPS ** (1 / 3) * max(abs(x), 1.0)),
    ),
    "forward": (
        lambda line, h: (line(h) - line(0.0)) / h,
        lambda x: _exact(x, EPS**0.5 * max(abs(x), 1.0)),
    ),
    "complex": (
        lambda line, h: line(complex(0.0, h)).imag / h,
        lambda x: COMPLEX_STEP,
    ),
}
