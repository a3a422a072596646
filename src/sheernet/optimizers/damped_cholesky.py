"""Solving equations with a damped Gauss-Newton matrix, and its inverse, for lm, bfgs and hybrid."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from sheernet.foundation.arrays import Array
from sheernet.foundation.no_fork import NO_FORK


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
    with NO_FORK:
        from scipy.linalg.lapack import dpotrf, dpotrs

    damped = A.copy()  # (P, P)
    damped.flat[:: A.shape[0] + 1] += damping
    factor, failed = dpotrf(damped, lower=1, overwrite_a=1, clean=0)
    if failed != 0:
        return None
    return lambda r: dpotrs(factor, r, lower=1)[0]


def symmetric_inverse(A: Array, damping: Array | float) -> Array | None:
    """Return the symmetric part of (A + D)^-1, (P, P); None if A or the inverse is not finite, or as `factored`."""
    solve = factored(A, damping) if np.isfinite(A).all() else None
    if solve is None:
        return None
    inverse = solve(np.eye(A.shape[0]))
    return 0.5 * (inverse + inverse.T) if np.isfinite(inverse).all() else None
