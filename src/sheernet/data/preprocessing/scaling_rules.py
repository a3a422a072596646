"""Scaling rules: computing the shift and the scale of each column from its values.

`RULES` maps their names to functions; scaler.py describes each.  The tests compare the results with scikit-learn's
transformers.  In addition, columns are mapped to [0, 1] before sums are computed, so that no sum overflows or
underflows, and a spread below the smallest normal number gives the scale 1.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from sheernet.foundation.arrays import Array, are_counts
from sheernet.foundation.errors import InvalidInput

TINY = float(np.finfo(np.float64).tiny)

Rule = Callable[[Array, "Array | None", Sequence[str]], tuple[Array, Array]]
"""Maps values (N, d), positive case weights (N,) or None, and column names to shift (d,) and scale (d,)."""


def maximum(X: Array, weights: Array | None, nouns: Sequence[str]) -> tuple[Array, Array]:
    """Compute the rule "maximum": divide by the largest value, which must be positive."""
    return of_top(X.max(axis=0), np.abs(X).max(axis=0), nouns)


def of_top(top: Array, largest: Array, nouns: Sequence[str]) -> tuple[Array, Array]:
    """Compute the rule "maximum" from the largest values and the largest absolute values, both (d,)."""
    empty = largest < TINY
    bad = (top < TINY) & ~empty
    if bad.any():
        column = int(bad.argmax())
        raise InvalidInput(
            f"{nouns[column]} cannot be divided by its maximum, which must be positive but is {top[column]:g}; "
            "use Scaler.minmax or Scaler.standardize"
        )
    return np.zeros_like(top), np.where(empty, 1.0, top)


def standardize(X: Array, weights: Array | None, nouns: Sequence[str]) -> tuple[Array, Array]:
    """Compute the rule "standardize": mean 0 and standard deviation 1."""
    bottom, spread, unit = _to_unit(X, nouns)
    return of_moments(bottom, spread, *moments(unit, weights))


def of_moments(bottom: Array, spread: Array, mean: Array, variance: Array) -> tuple[Array, Array]:
    """Compute the rule "standardize" from mean and variance of the columns mapped to [0, 1], all (d,)."""
    with np.errstate(over="ignore", under="ignore"):
        shift = np.clip(bottom + spread * mean, bottom, bottom + spread)
        return shift, or_one(spread * np.sqrt(variance))


def minmax(
    X: Array, weights: Array | None, nouns: Sequence[str], low: float = 0.0, high: float = 1.0
) -> tuple[Array, Array]:
    """Compute the rule "minmax": smallest value to low and largest to high."""
    return of_ends(X.min(axis=0), X.max(axis=0), nouns, low, high)


def of_ends(
    bottom: Array, top: Array, nouns: Sequence[str], low: float = 0.0, high: float = 1.0
) -> tuple[Array, Array]:
    """Compute the rule "minmax" from the smallest and the largest values, both (d,)."""
    with np.errstate(over="ignore"):
        spread = (top - bottom) / (high - low)
    require_width(spread, bottom, top, nouns)
    scale = or_one(spread)
    return bottom - low * scale, scale


def robust(X: Array, weights: Array | None, nouns: Sequence[str]) -> tuple[Array, Array]:
    """Compute the rule "robust": median to 0 and interquartile range to 1."""
    bottom, spread, unit = _to_unit(X, nouns)
    shares = (0.25, 0.5, 0.75)
    if weights is None:
        lower, middle, upper = np.quantile(unit, shares, axis=0, overwrite_input=True)
    else:
        lower, middle, upper = np.transpose(
            [weighted_quantiles(u, shares, weights) for u in unit.T]
        )
    return of_quartiles(bottom, spread, lower, middle, upper)


def of_quartiles(
    bottom: Array, spread: Array, lower: Array, middle: Array, upper: Array
) -> tuple[Array, Array]:
    """Compute the rule "robust" from the quartiles of the columns mapped to [0, 1], all (d,)."""
    with np.errstate(over="ignore", under="ignore"):
        return bottom + spread * middle, or_one(spread * (upper - lower))


def rms(X: Array, weights: Array | None, nouns: Sequence[str]) -> tuple[Array, Array]:
    """Compute the rule "rms": divide by the root mean square."""
    largest = np.abs(X).max(axis=0)
    return of_mean_square(largest, *moments(X / or_one(largest), weights))


def of_mean_square(largest: Array, mean: Array, variance: Array) -> tuple[Array, Array]:
    """Compute the rule "rms" from mean and variance of the columns divided by their largest sizes, all (d,)."""
    with np.errstate(under="ignore"):
        return np.zeros_like(largest), or_one(largest * np.sqrt(mean**2 + variance))


def maxabs(X: Array, weights: Array | None, nouns: Sequence[str]) -> tuple[Array, Array]:
    """Compute the rule "maxabs": divide by the largest absolute value."""
    return of_largest(np.abs(X).max(axis=0))


def of_largest(largest: Array) -> tuple[Array, Array]:
    """Compute the rule "maxabs" from the largest absolute values, (d,)."""
    return np.zeros_like(largest), or_one(largest)


def none(X: Array, weights: Array | None, nouns: Sequence[str]) -> tuple[Array, Array]:
    """Compute the rule "none": leave the columns unchanged."""
    return np.zeros(X.shape[1]), np.ones(X.shape[1])


RULES: Mapping[str, Rule] = {
    "standardize": standardize,
    "minmax": minmax,
    "robust": robust,
    "rms": rms,
    "maxabs": maxabs,
    "maximum": maximum,
    "none": none,
}
KINDS = ("fixed", *RULES)


def weighted_quantiles(values: Array, shares: Sequence[float], weights: Array) -> Array:
    """Compute weighted quantiles.

    Values are interpolated linearly, as by numpy.quantile.  A whole-number weight is the number of equal rows; other
    weights are first divided by their mean.

    Parameters
    ----------
    values : ndarray, (N,)
        In any order.
    shares : sequence of float
        Probabilities from 0 to 1; 0.5 is the median.
    weights : ndarray, (N,)
        Positive.

    Returns
    -------
    ndarray, (number of shares,)

    Examples
    --------
    >>> import numpy as np
    >>> from sheernet.data.preprocessing.scaling_rules import weighted_quantiles
    >>> weighted_quantiles(np.array([1.0, 5.0]), [0.5], np.array([3.0, 1.0]))
    array([1.])
    """
    order = np.argsort(values, kind="stable")
    ordered, counts = values[order], weights[order]
    if not are_counts(counts):
        counts = counts / counts.max()
        counts = counts / counts.mean()
    ends = np.cumsum(counts)  # value n covers the positions from ends[n - 1] to ends[n]
    position = np.asarray(shares) * max(ends[-1] - 1.0, 0.0)
    below = np.floor(position)
    last = len(values) - 1
    lower = ordered[np.minimum(np.searchsorted(ends, below, side="right"), last)]
    upper = ordered[np.minimum(np.searchsorted(ends, below + 1, side="right"), last)]
    return lower + (position - below) * (upper - lower)


def moments(unit: Array, weights: Array | None) -> tuple[Array, Array]:
    """Compute mean and variance of each column, (d,), by the corrected two-pass algorithm; `unit` is overwritten.

    Source: T. Chan, G. Golub, R. LeVeque, Algorithms for computing the sample variance, The American Statistician 37
    (1983) 242-247.
    """
    if weights is not None:
        weights = weights / weights.max()  # the sum of huge weights would overflow
    count = len(unit) if weights is None else weights.sum()

    def total(values: Array) -> Array:
        return values.sum(axis=0) if weights is None else weights @ values

    mean = total(unit) / count
    unit -= mean
    correction = total(unit) ** 2 / count
    unit **= 2
    return mean, np.maximum(total(unit) - correction, 0.0) / count  # rounding can make it negative


def _to_unit(X: Array, nouns: Sequence[str]) -> tuple[Array, Array, Array]:
    """Return smallest value and spread of each column, (d,), and the columns mapped to [0, 1], (N, d)."""
    bottom = X.min(axis=0)
    with np.errstate(over="ignore", under="ignore"):
        spread = X.max(axis=0) - bottom
        require_width(spread, bottom, X.max(axis=0), nouns)
        unit = X - bottom
        unit /= or_one(spread)
    return bottom, spread, unit


def require_width(spread: Array, bottom: Array, top: Array, nouns: Sequence[str]) -> None:
    """Raise if the spread of a column overflows."""
    if not np.all(np.isfinite(spread)):
        column = int(np.argmin(np.isfinite(spread)))
        raise InvalidInput(
            f"{nouns[column]} ranges from {bottom[column]:g} to {top[column]:g}, a width that overflows; "
            "use Scaler.fixed, or change its units"
        )


def or_one(spread: Array) -> Array:
    """Return the spread of each column, (d,), replaced by 1 if it is too small as a divisor."""
    return np.where(spread < TINY, 1.0, spread)
