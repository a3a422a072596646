"""Columns of digits that are codes, not numbers: ZIP codes, account numbers.

Leading zeros are part of a code but not of a number, and a float64 holds at most 15 decimal digits.  pandas converts
such columns to numbers, so they are read again as text.  The candidates are found from the numbers, and from a scan of
the bytes of the file for digits after a leading zero.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from sheernet.data.tables.text_encoding import Text

if TYPE_CHECKING:
    import pandas as pd

_MOST_DIGITS = 15
_HEAD = 1000  # most columns with fractions have one among so many values
_ZERO, _TEN, _PLUS, _DASH = (np.uint8(n) for n in (ord("0"), 10, ord("+"), ord("-")))
_CHUNK = 2**17  # bytes that fit in a processor's cache


def are_codes(texts: Iterable[str]) -> bool:
    """Whether the values of a column are all digits, and some have leading zeros or more than 15 digits.

    Examples
    --------
    >>> from sheernet.data.tables.codes import are_codes
    >>> are_codes(["01", "20"]), are_codes(["1", "20"]), are_codes(["01", "2.5"]), are_codes(["-01"])
    (True, False, False, False)
    """
    found = False
    for text in texts:
        cell = text.strip()
        if not (cell.isascii() and cell.isdigit()):
            return False
        found = found or len(cell) > _MOST_DIGITS or (cell[0] == "0" and len(cell) > 1)
    return found


def suspects(frame: pd.DataFrame, text: Text, separator: str) -> list[str]:
    """Names of the columns of numbers that may be codes in the file."""
    largest = {}
    for position, dtype in enumerate(frame.dtypes):
        if isinstance(dtype, np.dtype) and dtype.kind in "iuf":
            values = frame.iloc[:, position].to_numpy()
            if _are_counts(values):
                largest[frame.columns[position]] = np.nanmax(values)
        elif isinstance(dtype, np.dtype) and _holds_int(frame.iloc[:, position]):
            largest[frame.columns[position]] = math.inf  # more than 64 bits
    long = [name for name, value in largest.items() if value >= 10**_MOST_DIGITS]
    if len(long) < len(largest) and _has_padded(text, separator):
        return list(largest)
    return long


def has_fractions(values: npt.NDArray[Any]) -> bool:
    """Whether any finite number is not whole.

    Examples
    --------
    >>> import numpy as np
    >>> from sheernet.data.tables.codes import has_fractions
    >>> has_fractions(np.array([1.0, 0.5])), has_fractions(np.array([1.0, np.nan, np.inf]))
    (True, False)
    """
    if values.dtype.kind != "f":
        return False
    with np.errstate(invalid="ignore"):  # inf % 1 is nan
        return bool(np.any(values[:_HEAD] % 1 > 0) or np.any(values[_HEAD:] % 1 > 0))


def _are_counts(values: npt.NDArray[Any]) -> bool:
    """Whether numbers are whole, finite and at least 0, missing ones aside; False if all are missing."""
    if has_fractions(values):
        return False
    if values.dtype.kind == "f":
        values = values[~np.isnan(values)]
    return bool(values.size and values.min() >= 0 and values.max() < math.inf)


def _holds_int(column: pd.Series[Any]) -> bool:
    """Whether a column holds Python's int, as it does if 64 bits are not enough; judged by its first value."""
    first = column.first_valid_index()
    return column.dtype.kind == "O" and first is not None and type(column.loc[first]) is int


def _has_padded(text: Text, separator: str) -> bool:
    """Whether a cell of the file may consist of digits of which the first of several is 0."""
    if "0".encode(text.encoding) != b"0":  # UTF-16 and UTF-32
        return True
    is_mark = np.zeros(256, dtype=bool)
    is_mark[[*b' \t\r\n\v\f"', *separator.encode()]] = True
    with text.path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            if _is_padded(b"".join((b"\n", chunk, file.readline(_CHUNK), b"\n")), is_mark):
                return True
    return False


def _is_padded(lines: bytes, is_mark: npt.NDArray[np.bool_]) -> bool:
    """Whether such a cell is in some lines, which begin and end with a line break; cells begin and end at a mark."""
    letters = np.frombuffer(lines, dtype=np.uint8)
    found = letters[1:-1] == _ZERO
    found &= letters[2:] - _ZERO < _TEN
    if is_mark[_DASH:].any():
        found &= is_mark[letters[:-2]]
    else:  # the same, except for a few rare marks, and faster
        found &= letters[:-2] < _DASH
        found &= letters[:-2] != _PLUS  # in 1e+06
    if not found.any():
        return False
    at = np.flatnonzero(found) + 2  # of the second digit
    at = at[is_mark[letters[at - 2]]]
    while at.size:
        after = letters[at + 1]
        if is_mark[after].any():
            return True
        at = at[after - _ZERO < _TEN] + 1
    return False
