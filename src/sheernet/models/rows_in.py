"""What `Model.predict` accepts: a table, an array, or a single row; and what it returns for each row.

    path, data frame, mapping of columns, Table     columns by name
    array (N, d), list of rows                      columns by position
    array (N,), Series, number                      the only input of a model with one input
    mapping of single values, Series with names     one row

A row with a missing input that the model does not fill gets no prediction: nan, or None as a label.  Neither does a row
with a label that the training rows do not have, unless such labels of the column count as rare or are refused.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, get_args

import numpy as np
import numpy.typing as npt

from sheernet.data.columns import CategoryColumn, Column, Inputs, NumberColumn, matched_columns
from sheernet.data.columns.cells import MOMENTS, SHOWN, as_labels, listed_labels, quoted
from sheernet.data.columns.positional_names import require_positions
from sheernet.data.columns.unit_signs import require_units
from sheernet.data.formats.row_places import row_places
from sheernet.data.sources import read_table
from sheernet.data.sources.array_tables import (
    as_columns,
    has_names,
    input_names,
    is_array_like,
    is_column,
    is_series,
    renamed,
)
from sheernet.data.tables import Table
from sheernet.data.tables.reading import Reading
from sheernet.data.tables.table import make_table
from sheernet.data.targets import ClassTarget, Targets
from sheernet.foundation.arrays import Array, Mask, as_float
from sheernet.foundation.caller_warnings import warn
from sheernet.foundation.errors import InvalidInput, unknown_name
from sheernet.foundation.message_text import counted, listed, plural_of
from sheernet.foundation.sentences import Setting, in_quotes, sentence
from sheernet.settings.table_settings import UnseenInPredictions

Policy = Callable[[CategoryColumn], str]
"""What to do about the unseen labels of a column: "refuse", "rare" or "missing"."""
Tell = Callable[[Mask, Table | None, Sequence[str]], None]
"""Tells of rows without prediction, given these, the table, and the columns that are missing there."""
PLAIN_NUMBERS = "fiub"
"""Kinds of NumPy dtypes that a numeric array may have."""


@dataclass(frozen=True, eq=False)
class Rows:
    """Rows encoded as features of a network.

    Parameters
    ----------
    X : ndarray, (N, n_features)
        Finite; in rows of `missing`, features of the training rows replace the missing ones.
    missing : ndarray of bool, (N,)
        Rows without a prediction: with a missing input that the model does not fill, or with an unseen label.
    is_one : bool
        Whether a single row was given, whose prediction is returned without the dimension of rows.
    """

    X: Array
    missing: Mask
    is_one: bool = False

    @classmethod
    def complete(cls, X: Array) -> Rows:
        """Rows without missing inputs."""
        return cls(X, np.zeros(len(X), dtype=np.bool_))

    def known(self, outputs: Array) -> Array:
        """Outputs of the rows, (N, K), with nan where there is no prediction."""
        if not self.missing.any():
            return outputs
        return np.where(self.missing[:, None], np.nan, outputs)

    def shaped(self, predicted: npt.NDArray[Any]) -> Any:
        """Return the prediction itself if a single row was given, otherwise the array of predictions."""
        return predicted[0] if self.is_one else predicted


def rows_in(
    inputs: Inputs,
    given: Any,
    complete: bool = False,
    unseen: str | None = None,
    like: Reading | None = None,
) -> Rows:
    """Encode what `Model.predict` accepts.

    Parameters
    ----------
    inputs : Inputs
        The encoders of the columns.
    given : object
        See the top of this file.
    complete : bool
        Whether rows with missing inputs or unseen labels raise an error.
    unseen : {"refuse", "rare", "missing"}, optional
        What to do about labels that the training rows do not have: raise an error, treat them as rare, or give their
        rows no prediction; by default "rare" for columns that the fit treats so, and otherwise "refuse" if `complete`
        is true and "missing" if not.
    like : Reading, optional
        How the file of the model was read.

    Returns
    -------
    Rows

    Raises
    ------
    InvalidInput, ShapeMismatch
        If a column is missing, or contains a value that cannot be encoded; or, if `complete` is true, a row has a
        missing input or an unseen label.

    Warns
    -----
    SheernetWarning
        If rows have missing inputs or unseen labels, if missing values are filled, or if rows of a table lie outside
        the range of the training rows.
    """
    if unseen not in (None, *get_args(UnseenInPredictions)):
        raise unknown_name(Setting("unseen"), unseen, get_args(UnseenInPredictions))
    tell = _refuse if complete else _tell_of
    otherwise = "refuse" if complete else "missing"

    def policy(column: CategoryColumn) -> str:
        return unseen or ("rare" if column.unseen == "rare" else otherwise)

    like = None if like is None else like.only(inputs.names)  # other columns are not needed
    row = single_row(inputs.names, given)
    if row is not None:
        one = replace(read_table(row, like=like), source="the row")
        one = matched_columns(one, inputs.names)
        return _from_table(inputs, one, True, tell, policy)
    if not is_array_like(given):
        table = matched_columns(read_table(given, like=like), inputs.names)
        require_positions(table, inputs.names, like)
        require_units(table, [name for name in inputs.names if name in table.columns], like)
        return _from_table(inputs, table, False, tell, policy)
    plain = isinstance(given, np.ndarray) and given.dtype.kind in PLAIN_NUMBERS
    if not is_column(given) and (plain or _are_numbers(inputs)):
        return _from_matrix(inputs, given, tell)
    X = renamed(as_columns(given, "X", input_names), inputs.names, "X")
    return _from_table(inputs, make_table(X, "X"), False, tell, policy)


def _from_matrix(inputs: Inputs, given: Any, tell: Tell) -> Rows:
    X = as_float(given, "X")
    X = X.reshape(-1, 1) if X.ndim == 1 else X
    unfilled = np.array([column.fill is None for column in inputs.columns])
    fits = X.ndim == 2 and X.shape[1] == len(unfilled)
    gaps: Mask = np.isnan(X) & unfilled if fits else np.zeros((0, len(unfilled)), dtype=np.bool_)
    features = (_filling(inputs) if gaps.any() else inputs).encode_matrix(X)
    names = [inputs.columns[i].name for i in np.flatnonzero(np.any(gaps, axis=0))]
    missing: Mask = np.logical_or.reduce(gaps, axis=1)
    tell(missing, None, names)
    return Rows(features, missing)


def _from_table(inputs: Inputs, table: Table, is_one: bool, tell: Tell, policy: Policy) -> Rows:
    inputs, unknown = _unseen_as(inputs, table, policy)
    gaps = {c.name: table.column(c.name).isna() for c in inputs.columns if c.fill is None}
    names = [name for name, gap in gaps.items() if gap.any()]
    missing = np.zeros(len(table), dtype=np.bool_)
    for name in names:
        missing |= gaps[name].to_numpy()
    features = (_filling(inputs) if names else inputs).encode(table)
    tell(missing, table, names)
    known = table.take(np.flatnonzero(~unknown)) if unknown.any() else table
    for notice in (*inputs.new_fill_notice(table), *inputs.range_messages(known)):
        warn(notice)
    return Rows(features, missing | unknown, is_one)


def _unseen_as(inputs: Inputs, table: Table, policy: Policy) -> tuple[Inputs, Mask]:
    """The inputs by a policy for unseen labels, and the rows that get no prediction because of it; warn of these."""
    columns: list[Column] = []
    unknown = np.zeros(len(table), dtype=np.bool_)
    found: list[tuple[CategoryColumn, list[str]]] = []
    for column in inputs.columns:
        if isinstance(column, CategoryColumn):
            unseen = policy(column)
            if unseen == "missing" and (rows := column.unknown_rows(table)).any():
                unknown |= rows
                codes, labels = as_labels(table, column.name)
                found.append((column, [labels[code] for code in dict.fromkeys(codes[rows])]))
            column = replace(column, unseen="refuse" if unseen == "refuse" else "rare")
        columns.append(column)
    if found:
        warn(_unseen_message(unknown, found, table))
    return replace(inputs, columns=tuple(columns)), unknown


def _unseen_message(
    unknown: Mask, found: Sequence[tuple[CategoryColumn, list[str]]], table: Table
) -> str:
    """Report which rows get no prediction because of the labels found in these columns, with advice."""
    n = int(unknown.sum())
    have = plural_of(n, "has a label that is", "have labels that are")
    where = [f"{column.name} {quoted(labels[0])}" for column, labels in found]
    hints = [
        f"{column.name} is known as {listed(list(map(quoted, column.known)), most=4)}"
        for column, _ in found[:SHOWN]
    ]
    return sentence(
        "{} of {} {} not in the training rows, such as {}, and {} no prediction ({}); {}",
        n, counted(len(unknown), "row"), have, listed(where, most=SHOWN), plural_of(n, "gets", "get"),
        _numbers(unknown, table), "; ".join(hints),
    )  # fmt: skip


def _filling(inputs: Inputs) -> Inputs:
    """The inputs with a replacement for every missing value, so that the other rows can be encoded."""
    columns = tuple(
        column
        if column.fill is not None
        else replace(column, fill=column.shift)
        if isinstance(column, NumberColumn)
        else replace(column, fill=column.known[0])
        for column in inputs.columns
    )
    return replace(inputs, columns=columns)


def _tell_of(missing: Mask, table: Table | None, names: Sequence[str]) -> None:
    """Warn about the rows that get no prediction, and the columns in which values are missing."""
    if missing.any():
        get = plural_of(int(missing.sum()), "gets", "get")
        warn(f"{_incomplete(missing)} and {get} no prediction ({_places(missing, table, names)})")


def _refuse(missing: Mask, table: Table | None, names: Sequence[str]) -> None:
    """Raise an error about the rows that have missing inputs."""
    if missing.any():
        raise InvalidInput(
            "{} ({}); omit {}, or fit the model with {}",
            _incomplete(missing), _places(missing, table, names),
            plural_of(int(missing.sum()), "this row", "these rows"), Setting("missing", "impute"),
        )  # fmt: skip


def _incomplete(missing: Mask) -> str:
    """The beginning of a sentence about the rows that have missing inputs."""
    have = plural_of(int(missing.sum()), "has", "have")
    return (
        f"{missing.sum()} of {len(missing)} {plural_of(len(missing), 'row')} {have} missing inputs"
    )


def _places(missing: Mask, table: Table | None, names: Sequence[str]) -> str:
    """The numbers of the rows, and the columns in which they have missing values."""
    return (
        f"{_numbers(missing, table)}; missing in {listed(list(map(in_quotes, names)), most=SHOWN)}"
    )


def _numbers(missing: Mask, table: Table | None) -> str:
    """The numbers of the rows in their file, in words."""
    found = np.flatnonzero(missing).tolist()
    return row_places(found, most=SHOWN) if table is None else table.row_places(found, SHOWN)


def _are_numbers(inputs: Inputs) -> bool:
    return all(
        isinstance(column, NumberColumn) and column.kind not in MOMENTS for column in inputs.columns
    )


def single_row(names: Sequence[str], given: Any) -> dict[str, list[Any]] | None:
    """The columns of a single row; None if several rows are given."""
    if isinstance(given, Mapping):
        values = dict(given)
        return _of_one(values) if values and all(map(_is_scalar, values.values())) else None
    if is_series(given):
        # The labels 0, 1, 2, ... are the columns of a DataFrame without names, or, for one input, numbers of rows.
        spelled = str if len(names) > 1 else _itself
        values = {str(label): value for label, value in given.items() if spelled(label) in names}
        return _of_one(values) if values else None
    if (
        given is None
        or isinstance(given, (str, bytes))
        or has_names(given)
        or not _is_scalar(given)
    ):
        return None
    if len(names) != 1:
        raise InvalidInput(
            f"a single value is a row of a model with one input, but this model has {len(names)}: "
            f"{listed_labels(names)}; give a row as a mapping of these names to values"
        )
    return _of_one({names[0]: given})


def _of_one(values: Mapping[str, Any]) -> dict[str, list[Any]]:
    # value[()] of an array of dimension 0 is its scalar.
    return {
        str(name): [value[()] if isinstance(value, np.ndarray) else value]
        for name, value in values.items()
    }


def _itself(label: Any) -> Any:
    return label


def _is_scalar(value: Any) -> bool:
    if isinstance(value, (str, np.generic)):
        return True
    if hasattr(value, "__len__") or hasattr(value, "__iter__"):
        return isinstance(value, np.ndarray) and value.ndim == 0
    return not hasattr(value, "__array__")


def predictions(targets: Targets, outputs: Array) -> npt.NDArray[Any]:
    """Decode outputs (N, K) as `targets.decode` does; rows of nan have no prediction."""
    if isinstance(targets, ClassTarget):
        return _of_known(targets.decode, outputs, np.full(len(outputs), None, dtype=object))
    shape = (len(outputs),) if targets.n_outputs == 1 else outputs.shape
    return _of_known(targets.decode, outputs, np.full(shape, np.nan))


def class_probabilities(targets: ClassTarget, outputs: Array) -> Array:
    """The probability of each class, (N, C); rows of nan stay nan."""
    empty = np.full((len(outputs), len(targets.classes)), np.nan)
    return _of_known(targets.probabilities, outputs, empty)


def _of_known(
    decode: Callable[[Array], npt.NDArray[Any]], outputs: Array, empty: npt.NDArray[Any]
) -> npt.NDArray[Any]:
    """Decode the rows of outputs (N, K) that are not nan; the other rows are taken from `empty`."""
    known = ~np.isnan(outputs).any(axis=1)
    if known.all():
        return decode(outputs)
    if known.any():
        empty[known] = decode(outputs[known])
    return empty
