"""Solving equations with a damped Gauss-Newton matrix, for lm and bfgs."""

from __future__ import annotations

from collections.abc import Callable

from sheernet.foundation.arrays import Array


def factored(A: Array, damping: Array | float) -> Callable[[Array], Array] | None:
    """Factor A + D by Cholesky; return r -> (A + D)^-1 r, or None if it is not positive definite in float64.

    Parameters
    ----------
    A : ndarray, (P, P)
        A symmetric matrix.
    damping : ndarray, (P,), or float
        The diagonal of D.

    Returns
    -------
    callable or None
        Its argument is one right side, (P,), or several in columns.
    """
    from scipy.linalg.lapack import dpotrf, dpotrs

    damped = A.copy()  # (P, P)
    damped.flat[:: A.shape[0] + 1] += damping
    factor, failed = dpotrf(damped, lower=1, overwrite_a=1, clean=0)
    if failed != 0:
        return None
    return lambda r: dpotrs(factor, r, lower=1)[0]
