"""The rows of a table that a caller gives to explain a model, and whether they are those that it was trained on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sheernet.data.columns import require_columns
from sheernet.data.columns.column_types import REFIT_ADVICE
from sheernet.data.sources import read_table
from sheernet.data.sources.array_tables import pair_table
from sheernet.data.targets import RegressionFit
from sheernet.foundation.caller_warnings import warn
from sheernet.models.fitting.preparation import UNNAMED, Encoded, encode_rows
from sheernet.models.row_roles import is_table_of_fit
from sheernet.objective.objective import Objective, make_objective

if TYPE_CHECKING:
    from sheernet.models.member import Member
    from sheernet.models.model import Model


SAME_FIT = 1e-6
"""Largest difference of the errors of the same rows, in units of the scale of a target."""


@dataclass(frozen=True, eq=False)
class RowsToExplain:
    """Encoded rows.

    Parameters
    ----------
    rows : Encoded
        The training rows if the table is that of the fit; otherwise all rows of the table.
    are_training : bool
        Whether they are the training rows.
    """

    rows: Encoded
    are_training: bool

    def objective(self, model: Model, member: Member) -> Objective:
        """The objective of a member on these rows."""
        rows = self.rows
        return make_objective(
            member.network.architecture, rows.X, rows.y, weights=rows.weights, cost=member.cost,
            reduction=model.reduction, decay=member.decay,
        )  # fmt: skip


def rows_to_explain(model: Model, table: Any) -> RowsToExplain:
    """Encode the rows of a table.

    Parameters
    ----------
    model : Model
        Its encoders are used.
    table : path, DataFrame, mapping of columns, Table, or tuple (X, y)
        With the inputs and the targets of the model.

    Raises
    ------
    InvalidInput, ShapeMismatch
        If a column is missing, or a value cannot be encoded.

    Warns
    -----
    SheernetWarning
        If rows are left out or missing values are filled, as the model was fitted to do.
    """
    names, targets = model.inputs.names, model.targets.names
    if isinstance(table, tuple):
        whole = pair_table(table, names, targets, UNNAMED)
    else:
        whole = read_table(table, like=model.reading)
    require_columns(whole, [*names, *targets])
    are_training = is_table_of_fit(model.rows, model.inputs, whole)
    if are_training and model.rows is not None:
        whole = whole.take(model.rows.training)
    column: Any = model.settings.get("weights")
    notices: list[str] = []
    rows = encode_rows(
        whole, UNNAMED, model.inputs, model.targets, column, notices, advice=REFIT_ADVICE,
        like=model.reading,
    )  # fmt: skip
    for notice in notices:
        warn(notice)
    return RowsToExplain(rows, are_training and _has_targets_of_fit(model, rows))


def _has_targets_of_fit(model: Model, rows: Encoded) -> bool:
    """Whether the model fits rows as well as its training rows; the checksum is that of the inputs alone."""
    found = model.targets.judge(model.mean_output(rows.X), rows.truth, rows.weights)
    known = model.training_fit
    if isinstance(found, RegressionFit) and isinstance(known, RegressionFit):
        spread = np.array(getattr(model.targets, "scale", 1.0))
        return bool(np.all(np.abs(np.subtract(found.rmse, known.rmse)) <= SAME_FIT * spread))
    losses = [getattr(fit, "log_loss", np.nan) for fit in (found, known)]
    return abs(losses[0] - losses[1]) <= SAME_FIT
