"""The rounding noise of a function, measured from its values.

The function is evaluated at equidistant points so close together that a smooth function is a cubic there; its fourth
differences then contain only noise.

Source: J. J. More and S. M. Wild, Estimating computational noise, SIAM J. Sci. Comput. 33 (2011) 1292-1314, section 3
(noise from a table of differences).  Deviation: they choose the order of the differences from the data; here it is 4.
The spacing is at most 2^-30 max(|x_i|, 10^-3) in each entry i, which makes the smooth part of f vanish; if the values
do not differ there, `noise_at_any_precision` increases it by factors of 16, up to 2^-2 max(|x_i|, 10^-3); if the noise
is implausibly large, f may vary over that spacing, and the spacing is decreased to 2^-38 |x_i| and 2^-46 |x_i|.

Values of an integrator with variable steps, or of an iterative solver, are smooth over very short distances, but have
errors of the size of its tolerance over longer ones.  `roughness` measures this error with differences of order 12 at
spacings from 2^-4 to 2^-10 |x_i|.  They are attributed to an error, and not to a smooth function, if those of order 10
are about as small and those at half the spacing are not far smaller: for a smooth function they would fall by 2^12.  If
they are not small compared with the range of the values at all spacings, f itself varies or has kinks, and its error
cannot be measured.
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
NOISE_SPACING = 2.0**-30  # its fourth power is below the noise, but it changes the roundings of f
NOISE_ORDER = 4
SPACING_FACTOR = 16.0
SHORTER_SPACINGS = (2.0**-38, 2.0**-46)  # the last one is 64 units in the last place of x
PLAUSIBLE_NOISE = 1e-12  # relative noise above which a number is measured at shorter spacings
PLAUSIBLE_NOISE_OF_ARRAYS = 1e-6  # some entries may be small differences of large numbers
ROUGHNESS_SPACINGS = 2.0 ** -np.arange(4.0, 11.0)
MAX_FALL = 2.0**9  # of differences of order 12 at half the spacing
MAX_ROUGHNESS = 3e-6  # relative to the range of the values; above, f itself varies
MAX_DECIMALS = 15
N_SHORT_SPACINGS = 5  # 2^-30 to 2^-14
N_LONG_SPACINGS = 3  # 2^-10 to 2^-2, if the values do not differ at the short ones
LOWER_HALF_RMS = 0.378  # root mean square of the smaller half of Gaussian numbers


def random_generator(seed: int) -> np.random.Generator:
    """Make a random generator; the seed must be a whole number of at least 0."""
    return np.random.default_rng(as_whole("seed", seed, 0))


def noise_level(
    f: Callable[[Array], npt.ArrayLike], x: Array, seed: int = 0, with_jumps: bool = False
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
    with_jumps : bool
        Whether f may jump on the line, as the gradient of relu networks does.  Then the larger half of the differences
        is omitted: a jump changes four of them, and jumps on both sides of x change five.

    Returns
    -------
    ndarray
        The noise of each value, at least eps/2 of the value, in the shape of f(x).

    References
    ----------
    J. J. More and S. M. Wild, SIAM J. Sci. Comput. 33 (2011) 1292-1314, section 3: sigma^2 = gamma_k mean T_k^2
    with gamma_k = (k!)^2 / (2k)! = 1 / binomial(2k, k), and T_k the k-th differences.
    """
    noise = _fourth_differences(_values_near(f, x, seed, NOISE_SPACING), with_jumps)
    return np.where(np.isfinite(noise), noise, np.inf)


def noise_at_any_precision(
    f: Callable[[Array], npt.ArrayLike], x: Array, seed: int = 0, with_jumps: bool = False
) -> tuple[Array, int]:
    """Measure the noise of a function that may round to fewer digits than float64.

    Such a function is constant over short distances and noisy over longer ones: the spacing of the points is increased
    until most values differ.  If the values lie on a grid, the noise is at least half its spacing.

    Returns
    -------
    ndarray
        The noise of each value, as returned by `noise_level`.
    int
        Number of evaluations.
    """
    noise: Array = np.zeros(())
    seen: list[Array] = []
    for trial in range(N_SHORT_SPACINGS + N_LONG_SPACINGS):
        values = _values_near(f, x, seed, NOISE_SPACING * SPACING_FACTOR**trial)
        seen.append(values)
        if trial < N_SHORT_SPACINGS:  # at longer distances f is no longer a cubic
            noise = np.maximum(noise, _fourth_differences(values, with_jumps))
        with np.errstate(all="ignore"):
            distinct = 1 + np.sum(np.diff(np.sort(values, axis=0), axis=0) > 0, axis=0)
        if np.median(distinct) > (NOISE_POINTS // 2 if trial < N_SHORT_SPACINGS else 1):
            break
    if trial == 0:
        noise = _noise_at_shorter_spacings(f, x, seed, with_jumps, noise, seen)
    if values.ndim == 1:
        noise = np.maximum(noise, 0.5 * value_spacing(np.concatenate(seen).tolist()))
    return np.where(np.isfinite(noise), noise, np.inf), NOISE_POINTS * max(trial + 1, len(seen))


def _noise_at_shorter_spacings(
    f: Callable[[Array], npt.ArrayLike],
    x: Array,
    seed: int,
    with_jumps: bool,
    noise: Array,
    seen: list[Array],
) -> Array:
    """Measure an implausibly large noise again at shorter spacings, and add the values to those seen.

    If the noise falls by more than a factor of 8, the function itself varied over the longer spacing.
    """
    plausible = PLAUSIBLE_NOISE if seen[0].ndim == 1 else PLAUSIBLE_NOISE_OF_ARRAYS
    for spacing in SHORTER_SPACINGS:
        with np.errstate(all="ignore"):
            size = np.maximum(np.max(np.abs(seen[-1]), axis=0), 1e-9 * np.max(np.abs(seen[-1])))
            if not np.any(noise > plausible * size):
                break
        values = _values_near(f, x, seed, spacing, smallest=0.0)
        seen.append(values)
        shorter = _fourth_differences(values, with_jumps)
        with np.errstate(all="ignore"):
            distinct = 1 + np.sum(np.diff(np.sort(values, axis=0), axis=0) > 0, axis=0)
            is_structure = (distinct > NOISE_POINTS // 2) & (8 * shorter < noise)
        noise = np.where(is_structure, shorter, noise)
    return noise


def roughness(f: Callable[[Array], npt.ArrayLike], x: Array, seed: int = 0) -> tuple[float, int]:
    """Measure the error of a function that is smooth over short distances only, such as an integrator's.

    Parameters
    ----------
    f : callable
        x (P,) -> a number.
    x : ndarray, (P,)
        The point.
    seed : int
        Seed of the direction in which x is moved.

    Returns
    -------
    float
        The largest error at any of `ROUGHNESS_SPACINGS`; about the noise if f is smooth at all of them.
    int
        Number of evaluations.

    References
    ----------
    J. J. More and S. M. Wild, SIAM J. Sci. Comput. 33 (2011) 1292-1314, section 3.
    """
    direction = np.where(x == 0, 1e-3, x) * random_generator(seed).choice([-1.0, 1.0], x.shape)
    lines = [_values_along(f, x, spacing * direction) for spacing in ROUGHNESS_SPACINGS]
    evaluations = NOISE_POINTS * len(lines)
    lines = [values for values in lines if np.all(np.isfinite(values))]
    levels = np.array([[_noise_of_order(values, order) for order in (10, 12)] for values in lines])
    ranges = np.array([np.ptp(values) for values in lines])
    if len(lines) < 2 or np.any(levels[:, 1] > MAX_ROUGHNESS * ranges):
        return 0.0, evaluations
    is_rough = levels[:-1, 1] >= levels[:-1, 0] / 3
    is_rough &= levels[:-1, 1] <= MAX_FALL * levels[1:, 1]
    return float(np.max(levels[:-1, 1], where=is_rough, initial=0.0)), evaluations


def _noise_of_order(values: Array, order: int) -> float:
    """Return the noise of values on a line from their differences of one order."""
    return float(np.sqrt(np.mean(np.square(np.diff(values, n=order))) / comb(2 * order, order)))


def value_spacing(values: Sequence[float]) -> float:
    """Return the spacing of the grid (float32 numbers or decimals) that contains all values; 0 if there is none.

    Whole numbers are on both grids; the larger spacing is returned.

    Examples
    --------
    >>> from sheernet.derivatives.estimates.function_noise import value_spacing
    >>> value_spacing([0.25, 1.75, 3.14]), value_spacing([0.1 + 0.2, 1 / 3])
    (0.01, 0.0)
    """
    numbers = np.unique(np.asarray(values, dtype=np.float64))
    numbers = numbers[np.isfinite(numbers)]
    largest = float(np.max(np.abs(numbers), initial=0.0))
    if numbers.size < 2 or largest == 0:
        return 0.0
    with np.errstate(all="ignore"):
        is_float32 = np.all(numbers.astype(np.float32) == numbers)
    of_float32 = float(np.finfo(np.float32).eps) * largest if is_float32 else 0.0
    for decimals in range(MAX_DECIMALS):
        step = 10.0**-decimals
        if step < max(100 * EPS * largest, of_float32):
            break
        steps = numbers / step
        if np.all(np.abs(steps - np.round(steps)) <= 4 * EPS * np.abs(steps)):
            return step
    return of_float32


def _values_near(
    f: Callable[[Array], npt.ArrayLike], x: Array, seed: int, spacing: float, smallest: float = 1e-3
) -> Array:
    """Return the values of f at points on a random line through x, (NOISE_POINTS, ...).

    The spacing is relative to max(|x_i|, smallest), or to 10^-3 if that is 0.
    """
    size = np.maximum(np.abs(x), smallest)
    direction = spacing * np.where(size > 0, size, 1e-3)
    return _values_along(f, x, direction * random_generator(seed).uniform(-1.0, 1.0, x.shape))


def _values_along(f: Callable[[Array], npt.ArrayLike], x: Array, direction: Array) -> Array:
    """Return the values of f at equidistant points on a line through x, (NOISE_POINTS, ...)."""
    offsets = np.arange(NOISE_POINTS) - NOISE_POINTS // 2
    with np.errstate(all="ignore"):
        return np.array([np.asarray(f(x + j * direction), dtype=np.float64) for j in offsets])


def _fourth_differences(values: Array, with_jumps: bool) -> Array:
    """Return the noise of values on a line, from their fourth differences, in which a cubic vanishes."""
    with np.errstate(all="ignore"):
        largest = np.max(np.abs(values), axis=0)
        relative = values / np.where(largest > 0, largest, 1.0)  # so that no square overflows
        squares = np.square(np.diff(relative, n=NOISE_ORDER, axis=0))
        kept = np.sort(squares, axis=0)[: len(squares) // 2] if with_jumps else squares
        sigma = np.sqrt(np.mean(kept, axis=0) / comb(2 * NOISE_ORDER, NOISE_ORDER))
        result: Array = largest * np.maximum(
            sigma / LOWER_HALF_RMS if with_jumps else sigma, HALF_ULP
        )
    return result
