"""The table itself: named columns of equal length, as faithful as pandas can hold them.

Nothing is left out and nothing is filled when a table is made; what becomes of a column is decided where it is used.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from sheernet.data.tables.column_names import listed, nearest
from sheernet.data.tables.kinds import kind
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.optional import import_optional

if TYPE_CHECKING:
    import pandas as pd

Indices = npt.NDArray[np.intp]
"""Numbers of rows, counted from 0."""

NAMES_SHOWN = 20
_ONE_OF_SHEETS = re.compile(
    r"sheet ('.*'|\".*\") \((the first of \d+)\)"
)  # in how a workbook was read


@dataclass(frozen=True, eq=False)
class Table:
    """Named columns; rows are samples.

    Parameters
    ----------
    frame : DataFrame, (N, number of columns)
        The columns, under names that are str and differ; rows are numbered from 0.  It is not to be written to.
    source : str
        Where the table came from, for messages and model files.
    reading : str
        How a file was read: "CSV with semicolons and decimal commas, Latin-1".

    Examples
    --------
    >>> import sheernet as sn
    >>> table = sn.read_table({"hours": [1.0, 2.0], "group": ["a", "b"]})
    >>> table.columns, len(table), table.kind("group")
    (('hours', 'group'), 2, 'category')
    """

    frame: pd.DataFrame
    source: str
    reading: str = ""
    _found: dict[tuple[str, str], Any] = field(default_factory=dict, init=False, repr=False)

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns."""
        return tuple(self.frame.columns)

    def __len__(self) -> int:
        return len(self.frame)

    def require(self, names: Sequence[str]) -> None:
        """Raise unless the table has all these columns.

        Raises
        ------
        InvalidInput
            If one is missing; the message names the nearest columns.
        """
        for name in names:
            if name not in self.frame.columns:
                raise InvalidInput(_no_such_column(name, self))

    def column(self, name: str) -> pd.Series[Any]:
        """One column, (N,); raises as `require` does if there is none of that name."""
        self.require([name])
        return self.frame[name]

    def kind(self, name: str) -> str:
        """The kind of a column: one of `sheernet.data.tables.KINDS`."""
        return str(self._once("kind", name, kind))

    def distinct(self, name: str) -> tuple[Indices, tuple[Any, ...]]:
        """The distinct values of a column.

        Returns
        -------
        codes : ndarray of int, (N,)
            Index of each row's value in `values`; -1 if it is missing.  Read-only.
        values : tuple
            In the order of their first rows.

        Raises
        ------
        TypeError
            If values cannot be hashed, such as lists.
        """
        codes, values = self._once("distinct", name, _distinct)
        return codes, values

    def _once(self, what: str, name: str, find: Callable[[pd.Series[Any]], Any]) -> Any:
        """What is found of a column, computed at the first call."""
        key = (what, name)
        if key not in self._found:
            self._found[key] = find(self.column(name))
        return self._found[key]

    def take(self, rows: Indices) -> Table:
        """Some of the rows, in the order given, as a table of the same source."""
        return Table(self.frame.iloc[rows].reset_index(drop=True), self.source, self.reading)


def _distinct(column: pd.Series[Any]) -> tuple[Indices, tuple[Any, ...]]:
    pandas = import_optional("pandas", extra="tables", purpose="tables")
    codes, values = pandas.factorize(column)
    codes = codes.astype(np.intp, copy=False)
    codes.flags.writeable = False
    return codes, tuple(pandas.Index(values).tolist())


def make_table(frame: pd.DataFrame, source: str, reading: str = "") -> Table:
    """Put a table together from a frame of any index, any names and any types of columns.

    Parameters
    ----------
    frame : DataFrame, (N, number of columns)
        Not written to; the table may share its memory.
    source, reading : str
        See `Table`.

    Returns
    -------
    Table
        Its index counts from 0; object columns are made numbers, truth values or dates where each of their values is
        one; categorical columns become plain ones.

    Raises
    ------
    InvalidInput
        When there is no column or no row, or names are of several levels or not different.
    """
    if frame.columns.nlevels > 1:
        raise InvalidInput(
            f"{source} has column names of {frame.columns.nlevels} levels; give each column one name "
            '(frame.columns = ["_".join(map(str, name)) for name in frame.columns])'
        )
    names = [str(name) for name in frame.columns]
    require_distinct(names, source)
    if not names:
        raise InvalidInput(f"{source} has no columns; at least one is needed")
    if len(frame) == 0:
        raise InvalidInput(f"{source} has no rows below its header; at least one is needed")
    plain = frame.set_axis(names, axis="columns").reset_index(drop=True)
    for position, dtype in enumerate(frame.dtypes):
        if not isinstance(dtype, np.dtype) or dtype.hasobject:
            plain.isetitem(position, _plain(plain.iloc[:, position]).array)
    return Table(plain, source, reading)


def require_distinct(names: Sequence[str], source: str) -> None:
    """Refuse two columns of one name."""
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise InvalidInput(
                f"{source} has more than one column named {name!r}, but names must differ; rename one"
            )
        seen.add(name)


def _plain(column: pd.Series[Any]) -> pd.Series[Any]:
    """A column without pandas' special ways to store what a simpler column holds as well."""
    pandas = import_optional("pandas", extra="tables", purpose="tables")
    if isinstance(column.dtype, pandas.CategoricalDtype):
        column = column.astype(column.cat.categories.dtype)
    if column.dtype != object:
        return column
    found = kind(column)
    if found == "number":
        return _numbers(column)
    if found == "date":
        try:
            return pandas.to_datetime(column)
        except ValueError:  # before year 1677 under pandas 2, or with and without a time zone
            return column
    return column.infer_objects() if found == "boolean" else column


def _numbers(column: pd.Series[Any]) -> pd.Series[Any]:
    """Numbers in an object column as int64 where all are whole and fit, otherwise as float64."""
    pandas = import_optional("pandas", extra="tables", purpose="tables")
    inferred = column.infer_objects()
    if inferred.dtype != object:
        return inferred
    values = [np.nan if gone else _float(v) for v, gone in zip(column, column.isna(), strict=True)]
    return pandas.Series(values, index=column.index, dtype=np.float64)


def _float(value: Any) -> float:
    """The nearest float64; what is beyond its range is infinite, as text that says 1e999 is."""
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def _no_such_column(name: str, table: Table) -> str:
    near = nearest(name, table.columns, 2)
    todo = f"did you mean {' or '.join(map(repr, near))}?" if near else "name one of these"
    sheet = None if near else _ONE_OF_SHEETS.search(table.reading)
    if sheet:
        todo += f", or another sheet with --sheet: this is {sheet[1]}, {sheet[2]}"
    columns = listed(table.columns, NAMES_SHOWN)
    return f"{table.source} has no column {name!r}: its columns are {columns}; {todo}"
