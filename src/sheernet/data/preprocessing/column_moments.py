"""`Moments`: ranges, means and variances of columns over parts of the rows, which are merged; scales from them.

A part keeps mean and variance of its values mapped to [0, 1] by its own ends, so that no sum overflows, and values far
from 0 do not cancel.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sheernet.data.preprocessing.scaling_rules import (
    moments,
    of_ends,
    of_largest,
    of_mean_square,
    of_moments,
    of_quartiles,
    of_top,
    or_one,
    require_width,
)
from sheernet.foundation.arrays import Array


@dataclass(frozen=True, eq=False)
class Moments:
    """Ends, mean and variance of the present values of each of d columns.

    Parameters
    ----------
    total : ndarray, (d,)
        Sum of the case weights of the rows with a value, or their number.
    bottom, top : ndarray, (d,)
        Smallest and largest value; inf and -inf if there is none.
    mean, variance : ndarray, (d,)
        Mean and variance of the values mapped to [0, 1], u = (x - bottom) / (top - bottom), with the divisor `total`.

    Examples
    --------
    >>> import numpy as np
    >>> from sheernet.data.preprocessing.column_moments import Moments
    >>> both = Moments.of(np.array([[1.0], [3.0]])).merged(Moments.of(np.array([[5.0], [np.nan]])))
    >>> both.total.tolist(), both.bottom.tolist(), both.top.tolist(), both.mean.tolist()
    ([3.0], [1.0], [5.0], [0.5])
    """

    total: Array
    bottom: Array
    top: Array
    mean: Array
    variance: Array

    @classmethod
    def of(cls, X: Array, weights: Array | None = None) -> Moments:
        """Compute the moments of the columns of X, (N, d), without its missing values, with case weights (N,).

        Source: T. Chan, G. Golub, R. LeVeque, Algorithms for computing the sample variance, The American Statistician
        37 (1983) 242-247: the corrected two-pass algorithm in a part, equation (2.1) in `merged`.
        """
        columns = [_moments_of(x, weights) for x in X.T]  # one by one, which needs less memory
        return cls(*np.array(columns, dtype=np.float64).reshape(-1, 5).T)

    def merged(self, other: Moments) -> Moments:
        """Return the moments of two sets of rows together."""
        bottom, top = np.minimum(self.bottom, other.bottom), np.maximum(self.top, other.top)
        total = self.total + other.total
        with np.errstate(over="ignore", under="ignore", invalid="ignore"):
            spread = or_one(top - bottom)
            means, variances = zip(
                *(part._in_unit(bottom, spread) for part in (self, other)), strict=True
            )
            share = other.total / np.where(total > 0, total, 1.0)
            step = means[1] - means[0]
            mean = means[0] + share * step
            variance = (
                (1 - share) * variances[0] + share * variances[1] + share * (1 - share) * step**2
            )
        return Moments(total, bottom, top, mean, variance)

    def _in_unit(self, bottom: Array, spread: Array) -> tuple[Array, Array]:
        """Mean and variance, (d,), of the values mapped to [0, 1] by other ends; 0 without values."""
        has = self.total > 0
        ratio = np.where(has, self.spread / spread, 0.0)
        offset = np.where(has, (self.bottom - bottom) / spread, 0.0)
        return offset + ratio * self.mean, ratio**2 * self.variance

    @property
    def spread(self) -> Array:
        """Top minus bottom, (d,); 0 without values."""
        with np.errstate(over="ignore", invalid="ignore"):
            return np.where(self.total > 0, self.top - self.bottom, 0.0)

    def take(self, columns: Sequence[int]) -> Moments:
        """Return the moments of some of the columns."""
        where = list(columns)
        return Moments(
            self.total[where], self.bottom[where], self.top[where], self.mean[where], self.variance[where]
        )  # fmt: skip

    def filled(self, fills: Array, weights: Array) -> Moments:
        """Return the moments with further rows, of total weight (d,), that all have the value `fills`, (d,)."""
        empty, zeros = weights <= 0, np.zeros_like(weights)
        bottom, top = np.where(empty, np.inf, fills), np.where(empty, -np.inf, fills)
        return self.merged(Moments(weights, bottom, top, zeros, zeros))

    def scales(
        self, rule: str, nouns: Sequence[str], quartiles: Array | None = None
    ) -> tuple[Array, Array]:
        """Compute shift and scale of each column, both (d,), as `Scaler.learn` does from all rows.

        Parameters
        ----------
        rule : str
            A name in `scaling_rules.RULES`.
        nouns : sequence of str, length d
            Names of the columns in messages.
        quartiles : ndarray, (3, d), optional
            Lower quartile, median and upper quartile of the values mapped to [0, 1], for "robust".

        Raises
        ------
        InvalidInput
            If the rule cannot be applied to a column.
        """
        largest = np.maximum(np.abs(self.bottom), np.abs(self.top))
        if rule == "maximum":
            return of_top(self.top, largest, nouns)
        if rule == "maxabs":
            return of_largest(largest)
        if rule == "minmax":
            return of_ends(self.bottom, self.top, nouns)
        if rule == "none":
            return np.zeros_like(largest), np.ones_like(largest)
        spread = self.spread
        if rule == "rms":
            with np.errstate(over="ignore", under="ignore", invalid="ignore"):
                unit = or_one(largest)
                ratio = self.top / unit - self.bottom / unit  # the spread itself may overflow
                mean = self.bottom / unit + ratio * self.mean
                return of_mean_square(largest, mean, ratio**2 * self.variance)
        require_width(spread, self.bottom, self.top, nouns)
        if rule == "standardize":
            return of_moments(self.bottom, spread, self.mean, self.variance)
        assert quartiles is not None
        return of_quartiles(self.bottom, spread, *quartiles)


def _moments_of(x: Array, weights: Array | None) -> tuple[float, ...]:
    """Total weight, ends, mean and variance, as in `Moments`, of values (N,) with case weights (N,)."""
    present = ~np.isnan(x)
    if not present.all():
        x, weights = x[present], None if weights is None else weights[present]
    if not len(x):
        return 0.0, np.inf, -np.inf, 0.0, 0.0
    bottom, top = x.min(), x.max()
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        unit = x - bottom
        unit /= or_one(top - bottom)
        mean, variance = moments(unit[:, None], weights)
    total = len(x) if weights is None else weights.sum()
    return float(total), float(bottom), float(top), float(mean[0]), float(variance[0])
