"""Levenberg-Marquardt (`lm`), finished with steps from the exact Hessian.

With A = J^T H_loss J + diag(decay), the Gauss-Newton matrix of the objective, and its gradient g:

    (A + mu D) h = -g                                        the plain step; D = I unless scaling is "diagonal"
    rho = (F(x) - F(x + h)) / (h^T (mu D h - g) / 2)         gain: actual / predicted decrease
    rho > 0:  x <- x + h,  mu <- mu max(1/3, 1 - (2 rho - 1)^3),  nu <- 2
    else:     mu <- mu nu,  nu <- 2 nu

A omits a part of the Hessian H of F that is large if the residuals are large: on three such problems, a plain step
multiplied the error by 0.89 to 0.98.  So, once F decreases slowly, the first step from each iterate is refined
(newton_step.py), with M = A + mu D as the preconditioner:

    (H + mu D) h = -g,  until |r|_(1/M) <= max(min(1/2, (|g| / g_ref)^(1/2)), 1e-8) |g|_(1/M)
    rho = (F(x) - F(x + h)) / (-g^T h - h^T H h / 2)

Source: K. Madsen, H. B. Nielsen and O. Tingleff, Methods for Non-Linear Least Squares Problems, 2nd ed. (IMM, DTU,
2004), Algorithm 3.16; damping by H. B. Nielsen, Damping Parameter in Marquardt's Method (IMM-REP-1999-05), with
tau = 1e-3; scaling by running maxima by J. J. More, The Levenberg-Marquardt Algorithm: Implementation and Theory,
Lecture Notes in Mathematics 630 (1978), 105-116, eq. 6.3.  Deviations from the sources:

1. A is the generalized Gauss-Newton matrix: J^T J for the squared error, J^T H_loss J with the Hessian of the loss for
   other costs.  It is never inverted: A + mu D is factored by Cholesky; if that fails (A is singular and mu too small),
   mu grows as after a rejected step.
2. The candidate is evaluated by value() first, and by gauss_newton() only if it is lower.  A candidate with a
   non-finite value, gradient or matrix is rejected.
3. mu never decreases below 1e-30 of the largest diagonal entry of A, so that it can grow again.
4. Steps are refined from the first iterate k with F(k-5) - F(k) <= 0.01 |F(k)| on; its |g| is g_ref.  A refined step
   must have a gain above 1e-4.  If it is rejected, the remaining steps from this iterate are plain: the exact Hessian
   did not help, and an incorrect hessian_vector does not prevent progress.  Products are computed by hessian_vector
   or, if the objective has none, from differences of its gradient.
5. If the candidate is not lower and the predicted decrease is below the rounding error of F, the candidate is accepted
   if its gradient is smaller and its value is equal up to rounding; otherwise it is rejected.
6. The search from an iterate ends if the predicted decrease of a rejected candidate is below 1e-3 of the rounding
   error, or if mu exceeds 1e16 times the largest diagonal entry of A.  Then the attainable decrease is predicted (the
   "promise"): for the refined step with mu = 1e-10 of that entry and a residual of at most 1e-8, along negative
   curvature if there is any.  The run ends with `precision_reached` if the promise is below the rounding error of F,
   which is measured unless the objective provides it.  Otherwise refined steps are tried again from that mu on.  If
   none is lower, the run ends: with `precision_reached` if the promise is at most 1e-9 |F|, with `plateau` if the
   decrease predicted for a step along the gradient is below the rounding error, and with `damping_limit` otherwise.  If
   the gradient is 0, the reason is `precision_reached`.
   The driver implements the other stopping rules of the source.
7. Before the run ends for one of these reasons, termination_check.py searches for a lower point, because steps computed
   from the gradient have no component along the negative curvature at a symmetric saddle, or, with polish, for a point
   of smaller gradient.  From there, the run continues with the initial damping.  Otherwise, `precision_reached` becomes
   `plateau` unless the check confirms it: the promise is that of a damped step, which hides a decrease along directions
   whose curvature is below mu.

Measured on 26 tables and functions, noisy and smooth, with 16 to 331 parameters, from 10 starts each (C++, one thread):
the fits took 0.25 times as long as with plain steps only (geometric mean; 0.05 to 0.93).  The median final objective
was the same in 18 of them and within 6 % in all.  All fits with a decay reached a gradient of 1e-8; with plain steps,
two thirds of them did.  If steps were also refined after a rejected step, fits took 6 % longer (19 problems, 6 starts).

tau is 1e-3 by default.  On the network of the sleep study example (300 starts), runs with tau = 1e-3 reached the global
minimum from 87 % of the starts, runs with tau = 1 from 65 %.  On an 8-10-1 regression, the final objective was 20 %
lower with tau = 1 (mean of 16 starts), so neither value is always better.

scaling is "none" by default.  On the 26 problems, "diagonal" took 1.16 times as long (geometric mean; 0.90 to 1.72),
and the median final objective was lower in 13 and higher in 10 of them.  It is for parameters in very different units:
a fit to two columns in units of 1e3 and 1e-3, with initial weights in proportion, reaches an objective of 3e-20 with
"diagonal" and 0.16 with "none".
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from math import inf, isfinite, nan, sqrt
from typing import Any

import numpy as np

from sheernet.foundation.arrays import Array
from sheernet.foundation.declared_fields import Matrix, Vector
from sheernet.foundation.errors import InvalidInput, unknown_name
from sheernet.foundation.memory import require_room_for
from sheernet.foundation.scalars import as_flag
from sheernet.foundation.sentences import Setting
from sheernet.optimizers.damped_cholesky import factored
from sheernet.optimizers.newton_step import newton_cg
from sheernet.optimizers.optimizer_protocol import (
    EPS,
    Step,
    Steps,
    Termination,
    WithGaussNewton,
    freeze,
    is_finite,
    measured_rounding,
    rounding,
)
from sheernet.optimizers.option_checks import require_positive
from sheernet.optimizers.termination_check import has_products, last_check

MIN_DAMPING = 1e-30
"""Minimum damping, in units of the largest diagonal entry of A."""
MAX_DAMPING = 1e16
"""Damping above which the search from an iterate ends, in the same units."""
NEGLIGIBLE = 1e-3
"""Predicted decrease at or below which the search from an iterate ends, in units of the rounding error of F."""
SCALINGS = ("diagonal", "none")
"""The values of the option scaling."""
WINDOW = 5
"""Number of iterations in which F must decrease by more than SLOW |F|; otherwise, steps are refined from then on."""
SLOW = 0.01
MIN_GAIN = 1e-4
"""Gain that a refined step must exceed."""
MAX_TOLERANCE, MIN_TOLERANCE = 0.5, 1e-8
"""Upper and lower limit of the relative residual to which the equations of a refined step are solved."""
UNDAMPED = 1e-10
"""Damping at which the promise (deviation 6) is computed, in the units of MIN_DAMPING."""
SMALLEST = float(np.finfo(np.float64).tiny)
"""Minimum damping, if even the units are below the normal range of float64."""
LARGEST = float(np.finfo(np.float64).max)
"""Maximum damping, if the units are so large that `MAX_DAMPING` of them are infinite."""
CONVERGED = 1e-9
"""Promise (deviation 6), relative to |F|, at or below which a run that finds no lower point has converged."""
MATRICES = 3
"""Number of (P, P) matrices in memory: A at x, A + mu D or A of the candidate, and a temporary of its computation."""


@dataclass(frozen=True, eq=False)
class QuadraticModel:
    """A point and the quadratic model around it."""

    theta: Vector  # x
    value: float  # F(x)
    gradient: Vector  # g
    matrix: Matrix  # A

    def __post_init__(self) -> None:
        freeze(self, "theta", "gradient", "matrix")


@dataclass(frozen=True, eq=False)
class LMState:
    """State of lm; immutable."""

    iteration: int
    model: QuadraticModel
    damping: float  # mu
    growth: float  # nu
    scales: Vector  # largest diagonal entries of A so far
    values: tuple[float, ...]  # F of the last iterates, at most WINDOW + 1, the latest last
    reference: float  # |g| of the first iterate whose step is refined; nan before this iterate

    def __post_init__(self) -> None:
        freeze(self, "scales")

    @property
    def theta(self) -> Array:
        """The iterate, (P,)."""
        return self.model.theta

    @property
    def value(self) -> float:
        """The objective at the iterate."""
        return self.model.value

    @property
    def gradient(self) -> Array:
        """The gradient at the iterate, (P,)."""
        return self.model.gradient

    def snapshot(self) -> LMState:
        """Return a state that shares the arrays, which are read-only even after unpickling."""
        return replace(self, model=replace(self.model))


def lm(
    objective: WithGaussNewton,
    start: Array | LMState,
    *,
    tau: float = 1e-3,
    scaling: str = "none",
    polish: bool = True,
) -> Steps:
    """Minimize by Levenberg-Marquardt.

    Parameters
    ----------
    objective : object
        Has value(theta) -> float and gauss_newton(theta) -> (float, (P,), (P, P)).  Optional: hessian_vector(theta, v)
        -> (P,); without it, products are differences of value_and_gradient(theta).
    start : ndarray, (P,), or LMState
        The start, or the state to resume.
    tau : float
        Initial damping, in units of the largest diagonal entry of A, or of each diagonal entry with scaling "diagonal":
        small if the start is good.
    scaling : str
        "diagonal" damps each parameter in proportion to its largest diagonal entry of A so far, so that plain steps do
        not depend on the units of the parameters; "none" damps all equally.
    polish : bool
        As in `bfgs`.

    Yields
    ------
    Step
        The start, then each accepted iterate.

    Returns
    -------
    Termination
        precision_reached, plateau, damping_limit or non_finite.

    Raises
    ------
    InvalidInput
        If the objective has no Gauss-Newton matrix, an option is not allowed, or the matrices do not fit into memory.

    References
    ----------
    Madsen, Nielsen and Tingleff (2004), Algorithm 3.16; Nielsen (1999); More (1978).
    """
    if getattr(objective, "gauss_newton", None) is None:
        raise InvalidInput(
            "method 'lm' requires an objective with gauss_newton(theta) -> (value, gradient, matrix); use {}",
            Setting("method", "bfgs"),
        )
    check_lm(tau, scaling, polish)
    size = start.theta.size if isinstance(start, LMState) else np.size(start)
    require_room_for("lm", size, MATRICES)
    state = (
        start.snapshot() if isinstance(start, LMState) else begin(objective, start, tau, scaling)
    )
    yield _step(state, nan)
    if not _finite(state.model):
        return Termination("non_finite")
    while True:
        trial = _Trial(objective, state, scaling)
        found = _search(trial, state.damping)
        if isinstance(found, Termination):
            found = _checked(trial, found, tau, polish)
        if isinstance(found, Termination):
            return found
        state = _after(state, *found)
        yield _step(state, 1.0)


def check_lm(tau: float, scaling: str, polish: bool) -> None:
    """Raise `InvalidInput` if an option is invalid."""
    require_positive("tau", tau)
    if scaling not in SCALINGS:
        raise unknown_name(Setting("scaling"), scaling, SCALINGS)
    as_flag("polish", polish)


class _Trial:
    """Steps from one iterate x for any damping, and their evaluation."""

    def __init__(self, objective: WithGaussNewton, state: LMState, scaling: str) -> None:
        model = state.model
        self.objective = objective
        self.model = model
        self.is_slow = state.reference == state.reference
        self.scales, self.unit = _scales(model.matrix, state.scales, scaling)  # D
        length = float(np.linalg.norm(model.gradient))
        shrunk = length / state.reference if state.reference > 0 else 1.0
        self.tolerance = max(min(MAX_TOLERANCE, sqrt(shrunk)), MIN_TOLERANCE)

    def step(self, mu: float, refined: bool) -> tuple[Array, float] | None:
        """Return the step h and its predicted decrease; None if A + mu D is not positive definite in float64."""
        g, damping = self.model.gradient, mu * self.scales
        solve = factored(self.model.matrix, damping)
        if solve is None:
            return None
        if refined:
            found = newton_cg(
                _product(self.objective, self.model), g, precondition=solve, damping=damping,
                tolerance=self.tolerance, max_products=g.size,
            )  # fmt: skip
            if found.predicted > 0:
                return found.step, found.predicted
        h = solve(-g)
        return (h, 0.5 * float(h @ (damping * h - g))) if np.isfinite(h).all() else None

    def attempt(self, mu: float, refined: bool) -> tuple[QuadraticModel, float] | str:
        """Try one damping: return the new point and its gain, "rejected", or "hidden" if rounding hides decreases."""
        step = self.step(mu, refined)
        if step is None:
            return "rejected"
        h, predicted = step
        value, g = self.model.value, self.model.gradient
        candidate = self.model.theta + h
        found = self.objective.value(candidate)
        if not isfinite(found) or not predicted >= 0:
            return "rejected"
        # 0 if the squares of g underflow.
        rho = (value - found) / predicted if predicted > 0 else 0.0
        if rho > (MIN_GAIN if refined else 0.0):
            lower = self.evaluate(candidate)
            return (lower, rho) if _finite(lower) else "rejected"
        noise = rounding(self.objective, self.model.theta, value)
        if predicted > noise:
            return "rejected"
        flat = self.evaluate(candidate)
        smaller = _finite(flat) and np.abs(flat.gradient).max() < np.abs(g).max()
        if smaller and flat.value <= value + noise:
            return flat, 1.0
        return "hidden" if predicted <= NEGLIGIBLE * noise else "rejected"

    def evaluate(self, theta: Array) -> QuadraticModel:
        """Evaluate value, gradient and matrix."""
        return QuadraticModel(theta, *self.objective.gauss_newton(theta))

    def promise(self) -> float:
        """Return the decrease predicted for a step with almost no damping and a small residual, or nan."""
        self.tolerance = MIN_TOLERANCE  # a larger tolerance can miss negative curvature
        mu = max(UNDAMPED * self.unit, SMALLEST)
        while (step := self.step(mu, refined=True)) is None:
            mu *= 10.0
            if not mu <= min(MAX_DAMPING * self.unit, LARGEST):
                return nan
        return step[1]

    def along_gradient(self) -> float:
        """Return the decrease predicted for a step along the gradient divided by the largest diagonal entries of A."""
        g = self.model.gradient
        return 0.5 * float(g @ (g / (self.unit * self.scales)))


def _search(trial: _Trial, mu: float) -> tuple[QuadraticModel, float] | Termination:
    """Find the next iterate and its damping, or the termination reason."""
    if not trial.model.gradient.any():
        return Termination("precision_reached")
    found = _lower(trial, mu, MAX_DAMPING * trial.unit, n_refined=1 if trial.is_slow else 0)
    if found is not None:
        return found
    x, value = trial.model.theta, trial.model.value
    promise = trial.promise()
    for measure in (rounding, measured_rounding):
        noise = measure(trial.objective, x, value)
        if promise <= noise:
            return Termination("precision_reached")
    # The damping may have grown at earlier iterates and need not be large at this one: start again with almost none.
    again = _lower(trial, UNDAMPED * trial.unit, mu, n_refined=inf)
    if again is not None:
        return again
    if promise <= CONVERGED * abs(value):
        return Termination("precision_reached")
    return Termination("plateau" if trial.along_gradient() <= noise else "damping_limit")


def _checked(
    trial: _Trial, end: Termination, tau: float, polish: bool
) -> tuple[QuadraticModel, float] | Termination:
    """Find a point from which the run continues, with the initial damping, or the final termination reason."""
    if not has_products(trial.objective):
        return end
    found = last_check(trial.objective, trial.model, 0.0, polish)
    if not isinstance(found, Termination):
        lower = trial.evaluate(found.theta)
        if _finite(lower):
            return lower, tau * trial.unit
    confirmed = isinstance(found, Termination) and found.reason == "precision_reached"
    return end if confirmed or end.reason != "precision_reached" else Termination("plateau")


def _lower(
    trial: _Trial, mu: float, most: float, n_refined: float
) -> tuple[QuadraticModel, float] | None:
    """Increase the damping from mu until a step is accepted; return the new point and its damping.

    Return None if no step is accepted.  The first n_refined steps are refined.
    """
    mu, nu = max(mu, SMALLEST), 2.0  # a damping of 0 could not grow
    most = min(most, LARGEST)  # infinity would not exceed infinity
    while mu <= most:
        outcome = trial.attempt(mu, refined=n_refined > 0)
        if not isinstance(outcome, str):
            model, rho = outcome
            shrunk = max(1 / 3, 1 - (2 * min(rho, 1.0) - 1) ** 3)  # a larger gain could overflow
            return model, max(mu * shrunk, MIN_DAMPING * trial.unit)
        if outcome == "hidden":
            break
        mu, nu, n_refined = mu * nu, 2 * nu, n_refined - 1
    return None


def _product(objective: Any, model: QuadraticModel) -> Callable[[Array], Array]:
    """Return p -> H p, from the objective or from differences of its gradient."""
    x, g = model.theta, model.gradient
    if has_products(objective):
        return partial(objective.hessian_vector, x)

    def difference(p: Array) -> Array:
        step = sqrt(EPS) * (1.0 + float(np.abs(x).max())) / float(np.abs(p).max())
        return (objective.value_and_gradient(x + step * p)[1] - g) / step  # (P,)

    return difference


def _finite(model: QuadraticModel) -> bool:
    return is_finite(model.value, model.gradient) and bool(np.isfinite(model.matrix).all())


def _scales(A: Array, largest: Array, scaling: str) -> tuple[Array, float]:
    """Return D (P,) and the unit of the damping, from the largest diagonal entries of A so far, (P,)."""
    most = float(A.diagonal().max()) or 1.0
    if scaling == "diagonal":
        return np.where(largest > 0, largest, most), 1.0
    return np.ones_like(largest), most


def begin(objective: WithGaussNewton, start: Array, tau: float, scaling: str) -> LMState:
    """Return the state at a start."""
    theta = np.array(start, dtype=np.float64)  # (P,)
    model = QuadraticModel(theta, *objective.gauss_newton(theta))
    diagonal = model.matrix.diagonal().copy()  # (P,)
    unit = _scales(model.matrix, diagonal, scaling)[1]
    return LMState(0, model, tau * unit, 2.0, diagonal, (model.value,), nan)


def _after(state: LMState, model: QuadraticModel, mu: float) -> LMState:
    """Return the state at the next iterate."""
    values = (*state.values, model.value)[-WINDOW - 1 :]
    reference = state.reference
    is_slow = len(values) > WINDOW and values[0] - values[-1] <= SLOW * abs(values[-1])
    if is_slow and reference != reference:
        reference = float(np.linalg.norm(model.gradient))
    scales = np.maximum(state.scales, model.matrix.diagonal())  # (P,)
    return LMState(state.iteration + 1, model, mu, 2.0, scales, values, reference)


def _step(state: LMState, length: float) -> Step:
    model = state.model
    return Step(
        state.iteration, model.theta, model.value, model.gradient, length, state.damping, state
    )
