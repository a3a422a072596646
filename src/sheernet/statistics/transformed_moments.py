r"""Mean and variance of a mixture in units that are a nonlinear function of it, by quadrature.

    E[g(z)] = sum_m share_m integral g(location_m + scale_m x) f_m(x) dx

Each integral is computed by the trapezoidal rule in v, with x = sinh(pi/2 sinh v): the double exponential formula of
H. Takahasi and M. Mori, Publications of the RIMS 9 (1974) 721-741, for integrals over the whole line that decrease as
a power of x (Student t) or faster.  The variance of a member is a mean of squared deviations from its mean, which
does not cancel.

A moment is infinite if g grows too fast: E|y|^r is finite for a Student t member if its degrees of freedom exceed
r times the exponent of g, `Units.growth`.  The mean of the exponential function of a Student t variable is infinite
for all degrees of freedom.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from sheernet.foundation.arrays import Array
from sheernet.statistics.mixtures import Mixture, standard_logpdf

STEP = 1.0 / 32.0  # of v
LARGEST_NORMAL = 30.0  # nodes of a normal member reach to here; the density is 1e-196
LARGEST_LOG = 300.0  # log |y|^2 stays below twice this number
NEGLIGIBLE = 40.0  # a term of E|y|^2 that is smaller by e^40 than the largest changes no digit
BLOCK = 2**20  # values of g at a time


def transformed_moments(
    mixture: Mixture, to_units: Callable[[Array], Array], growth: tuple[float, float]
) -> tuple[Array, Array]:
    """Compute mean and variance of y = to_units(z) for z of a mixture.

    Parameters
    ----------
    mixture : Mixture
        Of N rows.
    to_units : callable
        Increasing function of arrays (Q, N).
    growth : tuple of float
        As `Units.growth` returns.

    Returns
    -------
    mean, variance : ndarray, (N,)
        If a moment does not exist: the mean is -inf, inf or, if both tails diverge, nan; the variance is inf, or nan
        if the mean is not finite.
    """
    n_rows = mixture.locations.shape[1]
    lowest = float(mixture.degrees.min())
    diverge = [lowest < np.inf and lowest <= a for a in growth]
    if any(diverge):
        mean = np.nan if all(diverge) else (-np.inf if diverge[0] else np.inf)
        return np.full(n_rows, mean), np.full(n_rows, np.nan)
    moments = [_member_moments(mixture, m, to_units, growth) for m in range(len(mixture.shares))]
    means, variances = (np.array(values) for values in zip(*moments, strict=True))  # (M, N)
    mean = mixture.shares @ means
    with np.errstate(over="ignore", invalid="ignore"):
        variance = mixture.shares @ (variances + (means - mean) ** 2)
    if lowest < np.inf and lowest <= 2.0 * max(growth):
        variance = np.full(n_rows, np.inf)
    return mean, variance


def _member_moments(
    mixture: Mixture, m: int, to_units: Callable[[Array], Array], growth: tuple[float, float]
) -> tuple[Array, Array]:
    """Mean and variance in units of one member, (N,) each."""
    x, weights = _nodes(float(mixture.degrees[m]), max(growth))  # (Q,)
    location, scale = mixture.locations[m], mixture.scales[m]
    mean, variance = np.empty_like(location), np.empty_like(location)
    width = max(1, BLOCK // x.size)
    for start in range(0, location.size, width):
        part = slice(start, start + width)
        with np.errstate(over="ignore", under="ignore", invalid="ignore"):
            y = to_units(location[part] + x[:, None] * scale[part])  # (Q, rows)
            mean[part] = weights @ y
            variance[part] = weights @ (y - mean[part]) ** 2
    return mean, variance


def _nodes(nu: float, growth: float) -> tuple[Array, Array]:
    """Nodes x and weights of sum 1, (Q,), for a density of nu degrees of freedom and y ~ x^growth."""
    largest = np.arcsinh(LARGEST_NORMAL) if nu == np.inf else LARGEST_LOG / max(growth, 1.0)
    steps = int(np.arcsinh(largest / (0.5 * np.pi)) / STEP)
    v = STEP * np.arange(-steps, steps + 1)
    log_x = 0.5 * np.pi * np.sinh(v)
    x = np.sinh(log_x)
    log_weights = standard_logpdf(x, nu) + np.log(np.cosh(log_x)) + np.log(np.cosh(v))
    if growth < np.inf:
        fastest = max(growth, 1.0)  # y is linear in x as long as scale x is small
        log_terms = log_weights + 2.0 * fastest * np.log1p(np.abs(x))
        counts = log_terms > log_terms.max() - NEGLIGIBLE
        x, log_weights = x[counts], log_weights[counts]
    with np.errstate(under="ignore"):
        weights = np.exp(log_weights - log_weights.max())
    return x, weights / weights.sum()
