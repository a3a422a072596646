"""`Contributions`: how much each column contributes to predictions, relative to a mean prediction.

By default, they are Shapley values (`sheernet.statistics.shapley`) against reference rows; the features of a category,
and the trend and cycles of a date, count as one column.  Up to `MOST_EXACT` columns, all coalitions are evaluated; if
there are more, columns are exchanged in `FEWEST_ORDERS` random orders and their reverses.  A contribution is a linear
combination of predictions, so its standard deviation follows from those of the weights (prediction_sums.py).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from sheernet.data.targets import ClassTarget
from sheernet.foundation.arrays import Array, Indices
from sheernet.foundation.pandas_import import frame_of
from sheernet.models.explaining.column_parts import column_of_features
from sheernet.models.explaining.decoding import predicted, prediction_names
from sheernet.models.explaining.prediction_sums import prediction_sums, weights_known
from sheernet.models.explaining.reference_rows import Reference, reference_of, reference_rows
from sheernet.models.rows_in import rows_in
from sheernet.statistics.shapley import exchanges

if TYPE_CHECKING:
    import pandas as pd

    from sheernet.models.model import Model

MOST_EXACT = 5
FEWEST_ORDERS = 100


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
        Contributions, which add up to `predictions` - `baseline`; nan for a row without a prediction.
    std : ndarray, (N, C, K), or None
        Standard deviation of each due to the members and the uncertainty of their weights; None if not available.
    predictions : ndarray, (N, K)
        Predictions, or probabilities.
    baseline : ndarray, (K,)
        The mean prediction from which the contributions are measured.
    measured_from : str
        Description of the rows of this mean prediction.
    probabilities : bool
        Whether the predictions are probabilities of classes.
    """

    columns: tuple[str, ...]
    outputs: tuple[str, ...]
    values: Array
    std: Array | None
    predictions: Array
    baseline: Array
    measured_from: str
    probabilities: bool

    def __len__(self) -> int:
        return len(self.values)

    @property
    def shown(self) -> Indices:
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
            A DataFrame with the columns baseline and contribution_COLUMN, and contribution_COLUMN_std if standard
            deviations were computed; for several targets, _TARGET follows; for classes, they refer to the probability
            of the predicted class.
        """
        shown, rows = self.shown, np.arange(len(self))
        found: dict[str, Any] = {}
        for i in range(shown.shape[1]):
            k = shown[:, i]
            end = f"_{self.outputs[i]}" if shown.shape[1] > 1 else ""
            found[f"baseline{end}"] = self.baseline[k]
            for c, name in enumerate(self.columns):
                found[f"contribution_{name}{end}"] = self.values[rows, c, k]
                if self.std is not None:
                    found[f"contribution_{name}_std{end}"] = self.std[rows, c, k]
        return frame_of(found)


def contributions_of(
    model: Model, rows: Any, table: Any = None, std: bool = False
) -> Contributions:
    """Compute the contributions of the columns to predictions; see `Model.contributions`."""
    given = rows_in(model.inputs, rows, like=model.reading)
    reference = reference_of(model, reference_rows(model, rows, given, table))
    found = compute_contributions(model, given.X, reference, std and has_band(model))
    known = np.where(given.missing, np.nan, 1.0)
    return replace(
        found,
        values=found.values * known[:, None, None],
        std=None if found.std is None else found.std * known[:, None, None],
        predictions=found.predictions * known[:, None],
    )


def has_band(model: Model) -> bool:
    """Whether the uncertainty of predictions can be estimated: from several networks, or covariances of weights."""
    return len(model.members) > 1 or weights_known(model)


def compute_contributions(
    model: Model, X: Array, reference: Reference, spread: bool = False
) -> Contributions:
    """Compute the contributions of the columns for encoded rows; with `spread`, also their standard deviations."""
    predictions = predicted(model, X)
    values, std = _exchanged(model, X, reference.rows, spread)
    return Contributions(
        model.inputs.names,
        prediction_names(model),
        values,
        std if spread else None,
        predictions,
        predicted(model, reference.rows).mean(axis=0),
        reference.words,
        isinstance(model.targets, ClassTarget),
    )


def _exchanged(model: Model, X: Array, reference: Array, spread: bool) -> tuple[Array, Array]:
    """Shapley values of encoded rows, (N, F), against reference rows, and their standard deviations, (N, C, K) each."""
    owner, n_columns = column_of_features(model.inputs), len(model.inputs.columns)
    values = np.zeros((len(X), n_columns, len(prediction_names(model))))
    std = np.zeros_like(values)
    exact = n_columns <= MOST_EXACT
    parts = exchanges(len(reference), n_columns, exact=exact, fewest=FEWEST_ORDERS)
    for part in parts:
        own, others = part.own[:, owner], reference[part.background]  # (R, F) each
        n_sums = part.combination.shape[1]
        for n, x in enumerate(X):
            mixed = np.where(own, x, others)
            sums = prediction_sums(model, mixed, part.weights, part.groups, n_sums, spread)
            values[n, part.columns], std[n, part.columns] = sums.combined(part.combination)
    return values, std
