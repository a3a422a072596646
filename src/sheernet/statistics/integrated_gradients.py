r"""Integrated gradients: how much of the change of a function along a straight path is due to each column.

    contribution_c = sum over the features j of column c of (x_j - b_j) int_0^1 dF/dx_j (b + t (x - b)) dt

The contributions add up to F(x) - F(b).

M. Sundararajan, A. Taly and Q. Yan (2017), Axiomatic attribution for deep networks, ICML, PMLR 70, 3319, eq. 1.
Deviation from the source: Gauss-Legendre quadrature with bisection replaces the sum over equal steps.  A piece of the
path is divided until its integrals agree with those of its halves, and their sum with the change of the function over
each half, so that kinks of relu are found, too.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from sheernet.foundation.arrays import Array, Indices

Function = Callable[[Array], Array]

NODES, WEIGHTS = np.polynomial.legendre.leggauss(8)
MOST_BISECTIONS = 48
"""Maximum number of bisections: pieces of the path are not shorter than 2^-48."""
MOST_PIECES = 500
"""Maximum mean number of pieces of a path; further pieces would differ only by rounding."""
ROUNDING = 1e-13
"""Differences below this fraction of the terms of an integral are rounding errors."""
EPSILONS = 16 * np.finfo(np.float64).eps
"""Rounding error of the values of a function, as a fraction of the values."""
BLOCK = 2**20
"""Maximum number of entries of the gradients of a block of points: 8 MiB."""


def integrated_gradients(
    function: Function,
    gradient: Function,
    X: Array,
    baseline: Array,
    columns: Indices,
    tolerance: Array,
) -> Array:
    """Compute the contribution of each column to the change of functions from a baseline to each row.

    Parameters
    ----------
    function : callable, (n, F) -> (n, K)
        K functions of F features.
    gradient : callable, (n, F) -> (n, K, F)
        The derivatives of the functions.
    X : ndarray, (N, F)
        The rows.
    baseline : ndarray, (F,)
        The start of all paths.
    columns : ndarray of int, (F,)
        The column of each feature, from 0 to C - 1.
    tolerance : ndarray, (K,)
        Maximum difference between the integral over a piece of a path and those over its halves, and between their sum
        over the columns and the change of the function.

    Returns
    -------
    ndarray, (N, C, K)

    Examples
    --------
    The function x y from (0, 0) to (2, 3): each of the two columns contributes half of the change.

    >>> import numpy as np
    >>> from sheernet.statistics.integrated_gradients import integrated_gradients
    >>> function, gradient = lambda X: X[:, :1] * X[:, 1:], lambda X: X[:, None, ::-1]
    >>> X, tolerance = np.array([[2.0, 3.0]]), np.array([1e-12])
    >>> found = integrated_gradients(function, gradient, X, np.zeros(2), np.arange(2), tolerance)
    >>> found[0, :, 0].round(12).tolist()
    [3.0, 3.0]
    """
    steps = X - baseline  # (N, F)
    owner = (columns[:, None] == np.arange(columns.max() + 1)).astype(np.float64)  # (F, C)

    def integrals(rows: Indices, starts: Array, length: float) -> Array:
        """Return the integrals over pieces of the paths of some rows, (n, K, C)."""
        n_outputs = len(tolerance)
        total = np.empty((len(rows), n_outputs, owner.shape[1]))
        size = max(BLOCK // (len(NODES) * n_outputs * X.shape[1]), 1)
        for first in range(0, len(rows), size):
            part = slice(first, first + size)
            times = starts[part, None] + 0.5 * length * (NODES + 1.0)  # (n, nodes)
            points = baseline + times[:, :, None] * steps[rows[part], None]
            slopes = gradient(points.reshape(-1, X.shape[1])).reshape(*times.shape, n_outputs, -1)
            mean = np.einsum("q,nqkf->nkf", 0.5 * length * WEIGHTS, slopes)
            total[part] = (mean * steps[rows[part], None]) @ owner
        return total

    def changes(rows: Indices, starts: Array, length: float) -> tuple[Array, Array]:
        """Return the changes of the functions over pieces of the paths, and their rounding errors, (n, K) each."""
        low, high = (
            function(baseline + times[:, None] * steps[rows]) for times in (starts, starts + length)
        )
        return high - low, EPSILONS * (np.abs(low) + np.abs(high))

    result = np.zeros((len(X), len(tolerance), owner.shape[1]))
    rows, starts, length = np.arange(len(X)), np.zeros(len(X)), 1.0
    whole = integrals(rows, starts, length)
    for bisection in range(MOST_BISECTIONS):
        length *= 0.5
        rows, starts = np.repeat(rows, 2), np.repeat(starts, 2)
        starts[1::2] += length
        halves = integrals(rows, starts, length)
        both = halves[::2] + halves[1::2]
        noise = ROUNDING * (np.abs(halves[::2]) + np.abs(halves[1::2]))
        change, rounding = changes(rows, starts, length)
        rounding += ROUNDING * np.abs(halves).sum(axis=2)
        complete = (np.abs(halves.sum(axis=2) - change) <= tolerance + rounding).all(axis=1)
        last = bisection == MOST_BISECTIONS - 1 or len(rows) > MOST_PIECES * len(X)
        agree = np.abs(both - whole) <= tolerance[:, None] + noise
        close = (agree.all(axis=(1, 2)) & complete[::2] & complete[1::2]) | last  # (n / 2,)
        np.add.at(result, rows[::2][close], both[close])
        rest = np.repeat(~close, 2)
        rows, starts, whole = rows[rest], starts[rest], halves[rest]
        if not len(rows):
            break
    return result.swapaxes(1, 2)
