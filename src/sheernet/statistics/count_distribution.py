r"""`CountPrediction`: the predictive distribution of counts, with the methods of a discrete scipy.stats distribution.

    count | rate ~ Poisson(rate),    rate ~ Gamma(r, mean mu),    r = 1 / v

    P(y) = Gamma(y + r) / (Gamma(r) y!) (r / (r + mu))^r (mu / (r + mu))^y,    mean mu,    variance mu + v mu^2

is the negative binomial distribution (McCullagh and Nelder 1989, Generalized Linear Models, section 6.2.3), and the
distribution of a row is the mixture of the distributions of its members.  v is the variance of the rate in units of
mu^2, due to the uncertainty of the weights of a network.  For v = 0 it is Poisson's distribution.

Tails are regularized incomplete beta functions of q = v mu / (1 + v mu), F(y) = 1 - I_q(y + 1, r), without
cancellation.  For large r, the quotient of gamma functions comes from Stirling's series,

    ln Gamma(y + r) / Gamma(r) - y ln r = (y + r - 1/2) ln(1 + y / r) - y + c(y + r) - c(r),    c(x) = 1/(12 x) - ...
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from sheernet.foundation.arrays import Array, Mask, as_float, read_only
from sheernet.foundation.errors import InvalidInput, ShapeMismatch
from sheernet.statistics.base_distribution import RowDistribution, Rows, require_shares

LEAST_VARIATION = 1e-15
"""Minimum v in computations; a smaller v changes no digit of a probability that is not negligible."""
LARGE_SHAPE = 10.0
"""Minimum r for which four terms of Stirling's series give 12 digits."""


@dataclass(frozen=True, eq=False, repr=False)
class CountPrediction(RowDistribution):
    """The predictive distribution of counts in N rows and K targets, a mixture of M negative binomial distributions.

    The methods have the names and the meaning of a frozen discrete distribution of scipy.stats whose parameters have
    the shape (N,) if K is 1, else (N, K).  Arguments are broadcast against this shape by the rules of NumPy.

    Parameters
    ----------
    shares : array_like, (M,)
        Probability of each member; at least 0, with sum 1.
    means : array_like, (M, N, K)
        Mean count of each member; positive, or 0 if counts above 0 are impossible.
    variations : array_like, (M, N, K)
        v, the variance of the rate divided by its squared mean; at least 0.

    Raises
    ------
    InvalidInput
        If a number is not finite or not in its range, or the sum of the shares is not 1.
    ShapeMismatch
        If the shapes do not agree.

    Examples
    --------
    >>> from sheernet.statistics import CountPrediction
    >>> prediction = CountPrediction([1.0], [[[0.3], [200.0]]], [[[0.1], [0.01]]])
    >>> prediction
    CountPrediction(2 rows, 1 target, 1 member)
    >>> prediction.std().round(2)
    array([ 0.56, 24.49])
    >>> lower, upper = prediction.interval(0.9)
    >>> lower, upper
    (array([  0., 161.]), array([  1., 242.]))
    >>> prediction.pmf(0).round(3)
    array([0.744, 0.   ])
    """

    shares: Array
    means: Array
    variations: Array

    def __post_init__(self) -> None:
        for name in ("shares", "means", "variations"):
            object.__setattr__(self, name, read_only(as_float(getattr(self, name), name)))
        whole = self.means.shape
        if len(whole) != 3 or 0 in (whole[0], whole[2]):
            raise ShapeMismatch(
                f"means must have the shape (members, rows, targets), with a member and a target, but it is {whole}"
            )
        for name, shape in (("shares", whole[:1]), ("variations", whole)):
            given = getattr(self, name).shape
            if given != shape:
                raise ShapeMismatch(
                    f"{name} must have the shape {shape} to agree with means {whole}, but it is {given}"
                )
        require_shares(self.shares)
        for name in ("means", "variations"):
            array = getattr(self, name)
            good = (array >= 0) & np.isfinite(array)
            if not good.all():
                raise InvalidInput(
                    f"{name} must be at least 0 and finite, but one is {array[~good].flat[0]:g}"
                )

    def __reduce__(self) -> tuple[type[CountPrediction], tuple[Array, Array, Array]]:
        """Pickle and copy by the constructor, because the arrays would become writable otherwise."""
        return CountPrediction, (self.shares, self.means, self.variations)

    @property
    def _sizes(self) -> tuple[int, ...]:
        return self.means.shape

    def _of_rows(self, chosen: Rows) -> CountPrediction:
        return CountPrediction(self.shares, self.means[:, chosen], self.variations[:, chosen])

    def mean(self) -> Array:
        """Compute the mean count: (N,) or (N, K)."""
        return self._shaped(self._averaged(self.means))

    def var(self) -> Array:
        """Compute the variance, sum_m share_m (mu_m + v_m mu_m^2 + (mu_m - mean)^2): (N,) or (N, K)."""
        with np.errstate(over="ignore"):
            between = (self.means - self._averaged(self.means)) ** 2
            within = self.means + self.variations * self.means**2
            return self._shaped(self._averaged(within + between))

    def pmf(self, k: npt.ArrayLike) -> Array:
        """Compute the probability of k, exp(logpmf(k)); 0 for fractions."""
        with np.errstate(under="ignore"):
            return np.exp(self.logpmf(k))

    def logpmf(self, k: npt.ArrayLike) -> Array:
        """Compute the logarithm of the probability of k, broadcast against (N,) or (N, K); -inf for fractions."""
        y = self._by_target(as_float(k, "k"))  # (..., N, K)
        total = np.full(y.shape, -np.inf)
        for share, mean, variation in self._members():
            total = np.logaddexp(total, np.log(share) + _logpmf(y, mean, variation))
        return self._shaped(total)

    def cdf(self, k: npt.ArrayLike) -> Array:
        """Compute the probability of at most k, broadcast against (N,) or (N, K)."""
        return self._shaped(self._tail(self._by_target(as_float(k, "k")), upper=False))

    def sf(self, k: npt.ArrayLike) -> Array:
        """Compute the probability above k, 1 - cdf(k) without cancellation in the upper tail."""
        return self._shaped(self._tail(self._by_target(as_float(k, "k")), upper=True))

    def ppf(self, q: npt.ArrayLike) -> Array:
        """Compute quantiles: the smallest whole number k for which cdf(k) is at least q.

        Parameters
        ----------
        q : float or array_like
            Probabilities, broadcast against (N,) or (N, K).  As in scipy.stats, 0 gives -1, 1 gives inf, and numbers
            outside of [0, 1] give nan.
        """
        q = as_float(q, "q")
        return self._quantile(np.where(q > 0.5, 1.0 - q, q), upper=q > 0.5)

    def _drawn(self, index: tuple[Any, ...], rng: Any) -> Array:
        variation = np.maximum(self.variations[index], LEAST_VARIATION)
        rates = self.means[index] * variation * rng.standard_gamma(1.0 / variation)
        return np.asarray(rng.poisson(rates), dtype=np.float64)

    def _averaged(self, values: Array) -> Array:
        """Return the mean over the members, (N, K), in which a row is bitwise independent of the other rows."""
        return np.asarray(
            sum(share * each for share, each in zip(self.shares, values, strict=True))
        )

    def _members(self) -> Any:
        """Return share, means (N, K) and variations (N, K) of each member with a positive share."""
        counts = self.shares > 0
        variations = np.maximum(self.variations[counts], LEAST_VARIATION)
        return zip(self._shares.tolist(), self.means[counts], variations, strict=True)

    def _tail(self, y: Array, upper: bool | Mask) -> Array:
        """Compute the probability above y if `upper`, otherwise of at most y, (..., N, K)."""
        from scipy import special

        at = np.maximum(np.floor(y), -1.0) + 1.0
        upper, total = np.broadcast_to(upper, y.shape), np.zeros(y.shape)
        for share, mean, variation in self._members():
            odds, r = np.broadcast_arrays(variation * mean, 1.0 / variation, y)[:2]
            q = odds / (1.0 + odds)
            for of_tail, tail, empty in (
                (upper, special.betainc, 1.0),
                (~upper, special.betaincc, 0.0),
            ):
                k = at[of_tail]
                total[of_tail] += share * np.where(k > 0, tail(k, r[of_tail], q[of_tail]), empty)
        return np.minimum(np.where(np.isnan(y), np.nan, total), 1.0)

    def _quantile(self, p: Array, upper: bool | Mask) -> Array:
        p, upper = (self._by_target(each) for each in np.broadcast_arrays(p, upper))  # (..., N, K)

        def reached(y: Array) -> Mask:
            tail = self._tail(y, upper)
            return np.where(upper, tail <= p, tail >= p)

        least, most = p == np.where(upper, 1.0, 0.0), p == np.where(upper, 0.0, 1.0)
        inside = (p > 0.0) & (p < 1.0)
        low = np.full(p.shape, -1.0)
        high = np.broadcast_to(np.ceil(self.means.max(axis=0)), p.shape).copy()
        while (short := inside & ~reached(high)).any():
            low, high = np.where(short, high, low), np.where(short, 2.0 * high + 1.0, high)
        while True:
            middle = np.floor(0.5 * (low + high))
            if not (inside & (middle > low) & (middle < high)).any():
                break
            enough = reached(middle)
            low, high = np.where(enough, low, middle), np.where(enough, middle, high)
        found = np.where(inside, high, np.nan)
        return self._shaped(np.where(least, -1.0, np.where(most, np.inf, found)))

    def _shaped(self, values: Array) -> Array:
        """Return values (..., N, K) without the last axis if K is 1."""
        return np.asarray(values[..., 0] if self.n_targets == 1 else values)


def _logpmf(y: Array, mean: Array, variation: Array) -> Array:
    """Compute the logarithm of the negative binomial probability of y, for v of at least `LEAST_VARIATION`."""
    from scipy import special

    is_count = (y >= 0) & (y == np.floor(y)) & np.isfinite(y)
    k, r = np.where(is_count, y, 0.0), 1.0 / variation
    large = np.maximum(r, LARGE_SHAPE)
    by_stirling = (
        (k + large - 0.5) * np.log1p(k / large) - k + _correction(k + large) - _correction(large)
    )
    by_gamma = special.gammaln(k + r) - special.gammaln(r) - k * np.log(r)
    quotient = np.where(r >= LARGE_SHAPE, by_stirling, by_gamma)
    found = (
        quotient
        + special.xlogy(k, mean)
        - (k + r) * np.log1p(variation * mean)
        - special.gammaln(k + 1.0)
    )
    return np.where(np.isnan(y), np.nan, np.where(is_count, found, -np.inf))


def _correction(x: Array) -> Array:
    """Compute ln Gamma(x) - (x - 1/2) ln x + x - ln(2 pi) / 2, for x of at least `LARGE_SHAPE`."""
    square = x**-2.0
    return (1 / 12 - square * (1 / 360 - square * (1 / 1260 - square / 1680))) / x
