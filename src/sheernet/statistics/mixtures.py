r"""Mixtures of normal and Student t distributions, one for each of N rows: densities, tails, quantiles and moments.

    F(z) = sum_m share_m F_m((T_m(z) - location_m) / scale_m),    F_m standard normal, or Student t with nu_m degrees

T_m is the identity, or an increasing transform after which the member is normal.

The quantile of a mixture lies between the smallest and the largest quantile of its members, because the distribution
functions of all members are below (above) p to the left (right) of this bracket.  Inside it, Newton's method is applied
to log F(z) - log p, and a step is replaced by a bisection if it leaves the bracket or is longer than half of the last
step (W. Press et al., Numerical Recipes, 3rd edition (2007), section 9.4, rtsafe).  Upper tails are solved as lower
tails of the mirrored mixture, so that 1 - p is never formed from a small p.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sheernet.foundation.arrays import Array, Indices, Mask
from sheernet.foundation.scalars import LARGEST
from sheernet.statistics.target_transforms import Transform

EPSILON = float(np.finfo(np.float64).eps)
FAR = 1e100  # squares of larger numbers may overflow
SLACK = 1e-7  # relative error of a member's quantile: that of scipy.special.stdtrit in far tails
LARGEST_LOG = 690.0  # maximum log of the quantile of a heavy tail, so that the quantile is finite
MOST_STEPS = 200  # Newton takes about 8, bisection about 60
HALF_LOG_2PI = 0.5 * float(np.log(2.0 * np.pi))


@dataclass(frozen=True, eq=False)
class Mixture:
    """M members with N locations and scales each.

    Parameters
    ----------
    shares : ndarray, (M,)
        Shares of the members; positive, with sum 1.
    locations, scales : ndarray, (M, N)
        Location and scale of each member in each row.
    degrees : ndarray, (M,)
        Degrees of freedom; inf is a normal distribution.
    transforms : sequence of Unchanged or JohnsonTransform, length M
        T_m; a member with a `JohnsonTransform` is normal.

    Examples
    --------
    >>> import numpy as np
    >>> from sheernet.statistics.mixtures import Mixture
    >>> from sheernet.statistics.target_transforms import UNCHANGED
    >>> normal = np.array([np.inf, np.inf])
    >>> mixture = Mixture(np.array([0.5, 0.5]), np.array([[-1.0], [1.0]]), np.ones((2, 1)), normal, 2 * [UNCHANGED])
    >>> mixture.cdf(np.array([0.0])), mixture.variance()
    (array([0.5]), array([2.]))
    """

    shares: Array
    locations: Array
    scales: Array
    degrees: Array
    transforms: Sequence[Transform]

    def cdf(self, z: Array) -> Array:
        """Compute the probability of at most z, (..., N)."""
        return self._tail(z, 1.0)

    def sf(self, z: Array) -> Array:
        """Compute the probability above z, (..., N); unlike 1 - cdf, it is accurate in the upper tail."""
        return self._tail(z, -1.0)

    def _tail(self, z: Array, sign: float) -> Array:
        """Compute the probability of at most z for sign 1, of at least z for sign -1."""
        total = sum(
            share * standard_cdf(sign * (transform.forward(z) - location) / scale, nu)
            for share, location, scale, nu, transform in self._members()
        )
        return np.minimum(total, 1.0)

    def logpdf(self, z: Array) -> Array:
        """Compute the logarithm of the density at z, (..., N); finite where the density itself underflows."""
        total = np.full(np.broadcast_shapes(np.shape(z), self.locations.shape[1:]), -np.inf)
        for share, location, scale, nu, transform in self._members():
            x = (transform.forward(z) - location) / scale
            member = standard_logpdf(x, nu) - np.log(scale) + transform.log_jacobian(z)
            total = np.logaddexp(total, np.log(share) + member)
        return total

    def mean(self) -> Array:
        """Compute the mean of each row, (N,); inf if a member has at most 1 degree of freedom, as in scipy.stats.t."""
        middle = self.shares @ self._means()
        return middle if np.all(self.degrees > 1) else np.full_like(middle, np.inf)

    def variance(self) -> Array:
        """Compute the variance of each row, (N,); inf for at most 2 degrees of freedom, nan for at most 1, as in SciPy.

        variance = sum_m share_m (scale_m^2 nu_m / (nu_m - 2) + (location_m - mean)^2); of a transformed member, its
        variance and its mean are used instead.
        """
        if np.any(self.degrees <= 2):
            value = np.nan if np.any(self.degrees <= 1) else np.inf
            return np.full(self.locations.shape[1], value)
        factors = np.array([1.0 if nu == np.inf else nu / (nu - 2.0) for nu in self.degrees])
        means, squares = self._means(), factors[:, None] * self.scales**2
        within = [
            T.variances(m, v) for T, m, v in zip(self.transforms, means, squares, strict=True)
        ]
        return self.shares @ np.array(within) + self.shares @ (means - self.mean()) ** 2

    def quantile(self, p: Array, upper: Mask) -> Array:
        """Compute the z whose tail has probability p.

        Parameters
        ----------
        p : ndarray, (..., N)
            Probabilities; nan outside of [0, 1] gives nan.
        upper : ndarray of bool, (..., N)
            Whether p is the probability above z, not below it.

        Returns
        -------
        ndarray, (..., N)
        """
        row = np.broadcast_to(np.arange(self.locations.shape[1]), p.shape).ravel()
        sign = np.where(upper, -1.0, 1.0).ravel()
        tail = np.where((p >= 0) & (p <= 1), p, np.nan).ravel()
        found = np.where(tail == 0, -np.inf, np.where(tail == 1, np.inf, np.nan))
        inside = np.flatnonzero((tail > 0) & (tail < 1))
        found[inside] = self._solve(tail[inside], sign[inside], row[inside])
        return (sign * found).reshape(p.shape)

    def _means(self) -> Array:
        """Compute the mean of each normal member, (M, N)."""
        return np.array(
            [T.means(location, scale**2) for _, location, scale, _, T in self._members()]
        )

    def _members(self) -> zip[tuple[float, Array, Array, float, Transform]]:
        """Return share, locations (N,), scales (N,), degrees of freedom and transform of each member."""
        return zip(
            self.shares.tolist(), self.locations, self.scales, self.degrees.tolist(), self.transforms,
            strict=True,
        )  # fmt: skip

    def _solve(self, p: Array, sign: Array, row: Indices) -> Array:
        """Solve F(u) = p, 0 < p < 1, for u = sign z, (n,), in the mixture of rows `row` mirrored by `sign`."""
        low, high, u = self._bracket(p, sign, row)
        if len(self.shares) == 1:
            return u
        last = high - low
        todo = np.arange(p.size)
        for _ in range(MOST_STEPS):
            tail, density = self._tail_and_density(u[todo], sign[todo], row[todo])
            below = tail < p[todo]
            low[todo] = np.where(below, u[todo], low[todo])
            high[todo] = np.where(below, high[todo], u[todo])
            with np.errstate(all="ignore"):  # steps that are not finite are replaced by bisections
                excess = np.log(tail / p[todo])
                step = -excess * (tail / density)
                new = u[todo] + step
                newton = (new >= low[todo]) & (new <= high[todo])
                newton &= np.abs(step) <= 0.5 * np.abs(last[todo])
            exact = np.abs(excess) <= 4.0 * EPSILON
            new = np.where(newton, new, 0.5 * low[todo] + 0.5 * high[todo])
            new = np.where(exact, u[todo], new)
            last[todo] = new - u[todo]
            u[todo] = new
            todo = todo[np.abs(last[todo]) > 4.0 * EPSILON * np.abs(new)]
            if todo.size == 0:
                break
        return u

    def _bracket(self, p: Array, sign: Array, row: Indices) -> tuple[Array, Array, Array]:
        """Return bounds of the quantiles, and first guesses: the mean of the members' quantiles; (n,) each."""
        low, high, guess = np.full(p.shape, np.inf), np.full(p.shape, -np.inf), np.zeros(p.shape)
        for share, location, scale, nu, transform in self._members():
            x = standard_quantile(p, nu)
            slack = SLACK * (1.0 + np.abs(x))
            with np.errstate(over="ignore"):
                below, middle, above = (
                    sign * transform.inverse(location[row] + sign * scale[row] * at)
                    for at in (x - slack, x, x + slack)
                )
                low, high = np.minimum(low, below), np.maximum(high, above)
                guess += share * middle
        return (
            np.maximum(low, -LARGEST),
            np.minimum(high, LARGEST),
            np.clip(guess, -LARGEST, LARGEST),
        )

    def _tail_and_density(self, u: Array, sign: Array, row: Indices) -> tuple[Array, Array]:
        """Compute F and its derivative at u, (n,), of the mirrored mixture."""
        tail, density = np.zeros(u.shape), np.zeros(u.shape)
        for share, location, scale, nu, transform in self._members():
            z = sign * u
            x = sign * (transform.forward(z) - location[row]) / scale[row]
            tail += share * standard_cdf(x, nu)
            with np.errstate(under="ignore"):
                slope = np.exp(standard_logpdf(x, nu) + transform.log_jacobian(z))
                density += share * slope / scale[row]
        return tail, density


def standard_cdf(x: Array, nu: float) -> Array:
    """Compute the distribution function of the standard normal (nu = inf) or Student t distribution."""
    from scipy import special

    if nu == np.inf:
        return special.ndtr(x)
    with np.errstate(over="ignore", under="ignore", divide="ignore"):
        tail = np.exp(-nu * np.log(np.abs(x)) + _log_tail_constant(nu))
        return np.where(x < -FAR, tail, special.stdtr(nu, x))


def standard_quantile(p: Array, nu: float) -> Array:
    """Compute the inverse of `standard_cdf` for 0 < p < 1.

    For Student t and p below about 1e-100, scipy.special.stdtrit is wrong.  It is not used in heavy tails: for
    |x| > 1e8 sqrt(nu), the first term of the tail, F(x) ~ c |x|^-nu, has a relative error of 1e-16.
    """
    from scipy import special

    if nu == np.inf:
        return special.ndtri(p)
    with np.errstate(over="ignore"):
        tail = -np.exp(np.minimum((_log_tail_constant(nu) - np.log(p)) / nu, LARGEST_LOG))
    return np.where(tail < -1e8 * np.sqrt(nu), tail, special.stdtrit(nu, p))


def standard_logpdf(x: Array, nu: float) -> Array:
    """Compute the logarithm of the standard normal (nu = inf) or Student t density.

    Student t: -log(sqrt(nu) B(nu/2, 1/2)) - (nu + 1)/2 log(1 + x^2 / nu).
    """
    from scipy import special

    with np.errstate(over="ignore", under="ignore", divide="ignore"):
        if nu == np.inf:
            return -0.5 * x**2 - HALF_LOG_2PI
        near = np.log1p(x**2 / nu)
        far = 2.0 * np.log(np.abs(x)) - np.log(nu)
        constant = special.betaln(0.5 * nu, 0.5) + 0.5 * np.log(nu)
        return -constant - 0.5 * (nu + 1.0) * np.where(np.abs(x) < FAR, near, far)


def _log_tail_constant(nu: float) -> float:
    """Return log c of the tail F(x) ~ c |x|^-nu of Student t: nu^(nu/2) / (nu B(nu/2, 1/2))."""
    from scipy import special

    return float((0.5 * nu - 1.0) * np.log(nu) - special.betaln(0.5 * nu, 0.5))
