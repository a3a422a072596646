"""Converting the cells of a column to numbers or labels, and the errors for cells that are neither.

    number     unchanged; true and false are 1 and 0; text that is a number in every cell ("007") is converted
    boolean    1 and 0; numbers that are all 1 or 0 are accepted
    date       days since 1970-01-01, in UTC if a time zone is given, with the time of day as a fraction;
               text in ISO 8601 form ("2024-03-01", "2024-03-01T12:00") is accepted
    label      text unchanged, whole numbers "7" (7.0 too), others "0.5", truth values "True" and "False",
               dates "2024-03-01", with the time if it is not midnight: "2024-03-01T12:00:00"

Row numbers in messages count from 1 at the first row of data.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from sheernet.data.tables.frames import import_pandas
from sheernet.data.tables.table import Indices, Table
from sheernet.foundation.arrays import Array
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.sentences import sentence
from sheernet.foundation.words import counted, listed

if TYPE_CHECKING:
    import pandas as pd

NUMBER_KINDS = ("number", "boolean", "date")
PLAIN = {
    "f": "number",
    "i": "number",
    "u": "number",
    "b": "boolean",
}
"""Kinds of columns that follow from the dtype alone."""
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
SHOWN = 8
"""Names or labels that a message lists at most."""
NAME_ANOTHER = "fix it, or name another column"
AS_FITTED = "fix it, or give the column the kind of values that the model was fitted to"
ONE_VALUE = "write one number or text in each cell, or leave the column out"
LETTERS = 40
"""Letters of a cell that a message quotes."""
DATES_TRIED = 100
"""Values of a column by which it is recognized as dates."""
_DATE = re.compile(r"\s*\d{1,4}[./-]\d{1,2}[./-]\d{1,4}(\s.*)?")

Truth = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Gap:
    """The missing values of a column: their number, and the first row with one, from 0."""

    name: str
    count: int
    row: int

    @classmethod
    def among(cls, name: str, missing: Truth) -> Gap | None:
        """The gap of a column, or None if nothing is missing."""
        count = int(np.count_nonzero(missing))
        return cls(name, count, int(missing.argmax())) if count else None


def as_numbers(table: Table, name: str, kind: str, *, advice: str = NAME_ANOTHER) -> Array:
    """Convert a column to numbers.

    Parameters
    ----------
    table : Table
        N rows.
    name : str
        Name of the column.
    kind : {"number", "boolean", "date"}
        Required kind of the column.
    advice : str
        End of the message if the column has another kind: `AS_FITTED` if a model was fitted to the column.

    Returns
    -------
    ndarray, (N,)
        nan for a missing value.  It may share memory with the table and must not be written to.

    Raises
    ------
    InvalidInput
        If the column is unknown or has another kind; the message shows the first such value.

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
        column, found = _text_as_numbers(column, found)
    if found not in ("number", "boolean"):
        raise _wrong_kind(table, name, column, found, kind, advice)
    values = _floats(column)
    if kind == "boolean" and found == "number":
        bad = ~((values == 0) | (values == 1) | np.isnan(values))
        if bad.any():
            row = int(bad.argmax())
            raise InvalidInput(
                f"column {name!r} of {table.source} must hold true or false (or 1 and 0), but data row {row + 1} has "
                f"{values[row]:g}; fix it, or fit a model to the column as it is"
            )
    return values


def as_labels(table: Table, name: str) -> tuple[Indices, list[str]]:
    """Convert a column to labels.

    Returns
    -------
    codes : ndarray of int, (N,)
        Index of each row's label in `labels`; -1 if the value is missing.
    labels : list of str
        The distinct labels, in the order of their first rows.

    Raises
    ------
    InvalidInput
        If the column is unknown, or holds lists or the like.

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
    place = {label: i for i, label in enumerate(labels)}  # 1 and "1" are the same label
    return np.array([place[text] for text in texts] + [-1], dtype=np.intp)[codes], labels


def distinct(table: Table, name: str) -> tuple[Indices, tuple[Any, ...]]:
    """The distinct values of a column, as `Table.distinct` returns them; InvalidInput if they are lists or the like."""
    try:
        return table.distinct(name)
    except TypeError:
        raise _wrong_kind(table, name, table.column(name), "other", "category", ONE_VALUE) from None


def label_of(value: Any) -> str:
    """The label of a value that is not missing; see the top of this file."""
    if isinstance(value, bool | np.bool_):
        return str(bool(value))
    if isinstance(value, datetime.date):
        text = value.isoformat()
        return text.removesuffix("T00:00:00")
    if isinstance(value, float | np.floating):
        return str(int(value)) if value.is_integer() else repr(float(value))
    return str(value)


def first_text(table: Table, name: str) -> tuple[int, Any, int]:
    """The first cell that is text but not a number: its row from 0, its value, and the number of such cells."""
    column = table.column(name)
    present = column.notna()
    text = present & import_pandas().to_numeric(column, errors="coerce").isna()
    places = np.flatnonzero((text if text.any() else present).to_numpy())
    return int(places[0]), column.iloc[places[0]], len(places)


def missing_values(source: str, gaps: Sequence[Gap], way_out: str) -> InvalidInput:
    """The error for missing values: each column with its number and first row, and the advice."""
    shown = [f"{gap.name!r} {gap.count} (first in data row {gap.row + 1})" for gap in gaps]
    return InvalidInput(
        sentence(
            "{} has missing values in {}: {}; {}",
            source, counted(len(gaps), "column"), listed(shown, most=SHOWN), way_out,
        )
    )  # fmt: skip


def require_finite(source: str, names: Sequence[str], X: Array) -> None:
    """Raise if a matrix (N, number of names) has infinite values."""
    bad = np.isinf(X)
    if bad.any():
        column = int(bad.any(axis=0).argmax())
        row = int(bad[:, column].argmax())
        raise InvalidInput(
            f"column {names[column]!r} of {source} must hold finite numbers, but data row {row + 1} has "
            f"{X[row, column]}, or a number beyond 1.8e308 ({int(bad[:, column].sum())} such in the column); fix or "
            "remove these rows"
        )


def quoted(value: Any) -> str:
    """A cell as a message shows it, shortened if it is long."""
    text = value if isinstance(value, str) else label_of(value)
    text = text if len(text) <= LETTERS else text[: LETTERS - 1] + "…"
    return repr(text) if isinstance(value, str) else text


def listed_labels(labels: Sequence[Any]) -> str:
    """Labels as a message lists them."""
    return listed(list(map(quoted, labels)), most=SHOWN)


def _floats(column: pd.Series[Any]) -> Array:
    """Numbers or truth values of any type as float64; nan if missing."""
    if column.dtype != object:
        if isinstance(column.dtype, np.dtype):
            return column.to_numpy(dtype=np.float64)
        return column.to_numpy(dtype=np.float64, na_value=np.nan)
    values = np.full(len(column), np.nan)
    present = column.notna().to_numpy()
    values[present] = column.to_numpy()[present].astype(np.float64)
    return values


def date_like(table: Table, name: str) -> str:
    """The first value of a text column if its values seem to be dates that are not in ISO 8601 form, otherwise ""."""
    values = table.column(name).dropna().iloc[:DATES_TRIED]
    dates = values.map(lambda text: _DATE.fullmatch(str(text)) is not None).all()
    return str(values.iloc[0]) if dates else ""


def _text_as_numbers(column: pd.Series[Any], found: str) -> tuple[pd.Series[Any], str]:
    """The numbers of text that is a number in each cell, such as "007", which a table keeps as written."""
    numbers = import_pandas().to_numeric(column, errors="coerce")
    return (column, found) if (numbers.isna() & column.notna()).any() else (numbers, "number")


def _days(table: Table, name: str, column: pd.Series[Any], found: str, advice: str) -> Array:
    if found not in ("date", "category"):
        raise _wrong_kind(table, name, column, found, "date", advice)
    form = {"format": "ISO8601"} if found == "category" else {}
    stamps = import_pandas().to_datetime(column, utc=True, errors="coerce", **form)
    bad = (stamps.isna() & column.notna()).to_numpy()
    if bad.any():
        row = int(bad.argmax())
        raise InvalidInput(
            f"column {name!r} of {table.source} must hold dates, but data row {row + 1} has "
            f"{quoted(column.iloc[row])}; write dates as 2024-03-01 or 2024-03-01T12:00, with a year of four digits"
        )
    moments = stamps.dt.tz_localize(None).to_numpy()
    days = moments.astype("datetime64[D]")
    result = days.astype(np.int64) + (moments - days) / DAY  # rounded once, by the addition
    return np.where(np.isnat(moments), np.nan, result)


def _wrong_kind(
    table: Table, name: str, column: pd.Series[Any], found: str, wanted: str, advice: str
) -> InvalidInput:
    """The error for a column whose kind is not the one that is needed."""
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
