"""The rounding noise of a function, measured from its values.

The function is evaluated on a line of points so close together that a smooth function is a cubic there; what remains in
the fourth differences is noise.

Source: J. J. More and S. M. Wild, Estimating computational noise, SIAM J. Sci. Comput. 33 (2011) 1292-1314, section 3
(noise from a table of differences).  Deviation: they choose the order of the differences by the data; here it is 4, and
the spacing is at most 2^-30 of each entry, which makes the smooth part of f vanish.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import comb

import numpy as np
import numpy.typing as npt

from sheernet.derivatives.estimates.derivative_formulas import EPS, HALF_ULP
from sheernet.foundation.arrays import Array
from sheernet.foundation.scalars import as_whole

NOISE_POINTS = 16
NOISE_SPACING = 2.0**-30  # its fourth power is below the noise, yet it changes the roundings of f
NOISE_ORDER = 4
NOISE_FACTOR = 16.0
MOST_DECIMALS = 15
NEAR_TRIALS = 5  # spacings up to 2^-14
FAR_TRIALS = 3  # up to 2^-2, for values that do not differ before
TRIMMED = 0.378  # root mean square of the smaller half of Gaussian numbers


def generator(seed: int) -> np.random.Generator:
    """A random generator; the seed must be a whole number of at least 0."""
    return np.random.default_rng(as_whole("seed", seed, 0))


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
        Seed of the direction of the line.
    with_kinks : bool
        Whether f may jump on the line, as the gradient of relu networks does.  Then the larger half of the differences
        is left out: a jump spoils four of them, and jumps on both sides of x spoil five.

    Returns
    -------
    ndarray
        The noise of each value, at least eps/2 of the value, in the shape of f(x).

    References
    ----------
    J. J. More and S. M. Wild, SIAM J. Sci. Comput. 33 (2011) 1292-1314, section 3: sigma^2 = gamma_k mean T_k^2
    with gamma_k = (k!)^2 / (2k)! = 1 / binomial(2k, k), and T_k the k-th differences.
    """
    noise = _fourth_differences(_values_near(f, x, seed, NOISE_SPACING), with_kinks)
    return np.where(np.isfinite(noise), noise, np.inf)


def noise_at_any_precision(
    f: Callable[[Array], npt.ArrayLike], x: Array, seed: int = 0, with_kinks: bool = False
) -> tuple[Array, int]:
    """Measure the noise of a function that may round to fewer digits than float64, inside or at the end.

    Such a function is constant over short distances and noisy over longer ones: the distance of the points grows until
    most values differ.  A value that is rounded at the end is off by up to half the distance to the next one.

    Returns
    -------
    ndarray
        The noise of each value, as from `noise_level`.
    int
        Number of evaluations.
    """
    noise: Array = np.zeros(())
    seen: list[Array] = []
    for trial in range(NEAR_TRIALS + FAR_TRIALS):
        values = _values_near(f, x, seed, NOISE_SPACING * NOISE_FACTOR**trial)
        seen.append(values)
        if trial < NEAR_TRIALS:  # at longer distances f is no longer a cubic
            noise = np.maximum(noise, _fourth_differences(values, with_kinks))
        with np.errstate(all="ignore"):
            distinct = 1 + np.sum(np.diff(np.sort(values, axis=0), axis=0) > 0, axis=0)
        if np.median(distinct) > (NOISE_POINTS // 2 if trial < NEAR_TRIALS else 1):
            break
    if values.ndim == 1:
        noise = np.maximum(noise, 0.5 * digits_kept(np.concatenate(seen).tolist()))
    return np.where(np.isfinite(noise), noise, np.inf), NOISE_POINTS * (trial + 1)


def digits_kept(values: Sequence[float]) -> float:
    """The spacing of a grid that contains all values, of float32 numbers or of decimals; 0 if there is no such grid.

    Examples
    --------
    >>> from sheernet.derivatives.estimates.function_noise import digits_kept
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


def _values_near(f: Callable[[Array], npt.ArrayLike], x: Array, seed: int, spacing: float) -> Array:
    """Values of f at points on a line through x, (NOISE_POINTS, ...)."""
    direction = spacing * np.maximum(np.abs(x), 1e-3)
    direction = direction * generator(seed).uniform(-1.0, 1.0, x.shape)
    offsets = np.arange(NOISE_POINTS) - NOISE_POINTS // 2
    with np.errstate(all="ignore"):
        return np.array([np.asarray(f(x + j * direction), dtype=np.float64) for j in offsets])


def _fourth_differences(values: Array, with_kinks: bool) -> Array:
    """The noise of values on a line, from their fourth differences, in which a cubic vanishes."""
    with np.errstate(all="ignore"):
        largest = np.max(np.abs(values), axis=0)
        relative = values / np.where(largest > 0, largest, 1.0)  # so that no square overflows
        squares = np.square(np.diff(relative, n=NOISE_ORDER, axis=0))
        kept = np.sort(squares, axis=0)[: len(squares) // 2] if with_kinks else squares
        sigma = np.sqrt(np.mean(kept, axis=0) / comb(2 * NOISE_ORDER, NOISE_ORDER))
        result: Array = largest * np.maximum(sigma / TRIMMED if with_kinks else sigma, HALF_ULP)
    return result
