"""Finding numbers that may mean a missing value, such as the -999 of a data logger.

Programs and instruments write such a number in place of a value; it lies far from the other values of its column.  It
is only pointed out: no value is changed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from sheernet.data.columns.cells import SHOWN, as_numbers
from sheernet.data.tables.table import Table
from sheernet.foundation.arrays import Array
from sheernet.foundation.sentences import Sentence, Setting, sentence
from sheernet.foundation.words import counted, listed, plural_of

_NINES = [float("9" * digits) for digits in range(2, 9)]
_CODES = np.unique(
    [
        *_NINES,
        *(-nines for nines in _NINES),
        *(-999.25, -999.9, 999.9, -9999.25),  # well logs, weather stations
        *(-32767.0, -32768.0, 32767.0, 65535.0),  # 16-bit converters
        *(-(2.0**31), 2.0**31 - 1, 2.0**32 - 1),
        *(9.9e37, 9.91e37, -9.9e37),  # SCPI instruments: overflow, not a number
        *(1e20, 1e30, -1e30, 1e37, 9.969209968386869e36),  # climate models, spreadsheets, netCDF
    ]
)
_FEWEST_OTHERS = 3
"""Fewest different values beside the codes: a column of two values may use any numbers."""


def missing_code_messages(table: Table, names: Sequence[str]) -> Iterator[Sentence]:
    """Yield a message for each number that may mean a missing value in columns of numbers.

    Parameters
    ----------
    table : Table
    names : sequence of str
        Columns; those that do not hold numbers are passed over.

    Yields
    ------
    str
        In the order of the numbers.

    Examples
    --------
    >>> import sheernet as sn
    >>> from sheernet.data.columns.missing_codes import missing_code_messages
    >>> table = sn.read_table({"t": [20.5, -999.0, 21.0, 22.5], "n": [998, 999, 1000, 1001]})
    >>> print(*missing_code_messages(table, ["t", "n"]))
    1 value of 't' is -999, far from its other values; if it means missing, use missing_values='-999'
    """
    found: dict[float, dict[str, int]] = {}
    for name in names:
        if table.kind(name) == "number":
            for code, count in _codes_in(as_numbers(table, name, "number")):
                found.setdefault(code, {})[name] = count
    for code, counts in sorted(found.items()):
        total, text = sum(counts.values()), f"{code:.17g}"
        text = min(text, repr(code).removesuffix(".0"), key=len)
        yield sentence(
            "{} of {} {} {}, far from {} other values; if it means missing, use {}",
            counted(total, "value"), listed(list(map(repr, counts)), most=SHOWN), plural_of(total, "is", "are"), text,
            plural_of(len(counts), "its", "their"), Setting("missing_values", text),
        )  # fmt: skip


def _codes_in(values: Array) -> Iterator[tuple[float, int]]:
    """Yield each code that is farther from the other values, (N,), than these are from each other, and its count."""
    values = values[np.isfinite(values)]
    is_code = np.isin(values, _CODES)
    if not is_code.any():
        return
    others = values[~is_code]
    if len(np.unique(others)) < _FEWEST_OTHERS:
        return
    low, high = others.min(), others.max()
    for code, count in zip(*np.unique(values[is_code], return_counts=True), strict=True):
        if max(low - code, code - high) > high - low:
            yield float(code), int(count)
