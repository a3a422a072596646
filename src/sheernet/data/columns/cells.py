"""Converting a column of a table to float64 numbers or to text labels, and the errors for cells of another kind.

    number     unchanged; true and false are 1 and 0; text is converted if every cell is a number ("007")
    boolean    true and false are 1 and 0; numbers are accepted if all are 1 or 0
    date       days since 1970-01-01, in UTC if a time zone is given, with the time of day as a fraction;
               text in ISO 8601 form ("2024-03-01", "2024-03-01T12:00") is accepted
    time       hours since midnight; text such as "14:30" is accepted
    label      text without spaces around it, whole numbers "7" (7.0 too), others "0.5", Booleans "True" and "False",
               dates "2024-03-01", with the time if it is not midnight: "2024-03-01T12:00:00"

Row numbers in messages count from 1 at the first row of data.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sheernet.data.formats.dates import (
    ISO_FORMAT,
    DateFormat,
    Doubt,
    certain_format,
    find_date_format,
)
from sheernet.data.formats.digit_codes import LARGEST_EXACT
from sheernet.data.formats.number_formats import are_numbers, find_format
from sheernet.data.formats.row_places import row_places
from sheernet.data.formats.text_conversion import doubtful_mark
from sheernet.data.tables.kinds import have_kind
from sheernet.data.tables.table import Table
from sheernet.foundation.arrays import Array, Indices, Mask
from sheernet.foundation.caller_warnings import warn
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.message_text import counted, listed, plural_of
from sheernet.foundation.pandas_import import import_pandas
from sheernet.foundation.sentences import ReadSetting, in_quotes, sentence

if TYPE_CHECKING:
    import pandas as pd

NUMBER_KINDS = ("number", "boolean", "date", "time")
MOMENTS = ("date", "time")
PLAIN = {
    "f": "number",
    "i": "number",
    "u": "number",
    "b": "boolean",
}
"""Kind of a column for each dtype that determines it."""
DAY = np.timedelta64(1, "D")
NOUNS = {
    "number": "numbers",
    "boolean": "Boolean values",
    "date": "dates",
    "time": "times of day",
    "category": "text",
    "mixed": "text among its numbers",
    "empty": "no values",
    "other": "values that are not all numbers, all dates or all text",
}
SHOWN = 8
"""Maximum number of names or labels that a message lists."""
NAME_ANOTHER = "correct the cell, or name another column"
AS_FITTED = "correct the cell, or give the column the kind of values that the model was fitted to"
ONE_VALUE = "write one number or text in each cell"
QUOTED_LENGTH = 40
"""Maximum number of characters of a cell that a message quotes."""


@dataclass(frozen=True)
class Gap:
    """The missing values of a column: their number, the first row with one, and why they may be missing."""

    name: str
    count: int
    row: int
    why: str = ""

    @classmethod
    def among(cls, name: str, missing: Mask) -> Gap | None:
        """Return the gap of a column, or None if no value is missing."""
        count = int(np.count_nonzero(missing))
        return cls(name, count, int(missing.argmax())) if count else None


@dataclass(frozen=True)
class TextCells:
    """The cells that are text, or Boolean: the distinct texts in the order of their rows, the first row, the count.

    The row is counted from 0 in the source of the table, which may have more rows; `place` names it.
    """

    texts: tuple[str, ...]
    row: int
    count: int
    place: str


def as_numbers(table: Table, name: str, kind: str, *, advice: str = NAME_ANOTHER) -> Array:
    """Convert a column to numbers.

    Parameters
    ----------
    table : Table
        N rows.
    name : str
        Name of the column.
    kind : {"number", "boolean", "date", "time"}
        Required kind of the column.
    advice : str
        Advice at the end of the message if the column has another kind; `AS_FITTED` for a column of a fitted model.

    Returns
    -------
    ndarray, (N,)
        nan for a missing value.  The array may share memory with the table and must not be modified.

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
    if found == "empty" or (kind in MOMENTS and not column.notna().any()):
        return np.full(len(column), np.nan)
    if kind == "date":
        return _days(table, name, column, found, advice)
    if kind == "time":
        return _hours(table, name, column, found, advice)
    if found == "category":
        column, found = _text_as_numbers(table, name, column)
    if found not in ("number", "boolean"):
        raise _wrong_kind_error(table, name, column, found, kind, advice)
    values = _floats(column)
    if kind == "boolean" and found == "number":
        bad = ~((values == 0) | (values == 1) | np.isnan(values))
        if bad.any():
            row = int(bad.argmax())
            raise InvalidInput(
                f"column {in_quotes(name)} of {table.source} must hold true or false (or 1 and 0), but "
                f"{table.row_place(row)} has {values[row]:g}; correct the cell, or fit a model to the column as it is"
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
        If the column is unknown, or holds values that are neither numbers, dates nor text, such as lists.

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
    position = {label: i for i, label in enumerate(labels)}  # 1 and "1" are the same label
    return np.array([position[text] for text in texts] + [-1], dtype=np.intp)[codes], labels


def sorted_labels(table: Table, name: str, labels: Sequence[str]) -> list[str]:
    """Labels of a column in the order of its categories, if it was an ordered categorical of pandas; else sorted.

    Examples
    --------
    >>> import pandas as pd
    >>> import sheernet as sn
    >>> from sheernet.data.columns.cells import sorted_labels
    >>> sizes = pd.Categorical(["low", "high"], ["low", "high"], ordered=True)
    >>> sorted_labels(sn.read_table({"size": sizes}), "size", ["high", "low"])
    ['low', 'high']
    """
    return in_order(labels, table.orders.get(name, ()))


def in_order(labels: Iterable[str], order: Sequence[Any]) -> list[str]:
    """Return labels in the order of the given categories, followed by the other labels, sorted."""
    place = {label_of(value): i for i, value in enumerate(order)}
    return sorted(labels, key=lambda label: (place.get(label, len(place)), label))


def distinct(table: Table, name: str) -> tuple[Indices, tuple[Any, ...]]:
    """Return `Table.distinct`; raise InvalidInput if values cannot be hashed, such as lists."""
    try:
        return table.distinct(name)
    except TypeError:
        raise _wrong_kind_error(
            table, name, table.column(name), "other", "category", ONE_VALUE
        ) from None


def label_of(value: Any) -> str:
    """Return the label of a value that is not missing, as defined at the top of this file."""
    if isinstance(value, bool | np.bool_):
        return str(bool(value))
    if isinstance(value, datetime.date):
        if isinstance(value, datetime.datetime) and value.tzinfo is not None:
            value = value.astimezone(datetime.UTC)  # so the offsets of other rows do not matter
        text = value.isoformat()
        return text.removesuffix("T00:00:00")
    if isinstance(value, float | np.floating):
        return str(int(value)) if value.is_integer() else repr(float(value))
    return str(value).strip()


def texts_of(table: Table, name: str) -> TextCells:
    """Find the cells of a column that are text or Boolean values, but not numbers."""
    codes, values = distinct(table, name)
    present = codes[codes >= 0]
    firsts = np.flatnonzero(codes >= 0)[np.unique(present, return_index=True)[1]]
    counts = np.bincount(present, minlength=len(values))
    rows = [table.row_number(row) - 1 for row in firsts]
    return text_cells(values, rows, counts, table.sheet_rows)


def text_cells(
    values: Sequence[Any], rows: Sequence[int], counts: Indices, sheet_rows: Indices | None = None
) -> TextCells:
    """Find the distinct values that are text or Boolean, but not numbers; all texts if every text is a number.

    Parameters
    ----------
    values : sequence, length K
        The distinct values of a column, none of them missing.
    rows : sequence of int, length K
        The first row of each value.
    counts : ndarray of int, (K,)
        The number of rows of each value.
    sheet_rows : ndarray of int, optional
        The numbers of the rows in their sheet.
    """
    is_text = np.array(
        [isinstance(value, str | bool | np.bool_) for value in values], dtype=np.bool_
    )
    texts = [value if isinstance(value, str) else label_of(value) for value in values]
    wrong = ~are_numbers(texts, counts) & is_text
    chosen = np.flatnonzero(wrong if wrong.any() else is_text).tolist()
    chosen.sort(key=lambda i: rows[i])
    first = rows[chosen[0]]
    return TextCells(
        tuple(texts[i] for i in chosen), first, int(counts[chosen].sum()), row_places([first], sheet_rows)
    )  # fmt: skip


def missing_values_error(
    source: str, gaps: Sequence[Gap], advice: str, sheet_rows: Indices | None = None
) -> InvalidInput:
    """Return the error for missing values, which lists the columns and ends with the advice.

    `sheet_rows` has the numbers of the rows in their sheet.
    """
    shown = [
        f"{in_quotes(gap.name)} ({counted(gap.count, 'value')}, "
        f"{plural_of(gap.count, 'in', 'the first in')} {row_places([gap.row], sheet_rows)}"
        f"{gap.why and f'; {gap.why}'})"
        for gap in gaps
    ]
    return InvalidInput(
        "{} has missing values in {}: {}; {}",
        source, counted(len(gaps), "column"), listed(shown, most=SHOWN), advice,
    )  # fmt: skip


def require_finite(source: str, names: Sequence[str], X: Array) -> None:
    """Raise if a matrix (N, number of names) has infinite values."""
    bad = np.isinf(X)
    if bad.any():
        column = int(bad.any(axis=0).argmax())
        row = int(bad[:, column].argmax())
        infinite = f"{X[row, column]}"
        raise InvalidInput(
            "column {!r} of {} must hold finite numbers, but data row {} has {}, or a number too large for float64 "
            "({} in the column); fix or remove these rows, or make the values missing by {}",
            names[column], source, row + 1, infinite, counted(int(bad[:, column].sum()), "such value"),
            ReadSetting("missing_values", [infinite]),
        )  # fmt: skip


def quoted(value: Any) -> str:
    """Format a cell for a message, shortened to `QUOTED_LENGTH` characters."""
    text = value if isinstance(value, str) else label_of(value)
    text = text if len(text) <= QUOTED_LENGTH else text[: QUOTED_LENGTH - 1] + "…"
    return repr(text) if isinstance(value, str) else text


def listed_labels(labels: Sequence[Any]) -> str:
    """List labels for a message."""
    return listed(list(map(quoted, labels)), most=SHOWN)


def _floats(column: pd.Series[Any]) -> Array:
    """Convert numbers or Booleans of any dtype to float64; missing values become nan."""
    if column.dtype != object:
        if isinstance(column.dtype, np.dtype):
            return column.to_numpy(dtype=np.float64)
        return column.to_numpy(dtype=np.float64, na_value=np.nan)
    values = np.full(len(column), np.nan)
    present = column.notna().to_numpy()
    values[present] = column.to_numpy()[present].astype(np.float64)
    return values


def rounding_of(table: Table, name: str) -> tuple[float, bool]:
    """Find how a column of large whole numbers is rounded to float64.

    Returns
    -------
    float
        Distance between neighboring float64 numbers at the largest value; 1 if every whole number is exact.
    bool
        Whether different numbers become equal when they are rounded, as different identifiers may.
    """
    column = table.column(name)
    types = import_pandas().api.types
    if types.is_bool_dtype(column.dtype) or not types.is_numeric_dtype(column.dtype):
        return 1.0, False
    numbers = _floats(column)
    numbers = numbers[np.isfinite(numbers)]
    largest = float(np.abs(numbers).max(initial=0.0))
    if largest <= LARGEST_EXACT or np.any(numbers % 1):
        return 1.0, False
    equal = types.is_integer_dtype(column.dtype) and column.nunique() > len(np.unique(numbers))
    return float(np.spacing(largest)), bool(equal)


def _text_as_numbers(table: Table, name: str, column: pd.Series[Any]) -> tuple[pd.Series[Any], str]:
    """Convert text to numbers if every cell is a number, such as "007", which a table keeps as text.

    Text such as "5.040", which may be 5040, is refused.
    """
    finding = find_format([str(text) for text in column.dropna().unique()])
    if finding.doubt == "marks":
        raise InvalidInput(
            "column {!r} of {} must hold numbers, but {}",
            name, table.source, doubtful_mark(finding.cells[0], ReadSetting),
        )  # fmt: skip
    numbers = import_pandas().to_numeric(column, errors="coerce")
    return (column, "category") if (numbers.isna() & column.notna()).any() else (numbers, "number")


def _days(table: Table, name: str, column: pd.Series[Any], found: str, advice: str) -> Array:
    if found not in ("date", "category"):
        raise _wrong_kind_error(table, name, column, found, "date", advice)
    pandas = import_pandas()
    form = {"format": "ISO8601"} if found == "category" else {}
    stamps = pandas.to_datetime(column, utc=True, errors="coerce", **form)
    bad = (stamps.isna() & column.notna()).to_numpy()
    if found == "category" and bad.any():
        present = column.dropna().astype(str)
        if certain := certain_format(present.unique().tolist(), ISO_FORMAT):
            moments = pandas.Series(certain.convert(present.tolist()), index=present.index)
            warn(
                f"column {in_quotes(name)} of {table.source} has dates such as {in_quotes(present.iloc[0])}, which are "
                f"text; they are read, because they can mean one day only ({moments.iloc[0]:%d %B %Y})"
            )
            return _days(table, name, moments.reindex(column.index), "date", advice)
    if bad.any():
        row = int(bad.argmax())
        texts = column.dropna().astype(str).unique().tolist()
        doubt = find_date_format(texts) if table.reading else None  # an option decides for a file
        raise InvalidInput(
            "column {!r} of {} must hold dates, but {} has {}; {}write dates as 2024-03-01 or "
            "2024-03-01T12:00, with a year of four digits",
            name, table.source, table.row_place(row), quoted(column.iloc[row]),
            sentence("{}; or ", doubt.why) if isinstance(doubt, Doubt) else "",
        )  # fmt: skip
    moments = stamps.dt.tz_localize(None).to_numpy()
    days = moments.astype("datetime64[D]")
    result = days.astype(np.int64) + (moments - days) / DAY  # rounded once, by the addition
    return np.where(np.isnat(moments), np.nan, result)


def _hours(table: Table, name: str, column: pd.Series[Any], found: str, advice: str) -> Array:
    if found not in ("time", "category"):
        raise _wrong_kind_error(table, name, column, found, "time", advice)
    codes, values = distinct(table, name)
    hours = np.full(len(values) + 1, np.nan)  # code -1 is missing
    for i, value in enumerate(values):
        if isinstance(value, str):
            form = find_date_format([value])
            value = form.convert([value])[0] if isinstance(form, DateFormat) else value
        if not isinstance(value, datetime.time):
            row = int((codes == i).argmax())
            raise InvalidInput(
                f"column {in_quotes(name)} of {table.source} must hold times of day, but "
                f"{table.row_place(row)} has {quoted(values[i])}; write times as 14:30 or 14:30:05"
            )
        seconds = value.second + value.microsecond / 1e6
        hours[i] = value.hour + (value.minute + seconds / 60) / 60
    return hours[codes]


def _wrong_kind_error(
    table: Table, name: str, column: pd.Series[Any], found: str, wanted: str, advice: str
) -> InvalidInput:
    """Return the error for a column of another kind than `wanted`."""
    if found in ("category", "mixed") and wanted == "number":
        found_text = texts_of(table, name)
        place, value, count = found_text.place, found_text.texts[0], found_text.count
    else:
        wrong = np.array(column.notna())
        if wanted != "category" and column.dtype == object:  # the others have the wanted kind
            wrong[wrong] = ~have_kind(column[wrong].tolist(), wanted)
        row, count = int(wrong.argmax()), int(wrong.sum())
        place, value = table.row_place(row), column.iloc[row]
    such = f" ({count} such values)" if count > 1 else ""
    noun = "text" if wanted == "category" else NOUNS[wanted]
    if wanted == "boolean":
        noun += " (true and false, or 1 and 0)"
    return InvalidInput(
        f"column {in_quotes(name)} of {table.source} must hold {noun}, but {place} has {quoted(value)}{such}; {advice}"
    )
