"""Determining the kind of a column (number, boolean, date, ...) from its values.

    number     whole or decimal numbers, infinite ones included
    boolean    true and false
    date       days, or days with a time
    time       times of day without a date
    category   text
    mixed      text in which at least half of the values, but not all, are numbers, such as a column with typing errors;
               these numbers may have decimal commas, separators of thousands, and one unit; also any
               share of numbers if all other values are beyond a limit of detection (<0.2)
    empty      missing values only
    other      other values, such as lists, complex numbers, and durations, which a table turns into numbers of hours

The kind determines whether and how a column can be an input or a target.  Missing values are ignored.  The kind does
not depend on how pandas stores the values: numbers in an object column are numbers, and a categorical column has the
kind of its categories.
"""

from __future__ import annotations

import datetime
import decimal
import fractions
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from sheernet.data.formats.number_formats import are_numbers
from sheernet.foundation.pandas_import import import_pandas

if TYPE_CHECKING:
    import pandas as pd

BEYOND_A_LIMIT = re.compile(r"\s*[<>≤≥]=?\s*\d+(?:[.,]\d+)?\s*")
"""A value beyond a limit of detection or measurement."""
_CODE, _WITH_LEADING_ZERO = re.compile(r"\s*[0-9A-Za-z]+\s*"), re.compile(r"\s*0[0-9]+\s*")
KINDS = ("number", "boolean", "date", "time", "category", "mixed", "empty", "other")
"""Every kind of column."""

_BOOLEANS: tuple[type, ...] = (bool, np.bool_)
_NUMBERS = (int, float, np.integer, np.floating, decimal.Decimal, fractions.Fraction)
_DATES = (datetime.date, np.datetime64)  # a datetime and a pandas Timestamp are dates
_TIMES = (datetime.time,)
_TYPES = {"boolean": _BOOLEANS, "number": _NUMBERS, "date": _DATES, "time": _TIMES}


def kind(column: pd.Series[Any]) -> str:
    """Determine the kind of a column: one of `KINDS`.

    Parameters
    ----------
    column : Series, (N,)
        The values.  The result does not depend on missing values or the order of the rows.

    Returns
    -------
    str

    Examples
    --------
    >>> import pandas as pd
    >>> from sheernet.data.tables import kind
    >>> [kind(pd.Series(values)) for values in ([1, None], ["red", "blue"], ["1", "2", "high"], [True, None])]
    ['number', 'category', 'mixed', 'boolean']
    """
    pandas = import_pandas()
    if not column.notna().any():
        return "empty"
    if isinstance(column.dtype, pandas.CategoricalDtype):
        column = column.astype(column.cat.categories.dtype)
    types = pandas.api.types
    for name, holds in (
        ("boolean", types.is_bool_dtype),
        ("other", types.is_complex_dtype),
        ("number", types.is_numeric_dtype),
        ("date", types.is_datetime64_any_dtype),
    ):
        if column.dtype != object and holds(column.dtype):
            return name
    return _kind_of_values(column.dropna())


def _kind_of_values(values: pd.Series[Any]) -> str:
    """Determine the kind from the types of the values, at least one, none of them missing."""
    pandas = import_pandas()
    if values.dtype == object:
        found = set(map(type, values))
        for name in _TYPES:
            if all(_is_of(t, name) for t in found):
                return name
        if not all(issubclass(t, (str, *_BOOLEANS, *_NUMBERS)) for t in found):
            return "other"
        values = values.map(lambda value: "" if isinstance(value, _BOOLEANS) else str(value))
    elif not pandas.api.types.is_string_dtype(values.dtype):
        return "other"
    counts = values.value_counts(sort=False)
    return kind_of_texts(list(map(str, counts.index)), counts.to_numpy())


def _is_of(found: type, name: str) -> bool:
    return issubclass(found, _TYPES[name]) and (found is not bool or name == "boolean")


def have_kind(values: Sequence[Any], name: str) -> npt.NDArray[np.bool_]:
    """Whether each value, none of them missing, is a number, boolean, date or time of day, whatever `name` says."""
    return np.array([_is_of(type(value), name) for value in values], dtype=np.bool_)


def kind_of_texts(texts: Sequence[str], rows: npt.NDArray[np.integer]) -> str:
    """Determine the kind of text, "mixed" or "category", from the distinct texts and the number of rows of each.

    Codes such as 0815 and 30A2 are labels, although most of them may be numbers.
    """
    if all(map(_CODE.fullmatch, texts)) and any(map(_WITH_LEADING_ZERO.fullmatch, texts)):
        return "category"
    numbers = are_numbers(texts, rows)
    n_rows, n_numbers = int(rows.sum()), int(rows[numbers].sum())
    others = [text for text, is_number in zip(texts, numbers, strict=True) if not is_number]
    if n_numbers and others and all(map(BEYOND_A_LIMIT.fullmatch, others)):
        return "mixed"  # more than half may be below a limit of detection
    return "mixed" if n_rows <= 2 * n_numbers < 2 * n_rows else "category"
