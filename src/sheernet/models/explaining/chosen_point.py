"""`Point`: a row of a model's inputs that a caller chose, fully or in part, or a typical row.

Values that are not given are those of a typical row.  If the model has a `region`, they are the medians of the numbers
and the most frequent labels; otherwise, they are the known centers of the numbers (`reference_rows`) and the first
labels.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sheernet.data.columns import CategoryColumn, Column, NumberColumn
from sheernet.data.columns.cells import as_labels, as_numbers, listed_labels
from sheernet.data.sources import read_table
from sheernet.data.sources.array_tables import as_columns, input_names, is_array_like, renamed
from sheernet.data.tables import Table
from sheernet.data.tables.table import make_table
from sheernet.foundation.errors import InvalidInput, require_known
from sheernet.foundation.message_text import counted
from sheernet.foundation.sentences import Setting
from sheernet.models.explaining.column_cells import Value, cell_of
from sheernet.models.explaining.reference_rows import middle_of
from sheernet.models.rows_in import rows_in, single_row

if TYPE_CHECKING:
    from sheernet.models.model import Model

AT = Setting("at")
"""The argument that usually holds a chosen row."""


@dataclass(frozen=True)
class Point:
    """A row of the inputs of a model.

    Parameters
    ----------
    values : tuple of float and str, length C
        The value of each column (`column_cells`).
    words : str
        Where the values come from.
    """

    values: tuple[Value, ...]
    words: str


def typical_point(model: Model) -> Point:
    """Return a typical row of the training rows, from the information in the model."""
    if model.region is not None:
        words = "a typical row: the median of each number, and the most frequent labels that occur together"
        return Point(_on_days(model.inputs.columns, model.region.typical), words)
    values: list[Value] = []
    for column in model.inputs.columns:
        if isinstance(column, CategoryColumn):
            values.append(column.known[0])
        else:
            values.append(
                column.lowest if column.kind == "boolean" else middle_of(model.inputs, column)
            )
    where = "mean" if model.inputs.scaling == "standardize" else "middle of the range"
    values_of_days = _on_days(model.inputs.columns, values)
    return Point(values_of_days, f"a middle row: the {where} of each number, and the first labels")


def _on_days(columns: Sequence[Column], values: Sequence[Value]) -> tuple[Value, ...]:
    """Round the values of dates to days if the dates of the training rows have no time of day."""
    return tuple(
        float(round(float(value)))
        if isinstance(column, NumberColumn) and column.is_of_days
        else value
        for column, value in zip(columns, values, strict=True)
    )


def point_of(model: Model, at: Any = None, noun: Setting = AT) -> Point:
    """Read the row that a caller chose.

    Parameters
    ----------
    model : Model
        The model.
    at : object
        None for a typical row; a mapping of some names to values, with the other values of a typical row; or a single
        row as for `Model.predict`.
    noun : Setting
        The argument that has the row, for messages.

    Raises
    ------
    InvalidInput
        If a name or a label is not known, a value cannot be encoded or is missing, or there are several rows.

    Warns
    -----
    SheernetWarning
        As for `Model.predict`.
    """
    point = typical_point(model)
    if at is None:
        return point
    names = model.inputs.names
    given = dict(at) if isinstance(at, Mapping) else None
    if given is not None:
        for name in given:
            require_known("column of the model", name, names, choices="columns")
        others = zip(model.inputs.columns, point.values, strict=True)
        own = {name: _single(value) for name, value in given.items()}
        at = {column.name: cell_of(column, value) for column, value in others} | own
    table = _table(model, at)
    _require_known_labels(model, table, noun)
    rows = rows_in(model.inputs, at, complete=True, like=model.reading)
    if len(rows.X) != 1:
        raise InvalidInput(
            f"a single row is needed, but {counted(len(rows.X), 'row was', 'rows were')} given; give one of them"
        )
    values = tuple(_value(column, table) for column in model.inputs.columns)
    if given is None or set(given) >= set(names):
        return Point(values, "the given row")
    return Point(values, f"the given values; the other columns as in {point.words}")


def _require_known_labels(model: Model, table: Table, noun: Setting) -> None:
    """Raise if the only row has a label that the model does not know; the rows of a table have an option for them."""
    for column in model.inputs.columns if len(table) == 1 else ():
        if isinstance(column, CategoryColumn) and column.name in table.columns:
            label = next(iter(as_labels(table, column.name)[1]), None)
            if label is not None and column.unseen == "refuse" and label not in column.known:
                raise InvalidInput(
                    "{} {}={!r}: the model knows {}; give one of these",
                    noun, column.name, label, listed_labels(column.known),
                )  # fmt: skip


def _single(value: Any) -> Any:
    """The value of a column with one row."""
    return value[0] if isinstance(value, (list, tuple)) and len(value) == 1 else value


def _table(model: Model, at: Any) -> Table:
    """The row as a table, with the given cells."""
    names, like = model.inputs.names, model.reading.only(model.inputs.names)
    row = single_row(names, at)
    if row is None and is_array_like(at):
        return make_table(renamed(as_columns(at, "X", input_names), names, "X"), "X")
    return read_table(at if row is None else row, like=like)


def _value(column: Column, table: Table) -> Value:
    """The value of the only row of a table; a missing value is filled."""
    if isinstance(column, CategoryColumn):
        codes, labels = as_labels(table, column.name)
        return labels[codes[0]] if codes[0] >= 0 else str(column.fill)
    x = as_numbers(table, column.name, column.kind).copy()
    column.fill_in(x)
    return float(x[0])
