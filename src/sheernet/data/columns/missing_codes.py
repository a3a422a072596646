"""Finding numbers that may mean a missing value, such as the -999 of a data logger or the -9 of a survey, or be errors.

Programs, instruments and people write such a number in place of a value.  A message names it if it lies

    farther from the other values than these are from each other, or
    beyond the other values, in several rows, after a gap that is clearly wider than those between the next values;
    a negative number only if no other value is negative, because temperatures and profits are negative, too, except
    -1, -2 and -3, which may be codes that lie close to the values.

A survey has several codes (-99 and -98), so the other values are those before the first such gap.  Its negative codes
are also named if they are the only negative values, at most three different ones, and each is more frequent than the
few values at the end of a distribution: at least 2 % of the rows, and 10.

Another number, which may be a typing error, is named if its gap to the other values is several times their range.

No value is changed.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from sheernet.data.columns.cells import SHOWN
from sheernet.foundation.arrays import Array
from sheernet.foundation.message_text import counted, listed, plural_of
from sheernet.foundation.sentences import ReadSetting, Sentence, in_quotes, sentence

_NINES = [float("9" * digits) for digits in range(2, 9)]
_NINES += [float("9" * digits + ".9") for digits in range(3, 7)]
_CODES = np.unique(
    [
        *_NINES,
        *(-nines for nines in _NINES),
        *(-999.25, -9999.25),  # well logs
        *(-32767.0, -32768.0, 32767.0, 65535.0),  # 16-bit converters
        *(-(2.0**31), 2.0**31 - 1, 2.0**32 - 1),
        *(9.9e37, 9.91e37, -9.9e37),  # SCPI instruments: overflow, not a number
        *(1e20, 1e30, -1e30, 1e37, 9.969209968386869e36),  # climate models, spreadsheets, netCDF
    ]
)
_REPDIGITS = [float(digit * n) for digit in "678" for n in range(2, 7)]
_NEAR_NINES = [nines - below for nines in _NINES[:5] for below in (1.0, 2.0, 3.0)]
_LARGE = [*_REPDIGITS, *_NEAR_NINES]
_SURVEY_CODES = [-float(n) for n in range(1, 10)] + _LARGE + [-each for each in _LARGE]
"""Codes of surveys (77 or 97: refused, 88 or 98: does not know), which are taken for values unless they repeat beyond
a gap."""
_ALL_CODES = np.union1d(_CODES, _SURVEY_CODES)
_LEAST_CODE_BESIDE_VALUES = -3.0
"""Least negative code that may lie so close to values of at least 0 that no gap tells it from them."""
_MOST_NEGATIVE = 3
"""Maximum number of different negative codes that are named for their frequency: scores from -5 to 5 have more."""
_FREQUENT, _FEWEST_ROWS = 0.02, 10
"""Minimum share and number of the rows with such a code."""
_FEWEST_OTHERS = 3
"""Minimum number of other distinct values if a code occurs once: a column of two values may use any numbers."""
_NEIGHBORS = 10
"""Number of different values whose gaps are compared with the gap between them and a code."""
_WIDER = 3.0
"""Factor by which the gap to a code must exceed the gaps between these values."""
_MOST_FAR = 3
"""Maximum number of different values of a column that are named as far from the others."""
_ENDS = sorted(((i, j) for i in range(_MOST_FAR + 1) for j in range(_MOST_FAR + 1 - i)), key=sum)[
    1:
]
"""Numbers of the smallest and of the largest values that may be far from the others: (0, 1), (1, 0), (0, 2), ..."""
_TRIED = 1000
"""Number of first values in which different values are searched for first."""

FarValues = tuple[list[float], tuple[float, float]]
"""Values that are far from all others, and the range of the others."""


@dataclass(frozen=True)
class CodeCounts:
    """The codes among numbers, and the other numbers that decide whether a code is far from them.

    Parameters
    ----------
    counts : mapping of float to int
        The number of rows of each code.
    lowest, highest : tuple of float
        Different other values in ascending order: the smallest and the largest ones, at most `_NEIGHBORS` each.
    n_values : int
        The number of all values.
    """

    counts: Mapping[float, int] = field(default_factory=dict)
    lowest: tuple[float, ...] = ()
    highest: tuple[float, ...] = ()
    n_values: int = 0

    @classmethod
    def of(cls, values: Array) -> CodeCounts:
        """Count the codes among values, (N,); missing and infinite ones are ignored."""
        values = values[np.isfinite(values)]
        # faster than np.isin, which sorts the values
        is_code = _ALL_CODES[np.searchsorted(_ALL_CODES[:-1], values)] == values
        codes, counts = np.unique(values[is_code], return_counts=True)
        lowest, highest = _ends_of(values[~is_code])
        return cls(
            dict(zip(codes.tolist(), counts.tolist(), strict=True)), lowest, highest, len(values)
        )

    def merged(self, other: CodeCounts) -> CodeCounts:
        """Return the counts of two sets of values together."""
        codes = {*self.counts, *other.counts}
        return CodeCounts(
            {code: self.counts.get(code, 0) + other.counts.get(code, 0) for code in codes},
            tuple(sorted({*self.lowest, *other.lowest})[:_NEIGHBORS]),
            tuple(sorted({*self.highest, *other.highest})[-_NEIGHBORS:]),
            self.n_values + other.n_values,
        )

    def far_codes(self) -> Iterator[tuple[float, int]]:
        """Yield each code that is far from the other values, as defined at the top of this file, and its count."""
        values = self._values()
        for code, count in sorted(self.counts.items()) if len(values) > 1 else ():
            gap = _gap(code, values)
            is_farthest = gap > values[-1] - values[0] and len(values) >= _FEWEST_OTHERS
            is_beyond_gap = (
                self._repeats(code)
                and not self._can_be_negative(code, values)
                and gap > _widest(values, code)
            )
            if (is_farthest and code in _CODES) or is_beyond_gap or self._is_frequent(code):
                yield code, count

    def far_values(self) -> FarValues | None:
        """Return values that may be errors, and the range of the others, as defined at the top of this file."""
        values = self.counts.keys() - {code for code, _ in self.far_codes()}
        low = sorted({*self.lowest, *values})[:_NEIGHBORS]
        high = sorted({*self.highest, *values}, reverse=True)[:_NEIGHBORS]
        if len(low) < _NEIGHBORS or low[-1] >= high[-1]:
            return None  # fewer than 20 different values, of which a few may be far by chance
        for below, above in _ENDS:
            ends = low[below], high[above]
            wide = _WIDER * (ends[1] - ends[0])
            is_far_below = not below or ends[0] - low[below - 1] > wide
            is_far_above = not above or high[above - 1] - ends[1] > wide
            if is_far_below and is_far_above:
                return [*low[:below], *high[:above][::-1]], ends
        return None

    def _values(self) -> list[float]:
        """Return the other values at both ends, and the survey codes that no gap separates from them, sorted."""
        values = sorted({*self.lowest, *self.highest})
        of_surveys = [code for code in self.counts if code not in _CODES]
        if len(values) < 2:
            values = sorted({*values, *of_surveys})
        if len(values) < 2:
            return values
        for code in sorted(of_surveys, key=functools.partial(_gap, values=values)):
            if _gap(code, values) <= min(_widest(values, code), values[-1] - values[0]):
                values = sorted({*values, code})
        return values

    def _repeats(self, code: float) -> bool:
        """Whether a code, or the one before or after it, is in several rows."""
        return any(self.counts.get(code + step, 0) > 1 for step in (-1.0, 0.0, 1.0))

    def _is_frequent(self, code: float) -> bool:
        """Whether a code is one of a few negative values, all of which are frequent and separate from the others."""
        negative = [each for each in self.counts if each < 0]
        fewest = max(_FEWEST_ROWS, _FREQUENT * self.n_values)
        return (
            code < 0
            and len(self.lowest) >= _FEWEST_OTHERS
            and self.lowest[0] > max(negative) + 1.0
            and len(negative) <= _MOST_NEGATIVE
            and all(self.counts[each] >= fewest for each in negative)
        )

    def _can_be_negative(self, code: float, values: list[float]) -> bool:
        """Whether a code is negative, and so is one of the values, other than codes close to them."""
        others = self.lowest[0] if self.lowest else 0.0
        return code < 0 and (others < 0 or values[0] < _LEAST_CODE_BESIDE_VALUES)


def _gap(code: float, values: list[float]) -> float:
    """Return the distance of a code from the range of sorted values; negative within it."""
    return max(values[0] - code, code - values[-1])


def _widest(values: list[float], code: float) -> float:
    """Return the widest gap that is not clearly wider than those between the sorted values next to a code."""
    near = values[:_NEIGHBORS] if code < values[0] else values[-_NEIGHBORS:]
    return _WIDER * float(max(np.diff(near)))


def _ends_of(values: Array) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """The smallest and the largest different values of an array, at most `_NEIGHBORS` each, in ascending order."""
    found = np.unique(values[:_TRIED])
    if len(found) > 2 * _NEIGHBORS:  # sort only the few values at the ends
        low, high = found[_NEIGHBORS - 1], found[-_NEIGHBORS]
        found = np.unique(values[(values <= low) | (values >= high)])
    else:
        found = np.unique(values)
    return tuple(found[:_NEIGHBORS].tolist()), tuple(found[-_NEIGHBORS:].tolist())


def missing_code_messages(columns: Mapping[str, CodeCounts]) -> Iterator[Sentence]:
    """Yield a message for each number that may mean a missing value, in the order of the numbers.

    Parameters
    ----------
    columns : mapping of str to CodeCounts
        The codes of each column of numbers.

    Examples
    --------
    >>> import numpy as np
    >>> from sheernet.data.columns.missing_codes import CodeCounts, missing_code_messages
    >>> columns = {"t": [20.5, -999.0, 21.0, 22.5], "n": [998.0, 999.0, 1000.0, 1001.0]}
    >>> codes = {name: CodeCounts.of(np.array(values)) for name, values in columns.items()}
    >>> (message,) = missing_code_messages(codes)
    >>> message.partition("; ")[0]
    "1 value of 't' is -999, far from its other values"
    >>> print(message.partition("; ")[2])
    if it means missing, use sn.read_table(table, missing_values=['-999'])
    """
    found: dict[float, dict[str, int]] = {}
    for name, codes in columns.items():
        for code, count in codes.far_codes():
            found.setdefault(code, {})[name] = count
    for code, counts in sorted(found.items()):
        total, text = sum(counts.values()), f"{code:.17g}"
        text = min(text, repr(code).removesuffix(".0"), key=len)
        yield sentence(
            "{} of {} {} {}, far from {} other values; if it means missing, use {}",
            counted(total, "value"), listed(list(map(in_quotes, counts)), most=SHOWN),
            plural_of(total, "is", "are"), text,
            plural_of(len(counts), "its", "their"), ReadSetting("missing_values", [text]),
        )  # fmt: skip


def far_value_messages(columns: Mapping[str, CodeCounts]) -> Iterator[Sentence]:
    """Yield a message for each column of numbers with values that may be errors, because they are far from all others.

    Parameters
    ----------
    columns : mapping of str to CodeCounts
        As in `missing_code_messages`.
    """
    for name, codes in columns.items():
        if far := codes.far_values():
            values, (low, high) = far
            yield sentence(
                "{} of {!r} {} far from its other values, which are from {:.6g} to {:.6g}; correct {} if wrong, "
                "because a few such values can change the model much",
                listed([f"{value:.6g}" for value in values]), name, plural_of(len(values), "is", "are"), low, high,
                plural_of(len(values), "it", "them"),
            )  # fmt: skip
