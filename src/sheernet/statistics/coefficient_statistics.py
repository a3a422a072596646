"""Estimates, standard errors, test statistics and intervals of linear combinations of the weights of a network.

    estimate = T theta + c,    std error = sqrt(diag(T C T^T)) = row norms of T L,    C = L L^T the covariance of theta
    statistic = estimate / std error,    p = 2 P(statistic of a standard distribution > |statistic|)

The distribution is Student's t if the noise variance was estimated, and normal if not.  For a network without hidden
layers and without decay these are the statistics of linear regression, of logistic and multinomial regression, and of
Poisson regression, because the Gauss-Newton matrix of their costs is the information matrix (McCullagh and Nelder
1989, Generalized Linear Models, 2.5).  With decay, C is the posterior covariance (Bishop 2006, Pattern Recognition and
Machine Learning, eq. 3.54).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sheernet.foundation.arrays import Array
from sheernet.statistics.laplace import unpacked

COVERAGE = 0.95
"""Probability of the intervals."""


@dataclass(frozen=True, eq=False)
class CoefficientStatistics:
    """Statistics of R coefficients; nan if a standard error is not known.

    Parameters
    ----------
    estimates, std_errors, statistics, p_values, lower, upper : ndarray, (R,)
        `lower` and `upper` are the ends of intervals of coverage 0.95.
    """

    estimates: Array
    std_errors: Array
    statistics: Array
    p_values: Array
    lower: Array
    upper: Array


def std_errors_of(combinations: Array, factor: Array) -> Array:
    """Compute the standard errors of linear combinations of the weights.

    Parameters
    ----------
    combinations : ndarray, (R, P)
        T, a combination in each row.
    factor : ndarray, (P(P+1)/2,) or (0,)
        The packed factor of the covariance of the weights, as returned by `covariance_factor`; empty if not known.

    Returns
    -------
    ndarray, (R,)
        nan if the covariance is not known.

    Examples
    --------
    The difference of two weights with variances of 9 and 16 and without correlation:

    >>> import numpy as np
    >>> from sheernet.statistics.coefficient_statistics import std_errors_of
    >>> std_errors_of(np.array([[1.0, -1.0]]), np.array([3.0, 0.0, 4.0]))
    array([5.])
    """
    if not factor.size:
        return np.full(len(combinations), np.nan)
    return np.asarray(np.linalg.norm(combinations @ unpacked(factor), axis=1))


def coefficient_statistics(
    estimates: Array, std_errors: Array, degrees: Array | float = np.inf
) -> CoefficientStatistics:
    """Compute the statistics, p values and intervals of estimates.

    Parameters
    ----------
    estimates, std_errors : ndarray, (R,)
        The estimates and their standard errors.
    degrees : float or ndarray, (R,)
        Degrees of freedom of Student's t distribution; infinity for the normal distribution.  If they are not
        positive, p values and intervals are nan.

    Returns
    -------
    CoefficientStatistics

    Examples
    --------
    >>> import numpy as np
    >>> from sheernet.statistics.coefficient_statistics import coefficient_statistics
    >>> found = coefficient_statistics(np.array([1.96]), np.array([1.0]))
    >>> found.p_values.round(3), found.lower.round(3)
    (array([0.05]), array([0.]))
    """
    from scipy import stats

    degrees = np.broadcast_to(np.where(np.asarray(degrees) > 0, degrees, np.nan), estimates.shape)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios = estimates / np.where(std_errors > 0, std_errors, np.nan)
    width = stats.t.ppf(0.5 * (1.0 + COVERAGE), degrees) * std_errors
    return CoefficientStatistics(
        estimates, std_errors, ratios, np.asarray(2.0 * stats.t.sf(np.abs(ratios), degrees)),
        estimates - width, estimates + width,
    )  # fmt: skip
