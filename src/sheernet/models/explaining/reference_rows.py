"""`Reference`: the rows whose mean prediction is the origin of contributions, from a table or the model file.

Columns are exchanged between these rows and an explained row, so the rows have true labels: between two labels, or
between false and true, a network was never trained, and its predictions there would only add uncertainty.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sheernet.data.columns import CategoryColumn, Column, Inputs, NumberColumn
from sheernet.data.targets import ClassTarget
from sheernet.foundation.arrays import Array
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.message_text import counted, in_digits, listed
from sheernet.models.explaining.decoding import predicted
from sheernet.models.explaining.effect_curves import written_value
from sheernet.models.explaining.given_table import GivenRows, given_table
from sheernet.models.rows_in import Rows
from sheernet.network.initialize import generator

if TYPE_CHECKING:
    from sheernet.models.model import Model

MOST_ROWS = 100
MOST_NUMBERS = 4_000_000
"""Maximum number of values in the mixed rows of one explained row; with many columns, fewer rows are used."""
FEWEST_ROWS = 10
MOST_NAMED = 4
STORED = "row that stands for the training rows", "rows that stand for the training rows"


@dataclass(frozen=True, eq=False)
class Reference:
    """Rows whose mean prediction is the origin of contributions.

    Parameters
    ----------
    rows : ndarray, (B, F)
        Encoded rows.
    words : str
        Description of their mean prediction.
    target_mean : ndarray, (K,), optional
        The mean of each target in the training rows, if the rows are not from a table and the mean is known.
    is_artificial : bool
        Whether the rows do not represent the distribution of the training rows.
    """

    rows: Array
    words: str
    target_mean: Array | None = None
    is_artificial: bool = False


def rows_of_table(model: Model, given: GivenRows) -> Reference:
    """All rows of a table, or representative rows: those at evenly spaced quantiles of the first prediction."""
    X, noun, n = given.X, given.noun, _most_rows(model)
    if len(X) <= n:
        return Reference(X, f"the mean prediction of {counted(len(X), noun)}")
    order = np.argsort(predicted(model, X)[:, 0], kind="stable")
    chosen = order[((np.arange(n) + 0.5) * (len(X) / n)).astype(np.intp)]
    return Reference(X[np.sort(chosen)], f"the mean prediction of {n} of {counted(len(X), noun)}")


def kept_rows(model: Model) -> Reference | None:
    """The reference rows that a model stores (`DataRegion.reference`); None if it has none."""
    if model.region is None or not len(model.region.reference):
        return None
    rows = model.region.reference.reshape(-1, model.inputs.n_features)
    rows = rows[:: -(-len(rows) // _most_rows(model))]
    return Reference(
        rows, f"the mean prediction of {counted(len(rows), *STORED)}", _target_mean(model)
    )


def stored_rows(model: Model) -> tuple[Array, str]:
    """The reference rows that a model stores, for a call without a table, and their number in words.

    Raises
    ------
    InvalidInput
        If the model has none.
    """
    kept = kept_rows(model)
    if kept is None:
        raise InvalidInput(
            f"the model stores no reference rows; give a table, such as {model.provenance.data}, to which it was fitted"
        )
    return _with_short_values(model.inputs, kept.rows), counted(len(kept.rows), *STORED)


def _with_short_values(inputs: Inputs, rows: Array) -> Array:
    """Return encoded rows whose numbers are rounded to 1e-7 of their scale, because fewer digits are stored.

    A stored row has 9 significant digits of each feature, from which the 0 of a column of 0 and 1 becomes 4e-11.
    """
    rows = rows.copy()
    for column, where in inputs.with_slices():
        if isinstance(column, NumberColumn) and column.has_trend:
            exact = column.values_of(rows[:, where])
            decimals = math.floor(7 - math.log10(column.scale))
            with np.errstate(all="ignore"):  # 10^decimals may be infinite
                short = np.round(exact, decimals)
            rows[:, where.start] = (
                np.where(np.isfinite(short), short, exact) - column.shift
            ) / column.scale
    return rows


def middle_rows(model: Model) -> Reference:
    """Artificial rows, without a table and reference rows, as for a file of an earlier version.

    Numbers are at the mean of the training rows if the inputs are standardized, otherwise at the center of their range;
    each label has the same number of rows, and the features of cycles are 0.
    """
    choices = [_choices(model, column) for column in model.inputs.columns]
    counts = [len(features) for features in choices]
    most = _most_rows(model)
    if math.prod(counts) <= most:
        codes = np.array(list(itertools.product(*map(range, counts))))
    else:
        rng = generator(0)
        some = [np.resize(rng.permutation(n), most) for n in counts]
        codes = np.stack([rng.permutation(each) for each in some], axis=1)
    rows = np.hstack([features[codes[:, j]] for j, features in enumerate(choices)])
    return Reference(rows, _words_of_middle(model), _target_mean(model), is_artificial=True)


def reference_rows(model: Model, rows: Any, encoded: Rows, table: Any) -> GivenRows | None:
    """The rows of a table; without a table, the training rows of given rows if these are the table of the fit."""
    if table is not None:
        return given_table(model, table).inputs("training")
    if encoded.is_one or model.rows is None or model.rows.count != len(encoded.X):
        return None
    own = given_table(model, rows)
    return own.inputs("training") if own.is_of_fit else None


def reference_of(model: Model, given: GivenRows | None) -> Reference:
    """The reference rows of a table, or without a table those that the model stores."""
    if given is not None:
        return rows_of_table(model, given)
    return kept_rows(model) or middle_rows(model)


def _most_rows(model: Model) -> int:
    inputs = model.inputs
    rows = MOST_NUMBERS // (4 * len(inputs.columns) * inputs.n_features)
    return min(max(rows, FEWEST_ROWS), MOST_ROWS)


def _choices(model: Model, column: Column) -> Array:
    """The features of the artificial values of a column, (n, features of the column)."""
    if isinstance(column, CategoryColumn):
        return np.eye(len(column.categories), len(column.features))
    values = [0.0]
    if column.kind == "boolean":
        values = sorted({column.lowest, column.highest})
    elif column.has_trend:
        values = [middle_of(model.inputs, column)]
    features = np.zeros((len(values), len(column.features)))
    if column.has_trend:
        features[:, 0] = (np.array(values) - column.shift) / column.scale
    return features


def middle_of(inputs: Inputs, column: NumberColumn) -> float:
    """The mean of a column of numbers in the training rows if it is known, otherwise the center of its range."""
    if inputs.scaling == "standardize":
        return float(column.shift)
    return float(0.5 * (column.lowest + column.highest))


def _words_of_middle(model: Model) -> str:
    where = "mean" if model.inputs.scaling == "standardize" else "middle of the range"
    values = list(_written_middles(model))
    at = f" at the {where} of each number ({listed(values, most=MOST_NAMED)})" if values else ""
    if len(values) == len(model.inputs.columns):
        return f"the prediction{at}"
    return f"the mean prediction over all labels, equally frequent,{at}".rstrip(",")


def _written_middles(model: Model) -> Iterator[str]:
    for column in model.inputs.columns:
        if isinstance(column, CategoryColumn) or column.kind == "boolean" or not column.has_trend:
            continue
        value = middle_of(model.inputs, column)
        if column.is_of_days:
            value = float(round(value))
        shown = (
            in_digits(value, 4) if column.kind == "number" else written_value(value, column.kind)
        )
        yield f"{column.name} {shown}"


def _target_mean(model: Model) -> Array | None:
    """The mean of each target in the training rows: the shift of standardized targets."""
    targets = model.targets
    if isinstance(targets, ClassTarget) or model.settings.get("scaling") != "standardize":
        return None
    return np.array(targets.shift) if targets.output == "identity" else None
