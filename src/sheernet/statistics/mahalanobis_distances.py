r"""Mahalanobis distances of rows from the center of other rows, by the covariance of these rows.

    m = sum_n p_n x_n,    C = sum_n p_n (x_n - m)(x_n - m)^T,    A = C + r diag(C),    r = max(1 / N^2, 1e-8)
    d^2(x) = (x - m)^T A^-1 (x - m)

p are the case weights divided by their sum.  The ridge r makes A nonsingular if features depend on each other, as the
features of a category do, which add up to 1: a row that violates such a dependence has a large, but finite, distance.

References: P. C. Mahalanobis, Proc. Nat. Inst. Sci. India 2 (1936) 49; R. D. Cook, S. Weisberg, Residuals and Influence
in Regression (1982), section 2.2, for the leverage h_n = p_n (1 + d_n^2).
"""

from __future__ import annotations

import numpy as np

from sheernet.foundation.arrays import Array

SMALLEST_RIDGE = 1e-8
"""Minimum of r, the ridge as a fraction of the variances of the features."""
NEAR_ONE = 1e-9
"""Leverages are limited to 1 minus this number; a row with such a leverage determines a direction on its own."""


def fit_ellipsoid(X: Array, weights: Array | None = None) -> tuple[Array, Array]:
    """Compute the center of rows, and the factor of their covariance with its ridge.

    Parameters
    ----------
    X : ndarray, (N, F)
        Rows.
    weights : ndarray, (N,), optional
        Case weights.

    Returns
    -------
    center : ndarray, (F,)
        m.
    factor : ndarray, (F, F)
        L, lower triangular, with L L^T = A.

    Examples
    --------
    >>> import numpy as np
    >>> from sheernet.statistics.mahalanobis_distances import distances, fit_ellipsoid
    >>> center, factor = fit_ellipsoid(np.array([[0.0], [2.0]] * 500_000))
    >>> center.tolist(), distances(center, factor, np.array([[4.0]])).round(4).tolist()
    ([1.0], [3.0])
    """
    shares = _shares(len(X), weights)
    center = shares @ X  # (F,)
    centered = X - center
    covariance = (centered * shares[:, None]).T @ centered  # (F, F)
    variances = covariance.diagonal()
    rounding = 1e-24 * np.maximum(center**2, 1.0)
    # A constant feature has no scale of its own.
    scales = np.where(variances > rounding, variances, np.maximum(center**2, 1.0))
    ridge = max(1.0 / len(X) ** 2, SMALLEST_RIDGE)
    factor: Array = np.asarray(
        np.linalg.cholesky(covariance + np.diag(ridge * scales)), dtype=np.float64
    )
    return center, factor


def distances(center: Array, factor: Array, X: Array) -> Array:
    """Compute d of each row of X, (N, F), from the result of `fit_ellipsoid`: (N,)."""
    from scipy.linalg import solve_triangular

    return np.asarray(np.linalg.norm(solve_triangular(factor, (X - center).T, lower=True), axis=0))


def left_out_distances(found: Array, weights: Array | None = None) -> Array:
    """Convert the distances of the rows of `fit_ellipsoid` to distances from the other rows only, (N,).

    d_(n)^2 = d_n^2 / (1 - h_n),  by the formula of Sherman and Morrison, exact without the ridge.  A new row is
    compared with these distances, because a row is nearer to a center to which it contributed.

    Parameters
    ----------
    found : ndarray, (N,)
        d of the rows.
    weights : ndarray, (N,), optional
        Case weights.

    Examples
    --------
    >>> import numpy as np
    >>> from sheernet.statistics.mahalanobis_distances import left_out_distances
    >>> left_out_distances(np.array([1.0, 1.0, 0.0])).round(4).tolist()  # h = 2/3, 2/3, 1/3
    [1.7321, 1.7321, 0.0]
    """
    leverages = _shares(len(found), weights) * (1.0 + found**2)
    return found / np.sqrt(np.maximum(1.0 - leverages, NEAR_ONE))


def conditional_deviations(
    center: Array, factor: Array, X: Array, groups: tuple[slice, ...]
) -> Array:
    r"""Compute how far the features of each group are from their prediction by all other features of the row.

        sqrt(v_g^T ((A^-1)_gg)^-1 v_g),   v = A^-1 (x - m)

    The square is what the group adds to the d^2 of the other features.  It is 0 if the group has the values that linear
    regression on the others predicts, and 3 if one feature is three residual standard deviations away from them.

    Parameters
    ----------
    center, factor : ndarray, (F,) and (F, F)
        As returned by `fit_ellipsoid`.
    X : ndarray, (N, F)
        Rows.
    groups : tuple of G slice
        The features of each group.

    Returns
    -------
    ndarray, (N, G)

    Examples
    --------
    >>> import numpy as np
    >>> from sheernet.statistics.mahalanobis_distances import conditional_deviations
    >>> groups = slice(0, 1), slice(1, 2)
    >>> conditional_deviations(np.zeros(2), np.diag([1.0, 2.0]), np.array([[3.0, -2.0]]), groups).tolist()
    [[3.0, 1.0]]
    """
    inverse = np.linalg.inv(factor)
    precision = inverse.T @ inverse  # A^-1, (F, F)
    pulls = (X - center) @ precision  # v, (N, F)
    squares = [
        np.einsum("ni,ij,nj->n", pulls[:, g], np.linalg.inv(precision[g, g]), pulls[:, g])
        for g in groups
    ]
    return np.sqrt(np.maximum(np.stack(squares, axis=1), 0.0))


def _shares(n: int, weights: Array | None) -> Array:
    """Return p, (N,)."""
    return np.full(n, 1.0 / n) if weights is None else weights / weights.sum()
