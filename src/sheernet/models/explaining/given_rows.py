"""`GivenRows`: the rows of a table that explain a model, encoded, and whether they are those of its fit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from sheernet.data.columns import require_columns
from sheernet.data.sources import read_table
from sheernet.data.sources.array_tables import is_array_like
from sheernet.data.tables import Table
from sheernet.foundation.arrays import Array
from sheernet.foundation.errors import InvalidInput
from sheernet.models.row_roles import is_table_of_fit
from sheernet.models.rows_in import rows_in

if TYPE_CHECKING:
    from sheernet.models.model import Model


@dataclass(frozen=True, eq=False)
class GivenRows:
    """The rows of a table without missing inputs, encoded.

    Parameters
    ----------
    X : ndarray, (N, F)
        Encoded rows.
    numbers : ndarray of int, (N,)
        Their indices in the table, from 0.
    table : Table or None
        The table; None if an array was given.
    of_fit : bool
        Whether they are the training rows of the model: those of the table of its fit without the held-out rows.
    """

    X: Array
    numbers: npt.NDArray[np.intp]
    table: Table | None
    of_fit: bool

    @property
    def noun(self) -> str:
        """What the rows are, for a title."""
        return "training row" if self.of_fit else "row"


def given_rows(model: Model, table: Any) -> GivenRows:
    """Encode the rows of a table.  Of the table of the fit, the held-out rows are left out.

    Parameters
    ----------
    model : Model
        Its encoders are used.
    table : path, DataFrame, mapping, Table or array_like
        As for `Model.predict`.

    Raises
    ------
    InvalidInput
        If there are no rows without missing inputs, or a column is missing or cannot be encoded.

    Warns
    -----
    SheernetWarning
        As for `Model.predict`.
    """
    if isinstance(table, Table) or not is_array_like(table):
        table = read_table(table, like=model.reading.only(model.inputs.names))
    read = table if isinstance(table, Table) else None
    of_fit = False
    if read is not None:
        require_columns(read, model.inputs.names)
        of_fit = is_table_of_fit(model.rows, model.inputs, read)
    chosen = None
    if of_fit and model.rows is not None and read is not None:
        chosen = model.rows.training
        table = read.take(chosen)
    rows = rows_in(model.inputs, table, like=model.reading)
    complete = np.flatnonzero(~rows.missing)
    if not len(complete):
        raise InvalidInput(
            "explaining a model needs at least one row without missing inputs, but the table has none"
        )
    numbers = complete if chosen is None else chosen[complete]
    return GivenRows(rows.X[complete], numbers, read, of_fit)
