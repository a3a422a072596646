r"""Weight decay: a vector over the parameters, and the shorthands from which it is made.

    penalty(theta) = 1/2 sum_p decay_p theta_p^2

Per-layer decay, biases without decay and every other package's convention are values of this one vector.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from sheernet.foundation.arrays import Array, all_finite, as_float, read_only
from sheernet.foundation.errors import InvalidInput, ShapeMismatch, unknown_name
from sheernet.network.architecture import Architecture
from sheernet.objective import costs
from sheernet.objective.costs import Cost
from sheernet.objective.weighting import REDUCTIONS

DecayLike = npt.ArrayLike | Mapping[str, float]


def as_decay(decay: DecayLike, architecture: Architecture) -> Array:
    """Spread what was given for decay over the parameters.

    Parameters
    ----------
    decay : float, array_like (P,), or mapping of str to float
        One number for every parameter, biases included; one for each; or one for each named array, as in
        {"W1": 0.1, "W2": 0.01}, and 0 for those not named.
    architecture : Architecture
        The network.

    Returns
    -------
    ndarray, (P,)
        Read-only.

    Raises
    ------
    InvalidInput
        When a decay is negative or not finite, or a name is not one of the network's.
    ShapeMismatch
        When a vector has not P entries.

    Examples
    --------
    >>> import sheernet as sn
    >>> sn.decay.as_decay({"W2": 0.5}, sn.Architecture((1, 2, 1))).tolist()
    [0.0, 0.0, 0.0, 0.0, 0.5, 0.5, 0.0]
    """
    size = architecture.n_parameters
    if type(decay) is float and 0.0 <= decay < np.inf:  # as is usual
        vector = np.full(size, decay)
        vector.flags.writeable = False
        return vector
    if isinstance(decay, str):
        raise InvalidInput(
            f"decay is a number, a vector or a mapping of names to numbers, but {decay!r} was given"
        )
    if isinstance(decay, Mapping):
        vector = np.zeros(size)
        for name, number in decay.items():
            one = as_float(number, f"decay of {name}")
            if one.ndim != 0:
                raise ShapeMismatch(
                    f"decay of {name} must be one number, but an array of shape {one.shape} was given"
                )
            vector[architecture.layout.block(name).slice] = one
    else:
        vector = as_float(decay, "decay")
        if vector.ndim == 0:
            vector = np.full(size, float(vector))
    if vector.shape != (size,):
        raise ShapeMismatch(
            f"decay has shape {vector.shape} but the network has {size} parameters; give one number, a vector "
            f"({size},), or a mapping such as {{'W1': 0.1}}"
        )
    if not all_finite(vector) or vector.min() < 0:
        worst = vector[~(vector >= 0) | np.isinf(vector)][0]
        raise InvalidInput(f"decay must be finite and at least 0, but {worst} was given")
    return read_only(vector)


def weight_decay(
    architecture: Architecture, value: float | Sequence[float], biases: bool = False
) -> Array:
    """Decay of the weights of each layer, and of its biases or not.

    Parameters
    ----------
    architecture : Architecture
        The network.
    value : float or sequence of float
        One number, or one for each of the L layers of weights.  Skip connections belong to the last.
    biases : bool
        Whether biases decay too.

    Returns
    -------
    ndarray, (P,)

    Raises
    ------
    InvalidInput
        When there is not one number for each layer.

    Examples
    --------
    >>> import sheernet as sn
    >>> sn.weight_decay(sn.Architecture((1, 2, 1)), [0.1, 0.2]).tolist()
    [0.1, 0.1, 0.0, 0.0, 0.2, 0.2, 0.0]
    """
    n_layers = architecture.n_layers
    values = (
        np.broadcast_to(as_float(value, "decay"), (n_layers,))
        if np.ndim(value) == 0
        else as_float(value, "decay")
    )
    if values.shape != (n_layers,):
        raise InvalidInput(
            f"decay has {values.size} entries but the network has {n_layers} layers of weights"
        )
    decay = {}
    for block in architecture.layout.blocks:
        layer = n_layers if block.name == "S" else int(block.name[1:])
        if biases or not block.name.startswith("b"):
            decay[block.name] = float(values[layer - 1])
    return as_decay(decay, architecture)


def decay_from(
    convention: str,
    value: float,
    architecture: Architecture,
    n: int,
    cost: str | Cost = "squared_error",
    reduction: str = "mean",
) -> Array:
    r"""Convert another program's regularization to a decay that has the same minimizer here.

    Parameters
    ----------
    convention : {"nnet", "scikit-learn", "matlab", "notebook"}
        Whose number it is:

        - "nnet": R's `decay`.  Sum of squared errors (or of entropies) + value sum theta^2, biases too.
        - "scikit-learn": `alpha`.  1/2 mean of squared errors + value/(2 n) sum of squared weights.
        - "matlab": `performParam.regularization`.  (1 - value) mse + value msw; msw is over weights and biases.
        - "notebook": `Lambda` of part 7 of the videos.  1/2 mean of squared errors + value/2 sum of squared weights.
    value : float
        The number; for "matlab" in [0, 1).
    architecture : Architecture
        The network.
    n : int
        Number of samples.
    cost : str or Cost
        The cost that is used here; nnet has 1/2 in neither of its costs, so it matters.
    reduction : {"mean", "sum"}
        The reduction that is used here.

    Returns
    -------
    ndarray, (P,)

    Raises
    ------
    InvalidInput
        When the convention is not known or the value is out of range.

    Notes
    -----
    Each follows from writing the other objective as a multiple of ours.  For mean reduction:

    ============  ==============================================  ===========
    convention    decay                                           on
    ============  ==============================================  ===========
    nnet          value / n (squared_error), else 2 value / n     all
    scikit-learn  value / n                                       weights
    matlab        value K / ((1 - value) P)                       all
    notebook      value                                           weights
    ============  ==============================================  ===========

    and n times that for sum.

    Examples
    --------
    >>> import sheernet as sn
    >>> arch = sn.Architecture((1, 1))
    >>> sn.decay_from("scikit-learn", 0.5, arch, n=10).tolist()
    [0.05, 0.0]
    """
    if reduction not in REDUCTIONS:
        raise unknown_name("reduction", reduction, REDUCTIONS)
    limit = 1.0 if convention == "matlab" else np.inf
    if not 0.0 <= value < limit:
        raise InvalidInput(
            f"{convention} regularization must be at least 0 and below {limit:g}, but {value!r} was given"
        )
    if n < 1:
        raise InvalidInput(f"n, the number of samples, must be at least 1, but {n!r} was given")
    squared = costs.get(cost).name == costs.squared_error.name
    for_mean = {
        "nnet": lambda: (value if squared else 2.0 * value) / n,
        "scikit-learn": lambda: value / n,
        "matlab": lambda: (
            value * architecture.n_outputs / ((1.0 - value) * architecture.n_parameters)
        ),
        "notebook": lambda: value,
    }
    if convention not in for_mean:
        raise unknown_name(
            "convention", convention, for_mean, {"sklearn": "scikit-learn", "r": "nnet"}
        )
    decay = for_mean[convention]() * (1.0 if reduction == "mean" else n)
    return weight_decay(architecture, decay, biases=convention in ("nnet", "matlab"))
