"""Gradient descent (`gd`), optionally with momentum, full-batch or mini-batch.

    plain       x_{t+1} = x_t - epsilon grad f(x_t)
    momentum    v_{t+1} = mu v_t - epsilon grad f(x_t),           x_{t+1} = x_t + v_{t+1}
    Nesterov    v_{t+1} = mu v_t - epsilon grad f(x_t + mu v_t),  x_{t+1} = x_t + v_{t+1}

Source: I. Sutskever, J. Martens, G. Dahl and G. Hinton, On the importance of initialization and momentum in deep
learning (ICML 2013), equations 1 to 4; Y. Nesterov, Soviet Mathematics Doklady 27 (1983), 372-376.
Deviations from the sources:

1. mu is constant; epsilon may depend on the epoch.
2. With a batch size an iteration is an epoch: one update per batch (epochs.py), then one evaluation over all rows,
   which is the Step.  The compiled engine does the updates itself (native/optimizers/gd.hpp); they differ from those
   below by rounding.
3. An iterate that is not finite is not accepted; the run ends with `non_finite`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import nan

import numpy as np

from sheernet.foundation.arrays import Array
from sheernet.foundation.declared_fields import Vector
from sheernet.foundation.scalars import as_flag
from sheernet.optimizers.epochs import Epochs, LearningRate, Order
from sheernet.optimizers.optimizer_protocol import (
    Differentiable,
    Step,
    Steps,
    Termination,
    freeze,
    is_finite,
)
from sheernet.optimizers.option_checks import require_up_to_1


@dataclass(frozen=True, eq=False)
class GDState:
    """State of gd; immutable."""

    iteration: int
    theta: Vector  # x_t
    value: float
    gradient: Vector  # over all rows; nan if it was not evaluated
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
    learning_rate: LearningRate = 0.1,
    momentum: float = 0.0,
    nesterov: bool = False,
    batch_size: int | None = None,
    seed: int = 0,
    order: Order | None = None,
    whole_penalty: bool = False,
    evaluation: str = "rows",
) -> Steps:
    """Minimize by gradient descent.

    Parameters
    ----------
    objective : object
        Has value_and_gradient(theta) -> (float, (P,)); with a batch size also weights and replace(weights=...), with
        `whole_penalty` also decay and replace(decay=...); or, as rows in shards have, windows (batches.py).
    start : ndarray, (P,), or GDState
        The start, or the state to resume.
    learning_rate : float or callable
        epsilon, in units of theta per unit of gradient; or a function of the epoch (1, 2, ...) that returns it.
    momentum : float
        mu, from 0 to 1.
    nesterov : bool
        Whether the gradient is evaluated at x + mu v.
    batch_size : int, optional
        Rows per batch; by default all rows.
    seed : int
        Seed for the order of the rows, unless `order` is given.
    order : callable, optional
        A function of the epoch (1, 2, ...) that returns the order in which batches take the rows: a permutation of
        0 to N - 1, (N,), which number the rows with positive weight.  By default it is drawn from `seed`.
    whole_penalty : bool
        Whether the decay of a batch is multiplied by the sum of all case weights / the sum of its case weights (by
        N / B with reduction "sum"), as scikit-learn does; by default each batch has the decay of the objective.
    evaluation : {"rows", "batches"}
        The value of a Step: the objective of all rows at its theta, which takes one more evaluation; or the mean over
        the rows of the objectives of the batches, each evaluated with its gradient, before the update of its batch.
        With "batches", the gradient of the Step is not evaluated and is nan.

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
    require_up_to_1("momentum", momentum)
    nesterov = as_flag("nesterov", nesterov)
    epochs = Epochs(objective, learning_rate, batch_size, seed, order, whole_penalty, evaluation)
    state = start.snapshot() if isinstance(start, GDState) else _begin(objective, start)
    yield _step(state, nan)
    if state.iteration == 0 and not is_finite(state.value, state.gradient):
        return Termination("non_finite")
    while True:
        epoch = state.iteration + 1
        rate = epochs.rate(epoch)
        (x, v), of_batches = epochs.run(
            epoch, (state.theta, state.velocity), state.gradient, _update, "gd_batches",
            learning_rate=rate, momentum=momentum, nesterov=nesterov,
        )  # fmt: skip
        end = epochs.evaluate(x, of_batches)
        if end is None:
            return Termination("non_finite")
        state = GDState(epoch, x, *end, v)
        yield _step(state, rate)


def _update(
    objective: Differentiable, point: tuple[Array, Array], g: Array | None,
    *, learning_rate: float, momentum: float, nesterov: bool,
) -> tuple[tuple[Array, Array], float]:  # fmt: skip
    """Return x and v after an update, and the value at the point of the gradient; nan if the gradient g is used."""
    (x, v), value = point, nan
    if g is None or nesterov:
        value, g = objective.value_and_gradient(x + momentum * v if nesterov else x)
    v = momentum * v - learning_rate * g
    return (x + v, v), value


def _begin(objective: Differentiable, start: Array) -> GDState:
    theta = np.array(start, dtype=np.float64)  # (P,)
    return GDState(0, theta, *objective.value_and_gradient(theta), np.zeros_like(theta))


def _step(state: GDState, length: float) -> Step:
    return Step(state.iteration, state.theta, state.value, state.gradient, length, nan, state)
