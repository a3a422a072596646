r"""Sobol' indices of a function of columns that are drawn independently, each from the rows of a table.

    first order  S_j = Var(E(f | x_j)) / Var(f)
    total        T_j = E(Var(f | all but x_j)) / Var(f)

Saltelli et al. (2010), Computer Physics Communications 181, 259-270, table 2, rows b and f, from scrambled Sobol'
sequences; several independent scramblings give the standard error (Owen 2023, Monte Carlo theory, chapter 17).  These
are the estimators of `scipy.stats.sobol_indices`, which keeps all values in memory and does not accept a single column.

A column is drawn by drawing a row, so that the features of a date or a label stay together, and columns in one block
keep their dependence.  Columns in different blocks are independent, regardless of their dependence in the rows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from sheernet.foundation.arrays import Array, Indices
from sheernet.foundation.errors import InvalidInput
from sheernet.network.initialize import generators
from sheernet.statistics.sobol_points import scrambled_points

MOST_BLOCKS = 10_000
"""Maximum number of blocks: SciPy's Sobol' sequences have at most 21 201 dimensions, and each block takes two."""


ROWS_AT_ONCE = 2**13
"""Maximum number of rows of one call of the function, unless a sequence has more points."""


@dataclass(frozen=True, eq=False)
class SobolIndices:
    """Sobol' indices of S functions of D blocks of columns.

    Parameters
    ----------
    first, total : ndarray, (D, S)
        Indices; 0 if a function is constant.
    first_error, total_error : ndarray, (D, S)
        Standard errors of the sampling.
    variance : ndarray, (S,)
        Variance of each function.
    """

    first: Array
    total: Array
    first_error: Array
    total_error: Array
    variance: Array


class IndependentColumns:
    """Draws the features of each block from the rows, by the inverse of the distribution of the sorted rows.

    Parameters
    ----------
    X : ndarray, (N, F)
        Rows, from which the values of each block are drawn.
    blocks : sequence of ndarray of int
        Indices of the features of each block; together they contain every feature once.
    weights : ndarray, (N,), optional
        Case weights of the rows.

    Raises
    ------
    InvalidInput
        If there are more than 10 000 blocks.
    """

    def __init__(self, X: Array, blocks: Sequence[Indices], weights: Array | None = None) -> None:
        if len(blocks) > MOST_BLOCKS:
            raise InvalidInput(
                f"Sobol' indices of at most {MOST_BLOCKS} columns can be estimated, but there are {len(blocks)}"
            )
        self.X, self.blocks = X, blocks
        self.orders = [np.lexsort(X[:, block[::-1]].T) for block in blocks]
        shares = np.ones(len(X)) if weights is None else weights / weights.max()
        self.ends = [np.cumsum(shares[order]) / shares.sum() for order in self.orders]

    def features(self, j: int, u: Array) -> Array:
        """Return the features of block j, (n, number of features), from numbers u, (n,), between 0 and 1."""
        place = np.searchsorted(self.ends[j], u, side="right")
        return self.X[self.orders[j][np.minimum(place, len(self.X) - 1)]][:, self.blocks[j]]

    def rows(self, U: Array) -> Array:
        """Return rows, (n, F), from numbers for each block, (n, D)."""
        drawn = np.empty((len(U), self.X.shape[1]))
        for j, block in enumerate(self.blocks):
            drawn[:, block] = self.features(j, U[:, j])
        return drawn


def sobol_indices(
    function: Callable[[Array], Array],
    columns: IndependentColumns,
    *,
    samples: int = 1024,
    replicates: int = 8,
    seed: int | None = 0,
) -> SobolIndices:
    """Estimate the Sobol' indices of functions of independent blocks of columns.

    Parameters
    ----------
    function : callable, (n, F) -> (n, S)
        The functions.
    columns : IndependentColumns
        The blocks, and the rows from which their values are drawn.
    samples : int
        Points of a sequence, a power of 2; `replicates` times `samples` times (D + 2) rows are evaluated.
    replicates : int
        Independent scramblings, at least 2.
    seed : int or None
        Seed.

    Returns
    -------
    SobolIndices

    Raises
    ------
    InvalidInput
        If the seed is neither None nor a non-negative integer.

    Examples
    --------
    The product of two columns of mean 0 is an interaction: no column acts alone.

    >>> import numpy as np
    >>> from sheernet.statistics import IndependentColumns, sobol_indices
    >>> X = np.linspace(-1.0, 1.0, 101)[:, None] * np.ones(2)
    >>> columns = IndependentColumns(X, [np.array([0]), np.array([1])])
    >>> found = sobol_indices(lambda X: X[:, :1] * X[:, 1:], columns)
    >>> np.round(found.total.ravel(), 2).tolist(), (np.abs(found.first) < 0.02).all()
    ([1.0, 1.0], np.True_)
    """
    rngs = generators(seed, 0, replicates)
    found = [_replicate(function, columns, samples, rng) for rng in rngs]
    first, total, variance = (np.stack(part) for part in zip(*found, strict=True))
    root = np.sqrt(replicates)
    return SobolIndices(
        first.mean(axis=0), total.mean(axis=0), first.std(axis=0, ddof=1) / root, total.std(axis=0, ddof=1) / root,
        variance.mean(axis=0),
    )  # fmt: skip


def _replicate(
    function: Callable[[Array], Array],
    columns: IndependentColumns,
    samples: int,
    rng: np.random.Generator,
) -> tuple[Array, Array, Array]:
    """Estimate first-order and total indices, (D, S), and variances, (S,), from one scrambled sequence."""
    n_blocks = len(columns.blocks)
    U = scrambled_points(2 * n_blocks, samples, rng)
    A, B = columns.rows(U[:, :n_blocks]), columns.rows(U[:, n_blocks:])
    f_A, f_B = function(A), function(B)  # (n, S)
    center = 0.5 * (f_A.mean(axis=0) + f_B.mean(axis=0))
    variance = np.concatenate([f_A, f_B]).var(axis=0)
    first, total = np.empty((2, n_blocks, len(center)))
    at_once = max(ROWS_AT_ONCE // samples, 1)
    for start in range(0, n_blocks, at_once):
        part = columns.blocks[start : start + at_once]
        mixed = np.tile(A, (len(part), 1, 1))
        for rows, block in zip(mixed, part, strict=True):
            rows[:, block] = B[:, block]
        change = function(mixed.reshape(-1, A.shape[1])).reshape(len(part), samples, -1) - f_A
        first[start : start + at_once] = ((f_B - center) * change).mean(axis=1)
        total[start : start + at_once] = 0.5 * (change**2).mean(axis=1)
    # The indices of a constant function are 0, not ratios of rounding errors.
    varies = variance > (1e-12 * np.abs(f_A).max(axis=0)) ** 2
    unit = np.where(varies, variance, np.inf)
    return first / unit, total / unit, variance
