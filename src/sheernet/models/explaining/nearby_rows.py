"""Find pairs of values of two columns that have rows near them, so that a joint effect is not an extrapolation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from sheernet.foundation.arrays import Array, Mask
from sheernet.models.explaining.column_parts import ColumnPart
from sheernet.models.explaining.dependence import TAIL

DISTANCES = 1.2
"""Radius around a row in units of the ranges of two columns of numbers, times the root of the number of rows: if rows
fill a square evenly, only 1 % of the square is farther than that from all rows."""
SMALLEST_RADIUS, LARGEST_RADIUS = 0.06, 0.2
FAR = 2.0
"""Remoteness of labels without rows, and of numbers outside the range of the rows with a label."""


@dataclass(frozen=True, eq=False)
class ColumnRows:
    """The values of a column on the axis of a joint effect, and the positions of the rows.

    Parameters
    ----------
    values : ndarray, (G,)
        Numbers or labels.
    places : ndarray, (N,)
        For each row, the number, or the index of its label, -1 if it is not in `values`; (0,) for a cycle.
    has_labels : bool
        Whether the values are labels.
    """

    values: npt.NDArray[Any]
    places: Array
    has_labels: bool

    @classmethod
    def of(cls, part: ColumnPart, values: npt.NDArray[Any], X: Array) -> ColumnRows:
        """Find the places of encoded rows, (N, F)."""
        if part.period:
            return cls(values, np.zeros(0), False)
        if not part.has_labels:
            return cls(values, part.numbers(X), False)
        places = {label: i for i, label in enumerate(values.tolist())}
        index = np.array([places.get(label, -1) for label in part.labels.tolist()] + [-1])
        return cls(values, index[part.codes(X)].astype(np.float64), True)

    @property
    def is_usual(self) -> Mask:
        """Whether values are not among the rarest 5 % of the rows at each end, (G,); true for all labels."""
        if self.has_labels or not len(self.places):
            return np.ones(len(self.values), dtype=bool)
        low, high = np.quantile(self.places, [TAIL, 1.0 - TAIL], method="inverted_cdf")
        return np.asarray((self.values >= low) & (self.values <= high))


def remoteness(first: ColumnRows, second: ColumnRows) -> Array:
    """Compute the distance of pairs of values from the rows; up to 1, there are rows near them.

    Parameters
    ----------
    first, second : ColumnRows
        The columns, with the same N rows.

    Returns
    -------
    ndarray, (G1, G2)
        For two numbers, the distance to the nearest row in units of the radius around a row.  For a label and a number,
        0 within the range of the numbers of the rows with the label, otherwise 2.  For two labels, 0 if a row has both,
        otherwise 2.  For a cycle, 0.

    Examples
    --------
    >>> import numpy as np
    >>> from sheernet.models.explaining.nearby_rows import ColumnRows, remoteness
    >>> sex = ColumnRows(np.array(["f", "m"]), np.array([0.0, 0.0, 1.0]), True)
    >>> age = ColumnRows(np.array([1.0, 2.0, 3.0]), np.array([1.0, 2.0, 3.0]), False)
    >>> remoteness(sex, age).tolist()
    [[0.0, 0.0, 2.0], [2.0, 2.0, 0.0]]
    """
    shape = len(first.values), len(second.values)
    if not len(first.places) or not len(second.places):
        return np.zeros(shape)
    if not first.has_labels and not second.has_labels:
        return _distances(first, second)
    if not first.has_labels:
        return remoteness(second, first).T
    rows = first.places[:, None] == np.arange(shape[0])  # (N, G1)
    if second.has_labels:
        others = second.places[:, None] == np.arange(shape[1])
        return np.where(rows.T.astype(float) @ others > 0, 0.0, FAR)
    low = np.where(rows, second.places[:, None], np.inf).min(axis=0)[:, None]  # (G1, 1)
    high = np.where(rows, second.places[:, None], -np.inf).max(axis=0)[:, None]
    return np.where((second.values >= low) & (second.values <= high), 0.0, FAR)


def _distances(first: ColumnRows, second: ColumnRows) -> Array:
    radius = np.clip(DISTANCES / np.sqrt(len(first.places)), SMALLEST_RADIUS, LARGEST_RADIUS)
    x, y = (
        np.abs(axis.values[:, None] - axis.places) / (np.ptp(axis.places) or 1.0)
        for axis in (first, second)
    )  # (G, N)
    squares = np.stack([(x[g] ** 2 + y**2).min(axis=1) for g in range(len(x))])
    return np.asarray(np.sqrt(squares) / radius)
