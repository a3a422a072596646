r"""Measures of how important each column of a model is, for the model and for each of its networks.

    total, first     Sobol' indices: parts of the variance of the predictions, with columns drawn independently
    permutation      decrease of R^2, or increase of log loss, if the column is permuted between rows with known targets
    shapley          mean |Shapley value|, in units of the prediction
    per_std          standard deviation of a prediction if the column varies as in the rows, to first order for numbers
    slope            mean derivative with respect to the column; absolute_slope: mean of its absolute value

A Boolean has a difference, true minus false, instead of a derivative.  A category has no slope; its absolute slope is
the mean absolute difference of the predictions of a row with two different labels, drawn by their frequencies.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from sheernet.data.columns import CategoryColumn, Column, NumberColumn
from sheernet.data.preprocessing.scaling_rules import TINY
from sheernet.data.targets import ClassTarget
from sheernet.foundation.arrays import Array, Indices, are_counts
from sheernet.models.explaining.column_parts import kind_of, value_derivatives
from sheernet.models.explaining.decoding import decoded, feature_gradient
from sheernet.models.explaining.drawn_rows import drawn_rows
from sheernet.models.explaining.importance_result import Measure
from sheernet.models.fitting.preparation import Encoded
from sheernet.statistics.input_gradients import feature_covariance, local_deviations
from sheernet.statistics.permutation_importance import permutation_losses
from sheernet.statistics.shapley import shapley_values
from sheernet.statistics.sobol import IndependentColumns, sobol_indices

if TYPE_CHECKING:
    from sheernet.models.model import Model

NUMBERS = 40_000_000  # maximum number of values in evaluated rows; ten times as many if one column changes
SOBOL_ROWS = 400_000  # maximum number of rows evaluated for Sobol' indices
FEWEST_SAMPLES = 64
EXPLAINED, BACKGROUND = 100, 64  # numbers of rows for Shapley values
SHAPLEY_ROWS = 2_000_000  # maximum number of rows evaluated for Shapley values
PERMUTED_ROWS = 10_000
SLOPE_ROWS = 5_000


@dataclass(frozen=True)
class Player:
    """One column, or several that are measured together.

    Parameters
    ----------
    name : str
        Name of the column, or of the group.
    columns : tuple of (Column, slice)
        The columns, and the slices of their features.
    """

    name: str
    columns: tuple[tuple[Column, slice], ...]

    @property
    def block(self) -> Indices:
        """Return the indices of the features."""
        return np.concatenate([np.arange(at.start, at.stop) for _, at in self.columns])

    @property
    def kind(self) -> str:
        """Kind of the column: "number", "boolean", "date", "time" or "category"; "group" if there are several."""
        if len(self.columns) > 1:
            return "group"
        return kind_of(self.columns[0][0])


@dataclass(frozen=True, eq=False)
class Explained:
    """A model as functions of features, its prediction and that of each network if there are several, and rows.

    Parameters
    ----------
    model : Model
        The model.
    players : tuple of Player
        The columns; together they contain every feature once.
    X : ndarray, (N, F)
        Encoded rows.
    weights : ndarray, (N,), or None
        Their case weights.
    seed : int or None
        Seed of everything that is drawn at random.
    """

    model: Model
    players: tuple[Player, ...]
    X: Array
    weights: Array | None
    seed: int | None

    @cached_property
    def blocks(self) -> list[Indices]:
        """The features of each player."""
        return [player.block for player in self.players]

    @property
    def n_predictions(self) -> int:
        """K: the targets, the probability of the second of two classes, or those of all classes."""
        return self.model.targets.n_outputs

    def function(self, X: Array) -> Array:
        """Predictions of the model, then of each network, (N, K) or (N, (1 + M) K)."""
        parts = self.with_mean([member.location(X) for member in self.model.members])
        whole = decoded(self.model.targets, np.concatenate(parts))[:, -self.n_predictions :]
        whole = whole.reshape(len(parts), len(X), -1)
        return np.moveaxis(whole, 0, 1).reshape(len(X), -1)

    def with_mean(self, parts: Sequence[Array]) -> list[Array]:
        """The mean of values of the networks, weighted by share, and if there are several networks, also the values."""
        mean = sum(m.share * part for m, part in zip(self.model.members, parts, strict=True))
        return [np.asarray(mean), *(parts if len(parts) > 1 else [])]

    def measure(self, name: str, values: Array, error: Array | None = None) -> Measure:
        """Split values, (D, K) or (D, (1 + M) K), into values of the model and their spread among the networks."""
        parts = values.reshape(len(values), -1, self.n_predictions)
        own = None if error is None else error.reshape(parts.shape)[:, 0]
        if parts.shape[1] == 1:
            return Measure(name, parts[:, 0], own)
        return Measure(name, parts[:, 0], own, self._spread(parts[:, 1:]))

    def mean(self, values: Array) -> Array:
        """Mean of values of networks, (D, M, K), weighted by share, (D, K)."""
        shares = np.array([member.share for member in self.model.members])
        return np.asarray(np.einsum("m,dmk->dk", shares / shares.sum(), values))

    def _spread(self, values: Array) -> Array:
        """Standard deviation of values of networks, (D, M, K), weighted by share, (D, K)."""
        return np.sqrt(self.mean((values - self.mean(values)[:, None]) ** 2))


# --- Sobol' indices, permutations, Shapley values -------------------------------------------------


def measure_sobol(
    explained: Explained, columns: IndependentColumns, samples: int
) -> tuple[Measure, Measure, Array]:
    """Total and first-order indices, and the variances of the predictions, (K,).

    The first-order index is at most the total index; estimates from random points may violate this.
    """
    least = len(explained.players) + 2
    most = min(SOBOL_ROWS, NUMBERS // explained.X.shape[1])
    while samples > FEWEST_SAMPLES and 8 * samples * least > most:
        samples //= 2
    found = sobol_indices(explained.function, columns, samples=samples, seed=explained.seed)
    return (
        explained.measure("total", found.total, found.total_error),
        explained.measure("first", np.minimum(found.first, found.total), found.first_error),
        found.variance[: explained.n_predictions],
    )


def measure_permutation(explained: Explained, rows: Encoded, repeats: int) -> Measure:
    """Increase of the loss if each column is permuted: 1 - R^2 of each target, or the log loss.

    A row whose weight is a count is permuted as equal rows; of rows with other weights, a sample by weight is permuted.
    """
    most = 10 * NUMBERS // (repeats * len(explained.players) * rows.X.shape[1])
    most = max(min(most, PERMUTED_ROWS), FEWEST_SAMPLES)
    if rows.weights is not None and are_counts(rows.weights):
        most = min(most, int(rows.weights.sum()))
    rows = rows.take(drawn_rows(len(rows), rows.weights, most, explained.seed))
    loss = _log_loss if isinstance(explained.model.targets, ClassTarget) else _relative_error
    n = explained.n_predictions

    def losses(X: Array) -> Array:
        predictions = explained.function(X).reshape(len(X), -1, n)  # (N, 1 + M, K)
        return loss(predictions, rows).ravel()

    increases = permutation_losses(losses, rows.X, explained.blocks, repeats, explained.seed)
    error = increases.std(axis=0, ddof=1) / np.sqrt(repeats) if repeats > 1 else None
    return explained.measure("permutation", increases.mean(axis=0), error)


def _relative_error(predictions: Array, rows: Encoded) -> Array:
    """1 - R^2, (1 + M, K); nan for a constant target."""
    truth = np.asarray(rows.truth, dtype=np.float64).reshape(len(rows), -1)
    moved = truth - truth[0]  # exact if the target is constant
    variance = moved.var(axis=0)  # (K,)
    squares = ((predictions - truth[:, None]) ** 2).mean(axis=0)
    return np.divide(squares, variance, out=np.full_like(squares, np.nan), where=variance > 0)


def _log_loss(probabilities: Array, rows: Encoded) -> Array:
    """Mean -ln(probability of the true class), the same for all predictions, (1 + M, K)."""
    y = rows.y[:, None, :]
    if y.shape[2] == 1:  # the probability of the second class
        true = np.where(y > 0.5, probabilities, 1.0 - probabilities)
    else:
        true = (y * probabilities).sum(axis=2, keepdims=True)
    losses = -np.log(np.maximum(true, TINY)).mean(axis=0)
    return np.broadcast_to(losses, (losses.shape[0], probabilities.shape[2]))


def measure_shapley(explained: Explained) -> tuple[Measure, bool]:
    """Mean absolute Shapley values, and whether they are exact for the rows used."""
    X, weights, seed, n_columns = (
        explained.X,
        explained.weights,
        explained.seed,
        len(explained.players),
    )
    most = min(SHAPLEY_ROWS, NUMBERS // X.shape[1])
    fraction = min(1.0, most / (2 * n_columns * EXPLAINED * BACKGROUND)) ** 0.5
    rows = X[drawn_rows(len(X), weights, max(int(EXPLAINED * fraction), 2), seed, stream=1)]
    background = X[drawn_rows(len(X), weights, max(int(BACKGROUND * fraction), 2), seed, stream=2)]
    found = shapley_values(explained.function, rows, background, explained.blocks, seed=seed)
    sizes = np.abs(found.values)
    # errors of the sampled orders, and of the sample of rows
    left = 1.0 - len(rows) / len(X) if weights is None else 1.0
    of_rows = sizes.var(axis=0, ddof=1) / len(rows) * left
    of_orders = (found.errors**2).sum(axis=0) / len(rows) ** 2
    error = np.sqrt(of_rows + of_orders)
    return explained.measure("shapley", sizes.mean(axis=0), error), found.exact and left == 0


# --- slopes ---------------------------------------------------------------------------------------


SLOPE_MEASURES = "per_std", "slope", "absolute_slope", "slope_over_rows"


def measure_slopes(explained: Explained) -> dict[str, Measure]:
    """The measures `SLOPE_MEASURES`."""
    values = SlopeRows(explained).slopes_of(explained)
    return {
        name: explained.measure(name, each)
        for name, each in zip(SLOPE_MEASURES, values, strict=True)
    }


class SlopeRows:
    """A limited number of rows at which slopes are computed, and how each column varies over all rows.

    Parameters
    ----------
    explained : Explained
        The model.
    """

    def __init__(self, explained: Explained) -> None:
        X, weights = explained.X, explained.weights
        n_functions = explained.n_predictions * (1 + len(explained.model.members))
        most = NUMBERS // (n_functions * X.shape[1])
        chosen = drawn_rows(len(X), None, min(max(most, 2), SLOPE_ROWS), explained.seed)
        of_all = np.ones(len(X)) if weights is None else weights
        self.X = X[chosen]
        self.shares = of_all[chosen] / of_all[chosen].sum()
        self.variations = [_variation(player, X, of_all) for player in explained.players]

    def slopes_of(self, explained: Explained) -> Array:
        """The values of `SLOPE_MEASURES` of a model with these columns, (4, D, S)."""
        model, n = explained.model, explained.n_predictions
        own = [feature_gradient(model.targets, m, self.X)[:, -n:] for m in model.members]
        gradients = np.concatenate(explained.with_mean(own), axis=1)  # (n, S, F)
        each = zip(explained.players, self.variations, strict=True)
        found = [self._of(explained, gradients, player, variation) for player, variation in each]
        return np.stack(found, axis=1)

    def _of(
        self, explained: Explained, gradients: Array, player: Player, variation: Array
    ) -> Array:
        """The measures of a column, (4, S), given derivatives of the predictions and its `_variation`."""
        column, at = player.columns[0]
        undefined = np.full((4, gradients.shape[1]), np.nan)
        if player.kind == "group":
            return undefined
        if isinstance(column, CategoryColumn):
            if np.count_nonzero(variation) < 2:  # one label: nothing to compare
                return undefined
            found = self._of_labels(
                explained, at, np.eye(len(variation), at.stop - at.start), variation
            )
            found[1] = np.nan  # a category has no sign
            return found
        if column.kind == "boolean":
            return self._of_labels(
                explained, at, _levels_of_boolean(column), variation, signed=True
            )
        J = gradients[:, :, at]
        slopes = np.einsum("nsf,nf->ns", J, value_derivatives(column, self.X[:, at]))
        return _summary(self.shares, local_deviations(J, variation), slopes)

    def _of_labels(
        self,
        explained: Explained,
        at: slice,
        levels: Array,
        frequencies: Array,
        signed: bool = False,
    ) -> Array:
        """The measures of a category or a Boolean from predictions of each row with each label."""
        p = frequencies / max(frequencies.sum(), TINY)
        step = -(-len(levels) * self.X.size // NUMBERS)  # if there are many labels, fewer rows
        shares = self.shares[::step] / self.shares[::step].sum()
        rows, predictions = self.X[::step].copy(), []
        for level in levels:
            rows[:, at] = level
            predictions.append(explained.function(rows))
        P = np.stack(predictions)  # (L, n, S)
        deviations = np.sqrt(np.tensordot(p, (P - np.tensordot(p, P, 1)) ** 2, 1))  # (n, S)
        differences = P[1] - P[0] if signed else mean_absolute_difference(P, p)
        return _summary(shares, deviations, differences)


def _variation(player: Player, X: Array, weights: Array) -> Array:
    """The frequencies of the labels of a category or a Boolean, (L,); the covariance of other features, (n, n)."""
    column, at = player.columns[0]
    if isinstance(column, CategoryColumn):
        return np.asarray(weights @ X[:, at][:, : len(column.categories)])
    if column.kind == "boolean":
        true = np.isclose(X[:, at.start], _levels_of_boolean(column)[1, 0])
        return np.array([weights @ ~true, weights @ true])
    return feature_covariance(X[:, at], weights)


def _levels_of_boolean(column: NumberColumn) -> Array:
    """The features of false and true, (2, number of features)."""
    return column.encode(np.array([0.0, 1.0]))


def _summary(shares: Array, deviations: Array, slopes: Array) -> Array:
    """The four measures, (4, S), from values of the rows, (n, S)."""
    mean = shares @ slopes
    over_rows = np.sqrt(shares @ (slopes - mean) ** 2)
    return np.stack([shares @ deviations, mean, shares @ np.abs(slopes), over_rows])


def mean_absolute_difference(values: Array, frequencies: Array) -> Array:
    """Mean of |x_a - x_b| over two different labels a, b, drawn by their frequencies.

    Parameters
    ----------
    values : ndarray, (L, ...)
        A value for each label.
    frequencies : ndarray, (L,)
        Frequencies of the labels, with the sum 1; at least two are positive.

    Examples
    --------
    >>> import numpy as np
    >>> from sheernet.models.explaining.importance_measures import mean_absolute_difference
    >>> round(float(mean_absolute_difference(np.array([1.0, 4.0, 0.0]), np.full(3, 1 / 3))), 6)  # 3, 1 and 4
    2.666667
    """
    order = np.argsort(values, axis=0)
    x = np.take_along_axis(values, order, axis=0)
    p = frequencies[order]
    below = np.cumsum(p, axis=0) - p
    sum_below = np.cumsum(p * x, axis=0) - p * x
    pairs: Array = (p * (x * below - sum_below)).sum(axis=0)
    return np.maximum(pairs, 0.0) / (0.5 * (1.0 - (frequencies**2).sum()))
