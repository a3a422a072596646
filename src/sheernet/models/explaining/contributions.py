"""`Contributions`: how much each column contributes to predictions, measured from a mean row.

They are integrated gradients of the prediction by the encoded rows (`sheernet.statistics.integrated_gradients`); the
features of a category, and the trend and cycles of a date, count as one column.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from sheernet.data.columns import CategoryColumn, NumberColumn
from sheernet.data.targets import ClassTarget
from sheernet.foundation.arrays import Array
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.pandas_import import import_pandas
from sheernet.foundation.words import counted
from sheernet.models.explaining.decoding import feature_gradient, predicted, prediction_names
from sheernet.models.explaining.given_table import given_table
from sheernet.models.explaining.prediction_sums import prediction_sums
from sheernet.models.rows_in import rows_in
from sheernet.statistics.integrated_gradients import integrated_gradients

if TYPE_CHECKING:
    import pandas as pd

    from sheernet.models.model import Model

TOLERANCE = 1e-11
"""Of the integrals, in units of the spread of the target, or of probabilities."""
LARGEST_GAP = 1e-8
"""Between the sum of the contributions and the difference of the predictions, in the same units."""
STEP = 1e-4
"""Of differences along the path, as a fraction of it."""
PIECES = 4
"""Of a path, each with 16 nodes, for standard deviations."""


@dataclass(frozen=True, eq=False)
class Contributions:
    """Contributions of C columns to K predictions of N rows; made by `Model.contributions`.

    Parameters
    ----------
    columns : tuple of str
        Names of the columns.
    outputs : tuple of str
        Names of the K predictions: targets, or classes as "color=red".
    values : ndarray, (N, C, K)
        They add up to `predictions` - `baseline`; nan for a row without a prediction.
    predictions : ndarray, (N, K)
        Predictions, or probabilities.
    baseline : ndarray, (K,)
        The prediction of the row from which the contributions are measured.
    measured_from : str
        What this row is, in words.
    probabilities : bool
        Whether the predictions are probabilities of classes.
    """

    columns: tuple[str, ...]
    outputs: tuple[str, ...]
    values: Array
    predictions: Array
    baseline: Array
    measured_from: str
    probabilities: bool

    def __len__(self) -> int:
        return len(self.values)

    @property
    def shown(self) -> npt.NDArray[np.intp]:
        """Indices of the predictions that a table shows for each row, (N, n): the targets, or the predicted class."""
        if not self.probabilities:
            return np.tile(np.arange(len(self.outputs)), (len(self), 1))
        known = np.nan_to_num(self.predictions)
        return known.argmax(axis=1)[:, None]

    def to_frame(self) -> pd.DataFrame:
        """The contributions as a DataFrame with a row for each row.

        Returns
        -------
        DataFrame
            With the columns baseline and contribution_COLUMN; of several targets, baseline_TARGET and
            contribution_COLUMN_TARGET; of classes, they belong to the probability of the predicted class.
        """
        pandas = import_pandas()
        shown = self.shown
        found: dict[str, Any] = {}
        for i in range(shown.shape[1]):
            k = shown[:, i]
            end = f"_{self.outputs[i]}" if shown.shape[1] > 1 else ""
            found[f"baseline{end}"] = self.baseline[k]
            for c, name in enumerate(self.columns):
                found[f"contribution_{name}{end}"] = self.values[np.arange(len(self)), c, k]
        frame: pd.DataFrame = pandas.DataFrame(found)
        return frame


@dataclass(frozen=True, eq=False)
class Baseline:
    """A row from which contributions are measured.

    Parameters
    ----------
    features : ndarray, (F,)
        The encoded row; of categories the fractions of the labels.
    words : str
        What it is.
    """

    features: Array
    words: str


def mean_row(model: Model, X: Array, noun: str) -> Baseline:
    """The mean of encoded rows."""
    return Baseline(X.mean(axis=0), f"the mean of {counted(len(X), noun)}")


def middle_row(model: Model) -> Baseline:
    """A row that is known without any rows.

    Numbers are at the mean of the training rows if the inputs are standardized, otherwise in the middle of their range;
    labels have equal fractions, and dates are at no phase of their cycles.
    """
    parts: list[Array] = []
    for column in model.inputs.columns:
        features = np.zeros(len(column.features))
        if isinstance(column, CategoryColumn):
            features[:] = 1.0 / len(features)
        elif column.has_trend and (
            model.inputs.scaling != "standardize" or column.kind == "boolean"
        ):
            features[0] = (0.5 * (column.lowest + column.highest) - column.shift) / column.scale
        parts.append(features)
    middle = "means" if model.inputs.scaling == "standardize" else "middles of the ranges"
    labels = not all(isinstance(column, NumberColumn) for column in model.inputs.columns)
    return Baseline(
        np.concatenate(parts), f"the {middle} of the columns{', all labels alike' * labels}"
    )


def contributions_of(model: Model, rows: Any, table: Any = None) -> Contributions:
    """Compute the contributions of the columns to predictions; see `Model.contributions`."""
    given = rows_in(model.inputs, rows, like=model.reading)
    if table is None:
        baseline = middle_row(model)
    else:
        reference = given_table(model, table).inputs("training")
        baseline = mean_row(model, reference.X, reference.noun)
    found = compute_contributions(model, given.X, baseline)
    known = np.where(given.missing, np.nan, 1.0)
    return Contributions(
        found.columns,
        found.outputs,
        found.values * known[:, None, None],
        found.predictions * known[:, None],
        found.baseline,
        found.measured_from,
        found.probabilities,
    )


def compute_contributions(model: Model, X: Array, baseline: Baseline) -> Contributions:
    """Compute the contributions of the columns for encoded rows.

    Raises
    ------
    InvalidInput
        If a prediction is not finite, or the contributions do not add up.
    """

    def gradient(points: Array) -> Array:
        parts = (
            member.share * feature_gradient(model.targets, member, points)
            for member in model.members
        )
        return functools.reduce(np.add, parts)

    predictions = predicted(model, X)
    start = predicted(model, baseline.features[None])[0]
    units = _units(model)
    with np.errstate(over="ignore", under="ignore"):
        values = integrated_gradients(
            functools.partial(predicted, model),
            gradient,
            X,
            baseline.features,
            owners(model),
            TOLERANCE * units,
        )
    gap = np.abs(values.sum(axis=1) - (predictions - start)) / (units + np.abs(values).sum(axis=1))
    if not gap.max(initial=0.0) <= LARGEST_GAP:
        raise InvalidInput(
            f"the contributions of data row {int(gap.max(axis=1).argmax()) + 1} do not add up to the difference of the "
            "predictions; check the derivatives of the model's activations (sheernet.check_gradient)"
        )
    return Contributions(
        model.inputs.names,
        prediction_names(model),
        values,
        predictions,
        start,
        baseline.words,
        isinstance(model.targets, ClassTarget),
    )


def spread_of_contributions(model: Model, x: Array, baseline: Baseline) -> Array:
    """The standard deviation of the contributions of the columns to the predictions of one encoded row, (C, K).

    As in `prediction_sums`: among the members, and due to the uncertainty of their weights.  The derivative along the
    path is a difference of predictions, so that a contribution is a sum of predictions.
    """
    nodes, weights = np.polynomial.legendre.leggauss(16)
    starts = np.arange(PIECES)[:, None] / PIECES
    times = (starts + 0.5 * (nodes + 1.0) / PIECES).ravel()
    weights = np.tile(0.5 * weights / PIECES, PIECES)
    step = x - baseline.features
    path = baseline.features + times[:, None] * step
    owner = owners(model)
    n_columns = len(model.inputs.columns)
    moves = STEP * step * (owner == np.arange(n_columns)[:, None])  # (C, F)
    both = np.stack([path + moves[:, None], path - moves[:, None]], axis=1)  # (C, 2, nodes, F)
    signs = np.concatenate([weights, -weights]) / (2.0 * STEP)
    groups = np.repeat(np.arange(n_columns), len(signs))
    sums = prediction_sums(
        model, both.reshape(-1, len(x)), np.tile(signs, n_columns), groups, n_columns
    )
    return sums.combined(np.eye(n_columns))[1]


def owners(model: Model) -> npt.NDArray[np.intp]:
    """The index of the column of each feature, (F,)."""
    return np.repeat(
        np.arange(len(model.inputs.columns)), [len(c.features) for c in model.inputs.columns]
    )


def _units(model: Model) -> Array:
    """The scale of each prediction, (K,): that of the target, or 1 for probabilities."""
    if isinstance(model.targets, ClassTarget):
        return np.ones(len(model.targets.classes))
    return np.array(model.targets.scale)
