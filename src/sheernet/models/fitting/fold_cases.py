"""The rows that are divided among folds: training rows, or parts of the rows if weights are counts.

A table of counts has a row for each cell, such as 30 plants that survived and 20 that did not at the same dose.  If
such rows were not divided, a fold would remove all survivors of a dose from the training rows.  So a row of weight k is
divided into up to five rows, whose weights are whole numbers with the sum k, each in a fold of its own.

The weight of a row with a numeric target is often the number of values whose mean the target is, and parts of such a
row would have the same mean in each fold.  A table of means has one row for each combination of the inputs, while a
table of counts has a row for each value of the target.  So rows of numeric targets are divided only if there are at
most half as many combinations of the inputs as rows.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from sheernet.data.targets import ClassTarget, Targets
from sheernet.foundation.arrays import Indices, are_counts
from sheernet.statistics.folds import FOLDS, MOST_ROWS_TO_SEARCH, Folds

if TYPE_CHECKING:
    from sheernet.models.fitting.preparation import Encoded


@dataclass(frozen=True, eq=False)
class FoldCases:
    """Rows with their folds.

    Parameters
    ----------
    rows : Encoded
        n rows.
    origin : ndarray of int, (n,)
        Index of the training row that each row is, or is a part of.
    folds : Folds
        The folds of these rows.
    """

    rows: Encoded
    origin: Indices
    folds: Folds


def fold_cases(
    rows: Encoded, targets: Targets, seed: int | None, groups: Indices | None = None
) -> FoldCases:
    """Divide training rows among folds.

    Parameters
    ----------
    rows : Encoded
        The training rows.
    targets : NumberTargets or ClassTarget
        Their targets.
    seed : int or None
        Seed of the folds.
    groups : ndarray of int, (N,), optional
        The group of each row: no group is divided among folds.
    """
    strata = targets.class_indices(rows.truth) if isinstance(targets, ClassTarget) else None
    folds = Folds.of(len(rows), seed, strata, groups)
    parts = parts_of(rows, targets) if groups is None else None
    if parts is None:
        return FoldCases(rows, np.arange(len(rows), dtype=np.intp), folds)
    numbers, fold_of_row = np.unique(parts.folds(folds.fold_of_row, FOLDS), return_inverse=True)
    return FoldCases(parts.rows, parts.origin, Folds(fold_of_row.astype(np.intp), len(numbers)))


@dataclass(frozen=True, eq=False)
class Parts:
    """Rows of counts that are divided into rows of smaller counts.

    Parameters
    ----------
    rows : Encoded
        The n parts.
    origin, number : ndarray of int, (n,)
        The row that each is a part of, and its number among the parts of this row, from 0.
    """

    rows: Encoded
    origin: Indices
    number: Indices

    def folds(self, fold_of_row: Indices, n_folds: int) -> Indices:
        """Return the fold of each part, given those of whole rows: the parts of a row are in different folds."""
        return (fold_of_row[self.origin] + self.number) % n_folds


def parts_of(rows: Encoded, targets: Targets, most: int = FOLDS) -> Parts | None:
    """Divide rows whose weights are counts; None if they stay whole.

    Parameters
    ----------
    rows : Encoded
        The training rows.
    targets : NumberTargets or ClassTarget
        Their targets.
    most : int
        The maximum number of parts of a row.
    """
    if rows.weights is None or not are_counts(rows.weights):
        return None
    n_parts = np.minimum(rows.weights, most).astype(np.intp)
    if n_parts.sum() > MOST_ROWS_TO_SEARCH:
        return None
    if not isinstance(targets, ClassTarget) and 2 * len(np.unique(rows.X, axis=0)) > len(rows):
        return None
    origin = np.repeat(np.arange(len(rows), dtype=np.intp), n_parts)
    number = np.arange(len(origin)) - np.repeat(np.cumsum(n_parts) - n_parts, n_parts)
    whole, rest = np.divmod(rows.weights[origin], n_parts[origin])
    return Parts(replace(rows.take(origin), weights=whole + (number < rest)), origin, number)
