"""BFGS with a dense inverse Hessian, updated in place, and renewed from the Gauss-Newton matrix.

    p_k = -H_k g_k,   x_{k+1} = x_k + a_k p_k,   s = x_{k+1} - x_k,   y = g_{k+1} - g_k
    H_{k+1} = (I - rho s y^T) H_k (I - rho y s^T) + rho s s^T,   rho = 1 / y^T s

Source: J. Nocedal and S. J. Wright, Numerical Optimization, 2nd ed. (2006), Algorithm 6.1 with (6.17), the
scaling (6.20) of H_0 before the first update, and the strong Wolfe search of line_search.py.
Deviations from the source:

1. The update is expanded to H + s b^T + b s^T with b = rho (1 + rho y^T H y) s / 2 - rho H y, so that H stays
   exactly symmetric and no second matrix is needed.
2. The first trial of the first iteration has length min(1, 1/||g||); all others have length 1.
3. A pair with y^T s <= 1e-10 ||y|| ||s|| is skipped (the test does not depend on the scale of f or x).  The update
   uses both times the same power of two (power_of_two_scaling.py), so that no product leaves the range of float64.
4. If the search fails, the method restarts at this x with H = I.  If the search along -g also fails, or if the gradient
   is 0, termination_check.py finds a point at which the method restarts, which is lower or, with polish, has a smaller
   gradient; otherwise it determines the termination reason.
5. c2 is 0.1 instead of 0.9.  On the sleep study example (benchmarks/notebook_starts.py --starts 200 --c2 ...), with
   c2 = 0.9, 0.5 and 0.1, 88 %, 89 % and 95 % of the runs reached an objective no higher than SciPy's BFGS at the same
   gradient tolerance, with medians of 49, 42 and 54 evaluations and of 46, 26 and 20 iterations.  On five other small
   networks, c2 = 0.1 took 15 to 70 % more evaluations than 0.5; set c2=0.5 if evaluations are expensive.
6. With renew, if the objective has a Gauss-Newton matrix A and P <= 1000, H becomes the inverse of A + 1e-3 diag(A) at
   iteration 50 and at each multiple of max(50, P); entries of diag(A) that are 0 are replaced by the largest entry.  H
   then has the curvature along all P directions after one evaluation, and the pairs add the part of the Hessian that A
   omits.  From iteration 50, c2 is at least 0.5, because the first trial is nearly always long enough.  The interval
   bounds the cost: computing A and the inverse takes a fraction of the P evaluations and updates before it.  On 14
   problems of 16 to 67 parameters, 10 starts each, a first renewal at iteration 10, 30 and 60 took 0.38, 0.49 and 0.52
   times the evaluations without renewal (geometric means); final objectives were 3 % higher, 2 % lower and 3 % lower.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import nan, sqrt
from typing import Any

import numpy as np

from sheernet.foundation.arrays import Array
from sheernet.foundation.declared_fields import Matrix, Vector
from sheernet.foundation.memory import require_room_for
from sheernet.foundation.scalars import as_flag
from sheernet.optimizers.damped_cholesky import symmetric_inverse
from sheernet.optimizers.line_search import CURVATURE, check_constants, descend, first_length
from sheernet.optimizers.optimizer_protocol import (
    Differentiable,
    Step,
    Steps,
    Termination,
    freeze,
    is_finite,
)
from sheernet.optimizers.power_of_two_scaling import scaled_pair
from sheernet.optimizers.termination_check import last_check

MATRICES = 1
"""Number of (P, P) matrices that bfgs stores; while H is renewed, there are a few more of at most 8 MB each."""
RENEWAL = 50
"""The iteration at which H is renewed for the first time, and the minimum interval of the next renewals."""
RENEWED_UP_TO = 1000
"""Largest P for which H is renewed."""
RENEWAL_DAMPING = 1e-3
"""Relative increase of the diagonal entries of A."""
RENEWED_C2 = 0.5
"""Minimum of c2 once H has been renewed."""

_BLOCK = 32768  # entries of H updated at a time, so that temporaries stay in the cache


@dataclass(frozen=True, eq=False)
class BFGSState:
    """State of bfgs.  The run that owns it updates `inverse_hessian` in place."""

    iteration: int
    theta: Vector  # x_k
    value: float
    gradient: Vector  # g_k
    inverse_hessian: Matrix  # H_k
    fresh: bool  # whether H_k is the identity, before the first pair

    def __post_init__(self) -> None:
        freeze(self, "theta", "gradient")

    def snapshot(self) -> BFGSState:
        """Copy the matrix, which the run continues to update."""
        return replace(self, inverse_hessian=self.inverse_hessian.copy())


def bfgs(
    objective: Differentiable,
    start: Array | BFGSState,
    *,
    c1: float = 1e-4,
    c2: float = 0.1,
    polish: bool = True,
    renew: bool = True,
) -> Steps:
    """Minimize by BFGS.

    Parameters
    ----------
    objective : object
        Has value(theta) -> float and value_and_gradient(theta) -> (float, (P,)).  Optional: gauss_newton(theta) ->
        (float, (P,), (P, P)).
    start : ndarray, (P,), or BFGSState
        The start, or the state to resume.
    c1, c2 : float
        Constants of the strong Wolfe conditions.
    polish : bool
        Whether to reduce the gradient by Newton steps once no further decrease exceeds the rounding error of the
        objective, if the objective has hessian_vector.
    renew : bool
        Whether to replace the inverse Hessian by the inverse of the damped Gauss-Newton matrix at iteration 50 and then
        every max(50, P) iterations, if the objective has gauss_newton and P <= 1000.  False is BFGS as in the source.

    Yields
    ------
    Step
        The start, then each accepted iterate.

    Returns
    -------
    Termination
        precision_reached, plateau, line_search_failed or non_finite.

    Raises
    ------
    InvalidInput
        If an option is not allowed, or the matrix does not fit into memory.

    References
    ----------
    Nocedal and Wright (2006), Algorithm 6.1.

    Examples
    --------
    >>> import numpy as np
    >>> from sheernet.optimizers import bfgs
    >>> class Bowl:
    ...     def value(self, theta):
    ...         return self.value_and_gradient(theta)[0]
    ...     def value_and_gradient(self, theta):
    ...         return 0.5 * float(theta @ theta), theta.copy()
    >>> steps = bfgs(Bowl(), np.array([3.0, 4.0]))
    >>> [next(steps).value for _ in range(2)]
    [12.5, 0.0]
    """
    check_bfgs(c1, c2, polish, renew)
    size = start.theta.size if isinstance(start, BFGSState) else np.size(start)
    require_room_for("bfgs", size, MATRICES)
    state = start.snapshot() if isinstance(start, BFGSState) else _begin(objective, start)
    renews = (
        renew and size <= RENEWED_UP_TO and getattr(objective, "gauss_newton", None) is not None
    )
    yield _step(state, nan)
    if not is_finite(state.value, state.gradient):
        return Termination("non_finite")
    while True:
        if renews and state.iteration >= RENEWAL:
            c2 = max(c2, RENEWED_C2)
            state = _renewed(objective, state)
        x, g, H = state.theta, state.gradient, state.inverse_hessian
        fresh = state.fresh
        first = first_length(g) if fresh else 1.0
        trial = descend(objective, state, -(H @ g), first, c1, c2)  # p_k (6.18), a_k
        if trial is None and not fresh:
            fresh = True
            trial = descend(objective, state, -g, first_length(g), c1, c2)
        if trial is None:
            predicted = 0.5 * float(g @ H @ g)  # decrease of the quadratic model
            found = last_check(objective, state, predicted, polish, c1, c2)
            if isinstance(found, Termination):
                return found
            trial = found
        s, y = trial.theta - x, trial.gradient - g  # s_k, y_k (6.5)
        is_used = _update(H, s, y, fresh)
        fresh = fresh and not is_used
        state = BFGSState(state.iteration + 1, trial.theta, trial.value, trial.gradient, H, fresh)
        yield _step(state, trial.length)


def check_bfgs(c1: float, c2: float, polish: bool, renew: bool) -> None:
    """Raise `InvalidInput` if an option is invalid."""
    check_constants(c1, c2)
    as_flag("polish", polish)
    as_flag("renew", renew)


def _renewed(objective: Any, state: BFGSState) -> BFGSState:
    """Renew H of the state, in place, from the Gauss-Newton matrix, at the iterations for renewals, if H is finite."""
    k, size = state.iteration, state.theta.size
    if k != RENEWAL and k % max(RENEWAL, size) != 0:
        return state
    A = objective.gauss_newton(state.theta)[2]
    scales = A.diagonal()  # (P,)
    damping = RENEWAL_DAMPING * np.where(scales > 0, scales, scales.max() or 1.0)
    inverse = symmetric_inverse(A, damping)
    if inverse is None:
        return state
    state.inverse_hessian[:] = inverse
    return replace(state, fresh=False)


def _update(H: Array, s: Array, y: Array, fresh: bool) -> bool:
    """Update H in place (6.17), from gamma I if fresh; return whether the pair has curvature and was used."""
    s, y = scaled_pair(s, y)
    ys, yy = float(y @ s), float(y @ y)
    is_used = ys > CURVATURE * sqrt(yy * float(s @ s))
    if fresh:
        H[:] = 0
        np.fill_diagonal(H, ys / yy if is_used else 1.0)  # (6.20)
    if not is_used:
        return False
    Hy = H @ y
    rho = 1 / ys
    b = (0.5 * rho * (1 + rho * float(y @ Hy))) * s - rho * Hy
    rows = max(1, _BLOCK // s.size)
    for i in range(0, s.size, rows):
        part = slice(i, i + rows)
        H[part] += s[part, None] * b + b[part, None] * s
    return True


def _begin(objective: Differentiable, start: Array) -> BFGSState:
    theta = np.array(start, dtype=np.float64)  # (P,)
    value, gradient = objective.value_and_gradient(theta)
    return BFGSState(0, theta, value, gradient, np.eye(theta.size), True)


def _step(state: BFGSState, length: float) -> Step:
    return Step(state.iteration, state.theta, state.value, state.gradient, length, nan, state)
