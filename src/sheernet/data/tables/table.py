"""`Table`: named columns of equal length, the form in which all data are read.

A table keeps all columns and rows and fills no missing values; `sheernet.data.columns` determines how columns are used.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from sheernet.data.formats.cell_formats import CellFormat
from sheernet.data.formats.digit_codes import LARGEST_EXACT, collide
from sheernet.data.formats.durations import durations_as_hours
from sheernet.data.formats.number_formats import DURATION
from sheernet.data.formats.row_places import row_places
from sheernet.data.tables.column_names import behind_gap, first_repeated, listed_names, nearest
from sheernet.data.tables.kinds import kind
from sheernet.data.tables.reading import Reading
from sheernet.foundation.arrays import Indices, has_masked_values, unmasked
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.message_text import listed
from sheernet.foundation.pandas_import import import_pandas
from sheernet.foundation.sentences import Sentence, Setting, in_quotes, sentence
from sheernet.settings.read_settings import SEPARATORS

if TYPE_CHECKING:
    import pandas as pd


_SEPARATED = re.compile(r"CSV with (.+) and ")
_FORMULA = re.compile(r" *(?:^\w+\(|[*:^)]) *")
"""Signs of a formula of R, such as log(x), a:b, a*b or I(x^2)."""
_SHEET = re.compile(r"sheet ('.*'|\".*\") \((the first (?:visible )?of \d+)\)")
"""Pattern of the sheet in `Table.reading`, if the workbook has several."""
AS_MODEL = " as in the file of the model"
"""End of the part of `Table.reading` about lines that are skipped because the model's file had them."""


@dataclass(frozen=True, eq=False)
class Table:
    """Named columns; rows are samples.

    Parameters
    ----------
    frame : DataFrame, (N, number of columns)
        The columns.  Names are distinct str, and the index counts from 0.  Must not be modified.
    source : str
        Name of the file or table in messages and model files.
    reading : str
        Description of how a file was read, such as "CSV with semicolons and decimal commas, Latin-1".
    read_as : Reading
        How a file was read, for reading another file in the same way.
    orders : mapping of str to tuple
        The categories of each column that was an ordered categorical of pandas, in their order.
    errors : mapping of str to str
        For columns of a sheet with errors such as #DIV/0!, which are missing values: the errors and their cells.
    origin : ndarray of int, (N,), optional
        The index of each row in `source`, if some of its rows were taken.
    notices : tuple of str
        The warnings with which the table was read.
    sheet_rows : ndarray of int, (number of rows of `source`,), optional
        If `source` is a sheet: the numbers of its rows, from 1, as a spreadsheet program shows them.

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
    read_as: Reading = field(default_factory=Reading)
    orders: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    origin: Indices | None = None
    notices: tuple[str, ...] = ()
    sheet_rows: Indices | None = None
    _found: dict[tuple[str, str], Any] = field(default_factory=dict, init=False, repr=False)

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns."""  # cached, because wide tables ask for it once for each column
        return tuple(self.frame.columns)

    def __len__(self) -> int:
        return len(self.frame)

    def require(self, names: Sequence[str]) -> None:
        """Check that the table has the given columns.

        Raises
        ------
        InvalidInput
            If one is missing; the message suggests columns with similar names.
        """
        for name in names:
            if name not in self.frame.columns:
                raise InvalidInput(_unknown_column_message(name, self))

    def column(self, name: str) -> pd.Series[Any]:
        """Return a column, (N,); raise InvalidInput if it does not exist."""
        self.require([name])
        return self.frame[name]

    def kind(self, name: str) -> str:
        """Return the kind of a column: one of `sheernet.data.tables.KINDS`."""
        return str(self._once("kind", name, kind))

    def distinct(self, name: str) -> tuple[Indices, tuple[Any, ...]]:
        """Find the distinct values of a column.

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
        """Return find(column), computed at the first call with this `what` and `name`."""
        key = (what, name)
        if key not in self._found:
            self._found[key] = find(self.column(name))
        return self._found[key]

    def take(self, rows: Indices) -> Table:
        """Return the rows with the given indices, in that order, as a table of the same source."""
        frame = self.frame.iloc[rows].reset_index(drop=True)
        return replace(self, frame=frame, origin=rows if self.origin is None else self.origin[rows])

    def row_number(self, row: int) -> int:
        """Return the number, from 1, that the row with this index has in `source`."""
        return int(row if self.origin is None else self.origin[row]) + 1

    def row_place(self, row: int) -> str:
        """Name the row with this index for a message, as in `source`."""
        return self.row_places([row])

    def row_places(self, rows: Sequence[int], most: int = 5) -> str:
        """Name the rows with these indices for a message, as in `source`."""
        return row_places([self.row_number(row) - 1 for row in rows], self.sheet_rows, most)

    @property
    def formats(self) -> Mapping[str, CellFormat]:
        """Format of each column that was read from text, by name."""
        return self.read_as.formats


_MARKS = {True: object(), False: object()}
"""Objects that stand for Boolean values among others, because True equals 1, and False equals 0."""
_MARKED = {mark: value for value, mark in _MARKS.items()}


def _distinct(column: pd.Series[Any]) -> tuple[Indices, tuple[Any, ...]]:
    pandas = import_pandas()
    types = set(map(type, column)) if column.dtype == object else set()
    has_marks = len(types) > 1 and not types.isdisjoint((bool, np.bool_))
    if has_marks:
        column = column.map(lambda cell: _MARKS[cell] if type(cell) in (bool, np.bool_) else cell)
    codes, values = pandas.factorize(column)
    codes = codes.astype(np.intp, copy=False)
    codes.flags.writeable = False
    found = tuple(pandas.Index(values).tolist())
    return codes, tuple(_MARKED.get(value, value) for value in found) if has_marks else found


def make_table(
    frame: pd.DataFrame,
    source: str,
    reading: str = "",
    read_as: Reading | None = None,
    orders: Mapping[str, tuple[Any, ...]] | None = None,
) -> Table:
    """Convert a DataFrame with any index, names and dtypes to a table.

    Parameters
    ----------
    frame : DataFrame, (N, number of columns)
        Not modified; the table may share its memory.
    source, reading, read_as, orders
        See `Table`; `orders` has the orders of columns that are no longer categorical.

    Returns
    -------
    Table
        Object columns become numbers, Booleans or dates if all their values are; durations become hours, periods their
        beginnings, and intervals text; categorical columns get the dtype of their categories.

    Raises
    ------
    InvalidInput
        If the frame has no columns or no rows, or its names have several levels or are not distinct.
    """
    if frame.columns.nlevels > 1:
        raise InvalidInput(
            f"{source} has column names of {frame.columns.nlevels} levels; give each column a single name "
            '(frame.columns = ["_".join(map(str, name)) for name in frame.columns])'
        )
    names = [str(name) for name in frame.columns]
    require_distinct(names, source)
    _require_valid_text(names, source)
    if not names:
        raise InvalidInput(f"{source} has no columns; at least one is needed")
    if len(frame) == 0:
        raise InvalidInput(f"{source} has no rows below its header; at least one is needed")
    plain = frame.set_axis(names, axis="columns").reset_index(drop=True)
    durations = {}
    for position, dtype in enumerate(frame.dtypes):
        if isinstance(dtype, np.dtype) and not (dtype.hasobject or dtype.kind == "m"):
            if not dtype.isnative:  # of a big-endian file; pandas refuses them later
                native = plain.iloc[:, position].to_numpy().astype(dtype.newbyteorder("="))
                plain.isetitem(position, native)
            continue
        hours = durations_as_hours(plain.iloc[:, position])
        if hours is not None:
            durations[names[position]] = DURATION
        plain.isetitem(position, _plain(plain.iloc[:, position]).array if hours is None else hours)
    read_as = read_as or Reading()
    if durations:
        read_as = replace(read_as, formats={**read_as.formats, **durations})
    return Table(plain, source, reading, read_as, {**(orders or {}), **_orders(frame, names)})


def _orders(frame: pd.DataFrame, names: Sequence[str]) -> dict[str, tuple[Any, ...]]:
    """Return the categories of the columns that are ordered categoricals, by name."""
    categorical = import_pandas().CategoricalDtype
    return {
        name: tuple(dtype.categories.tolist())
        for name, dtype in zip(names, frame.dtypes, strict=True)
        if isinstance(dtype, categorical) and dtype.ordered
    }


def require_distinct(names: Sequence[str], source: str, header: str = "") -> None:
    """Raise if two columns have the same name; `header` is the setting by which they were read from a file."""
    repeated = first_repeated(names)
    if repeated is not None:
        are_values = sentence(", or give {} if they are values", Setting("header", "none"))
        two_tables = (
            "; if they belong to two tables with an empty column between them, save these separately"
            if repeated in behind_gap(names)
            else ""
        )
        raise InvalidInput(
            "{} has more than one column named {!r}, but names must be distinct; rename one{}{}",
            source, repeated, are_values if header in ("auto", "yes") else "", two_tables,
        )  # fmt: skip


def _require_valid_text(names: Sequence[str], source: str) -> None:
    """Raise if a name has a character that no file can hold, such as a byte of an unknown encoding."""
    for name in names:
        try:
            name.encode()
        except UnicodeEncodeError:
            raise InvalidInput(
                f"{source} has a column named {in_quotes(name)}, which has characters that no file can hold; rename it"
            ) from None


def _plain(column: pd.Series[Any]) -> pd.Series[Any]:
    """Convert a column to the simplest dtype that holds its values."""
    pandas = import_pandas()
    column = _of_ranges(column)
    if isinstance(column.dtype, pandas.CategoricalDtype):
        categories = column.cat.categories
        # NumPy's whole numbers cannot be missing.
        if categories.dtype.kind in "iu" and column.isna().any():
            nullable = categories.astype("Int64" if categories.dtype.kind == "i" else "UInt64")
            return pandas.Series(nullable.array.take(column.cat.codes.to_numpy(), allow_fill=True))
        column = column.astype(categories.dtype)
    if str(column.dtype).startswith("dictionary<"):  # categories of pyarrow
        column = column.astype(object)
    if column.dtype != object:
        return column
    if has_masked_values(column.to_numpy()):
        column = pandas.Series(unmasked(column.to_numpy()), dtype=object, index=column.index)
    found = kind(column)
    if found == "number":
        return _convert_numbers(column)
    if found == "date":
        try:
            return pandas.to_datetime(column)
        except ValueError:  # pandas 2: before 1677; or only some dates have a time zone
            return column
    return column.infer_objects() if found == "boolean" else column


def _of_ranges(column: pd.Series[Any]) -> pd.Series[Any]:
    """Convert periods to their beginnings, and intervals to text; return other columns unchanged."""
    pandas = import_pandas()
    categories = getattr(column.dtype, "categories", None)
    dtype = column.dtype if categories is None else categories.dtype
    if isinstance(dtype, pandas.IntervalDtype):
        return column.astype(object).map(str, na_action="ignore")
    if isinstance(dtype, pandas.PeriodDtype):
        return pandas.Series(column.astype(dtype).dt.to_timestamp())
    return column


def _convert_numbers(column: pd.Series[Any]) -> pd.Series[Any]:
    """Convert the numbers in an object column to int64 if all are whole and fit, otherwise to float64.

    Whole numbers of a column with missing values that are equal as float64 are identifiers and become text.
    """
    pandas = import_pandas()
    missing = column.isna()
    if missing.any() and collide(map(str, column[~missing])):  # identifiers
        return column.where(missing, column.map(str))
    whole = _nullable_integers(column[~missing]) if missing.any() else None
    if whole is not None:
        return whole.reindex(column.index)
    inferred = column.infer_objects()
    if inferred.dtype != object:
        return inferred
    values = [
        np.nan if is_missing else _float(value)
        for value, is_missing in zip(column, missing, strict=True)
    ]
    return pandas.Series(values, index=column.index, dtype=np.float64)


def _nullable_integers(numbers: pd.Series[Any]) -> pd.Series[Any] | None:
    """Convert integers that float64 does not hold to a dtype of pandas with missing values; None if there are none."""
    values = numbers.tolist()
    if (
        not all(isinstance(v, (int, np.integer)) for v in values)
        or max(map(abs, values)) <= LARGEST_EXACT
    ):
        return None
    try:
        return numbers.astype("UInt64" if max(values) >= 2**63 else "Int64")
    except (OverflowError, TypeError, ValueError):
        return None


def _float(value: Any) -> float:
    """Convert to the nearest float64; infinite if too large, like the text 1e999."""
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def another_sheet(table: Table) -> Sentence:
    """Return the end of a message that asks for another sheet, if the first of several was read; otherwise ""."""
    sheet = _SHEET.search(table.reading)
    if sheet is None:
        return sentence("")
    return sentence(
        ", or another sheet with {}: this is {}, {}", Setting("sheet"), sheet[1], sheet[2]
    )


def advice_on_skip(reading: str) -> Sentence:
    """Return the end of a message about a file of which lines are skipped because of a model; otherwise ""."""
    skipped = next((part for part in reading.split("; ") if part.endswith(AS_MODEL)), None)
    if skipped is None:
        return sentence("")
    return sentence("; {}: give {} if they belong to the table", skipped, Setting("skip", 0))


def _unknown_column_message(name: str, table: Table) -> Sentence:
    """Return the message for an unknown column: the columns, and similar names or other sheets."""
    near = nearest(name, table.columns, 2)
    advice = f"did you mean {' or '.join(map(in_quotes, near))}?" if near else "name one of these"
    if "~" in name:
        advice = sentence(
            "there are no formulas: name the target with {}, and other columns with {}",
            Setting("target", name.partition("~")[0].strip()), Setting("inputs"),
        )  # fmt: skip
    several = [part.strip() for part in re.split("[,+]", name)]
    if len(several) > 1 and set(several) <= set(table.columns):
        near, advice = several, f"several columns are given as a list: {several}"
    elif _FORMULA.search(name) and set(_FORMULA.split(name)) & set(table.columns):
        advice = (
            "there are no formulas: put logarithms, powers and products into columns of the table"
        )
    other = another_sheet(table)
    advice = advice.removesuffix("?") if other else advice
    columns = listed_names(table.columns)
    if table.reading and len(table.columns) == 1 and set(columns) & set(SEPARATORS) - {" "}:
        return sentence(
            "{} has no column {!r}: its only column is {!r}, {}",
            table.source, name, table.columns[0], _why_one_column(table),
        )  # fmt: skip
    special = _columns_of_matrix(name, table) or _in_first_column(name, table)
    return sentence(
        "{} has no column {!r}: its columns are {}; {}{}{}",
        table.source, name, columns, special or advice, other,
        advice_on_skip(table.reading),
    )  # fmt: skip


def _why_one_column(table: Table) -> Sentence:
    """Say why a file is a single column although its name has separators, and the next step."""
    read = _SEPARATED.match(table.reading)
    if read is None:
        return sentence(
            "whose cells hold whole lines; divide them with Text to Columns of the spreadsheet program"
        )
    in_marks = (
        ""
        if table.read_as.separator
        else ", or, if whole lines are in quotation marks, remove these"
    )
    return sentence(
        "because the file was read with {}; give another {}{}",
        read[1],
        Setting("separator"),
        in_marks,
    )


def may_be_turned(table: Table, names: Iterable[str]) -> bool:
    """Whether names of columns are cells of the first column of a file that was read with samples in rows."""
    if not table.reading or table.read_as.samples == "columns":
        return False
    return set(names) <= {c.strip() for c in table.frame.iloc[:, 0] if isinstance(c, str)}


def _in_first_column(name: str, table: Table) -> Sentence | None:
    """Return the advice if a cell of the first column of a file is the name; None otherwise."""
    if not may_be_turned(table, [name]):
        return None
    return sentence(
        "{!r} is in the first of them: if it is a name, and samples are columns, give {}",
        name, Setting("samples", "columns"),
    )  # fmt: skip


def _columns_of_matrix(name: str, table: Table) -> Sentence | None:
    """Return the advice if the name belongs to a matrix, whose columns are numbered; None otherwise."""
    parts = [each for each in table.columns if re.fullmatch(re.escape(name) + "[0-9]+", each)]
    if len(parts) < 2:
        return None
    turned = sentence(", or, if its columns are the samples, use {}", Setting("samples", "columns"))
    widths = table.read_as.numbered
    is_grid = any(n == len(parts) for other, n in widths.items() if other != name)
    grid = ", or, if each of its values is a row, as for ndgrid, save each matrix as a column: {0} = {0}(:)"
    return sentence(
        "the columns of matrix {!r} are {}: name them{}{}",
        name, listed(parts, most=3), turned if len(parts) > len(table) else "",
        grid.format(name) if is_grid else "",
    )  # fmt: skip
