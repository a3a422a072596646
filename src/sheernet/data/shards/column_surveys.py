"""`ColumnSurvey`: kind and values of a column of a data set, collected shard by shard before its role is known.

NumberSurvey   numbers, Booleans, dates, times: ends, whether they count or identify rows
ValueSurvey    text, Booleans and columns of labels: the different values and their numbers of rows
ColumnSurvey   kind and missing values of any column, with these two
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from sheernet.data.columns.cells import NUMBER_KINDS, as_numbers, distinct, label_of, rounding_of
from sheernet.data.columns.far_values import Extremes
from sheernet.data.formats.cell_formats import CellFormat
from sheernet.data.formats.digit_codes import LARGEST_EXACT
from sheernet.data.formats.unit_names import are_alike
from sheernet.data.tables.table import Table
from sheernet.foundation.arrays import Array, Indices
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.sentences import in_quotes

TEXTS = ("category", "mixed")
"""Kinds of a column of text, between which only all of its rows decide."""
MOST_VALUES = 100_000
"""Maximum number of distinct values of a column of labels or text; text with more values identifies rows."""
MOST_WHOLE = 10
"""Most different values that are kept of a column of numbers."""
_NOUNS = {
    "number": "numbers", "boolean": "Boolean values", "date": "dates", "time": "times of day", "text": "text",
    "other": "values that are not all numbers, all dates or all text",
}  # fmt: skip


@dataclass(frozen=True)
class NumberSurvey:
    """The numbers of a column, (N,), in the order of the rows.

    Parameters
    ----------
    low, high : float
        Smallest and largest present value.
    infinite : int or None
        Number of the first row with an infinite value.
    first, last, n : float, float, int
        First and last value, and the number of rows, missing ones included; shards without values are not in these and
        in the next two.
    step : float or None
        The difference of each value and the one before, if it is always the same; else 0; None for a single row.
    trend : int or None
        1 or -1 if all values rise or fall; 0 if not; None for a single row.
    starts, ends : float
        First and last present value.
    rises, falls : bool
        Whether no present value is smaller, or larger, than the one before.
    are_whole : bool
        Whether all finite values are whole numbers.
    few : frozenset of float, or None
        The different finite values; None if they are more than `MOST_WHOLE`.
    extremes : Extremes
        The smallest and the largest different values.
    has_equal : bool
        Whether in a shard different whole numbers are equal as float64.
    """

    low: float
    high: float
    infinite: int | None
    first: float
    last: float
    n: int
    step: float | None
    trend: int | None
    starts: float
    ends: float
    rises: bool
    falls: bool
    are_whole: bool
    few: frozenset[float] | None
    extremes: Extremes
    has_equal: bool

    @classmethod
    def of(cls, values: Array, infinite: int | None, *, has_equal: bool) -> NumberSurvey:
        """Survey the values of a shard, at least one of them present; `infinite` is as above."""
        finite = np.isfinite(values)
        present = values[finite] if not finite.all() else values
        known = values[~np.isnan(values)]
        with np.errstate(over="ignore", invalid="ignore"):  # infinite values, or nearly so
            steps = np.diff(values)
        step = trend = None
        if len(steps):
            step = float(steps[0]) if (steps == steps[0]).all() and math.isfinite(steps[0]) else 0.0
            trend = int((steps > 0).all()) - int((steps < 0).all())
        return cls(
            float(np.nanmin(values)), float(np.nanmax(values)),
            infinite,
            float(values[0]), float(values[-1]), len(values), step, trend,
            float(known[0]), float(known[-1]),
            bool((known[1:] >= known[:-1]).all()), bool((known[1:] <= known[:-1]).all()),
            bool((present[:1000] == np.floor(present[:1000])).all() and (present == np.floor(present)).all()),
            _few(present), Extremes.of(present), has_equal,
        )  # fmt: skip

    def merged(self, other: NumberSurvey) -> NumberSurvey:
        """Return the survey of the rows of this and, behind them, of another one."""
        gap = other.first - self.last
        few = None if self.few is None or other.few is None else self.few | other.few
        return NumberSurvey(
            min(self.low, other.low), max(self.high, other.high),
            other.infinite if self.infinite is None else self.infinite,
            self.first, other.last, self.n + other.n,
            _joined(self.step, gap if math.isfinite(gap) else 0.0, other.step),
            _joined(self.trend, int(gap > 0) - int(gap < 0), other.trend),
            self.starts, other.ends,
            self.rises and other.rises and self.ends <= other.starts,
            self.falls and other.falls and self.ends >= other.starts,
            self.are_whole and other.are_whole,
            None if few is None or len(few) > MOST_WHOLE else few,
            self.extremes.merged(other.extremes), self.has_equal or other.has_equal,
        )  # fmt: skip


def _joined(left: Any, between: Any, right: Any) -> Any:
    """Return the common step of two sequences and of the step between them; 0 if they differ, None is unknown."""
    known = {step for step in (left, between, right) if step is not None}
    return between if len(known) == 1 else type(between)(0)


def _few(values: Array) -> frozenset[float] | None:
    """Return the different values if they are at most `MOST_WHOLE`."""
    if len(np.unique(values[:1000])) > MOST_WHOLE:
        return None
    found = np.unique(values)
    return frozenset(found.tolist()) if len(found) <= MOST_WHOLE else None


@dataclass(frozen=True)
class ValueSurvey:
    """The different values of a column, in the order of their first rows.

    Parameters
    ----------
    counts : mapping
        The number of rows of each value.
    rows : mapping
        Number of the first row of each value in the data set.
    is_whole : bool
        Whether these are all values; otherwise they are the first `MOST_VALUES`.
    n_rows : int
        The number of rows with a value.
    """

    counts: Mapping[Any, int] = field(default_factory=dict)
    rows: Mapping[Any, int] = field(default_factory=dict)
    is_whole: bool = True
    n_rows: int = 0

    @classmethod
    def of(cls, table: Table, name: str, first_row: int) -> ValueSurvey:
        """Survey the values of a shard."""
        codes, values = _told_apart(*distinct(table, name))
        present = codes[codes >= 0]
        counts = np.bincount(present, minlength=len(values)).tolist()
        _, places = np.unique(codes, return_index=True)
        places = places[len(places) - len(values) :]  # without the place of a missing value
        firsts = [first_row - 1 + table.row_number(row) for row in places]
        kept = slice(MOST_VALUES)
        return cls(
            dict(zip(values[kept], counts[kept], strict=True)),
            dict(zip(values[kept], firsts[kept], strict=True)),
            len(values) <= MOST_VALUES, len(present),
        )  # fmt: skip

    def merged(self, other: ValueSurvey) -> ValueSurvey:
        """Return the survey of the rows of this and, behind them, of another one."""
        counts = dict(self.counts)
        for value, count in other.counts.items():
            counts[value] = counts.get(value, 0) + count
        rows = {**other.rows, **self.rows}
        is_whole = self.is_whole and other.is_whole and len(counts) <= MOST_VALUES
        kept = list(counts)[:MOST_VALUES]
        return ValueSurvey(
            {value: counts[value] for value in kept}, {value: rows[value] for value in kept},
            is_whole, self.n_rows + other.n_rows,
        )  # fmt: skip

    @property
    def labels(self) -> dict[str, int]:
        """The number of rows of each label (`sheernet.data.columns.cells`), in the order of their first rows."""
        counts: dict[str, int] = {}
        for value, count in self.counts.items():
            label = label_of(value)
            counts[label] = counts.get(label, 0) + count
        return counts


def _told_apart(codes: Indices, values: tuple[Any, ...]) -> tuple[Indices, tuple[Any, ...]]:
    """Replace Boolean values among others by their labels, because True equals 1 as a key."""
    if not {bool} < set(map(type, values)):
        return codes, values
    # The text "True" may be there, too.
    keys = [label_of(value) if isinstance(value, bool) else value for value in values]
    position = {key: i for i, key in enumerate(dict.fromkeys(keys))}
    return np.array([*map(position.__getitem__, keys), -1], dtype=np.intp)[codes], tuple(position)


@dataclass(frozen=True)
class ColumnSurvey:
    """Kind, missing values and values of a column.

    Parameters
    ----------
    kind : str
        As in `Table.kind`, but "text" for text: only all rows together determine whether it is "mixed".
    shown : str
        The rows that have this kind, in messages.
    n_missing : int
        The number of missing values.
    gap, gap_row : int
        The number of missing values in rows of positive weight, and the first of these rows.
    largest_whole : float
        The largest absolute value of a column of whole numbers above 2**53, otherwise 0.
    numbers, values : NumberSurvey, ValueSurvey, optional
    order : tuple
        The categories of an ordered categorical.
    is_ordered : bool
        Whether it is one.
    form : CellFormat, optional
        The format from which numbers were made, such as a format of durations.
    unit : tuple of str
        The unit of the numbers in a row of units, and the rows that have it, in messages; ("", "") if there is none.
    coded : str
        The rows, in messages, whose digits have leading zeros although the column is read as numbers, otherwise "".
    """

    kind: str
    shown: str
    n_missing: int
    gap: int
    gap_row: int
    largest_whole: float = 0.0
    numbers: NumberSurvey | None = None
    values: ValueSurvey | None = None
    order: tuple[Any, ...] = ()
    is_ordered: bool = False
    form: CellFormat | None = None
    unit: tuple[str, str] = ("", "")
    coded: str = ""

    @classmethod
    def of(
        cls,
        table: Table,
        name: str,
        first_row: int,
        counts: npt.NDArray[np.bool_] | None,
        *,
        as_labels: bool,
        are_coded: bool = False,
    ) -> ColumnSurvey:
        """Survey a column of a shard.

        Parameters
        ----------
        table : Table
            Rows of a shard.
        name : str
            The column.
        first_row : int
            Number of its first row in the data set.
        counts : ndarray of bool, (N,), optional
            Rows of positive weight.
        as_labels : bool
            Whether the values are labels, whatever the kind.
        are_coded : bool
            Whether these rows have leading zeros although the column is read as numbers.
        """
        kind = table.kind(name)
        kind = "text" if kind in TEXTS else kind
        missing = table.column(name).isna().to_numpy()
        gaps = np.flatnonzero(missing if counts is None else missing & counts)
        numbers = values = None
        before = first_row - 1
        has_equal = kind == "number" and rounding_of(table, name)[1]
        if kind in NUMBER_KINDS:
            found = as_numbers(table, name, kind)
            infinite = np.flatnonzero(np.isinf(found))
            row = before + table.row_number(infinite[0]) if len(infinite) else None
            numbers = NumberSurvey.of(found, row, has_equal=has_equal)
        if kind in ("text", "boolean") or (as_labels and kind not in ("empty", "other")):
            values = ValueSurvey.of(table, name, first_row)
        largest = 0.0
        if numbers is not None and numbers.are_whole and kind == "number":
            largest = max(abs(numbers.low), abs(numbers.high))
        return cls(
            kind, table.source, int(missing.sum()), len(gaps),
            before + table.row_number(gaps[0]) if len(gaps) else -1,
            largest if largest > LARGEST_EXACT and math.isfinite(largest) else 0.0, numbers, values,
            tuple(table.orders.get(name, ())), name in table.orders, table.formats.get(name),
            (table.read_as.column_units.get(name, ""), table.source) if kind == "number" else ("", ""),
            table.source if are_coded else "",
        )  # fmt: skip

    def merged(self, other: ColumnSurvey, name: str) -> ColumnSurvey:
        """Return the survey of the rows of this and, behind them, of another one."""
        known = next((each for each in (self, other) if each.kind != "empty"), self)
        coded = self.coded or other.coded
        if "empty" not in (self.kind, other.kind) and self.kind != other.kind and not coded:
            raise _kinds_error(name, self, other)
        if self.unit[0] and other.unit[0] and not are_alike(self.unit[0], other.unit[0]):
            raise _units_error(name, self.unit, other.unit)
        order = dict.fromkeys([*self.order, *other.order])
        return ColumnSurvey(
            known.kind, known.shown, self.n_missing + other.n_missing, self.gap + other.gap,
            self.gap_row if self.gap else other.gap_row, max(self.largest_whole, other.largest_whole),
            _merged(self.numbers, other.numbers), _merged(self.values, other.values),
            tuple(order), self.is_ordered or other.is_ordered, self.form or other.form,
            self.unit if self.unit[0] else other.unit, coded,
        )  # fmt: skip


def _merged(left: Any, right: Any) -> Any:
    """Two surveys of values together; a shard without values has none."""
    if left is None or right is None:
        return right if left is None else left
    return left.merged(right)


def _kinds_error(name: str, left: ColumnSurvey, right: ColumnSurvey) -> InvalidInput:
    return InvalidInput(
        f"column {in_quotes(name)} holds {_NOUNS[left.kind]} in {left.shown}, but {_NOUNS[right.kind]} in "
        f"{right.shown}; write it in one way in all files"
    )


def _units_error(name: str, left: tuple[str, str], right: tuple[str, str]) -> InvalidInput:
    return InvalidInput(
        f"column {in_quotes(name)} has the unit {in_quotes(left[0])} in the row of units of {left[1]}, but "
        f"{in_quotes(right[0])} in that of {right[1]}; convert the values and change this row, or change this row only "
        "if it is another name of the same unit"
    )
