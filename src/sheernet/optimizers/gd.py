"""Gradient descent (`gd`), optionally with momentum.

    plain       x_{t+1} = x_t - epsilon grad f(x_t)
    momentum    v_{t+1} = mu v_t - epsilon grad f(x_t),           x_{t+1} = x_t + v_{t+1}
    Nesterov    v_{t+1} = mu v_t - epsilon grad f(x_t + mu v_t),  x_{t+1} = x_t + v_{t+1}

Source: I. Sutskever, J. Martens, G. Dahl and G. Hinton, On the importance of initialization and momentum in deep
learning (ICML 2013), equations 1 to 4; Y. Nesterov, Soviet Mathematics Doklady 27 (1983), 372-376.
Deviations from the sources:

1. epsilon and mu are constant.
2. An iterate that is not finite is not accepted; the run ends with `non_finite`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import nan

import numpy as np

from sheernet.foundation.arrays import Array
from sheernet.foundation.declared_fields import Vector
from sheernet.foundation.scalars import as_flag
from sheernet.optimizers.optimizer_protocol import (
    Differentiable,
    Step,
    Steps,
    Termination,
    freeze,
    is_finite,
)
from sheernet.optimizers.option_checks import require_positive, require_up_to_1


@dataclass(frozen=True, eq=False)
class GDState:
    """State of gd; immutable."""

    iteration: int
    theta: Vector  # x_t
    value: float
    gradient: Vector
    velocity: Vector  # v_t

    def __post_init__(self) -> None:
        freeze(self, "theta", "gradient", "velocity")

    def snapshot(self) -> GDState:
        """Return a state that shares the arrays, which are read-only even after unpickling."""
        return replace(self)


def gd(
    objective: Differentiable,
    start: Array | GDState,
    *,
    learning_rate: float = 0.1,
    momentum: float = 0.0,
    nesterov: bool = False,
) -> Steps:
    """Minimize by gradient descent.

    Parameters
    ----------
    objective : object
        Has value_and_gradient(theta) -> (float, (P,)).
    start : ndarray, (P,), or GDState
        The start, or the state to resume.
    learning_rate : float
        epsilon, in units of theta per unit of gradient.
    momentum : float
        mu, from 0 to 1.
    nesterov : bool
        Whether the gradient is evaluated at x + mu v.

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

    Notes
    -----
    A run that is resumed from its state is bitwise equal to an uninterrupted run.

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
    require_up_to_1("momentum", momentum)
    nesterov = as_flag("nesterov", nesterov)
    state = start.snapshot() if isinstance(start, GDState) else _begin(objective, start)
    yield _step(state, nan)
    if state.iteration == 0 and not is_finite(state.value, state.gradient):
        return Termination("non_finite")
    while True:
        x, v, g = state.theta, state.velocity, state.gradient
        if nesterov:
            g = objective.value_and_gradient(x + momentum * v)[1]
        v = momentum * v - learning_rate * g
        x = x + v
        value, g = objective.value_and_gradient(x)
        if not is_finite(value, g):
            return Termination("non_finite")
        state = GDState(state.iteration + 1, x, value, g, v)
        yield _step(state, float(learning_rate))


def _begin(objective: Differentiable, start: Array) -> GDState:
    theta = np.array(start, dtype=np.float64)  # (P,)
    return GDState(0, theta, *objective.value_and_gradient(theta), np.zeros_like(theta))


def _step(state: GDState, length: float) -> Step:
    return Step(state.iteration, state.theta, state.value, state.gradient, length, nan, state)
