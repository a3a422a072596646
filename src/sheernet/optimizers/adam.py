"""Adam: gradient descent with step sizes per parameter from running moments of the gradient.

    m_t = beta1 m_{t-1} + (1 - beta1) g_t          v_t = beta2 v_{t-1} + (1 - beta2) g_t^2
    theta_t = theta_{t-1} - alpha (m_t / (1 - beta1^t)) / (sqrt(v_t / (1 - beta2^t)) + epsilon)

Source: D. P. Kingma and J. Ba, Adam: A Method for Stochastic Optimization (ICLR 2015), Algorithm 1, with its
constants.  Deviations:

1. With a batch size an iteration is an epoch: one update per batch (batches.py), then one evaluation over all rows,
   which is the Step.  t counts the updates.  The compiled engine does the updates itself
   (native/optimizers/adam.hpp); they differ from those below by rounding.
2. An iterate that is not finite is not accepted; the run ends with `non_finite`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import nan
from typing import Any

import numpy as np

from sheernet.foundation.arrays import Array
from sheernet.foundation.scalars import as_share
from sheernet.optimizers.batches import check_batches, epoch_batches, epoch_stretches
from sheernet.optimizers.option_checks import require_positive
from sheernet.optimizers.step import Differentiable, Step, Steps, Termination, freeze, is_finite


@dataclass(frozen=True, eq=False)
class AdamState:
    """State of adam; immutable."""

    iteration: int
    theta: Array  # (P,)
    value: float
    gradient: Array  # over all rows, (P,)
    first: Array  # m_t, (P,)
    second: Array  # v_t, (P,)
    updates: int  # t

    def __post_init__(self) -> None:
        freeze(self, "theta", "gradient", "first", "second")

    def snapshot(self) -> AdamState:
        """Share the arrays, also read-only after unpickling."""
        return replace(self)


def adam(
    objective: Differentiable,
    start: Array | AdamState,
    *,
    learning_rate: float = 0.001,
    beta1: float = 0.9,
    beta2: float = 0.999,
    epsilon: float = 1e-8,
    batch_size: int | None = None,
    seed: int = 0,
) -> Steps:
    """Minimize by Adam.

    Parameters
    ----------
    objective : object
        Has value_and_gradient(theta) -> (float, (P,)); with a batch size also weights and replace(weights=...).
    start : ndarray, (P,), or AdamState
        The start, or the state to resume.
    learning_rate : float
        alpha, in units of theta: approximately the size of a step in each parameter.
    beta1, beta2 : float
        Decay rates of the running moments, at least 0 and below 1.
    epsilon : float
        Prevents division by zero, in units of the gradient.
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
    Kingma and Ba (2015), Algorithm 1.

    Examples
    --------
    >>> import numpy as np
    >>> from sheernet.optimizers import adam
    >>> class Bowl:
    ...     def value(self, theta):
    ...         return 0.5 * float(theta @ theta)
    ...     def value_and_gradient(self, theta):
    ...         return self.value(theta), theta.copy()
    >>> steps = adam(Bowl(), np.array([8.0]), learning_rate=0.5)
    >>> [round(float(next(steps).theta[0]), 2) for _ in range(3)]
    [8.0, 7.5, 7.0]
    """
    require_positive("learning_rate", learning_rate)
    require_positive("epsilon", epsilon)
    as_share("beta1", beta1)
    as_share("beta2", beta2)
    check_batches(objective, batch_size, seed)
    state = start.snapshot() if isinstance(start, AdamState) else _begin(objective, start)
    yield _step(state, nan)
    if not is_finite(state.value, state.gradient):
        return Termination("non_finite")
    constants: dict[str, Any] = {
        "learning_rate": learning_rate, "beta1": beta1, "beta2": beta2, "epsilon": epsilon
    }  # fmt: skip
    while True:
        point = state.theta, state.first, state.second, state.updates
        if batch_size is None:
            point = _update(*point, state.gradient, **constants)
        else:
            point = _epoch(objective, point, batch_size, seed, state.iteration + 1, constants)
        theta, m, v, t = point
        value, gradient = objective.value_and_gradient(theta)
        if not is_finite(value, gradient):
            return Termination("non_finite")
        state = AdamState(state.iteration + 1, theta, value, gradient, m, v, t)
        yield _step(state, learning_rate)


_Point = tuple[Array, Array, Array, int]  # theta_t, m_t, v_t, t


def _update(
    theta: Array, m: Array, v: Array, t: int, g: Array,
    *, learning_rate: float, beta1: float, beta2: float, epsilon: float,
) -> _Point:  # fmt: skip
    t += 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g * g
    m_hat = m / (1 - beta1**t)  # bias-corrected
    v_hat = v / (1 - beta2**t)
    return theta - learning_rate * m_hat / (np.sqrt(v_hat) + epsilon), m, v, t


def _epoch(
    objective: Any, point: _Point, batch_size: int, seed: int, epoch: int, constants: dict[str, Any]
) -> _Point:  # fmt: skip
    """One update per mini-batch."""
    if hasattr(objective, "adam_batches"):
        theta = point[0]
        for rows in epoch_stretches(objective.n_samples, theta.size, batch_size, seed, epoch):
            point = objective.adam_batches(*point, rows=rows, batch_size=batch_size, **constants)
        return point
    for part in epoch_batches(objective, batch_size, seed, epoch):
        point = _update(*point, part.value_and_gradient(point[0])[1], **constants)
    return point


def _begin(objective: Differentiable, start: Array) -> AdamState:
    theta = np.array(start, dtype=np.float64)  # (P,)
    zero = np.zeros_like(theta)
    return AdamState(0, theta, *objective.value_and_gradient(theta), zero, zero, 0)


def _step(state: AdamState, length: float) -> Step:
    return Step(state.iteration, state.theta, state.value, state.gradient, length, nan, state)
