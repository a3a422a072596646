r"""Accumulated local effects of one column or of two, as linear maps of differences between neighboring points.

    d_q = mean over the rows n in gap q of  f(upper_q, rest_n) - f(lower_q, rest_n)
    effect = C A d      A sums the differences up to each point, C subtracts the mean over the rows

D. W. Apley and J. Zhu (2020), Visualizing the effects of predictor variables in black box supervised learning models,
J. R. Statist. Soc. B 82, 1059: eq. 15 and 16 for one column, 17 to 20 for two; section 5.5.2 and their package ALEPlot
for labels, which are ordered by their own order or by similarity.

Deviations from the source: between two points the curve is a straight line, also in the means over the rows, so that
the effects of a linear function and of the product of two columns are exact.  A cyclic column, such as the hour of the
day, has points on a circle; the sum of its differences, which should be 0, is subtracted in proportion to the distance.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sheernet.foundation.arrays import Array, Indices

QUANTILES = np.linspace(0.0, 1.0, 101)
"""Levels of the quantiles at which the distributions of two labels are compared."""
CLOSE = 1e-9
"""Phases and coordinates closer than this count as equal."""


@dataclass(frozen=True, eq=False)
class LocalGrid:
    """Points of a column with the gaps between them, and the place of each row.

    Parameters
    ----------
    ends : ndarray of int, (Q, 2)
        The lower and the upper point of each gap.
    gaps : ndarray of int, (N, n)
        The gaps to which each row belongs, -1 for none: a number belongs to one gap, or to all pieces of a divided gap,
        and a label to the gaps on both sides.
    accumulate : ndarray, (G, Q)
        A, the matrix from the differences of the gaps to the effects at the points.
    positions : ndarray, (N, G)
        Weights of the points in the interpolation of each row.
    """

    ends: Indices
    gaps: Indices
    accumulate: Array
    positions: Array

    def members(self) -> tuple[Indices, Indices]:
        """Return rows and their gaps, (R,) each, in the order of the gaps."""
        rows, side = np.nonzero(self.gaps >= 0)
        gaps = self.gaps[rows, side]
        order = np.argsort(gaps, kind="stable")
        return rows[order], gaps[order]

    @property
    def centered(self) -> Array:
        """C A with the differences of gaps without rows copied from the nearest gap, (G, Q)."""
        used = self.positions.sum(axis=1) > 0
        mean = self.positions[used].mean(axis=0)  # (G,)
        filled = self.accumulate @ _copies(np.bincount(self.members()[1], minlength=len(self.ends)))
        return filled - mean @ filled


def number_grid(x: Array, most: int, divide: bool = False) -> tuple[Array, LocalGrid]:
    """Make the grid of a numeric column: all its values if they are few, otherwise quantiles.

    Parameters
    ----------
    x : ndarray, (N,)
        The column.
    most : int
        Maximum number of gaps between quantiles.
    divide : bool
        Whether to divide wide gaps between quantiles into pieces of equal length, none longer than the range / `most`.
        The rows of a gap belong to all its pieces, so the effect at the quantiles is the same.

    Returns
    -------
    points : ndarray, (G,)
        From the smallest value of x to the largest, ascending.
    grid : LocalGrid
        Gap q holds the rows above point q and up to point q + 1; the first gap also holds the rows at point 0.

    Examples
    --------
    >>> import numpy as np
    >>> from sheernet.statistics.accumulated_effects import number_grid
    >>> points, grid = number_grid(np.array([0.0, 1.0, 3.0, 4.0]), 2)
    >>> points.tolist(), grid.gaps[:, 0].tolist()
    ([0.0, 1.0, 4.0], [0, 0, 1, 1])
    """
    knots = np.unique(x)
    if len(knots) == 1:
        return knots, LocalGrid(
            np.zeros((0, 2), np.intp), np.full((len(x), 1), -1), np.zeros((1, 0)), np.ones((len(x), 1))
        )  # fmt: skip
    pieces = np.ones(len(knots) - 1, dtype=np.intp)
    if len(knots) > most + 1:
        shares = np.linspace(0.0, 1.0, most + 1)
        knots = np.unique(np.quantile(x, shares, method="inverted_cdf"))
        lengths = np.diff(knots) / (knots[-1] - knots[0])
        pieces = np.maximum(np.ceil(lengths * most * (1.0 - CLOSE)), 1.0).astype(np.intp)
        pieces = pieces if divide else np.ones_like(pieces)
    starts = np.concatenate([[0], np.cumsum(pieces)])
    n_gaps = int(starts[-1])
    points = np.interp(np.arange(n_gaps + 1), starts, knots)
    own = np.clip(np.searchsorted(knots, x) - 1, 0, len(pieces) - 1)  # the gap between knots
    offsets = np.arange(pieces.max())
    gaps = np.where(offsets < pieces[own][:, None], starts[own][:, None] + offsets, -1)
    place = np.clip(np.searchsorted(points, x) - 1, 0, n_gaps - 1)
    ends = np.column_stack([np.arange(n_gaps), np.arange(1, n_gaps + 1)])
    positions = _interpolation(x, points, place, place + 1)
    return points, LocalGrid(ends, gaps, _sums(n_gaps + 1), positions)


def label_grid(codes: Indices, order: Indices) -> LocalGrid:
    """Make the grid of a column of labels, with a gap between neighbors in `order`.

    Parameters
    ----------
    codes : ndarray of int, (N,)
        The label of each row, from 0 to G - 1; -1 if a row has none of the labels.
    order : ndarray of int, (G,)
        The labels in their own order, or by similarity as returned by `similarity_order`.

    Returns
    -------
    LocalGrid
        With the points in the order of the codes.  A row belongs to the gaps on both sides of its label.

    Examples
    --------
    >>> import numpy as np
    >>> from sheernet.statistics.accumulated_effects import label_grid
    >>> label_grid(np.array([0, 1, 2]), np.array([1, 0, 2])).ends.tolist()
    [[1, 0], [0, 2]]
    """
    n = len(order)
    rank = np.append(np.argsort(order), -1)[codes]  # the last entry is for codes of -1
    gaps = np.column_stack([rank - 1, np.where(rank < n - 1, rank, -1)])
    gaps[codes < 0] = -1
    accumulate = np.empty((n, n - 1))
    accumulate[order] = _sums(n)
    positions = (codes[:, None] == np.arange(n)).astype(np.float64)
    return LocalGrid(np.column_stack([order[:-1], order[1:]]), gaps, accumulate, positions)


def cycle_grid(phases: Array, points: Array) -> LocalGrid:
    """Make the grid of a cyclic column.

    Parameters
    ----------
    phases : ndarray, (N,)
        The column, as a fraction of the period.
    points : ndarray, (G,)
        Fractions of the period, ascending; the last is the first plus 1 if it repeats the first.

    Returns
    -------
    LocalGrid
        Gap q holds the rows above point q and up to the next point, which for the last point is the first.  A gap
        without rows, such as the night if all rows are of the day, holds the rows of the next gap that has rows: their
        predictions at both ends of the gap give its difference.
    """
    x = np.round((phases - points[0]) / CLOSE) * CLOSE % 1.0
    points = points - points[0]
    repeated = points[-1] > 1.0 - CLOSE
    edges = points if repeated else np.append(points, 1.0)  # (Q + 1,)
    n_gaps = len(edges) - 1
    # a row at the first point lies at the end of the last gap
    place = np.where(x < CLOSE, 1.0, x)
    gap = np.clip(np.searchsorted(edges - CLOSE / 2, place - CLOSE) - 1, 0, n_gaps - 1)
    upper = (np.arange(n_gaps) + 1) % len(points)
    sums = _sums(n_gaps + 1)[: len(points)]
    along = _interpolation(place, edges, gap, gap + 1)  # (N, Q + 1)
    positions = along if repeated else along[:, :-1]
    if not repeated:
        positions[:, 0] += along[:, -1]
    return LocalGrid(
        np.column_stack([np.arange(n_gaps), upper]),
        _with_empty_gaps(gap, n_gaps),
        sums - points[:, None],
        positions,
    )


def _with_empty_gaps(gap: Indices, n_gaps: int) -> Indices:
    """The gap of each row, (N,), and the gaps without rows just before it on the circle, (N, n); -1 for none."""
    filled, own = np.unique(gap, return_inverse=True)
    lengths = np.diff(filled, prepend=filled[-1] - n_gaps)  # gaps from one with rows to the next
    offsets = np.arange(lengths.max())
    return np.where(offsets < lengths[own][:, None], (gap[:, None] - offsets) % n_gaps, -1)


def interaction(first: LocalGrid, second: LocalGrid) -> tuple[Indices, Indices, Array]:
    """Compute the map from second differences to the interaction, the joint effect of two columns minus their effects.

    Parameters
    ----------
    first, second : LocalGrid
        Grids of the same N rows, with Q1 and Q2 gaps.

    Returns
    -------
    rows, cells : ndarray of int, (R,)
        Rows, and the cell q1 Q2 + q2 to which each belongs, in the order of the cells.
    effect : ndarray, (G1, G2, Q1 Q2)
        The map from the mean over the rows of each cell of

            f(upper1, upper2) - f(lower1, upper2) - f(upper1, lower2) + f(lower1, lower2)

        to the interaction at the points; 0 for cells without rows, which take the difference of the nearest cell.
    """
    rows, cells = _cell_members(first, second)
    shape = len(first.ends), len(second.ends)
    counts = np.bincount(cells, minlength=shape[0] * shape[1]).reshape(shape)
    differences = _copies(counts).reshape(*shape, counts.size)  # (Q1, Q2, cells)
    sums = first.accumulate, differences, second.accumulate
    surface = np.einsum("gq,qrc,hr->ghc", *sums, optimize=True)
    alone = _main_effect(surface, first, second)[:, None]
    alone = alone + _main_effect(surface.swapaxes(0, 1), second, first)[None]
    rest: Array = surface - alone
    together = first.positions.T @ second.positions
    return rows, cells, rest - np.tensordot(together / max(together.sum(), 1.0), rest, 2)


def similarity_order(
    codes: Indices, n_labels: int, numbers: Sequence[Array], labels: Sequence[Indices]
) -> Indices:
    """Order labels so that labels whose rows are similar in the other columns are neighbors.

    Parameters
    ----------
    codes : ndarray of int, (N,)
        The label of each row; every label has rows.
    n_labels : int
        Number of labels.
    numbers, labels : sequence of ndarray, (N,)
        The other columns: numbers, and codes of labels.

    Returns
    -------
    ndarray of int, (n_labels,)
        The order of the first coordinate of classical multidimensional scaling.  The distance of two labels is the sum
        over the other columns of the largest difference of their distribution functions (Kolmogorov and Smirnov), or of
        half of the sum of the differences of their frequencies.

    Examples
    --------
    >>> import numpy as np
    >>> from sheernet.statistics.accumulated_effects import similarity_order
    >>> numbers = np.array([0, 1, 2, 3, 4, 5, 6, 7, 2, 3, 4, 5.0])
    >>> similarity_order(np.repeat([0, 1, 2], 4), 3, [numbers], []).tolist()
    [0, 2, 1]
    """
    own = codes[:, None] == np.arange(n_labels)  # (N, labels)
    shares = own / np.maximum(own.sum(axis=0), 1)
    distance = np.zeros((n_labels, n_labels))
    for x in numbers:
        places = np.unique(np.quantile(x, QUANTILES))
        below = (x <= places[:, None]) @ shares  # (places, labels), distribution functions
        distance += np.abs(below[:, :, None] - below[:, None, :]).max(axis=0)
    for other in labels:
        frequencies = (other == np.unique(other)[:, None]) @ shares
        distance += 0.5 * np.abs(frequencies[:, :, None] - frequencies[:, None, :]).sum(axis=0)
    center = np.eye(n_labels) - 1.0 / n_labels
    values, vectors = np.linalg.eigh(-0.5 * center @ distance**2 @ center)
    place = np.round(vectors[:, -1] * np.sqrt(max(values[-1], 0.0)) / CLOSE)
    if place[0] > place[-1]:  # the sign of an eigenvector is arbitrary
        place = -place
    return np.argsort(place, kind="stable")


def _sums(n_points: int) -> Array:
    """Return the matrix from differences to their sums up to each point, (G, G - 1)."""
    return np.tri(n_points, n_points - 1, -1)


def _interpolation(x: Array, points: Array, lower: Indices, upper: Indices) -> Array:
    """Return the weights of the points in the linear interpolation at x, (N, G)."""
    weights = np.zeros((len(x), len(points)))
    share = np.clip((x - points[lower]) / (points[upper] - points[lower]), 0.0, 1.0)
    np.put_along_axis(weights, lower[:, None], 1.0 - share[:, None], 1)
    np.put_along_axis(weights, upper[:, None], share[:, None], 1)
    return weights


def _copies(counts: Indices) -> Array:
    """Return the matrix that copies differences to cells without rows from the nearest cell with rows."""
    filled = np.argwhere(counts > 0)  # (n, 1 or 2)
    matrix = np.eye(counts.size)
    if not len(filled):
        return matrix
    extent = np.array(counts.shape, dtype=np.float64)
    for cell in np.argwhere(counts == 0):
        nearest = filled[np.argmin((((filled - cell) / extent) ** 2).sum(axis=1))]
        at, source = (np.ravel_multi_index(tuple(c), counts.shape) for c in (cell, nearest))
        matrix[at, at], matrix[at, source] = 0.0, 1.0
    return matrix


def _cell_members(first: LocalGrid, second: LocalGrid) -> tuple[Indices, Indices]:
    rows, cells = [], []
    for i in range(first.gaps.shape[1]):
        for j in range(second.gaps.shape[1]):
            both = np.flatnonzero((first.gaps[:, i] >= 0) & (second.gaps[:, j] >= 0))
            rows.append(both)
            cells.append(first.gaps[both, i] * len(second.ends) + second.gaps[both, j])
    order = np.argsort(np.concatenate(cells), kind="stable")
    return np.concatenate(rows)[order], np.concatenate(cells)[order]


def _main_effect(surface: Array, own: LocalGrid, other: LocalGrid) -> Any:
    """Compute the accumulated effect of the first column of a surface (G1, G2, ...) on its grid: (G1, ...)."""
    rows, gaps = own.members()
    counts = np.bincount(gaps, minlength=len(own.ends))
    # (Q1, G2), of the other column's positions
    means = np.zeros((len(own.ends), other.positions.shape[1]))
    np.add.at(means, gaps, other.positions[rows])
    means /= np.maximum(counts, 1)[:, None]
    steps = surface[own.ends[:, 1]] - surface[own.ends[:, 0]]  # (Q1, G2, ...)
    differences = np.einsum("qh,qhc->qc", means, steps)
    return own.accumulate @ (_copies(counts) @ differences)
