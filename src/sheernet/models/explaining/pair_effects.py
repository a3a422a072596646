"""Effects of two columns together: accumulated local effects of second order, and partial dependence on both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from sheernet.foundation.arrays import Array
from sheernet.models.explaining.column_parts import ColumnPart
from sheernet.models.explaining.effect_curves import PairEffect
from sheernet.models.explaining.local_effects import local_grid, local_rows
from sheernet.models.explaining.prediction_sums import PredictionSums, prediction_sums
from sheernet.statistics.accumulated_effects import interaction

if TYPE_CHECKING:
    from sheernet.models.model import Model

Codes = npt.NDArray[np.intp]

MOST_GAPS = 12
"""Gaps of each of two columns of numbers."""
EVEN_ROWS = 100
"""Rows of a partial dependence on two columns; of more, the first of those that were drawn at random."""


def local_pair(
    model: Model, X: Array, first: ColumnPart, second: ColumnPart, spread: bool = True
) -> PairEffect:
    """The accumulated local effect of two parts of columns, from encoded rows.

    `joint` is the sum of the effects of each column alone and of the interaction, which is the second-order effect.
    """
    most = max(min(MOST_GAPS, int(np.sqrt(len(X) / 2))), 2)
    values1, features1, grid1 = local_grid(first, X, most, divide=True)
    values2, features2, grid2 = local_grid(second, X, most, divide=True)
    rows, cells, effect = interaction(grid1, grid2)
    shape = effect.shape[:2]
    corners, weights = _corners(
        X[rows], (first, features1, grid1.ends), (second, features2, grid2.ends), cells
    )
    counts = np.bincount(cells, minlength=effect.shape[2])
    alone1 = local_rows(first, X, features1, grid1)
    alone2 = local_rows(second, X, features2, grid2)
    n1, n2 = len(grid1.ends), len(grid2.ends)
    groups = [alone1[2], alone2[2] + n1, np.repeat(cells, 4) + n1 + n2]
    sums = prediction_sums(
        model,
        np.concatenate([alone1[0], alone2[0], corners]),
        np.concatenate([alone1[1], alone2[1], weights / np.repeat(counts[cells], 4)]),
        np.concatenate(groups),
        n1 + n2 + effect.shape[2],
        spread,
    )
    whole = np.concatenate(
        [
            np.broadcast_to(grid1.centered[:, None], (*shape, n1)),
            np.broadcast_to(grid2.centered[None], (*shape, n2)),
            effect,
        ],
        axis=2,
    )
    only = whole.copy()
    only[:, :, : n1 + n2] = 0.0
    rest = _shaped(sums, only)
    at_rows = np.einsum("ng,ghk,nh->nk", grid1.positions, rest[0], grid2.positions)
    return PairEffect(
        (first.title, second.title), (first.kind, second.kind), (values1, values2),
        *_shaped(sums, whole), *rest, np.sqrt((at_rows**2).mean(axis=0)),
    )  # fmt: skip


def even_pair(
    model: Model, X: Array, first: ColumnPart, second: ColumnPart, spread: bool = True
) -> PairEffect:
    """The partial dependence on two parts of columns, from encoded rows.

    The interaction is what is left of it without its means over each column, weighted by the fractions of the rows.
    """
    X = X[:EVEN_ROWS] if len(X) <= EVEN_ROWS else X[:: -(-len(X) // EVEN_ROWS)]
    (values1, w1), (values2, w2) = (_thinned(part, X) for part in (first, second))
    features1, features2 = first.encode(values1), second.encode(values2)
    rows = [
        second.with_features(moved, g)
        for moved in (first.with_features(X, f) for f in features1)
        for g in features2
    ]
    shape = len(values1), len(values2)
    n = shape[0] * shape[1]
    groups = np.repeat(np.arange(n), len(X))
    weights = np.full(n * len(X), 1.0 / len(X))
    sums = prediction_sums(model, np.concatenate(rows), weights, groups, n, spread)
    whole = np.eye(n).reshape(*shape, n)
    over1 = np.tensordot(w1, whole, 1)[None]  # mean over the first column, (1, G2, cells)
    over2 = np.einsum("h,ghc->gc", w2, whole)[:, None]
    only = whole - over1 - over2 + np.einsum("g,h,ghc->c", w1, w2, whole)
    rest = _shaped(sums, only)
    importance = np.sqrt(np.einsum("g,h,ghk->k", w1, w2, rest[0] ** 2))
    return PairEffect(
        (first.title, second.title), (first.kind, second.kind), (values1, values2),
        *_shaped(sums, whole), *rest, importance,
    )  # fmt: skip


def _corners(
    X: Array,
    first: tuple[ColumnPart, Array, Codes],
    second: tuple[ColumnPart, Array, Codes],
    cells: Codes,
) -> tuple[Array, Array]:
    """The rows at the four corners of their cells, (4 R, F), and the signs of the second difference, (4 R,)."""
    (part1, features1, ends1), (part2, features2, ends2) = first, second
    q1, q2 = np.divmod(cells, max(len(ends2), 1))
    corners = np.empty((4 * len(X), X.shape[1]))
    for i in range(2):
        moved = part1.with_features(X, features1[ends1[q1, i]])
        for j in range(2):
            corners[2 * i + j :: 4] = part2.with_features(moved, features2[ends2[q2, j]])
    return corners, np.tile([1.0, -1.0, -1.0, 1.0], len(X))


def _shaped(sums: PredictionSums, T: Array) -> tuple[Array, Array]:
    """Combinations (G1, G2, groups) of sums, and their standard deviations, (G1, G2, K) each."""
    mean, std = sums.combined(T.reshape(-1, T.shape[2]))
    return mean.reshape(*T.shape[:2], -1), std.reshape(*T.shape[:2], -1)


def _thinned(part: ColumnPart, X: Array) -> tuple[npt.NDArray[Any], Array]:
    """At most `MOST_GAPS` + 1 values of a part, and the fraction of rows near each."""
    values, fractions = part.even_values(X)
    if part.has_labels or part.period or len(values) <= MOST_GAPS + 1:
        return values, fractions
    values = np.linspace(values[0], values[-1], MOST_GAPS + 1)
    nearest = np.searchsorted(0.5 * (values[1:] + values[:-1]), part.numbers(X))
    return values, np.bincount(nearest, minlength=len(values)) / len(X)
