"""Weights of a perceptron: draw initial weights as scikit-learn does, and convert theta to lists of arrays and back.

scikit-learn draws the arrays of one layer after another, coefficients before intercepts, uniformly between -b and b
with b = sqrt(6 / (fan_in + fan_out)), or sqrt(2 / (fan_in + fan_out)) for the activation 'logistic'.  This is the order
of theta (`sheernet.Architecture.layout`), so the same RandomState gives the same weights.

Source: X. Glorot and Y. Bengio, AISTATS 2010, equation 16, for the first bound; scikit-learn for the second.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt
from typing import Any, NamedTuple

import numpy as np

from sheernet.foundation.arrays import Array
from sheernet.foundation.errors import InvalidInput, ShapeMismatch
from sheernet.foundation.memory import require_room_for_weights
from sheernet.foundation.message_text import counted
from sheernet.foundation.sentences import Setting
from sheernet.network import Architecture


class Arrays(NamedTuple):
    """The weights of a network by kind."""

    coefs: list[Array]  # (d_{l-1}, d_l) each
    intercepts: list[Array]  # (d_l,) each
    skip: Array | None  # (d_0, K)


def draw(architecture: Architecture, activation: Any, rng: np.random.RandomState) -> Array:
    """Draw the initial weights of a network.

    Parameters
    ----------
    architecture : Architecture
        The network.
    activation : str or sequence of str
        The activation of the hidden layers, named as in the estimator's parameter.
    rng : RandomState
        The source of random numbers, used as in scikit-learn; skip connections are drawn last.

    Returns
    -------
    ndarray, (P,)

    Examples
    --------
    >>> import numpy as np
    >>> import sheernet as sn
    >>> from sheernet.models.estimators.mlp_weights import draw
    >>> theta = draw(sn.Architecture((5, 1)), "relu", np.random.RandomState(0))
    >>> bool((abs(theta) < 1).all()), theta.size
    (True, 6)
    """
    require_room_for_weights(architecture.n_parameters)
    factors = _factors(activation, architecture.n_layers)
    theta = np.empty(architecture.n_parameters)
    for block in architecture.layout.blocks:
        source = 0 if block.role == "skip" else block.layer - 1
        fans = architecture.sizes[source] + architecture.sizes[block.layer]
        bound = sqrt(factors[block.layer - 1] / fans)
        theta[block.slice] = rng.uniform(-bound, bound, block.size)
    return theta


def _factors(activation: Any, n_layers: int) -> list[float]:
    """Return the numerator in the bound of each layer; the output layer has the same as the layer before it."""
    names = list(activation) if isinstance(activation, (list, tuple)) else [activation] * n_layers
    names += names[-1:] if len(names) < n_layers else []
    return [2.0 if name in ("logistic", "sigmoid") else 6.0 for name in names] or [6.0] * n_layers


def arrays_of(architecture: Architecture, theta: Array) -> Arrays:
    """Return the weights as separate arrays, which the caller may change."""
    own, blocks = theta.copy(), architecture.layout.blocks
    coefs, intercepts, skip = (
        [block.view(own) for block in blocks if block.role == role]
        for role in ("weights", "biases", "skip")
    )
    return Arrays(coefs, intercepts, skip[0] if skip else None)


def theta_of(architecture: Architecture, arrays: Arrays) -> Array:
    """Return theta (P,) for separate arrays: the inverse of `arrays_of`.

    Raises
    ------
    ShapeMismatch
        If an array does not have the shape of its layer.
    """
    theta = np.empty(architecture.n_parameters)
    fill(architecture, theta, "coefs_", arrays.coefs, ("weights",))
    fill(architecture, theta, "intercepts_", arrays.intercepts, ("biases",))
    if arrays.skip is not None:
        fill(architecture, theta, "skip_coef_", [arrays.skip], ("skip",))
    return theta


def fill(
    architecture: Architecture, theta: Array, name: str, given: Sequence[Any], roles: Sequence[str]
) -> None:
    """Write arrays into the blocks of theta that have one of the roles, in order.

    Raises
    ------
    InvalidInput, ShapeMismatch
        If the number of arrays or a shape does not match the network, or a value is not finite.
    """
    blocks = [block for block in architecture.layout.blocks if block.role in roles]
    if len(given) != len(blocks):
        raise InvalidInput(
            "{} must have {}, one per layer, but {} given",
            Setting(name), counted(len(blocks), "array"), counted(len(given), "was", "were"),
        )  # fmt: skip
    for i, (block, values) in enumerate(zip(blocks, given, strict=True)):
        array = np.asarray(values, dtype=np.float64)
        if array.shape != block.shape:
            raise ShapeMismatch(
                "{}[{}] has shape {} but must have shape {}",
                Setting(name), i, array.shape, block.shape,
            )  # fmt: skip
        if not np.isfinite(array).all():
            raise InvalidInput("{}[{}] must be finite", Setting(name), i)
        theta[block.slice] = array.ravel()
