"""`Folds`: the rows that a network is judged (evaluated) on, and the rows that it is refitted to for this purpose.

Up to `MOST_ROWS_TO_SEARCH` rows, each of five folds is predicted by a network that was fitted to the other four.
For more rows, the decays are chosen from a sample, whose rows are not judged.  Up to `MOST_ROWS_FOR_FIVE` rows, half
of the rows are judged, or all except `FEWEST_ROWS_OUTSIDE` if these are fewer, in five folds, each by a network that
was fitted to all other rows.  For more rows, a single fold suffices, so the network is refitted only once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from sheernet.foundation.arrays import Array, Indices
from sheernet.network.initialize import generator

FOLDS = 5
MOST_ROWS_TO_SEARCH = 2500
"""Maximum number of rows of a search for decays."""
FEWEST_ROWS_OUTSIDE = 2000
"""Minimum number of rows that are not judged if the decays are chosen from a sample of them."""
MOST_ROWS_FOR_FIVE = 10_000
LARGEST_FOLD = 5000
MOST_ROWS_TO_JUDGE_BY = 50_000
"""Maximum number of rows for the fit of the network that predicts a fold."""
UNUSED = -2
"""Fold number of rows outside the judged fold that no network of the folds is fitted to."""
FOLD_STREAM = 2**32 - 2
"""Stream of the seed; the starts count up from 0, and the held-out rows use the last one."""


@dataclass(frozen=True, eq=False)
class Folds:
    """A fold number for each row.

    Parameters
    ----------
    fold_of_row : ndarray of int, (N,)
        The fold of each row; -1 for rows in no judged fold, or `UNUSED` if no network of the folds is fitted to them.
    n_folds : int
        Number of folds that are judged.
    """

    fold_of_row: Indices
    n_folds: int

    @classmethod
    def of(
        cls, n_rows: int, seed: int | None, strata: Indices | None = None, groups: Indices | None = None
    ) -> Folds:  # fmt: skip
        """Choose folds at random, with about the same number of rows of each class.

        Parameters
        ----------
        n_rows : int
            Number of rows.
        seed : int or None
            Seed of the choice.
        strata, groups : ndarray of int, (n_rows,), optional
            The class and the group of each row, as in `dealt_folds`.

        Examples
        --------
        >>> import numpy as np
        >>> from sheernet.statistics.folds import Folds
        >>> np.bincount(Folds.of(52, seed=0).fold_of_row).tolist()
        [11, 11, 10, 10, 10]
        """
        is_small = n_rows <= MOST_ROWS_TO_SEARCH
        n_judged, most = 1, n_rows
        every = FOLDS if is_small else max(FOLDS, -(-n_rows // LARGEST_FOLD))
        if MOST_ROWS_TO_SEARCH < n_rows <= MOST_ROWS_FOR_FIVE:
            n_judged, most = FOLDS, min(n_rows // 2, n_rows - FEWEST_ROWS_OUTSIDE)
            every = -(-FOLDS * n_rows // most)
        first = np.arange(n_rows) if groups is None else np.unique(groups, return_index=True)[1]
        n_folds = min(every, len(first))
        fold_of_row = dealt_folds(n_rows, n_folds, seed, strata=strata, groups=groups)
        if is_small:
            return cls(fold_of_row, n_folds)
        # A fold of many groups is more informative than a fold of one large group.
        judged = np.argsort(-np.bincount(fold_of_row[first]), kind="stable")[:n_judged]
        fits = np.bincount(fold_of_row)[judged].cumsum() <= most + n_judged
        judged = judged[: max(int(fits.sum()), 1)]
        number = np.full(n_folds, -1)
        number[judged] = np.arange(len(judged))
        fold_of_row = number[fold_of_row]
        order = _shuffled(n_rows, seed, strata)
        outside = order[fold_of_row[order] < 0]
        if len(outside) > MOST_ROWS_TO_JUDGE_BY:
            # At equal distances, because the rows are ordered by class.
            used = np.linspace(0, len(outside) - 1, MOST_ROWS_TO_JUDGE_BY).astype(np.intp)
            fold_of_row[outside] = UNUSED
            fold_of_row[outside[used]] = -1
        return cls(fold_of_row, len(judged))

    @property
    def judged(self) -> Indices:
        """The rows of all folds, in the order of the table."""
        return np.flatnonzero(self.fold_of_row >= 0)

    def training_weights(self, weights: Array) -> Iterator[Array]:
        """Yield for each fold the case weights, (N,), with 0 for the rows of the fold and for unused rows."""
        for fold in range(self.n_folds):
            uses = (self.fold_of_row != fold) & (self.fold_of_row != UNUSED)
            yield np.where(uses, weights, 0.0)

    def rows_of(self, fold: int) -> Indices:
        """Return the rows of a fold."""
        return np.flatnonzero(self.fold_of_row == fold)


def dealt_folds(
    n_rows: int,
    n_folds: int,
    seed: int | None,
    repeat: int = 0,
    strata: Indices | None = None,
    groups: Indices | None = None,
) -> Indices:
    """Divide all rows at random into folds of about the same size.

    Parameters
    ----------
    n_rows, n_folds : int
        Number of rows, and of folds; at most as many folds as rows, or as groups.
    seed : int or None
        Seed of the choice.
    repeat : int
        Index of one of several independent choices for a seed; 0 is the choice of `Folds.of`.
    strata : ndarray of int, (n_rows,), optional
        The class of each row: each fold has about the same number of rows of each class.
    groups : ndarray of int, (n_rows,), optional
        The group of each row, 0, 1, ...: rows of a group are in the same fold.  Groups, the largest first and those
        of one size by the class of their first row, are assigned one by one to the fold with the fewest rows.

    Returns
    -------
    ndarray of int, (n_rows,)
        The fold of each row.

    Examples
    --------
    >>> import numpy as np
    >>> from sheernet.statistics.folds import dealt_folds
    >>> np.bincount(dealt_folds(52, 10, seed=0)).tolist()
    [6, 6, 5, 5, 5, 5, 5, 5, 5, 5]
    >>> folds = dealt_folds(6, 2, seed=0, groups=np.array([0, 0, 0, 1, 1, 2]))
    >>> folds[0] == folds[1] == folds[2] != folds[3] == folds[4] == folds[5]
    np.True_
    """
    if groups is None:
        fold_of_row = np.empty(n_rows, dtype=np.intp)
        fold_of_row[_shuffled(n_rows, seed, strata, repeat)] = np.arange(n_rows) % n_folds
        return fold_of_row
    sizes, first = np.bincount(groups), np.unique(groups, return_index=True)[1]
    order = _shuffled(len(sizes), seed, None if strata is None else strata[first], repeat)
    order = order[np.argsort(-sizes[order], kind="stable")]
    fold_of_group = np.empty(len(sizes), dtype=np.intp)
    rows_of_fold = np.zeros(n_folds, dtype=np.intp)
    for group in order:
        fold_of_group[group] = np.argmin(rows_of_fold)
        rows_of_fold[fold_of_group[group]] += sizes[group]
    return fold_of_group[groups]


def _shuffled(
    n_rows: int, seed: int | None, strata: Indices | None = None, repeat: int = 0
) -> Indices:
    """Return the rows in random order, grouped by class."""
    # The stream below FOLD_STREAM is used for the sample of a search (`candidates`).
    stream = FOLD_STREAM - (repeat + 1 if repeat else 0)
    order = generator(seed, stream=stream).permutation(n_rows)
    return order if strata is None else order[np.argsort(strata[order], kind="stable")]
