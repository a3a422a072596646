"""Widths of the columns of a workbook in which a spreadsheet program shows numbers and dates, not number signs."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

MOMENTS = (datetime.date, datetime.time, datetime.timedelta)
_NARROWEST, _WIDEST = 8, 50
_MARGIN = 2
_GENERAL = 11
"""Number of characters to which Excel rounds a number without a format."""
_LITERAL = re.compile(r'"([^"]*)"|\\(.)|[_*].|\[\$([^]-]*)[^]]*\]|\[[^]]*\]')
_LONGEST_NAMES = 24  # of a day of the week and a month


def column_widths(
    rows: Sequence[Sequence[Any]], formats: Mapping[int, npt.NDArray[np.object_]]
) -> list[float]:
    """Return the width of each column, as a number of characters.

    Parameters
    ----------
    rows : sequence of sequence
        The names and the values of all rows, at least the names.
    formats : mapping of int to ndarray of object, (N,)
        For columns, by position, the format of the cell of each row, or None.

    Returns
    -------
    list of float

    Examples
    --------
    >>> import numpy as np
    >>> from sheernet.data.files.column_widths import column_widths
    >>> column_widths([["x", "y"], [1234.5, "a longer text"]], {0: np.array(['#,##0.00 "€"'])})
    [12.0, 15.0]
    """
    widths = []
    for j, cells in enumerate(zip(*rows, strict=True)):
        name, *values = cells
        codes = formats.get(j)
        lengths = map(shown_length, values, [None] * len(values) if codes is None else codes)
        longest = max([len(name), *lengths])
        widths.append(float(min(max(longest + _MARGIN, _NARROWEST), _WIDEST)))
    return widths


def shown_length(value: Any, code: str | None) -> int:
    """Return the number of characters, or a few more, with which a cell of a format is shown.

    Examples
    --------
    >>> import datetime
    >>> from sheernet.data.files.column_widths import shown_length
    >>> shown_length(-0.25, "0.0%"), shown_length(0.1234567890123, None), shown_length(None, None)
    (6, 11, 0)
    >>> shown_length(datetime.date(2026, 3, 1), "dd.mm.yyyy")
    10
    """
    if value is None:
        return 0
    if isinstance(value, str):
        return max(map(len, value.splitlines()), default=0)
    if isinstance(value, MOMENTS):
        if code is None:
            return len(str(value))
        return len(code) + (_LONGEST_NAMES if re.search("mmm|ddd", code, re.IGNORECASE) else 0)
    if code is None:
        return min(len(str(value)), _GENERAL)
    digits = _LITERAL.sub("", code).partition(";")[0]
    if "e" in digits.lower() or "/" in digits:
        return len(code)
    literals = "".join("".join(filter(None, found.groups())) for found in _LITERAL.finditer(code))
    n_decimals = len(re.findall("[0#?]", digits.partition(".")[2]))
    shown = f"{value * (100 if '%' in digits else 1):,.{n_decimals}f}"
    return len(shown) + len(literals) + len(re.sub("[0#?.,]", "", digits))
