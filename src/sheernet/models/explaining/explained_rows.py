"""The rows that explain a model, and those on which its errors are measured: held-out rows, if the table has them.

A model file holds no rows.  A table is recognized as that of the fit by its number of rows and `row_roles.checksum`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from sheernet.data.sources import read_table
from sheernet.data.sources.array_tables import is_array_like, pair_table
from sheernet.data.tables.table import Table
from sheernet.foundation.arrays import Array
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.words import counted
from sheernet.models.fitting.preparation import Encoded
from sheernet.models.row_roles import is_table_of_fit
from sheernet.models.rows_in import rows_in
from sheernet.models.scoring import rows_to_score

if TYPE_CHECKING:
    from sheernet.models.model import Model

FEWEST = 2
"""Rows that are needed to explain a model."""


@dataclass(frozen=True, eq=False)
class ExplainedRows:
    """Rows as features of a network.

    Parameters
    ----------
    X : ndarray, (N, F)
        Features of the rows.
    weights : ndarray, (N,), or None
        Case weights.
    judged : Encoded or None
        Rows with known targets, on which errors are measured: the held-out rows if the table is that of the fit and has
        such rows, otherwise all rows; None if the table has no targets.
    are : str
        What the rows are, as in "400 rows of the fit".
    judged_are : str
        What the judged rows are; empty without them.
    """

    X: Array
    weights: Array | None
    judged: Encoded | None
    are: str
    judged_are: str


def explained_rows(model: Model, table: Any, target: Any = None) -> ExplainedRows:
    """Encode the rows of a table, and find out which of them the model was trained on.

    Parameters
    ----------
    model : Model
        The model.
    table, target
        As for `Model.score`; the target is not needed.

    Raises
    ------
    InvalidInput, ShapeMismatch
        If a column is missing, a value cannot be encoded, or fewer than two rows can be used.
    """
    if isinstance(target, str) and model.targets.names == (target,):
        target = None  # the name of a column, as in `fit`
    if target is not None and is_array_like(table):
        table = pair_table((table, target), model.inputs.names, model.targets.names, "the table")
        target = None
    if isinstance(table, tuple):
        table = pair_table(table, model.inputs.names, model.targets.names, "the table")
    if target is not None:
        return _all_judged(rows_to_score(model, table, target), "whose role in the fit is unknown")
    if is_array_like(table):
        return _without_targets(model, table, "")
    table = read_table(table, like=model.reading)
    role = _role(model, table)
    roles = model.rows
    has_targets = set(model.targets.names) <= set(table.columns)
    if role != "of the fit" or roles is None:
        if has_targets:
            return _all_judged(rows_to_score(model, table, None), role)
        return _without_targets(model, table, role)
    used = table.take(
        roles.used
    )  # what is filled, or outside of the training rows, was told by the fit
    if not has_targets:
        return _of(model.inputs.encode(used), role)
    found = _all_judged(rows_to_score(model, used, None), role)
    if not len(roles.held_out):
        return replace(found, judged_are=f"the {counted(len(found.X), 'training row')}")
    judged = rows_to_score(model, table.take(roles.held_out), None)
    return replace(found, judged=judged, judged_are=counted(len(judged), "held-out row"))


def _role(model: Model, table: Table) -> str:
    """What the rows of a table with columns by name are to the model."""
    roles = model.rows
    if roles is None or roles.checksum is None:
        return "whose role in the fit is unknown"
    if not set(model.inputs.names) <= set(table.columns):
        return ""  # the encoder raises the error about it
    same = is_table_of_fit(roles, model.inputs, table)
    return "of the fit" if same else "of another table than that of the fit"


def _all_judged(rows: Encoded, role: str) -> ExplainedRows:
    _require_rows(len(rows))
    are = f"{counted(len(rows), 'row')} {role}"
    return ExplainedRows(rows.X, rows.weights, rows, are, are)


def _without_targets(model: Model, table: Any, role: str) -> ExplainedRows:
    rows = rows_in(model.inputs, table, like=model.reading)
    return _of(np.ascontiguousarray(rows.X[~rows.missing]), role)


def _of(X: Array, role: str) -> ExplainedRows:
    _require_rows(len(X))
    return ExplainedRows(X, None, None, f"{counted(len(X), 'row')} {role}".strip(), "")


def _require_rows(n: int) -> None:
    if n < FEWEST:
        raise InvalidInput(
            f"the importance of columns needs at least {FEWEST} rows with predictions, but the table has "
            f"{counted(n, 'such row')}; give the rows that the model was fitted to, or similar ones"
        )
