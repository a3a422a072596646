r"""Weight decay: one coefficient per parameter (`as_decay`), and conversions to this vector.

    penalty(theta) = 1/2 sum_p decay_p theta_p^2

This vector also expresses decay per layer, biases without decay, and the conventions of other packages.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from sheernet.foundation.arrays import Array, all_finite, as_float, read_only
from sheernet.foundation.errors import InvalidInput, ShapeMismatch, require_known
from sheernet.foundation.memory import require_room_for_weights
from sheernet.foundation.message_text import counted
from sheernet.foundation.scalars import as_whole
from sheernet.foundation.sentences import Setting
from sheernet.network import Architecture
from sheernet.objective import costs
from sheernet.objective.costs import Cost
from sheernet.objective.weighting import REDUCTIONS

DecayLike = npt.ArrayLike | Mapping[str, float]


def as_decay(decay: DecayLike, architecture: Architecture) -> Array:
    """Convert a decay argument to one coefficient per parameter.

    Parameters
    ----------
    decay : float, array_like (P,), or mapping of str to float
        One number for all parameters, including biases; one number per parameter; or one number per named array, such
        as {"W1": 0.1, "W2": 0.01}, with 0 for arrays that are not named.
    architecture : Architecture
        The network.

    Returns
    -------
    ndarray, (P,)
        Read-only.

    Raises
    ------
    InvalidInput
        If a decay is negative or not finite, or a name is not an array of the network.
    ShapeMismatch
        If a vector does not have P entries.

    Examples
    --------
    >>> import sheernet as sn
    >>> sn.decay.as_decay({"W2": 0.5}, sn.Architecture((1, 2, 1))).tolist()
    [0.0, 0.0, 0.0, 0.0, 0.5, 0.5, 0.0]
    """
    size = architecture.n_parameters
    require_room_for_weights(size)
    if type(decay) is float and 0.0 <= decay < np.inf:  # the usual case
        vector = np.full(size, decay)
        vector.flags.writeable = False
        return vector
    if isinstance(decay, (str, bool)):
        raise InvalidInput(
            "{} must be a number, a vector or a mapping of names to numbers, but {!r} was given",
            Setting("decay"), decay,
        )  # fmt: skip
    if isinstance(decay, Mapping):
        vector = np.zeros(size)
        for name, number in decay.items():
            one = as_float(number, f"decay of {name}")
            if one.ndim != 0:
                raise ShapeMismatch(
                    "{} of {} must be one number, but an array of shape {} was given",
                    Setting("decay"), name, one.shape,
                )  # fmt: skip
            vector[architecture.layout.block(name).slice] = one
    else:
        vector = as_float(decay, "decay")
        if vector.ndim == 0:
            vector = np.full(size, float(vector))
    if vector.shape != (size,):
        raise ShapeMismatch(
            "{} has shape {} but the network has {} parameters; give one number, a vector ({},), "
            "or a mapping such as {{'W1': 0.1}}",
            Setting("decay"), vector.shape, size, size,
        )  # fmt: skip
    if not all_finite(vector) or vector.min() < 0:
        worst = vector[~(vector >= 0) | np.isinf(vector)][0]
        raise InvalidInput(
            "{} must be finite and at least 0, but {} was given", Setting("decay"), worst
        )
    return read_only(vector)


def weight_decay(
    architecture: Architecture, value: float | Sequence[float], biases: bool = False
) -> Array:
    """Return the decay of each parameter from one value per layer, optionally including the biases.

    Parameters
    ----------
    architecture : Architecture
        The network.
    value : float or sequence of float
        One number, or one per layer of weights (L).  Skip connections belong to the last layer.
    biases : bool
        Whether the decay also applies to biases.

    Returns
    -------
    ndarray, (P,)

    Raises
    ------
    InvalidInput
        If the number of values is not the number of layers.

    Examples
    --------
    >>> import sheernet as sn
    >>> sn.weight_decay(sn.Architecture((1, 2, 1)), [0.1, 0.2]).tolist()
    [0.1, 0.1, 0.0, 0.0, 0.2, 0.2, 0.0]
    """
    n_layers = architecture.n_layers
    values = as_float(value, "decay")
    if values.ndim == 0:
        values = np.full(n_layers, values)
    if values.shape != (n_layers,):
        raise InvalidInput(
            "{} has {} but the network has {} of weights",
            Setting("decay"), counted(values.size, "entry", "entries"), counted(n_layers, "layer"),
        )  # fmt: skip
    decay = np.zeros(architecture.n_parameters)
    for block in architecture.layout.blocks:
        if biases or not block.is_bias:
            decay[block.slice] = values[block.layer - 1]
    return as_decay(decay, architecture)


def decay_from(
    convention: str,
    value: float,
    architecture: Architecture,
    n: int,
    cost: str | Cost = "squared_error",
    reduction: str = "mean",
) -> Array:
    r"""Convert another program's regularization setting into the equivalent decay.

    Parameters
    ----------
    convention : {"nnet", "scikit-learn", "matlab", "notebook"}
        The program and its setting:

        - "nnet": R's `decay`.  Sum of squared errors (or of entropies) + value sum of theta^2, including biases.
        - "scikit-learn": `alpha`.  1/2 mean of squared errors + value/(2 n) sum of squared weights.
        - "matlab": `performParam.regularization`.  (1 - value) mse + value msw; msw includes weights and biases.
        - "notebook": `Lambda` in part 7 of the videos.  1/2 mean of squared errors + value/2 sum of squared weights.
    value : float
        The value of the setting; for "matlab" in [0, 1).
    architecture : Architecture
        The network.
    n : int
        Number of samples.
    cost : str or Cost
        The cost used here.  It matters for "nnet", whose costs have no factor 1/2.
    reduction : {"mean", "sum"}
        The reduction used here.

    Returns
    -------
    ndarray, (P,)

    Raises
    ------
    InvalidInput
        If the convention is not known or the value is out of range.

    Notes
    -----
    Each rule follows from writing the other objective as a multiple of sheernet's objective.  For mean reduction:

    ============  ==============================================  ===========
    convention    decay                                           on
    ============  ==============================================  ===========
    nnet          value / n (squared_error), else 2 value / n     all
    scikit-learn  value / n                                       weights
    matlab        value K / ((1 - value) P)                       all
    notebook      value                                           weights
    ============  ==============================================  ===========

    For reduction "sum", multiply these values by n.

    Examples
    --------
    >>> import sheernet as sn
    >>> arch = sn.Architecture((1, 1))
    >>> sn.decay_from("scikit-learn", 0.5, arch, n=10).tolist()
    [0.05, 0.0]
    """
    require_known("reduction", reduction, REDUCTIONS)
    limit = 1.0 if convention == "matlab" else np.inf
    if not 0.0 <= value < limit:
        raise InvalidInput(
            f"{convention} regularization must be at least 0 and below {limit:g}, but {value!r} was given"
        )
    n = as_whole("n", n, 1)
    squared = costs.get(cost).name == costs.squared_error.name
    for_mean = {
        "nnet": lambda: (value if squared else 2.0 * value) / n,
        "scikit-learn": lambda: value / n,
        "matlab": lambda: (
            value * architecture.n_outputs / ((1.0 - value) * architecture.n_parameters)
        ),
        "notebook": lambda: value,
    }
    require_known("convention", convention, for_mean)
    decay = for_mean[convention]() * (1.0 if reduction == "mean" else n)
    return weight_decay(architecture, decay, biases=convention in ("nnet", "matlab"))
