"""Finding numbers that may mean a missing value, such as the -999 of a data logger.

Programs and instruments write such a number in place of a value; it lies far from the other values of its column.  It
is only pointed out: no value is changed.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from sheernet.data.columns.cells import SHOWN
from sheernet.foundation.arrays import Array
from sheernet.foundation.sentences import ReadSetting, Sentence, sentence
from sheernet.foundation.words import counted, listed, plural_of

if TYPE_CHECKING:
    from sheernet.data.columns.column_facts import Facts

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
_LEAST = np.abs(_CODES).min()
_TRIED = 1000
"""Number of values among which different ones are looked for first."""


@dataclass(frozen=True)
class CodeCounts:
    """Codes among numbers, and what decides whether they are far from the other numbers.

    Parameters
    ----------
    counts : mapping of float to int
        The number of rows of each code.
    low, high : float
        Ends of the other values.
    others : frozenset of float
        Some of the different other values, at most `_FEWEST_OTHERS`.
    """

    counts: Mapping[float, int] = field(default_factory=dict)
    low: float = math.inf
    high: float = -math.inf
    others: frozenset[float] = frozenset()

    @classmethod
    def of(cls, values: Array) -> CodeCounts:
        """Count the codes among values, (N,); missing and infinite ones are ignored."""
        values = values[np.isfinite(values)]
        is_code = np.abs(values) >= _LEAST
        is_code[is_code] = np.isin(values[is_code], _CODES)
        others = values[~is_code]
        codes, counts = np.unique(values[is_code], return_counts=True)
        low, high = others.min(initial=math.inf), others.max(initial=-math.inf)
        return cls(
            dict(zip(codes.tolist(), counts.tolist(), strict=True)), float(low), float(high), _some_of(others)
        )  # fmt: skip

    def merged(self, other: CodeCounts) -> CodeCounts:
        """The counts of two sets of values together."""
        codes = {*self.counts, *other.counts}
        return CodeCounts(
            {code: self.counts.get(code, 0) + other.counts.get(code, 0) for code in codes},
            min(self.low, other.low), max(self.high, other.high),
            frozenset(sorted(self.others | other.others)[:_FEWEST_OTHERS]),
        )  # fmt: skip

    def far_codes(self) -> Iterator[tuple[float, int]]:
        """Yield each code that is farther from the other values than these are from each other, and its count."""
        if len(self.others) < _FEWEST_OTHERS:
            return
        for code, count in sorted(self.counts.items()):
            if max(self.low - code, code - self.high) > self.high - self.low:
                yield code, count


def _some_of(values: Array) -> frozenset[float]:
    """At most `_FEWEST_OTHERS` different values of an array; fewer only if it does not have more."""
    found = np.unique(values[:_TRIED])
    if len(found) < _FEWEST_OTHERS:
        found = np.unique(values)
    return frozenset(found[:_FEWEST_OTHERS].tolist())


def missing_code_messages(table: Facts, names: Sequence[str]) -> Iterator[Sentence]:
    """Yield a message for each number that may mean a missing value in columns of numbers.

    Parameters
    ----------
    table : Facts
        What is known of the values.
    names : sequence of str
        Columns; those that do not hold numbers are passed over.

    Yields
    ------
    str
        In the order of the numbers.

    Examples
    --------
    >>> import sheernet as sn
    >>> from sheernet.data.columns.column_facts import TableFacts
    >>> from sheernet.data.columns.missing_codes import missing_code_messages
    >>> table = sn.read_table({"t": [20.5, -999.0, 21.0, 22.5], "n": [998, 999, 1000, 1001]})
    >>> (message,) = missing_code_messages(TableFacts(table), ["t", "n"])
    >>> message.partition("; ")[0]
    "1 value of 't' is -999, far from its other values"
    >>> print(message.partition("; ")[2])
    if it means missing, use sn.read_table(table, missing_values=['-999'])
    """
    found: dict[float, dict[str, int]] = {}
    for name in names:
        if table.kind(name) == "number":
            for code, count in table.missing_codes(name):
                found.setdefault(code, {})[name] = count
    for code, counts in sorted(found.items()):
        total, text = sum(counts.values()), f"{code:.17g}"
        text = min(text, repr(code).removesuffix(".0"), key=len)
        yield sentence(
            "{} of {} {} {}, far from {} other values; if it means missing, use {}",
            counted(total, "value"), listed(list(map(repr, counts)), most=SHOWN), plural_of(total, "is", "are"), text,
            plural_of(len(counts), "its", "their"), ReadSetting("missing_values", [text]),
        )  # fmt: skip
