"""`DataRegion`: where the training rows of a model lie, which a model stores instead of the rows.

A typical row, the center and the covariance of the encoded rows (`sheernet.statistics.mahalanobis_distances`) with the
percentiles of the distances of the training rows, each from the center of the others, and reference rows whose mean
prediction approximates the mean prediction of the training rows.  No training row is kept: a reference row combines
values of several neighboring rows (`sheernet.statistics.synthetic_rows`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from sheernet.data.columns import CategoryColumn, Column, Inputs, NumberColumn
from sheernet.data.preprocessing.scaling_rules import weighted_quantiles
from sheernet.foundation.arrays import Array, Mask, all_finite, as_float, read_only, rounded
from sheernet.foundation.errors import InvalidInput, ShapeMismatch
from sheernet.foundation.message_text import counted
from sheernet.network.initialize import generator
from sheernet.statistics.laplace import unpacked
from sheernet.statistics.mahalanobis_distances import distances, fit_ellipsoid, left_out_distances
from sheernet.statistics.synthetic_rows import mixed_rows

MOST_FEATURES = 200
"""Maximum number of features with a covariance: in a model file it takes 300 kB at this number."""
PERCENTILES = np.linspace(0.0, 1.0, 101)
DIGITS = 9
"""Significant digits of the covariance and of the reference rows."""
MOST_REFERENCES = 100
FEWEST_REFERENCES = 10
MOST_NUMBERS = 10_000
"""Maximum number of values in the reference rows, unless they are the fewest."""
MOST_MIXED = 4000
"""Maximum number of training rows from which reference rows are made; of more, so many are drawn at random."""
DIGITS_OF_VALUES = 15
"""Significant digits of a median: it is computed from scaled values, whose last digit is rounded."""

LARGEST_LEVEL = 20
"""Largest whole number of a level; larger ones may be measured on a scale without steps, such as doses or years."""
ROUNDING = 1e-12
"""Relative error of values that were scaled and scaled back."""


@dataclass(frozen=True, eq=False)
class DataRegion:
    """Where the training rows of a model lie.

    Parameters
    ----------
    typical : tuple of float and str, length C
        For each column, the median of numbers, dates (days since 1970-01-01) and times (hours), the most frequent
        Boolean (0 or 1), or the most frequent label; labels that occur together in no row are replaced (`_together`).
        If more than three quarters of the training rows are nearer to the center, the numbers are those nearest to it.
    center : ndarray, (F,) or (0,)
        Mean of the encoded rows; empty if there are more than 200 features.
    factor : ndarray, (F (F + 1) / 2,) or (0,)
        Lower triangle, row by row, of L with L L^T = A, the covariance with its ridge.
    percentiles : ndarray, (101,) or (0,)
        Percentiles of the Mahalanobis distances of the training rows, each from the center of the others.
    levels : tuple of tuple of float, length C, or ()
        The values of each column of whole numbers from 0 to at most 20, such as 0 and 1 or small counts, in ascending
        order; () for the other columns.
    reference : ndarray, (B F,) or (0,)
        The encoded reference rows, row by row; empty in files of earlier versions.

    Raises
    ------
    InvalidInput, ShapeMismatch
        If the arrays do not match, are not finite, or L is singular.
    """

    typical: tuple[float | str, ...]
    center: Array
    factor: Array
    percentiles: Array
    levels: tuple[tuple[float, ...], ...] = ()
    reference: Array = field(default_factory=lambda: np.zeros(0))

    def __post_init__(self) -> None:
        for name in ("center", "factor", "percentiles", "reference"):
            array = as_float(getattr(self, name), name)
            if not all_finite(array):
                raise InvalidInput(f"{name} of a region must be finite")
            object.__setattr__(self, name, read_only(array))
        n = len(self.center)
        if len(self.factor) != n * (n + 1) // 2 or len(self.percentiles) != 101 * (n > 0):
            raise ShapeMismatch(
                f"factor and percentiles of a region with {n} features must have {n * (n + 1) // 2} and "
                f"{101 * (n > 0)} numbers, but have {len(self.factor)} and {len(self.percentiles)}"
            )
        if n and self.matrix.diagonal().min() <= 0:
            raise InvalidInput("the diagonal of the factor of a region must be positive")

    @classmethod
    def learn(cls, inputs: Inputs, X: Array, weights: Array | None) -> DataRegion:
        """Compute the region of encoded training rows.

        Parameters
        ----------
        inputs : Inputs
            The columns.
        X : ndarray, (N, F)
            Encoded rows.
        weights : ndarray, (N,), or None
            Case weights; rows of weight 0 do not count.
        """
        if weights is not None:
            X, weights = X[weights > 0], weights[weights > 0]
        values = _typical(inputs, X, weights)
        levels = tuple(_levels(column, X[:, place]) for column, place in inputs.with_slices())
        reference = rounded(_reference(inputs, X).ravel(), DIGITS)
        if X.shape[1] > MOST_FEATURES:
            return cls(values, np.zeros(0), np.zeros(0), np.zeros(0), levels, reference)
        center, factor = fit_ellipsoid(X, weights)
        own = left_out_distances(distances(center, factor, X), weights)
        percentiles = (
            np.quantile(own, PERCENTILES)
            if weights is None
            else np.asarray(weighted_quantiles(own, PERCENTILES.tolist(), weights))
        )
        if distances(center, factor, _row_of(inputs, values)) > percentiles[75]:
            values = _nearest(inputs, values, center, factor)
        packed = factor[np.tri(len(center), dtype=np.bool_)]
        center, packed, percentiles = (
            rounded(part, DIGITS) for part in (center, packed, percentiles)
        )
        return cls(values, center, packed, percentiles, levels, reference)

    def require_inputs(self, inputs: Inputs) -> None:
        """Raise InvalidInput if this is not a region of these columns."""
        matches = len(self.typical) == len(inputs.columns) and all(
            value in column.known
            if isinstance(column, CategoryColumn)
            else not isinstance(value, str) and column.lowest <= value <= column.highest
            for column, value in zip(inputs.columns, self.typical, strict=True)
        )
        matches = matches and len(self.levels) in (0, len(inputs.columns))
        if not matches or len(self.center) not in (0, inputs.n_features):
            raise InvalidInput("'region' must be one of its columns, with a typical value of each")
        if len(self.reference) % max(inputs.n_features, 1):
            raise InvalidInput(
                f"'reference' of 'region' must have rows of {counted(inputs.n_features, 'feature')}, but has "
                f"{counted(len(self.reference), 'number')}"
            )

    @property
    def has_distances(self) -> bool:
        """Whether the covariance is known."""
        return len(self.center) > 0

    @property
    def matrix(self) -> Array:
        """L, (F, F)."""
        return unpacked(self.factor)

    def distances(self, X: Array) -> Array:
        """Mahalanobis distance of encoded rows, (N,)."""
        return distances(self.center, self.matrix, X)

    def quantiles(self, found: Array) -> Array:
        """Return, for each distance, the fraction of training rows that are nearer, (N,)."""
        return np.interp(found, self.percentiles, PERCENTILES, left=0.0, right=1.0)


def _levels(column: Column, features: Array) -> tuple[float, ...]:
    """The values of a column from its features, (N, n), if they are whole, from 0 to `LARGEST_LEVEL`; else ()."""
    if isinstance(column, CategoryColumn) or column.kind != "number":
        return ()
    if not 0.0 <= column.lowest <= column.highest <= LARGEST_LEVEL:
        return ()
    values = column.values_of(features)
    whole = np.rint(values)
    if np.any(np.abs(values - whole) > LARGEST_LEVEL * ROUNDING):
        return ()
    found = np.unique(whole)
    return tuple(found[(column.lowest <= found) & (found <= column.highest)].tolist())


def _reference(inputs: Inputs, X: Array) -> Array:
    """Return the reference rows of encoded rows, (number of reference rows, F)."""
    if len(X) > MOST_MIXED:
        X = X[np.sort(generator(0).choice(len(X), MOST_MIXED, replace=False))]
    most = min(max(MOST_NUMBERS // max(X.shape[1], 1), FEWEST_REFERENCES), MOST_REFERENCES)
    return mixed_rows(X, [place for _, place in inputs.with_slices()], most)


def _typical(inputs: Inputs, X: Array, weights: Array | None) -> tuple[float | str, ...]:
    """Return the median of each column of numbers, and the most frequent labels, which occur together in a row."""
    counts = np.ones(len(X)) if weights is None else weights
    places = list(inputs.with_slices())
    own = {
        c: _most_frequent(column, X[:, place], counts)
        for c, (column, place) in enumerate(places)
        if isinstance(column, CategoryColumn) or column.kind == "boolean"
    }
    if own and not np.logical_and.reduce([have for _, have in own.values()]).any():
        own = _together(places, own, X, counts)
    return tuple(
        own[c][0] if isinstance(column, CategoryColumn) or c in own else _median(column, X[:, place], weights)
        for c, (column, place) in enumerate(places)
    )  # fmt: skip


Labels = dict[int, tuple[float | str, Mask]]
"""For each column by its index: its label, and which rows have it."""


def _row_of(inputs: Inputs, values: Sequence[float | str]) -> Array:
    """Return the features of a row of values, (1, F)."""
    parts = []
    for column, value in zip(inputs.columns, values, strict=True):
        if isinstance(column, CategoryColumn):
            index = column.labels.index(value) if value in column.labels else len(column.labels)
            parts.append(np.eye(1, len(column.features), index))
        else:
            parts.append(column.encode(np.array([float(value)])))
    return np.hstack(parts)


def _nearest(
    inputs: Inputs, values: Sequence[float | str], center: Array, factor: Array
) -> tuple[float | str, ...]:
    """Return the row nearest to the center that has the labels and Booleans of a row of values.

    Medians may be far from all rows, for example of columns that add up to 100 %, whose medians do not.
    """
    row, places = _row_of(inputs, values)[0], list(inputs.with_slices())
    numbers = [
        column if isinstance(column, NumberColumn) and column.kind != "boolean" else None
        for column, _ in places
    ]
    widths = [place.stop - place.start for _, place in places]
    fixed = np.repeat([column is None for column in numbers], widths)
    covariance = factor @ factor.T
    pull = np.linalg.solve(covariance[np.ix_(fixed, fixed)], row[fixed] - center[fixed])
    row[~fixed] = center[~fixed] + covariance[np.ix_(~fixed, fixed)] @ pull
    return tuple(
        value if column is None else _median(column, row[np.newaxis, place], None)
        for column, (_, place), value in zip(numbers, places, values, strict=True)
    )


def _together(
    places: Sequence[tuple[Column, slice]], own: Labels, X: Array, weights: Array
) -> Labels:
    """Choose labels that occur together in a row: each the most frequent one in the rows that have the earlier labels.

    The columns are taken in descending order of the weight of the rows with their most frequent label.
    """
    found: Labels = {}
    left = weights
    for c in sorted(own, key=lambda c: -float(weights @ own[c][1])):
        found[c] = _most_frequent(places[c][0], X[:, places[c][1]], left)
        left = left * found[c][1]
    return found


def _most_frequent(column: Column, features: Array, weights: Array) -> tuple[float | str, Mask]:
    """The most frequent label of a column, from its features, (N, n), and which rows have it."""
    if not isinstance(column, CategoryColumn):
        is_true = column.values_of(features) > 0.5
        value = bool(weights @ is_true > 0.5 * weights.sum())
        return float(value), is_true == value
    best = int((weights @ features[:, : len(column.categories)]).argmax())
    label = column.labels[best] if best < len(column.labels) else column.rare[0]
    return label, features[:, best] > 0


def _median(column: NumberColumn, features: Array, weights: Array | None) -> float:
    """The median of a column, from its features, (N, n)."""
    values = column.values_of(features)
    middle = np.median(values) if weights is None else weighted_quantiles(values, [0.5], weights)[0]
    return float(np.clip(float(f"{middle:.{DIGITS_OF_VALUES}g}"), column.lowest, column.highest))
