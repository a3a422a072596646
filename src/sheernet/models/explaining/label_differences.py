"""Differences of the effects of two labels with their uncertainty, and the raw means of the rows with a label.

The band of a difference does not follow from the bands of the two effects, because their common part cancels.
"""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt

from sheernet.foundation.arrays import Array, Indices
from sheernet.models.explaining.column_parts import ColumnPart
from sheernet.models.explaining.effect_curves import LABELS, Difference
from sheernet.models.explaining.nearby_rows import ColumnRows
from sheernet.models.explaining.prediction_sums import PredictionSums

ALL_PAIRS = 4
"""Maximum number of labels of which all pairs are compared; with more, each is compared with the most frequent one."""


def differences_of(
    part: ColumnPart, X: Array, values: npt.NDArray[Any], sums: PredictionSums, T: Array
) -> tuple[Difference, ...]:
    """The differences of the effects T s of labels.

    Parameters
    ----------
    part : ColumnPart
        A column; numbers and cycles have no differences.
    X : ndarray, (N, F)
        Encoded rows.
    values : ndarray, (G,)
        The labels.
    sums : PredictionSums
        The sums s.
    T : ndarray, (G, sums)
        Combinations of the sums.
    """
    if not part.has_labels or len(values) < 2:
        return ()
    pairs = list(combinations(range(len(values)), 2))
    if len(values) > ALL_PAIRS:
        most = int(np.argmax(label_counts(part, X, values)))
        pairs = [(most, i) for i in range(len(values)) if i != most]
    mean, std = sums.combined(np.array([T[j] - T[i] for i, j in pairs]))
    return tuple(
        Difference(j, i, own, spread) for (i, j), own, spread in zip(pairs, mean, std, strict=True)
    )


def label_counts(part: ColumnPart, X: Array, values: npt.NDArray[Any]) -> Indices:
    """The number of rows with each label or weekday, (G,); (0,) for numbers and other cycles."""
    if part.kind not in LABELS:
        return np.zeros(0, dtype=np.intp)
    if part.period:
        return np.rint(len(X) * part.even_values(X)[1]).astype(np.intp)
    rows = ColumnRows.of(part, values, X).places.astype(np.intp)
    return np.bincount(rows[rows >= 0], minlength=len(values))


def raw_means(part: ColumnPart, X: Array, values: npt.NDArray[Any], true: Array | None) -> Array:
    """The means of true values, (N, K), of the rows with each label, (G, K); nan without rows, and for numbers."""
    n_predictions = 0 if true is None else true.shape[1]
    found = np.full((len(values), n_predictions), np.nan)
    if true is not None and part.has_labels:
        rows = ColumnRows.of(part, values, X).places
        for i in np.unique(rows[rows >= 0]).astype(np.intp):
            found[i] = true[rows == i].mean(axis=0)
    return found
