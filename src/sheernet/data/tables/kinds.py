"""What a column holds, in one word: the word by which roles, inputs and targets decide what becomes of it.

    number     whole or decimal numbers, infinite ones too
    boolean    true and false
    date       days or times
    category   text
    mixed      text in which at least half of the values, but not all, are numbers: a dirty column of numbers
    empty      missing values and nothing else
    other      anything else: lists, complex numbers, durations

Missing values are left aside, and it does not matter how pandas stores the rest: numbers in an object column are
numbers, and a categorical column is what its values are.
"""

from __future__ import annotations

import datetime
import decimal
import fractions
from typing import TYPE_CHECKING, Any

import numpy as np

from sheernet.foundation.optional import import_optional

if TYPE_CHECKING:
    import pandas as pd

KINDS = ("number", "boolean", "date", "category", "mixed", "empty", "other")
"""Every kind that a column can be of."""

_BOOLEANS = (bool, np.bool_)
_NUMBERS = (int, float, np.integer, np.floating, decimal.Decimal, fractions.Fraction)
_DATES = (datetime.date, np.datetime64)  # a datetime and a pandas Timestamp are dates


def kind(column: pd.Series[Any]) -> str:
    """Kind of a column: one of `KINDS`.

    Parameters
    ----------
    column : Series, (N,)
        The values.  The order of rows and missing values make no difference.

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
    pandas = import_optional("pandas", extra="tables", purpose="tables")
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
    return _kind_of_entries(column.dropna())


def numbers_among(column: pd.Series[Any]) -> pd.Series[Any]:
    """Which entries are numbers or text that reads as one: a Series of bool, with the column's index."""
    pandas = import_optional("pandas", extra="tables", purpose="tables")
    return pandas.to_numeric(column, errors="coerce").notna()


def _kind_of_entries(entries: pd.Series[Any]) -> str:
    """Kind by the types of the entries, of which none is missing and there is at least one."""
    if entries.dtype == object:
        found = set(map(type, entries))
        for name, types in (("boolean", _BOOLEANS), ("number", _NUMBERS), ("date", _DATES)):
            if all(issubclass(t, types) and (t is not bool or name == "boolean") for t in found):
                return name
        if not all(issubclass(t, (str, *_BOOLEANS, *_NUMBERS)) for t in found):
            return "other"
        entries = entries.map(lambda entry: "" if isinstance(entry, _BOOLEANS) else str(entry))
    elif not import_optional("pandas", extra="tables", purpose="tables").api.types.is_string_dtype(
        entries.dtype
    ):
        return "other"
    n_numbers = int(numbers_among(entries).sum())
    return "mixed" if len(entries) <= 2 * n_numbers < 2 * len(entries) else "category"
