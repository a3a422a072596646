"""The error that remains after training from one start (`with_error_left`), and whether it ended at a minimum.

A run converges if its gradient is small, even if the network fits its rows badly.  The 2-3-1 network of the notebook
could fit its 3 rows exactly with its 9 weights.  With bfgs, about half of its starts converge to points at which four
eigenvalues of the Hessian are 0 and the error is 39 % of the standard deviation of the targets.  So the message of a
single start states the remaining error and advises more starts.  `converged` does not change.  The message is composed
when it is read, because computing the eigenvalues takes as long as a short fit.

The message does not change for a linear model, which has one minimum; with weight decay, with which error remains at
every minimum; and for costs other than squared_error and huber, whose minimum is not 0.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from sheernet.foundation.arrays import Array
from sheernet.foundation.sentences import Setting, sentence
from sheernet.network import propagation
from sheernet.objective.costs import ResidualCost
from sheernet.objective.objective import Objective
from sheernet.optimizers import Run, Termination
from sheernet.optimizers.optimizer_protocol import LazyTermination

NOTABLE = 0.01
"""Maximum root mean squared error of fitted rows, relative to the standard deviation of the targets."""
FLAT = 1e-6
"""Maximum absolute eigenvalue of the Hessian that counts as 0, relative to the largest."""
MOST_WORK = 10**7
"""Maximum N P^2 for which the Hessian is computed, by P products in some milliseconds."""
MOST_KEPT = 10**6
"""Maximum N P for which a message is composed when it is read; until then it keeps N (d_0 + K) <= N P numbers, 8 MB."""
CONVERGED = frozenset({"gradient_tolerance", "cost_tolerance", "precision_reached"})
"""Termination reasons whose messages contain no advice, except target_reached, which the caller requested."""


def with_error_left(run: Run, objective: Objective) -> Run:
    """If error remains after a single start converged, append the error and the kind of its end to the message."""
    end, value, theta = run.termination, run.objective, run.theta
    if end.reason not in CONVERGED or not isinstance(objective.cost, ResidualCost):
        return run

    def message() -> str:
        # "+" keeps the parts of a Sentence
        return end.message + _error_left(objective, value, theta)

    is_small = len(objective.weights) * objective.size <= MOST_KEPT
    termination = (
        LazyTermination.of(end.reason, message) if is_small else Termination(end.reason, message())
    )
    return replace(run, termination=termination)


def _error_left(objective: Objective, value: float, theta: Array) -> str:
    """Return sentences about the error that remains at theta, where the objective has this value; "" if none does."""
    if objective.architecture.n_layers == 1 or objective.decay.any():
        return ""
    share = share_of_deviation(objective, theta)
    if not share > NOTABLE:  # or nan
        return ""
    return sentence(
        " Some error remains: the objective is {:.6g}, and the root mean squared error is {:.2g} % of the standard "
        "deviation of the targets. {}One start cannot show whether others end lower; try {}.",
        value, 100 * share, _kind_of_end(objective, theta), Setting("starts", 20),
    )  # fmt: skip


def share_of_deviation(objective: Objective, theta: Array) -> float:
    """Return sqrt(1 - R^2), the root mean squared error per standard deviation of the targets, without decay."""
    _, y, w = objective.rows
    with np.errstate(all="ignore"):
        variance = float(w @ ((y - w @ y / w.sum()) ** 2).sum(axis=1))
        squares = _sum_of_squares(objective, theta)
        return float(np.sqrt(squares / variance)) if variance > 0 else float("nan")


def _sum_of_squares(objective: Objective, theta: Array) -> float:
    """Return sum_n w_n |r_n|^2: twice the objective of squared_error; huber needs a forward pass."""
    if objective.cost.name == "squared_error":
        return 2.0 * objective.value(theta)
    X, y, w = objective.rows
    residuals = propagation.forward(objective.architecture, theta, X).activations[-1] - y  # (N, K)
    return float(w @ (residuals**2).sum(axis=1))


def _kind_of_end(objective: Objective, theta: Array) -> str:
    """Return a sentence about the eigenvalues of the Hessian; "" if the Hessian is too large or not defined."""
    size = objective.size
    if objective.n_samples * size**2 > MOST_WORK or not objective.has_second_derivatives:
        return ""
    H = objective.hessian_vector(theta, np.eye(size))  # (P, P)
    if not np.isfinite(H).all():
        return ""
    values = np.linalg.eigvalsh(H)  # (P,), ascending
    zero = FLAT * float(max(-values[0], values[-1]))
    if values[0] < -zero:
        kind = (
            "The smallest eigenvalue of the Hessian is negative: this is a saddle, not a minimum."
        )
    elif values[0] > zero:
        kind = "All eigenvalues of the Hessian are positive: this is a minimum, but there may be lower ones."
    else:
        flat = f"{int((values <= zero).sum())} of {size} eigenvalues of the Hessian are about 0"
        kind = f"{flat}: this is a flat place and need not be a minimum."
    return f"{kind} "
