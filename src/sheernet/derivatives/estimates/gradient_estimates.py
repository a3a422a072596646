"""Gradients from values alone, with an error estimate for each entry; and the noise of a function.

The noise of f is measured, not assumed: f is evaluated on a line of points so close together that a smooth f is a
cubic there, and whatever is left in the fourth differences is noise.

Sources: J. J. More and S. M. Wild, Estimating computational noise, SIAM J. Sci. Comput. 33 (2011) 1292-1314, section 3
(noise from a table of differences).  Deviation: they choose the order of the differences by the data; here it is 4, and
the spacing is at most 2^-30 of each entry, which makes the smooth part of f vanish.  W. Squire and G. Trapp, Using
complex variables to estimate derivatives of real functions, SIAM Review 40 (1998) 110-112, equation (2).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import comb

import numpy as np
import numpy.typing as npt

from sheernet.derivatives.estimates.line_derivative import HALF_ULP, Difference, Line, differentiate
from sheernet.derivatives.estimates.numerical import COMPLEX_STEP, EPS, along, numerical_gradient
from sheernet.derivatives.problem import ComplexFunction, ValueFunction, as_point
from sheernet.foundation.arrays import Array

COMPLEX_FLOOR = 1e-190  # what underflows at COMPLEX_STEP is 1e-205; a third derivative may be large: smaller is 0
NOISE_POINTS = 16
NOISE_SPACING = 2.0**-30  # its fourth power vanishes beside noise, and it moves the roundings of f
NOISE_ORDER = 4
NOISE_FACTOR = 16.0
MOST_DECIMALS = 15
NOISE_TRIALS = 5  # spacings up to 2^-14
FAR_TRIALS = 3  # up to 2^-2, for values that do not differ before
TRIMMED = 0.378  # root mean square of the smaller half of Gaussian numbers


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
    spread : ndarray, (P,) or float
        At a kink, half the distance of the derivatives to its two sides; all numbers between them are right.
    kinks : tuple of tuples of int
        The known kinks near each entry's x: within the step that would have been taken.
    """

    gradient: Array
    truncation: Array
    roundoff: Array
    steps: Array
    noise: float
    evaluations: int
    spread: Array | float = 0.0
    kinks: tuple[tuple[int, ...], ...] = ()

    @property
    def uncertainty(self) -> Array:
        """Truncation and round-off together, (P,)."""
        return self.truncation + self.roundoff


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
    center = along(f, point, 0)(0.0)
    entries = [
        differentiate(Line(along(f, point, i), center, noise, max(abs(x_i), 1.0), x_i))
        for i, x_i in enumerate(point.tolist())
    ]
    return of_differences(entries, noise, 1 + NOISE_POINTS)


def of_differences(parts: list[Difference], noise: float, before: int) -> GradientEstimate:
    """Put differences together to one estimate; `before` is the number of values that went before them."""
    low, high = (np.array([getattr(part, end) for part in parts]) for end in ("low", "high"))
    return GradientEstimate(
        gradient=0.5 * (low + high),
        truncation=np.array([part.truncation for part in parts]),
        roundoff=np.array([part.roundoff for part in parts]),
        steps=np.array([part.h for part in parts]),
        noise=noise,
        evaluations=before + sum(part.evaluations for part in parts),
        spread=0.5 * (high - low),
        kinks=tuple(part.kinks for part in parts),
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
    none = np.zeros_like(gradient)
    return GradientEstimate(gradient, none, complex_error(gradient), steps, 0.0, gradient.size)


def complex_error(slopes: npt.ArrayLike) -> Array:
    """What rounding and underflow leave of derivatives by complex step; inf where one is not finite."""
    size = np.abs(np.asarray(slopes, dtype=np.float64))
    known = np.isfinite(size)
    largest = np.max(size, initial=1.0, where=known)  # what underflows may be multiplied afterwards
    return np.where(known, EPS * size + COMPLEX_FLOOR * largest, np.inf)


def noise_level(
    f: Callable[[Array], npt.ArrayLike], x: Array, seed: int = 0, with_kinks: bool = False
) -> Array:
    """Measure the rounding noise (a standard deviation) of a function with one or more values.

    Parameters
    ----------
    f : callable
        x (P,) -> float or array.
    x : ndarray, (P,)
        The point.
    seed : int, optional
        Of the direction.
    with_kinks : bool
        Whether f may jump somewhere on the line, as the gradient of relu networks does: then the larger
        half of the differences is left out: a jump spoils four, and one on either side of x five.

    Returns
    -------
    ndarray
        The noise of each value, at least eps/2 of the value; its shape is that of f(x).

    References
    ----------
    J. J. More and S. M. Wild, SIAM J. Sci. Comput. 33 (2011) 1292-1314, section 3: sigma^2 = gamma_k mean T_k^2
    with gamma_k = (k!)^2 / (2k)! = 1 / binomial(2k, k), and T_k the k-th differences.
    """
    values = _near(f, x, seed, NOISE_SPACING)
    noise = _fourth_differences(values, with_kinks)
    return np.where(np.isfinite(noise), noise, np.inf)


def noise_of_stranger(
    f: Callable[[Array], npt.ArrayLike], x: Array, seed: int = 0, with_kinks: bool = False
) -> tuple[Array, int]:
    """Measure noise where values may be rounded to fewer digits than float64 has, on the way or at the end.

    Such a function is constant over short distances, and noisy over longer ones: points are moved apart until most
    values differ.  A value that is rounded at the end is off by half the distance to the next one.

    Returns
    -------
    ndarray
        The noise of each value, as for `noise_level`.
    int
        How many values it took.
    """
    noise: Array = np.zeros(())
    seen: list[Array] = []
    for trial in range(NOISE_TRIALS + FAR_TRIALS):
        values = _near(f, x, seed, NOISE_SPACING * NOISE_FACTOR**trial)
        seen.append(values)
        if trial < NOISE_TRIALS:  # farther away it is no longer a cubic
            noise = np.maximum(noise, _fourth_differences(values, with_kinks))
        with np.errstate(all="ignore"):
            distinct = 1 + np.sum(np.diff(np.sort(values, axis=0), axis=0) > 0, axis=0)
        if np.median(distinct) > (NOISE_POINTS // 2 if trial < NOISE_TRIALS else 1):
            break
    if values.ndim == 1:
        noise = np.maximum(noise, 0.5 * digits_kept(np.concatenate(seen).tolist()))
    return np.where(np.isfinite(noise), noise, np.inf), NOISE_POINTS * (trial + 1)


def digits_kept(values: Sequence[float]) -> float:
    """The step of a grid on which all values lie, 0 where there is none: they are float32, or rounded to some decimals.

    Examples
    --------
    >>> from sheernet.derivatives.estimates.gradient_estimates import digits_kept
    >>> digits_kept([0.25, 1.75, 3.14]), digits_kept([0.1 + 0.2, 1 / 3])
    (0.01, 0.0)
    """
    numbers = np.unique(np.asarray(values, dtype=np.float64))
    numbers = numbers[np.isfinite(numbers)]
    largest = float(np.max(np.abs(numbers), initial=0.0))
    if numbers.size < 2 or largest == 0:
        return 0.0
    with np.errstate(all="ignore"):
        if np.all(numbers.astype(np.float32) == numbers):
            return float(np.finfo(np.float32).eps) * largest
    for decimals in range(MOST_DECIMALS):
        step = 10.0**-decimals
        if step < 100 * EPS * largest:
            break
        steps = numbers / step
        if np.all(np.abs(steps - np.round(steps)) <= 4 * EPS * np.abs(steps)):
            return step
    return 0.0


def _near(f: Callable[[Array], npt.ArrayLike], x: Array, seed: int, spacing: float) -> Array:
    """Values of f at points on a line through x, (NOISE_POINTS, ...)."""
    direction = spacing * np.maximum(np.abs(x), 1e-3)
    direction = direction * np.random.default_rng(seed).uniform(-1.0, 1.0, x.shape)
    offsets = np.arange(NOISE_POINTS) - NOISE_POINTS // 2
    with np.errstate(all="ignore"):
        return np.array([np.asarray(f(x + j * direction), dtype=np.float64) for j in offsets])


def _fourth_differences(values: Array, with_kinks: bool) -> Array:
    """The noise of values on a line, from what a cubic leaves of them."""
    with np.errstate(all="ignore"):
        largest = np.max(np.abs(values), axis=0)
        relative = values / np.where(largest > 0, largest, 1.0)  # so that no square overflows
        table = np.square(np.diff(relative, n=NOISE_ORDER, axis=0))
        kept = np.sort(table, axis=0)[: len(table) // 2] if with_kinks else table
        sigma = np.sqrt(np.mean(kept, axis=0) / comb(2 * NOISE_ORDER, NOISE_ORDER))
        result: Array = largest * np.maximum(sigma / TRIMMED if with_kinks else sigma, HALF_ULP)
    return result
