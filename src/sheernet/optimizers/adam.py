"""Adam (`adam`): gradient descent with a step size for each parameter, computed from running moments of the gradient.

    m_t = beta1 m_{t-1} + (1 - beta1) g_t          v_t = beta2 v_{t-1} + (1 - beta2) g_t^2
    theta_t = theta_{t-1} - alpha (m_t / (1 - beta1^t)) / (sqrt(v_t / (1 - beta2^t)) + epsilon)

Source: D. P. Kingma and J. Ba, Adam: A Method for Stochastic Optimization (ICLR 2015), Algorithm 1, with its
constants, and the gradient over all rows.  Deviation from the source: an iterate that is not finite is not accepted;
the run ends with `non_finite`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import nan

import numpy as np

from sheernet.foundation.arrays import Array
from sheernet.foundation.declared_fields import Vector
from sheernet.foundation.scalars import as_share
from sheernet.optimizers.optimizer_protocol import (
    Differentiable,
    Step,
    Steps,
    Termination,
    freeze,
    is_finite,
)
from sheernet.optimizers.option_checks import require_positive


@dataclass(frozen=True, eq=False)
class AdamState:
    """State of adam; immutable."""

    iteration: int  # t
    theta: Vector
    value: float
    gradient: Vector
    first: Vector  # m_t
    second: Vector  # v_t

    def __post_init__(self) -> None:
        freeze(self, "theta", "gradient", "first", "second")

    def snapshot(self) -> AdamState:
        """Return a state that shares the arrays, which are read-only even after unpickling."""
        return replace(self)


def adam(
    objective: Differentiable,
    start: Array | AdamState,
    *,
    learning_rate: float = 0.001,
    beta1: float = 0.9,
    beta2: float = 0.999,
    epsilon: float = 1e-8,
) -> Steps:
    """Minimize by Adam.

    Parameters
    ----------
    objective : object
        Has value_and_gradient(theta) -> (float, (P,)).
    start : ndarray, (P,), or AdamState
        The start, or the state to resume.
    learning_rate : float
        alpha, in units of theta: approximately the size of a step in each parameter.
    beta1, beta2 : float
        Decay rates of the running moments, at least 0 and below 1.
    epsilon : float
        Prevents division by zero, in units of the gradient.

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
    beta1, beta2 = as_share("beta1", beta1), as_share("beta2", beta2)
    state = start.snapshot() if isinstance(start, AdamState) else _begin(objective, start)
    yield _step(state, nan)
    if state.iteration == 0 and not is_finite(state.value, state.gradient):
        return Termination("non_finite")
    while True:
        t, g = state.iteration + 1, state.gradient
        m = beta1 * state.first + (1 - beta1) * g
        v = beta2 * state.second + (1 - beta2) * g * g
        m_hat = m / (1 - beta1**t)  # bias-corrected
        v_hat = v / (1 - beta2**t)
        theta = state.theta - learning_rate * m_hat / (np.sqrt(v_hat) + epsilon)
        value, g = objective.value_and_gradient(theta)
        if not is_finite(value, g):
            return Termination("non_finite")
        state = AdamState(t, theta, value, g, m, v)
        yield _step(state, learning_rate)


def _begin(objective: Differentiable, start: Array) -> AdamState:
    theta = np.array(start, dtype=np.float64)  # (P,)
    zero = np.zeros_like(theta)
    return AdamState(0, theta, *objective.value_and_gradient(theta), zero, zero)


def _step(state: AdamState, length: float) -> Step:
    return Step(state.iteration, state.theta, state.value, state.gradient, length, nan, state)
