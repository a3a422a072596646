"""Joint effects of two columns: accumulated local effects of second order, and partial dependence on both.

Accumulated local effects of second order need neighbors, which labels do not have.  The joint effect of a pair with
labels is, for each label b of the column with more labels and each value a of the other one,

    joint(b, a) = effect(b) + c_b(a) - mean over a of c_b(a)        c_b(a) = mean over the rows n with b of f(a, rest_n)

The effects of two values of the other column differ by as much as the predictions of the rows with the label do if only
this value changes, and the means over each column are the effects of the other column alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from sheernet.foundation.arrays import Array, Indices
from sheernet.models.explaining.column_parts import ColumnPart
from sheernet.models.explaining.dependence import Dependence, strongest_dependence
from sheernet.models.explaining.effect_curves import PairEffect
from sheernet.models.explaining.local_effects import local_grid, local_rows
from sheernet.models.explaining.nearby_rows import ColumnRows, remoteness
from sheernet.models.explaining.prediction_sums import PredictionSums, prediction_sums
from sheernet.statistics.accumulated_effects import LocalGrid, interaction

if TYPE_CHECKING:
    from sheernet.models.model import Model

Size = Callable[[Array], tuple[Array, Array]]
"""Maps an interaction, (G1, G2, K), to its importance, (K,), and to the derivative of half its square."""

MOST_GAPS = 12
"""Maximum number of gaps of each of two numeric columns."""
MOST_LABELS = 13
"""Maximum number of labels of a category: if there are more, the most frequent ones."""
EVEN_ROWS = 20_000
"""Maximum number of rows that a partial dependence on two columns evaluates, with all pairs of values."""
EVEN_NUMBERS = 10_000_000
"""Maximum number of values in these rows: with many features, fewer rows are used."""


def pair_effect(
    model: Model, X: Array, kind: str, first: ColumnPart, second: ColumnPart, spread: bool = True
) -> PairEffect:
    """The joint effect of two parts of columns, from encoded rows; `spread` is false in a search among pairs."""
    if kind != "ale":
        return even_pair(model, X, first, second, spread)
    if not first.has_labels and not second.has_labels:
        return local_pair(model, X, first, second, spread)
    numbers_of_labels = [len(part.labels) if part.has_labels else 0 for part in (first, second)]
    held = int(numbers_of_labels[1] > numbers_of_labels[0])
    return label_pair(model, X, first, second, held, spread)


@dataclass(frozen=True, eq=False)
class _Side:
    """One of two columns: its values, and the fraction of the N rows at each.

    Parameters
    ----------
    part : ColumnPart
        The column.
    rows : ColumnRows
        Its G values, and the positions of the rows.
    shares : ndarray, (G,)
        Fractions of the rows.
    """

    part: ColumnPart
    rows: ColumnRows
    shares: Array


@dataclass(frozen=True, eq=False)
class _LocalSide(_Side):
    """A column with the grid of its local effects.

    Parameters
    ----------
    features : ndarray, (points of the grid, n)
        Features of its points.
    grid : LocalGrid
        The grid.
    kept : ndarray of int, (G,)
        Indices of the points of the values: all, or the most frequent labels.
    """

    features: Array
    grid: LocalGrid
    kept: Indices

    @classmethod
    def of(cls, part: ColumnPart, X: Array, most: int) -> _LocalSide:
        values, features, grid = local_grid(part, X, most)
        shares = grid.positions.mean(axis=0)
        kept = np.arange(len(values))
        if part.has_labels:
            kept = np.sort(np.argsort(-shares, kind="stable")[:MOST_LABELS])
        shares = shares[kept] / max(shares[kept].sum(), 1e-300)
        return cls(part, ColumnRows.of(part, values[kept], X), shares, features, grid, kept)

    @property
    def positions(self) -> Array:
        """Weights of the values by which a row is interpolated, (N, G)."""
        return self.grid.positions[:, self.kept]


def local_pair(
    model: Model, X: Array, first: ColumnPart, second: ColumnPart, spread: bool
) -> PairEffect:
    """The joint accumulated local effect of two parts of columns, from encoded rows.

    `joint` is the sum of the effects of each column alone and of the interaction, which is the second-order effect.
    """
    most = max(min(MOST_GAPS, int(np.sqrt(len(X) / 2))), 2)
    sides = _LocalSide.of(first, X, most), _LocalSide.of(second, X, most)
    grid1, grid2 = (side.grid for side in sides)
    rows, cells, effect = interaction(grid1, grid2)
    shape = effect.shape[:2]
    corners, weights = _corners(
        X[rows],
        (first, sides[0].features, grid1.ends),
        (second, sides[1].features, grid2.ends),
        cells,
    )
    counts = np.bincount(cells, minlength=effect.shape[2])
    alone1, alone2 = (local_rows(side.part, X, side.features, side.grid) for side in sides)
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
    return _pair(sides, sums, (whole, only), _size_at_rows(*sides), spread)


def label_pair(
    model: Model, X: Array, first: ColumnPart, second: ColumnPart, held: int, spread: bool
) -> PairEffect:
    """The joint effect of two parts of columns, of which the part with the index `held` has labels."""
    sides = _LocalSide.of(first, X, MOST_GAPS), _LocalSide.of(second, X, MOST_GAPS)
    own, other = sides[held], sides[1 - held]
    alone, alone_weights, gaps = local_rows(own.part, X, own.features, own.grid)
    n, n_labels, n_values = len(own.grid.ends), len(own.kept), len(other.kept)
    labels = own.rows.places.astype(np.intp)  # (N,), -1 for an omitted label
    order = np.argsort(labels, kind="stable")[np.count_nonzero(labels < 0) :]
    of_row = labels[order]
    moved = [other.part.with_features(X[order], f) for f in other.features[other.kept]]
    n_groups = n + n_values * n_labels
    sums = prediction_sums(
        model,
        np.concatenate([alone, *moved]),
        np.concatenate([alone_weights, np.tile(1.0 / np.bincount(of_row)[of_row], n_values)]),
        np.concatenate([gaps, *(n + a * n_labels + of_row for a in range(n_values))]),
        n_groups,
        spread,
    )
    # c_b(a) minus its mean over a, (labels, values, groups)
    curves = np.eye(n_groups)[n:].reshape(n_values, n_labels, n_groups).swapaxes(0, 1)
    curves = curves - np.einsum("a,bac->bc", other.shares, curves)[:, None]
    only = curves - np.einsum("b,bac->ac", own.shares, curves)
    whole = curves
    whole[:, :, :n] = own.grid.centered[own.kept][:, None]
    if held:
        whole, only = whole.swapaxes(0, 1), only.swapaxes(0, 1)
    return _pair(sides, sums, (whole, only), _size_at_rows(*sides), spread, column=1 - held)


def even_pair(
    model: Model, X: Array, first: ColumnPart, second: ColumnPart, spread: bool
) -> PairEffect:
    """The joint partial dependence on two parts of columns, from encoded rows.

    The interaction is the joint effect minus its means over each column, weighted by the fractions of the rows.
    """
    sides = _even_side(first, X), _even_side(second, X)
    w1, w2 = (side.shares for side in sides)
    shape = len(w1), len(w2)
    n = len(w1) * len(w2)
    most = max(min(EVEN_ROWS // n, EVEN_NUMBERS // (n * X.shape[1])), 1)
    X = X[:: -(-len(X) // most)]
    features1, features2 = (side.part.encode(side.rows.values) for side in sides)
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

    return _pair(sides, sums, (whole, only), size, spread)


def _size_at_rows(first: _LocalSide, second: _LocalSide) -> Size:
    """The root mean square of an interaction over the rows."""
    p1, p2 = first.positions, second.positions

    def size(rest: Array) -> tuple[Array, Array]:
        at_rows = np.einsum("ng,ghk,nh->nk", p1, rest, p2, optimize=True)
        pattern = np.einsum("ng,nk,nh->ghk", p1, at_rows, p2, optimize=True) / len(p1)
        return np.sqrt((at_rows**2).mean(axis=0)), pattern

    return size


def _pair(
    sides: tuple[_Side, _Side],
    sums: PredictionSums,
    maps: tuple[Array, Array],
    size: Size,
    spread: bool,
    column: int | None = None,
) -> PairEffect:
    """Make the result from sums of predictions, and the matrices, (G1, G2, sums), of joint effect and interaction."""
    whole, only = maps
    (joint, joint_std), (rest, rest_std) = _shaped(sums, whole), _shaped(sums, only)
    importance, pattern = size(rest)
    first, second = sides
    far = remoteness(first.rows, second.rows)
    found = PairEffect(
        (first.part.title, second.part.title), (first.part.kind, second.part.kind),
        (first.rows.values, second.rows.values), joint, joint_std, rest, rest_std, importance,
        np.zeros_like(importance), (first.rows.places, second.rows.places), far, (),
    )  # fmt: skip
    if not spread:
        return found
    slopes = pattern / np.where(importance > 0, importance, 1.0)
    std = np.diagonal(sums.combined(np.einsum("ghk,ghc->kc", slopes, only))[1]).copy()
    dependences = tuple(
        _dependence(sides, joint[:, :, k], far, column, _combiner(sums, whole, k))
        for k in range(len(importance))
    )
    return replace(found, importance_std=std, dependences=dependences)


def _dependence(
    sides: tuple[_Side, _Side], joint: Array, far: Array, column: int | None, combined: Any
) -> Dependence | None:
    near = far <= 1.0
    usual = sides[0].rows.is_usual[:, None] & sides[1].rows.is_usual & near
    shares = sides[0].shares, sides[1].shares
    labels = sides[0].rows.has_labels, sides[1].rows.has_labels
    return strongest_dependence(joint, usual, near, shares, labels, combined, column)


def _combiner(sums: PredictionSums, whole: Array, k: int) -> Any:
    """Sums of joint effects on a prediction, given places, (P, n, 2), and factors, (P, n), with standard deviations."""

    def combined(places: Indices, factors: Array) -> tuple[Array, Array]:
        T = np.einsum("pi,pic->pc", factors, whole[places[..., 0], places[..., 1]])
        means, stds = sums.combined(T)
        return means[:, k], stds[:, k]

    return combined


def _corners(
    X: Array,
    first: tuple[ColumnPart, Array, Indices],
    second: tuple[ColumnPart, Array, Indices],
    cells: Indices,
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


def _even_side(part: ColumnPart, X: Array) -> _Side:
    """At most `MOST_GAPS` + 1 numbers or `MOST_LABELS` labels, and the fraction of rows near each."""
    values, shares = part.even_values(X)
    if part.has_labels:
        often = np.sort(np.argsort(-shares, kind="stable")[:MOST_LABELS])
        values, shares = values[often], shares[often] / shares[often].sum()
    elif not part.period and len(values) > MOST_GAPS + 1:
        values = np.linspace(values[0], values[-1], MOST_GAPS + 1)
        nearest = np.searchsorted(0.5 * (values[1:] + values[:-1]), part.numbers(X))
        shares = np.bincount(nearest, minlength=len(values)) / len(X)
    return _Side(part, ColumnRows.of(part, values, X), shares)
