"""Recognizing the columns of numbers whose text in a file may be codes, such as ZIP codes and telephone numbers.

pandas reads such columns as numbers, so they are read again as text.  Candidates are columns of large numbers and, if a
scan of the bytes of the file finds a leading zero, all columns of whole numbers.  Codes such as 1E3 cannot be
distinguished from the number 1000, so they remain numbers, with a warning.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from sheernet.data.files.text.byte_lines import line_blocks, zeros_before_digits
from sheernet.data.files.text.text_encoding import Text
from sheernet.data.formats.digit_codes import EXPONENT, LARGEST_EXACT, SHORTENED
from sheernet.data.formats.number_columns import Numbers
from sheernet.foundation.sentences import in_quotes

if TYPE_CHECKING:
    import pandas as pd

_LARGE = 10**6  # smaller numbers are not telephone numbers
_PLUS_FIRST = re.compile(rb"[^0-9A-Za-z]\+[0-9]")  # as in telephone numbers
_ZERO, _TEN = np.uint8(ord("0")), np.uint8(10)


def possible_code_columns(
    frame: pd.DataFrame, numbers: Mapping[str, Numbers], text: Text, separator: str
) -> list[str]:
    """Return the names of the columns of numbers whose text in the file may be codes."""
    largest = {
        name: max(map(abs, column.limits)) for name, column in numbers.items() if column.are_whole
    }
    for name, dtype in frame.dtypes.items():
        if getattr(dtype, "kind", "") == "O" and _holds_int(frame[name]):
            largest[str(name)] = math.inf  # does not fit in 64 bits
    may_be_telephones = max(largest.values(), default=0) >= _LARGE
    least = _LARGE if may_be_telephones and text.may_contain(_PLUS_FIRST, b"+") else LARGEST_EXACT
    long = [name for name, value in largest.items() if value >= least]
    if len(long) < len(largest) and _has_leading_zeros(text, separator):
        return list(largest)
    return long


def possible_exponent_columns(numbers: Mapping[str, Numbers], text: Text) -> list[str]:
    """Return the names of the columns of whole numbers that may be codes such as 1E3, or were, such as 1,23457E+12."""
    names = [
        name
        for name, column in numbers.items()
        if column.values.dtype.kind == "f" and column.are_whole
    ]
    may_occur = "e" in text.head or "E" in text.head  # a search for the pattern takes much longer
    return (
        names
        if names and may_occur and re.search(rf"\b(?:{EXPONENT}|{SHORTENED})\b", text.head)
        else []
    )


def lost_zeros_message(name: str, cells: pd.Series[Any], source: str) -> str:
    """Return the message that codes with leading zeros are read as numbers, as a model's file was."""
    texts = cells.dropna().str.strip()
    shown = texts[texts.str.match("0[0-9]")].iloc[0]
    return (
        f"column {in_quotes(name)} of {source} has leading zeros, such as {shown!r}, which is read as {int(shown)}: "
        "the model was fitted to numbers without them"
    )


def _holds_int(column: pd.Series[Any]) -> bool:
    """Whether the first value of a column is a Python int, which pandas uses if 64 bits are not enough."""
    first = column.first_valid_index()
    return first is not None and type(column.loc[first]) is int


def _has_leading_zeros(text: Text, separator: str) -> bool:
    """Whether a cell of the file may consist of several digits with a leading zero."""
    if "0".encode(text.encoding) != b"0":  # UTF-16 and UTF-32
        return True
    mark = separator.encode()
    return mark not in text.unpadded and any(
        _lines_have_leading_zeros(b"\n%b\n" % block, mark) for block in line_blocks(text.path)
    )


def _lines_have_leading_zeros(lines: bytes, separator: bytes) -> bool:
    """Whether lines, with a line break at both ends, contain digits with a leading zero between two delimiters."""
    possible = zeros_before_digits(lines, separator)
    if not possible.any():
        return False
    characters = np.frombuffer(lines, dtype=np.uint8)
    is_delimiter = np.zeros(256, dtype=np.bool_)
    is_delimiter[[*b' \t\r\n\v\f"', *separator]] = True
    at = np.flatnonzero(possible) + 2
    at = at[is_delimiter[characters[at - 2]] & (characters[at] - _ZERO < _TEN)]  # second digits
    while at.size:
        after = characters[at + 1]
        if is_delimiter[after].any():
            return True
        at = at[after - _ZERO < _TEN] + 1
    return False
