r"""Linear dependence of blocks of columns: the largest canonical correlation of each pair of blocks.

    r_ij = max over u, v of corr(X_i u, X_j v)      Hotelling (1936), Biometrika 28, 321-377

For two numeric columns this is |Pearson's correlation|, for a numeric column and labels the correlation ratio.  Labels
fit any rows by chance, so the square is adjusted as in adjusted R^2, with p_i and p_j the dimensions of the blocks:
1 - (1 - r^2) (N - 1) / (N - p_i - p_j).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sheernet.foundation.arrays import Array, Indices

SAME = 1e-10  # relative size of singular values below which features repeat others


def canonical_correlations(X: Array, blocks: Sequence[Indices]) -> Array:
    """Compute the largest canonical correlation of each pair of blocks.

    Parameters
    ----------
    X : ndarray, (N, F)
        Rows.
    blocks : sequence of ndarray of int
        Indices of the features of each block.

    Returns
    -------
    ndarray, (D, D)
        Between 0 and 1, adjusted for chance; 0 on the diagonal, and for a block that is constant.

    Examples
    --------
    >>> import numpy as np
    >>> from sheernet.statistics.canonical_correlations import canonical_correlations
    >>> x = np.linspace(-1.0, 1.0, 50)
    >>> blocks = [np.array([i]) for i in range(3)]
    >>> canonical_correlations(np.stack([x, -2 * x, x**2], axis=1), blocks).round(3).tolist()
    [[0.0, 1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 0.0]]
    """
    bases = [_basis(X[:, block]) for block in blocks]
    ranks = np.array([basis.shape[1] for basis in bases])
    stops = np.cumsum(ranks)
    whole = np.concatenate(bases, axis=1)
    products = whole.T @ whole
    if (ranks == 1).all():
        largest = np.abs(products)
    else:
        largest = np.zeros((len(blocks), len(blocks)))
        places = [slice(stop - rank, stop) for rank, stop in zip(ranks, stops, strict=True)]
        for i in range(len(blocks)):
            for j in range(i):
                part = products[places[i], places[j]]
                largest[i, j] = largest[j, i] = np.linalg.norm(part, 2) if part.size else 0.0
    left = np.maximum(len(X) - ranks[:, None] - ranks[None, :], 1)
    squares = 1.0 - (1.0 - np.minimum(largest, 1.0) ** 2) * (len(X) - 1) / left
    np.fill_diagonal(squares, 0.0)
    return np.sqrt(np.clip(squares, 0.0, 1.0))


def _basis(features: Array) -> Array:
    """Return orthonormal columns that span the centered features, (N, rank)."""
    centered = features - features.mean(axis=0)
    U, sizes, _ = np.linalg.svd(centered, full_matrices=False)
    scale = max(float(np.abs(features).max(initial=0.0)) * np.sqrt(features.size), 1e-300)
    return U[:, sizes > SAME * scale]
