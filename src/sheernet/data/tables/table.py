"""`Table`: named columns of equal length.

Making a table leaves nothing out and fills nothing; how a column is used is decided in `sheernet.data.columns`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from sheernet.data.tables.column_names import first_repeated, listed_names, nearest
from sheernet.data.tables.frames import import_pandas
from sheernet.data.tables.kinds import kind
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.sentences import Sentence, Setting, sentence

if TYPE_CHECKING:
    import pandas as pd

Indices = npt.NDArray[np.intp]
"""Numbers of rows, counted from 0."""

_SHEET = re.compile(r"sheet ('.*'|\".*\") \((the first of \d+)\)")
"""The sheet in the reading of a workbook that has several."""


@dataclass(frozen=True, eq=False)
class Table:
    """Named columns; rows are samples.

    Parameters
    ----------
    frame : DataFrame, (N, number of columns)
        The columns.  Names are distinct str, and the index counts from 0.  Must not be written to.
    source : str
        Name of the file or table, for messages and model files.
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
        """The rows of these indices, in that order, as a table of the same source."""
        return Table(self.frame.iloc[rows].reset_index(drop=True), self.source, self.reading)


def _distinct(column: pd.Series[Any]) -> tuple[Indices, tuple[Any, ...]]:
    pandas = import_pandas()
    codes, values = pandas.factorize(column)
    codes = codes.astype(np.intp, copy=False)
    codes.flags.writeable = False
    return codes, tuple(pandas.Index(values).tolist())


def make_table(frame: pd.DataFrame, source: str, reading: str = "") -> Table:
    """Make a table of a frame with any index, any names and any types of columns.

    Parameters
    ----------
    frame : DataFrame, (N, number of columns)
        Not written to; the table may share its memory.
    source, reading : str
        See `Table`.

    Returns
    -------
    Table
        Its index counts from 0.  Object columns become numbers, truth values or dates if each of their values is one;
        categorical columns become plain ones.

    Raises
    ------
    InvalidInput
        If there is no column or no row, or names have several levels or are not distinct.
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
    """Raise if two columns have the same name."""
    twice = first_repeated(names)
    if twice is not None:
        raise InvalidInput(
            f"{source} has more than one column named {twice!r}, but names must be distinct; rename one"
        )


def _plain(column: pd.Series[Any]) -> pd.Series[Any]:
    """A column in its simplest type."""
    pandas = import_pandas()
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
    """Numbers in an object column as int64 if all are whole and fit, otherwise as float64."""
    pandas = import_pandas()
    inferred = column.infer_objects()
    if inferred.dtype != object:
        return inferred
    missing = column.isna()
    values = [
        np.nan if gone else _float(value) for value, gone in zip(column, missing, strict=True)
    ]
    return pandas.Series(values, index=column.index, dtype=np.float64)


def _float(value: Any) -> float:
    """The nearest float64; infinite beyond its range, as the text 1e999 is."""
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def _no_such_column(name: str, table: Table) -> Sentence:
    near = nearest(name, table.columns, 2)
    todo = f"did you mean {' or '.join(map(repr, near))}?" if near else "name one of these"
    sheet = None if near else _SHEET.search(table.reading)
    other = (
        sentence(", or another sheet with {}: this is {}, {}", Setting("sheet"), sheet[1], sheet[2])
        if sheet
        else ""
    )
    columns = listed_names(table.columns)
    return sentence(
        "{} has no column {!r}: its columns are {}; {}{}", table.source, name, columns, todo, other
    )
