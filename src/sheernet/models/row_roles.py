"""`RowRoles`: which rows of a table a model was trained on, which were held out, and which were left out."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from sheernet.data.columns import Inputs, NumberColumn
from sheernet.data.columns.cells import as_labels, as_numbers
from sheernet.data.tables import Table
from sheernet.foundation.arrays import Array
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.sentences import in_quotes

Indices = npt.NDArray[np.int64]


def _none() -> Indices:
    return np.zeros(0, dtype=np.int64)


@dataclass(frozen=True, eq=False)
class RowRoles:
    """The roles of the rows of the table of a fit; rows that are neither held out nor left out are training rows.

    Parameters
    ----------
    count : int
        Number of rows of the table.
    held_out, left_out : ndarray of int
        Indices, from 0, of the rows held out for evaluation, and of the rows that were not used, ascending.
    checksum : str, optional
        `checksum` of the rows that were used; None if unknown.

    Raises
    ------
    InvalidInput
        If an index is out of range, or occurs twice.

    Examples
    --------
    >>> import numpy as np
    >>> from sheernet.models.row_roles import RowRoles
    >>> RowRoles(4, held_out=np.array([1]), left_out=np.array([3])).training.tolist()
    [0, 2]
    """

    count: int
    held_out: Indices = field(default_factory=_none)
    left_out: Indices = field(default_factory=_none)
    checksum: str | None = None

    def __post_init__(self) -> None:
        for name in ("held_out", "left_out"):
            rows = getattr(self, name)
            if len(rows) and (rows[0] < 0 or rows[-1] >= self.count or (np.diff(rows) <= 0).any()):
                raise InvalidInput(
                    f"{in_quotes(name)} of 'rows' must be ascending indices below {self.count}, the number of rows"
                )
        if len(np.intersect1d(self.held_out, self.left_out)):
            raise InvalidInput("a row of 'rows' is both held out and left out")

    @property
    def training(self) -> Indices:
        """Indices of the training rows."""
        trains = np.ones(self.count, dtype=np.bool_)
        trains[self.held_out] = trains[self.left_out] = False
        return np.flatnonzero(trains)

    @property
    def used(self) -> Indices:
        """Indices of the training rows and the held-out rows."""
        return np.delete(np.arange(self.count), self.left_out)

    @property
    def names(self) -> npt.NDArray[np.str_]:
        """The role of each row, (count,): "training", "held out" or "left out"."""
        names = np.full(self.count, "training", dtype="<U8")
        names[self.held_out] = "held out"
        names[self.left_out] = "left out"
        return names


def is_table_of_fit(roles: RowRoles | None, inputs: Inputs, table: Table) -> bool:
    """Whether a table has the rows of the table of a fit in the same order; False if the roles are unknown.

    Parameters
    ----------
    roles : RowRoles or None
        The roles of the rows of the fit.
    inputs : Inputs
        The input columns of the model.
    table : Table
        A table with these columns; targets are not compared.

    Raises
    ------
    InvalidInput
        If the table lacks a column, or has one of another kind.
    """
    if roles is None or roles.checksum is None or roles.count != len(table):
        return False
    return checksum(inputs, table.take(roles.used)) == roles.checksum


def checksum(inputs: Inputs, table: Table) -> str:
    """SHA-256 of the inputs of a table, row by row: another order of the rows has another checksum.

    Numbers are rounded to 30 bits, because file formats may differ in their last digits.

    Parameters
    ----------
    inputs : Inputs
        The columns.
    table : Table
        The rows.

    Returns
    -------
    str
        64 hexadecimal digits.

    Raises
    ------
    InvalidInput
        If the table lacks a column, or has one of another kind.

    Examples
    --------
    >>> import sheernet as sn
    >>> from sheernet.models.row_roles import checksum
    >>> model = sn.fit({"x": [1.0, 2.0, 4.0], "y": [1.5, 2.0, 4.0]}, "y", hidden=0, decay=0.0)
    >>> rows = [checksum(model.inputs, sn.read_table({"x": x})) for x in ([1, 2, 4], [2, 1, 4])]
    >>> [row == model.rows.checksum for row in rows]
    [True, False]
    """
    digest = hashlib.sha256()
    for column in inputs.columns:
        digest.update(f"{json.dumps(column.name)}\n".encode())
        if isinstance(column, NumberColumn):
            digest.update(_rounded(as_numbers(table, column.name, column.kind)).data)
        else:
            codes, labels = as_labels(table, column.name)
            texts = [*labels, None]  # the code of a missing value is -1
            digest.update(json.dumps([texts[code] for code in codes]).encode())
    return digest.hexdigest()


def _rounded(values: Array) -> Array:
    """Numbers rounded to 30 bits, little-endian, with one 0 and one nan."""
    mantissa, exponent = np.frexp(values)
    rounded = np.ldexp(np.rint(np.ldexp(mantissa, 30)), exponent - 30) + 0.0
    return np.where(np.isnan(values), np.nan, rounded).astype("<f8")
