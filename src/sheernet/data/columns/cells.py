"""From the cells of a table's column to numbers or labels, and the sentences for cells that are neither.

    number     as it is; true and false are 1 and 0; text that is a number in every cell ("007") is taken too
    boolean    1 and 0; numbers that are all 1 or 0 are taken too
    date       days since 1970-01-01, in UTC where a time zone is given, with the time of day as a fraction;
               text in ISO 8601 form ("2024-03-01", "2024-03-01T12:00") is taken too
    label      text as it is, whole numbers "7" (7.0 too), others "0.5", truth values "True" and "False",
               dates "2024-03-01", with their time where one is not midnight: "2024-03-01T12:00:00"

The numbers of rows in messages count from 1 at the first row of data.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from sheernet.data.tables.table import Indices, Table
from sheernet.foundation.arrays import Array
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.optional import import_optional

if TYPE_CHECKING:
    import pandas as pd

NUMBER_KINDS = ("number", "boolean", "date")
PLAIN = {
    "f": "number",
    "i": "number",
    "u": "number",
    "b": "boolean",
}  # dtypes that need no second look
DAY = np.timedelta64(1, "D")
NOUNS = {
    "number": "numbers",
    "boolean": "truth values",
    "date": "dates",
    "category": "text",
    "mixed": "text among its numbers",
    "empty": "nothing",
    "other": "values that are neither numbers nor text",
}
SHOWN = 8  # names or labels that a message lists before it says how many more there are
NAME_ANOTHER = "mend it, or name another column"
AS_FITTED = "mend it, or give the column the kind of values it was fitted to"
MEND_LISTS = "write one number or text in each cell, or leave the column out"
LETTERS = 40  # of a cell that a message quotes
DATES_LOOKED_AT = 100  # values of a column
_DATE = re.compile(r"\s*\d{1,4}[./-]\d{1,2}[./-]\d{1,4}(\s.*)?")

Truth = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Gap:
    """Missing values of a column: how many, and the first row that has one, counted from 0."""

    name: str
    count: int
    row: int

    @classmethod
    def among(cls, name: str, missing: Truth) -> Gap | None:
        """The gap of a column, or None where nothing is missing."""
        count = int(np.count_nonzero(missing))
        return cls(name, count, int(missing.argmax())) if count else None


def as_numbers(table: Table, name: str, kind: str, *, advice: str = NAME_ANOTHER) -> Array:
    """Read a column as numbers.

    Parameters
    ----------
    table : Table
        N rows.
    name : str
        Of the column.
    kind : {"number", "boolean", "date"}
        What it has to hold.
    advice : str
        What to do about a column that holds something else, for the end of the sentence: `AS_FITTED` where a model is
        asked, which was fitted to such a column before.

    Returns
    -------
    ndarray, (N,)
        nan where a value is missing.  It may share memory with the table: not to be written to.

    Raises
    ------
    InvalidInput
        When the column is unknown or holds something else; the first such value is named.

    Examples
    --------
    >>> import sheernet as sn
    >>> from sheernet.data.columns.cells import as_numbers
    >>> as_numbers(sn.read_table({"on": [True, False]}), "on", "number").tolist()
    [1.0, 0.0]
    """
    column = table.column(name)
    found = PLAIN.get(column.dtype.kind) or table.kind(name)
    if found == "empty":
        return np.full(len(column), np.nan)
    if kind == "date":
        return _days(table, name, column, found, advice)
    if found == "category":
        column, found = _as_counted(column, found)
    if found not in ("number", "boolean"):
        raise _wrong_kind(table, name, column, found, kind, advice)
    values = _floats(column)
    if kind == "boolean" and found == "number":
        bad = ~((values == 0) | (values == 1) | np.isnan(values))
        if bad.any():
            row = int(bad.argmax())
            raise InvalidInput(
                f"column {name!r} of {table.source} must hold true or false (or 1 and 0), but data row {row + 1} has "
                f"{values[row]:g}; mend it, or fit a model to the column as it is"
            )
    return values


def as_labels(table: Table, name: str) -> tuple[Indices, list[str]]:
    """Read a column as labels.

    Returns
    -------
    codes : ndarray of int, (N,)
        Place of each row's label in `labels`; -1 where the value is missing.
    labels : list of str
        All different, in the order in which they first occur.

    Raises
    ------
    InvalidInput
        When the column is unknown, or holds lists or the like.

    Examples
    --------
    >>> import sheernet as sn
    >>> from sheernet.data.columns.cells import as_labels
    >>> codes, labels = as_labels(sn.read_table({"size": [2.0, 1.0, 2.0]}), "size")
    >>> codes.tolist(), labels
    ([0, 1, 0], ['2', '1'])
    """
    codes, values = distinct(table, name)
    texts = [label_of(value) for value in values]
    labels = list(dict.fromkeys(texts))
    if len(labels) == len(texts):
        return codes, labels
    place = {label: i for i, label in enumerate(labels)}  # 1 and "1" are one label
    return np.array([place[text] for text in texts] + [-1], dtype=np.intp)[codes], labels


def distinct(table: Table, name: str) -> tuple[Indices, tuple[Any, ...]]:
    """The distinct values of a column, as `Table.distinct` returns them; InvalidInput if they are lists or the like."""
    try:
        return table.distinct(name)
    except TypeError:
        raise _wrong_kind(
            table, name, table.column(name), "other", "category", MEND_LISTS
        ) from None


def label_of(value: Any) -> str:
    """The label of one value that is not missing; see the top of this file."""
    if isinstance(value, bool | np.bool_):
        return str(bool(value))
    if isinstance(value, datetime.date):
        text = value.isoformat()
        return text.removesuffix("T00:00:00")
    if isinstance(value, float | np.floating):
        return str(int(value)) if value.is_integer() else repr(float(value))
    return str(value)


def first_text(table: Table, name: str) -> tuple[int, Any, int]:
    """The first cell of a column that is text and no number: its row from 0, its value, and how many there are."""
    column = table.column(name)
    present = column.notna()
    text = present & pandas().to_numeric(column, errors="coerce").isna()
    places = np.flatnonzero((text if text.any() else present).to_numpy())
    return int(places[0]), column.iloc[places[0]], len(places)


def missing_values(source: str, gaps: Sequence[Gap], way_out: str) -> InvalidInput:
    """Build the error for missing values: each column with its count and first row, and what to do."""
    shown = ", ".join(
        f"{gap.name!r} {gap.count} (first in data row {gap.row + 1})" for gap in gaps[:SHOWN]
    )
    more = f" and {len(gaps) - SHOWN} more columns" if len(gaps) > SHOWN else ""
    verb = (
        "has missing values in 1 column"
        if len(gaps) == 1
        else f"has missing values in {len(gaps)} columns"
    )
    return InvalidInput(f"{source} {verb}: {shown}{more}; {way_out}")


def require_finite(source: str, names: Sequence[str], X: Array) -> None:
    """Refuse infinite values in the columns of a matrix (N, number of names)."""
    bad = np.isinf(X)
    if bad.any():
        column = int(bad.any(axis=0).argmax())
        row = int(bad[:, column].argmax())
        raise InvalidInput(
            f"column {names[column]!r} of {source} must hold finite numbers, but data row {row + 1} has "
            f"{X[row, column]}, or a number beyond 1.8e308 ({int(bad[:, column].sum())} such in the column); mend or "
            "remove these rows"
        )


def quoted(value: Any) -> str:
    """A cell as a message shows it, cut where it is long."""
    text = value if isinstance(value, str) else label_of(value)
    text = text if len(text) <= LETTERS else text[: LETTERS - 1] + "…"
    return repr(text) if isinstance(value, str) else text


def listed(labels: Sequence[Any]) -> str:
    """Labels as a message lists them: up to eight, and how many more."""
    more = f" and {len(labels) - SHOWN} more" if len(labels) > SHOWN else ""
    return ", ".join(map(quoted, labels[:SHOWN])) + more


def pandas() -> ModuleType:
    """The package pandas, or the sentence how to install it."""
    return import_optional("pandas", extra="tables", purpose="tables")


def _floats(column: pd.Series[Any]) -> Array:
    """Numbers or truth values of any storage as float64; nan where missing."""
    if column.dtype != object:
        if isinstance(column.dtype, np.dtype):
            return column.to_numpy(dtype=np.float64)
        return column.to_numpy(dtype=np.float64, na_value=np.nan)
    values = np.full(len(column), np.nan)
    present = column.notna().to_numpy()
    values[present] = column.to_numpy()[present].astype(np.float64)
    return values


def date_like(table: Table, name: str) -> str:
    """The first value of a text column that seems to hold dates not written as ISO 8601 has it, otherwise ""."""
    values = table.column(name).dropna().iloc[:DATES_LOOKED_AT]
    dates = values.map(lambda text: _DATE.fullmatch(str(text)) is not None).all()
    return str(values.iloc[0]) if dates else ""


def _as_counted(column: pd.Series[Any], found: str) -> tuple[pd.Series[Any], str]:
    """Numbers of text that is one in each cell: "007", which a table keeps as written, where a number is asked for."""
    numbers = pandas().to_numeric(column, errors="coerce")
    return (column, found) if (numbers.isna() & column.notna()).any() else (numbers, "number")


def _days(table: Table, name: str, column: pd.Series[Any], found: str, advice: str) -> Array:
    if found not in ("date", "category"):
        raise _wrong_kind(table, name, column, found, "date", advice)
    form = {"format": "ISO8601"} if found == "category" else {}
    stamps = pandas().to_datetime(column, utc=True, errors="coerce", **form)
    bad = (stamps.isna() & column.notna()).to_numpy()
    if bad.any():
        row = int(bad.argmax())
        raise InvalidInput(
            f"column {name!r} of {table.source} must hold dates, but data row {row + 1} has "
            f"{quoted(column.iloc[row])}; write dates as 2024-03-01 or 2024-03-01T12:00, with a year of four digits"
        )
    moments = stamps.dt.tz_localize(None).to_numpy()
    days = moments.astype("datetime64[D]")
    result = days.astype(np.int64) + (moments - days) / DAY  # rounded once, in the sum
    return np.where(np.isnat(moments), np.nan, result)


def _wrong_kind(
    table: Table, name: str, column: pd.Series[Any], found: str, wanted: str, advice: str
) -> InvalidInput:
    """The error for a column that holds one kind of thing where a model needs another."""
    if found in ("category", "mixed") and wanted == "number":
        row, value, count = first_text(table, name)
    else:
        present = column.notna().to_numpy()
        row, count = int(present.argmax()), int(present.sum())
        value = column.iloc[row]
    such = f" ({count} such values)" if count > 1 else ""
    return InvalidInput(
        f"column {name!r} of {table.source} must hold {'text' if wanted == 'category' else NOUNS[wanted]}, but data "
        f"row {row + 1} has {quoted(value)}{such}; {advice}"
    )
