r"""Minimizers on the unit cube: many points at the same time, and one point with constraints.

`descend` is the spectral projected gradient method, with Barzilai and Borwein's step, for all points at the same time,
because one evaluation of a network for a hundred rows takes little more time than for one.  `minimize` is L-BFGS-B of
SciPy, or SLSQP if there are constraints.  All evaluate the function only inside the cube.

References: E. G. Birgin, J. M. Martinez, M. Raydan, SIAM J. Optim. 10 (2000) 1196, algorithm 2.2.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np

from sheernet.foundation.arrays import Array, Indices, Mask

SHORTEST, LONGEST = 1e-8, 1e8
"""Minimum and maximum spectral step."""
MEMORY = 8
"""Number of previous values; a step must decrease the largest of them."""
SUFFICIENT = 1e-4
HALVINGS = 25
SMALL = 1e-7
"""Size of the projected gradient at which the descent of a point ends."""
LBFGSB = {"maxiter": 100, "ftol": 1e-14, "gtol": 1e-8}
SLSQP = {"maxiter": 100, "ftol": 1e-12}

Batch = Callable[[Array, Indices], tuple[Array, Array]]
"""Values, (n,), and gradients, (n, d), at points, (n, d), whose indices are given."""
Parts = Callable[[Array], tuple[float, Array, Array, Array]]
"""At a point, (d,): the value, its gradient, constraints (m,), and their derivatives, (m, d)."""


def descend(function: Batch, U: Array, iterations: int = 150) -> tuple[Array, Array]:
    """Minimize from many points at the same time.

    Parameters
    ----------
    function : callable
        See `Batch`.
    U : ndarray, (N, d)
        The points, in the unit cube.
    iterations : int
        Maximum number of steps of a point.

    Returns
    -------
    points : ndarray, (N, d)
    values : ndarray, (N,)

    Examples
    --------
    >>> import numpy as np
    >>> from sheernet.models.best_inputs.bounded_descent import descend
    >>> wanted = np.array([[0.25, 2.0], [0.5, -1.0]])
    >>> points, values = descend(lambda U, rows: (((U - wanted[rows]) ** 2).sum(1), 2 * (U - wanted[rows])),
    ...                          np.full((2, 2), 0.5))
    >>> points.round(6).tolist()
    [[0.25, 1.0], [0.5, 0.0]]
    """
    U = U.copy()
    left = np.arange(len(U))
    values, gradients = function(U, left)
    history = np.repeat(values[:, None], MEMORY, axis=1)
    steps = np.clip(
        1.0 / np.maximum(np.abs(gradients).max(axis=1, initial=0.0), SMALL), SHORTEST, LONGEST
    )
    for iteration in range(iterations if U.shape[1] else 0):
        ways = np.clip(U[left] - gradients[left], 0.0, 1.0) - U[left]
        left = left[np.abs(ways).max(axis=1) > SMALL]
        if not len(left):
            break
        ways = np.clip(U[left] - steps[left, None] * gradients[left], 0.0, 1.0) - U[left]
        slopes = (ways * gradients[left]).sum(axis=1)
        moved, found, new = _searched(function, U, left, ways, slopes, history[left].max(axis=1))
        kept = left[moved]
        changes = found[moved] - U[kept]
        curvatures = (changes * (new[1][moved] - gradients[kept])).sum(axis=1)
        lengths = (changes**2).sum(axis=1)
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            ratios = np.where(curvatures > 0, lengths / curvatures, LONGEST)
        steps[kept] = np.clip(ratios, SHORTEST, LONGEST)
        U[kept], values[kept], gradients[kept] = found[moved], new[0][moved], new[1][moved]
        history[kept, iteration % MEMORY] = values[kept]
        left = kept
    return U, values


def _searched(
    function: Batch, U: Array, left: Indices, ways: Array, slopes: Array, highest: Array
) -> tuple[Mask, Array, tuple[Array, Array]]:
    """Halve the step of each point until it descends; return which did, the new points, values and gradients."""
    n = len(left)
    moved = np.zeros(n, dtype=np.bool_)
    found, values, gradients = U[left].copy(), np.zeros(n), np.zeros_like(ways)
    length = 1.0
    for _ in range(HALVINGS):
        rows = np.flatnonzero(~moved)
        if not len(rows):
            break
        trial = np.clip(U[left[rows]] + length * ways[rows], 0.0, 1.0)
        value, gradient = function(trial, left[rows])
        good = value <= highest[rows] + SUFFICIENT * length * slopes[rows]
        done = rows[good]
        moved[done], found[done] = True, trial[good]
        values[done], gradients[done] = value[good], gradient[good]
        length *= 0.5
    return moved, found, (values, gradients)


def minimize(parts: Parts, u: Array, n_equalities: int = 0) -> Array:
    """Minimize from one point with constraints c.

    Parameters
    ----------
    parts : callable
        See `Parts`.
    u : ndarray, (d,)
        The point, in the unit cube.
    n_equalities : int
        The first constraints are c = 0, the others c <= 0.

    Returns
    -------
    ndarray, (d,)
        The minimizer, in the unit cube; it may violate constraints if the minimizer fails.

    Examples
    --------
    >>> import numpy as np
    >>> from sheernet.models.best_inputs.bounded_descent import minimize
    >>> def on_a_line(u):  # the point of u + v = 1 nearest to 0
    ...     return float(u @ u), 2 * u, np.array([u.sum() - 1.0]), np.ones((1, 2))
    >>> minimize(on_a_line, np.array([0.9, 0.3]), 1).round(6).tolist()
    [0.5, 0.5]
    """
    from scipy import optimize

    if not len(u):
        return u
    at = lru_cache(2)(lambda point: parts(np.clip(np.frombuffer(point), 0.0, 1.0)))
    n_constraints = len(at(u.tobytes())[2])

    def value(u: Array) -> tuple[float, Array]:
        return at(u.tobytes())[:2]

    how: dict[str, Any] = {"jac": True, "bounds": [(0.0, 1.0)] * len(u)}
    if not n_constraints:
        found = optimize.minimize(value, u, method="L-BFGS-B", options=LBFGSB, **how)
        return np.clip(found.x, 0.0, 1.0)
    groups = ("eq", slice(0, n_equalities), 1.0), ("ineq", slice(n_equalities, n_constraints), -1.0)
    how["constraints"] = [
        {
            "type": kind,
            "fun": lambda u, rows=rows, sign=sign: sign * at(u.tobytes())[2][rows],
            "jac": lambda u, rows=rows, sign=sign: sign * at(u.tobytes())[3][rows],
        }
        for kind, rows, sign in groups
        if rows.start < rows.stop
    ]
    with warnings.catch_warnings():  # about steps outside of the cube, where nothing is evaluated
        warnings.simplefilter("ignore", RuntimeWarning)
        found = optimize.minimize(value, u, method="SLSQP", options=SLSQP, **how)
    return np.clip(np.nan_to_num(found.x, nan=0.5), 0.0, 1.0)
