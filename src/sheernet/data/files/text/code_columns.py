"""Recognizing the columns of numbers whose text in a file may be codes, such as ZIP codes and telephone numbers.

pandas reads such columns as numbers, so they are read again as text.  Candidates are columns of large numbers and, if a
scan of the bytes of the file finds a leading zero, all columns of whole numbers.  Codes such as 1E3 cannot be
distinguished from the number 1000, so they remain numbers, with a warning.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from sheernet.data.files.text.text_encoding import Text
from sheernet.data.formats.digit_codes import LARGEST_EXACT

if TYPE_CHECKING:
    import pandas as pd

_LARGE = 10**6  # smaller numbers are not telephone numbers
_PLUS_FIRST = re.compile(rb"[^0-9A-Za-z]\+[0-9]")  # as in telephone numbers
EXPONENT = r"[0-9]+[eE][0-9]{1,2}"
"""A number that programs do not write: they write 1000, 1e+03 or 1.0E3."""
_HEAD = 1000  # number of values tested first; most columns with fractions have one among them
_ZERO, _TEN, _PLUS, _DASH = (np.uint8(n) for n in (ord("0"), 10, ord("+"), ord("-")))
_CHUNK = 2**17  # bytes; fits in the processor cache


def possible_code_columns(frame: pd.DataFrame, text: Text, separator: str) -> list[str]:
    """Return the names of the columns of numbers whose text in the file may be codes."""
    largest: dict[str, float] = {}
    for name, column in frame.items():
        if isinstance(column.dtype, np.dtype) and column.dtype.kind in "iuf":
            values = column.to_numpy()
            if _are_whole(values):
                # Without int(), the absolute value of -2**63 overflows.
                ends = (int(np.fmin.reduce(values)), int(np.fmax.reduce(values)))
                largest[str(name)] = max(map(abs, ends))
        elif isinstance(column.dtype, np.dtype) and _holds_int(column):
            largest[str(name)] = math.inf  # does not fit in 64 bits
    may_be_telephones = max(largest.values(), default=0) >= _LARGE
    least = _LARGE if may_be_telephones and text.may_contain(_PLUS_FIRST, b"+") else LARGEST_EXACT
    long = [name for name, value in largest.items() if value >= least]
    if len(long) < len(largest) and _has_leading_zeros(text, separator):
        return list(largest)
    return long


def possible_exponent_columns(frame: pd.DataFrame, text: Text) -> list[str]:
    """Return the names of the columns of whole numbers that may be codes such as 1E3 in the file."""
    if not re.search(rf"\b{EXPONENT}\b", text.head):
        return []
    return [
        str(name)
        for name, column in frame.items()
        if column.dtype == np.float64 and _are_whole(column.to_numpy())
    ]


def has_fractions(values: npt.NDArray[Any]) -> bool:
    """Check whether any finite number has a fractional part.

    Examples
    --------
    >>> import numpy as np
    >>> from sheernet.data.files.text.code_columns import has_fractions
    >>> has_fractions(np.array([1.0, -0.5])), has_fractions(np.array([1.0, np.nan, np.inf]))
    (True, False)
    """
    if values.dtype.kind != "f":
        return False
    parts = (values[:_HEAD], values[_HEAD:])
    with np.errstate(
        invalid="ignore"
    ):  # inf - inf is nan; a remainder (% 1) takes 20 times as long
        return any(np.any(np.abs(part - np.trunc(part)) > 0) for part in parts)


def _are_whole(values: npt.NDArray[Any]) -> bool:
    """Whether all values that are not missing are whole and finite; False if all are missing."""
    if has_fractions(values):
        return False
    return bool(
        values.size
        and np.fmin.reduce(values) > -math.inf
        and np.fmax.reduce(values) < math.inf  # both ignore nan
    )


def _holds_int(column: pd.Series[Any]) -> bool:
    """Whether the first value of a column is a Python int, which pandas uses if 64 bits are not enough."""
    first = column.first_valid_index()
    return column.dtype.kind == "O" and first is not None and type(column.loc[first]) is int


def _has_leading_zeros(text: Text, separator: str) -> bool:
    """Whether a cell of the file may consist of several digits with a leading zero."""
    if "0".encode(text.encoding) != b"0":  # UTF-16 and UTF-32
        return True
    is_delimiter = np.zeros(256, dtype=bool)
    is_delimiter[[*b' \t\r\n\v\f"', *separator.encode()]] = True
    with text.path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            if _lines_have_leading_zeros(
                b"".join((b"\n", chunk, file.readline(_CHUNK), b"\n")), is_delimiter
            ):
                return True
    return False


def _lines_have_leading_zeros(lines: bytes, is_delimiter: npt.NDArray[np.bool_]) -> bool:
    """Whether lines, with a line break at both ends, contain digits with a leading zero between two delimiters."""
    characters = np.frombuffer(lines, dtype=np.uint8)
    found = characters[1:-1] == _ZERO
    found &= characters[2:] - _ZERO < _TEN
    if is_delimiter[_DASH:].any():
        found &= is_delimiter[characters[:-2]]
    else:  # faster; accepts a few rare other characters, which the exact test below rejects
        found &= characters[:-2] < _DASH
        found &= characters[:-2] != _PLUS  # as in 1e+06
    if not found.any():
        return False
    at = np.flatnonzero(found) + 2  # positions of the second digit
    at = at[is_delimiter[characters[at - 2]]]
    while at.size:
        after = characters[at + 1]
        if is_delimiter[after].any():
            return True
        at = at[after - _ZERO < _TEN] + 1
    return False
