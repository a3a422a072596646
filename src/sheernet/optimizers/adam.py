"""Adam (`adam`): gradient descent with a step size for each parameter, computed from running moments of the gradient.

    m_t = beta1 m_{t-1} + (1 - beta1) g_t          v_t = beta2 v_{t-1} + (1 - beta2) g_t^2
    theta_t = theta_{t-1} - alpha (m_t / (1 - beta1^t)) / (sqrt(v_t / (1 - beta2^t)) + epsilon)

Source: D. P. Kingma and J. Ba, Adam: A Method for Stochastic Optimization (ICLR 2015), Algorithm 1, with its
constants.  Deviations from the source:

1. With a batch size an iteration is an epoch: one update per batch (epochs.py), then one evaluation over all rows,
   which is the Step.  t counts the updates.  The compiled engine does the updates itself
   (native/optimizers/adam.hpp); they differ from those below by rounding.
2. An iterate that is not finite is not accepted; the run ends with `non_finite`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import nan

import numpy as np

from sheernet.foundation.arrays import Array
from sheernet.foundation.declared_fields import Vector
from sheernet.foundation.scalars import as_flag, as_share
from sheernet.optimizers.epochs import Epochs, LearningRate, Order
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

    iteration: int
    theta: Vector
    value: float
    gradient: Vector  # over all rows; nan if it was not evaluated
    first: Vector  # m_t
    second: Vector  # v_t
    updates: int  # t

    def __post_init__(self) -> None:
        freeze(self, "theta", "gradient", "first", "second")

    def snapshot(self) -> AdamState:
        """Return a state that shares the arrays, which are read-only even after unpickling."""
        return replace(self)


def adam(
    objective: Differentiable,
    start: Array | AdamState,
    *,
    learning_rate: LearningRate = 0.001,
    beta1: float = 0.9,
    beta2: float = 0.999,
    epsilon: float = 1e-8,
    uncorrected_epsilon: bool = False,
    batch_size: int | None = None,
    seed: int = 0,
    order: Order | None = None,
    whole_penalty: bool = False,
    evaluation: str = "rows",
) -> Steps:
    """Minimize by Adam.

    Parameters
    ----------
    objective : object
        Has value_and_gradient(theta) -> (float, (P,)); with a batch size also weights and replace(weights=...), with
        `whole_penalty` also decay and replace(decay=...); or, as rows in shards have, windows (batches.py).
    start : ndarray, (P,), or AdamState
        The start, or the state to resume.
    learning_rate : float or callable
        alpha, in units of theta: approximately the size of a step in each parameter; or a function of the epoch
        (1, 2, ...) that returns it.
    beta1, beta2 : float
        Decay rates of the running moments, at least 0 and below 1.
    epsilon : float
        Prevents division by zero, in units of the gradient.
    uncorrected_epsilon : bool
        Whether epsilon is added to sqrt(v_t), which is not corrected for its bias (Kingma and Ba, end of section 2;
        scikit-learn): epsilon in Algorithm 1 is then replaced by epsilon / sqrt(1 - beta2^t).
    batch_size, seed, order, whole_penalty, evaluation
        As in `gd`.

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
    A run that is resumed from its state is bitwise equal to an uninterrupted run if `learning_rate` and `order` depend
    only on the epoch.  If they have a state of their own, the caller has to restore it.

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
    require_positive("epsilon", epsilon)
    constants = {
        "beta1": as_share("beta1", beta1), "beta2": as_share("beta2", beta2), "epsilon": float(epsilon),
        "uncorrected_epsilon": as_flag("uncorrected_epsilon", uncorrected_epsilon),
    }  # fmt: skip
    epochs = Epochs(objective, learning_rate, batch_size, seed, order, whole_penalty, evaluation)
    state = start.snapshot() if isinstance(start, AdamState) else _begin(objective, start)
    yield _step(state, nan)
    if state.iteration == 0 and not is_finite(state.value, state.gradient):
        return Termination("non_finite")
    while True:
        epoch = state.iteration + 1
        rate = epochs.rate(epoch)
        point = state.theta, state.first, state.second, state.updates
        point, of_batches = epochs.run(
            epoch, point, state.gradient, _update, "adam_batches", learning_rate=rate, **constants
        )
        theta, m, v, t = point
        end = epochs.evaluate(theta, of_batches)
        if end is None:
            return Termination("non_finite")
        state = AdamState(epoch, theta, *end, m, v, t)
        yield _step(state, rate)


_Point = tuple[Array, Array, Array, int]  # theta_t, m_t, v_t, t


def _update(
    objective: Differentiable, point: _Point, g: Array | None,
    *, learning_rate: float, beta1: float, beta2: float, epsilon: float, uncorrected_epsilon: bool,
) -> tuple[_Point, float]:  # fmt: skip
    """Return the point after an update, and the value at theta; nan if the gradient g at theta is given."""
    (theta, m, v, t), value = point, nan
    if g is None:
        value, g = objective.value_and_gradient(theta)
    t += 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g * g
    m_hat = m / (1 - beta1**t)  # bias-corrected
    v_hat = v / (1 - beta2**t)
    if uncorrected_epsilon:
        epsilon /= float(np.sqrt(1 - beta2**t))
    return (theta - learning_rate * m_hat / (np.sqrt(v_hat) + epsilon), m, v, t), value


def _begin(objective: Differentiable, start: Array) -> AdamState:
    theta = np.array(start, dtype=np.float64)  # (P,)
    zero = np.zeros_like(theta)
    return AdamState(0, theta, *objective.value_and_gradient(theta), zero, zero, 0)


def _step(state: AdamState, length: float) -> Step:
    return Step(state.iteration, state.theta, state.value, state.gradient, length, nan, state)
