"""Columns of digits that are names and no numbers: ZIP codes, account numbers.

A leading zero means something in a name and nothing in a number, and a float64 does not hold more than 15 digits
whatever they are.  pandas makes numbers of both, so that the columns in which they may be are read once more as text;
which those are is found from the numbers, and from one quick look at the bytes of the file.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from sheernet.data.tables.text_encoding import Text

if TYPE_CHECKING:
    import pandas as pd

_MOST_DIGITS = 15
_HEAD = 1000  # values that tell most columns of decimals
_DIGITS = re.compile(r"[0-9]+").fullmatch
_CODE = re.compile(rf"0[0-9]+|[0-9]{{{_MOST_DIGITS + 1},}}").fullmatch
_ZERO, _TEN, _DASH = np.uint8(ord("0")), np.uint8(10), np.uint8(ord("-"))
_CHUNK = 2**17  # bytes that a processor has at hand: the look at a file takes six passes over each


def are_codes(texts: Iterable[str]) -> bool:
    """Whether the values of a column are digits throughout, and some have leading zeros or more than 15 of them.

    Examples
    --------
    >>> from sheernet.data.tables.codes import are_codes
    >>> are_codes(["01", "20"]), are_codes(["1", "20"]), are_codes(["01", "2.5"]), are_codes(["-01"])
    (True, False, False, False)
    """
    cells = [text.strip() for text in texts]
    return any(map(_CODE, cells)) and all(map(_DIGITS, cells))


def suspects(frame: pd.DataFrame, text: Text, separator: str) -> list[str]:
    """Names of the columns of numbers that may have been such names in the file."""
    largest = {}
    for position, dtype in enumerate(frame.dtypes):
        if isinstance(dtype, np.dtype) and dtype.kind in "iuf":
            values = frame.iloc[:, position].to_numpy()
            if _are_counts(values):
                largest[frame.columns[position]] = np.nanmax(values)
        elif isinstance(dtype, np.dtype) and _is_of_objects(frame.iloc[:, position]):
            largest[frame.columns[position]] = math.inf  # more than 64 bits
    long = [name for name, value in largest.items() if value >= 10**_MOST_DIGITS]
    if len(long) < len(largest) and _has_padded(text, separator):
        return list(largest)
    return long


def _are_counts(values: Any) -> bool:
    """Whether numbers are whole and at least 0; missing ones aside, of which there are not only such."""
    if values.dtype.kind == "f":
        with np.errstate(invalid="ignore"):  # of an infinite number, which is not whole
            if np.any(values[:_HEAD] % 1 > 0):
                return False
            values = values[~np.isnan(values)]
            if np.any(values % 1 != 0):
                return False
    return bool(values.size and values.min() >= 0)


def _is_of_objects(column: pd.Series[Any]) -> bool:
    """Whether a column is of Python's own whole numbers, as where 64 bits are not enough: its first value tells."""
    first = column.first_valid_index()
    return column.dtype.kind == "O" and first is not None and type(column.loc[first]) is int


def _has_padded(text: Text, separator: str) -> bool:
    """Whether anywhere between two marks there are digits only, the first of several being 0."""
    if "0".encode(text.encoding) != b"0":  # two bytes and more for a character
        return True
    with text.path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            if _is_padded(b"\n" + chunk + file.readline(_CHUNK) + b"\n", ord(separator)):
                return True
    return False


def _is_padded(lines: bytes, separator: int) -> bool:
    """Whether it is so in some lines, which are a blank one at their beginning."""
    letters = np.frombuffer(lines, dtype=np.uint8)
    found = letters[1:-1] == _ZERO
    found &= _is_mark(letters[:-2], separator)
    at = np.flatnonzero(found) + 2
    at = at[letters[at] - _ZERO < _TEN]  # of the second digit
    while at.size:
        after = letters[at + 1]
        if _is_mark(after, separator).any():
            return True
        at = at[after - _ZERO < _TEN] + 1
    return False


def _is_mark(letters: npt.NDArray[np.uint8], separator: int) -> npt.NDArray[np.bool_]:
    """Whether a cell may begin or end there: ends of lines, blanks, quotes and commas come before "-" and "."."""
    marks = letters < _DASH
    if separator > _DASH:
        marks |= letters == separator
    return marks
