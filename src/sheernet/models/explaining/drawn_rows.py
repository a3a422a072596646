"""`drawn_rows`: a random choice of rows, for results that need not use all of them."""

from __future__ import annotations

import numpy as np

from sheernet.foundation.arrays import Array, Indices
from sheernet.network.initialize import generator


def drawn_rows(
    n_rows: int, weights: Array | None, most: int, seed: int | None, stream: int = 0
) -> Indices:
    """Indices of at most `most` rows: all, a sample, or, if rows have weights, a sample with repetition by weight."""
    if weights is None and n_rows <= most:
        return np.arange(n_rows)
    rng = generator(seed, stream)
    order = rng.permutation(n_rows)
    if weights is None:
        return np.sort(order[:most])
    ends = np.cumsum(weights[order] / weights.max())
    places = np.searchsorted(
        ends, (np.arange(most) + rng.random()) * (ends[-1] / most), side="right"
    )
    return np.sort(order[np.minimum(places, n_rows - 1)])
