"""`mixed_rows`: synthetic rows that are distributed like given rows without being equal to any of them.

The rows are divided at the median of the feature with the largest variance, and each part again, as in a k-d tree
(J. L. Bentley, Comm. ACM 18 (1975) 509), into cells of `FEWEST` to 2 `FEWEST` - 1 rows.  Within a cell, a mixed
row takes its first column from one row, its second column from the next row, and so on, so that it has the values of
different rows that are close to each other.  Thus each column keeps its values, and columns keep their dependence on
scales larger than a cell.  If fewer rows are wanted, every second, third, ... row in the order of the tree is returned,
so that all regions are represented evenly.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sheernet.foundation.arrays import Array, Indices

FEWEST = 5
"""Minimum number of rows of a cell, unless there are fewer in total."""


def mixed_rows(X: Array, columns: Sequence[slice], most: int) -> Array:
    """Mix the values of neighboring rows.

    Parameters
    ----------
    X : ndarray, (N, F)
        Encoded rows.
    columns : sequence of slice
        The features of each column, which stay together.
    most : int
        Maximum number of rows returned.

    Returns
    -------
    ndarray, (min(N, most), F)
        The mixed rows; fewer than 2 `FEWEST` rows are all in one cell.

    Examples
    --------
    >>> import numpy as np
    >>> from sheernet.statistics.synthetic_rows import mixed_rows
    >>> X = np.array([[0.0, 0.1], [1.0, 1.1], [2.0, 2.1]])
    >>> mixed_rows(X, [slice(0, 1), slice(1, 2)], most=3).tolist()
    [[0.0, 1.1], [1.0, 2.1], [2.0, 0.1]]
    """
    cells = _cells(X)
    mixed = np.empty_like(X)
    for j, place in enumerate(columns):
        mixed[:, place] = X[np.concatenate([np.roll(cell, -j) for cell in cells]), place]
    n = min(len(X), most)
    return mixed[((np.arange(n) + 0.5) * (len(X) / n)).astype(np.intp)]


def _cells(X: Array) -> list[Indices]:
    """Return the rows of each cell, in the order of the tree."""
    found, waiting = [], [np.arange(len(X))]
    while waiting:
        cell = waiting.pop()
        if len(cell) < 2 * FEWEST:
            found.append(cell)
            continue
        along = X[cell, X[cell].var(axis=0).argmax()]
        cell = cell[np.argsort(along, kind="stable")]
        waiting += [cell[len(cell) // 2 :], cell[: len(cell) // 2]]
    return found
