"""Convert values of the columns of a model to cells of a table, so that the model can predict from them.

A value is a number, 0 or 1 for a Boolean, days since 1970-01-01, hours since midnight, or a label.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from sheernet.data.columns import CategoryColumn, Column, Inputs
from sheernet.data.columns.column_types import RARE
from sheernet.foundation.pandas_import import import_pandas
from sheernet.models.explaining.column_parts import kind_of
from sheernet.models.explaining.effect_curves import written_value

MICROSECONDS_OF_A_DAY = 86_400_000_000
LAST_TIME = datetime.time(23, 59, 59, 999_999)

Value = float | str


def cell_of(column: Column, value: Value) -> Any:
    """A value as a cell: float, bool, numpy.datetime64 (with a zone, pandas.Timestamp in UTC), datetime.time or str.

    Examples
    --------
    >>> from sheernet.data.columns import NumberColumn
    >>> from sheernet.models.explaining.column_cells import cell_of
    >>> day, hour = (NumberColumn("x", kind, 0.0, 1.0, 0.0, 9.0) for kind in ("date", "time"))
    >>> print(cell_of(day, 1.25), cell_of(hour, 9.5))
    1970-01-02T06:00:00.000000 09:30:00
    """
    if isinstance(column, CategoryColumn):
        return column.rare[0] if value == RARE and column.rare else str(value)
    number = float(value)
    if column.kind == "boolean":
        return number > 0.5
    if column.kind == "date":
        whole = np.floor(number)
        parts = int(whole), round((number - whole) * MICROSECONDS_OF_A_DAY)
        moment = np.datetime64(parts[0], "D") + np.timedelta64(parts[1], "us")
        return moment if column.offset is None else import_pandas().Timestamp(moment, tz="UTC")
    if column.kind == "time":
        time = datetime.datetime(2000, 1, 1) + datetime.timedelta(hours=number)
        return time.time() if time.day == 1 else LAST_TIME
    return number


def cells_of_rows(inputs: Inputs, rows: Iterable[Sequence[Value]]) -> dict[str, list[Any]]:
    """Rows of values, one for each column of the inputs, as columns of cells."""
    columns = zip(*rows, strict=True)
    return {
        column.name: [cell_of(column, value) for value in values]
        for column, values in zip(inputs.columns, columns, strict=True)
    }


def written(column: Column, value: Value) -> str:
    """A value as text, rounded to 6 digits."""
    return written_value(value, kind_of(column))


def plain_cells(cells: Mapping[str, Any]) -> dict[str, Any]:
    """Cells of a row for JSON: dates and times as text."""
    return {
        name: value if isinstance(value, (bool, float, str)) else _text(value)
        for name, value in cells.items()
    }


def _text(moment: Any) -> str:
    if isinstance(moment, np.datetime64):
        return str(moment).removesuffix(".000000").removesuffix("T00:00:00")
    return str(moment.isoformat())
