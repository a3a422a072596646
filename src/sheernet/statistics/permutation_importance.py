r"""Permutation importance: how much the error of predictions grows if a column's values are exchanged between rows.

    increase_rj = loss(rows with column j permuted, repeat r) - loss(rows)

Breiman (2001), Machine Learning 45, 5-32, section 10, for any prediction: Fisher, Rudin and Dominici (2019), Journal of
Machine Learning Research 20, 177.  Columns in one block are permuted together.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from sheernet.foundation.arrays import Array, Indices
from sheernet.network.initialize import generator


def permutation_losses(
    loss: Callable[[Array], Array],
    X: Array,
    blocks: Sequence[Indices],
    repeats: int = 10,
    seed: int | None = 0,
) -> Array:
    """Compute by how much losses grow if the values of each block of columns are permuted.

    Parameters
    ----------
    loss : callable, (N, F) -> (S,)
        Losses of the predictions of these rows, in their order.
    X : ndarray, (N, F)
        The rows.
    blocks : sequence of ndarray of int
        Indices of the features of each block.
    repeats : int
        Number of permutations of each block.
    seed : int or None
        Seed of the permutations.

    Returns
    -------
    ndarray, (repeats, D, S)
        Increases of the losses.

    Examples
    --------
    >>> import numpy as np
    >>> from sheernet.statistics import permutation_losses
    >>> X = np.arange(20.0).reshape(10, 2)
    >>> blocks = [np.array([0]), np.array([1])]
    >>> increases = permutation_losses(lambda Z: ((Z - X)[:, :1] ** 2).mean(axis=0), X, blocks)
    >>> (increases[:, 0] > 0).all(), (increases[:, 1] == 0).all()
    (np.True_, np.True_)
    """
    rng = generator(seed)
    before = loss(X)
    increases = np.empty((repeats, len(blocks), len(before)))
    changed = X.copy()
    for j, block in enumerate(blocks):
        for repeat in range(repeats):
            changed[:, block] = X[rng.permutation(len(X))][:, block]
            increases[repeat, j] = loss(changed) - before
        changed[:, block] = X[:, block]
    return increases
