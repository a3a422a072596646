"""Gradient descent, optionally with momentum, full-batch or mini-batch.

    plain       x_{t+1} = x_t - epsilon grad f(x_t)
    momentum    v_{t+1} = mu v_t - epsilon grad f(x_t),           x_{t+1} = x_t + v_{t+1}
    Nesterov    v_{t+1} = mu v_t - epsilon grad f(x_t + mu v_t),  x_{t+1} = x_t + v_{t+1}

Source: I. Sutskever, J. Martens, G. Dahl and G. Hinton, On the importance of initialization and momentum in deep
learning (ICML 2013), equations 1 to 4; Y. Nesterov, Soviet Mathematics Doklady 27 (1983), 372-376.  Deviations:

1. epsilon and mu are constant; there is no schedule.
2. With a batch size an iteration is an epoch: one update per batch (batches.py), then one evaluation over all rows,
   which is the Step.  The compiled engine does the updates itself (native/optimizers/gd.hpp); they differ from those
   below by rounding.
3. An iterate that is not finite is not accepted; the run ends with `non_finite`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import nan
from typing import Any

import numpy as np

from sheernet.foundation.arrays import Array
from sheernet.foundation.scalars import as_flag, as_share
from sheernet.optimizers.batches import check_batches, epoch_batches, epoch_stretches
from sheernet.optimizers.option_checks import require_positive
from sheernet.optimizers.step import Differentiable, Step, Steps, Termination, freeze, is_finite


@dataclass(frozen=True, eq=False)
class GDState:
    """State of gd; immutable."""

    iteration: int
    theta: Array  # x_t, (P,)
    value: float
    gradient: Array  # over all rows, (P,)
    velocity: Array  # v_t, (P,)

    def __post_init__(self) -> None:
        freeze(self, "theta", "gradient", "velocity")

    def snapshot(self) -> GDState:
        """Share the arrays, also read-only after unpickling."""
        return replace(self)


def gd(
    objective: Differentiable,
    start: Array | GDState,
    *,
    learning_rate: float = 0.1,
    momentum: float = 0.0,
    nesterov: bool = False,
    batch_size: int | None = None,
    seed: int = 0,
) -> Steps:
    """Minimize by gradient descent.

    Parameters
    ----------
    objective : object
        Has value_and_gradient(theta) -> (float, (P,)); with a batch size also weights and replace(weights=...).
    start : ndarray, (P,), or GDState
        The start, or the state to resume.
    learning_rate : float
        epsilon, in units of theta per unit of gradient.
    momentum : float
        mu, at least 0 and below 1.
    nesterov : bool
        Whether the gradient is evaluated at x + mu v.
    batch_size : int, optional
        Rows per batch; by default all rows.
    seed : int
        Seed for the order of the rows.

    Yields
    ------
    Step
        The start, then each accepted iterate.

    Returns
    -------
    Termination
        non_finite.

    Raises
    ------
    InvalidInput
        If an option is invalid.

    References
    ----------
    Sutskever et al. (2013), equations 1 to 4; Nesterov (1983).

    Examples
    --------
    >>> import numpy as np
    >>> from sheernet.optimizers import gd
    >>> class Bowl:
    ...     def value(self, theta):
    ...         return 0.5 * float(theta @ theta)
    ...     def value_and_gradient(self, theta):
    ...         return self.value(theta), theta.copy()
    >>> steps = gd(Bowl(), np.array([8.0]), learning_rate=0.5)
    >>> [float(next(steps).theta[0]) for _ in range(4)]
    [8.0, 4.0, 2.0, 1.0]
    """
    require_positive("learning_rate", learning_rate)
    as_share("momentum", momentum)
    as_flag("nesterov", nesterov)
    check_batches(objective, batch_size, seed)
    state = start.snapshot() if isinstance(start, GDState) else _begin(objective, start)
    yield _step(state, nan)
    if not is_finite(state.value, state.gradient):
        return Termination("non_finite")
    constants: dict[str, Any] = {
        "learning_rate": learning_rate, "momentum": momentum, "nesterov": bool(nesterov)
    }  # fmt: skip
    while True:
        x, v = state.theta, state.velocity
        if batch_size is None:
            gradient = None if nesterov else state.gradient
            x, v = _update(objective, x, v, gradient, **constants)
        else:
            x, v = _epoch(objective, x, v, batch_size, seed, state.iteration + 1, constants)
        value, gradient = objective.value_and_gradient(x)
        if not is_finite(value, gradient):
            return Termination("non_finite")
        state = GDState(state.iteration + 1, x, value, gradient, v)
        yield _step(state, learning_rate)


def _update(
    objective: Differentiable, x: Array, v: Array, g: Array | None = None,
    *, learning_rate: float, momentum: float, nesterov: bool,
) -> tuple[Array, Array]:  # fmt: skip
    """Return x and v after an update; g is the gradient where it is needed, if it is known."""
    if g is None:
        g = objective.value_and_gradient(x + momentum * v if nesterov else x)[1]
    v = momentum * v - learning_rate * g
    return x + v, v


def _epoch(
    objective: Any, x: Array, v: Array, batch_size: int, seed: int, epoch: int, constants: dict[str, Any]
) -> tuple[Array, Array]:  # fmt: skip
    """One update per mini-batch."""
    if hasattr(objective, "gd_batches"):
        for rows in epoch_stretches(objective.n_samples, x.size, batch_size, seed, epoch):
            x, v = objective.gd_batches(x, v, rows=rows, batch_size=batch_size, **constants)
        return x, v
    for part in epoch_batches(objective, batch_size, seed, epoch):
        x, v = _update(part, x, v, **constants)
    return x, v


def _begin(objective: Differentiable, start: Array) -> GDState:
    theta = np.array(start, dtype=np.float64)  # (P,)
    return GDState(0, theta, *objective.value_and_gradient(theta), np.zeros_like(theta))


def _step(state: GDState, length: float) -> Step:
    return Step(state.iteration, state.theta, state.value, state.gradient, length, nan, state)
