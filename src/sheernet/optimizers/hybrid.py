"""Levenberg-Marquardt, then BFGS from its matrix (`hybrid`).

    lm      plain steps, until F decreases slowly, F(k-5) - F(k) <= 0.01 |F(k)|, but at most 8 of them
    bfgs    from there, with the inverse Hessian (A + mu I)^-1, the matrix of the next plain step
    lm      from the end of bfgs, if bfgs finds no lower point, with steps refined by the exact Hessian;
            without decay, at the latest from iterate max(300, 5 P)

Plain steps of lm approach a minimum in few iterations, but converge slowly to it if the residuals are large, because A
omits a part of the Hessian.  bfgs adds this part by pairs of gradients, which take less time than lm's refined steps.
The first steps gain the most, and each takes as long as about 3 + P / 10 gradients: hence the limit of 8.
If the Hessian is ill-conditioned, bfgs can end with a gradient above the tolerance, which refined steps reduce.
Without decay, the condition number has no bound, and bfgs can need many thousands of iterations.

Source: K. Madsen, H. B. Nielsen and O. Tingleff, Methods for Non-Linear Least Squares Problems, 2nd ed. (IMM, DTU,
2004), section 3.4, A Hybrid Method: L-M and Quasi-Newton.  Deviations from the source:

1. The method changes where lm would begin to refine steps, or after 8 steps, and not when the gradient is small
   relative to F.
2. bfgs begins with the inverse of lm's matrix, and not with the matrix of all previous steps.
3. It changes back only once: at the end of bfgs, or after many iterations without decay (its median over the
   parameters is 0).

The steps of bfgs are those with c2 = 0.5 and renewals.  auto_method.py has measurements beside lm and bfgs.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import isnan
from typing import Any

import numpy as np

from sheernet.foundation.arrays import Array
from sheernet.foundation.scalars import as_flag
from sheernet.optimizers.bfgs import BFGSState, bfgs
from sheernet.optimizers.damped_cholesky import symmetric_inverse
from sheernet.optimizers.lm import LMState, begin, lm
from sheernet.optimizers.optimizer_protocol import Steps, Termination, WithGaussNewton

C1, C2 = 1e-4, 0.5
"""Constants of the Wolfe conditions of bfgs, whose first trial is nearly always long enough."""
TAU = 1e-3
"""Initial damping of lm."""
PLAIN_STEPS = 8
"""Largest number of iterations of lm before bfgs begins."""
ITERATIONS, ITERATIONS_PER_PARAMETER = 300, 5
"""Without decay, bfgs ends at the iterate ITERATIONS, or ITERATIONS_PER_PARAMETER times P if that is later."""


@dataclass(frozen=True, eq=False)
class HybridState:
    """State of hybrid: that of the method at the iterate."""

    phase: LMState | BFGSState
    finishing: bool  # whether this is the last phase

    @property
    def iteration(self) -> int:
        """Number of the iterate."""
        return self.phase.iteration

    @property
    def theta(self) -> Array:
        """The iterate, (P,)."""
        return self.phase.theta

    @property
    def value(self) -> float:
        """The objective at the iterate."""
        return self.phase.value

    @property
    def gradient(self) -> Array:
        """The gradient at the iterate, (P,)."""
        return self.phase.gradient

    def snapshot(self) -> HybridState:
        """Copy the matrix of bfgs, which the run continues to update."""
        return replace(self, phase=self.phase.snapshot())


def hybrid(
    objective: WithGaussNewton,
    start: Array | HybridState,
    *,
    polish: bool = True,
) -> Steps:
    """Minimize by Levenberg-Marquardt, then by BFGS from its matrix.

    Parameters
    ----------
    objective : object
        As for `lm`.
    start : ndarray, (P,), or HybridState
        The start, or the state to resume.
    polish : bool
        As in `bfgs`.

    Yields
    ------
    Step
        The start, then each accepted iterate.

    Returns
    -------
    Termination
        As `lm`.

    Raises
    ------
    InvalidInput
        As `lm`.

    References
    ----------
    Madsen, Nielsen and Tingleff (2004), section 3.4.
    """
    check_hybrid(polish)
    resumed = start.snapshot() if isinstance(start, HybridState) else None
    phase: Any = start if resumed is None else resumed.phase
    finishing = resumed is not None and resumed.finishing
    steps = _steps_from(objective, phase, polish)
    while True:
        try:
            step = next(steps)
        except StopIteration as end:
            if finishing or not isinstance(phase, BFGSState):
                termination: Termination = end.value
                return termination
            finishing, steps = True, _steps_after(objective, _last_phase(objective, phase), polish)
            continue
        phase = step.state
        yield replace(step, state=HybridState(phase, finishing))
        if isinstance(phase, BFGSState) and _is_too_long(objective, phase):
            finishing, steps = True, _steps_after(objective, _last_phase(objective, phase), polish)
        elif isinstance(phase, LMState) and not finishing and _is_enough(phase):
            later = _second_phase(phase)
            finishing = later is None
            if later is not None:
                steps = _steps_after(objective, later, polish)


def check_hybrid(polish: bool) -> None:
    """Raise `InvalidInput` if an option is invalid."""
    as_flag("polish", polish)


def _steps_from(objective: Any, phase: Any, polish: bool) -> Steps:
    """Run bfgs from its state, or lm from its state or a start."""
    if isinstance(phase, BFGSState):
        return bfgs(objective, phase, c1=C1, c2=C2, polish=polish)
    return lm(objective, phase, tau=TAU, polish=polish)


def _steps_after(objective: Any, phase: BFGSState | LMState, polish: bool) -> Steps:
    """Run a method from its state, without the iterate of the state, which is known."""
    steps = _steps_from(objective, phase, polish)
    next(steps)
    return steps


def _is_enough(state: LMState) -> bool:
    """Return whether bfgs is to begin."""
    return not isnan(state.reference) or state.iteration >= PLAIN_STEPS


def _is_too_long(objective: Any, state: BFGSState) -> bool:
    """Return whether lm is to begin again, although bfgs has not ended."""
    most = max(ITERATIONS, ITERATIONS_PER_PARAMETER * state.theta.size)
    return state.iteration >= most and getattr(objective, "relative_decay", 0.0) == 0.0


def _second_phase(state: LMState) -> BFGSState | None:
    """Return the state with which bfgs begins, or None if the matrix of lm cannot be inverted."""
    model = state.model
    H = symmetric_inverse(model.matrix, state.damping)
    if H is None:
        return None
    return BFGSState(state.iteration, model.theta, model.value, model.gradient, H, False)


def _last_phase(objective: WithGaussNewton, state: BFGSState) -> LMState:
    """Return the state with which lm begins again, by a refined step."""
    length = float(np.linalg.norm(state.gradient))
    begun = begin(objective, state.theta, TAU, "none")
    return replace(begun, iteration=state.iteration, reference=length)
