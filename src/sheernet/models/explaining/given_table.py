"""`GivenTable`: a table that a caller gives to explain a model, and the roles of its rows in the fit.

A model file contains no rows.  A table is the table of the fit if it has the inputs of the fit in the same order
(`row_roles.is_table_of_fit`) and, if it has the targets, the model fits these as well as in its training.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from sheernet.data.columns import matched_columns, read_weights
from sheernet.data.sources import read_table
from sheernet.data.sources.array_tables import (
    as_columns,
    input_names,
    is_array_like,
    pair_table,
    renamed,
)
from sheernet.data.tables import Table
from sheernet.data.tables.table import make_table
from sheernet.data.targets import ClassTarget, RegressionFit
from sheernet.foundation.arrays import Array, Indices
from sheernet.foundation.errors import InvalidInput
from sheernet.models.fitting.preparation import UNNAMED, Encoded
from sheernet.models.row_roles import RowRoles, is_table_of_fit
from sheernet.models.rows_in import rows_in
from sheernet.models.scoring import rows_to_score, table_to_score

if TYPE_CHECKING:
    from sheernet.models.model import Model

SAME_FIT = 1e-6
"""Maximum difference of the errors of the same rows, in units of the scale of a target."""
Part = Literal["training", "held_out", "used"]
"""Attributes of `RowRoles`; "used" has the training rows and the held-out rows."""


@dataclass(frozen=True, eq=False)
class GivenRows:
    """Rows of a table without missing inputs, encoded.

    Parameters
    ----------
    X : ndarray, (N, F)
        Encoded rows.
    indices : ndarray of int, (N,)
        Their indices in the table, from 0.
    noun : str
        Name of a row: "training row" or "row".
    table : Table
        The table.
    """

    X: Array
    indices: Indices
    noun: str
    table: Table


@dataclass(frozen=True, eq=False)
class GivenTable:
    """A table that a caller gives to explain a model; made by `given_table`.

    Parameters
    ----------
    model : Model
        Its encoders are used.
    table : Table
        A table with the inputs of the model, and possibly its targets and case weights.
    """

    model: Model
    table: Table

    @property
    def has_targets(self) -> bool:
        """Whether the table has all targets of the model."""
        return set(self.model.targets.names) <= set(self.table.columns)

    @property
    def has_weights(self) -> bool:
        """Whether the table has the case weights of the fit, or the fit had none."""
        column = self.model.settings.get("weights")
        return column is None or column in self.table.columns

    @cached_property
    def roles(self) -> RowRoles | None:
        """The roles of the rows in the fit; None if the table is another one, or the roles are unknown."""
        model = self.model
        if not is_table_of_fit(model.rows, model.inputs, self.table):
            return None
        is_same = not (self.has_targets and self.has_weights) or _has_targets_of_fit(self)
        return model.rows if is_same else None

    @property
    def is_of_fit(self) -> bool:
        """Whether the table is the table of the fit."""
        return self.roles is not None

    @property
    def role(self) -> str:
        """The role of the rows of the table in the fit, as in "400 rows of the fit"."""
        if self.is_of_fit:
            return "of the fit"
        rows = self.model.rows
        if rows is None or rows.checksum is None:
            return "whose role in the fit is unknown"
        return "of another table than that of the fit"

    def inputs(self, part: Part) -> GivenRows:
        """Encode the inputs of a part of the rows of the fit, or of all rows of another table.

        Raises
        ------
        InvalidInput
            If there are no rows without missing inputs, or a value cannot be encoded.

        Warns
        -----
        SheernetWarning
            As for `Model.predict`, if the table is another one; the fit warned about its own rows.
        """
        model, roles = self.model, self.roles
        if roles is not None:
            indices = getattr(roles, part)
            X = model.inputs.encode(self.table.take(indices))
            return GivenRows(
                X, indices, "training row" if part == "training" else "row", self.table
            )
        rows = rows_in(model.inputs, self.table, like=model.reading)
        complete = np.flatnonzero(~rows.missing)
        if not len(complete):
            raise InvalidInput(
                "explaining a model needs at least one row without missing inputs, but the table has none"
            )
        return GivenRows(np.ascontiguousarray(rows.X[complete]), complete, "row", self.table)

    def true_values(self, indices: Indices) -> Array | None:
        """The true values of the predictions of some rows, (N, K); for classes 0 and 1; None if not all are known."""
        if not self.has_targets:
            return None
        targets = self.model.targets
        try:
            truth = targets.truth(self.table.take(indices))
        except InvalidInput:  # missing, or not of the kind of the fit
            return None
        if not isinstance(targets, ClassTarget):
            return np.asarray(truth, dtype=np.float64).reshape(len(indices), -1)
        return (truth[:, None] == np.array(targets.classes, dtype=object)).astype(np.float64)

    def with_targets(self, part: Part) -> Encoded:
        """Encode inputs, targets and case weights of a part of the rows of the fit, or of all rows of another table.

        Raises
        ------
        InvalidInput
            If a target is missing, or a value cannot be encoded.

        Warns
        -----
        SheernetWarning
            As for `Model.score`.
        """
        roles = self.roles
        rows = self.table if roles is None else self.table.take(getattr(roles, part))
        return rows_to_score(self.model, rows, None)


def given_table(model: Model, table: Any, target: Any = None) -> GivenTable:
    """Read a table that explains a model.

    Parameters
    ----------
    model : Model
        The model.
    table, target
        As for `Model.score`; the target is not needed.

    Raises
    ------
    InvalidInput, ShapeMismatch
        If an input column is missing, or the target is the name of another column.
    """
    source = table_to_score(model, table, target)
    names = model.inputs.names
    if isinstance(source, tuple):
        read = pair_table(source, names, model.targets.names, UNNAMED)
    elif is_array_like(source):
        read = make_table(renamed(as_columns(source, "X", input_names), names, "X"), UNNAMED)
    else:
        read = read_table(source, like=model.reading)
    return GivenTable(model, matched_columns(read, names))


def _has_targets_of_fit(given: GivenTable) -> bool:
    """Whether the model fits the rows as well as its training rows; the checksum covers only the inputs."""
    model = given.model
    assert model.rows is not None
    training = given.table.take(model.rows.training)
    column = model.settings.get("weights")
    try:
        truth = model.targets.truth(training)
        weights = None if column is None else read_weights(training, column)
        found = model.targets.judge(
            model.mean_output(model.inputs.encode(training)), truth, weights
        )
    except InvalidInput:  # the fit would have refused this target or weight
        return False
    known = model.training_fit
    if isinstance(found, RegressionFit) and isinstance(known, RegressionFit):
        spread = np.array(getattr(model.targets, "scale", 1.0))
        return bool(np.all(np.abs(np.subtract(found.rmse, known.rmse)) <= SAME_FIT * spread))
    losses = [getattr(fit, "log_loss", np.nan) for fit in (found, known)]
    return abs(losses[0] - losses[1]) <= SAME_FIT
