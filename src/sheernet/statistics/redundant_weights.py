"""Directions of the weights that change no output of a network, because features add up to 1 or outputs are a softmax.

    labels     the features of a category column add up to 1 in each row: a constant that is added to their weights into
               a unit and subtracted from its bias changes nothing
    softmax    a constant that is added to the weights from one unit into all outputs, or to all biases, changes nothing

Without decay of these weights the Gauss-Newton matrix H is singular along these directions N (P, m), N^T N = I.  The
data then determine P - m parameters.  For a vector g that is orthogonal to N, such as the derivative of an output or
the difference of two labels, g^T (H + c N N^T)^-1 g is g^T H^+ g for any c > 0: the variance that the data determine.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from sheernet.foundation.arrays import Array
from sheernet.network.architecture import Architecture, Block

INDEPENDENT = 1e-8
"""Minimum singular value of independent directions; singular values of a layer are 0 or at least about 1."""


def redundant_directions(
    architecture: Architecture, label_groups: Sequence[slice], decay: Array
) -> Array:
    """Compute an orthonormal basis of the directions that change neither an output nor the penalty.

    Parameters
    ----------
    architecture : Architecture
        The network.
    label_groups : sequence of slice
        Features that add up to 1 in each row, such as those of a category column.
    decay : ndarray, (P,)
        Weight decay; a direction that moves a weight with decay changes the penalty.

    Returns
    -------
    ndarray, (P, m)
        m is 0 if there are no such directions.

    Examples
    --------
    >>> import numpy as np
    >>> import sheernet as sn
    >>> from sheernet.statistics.redundant_weights import redundant_directions
    >>> arch = sn.Architecture((2, 1))  # two labels and a bias
    >>> np.abs(redundant_directions(arch, [slice(0, 2)], np.zeros(3))).round(3).ravel().tolist()
    [0.577, 0.577, 0.577]
    >>> redundant_directions(arch, [slice(0, 2)], np.array([1.0, 1.0, 0.0])).shape
    (3, 0)
    """
    found = [
        direction
        for direction in (*_of_labels(architecture, label_groups), *_of_softmax(architecture))
        if not decay[direction != 0].any()
    ]
    if not found:
        return np.zeros((architecture.n_parameters, 0))
    basis, sizes, _ = np.linalg.svd(np.stack(found, axis=1), full_matrices=False)
    return basis[:, sizes > INDEPENDENT]


def _of_labels(architecture: Architecture, groups: Sequence[slice]) -> Iterator[Array]:
    """Yield directions of the weights out of labels into each unit, with its bias or with another column of labels."""
    blocks = architecture.layout.blocks
    biases = {block.layer: block for block in blocks if block.is_bias}
    for block in blocks:
        if block.source != 0:
            continue
        bias = biases.get(block.layer)
        for unit in range(block.shape[1]):
            ones = [_ones(architecture, block, (group, unit)) for group in groups]
            if bias is not None:
                ones.append(_ones(architecture, bias, (unit,)))
            yield from (each - ones[-1] for each in ones[:-1])


def _of_softmax(architecture: Architecture) -> Iterator[Array]:
    """Yield directions of the weights into all outputs of a softmax, out of each unit, and of the biases."""
    if architecture.activations[-1].name != "softmax":
        return
    for block in architecture.layout.blocks:
        if block.layer == architecture.n_layers:
            places = [()] if block.is_bias else [(i,) for i in range(block.shape[0])]
            yield from (_ones(architecture, block, place) for place in places)


def _ones(architecture: Architecture, block: Block, place: tuple[int | slice, ...]) -> Array:
    """Return a vector, (P,), of 1 at a place of a block and 0 elsewhere."""
    direction = np.zeros(architecture.n_parameters)
    block.view(direction)[place] = 1.0
    return direction
