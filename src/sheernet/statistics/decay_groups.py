"""Groups of weights that share a weight decay."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from sheernet.foundation.arrays import Indices
from sheernet.network.architecture import Architecture

Groups = Mapping[str, Indices]
"""Indices into theta, by the name of the group."""

SCALE = "[scale]"
"""Part of the name of a group of weights into outputs that are logarithms of squared scales."""


def decay_groups(
    architecture: Architecture, by_input: bool = False, outputs_per_target: int = 1
) -> Groups:
    """Return the groups of weights of a network: weights into each layer, biases of each layer, and skip connections.

    Biases of the output layer belong to no group, so they are not decayed: they represent the mean of the target.
    Biases of a softmax form a group, because adding a constant to all of them changes no output.

    Parameters
    ----------
    architecture : Architecture
        The network.
    by_input : bool
        Whether the weights out of each input form their own group (automatic relevance determination).
    outputs_per_target : int
        2 if the outputs of the second half are logarithms of squared scales: the weights into these outputs form their
        own groups.

    Returns
    -------
    mapping of str to ndarray of int
        Indices into theta.

    Examples
    --------
    >>> import sheernet as sn
    >>> from sheernet.statistics import decay_groups
    >>> {name: group.tolist() for name, group in decay_groups(sn.Architecture((2, 1, 1))).items()}
    {'W1': [0, 1], 'b1': [2], 'W2': [3]}
    >>> list(decay_groups(sn.Architecture((2, 1, 1)), by_input=True))
    ['W1[0]', 'W1[1]', 'b1', 'W2']
    """
    softmax = architecture.activations[-1].name == "softmax"
    groups: dict[str, Indices] = {}
    for block in architecture.layout.blocks:
        indices = np.arange(block.slice.start, block.slice.stop, dtype=np.intp)
        if block.is_bias and block.layer == architecture.n_layers and not softmax:
            continue
        halves = {block.name: indices.reshape(block.shape)}
        if outputs_per_target == 2 and block.layer == architecture.n_layers:
            n_targets = architecture.n_outputs // 2
            matrix = halves.pop(block.name)
            halves[f"{block.name}[location]"] = matrix[..., :n_targets]
            halves[f"{block.name}{SCALE}"] = matrix[..., n_targets:]
        for name, matrix in halves.items():
            if by_input and block.source == 0:
                groups |= {f"{name}[{i}]": row for i, row in enumerate(matrix)}
            else:
                groups[name] = matrix.ravel()
    return groups
