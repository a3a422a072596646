"""Levenberg-Marquardt with Nielsen's damping rule.

With A = J^T H J + diag(decay), the Gauss-Newton matrix of the objective, and its gradient g:

    (A + mu I) h = -g                                        the damped step
    rho = (F(x) - F(x + h)) / (h^T (mu h - g) / 2)           gain: actual by predicted decrease
    rho > 0:  x <- x + h,  mu <- mu max(1/3, 1 - (2 rho - 1)^3),  nu <- 2
    else:     mu <- mu nu,  nu <- 2 nu

Source: K. Madsen, H. B. Nielsen and O. Tingleff, Methods for Non-Linear Least Squares Problems, 2nd ed. (IMM, DTU,
2004), Algorithm 3.16; the damping is that of H. B. Nielsen, Damping Parameter in Marquardt's Method (IMM-REP-1999-05),
tau = 1e-3.  Deviations:

1. A is the generalized Gauss-Newton matrix: J^T J for the squared error, J^T H J with the Hessian H of the loss for
   other costs.  It is never inverted: A + mu I is factored by Cholesky; if that fails (A is singular and mu too small),
   mu grows as after a rejected step.
2. The candidate is evaluated by value() first, and by gauss_newton() only if it is lower.  A candidate with a
   non-finite value, gradient or matrix is rejected.
3. mu never decreases below 1e-30 of the largest diagonal entry of A, so that it can grow again.
4. If the candidate is not lower and the predicted decrease is below the rounding error of F, the candidate is accepted
   if its gradient is smaller and its value is equal up to rounding; otherwise it is rejected.  The run ends with
   `precision_reached` if the predicted decrease of a rejected candidate is below 1e-3 of the rounding error, or if the
   gradient is 0.
5. The run ends if mu exceeds 1e16 times the largest diagonal entry of A: the remaining steps are shorter than the
   rounding of x.  The reason is `precision_reached` if the predicted decrease of the first step from this x is below
   the rounding error of F, which is measured unless the objective provides it, and `damping_limit` otherwise.  The
   driver implements the other stopping rules of the source.

tau is 1e-3 by default.  On the network of the sleep study example (300 starts), runs with tau = 1e-3 reached the global
minimum from 87 % of the starts, runs with tau = 1 from 65 %.  On an 8-10-1 regression, runs with tau = 1 ended 20 %
lower (mean of 16 starts), so neither value is always better.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import isfinite, nan

import numpy as np

from sheernet.foundation.arrays import Array
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.memory import require_room_for
from sheernet.foundation.sentences import Setting, sentence
from sheernet.optimizers.option_checks import require_positive
from sheernet.optimizers.step import (
    Step,
    Steps,
    Termination,
    WithGaussNewton,
    freeze,
    is_finite,
    measured_rounding,
    rounding,
)

MIN_DAMPING = 1e-30
"""Minimum damping, in units of the largest diagonal entry of A."""
MAX_DAMPING = 1e16
"""Damping above which the run ends, in the same units."""
NEGLIGIBLE = 1e-3
"""Predicted decrease at or below which the run ends, in units of the rounding error of F."""
MATRICES = 3
"""Number of (P, P) matrices at a time: A at x, A + mu I or A of the candidate, and a temporary of its computation."""


@dataclass(frozen=True, eq=False)
class QuadraticModel:
    """A point and the quadratic model around it."""

    theta: Array  # x, (P,)
    value: float  # F(x)
    gradient: Array  # g, (P,)
    matrix: Array  # A, (P, P)

    def __post_init__(self) -> None:
        freeze(self, "theta", "gradient", "matrix")


@dataclass(frozen=True, eq=False)
class LMState:
    """State of lm; immutable."""

    iteration: int
    model: QuadraticModel
    damping: float  # mu
    growth: float  # nu

    @property
    def theta(self) -> Array:
        """The iterate, (P,)."""
        return self.model.theta

    def snapshot(self) -> LMState:
        """Share the arrays, also read-only after unpickling."""
        return replace(self, model=replace(self.model))


def lm(objective: WithGaussNewton, start: Array | LMState, *, tau: float = 1e-3) -> Steps:
    """Minimize by Levenberg-Marquardt.

    Parameters
    ----------
    objective : object
        Has value(theta) -> float and gauss_newton(theta) -> (float, (P,), (P, P)).
    start : ndarray, (P,), or LMState
        The start, or the state to resume.
    tau : float
        Initial damping, in units of the largest diagonal entry of A: small if the start is good.

    Yields
    ------
    Step
        The start, then each accepted iterate.

    Returns
    -------
    Termination
        precision_reached, damping_limit or non_finite.

    Raises
    ------
    InvalidInput
        If the objective has no Gauss-Newton matrix, tau is not positive, or the matrices do not fit into memory.

    References
    ----------
    Madsen, Nielsen and Tingleff (2004), Algorithm 3.16; Nielsen (1999).
    """
    if getattr(objective, "gauss_newton", None) is None:
        raise InvalidInput(
            sentence(
                "method 'lm' requires an objective with gauss_newton(theta) -> (value, gradient, matrix); use {}",
                Setting("method", "bfgs"),
            )
        )
    check_lm(tau)
    size = start.theta.size if isinstance(start, LMState) else np.size(start)
    require_room_for("lm", size, MATRICES)
    state = start.snapshot() if isinstance(start, LMState) else _begin(objective, start, tau)
    yield _step(state, nan)
    if not _finite(state.model):
        return Termination("non_finite")
    while True:
        if not state.model.gradient.any():
            return Termination("precision_reached")
        model, mu, nu = state.model, state.damping, state.growth
        unit = _unit(model.matrix)
        while (accepted := _attempt(objective, model, mu)) is None:
            mu, nu = mu * nu, 2 * nu
            if mu > MAX_DAMPING * unit:
                return _at_the_limit(objective, model, state.damping)
        if isinstance(accepted, Termination):
            return accepted
        model, rho = accepted
        mu = max(mu * max(1 / 3, 1 - (2 * rho - 1) ** 3), MIN_DAMPING * unit)
        state = LMState(state.iteration + 1, model, mu, 2.0)
        yield _step(state, 1.0)


def check_lm(tau: float) -> None:
    """Raise `InvalidInput` unless the initial damping is positive and finite."""
    require_positive("tau", tau)


def _attempt(
    objective: WithGaussNewton, model: QuadraticModel, mu: float
) -> tuple[QuadraticModel, float] | Termination | None:
    """Try one damping: the new point and its gain, None if the step is rejected, or the reason for the end."""
    x, value, g, A = model.theta, model.value, model.gradient, model.matrix
    h = _solve(A, mu, -g)
    if h is None:
        return None
    predicted = _predicted_decrease(h, mu, g)
    candidate = x + h
    found = objective.value(candidate)
    if not isfinite(found) or not predicted >= 0:
        return None
    rho = (value - found) / predicted if predicted > 0 else 0.0  # 0 if the squares of g underflow
    if rho > 0:
        lower = QuadraticModel(candidate, *objective.gauss_newton(candidate))
        return (lower, rho) if _finite(lower) else None
    noise = rounding(objective, x, value)
    if predicted > noise:
        return None
    flat = QuadraticModel(candidate, *objective.gauss_newton(candidate))
    smaller = _finite(flat) and np.abs(flat.gradient).max() < np.abs(g).max()
    if smaller and flat.value <= value + noise:
        return flat, 1.0
    return Termination("precision_reached") if predicted <= NEGLIGIBLE * noise else None


def _at_the_limit(objective: WithGaussNewton, model: QuadraticModel, mu: float) -> Termination:
    """Reason at the maximum damping: rounding hides the predicted decrease of the first step, or the model is wrong."""
    h = _solve(model.matrix, mu, -model.gradient)
    if h is None:
        return Termination("damping_limit")
    noise = measured_rounding(objective, model.theta, model.value)
    small = 0 <= _predicted_decrease(h, mu, model.gradient) <= noise
    return Termination("precision_reached" if small else "damping_limit")


def _predicted_decrease(h: Array, mu: float, g: Array) -> float:
    """Decrease predicted by the quadratic model, L(0) - L(h)."""
    return 0.5 * float(h @ (mu * h - g))


def _solve(A: Array, mu: float, right: Array) -> Array | None:
    """Solve (A + mu I) h = right by Cholesky; None if the matrix is not positive definite in float64."""
    from scipy.linalg.lapack import dposv

    damped = A.copy()  # (P, P)
    damped.flat[:: A.shape[0] + 1] += mu
    _, h, failed = dposv(damped, right, lower=1, overwrite_a=1)
    return h if failed == 0 and np.isfinite(h).all() else None


def _unit(A: Array) -> float:
    """Largest diagonal entry of A, the unit of the damping; 1 if all are 0."""
    return float(A.diagonal().max()) or 1.0


def _finite(model: QuadraticModel) -> bool:
    return is_finite(model.value, model.gradient) and bool(np.isfinite(model.matrix).all())


def _begin(objective: WithGaussNewton, start: Array, tau: float) -> LMState:
    theta = np.array(start, dtype=np.float64)  # (P,)
    model = QuadraticModel(theta, *objective.gauss_newton(theta))
    return LMState(0, model, tau * _unit(model.matrix), 2.0)


def _step(state: LMState, length: float) -> Step:
    model = state.model
    return Step(
        state.iteration, model.theta, model.value, model.gradient, length, state.damping, state
    )
