"""Effects of two columns together: accumulated local effects of second order, and partial dependence on both.

Pairs with labels have partial dependence also among accumulated local effects.  Local effects of second order accumulate
differences of neighboring labels; labels have no neighbors, and in a pair what one label is to another depends on the
order.  The mean predictions of all rows with a label, known as adjusted or marginal means, need none.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from sheernet.foundation.arrays import Array
from sheernet.models.explaining.column_parts import ColumnPart
from sheernet.models.explaining.decoding import predicted
from sheernet.models.explaining.dependence import Dependence, strongest_dependence
from sheernet.models.explaining.effect_curves import PairEffect
from sheernet.models.explaining.local_effects import local_grid, local_rows
from sheernet.models.explaining.nearby_rows import ColumnRows, remoteness
from sheernet.models.explaining.prediction_sums import PredictionSums, prediction_sums
from sheernet.statistics.accumulated_effects import interaction

if TYPE_CHECKING:
    from sheernet.models.model import Model

Codes = npt.NDArray[np.intp]

MOST_GAPS = 12
"""Gaps of each of two columns of numbers; a category has a label more, the most frequent ones."""
EVEN_ROWS = 20_000
"""Rows that a partial dependence on two columns evaluates at most, with all pairs of values."""
EVEN_NUMBERS = 10_000_000
"""Features of these rows: fewer rows are used if there are many features."""


def pair_effect(
    model: Model, X: Array, kind: str, first: ColumnPart, second: ColumnPart, spread: bool = True
) -> PairEffect:
    """The joint effect of two parts of columns, from encoded rows; without `spread` as for a search among pairs."""
    if kind == "ale" and not first.has_labels and not second.has_labels:
        return local_pair(model, X, first, second, spread)
    return even_pair(model, X, first, second, spread, centered=kind == "ale")


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
    p1, p2 = grid1.positions, grid2.positions  # (N, G1) and (N, G2)

    def size(rest: Array) -> tuple[Array, Array]:
        at_rows = np.einsum("ng,ghk,nh->nk", p1, rest, p2, optimize=True)
        pattern = np.einsum("ng,nk,nh->ghk", p1, at_rows, p2, optimize=True) / len(X)
        return np.sqrt((at_rows**2).mean(axis=0)), pattern

    columns = ColumnRows.of(first, values1, X), ColumnRows.of(second, values2, X)
    shares = p1.mean(axis=0), p2.mean(axis=0)
    return _pair((first, second), columns, shares, sums, (whole, only), size, np.zeros(1), spread)


def even_pair(
    model: Model,
    X: Array,
    first: ColumnPart,
    second: ColumnPart,
    spread: bool = True,
    centered: bool = False,
) -> PairEffect:
    """The partial dependence on two parts of columns, from encoded rows, less the mean prediction if `centered`.

    The interaction is what is left of it without its means over each column, weighted by the fractions of the rows.
    """
    (values1, w1), (values2, w2) = (_thinned(part, X) for part in (first, second))
    shape = len(values1), len(values2)
    n = shape[0] * shape[1]
    columns = ColumnRows.of(first, values1, X), ColumnRows.of(second, values2, X)
    most = max(min(EVEN_ROWS // n, EVEN_NUMBERS // (n * X.shape[1])), 1)
    X = X[:: -(-len(X) // most)]
    features1, features2 = first.encode(values1), second.encode(values2)
    rows = [
        second.with_features(moved, g)
        for moved in (first.with_features(X, f) for f in features1)
        for g in features2
    ]
    groups = np.repeat(np.arange(n), len(X))
    weights = np.full(n * len(X), 1.0 / len(X))
    sums = prediction_sums(model, np.concatenate(rows), weights, groups, n, spread)
    whole = np.eye(n).reshape(*shape, n)
    over1 = np.tensordot(w1, whole, 1)[None]  # mean over the first column, (1, G2, cells)
    over2 = np.einsum("h,ghc->gc", w2, whole)[:, None]
    only = whole - over1 - over2 + np.einsum("g,h,ghc->c", w1, w2, whole)

    def size(rest: Array) -> tuple[Array, Array]:
        pattern = w1[:, None, None] * w2[:, None] * rest
        return np.sqrt((pattern * rest).sum(axis=(0, 1))), pattern

    zero = predicted(model, X).mean(axis=0) if centered else np.zeros(1)
    return _pair((first, second), columns, (w1, w2), sums, (whole, only), size, zero, spread)


def _pair(
    parts: tuple[ColumnPart, ColumnPart],
    columns: tuple[ColumnRows, ColumnRows],
    shares: tuple[Array, Array],
    sums: PredictionSums,
    maps: tuple[Array, Array],
    size: Callable[[Array], tuple[Array, Array]],
    zero: Array,
    spread: bool,
) -> PairEffect:
    """The result, from sums of predictions and their maps, (G1, G2, sums), to the joint effect and the interaction.

    `size` computes the importance of an interaction and its derivative times the importance; `zero` is subtracted from
    the joint effect.
    """
    whole, only = maps
    (joint, joint_std), (rest, rest_std) = _shaped(sums, whole), _shaped(sums, only)
    importance, pattern = size(rest)
    first, second = parts
    far = remoteness(*columns)
    found = PairEffect(
        (first.title, second.title), (first.kind, second.kind), (columns[0].values, columns[1].values),
        joint - zero, joint_std, rest, rest_std, importance, np.zeros_like(importance),
        (columns[0].places, columns[1].places), far, (),
    )  # fmt: skip
    if not spread:
        return found
    slopes = pattern / np.where(importance > 0, importance, 1.0)
    own = np.einsum("ghk,ghc->kc", slopes, only)
    std = np.diagonal(sums.combined(own)[1]).copy()
    usual = columns[0].is_usual[:, None] & columns[1].is_usual & (far <= 1.0)
    labels = columns[0].has_labels, columns[1].has_labels

    def dependence(k: int) -> Dependence | None:
        def combined(places: npt.NDArray[np.intp], factors: Array) -> tuple[Array, Array]:
            T = np.einsum("pi,pic->pc", factors, whole[places[..., 0], places[..., 1]])
            means, stds = sums.combined(T)
            return means[:, k], stds[:, k]

        return strongest_dependence(joint[:, :, k], usual, far <= 1.0, shares, labels, combined)

    each = tuple(dependence(k) for k in range(joint.shape[2]))
    return replace(found, importance_std=std, dependences=each)


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
    """At most `MOST_GAPS` + 1 values of a part, of labels the most frequent ones, and the fraction of rows near each."""
    values, fractions = part.even_values(X)
    if part.has_labels:
        often = np.argsort(-fractions, kind="stable")[: MOST_GAPS + 1]
        kept = np.sort(often[fractions[often] > 0]) if fractions.any() else often[:1]
        return values[kept], fractions[kept] / fractions[kept].sum()
    if part.period or len(values) <= MOST_GAPS + 1:
        return values, fractions
    values = np.linspace(values[0], values[-1], MOST_GAPS + 1)
    nearest = np.searchsorted(0.5 * (values[1:] + values[:-1]), part.numbers(X))
    return values, np.bincount(nearest, minlength=len(values)) / len(X)
