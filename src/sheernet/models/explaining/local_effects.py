"""Accumulated local effects of a column of a model, computed from encoded rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from sheernet.data.columns import CategoryColumn
from sheernet.foundation.arrays import Array, Indices
from sheernet.models.explaining.column_parts import ColumnPart, parts_of
from sheernet.models.explaining.decoding import predicted
from sheernet.models.explaining.effect_curves import Effect
from sheernet.models.explaining.label_differences import differences_of
from sheernet.models.explaining.prediction_sums import PredictionSums, prediction_sums
from sheernet.statistics.accumulated_effects import (
    LocalGrid,
    cycle_grid,
    label_grid,
    number_grid,
    similarity_order,
)

if TYPE_CHECKING:
    from sheernet.models.model import Model

MOST_GAPS = 30
"""Maximum number of gaps between the points of a numeric column."""
ROWS_IN_A_GAP = 5
"""Minimum number of rows in a gap; fewer gaps are used if necessary."""


def local_grid(part: ColumnPart, X: Array, most: int) -> tuple[npt.NDArray[Any], Array, LocalGrid]:
    """Make the grid of a part of a column.

    Parameters
    ----------
    part : ColumnPart
        The part.
    X : ndarray, (N, F)
        Encoded rows.
    most : int
        Maximum number of gaps between quantiles of a numeric column; fewer if gaps would contain fewer than 5 rows.
        Wide gaps are divided.

    Returns
    -------
    values : ndarray, (G,)
        Numbers; labels that the rows have; or the phases of a cycle that are the nearest one of any row.
    features : ndarray, (G, n)
        Features of the values.
    grid : LocalGrid
        A grid with a point for each value.
    """
    if part.period:
        shown = part.even_values(X)[0]
        points = (part.times(shown) - part.phases[1][0]) / part.period
        return shown, part.encode(shown), cycle_grid(part.numbers(X), points)
    if not part.has_labels:
        gaps = min(most, max(len(X) // ROWS_IN_A_GAP, 2))
        values, grid = number_grid(part.numbers(X), gaps, divide=True)
        return values, part.encode(values), grid
    codes = part.codes(X)
    present, own = np.unique(codes, return_inverse=True)
    if present[0] < 0:
        present, own = present[1:], own - 1
    labels = part.labels[present]
    others = [other for other in parts_of(part.inputs) if other.column is not part.column]
    order = np.arange(len(present))
    if len(present) > 2 and not part.is_ordered:
        known = own >= 0
        rows = X[known]
        numbers = [o.numbers(rows) for o in others if o.has_axis]
        labelled = [o.codes(rows) for o in others if isinstance(o.column, CategoryColumn)]
        labelled += [o.codes(rows) for o in others if o.kind == "boolean"]
        order = similarity_order(own[known], len(present), numbers, labelled)
    return labels, part.encode(labels), label_grid(own, order)


def local_rows(
    part: ColumnPart, X: Array, features: Array, grid: LocalGrid
) -> tuple[Array, Array, Indices]:
    """Rows at both ends of the gaps in which they lie, with their weights and gaps, in the order of the gaps.

    Returns
    -------
    rows : ndarray, (2 R, F)
        Rows in pairs, the lower end first.
    weights : ndarray, (2 R,)
        -1 / n and 1 / n, with n the number of rows in the gap.
    gaps : ndarray of int, (2 R,)
    """
    rows, gaps = grid.members()
    ends = np.empty((2 * len(rows), X.shape[1]))
    counts = np.bincount(gaps, minlength=len(grid.ends))
    weights = np.empty(2 * len(rows))
    for side, sign in ((0, -1.0), (1, 1.0)):
        ends[side::2] = part.with_features(X[rows], features[grid.ends[gaps, side]])
        weights[side::2] = sign / counts[gaps]
    return ends, weights, np.repeat(gaps, 2)


def local_effect(model: Model, X: Array, part: ColumnPart, individual: bool = False) -> Effect:
    """The accumulated local effect of a part of a column, from encoded rows; there are no individual curves."""
    values, features, grid = local_grid(part, X, MOST_GAPS)
    rows, weights, gaps = local_rows(part, X, features, grid)
    n_gaps = len(grid.ends)
    sums = prediction_sums(model, rows, weights, gaps, n_gaps)
    mean, std = sums.combined(grid.centered)
    alone = _variance(grid, mean)
    spreads = _variance(grid, grid.centered @ _spreads(model, rows, gaps, n_gaps))
    none = np.zeros((len(values), 0, mean.shape[1]))
    return Effect(
        part.column.name, part.kind, values, mean, std, np.sqrt(alone + spreads), part.part, none,
        differences=differences_of(part, X, values, sums, grid.centered),
        at_ends=part.has_axis, end_stds=end_stds(part, sums, grid.centered),
        places=places_of(part, X), alone=np.sqrt(alone),
    )  # fmt: skip


def end_stds(part: ColumnPart, sums: PredictionSums, T: Array) -> Array:
    """Standard deviations of the differences of effects T s from those at both ends, (2, G, K); see `Effect`."""
    ends = (0, -1) if part.has_axis else ()
    found = [sums.combined(T - T[end])[1] for end in ends]
    return np.stack(found) if found else np.zeros((0, 0, 0))


def places_of(part: ColumnPart, X: Array) -> Array:
    """Positions of rows on the axis of a part of a column, (N,); for labels and cycles, (0,)."""
    return part.numbers(X) if part.has_axis else np.zeros(0)


def _spreads(model: Model, rows: Array, gaps: Indices, n_gaps: int) -> Array:
    """The standard deviation of the local differences in each gap, (Q, K)."""
    predictions = predicted(model, rows)
    differences = predictions[1::2] - predictions[::2]
    counts = np.maximum(np.bincount(gaps[::2], minlength=n_gaps), 1)[:, None]

    def mean(values: Array) -> Array:
        total = np.zeros((n_gaps, values.shape[1]))
        np.add.at(total, gaps[::2], values)
        return total / counts

    deviations = differences - mean(differences)[gaps[::2]]
    return np.sqrt(mean(deviations**2))


def _variance(grid: LocalGrid, curve: Array) -> Array:
    """The variance over the rows, (K,), of a curve whose mean over the rows is 0."""
    used = grid.positions.sum(axis=1) > 0
    return np.asarray(((grid.positions[used] @ curve) ** 2).mean(axis=0))
