"""The two types of input columns, and how each is encoded as features of a network.

    NumberColumn      one feature, (x - shift) / scale; Booleans are 1 and 0, dates are days since 1970-01-01, times of
                      day are hours; two more features for each cycle (cycles.py); times with a cycle have only these
    CategoryColumn    one feature per label, 1 in rows with that label and 0 in others, and one for all rare labels

If more than `MOST_MISSING` of its values are missing in the training rows, a column has one more feature, the last: its
indicator, which is 1 in rows whose value is missing and was filled, and 0 in others.

input_learning.py learns them, inputs.py combines them, cells.py converts their cells.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, get_args

import numpy as np
import numpy.typing as npt

from sheernet.data.columns.cells import (
    AS_FITTED,
    NUMBER_KINDS,
    SHOWN,
    Gap,
    as_labels,
    as_numbers,
    listed_labels,
    quoted,
)
from sheernet.data.columns.cycles import (
    FEWEST_HOURS,
    HOUR,
    HOURS_OF_A_DAY,
    NAMES,
    PERIODS,
    feature_names,
    write_cycles,
    zoned,
)
from sheernet.data.tables.column_names import first_repeated
from sheernet.data.tables.table import Table
from sheernet.foundation.arrays import Array, Indices
from sheernet.foundation.errors import InvalidInput, unknown_name
from sheernet.foundation.message_text import counted, listed, plural_of
from sheernet.foundation.pandas_import import import_pandas
from sheernet.foundation.scalars import finite_number
from sheernet.foundation.sentences import Sentence, Setting, in_quotes, sentence
from sheernet.settings.table_settings import Missing

MISSING: tuple[str, ...] = get_args(Missing)
UNSEEN = ("rare", "refuse")
RARE = "(rare)"
MOST_MISSING = 0.05
"""Largest fraction of missing values for which a column has no indicator.

Up to 5 %, what is filled in hardly matters (J. L. Schafer, Multiple imputation: a primer, Statistical Methods in
Medical Research 8, 1999), and an indicator would cost a weight for each hidden unit, estimated from few rows.
"""
EPOCH = np.datetime64("1970-01-01", "s")
HOUR_DIGITS = 9  # decimals of hours computed from sine and cosine, so that equal times stay equal
ROUNDING = 2.0**-50
"""Error of a value that was encoded and decoded, relative to the shift: 0 - shift and the quotient are rounded."""
FARTHEST_DAY = 1e13  # beyond it, the number of seconds does not fit in 64 bits


@dataclass(frozen=True)
class NumberColumn:
    """A column of numbers, Booleans, dates or times of day: the feature (x - shift) / scale, and two for each cycle.

    Parameters
    ----------
    name : str
        Name of the table's column, and of the feature.
    kind : {"number", "boolean", "date", "time"}
        Meaning of x: the number, 1 for true and 0 for false, days since 1970-01-01 in UTC, or hours since midnight.
    shift, scale : float
        In units of x; scale is positive.
    lowest, highest : float
        Range of x in the training rows.
    fill : float, optional
        Replacement of missing values; if None, they are not filled.
    cycles : tuple of float
        Periods of the cycles of a date, in days, or of a time of day, in hours (`sheernet.data.columns.cycles`).
    offset : float, optional
        Hours by which the local time of the cycles of a date is ahead of UTC; None if the dates have no time zone.
    missing_fraction : float
        Fraction of missing values in the training rows; above `MOST_MISSING`, the last feature is the indicator.

    Raises
    ------
    InvalidInput
        If a parameter has the wrong type, is not finite, or is outside its range.

    Examples
    --------
    >>> from sheernet.data.columns import NumberColumn
    >>> NumberColumn("hours", "number", shift=3.0, scale=2.0, lowest=1.0, highest=5.0).features
    ('hours',)
    """

    name: str
    kind: str
    shift: float
    scale: float
    lowest: float
    highest: float
    fill: float | None = None
    cycles: tuple[float, ...] = ()
    offset: float | None = None
    missing_fraction: float = 0.0

    def __post_init__(self) -> None:
        noun = _require_name(self.name)
        _require_fraction(self, noun)
        if self.kind not in NUMBER_KINDS:
            raise unknown_name(f"kind of {noun}", self.kind, NUMBER_KINDS)
        for key in ("shift", "scale", "lowest", "highest", "fill", "offset"):
            value = getattr(self, key)
            if key not in ("fill", "offset") or value is not None:
                object.__setattr__(self, key, finite_number(value, f"{key} of {noun}"))
        if self.scale <= 0:
            raise InvalidInput(f"scale of {noun} must be positive, but is {self.scale!r}")
        if self.lowest > self.highest:
            raise InvalidInput(
                f"lowest of {noun} must not be above highest, but they are {self.lowest!r} and {self.highest!r}"
            )
        object.__setattr__(self, "cycles", tuple(self.cycles))
        periods = PERIODS.get(self.kind, ())
        if not set(self.cycles) <= set(periods) or len(set(self.cycles)) < len(self.cycles):
            raise InvalidInput(
                f"cycles of {noun} must be different ones of {periods}, but are {self.cycles!r:.60}"
            )

    @property
    def features(self) -> tuple[str, ...]:
        """Names of the features."""
        trend = (self.name,) if self.has_trend else ()
        return trend + feature_names(self.name, self.cycles) + _indicator_of(self)

    @property
    def has_trend(self) -> bool:
        """Whether the first feature is (x - shift) / scale."""
        return self.kind != "time" or not self.cycles

    @property
    def is_of_days(self) -> bool:
        """Whether the dates of the training rows seem to have no time of day, judging by their range and cycles."""
        ends_are_days = self.lowest.is_integer() and self.highest.is_integer()
        return self.kind == "date" and ends_are_days and HOUR not in self.cycles

    def write(self, table: Table, out: Array) -> Gap | None:
        """Write x and the cycles of each row to `out`, (N, number of features); return the values that stay missing."""
        x = np.array(as_numbers(table, self.name, self.kind, advice=AS_FITTED))
        if self.kind == "date":
            self._require_zone(table)
        return self.write_numbers(x, out)

    def write_numbers(self, x: Array, out: Array) -> Gap | None:
        """Fill x, (N,), in place, and write its features, not scaled; return the values that stay missing."""
        if has_indicator(self):
            out[:, -1] = np.isnan(x)
        gap = self.fill_in(x)
        self.write_values(x, out)
        return gap

    def write_values(self, x: Array, out: Array) -> None:
        """Write x, (N,), and its cycles to `out`, (N, number of features), but not the indicator."""
        if self.has_trend:
            out[:, 0] = x
        write_cycles(x + (self.offset or 0.0) / 24, self.cycles, out[:, int(self.has_trend) :])

    def encode(self, x: Array) -> Array:
        """The features, (N, number of features), of values x, (N,), none of which is missing."""
        features = np.zeros((len(x), len(self.features)))
        self.write_values(x, features)
        if self.has_trend:
            features[:, 0] = (features[:, 0] - self.shift) / self.scale
        return features

    def values_of(self, features: Array) -> Array:
        """The values x, (N,), of encoded rows, (N, number of features): times with cycles come from sine and cosine.

        A difference of two numbers that is only their round-off is 0.
        """
        if self.has_trend:
            x = features[:, 0] * self.scale + self.shift
            return np.where(np.abs(x) <= ROUNDING * np.abs(self.shift), 0.0, x)
        hours = np.arctan2(features[:, 0], features[:, 1]) * (HOURS_OF_A_DAY / (2 * np.pi))
        return np.round(hours, HOUR_DIGITS) % HOURS_OF_A_DAY

    def _require_zone(self, table: Table) -> None:
        """Raise if dates have a time zone but the dates of the training rows have none, or vice versa."""
        column = table.column(self.name)
        wrong = zoned(column) if self.offset is None else ~zoned(column) & column.notna().to_numpy()
        if wrong.any():
            row = int(wrong.argmax())
            found, other = ("a", "none") if self.offset is None else ("no", "one")
            raise InvalidInput(
                f"column {in_quotes(self.name)} of {table.source} has a date with {found} time zone in "
                f"{table.row_place(row)} ({quoted(column.iloc[row])}), but the training rows have {other}; write all "
                "dates like those of the training rows (pandas: dt.tz_localize)"
            )

    def fill_in(self, x: Array) -> Gap | None:
        """Fill the missing values of x, (N,), in place; return them if there is no `fill`."""
        missing = np.isnan(x)
        if self.fill is None:
            return Gap.among(self.name, missing)
        x[missing] = self.fill
        return None

    def range_messages(self, x: Array) -> Iterator[str]:
        """Yield messages about the values of x, (N,), outside the range of the training rows."""
        for beyond, word, end, which in (
            (x < self.lowest, "below", self.lowest, "smallest"),
            (x > self.highest, "above", self.highest, "largest"),
        ):
            count = np.count_nonzero(beyond)
            if count:
                yield (
                    f"{self.name}: {count} of {counted(len(x), 'row')} {plural_of(int(count), 'is', 'are')} {word} "
                    f"{self.written(end)}, the {which} value of the training rows"
                )

    @property
    def written_fill(self) -> str:
        """Replacement of missing values, formatted for a message."""
        return "nothing" if self.fill is None else self.written(self.fill)

    def written(self, x: float) -> str:
        """Format a value of x for a message; days as a date, hours as a time."""
        if self.kind == "time":
            minutes = round(x * 60)
            return f"{minutes // 60:02d}:{minutes % 60:02d}"
        if self.kind != "date" or abs(x) > FARTHEST_DAY:
            return f"{x:.12g}"
        moment = EPOCH + np.timedelta64(round(x * 86400), "s")
        return str(moment).removesuffix("T00:00:00")

    @property
    def moment_message(self) -> str:
        """A message about the features of a date or time of day; empty if its values are used as numbers."""
        if not self.cycles and self.kind == "time" and self.highest - self.lowest < FEWEST_HOURS:
            return (
                f"time of day {self.name!r}: trend, in hours; no hour of day, because the times of the training rows "
                f"span less than {FEWEST_HOURS:g} hours"
            )
        if not self.cycles:
            return ""
        parts = ["trend"] if self.has_trend else []
        parts += [NAMES[period] for period in self.cycles]
        zone = ""
        if self.cycles and self.offset is not None:
            minutes = round(self.offset * 60)
            hours = f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"
            zone = f" (cycles in {f'local time, {hours}' if minutes else 'UTC'})"
        if self.kind == "time":
            return sentence(
                "time of day {!r}: {}, in which 24:00 is 0:00; give {} if they are durations",
                self.name, ", ".join(parts), Setting("cycles", "none"),
            )  # fmt: skip
        return f"date {in_quotes(self.name)}: {', '.join(parts)}{zone}"


@dataclass(frozen=True)
class CategoryColumn:
    """A column of labels: one feature per label, and one for the rare labels, if any.

    Parameters
    ----------
    name : str
        Name of the table's column; features are called "color=red" and "color=(rare)".
    labels : tuple of str
        Labels with their own feature.
    rare : tuple of str
        Known labels that share one feature.
    unseen : {"refuse", "rare"}
        Treatment of labels in neither `labels` nor `rare`: "refuse" raises an error, "rare" treats them as rare labels;
        if there are no rare labels, all their features are 0.
    fill : str, optional
        Replacement of missing values, one of the labels; if None, they are not filled.
    is_ordered : bool
        Whether the labels are ordered, as in an ordered categorical of pandas.
    missing_fraction : float
        As of a `NumberColumn`.

    Raises
    ------
    InvalidInput
        If a parameter has the wrong type, labels are not distinct, or there are none.

    Examples
    --------
    >>> from sheernet.data.columns import CategoryColumn
    >>> CategoryColumn("color", labels=("blue", "red"), rare=("pink",)).features
    ('color=blue', 'color=red', 'color=(rare)')
    """

    name: str
    labels: tuple[str, ...]
    rare: tuple[str, ...] = ()
    unseen: str = "refuse"
    fill: str | None = None
    is_ordered: bool = False
    missing_fraction: float = 0.0

    def __post_init__(self) -> None:
        noun = _require_name(self.name)
        _require_fraction(self, noun)
        for key in ("labels", "rare"):
            object.__setattr__(self, key, _texts(getattr(self, key), f"{key} of {noun}"))
        if not self.known:
            raise InvalidInput(f"{noun} must have at least one label, but has none")
        repeated = first_repeated(self.known)
        if repeated is not None:
            raise InvalidInput(
                f"labels of {noun} must be distinct, but {in_quotes(repeated)} occurs twice"
            )
        if not isinstance(self.is_ordered, bool):
            raise InvalidInput(
                f"is_ordered of {noun} must be True or False, but is {self.is_ordered!r}"
            )
        if self.unseen not in UNSEEN:
            raise unknown_name(f"unseen of {noun}", self.unseen, UNSEEN)
        if self.fill is not None and self.fill not in self.known:
            raise InvalidInput(f"fill of {noun} must be one of its labels, but is {self.fill!r}")

    @property
    def known(self) -> tuple[str, ...]:
        """All labels of the column, the rare ones last."""
        return self.labels + self.rare

    @property
    def categories(self) -> tuple[str, ...]:
        """The labels with their own feature, and "(rare)" if there are rare labels, in the order of the features."""
        return self.labels + ((RARE,) if self.rare else ())

    @property
    def features(self) -> tuple[str, ...]:
        """Names of the features."""
        return tuple(f"{self.name}={label}" for label in self.categories) + _indicator_of(self)

    def write(self, table: Table, out: Array) -> Gap | None:
        """Write one-hot codes to `out`, zeros (N, number of features); return the values that stay missing."""
        codes, labels = as_labels(table, self.name)
        missing = codes < 0
        if has_indicator(self):
            out[:, -1] = missing
        if self.fill is not None:
            labels.append(self.fill)
            codes = np.where(missing, len(labels) - 1, codes)
        elif missing.any():
            return Gap.among(self.name, missing)
        positions = self._positions(labels)
        unknown = self._unknown(positions)
        if self.unseen == "refuse" and unknown.any():
            raise self._unseen_error(table, codes, labels, unknown)
        # The feature of rare labels is the last.
        feature = np.minimum(positions, len(self.labels))[codes]
        is_known = feature < len(self.categories)  # of others, which are unknown, no label is rare
        rows = np.flatnonzero(is_known)
        out[rows, feature[rows]] = 1.0
        return None

    def range_messages(self, table: Table) -> Iterator[str]:
        """Yield a message about the rows whose label is unknown, if such labels are allowed."""
        unknown = self.unknown_rows(table)
        if unknown.any():
            codes, labels = as_labels(table, self.name)
            count, rows_of = int(unknown.sum()), Counter(labels[code] for code in codes[unknown])
            have = plural_of(count, "has a label that is", "have labels that are")
            shown = [f"{quoted(label)} ({n})" for label, n in rows_of.most_common()]
            yield (
                f"{self.name}: {count} of {counted(len(table), 'row')} {have} not in the training rows and "
                f"{plural_of(count, 'counts', 'count')} as rare: {listed(shown, most=SHOWN)}"
            )

    def unknown_rows(self, table: Table) -> npt.NDArray[np.bool_]:
        """Find the rows, (N,), with a label that is neither in `labels` nor in `rare`; missing labels do not count."""
        codes, labels = as_labels(table, self.name)
        unknown: npt.NDArray[np.bool_] = np.append(self._unknown(self._positions(labels)), False)
        return unknown[codes]  # -1 is missing

    @property
    def written_fill(self) -> str:
        """The replacement of missing values, formatted for a message."""
        return "nothing" if self.fill is None else quoted(self.fill)

    @property
    def rare_message(self) -> str:
        """A message about the rare labels and their encoding."""
        if len(self.rare) == 1:
            return f"the label {quoted(self.rare[0])} is rare and is replaced by {RARE!r}"
        return (
            f"{len(self.rare)} rare labels are combined into {RARE!r}: {listed_labels(self.rare)}"
        )

    def _positions(self, labels: Sequence[str]) -> Indices:
        """Return the index of each label in `known`; len(known) for an unknown label."""
        positions = (
            import_pandas()
            .Index(self.known, dtype=object)
            .get_indexer(import_pandas().Index(labels, dtype=object))
        )
        return np.where(positions < 0, len(self.known), positions)

    def _unknown(self, positions: Indices) -> npt.NDArray[np.bool_]:
        return positions == len(self.known)

    def _unseen_error(
        self, table: Table, codes: Indices, labels: Sequence[str], unknown: npt.NDArray[np.bool_]
    ) -> InvalidInput:
        rows = np.flatnonzero(unknown[codes])
        more = f" ({len(rows)} rows with unknown labels)" if len(rows) > 1 else ""
        return InvalidInput(
            "column {!r} of {} has {} in {}{}, but the model knows {}; correct the cell, or fit "
            "the model with {}, which treats such labels as rare ones",
            self.name, table.source, quoted(labels[codes[rows[0]]]), table.row_place(rows[0]), more,
            listed_labels(self.known),
            Setting("unseen", "rare"),
        )  # fmt: skip


Column = NumberColumn | CategoryColumn


def has_indicator(column: Column) -> bool:
    """Whether the last feature of a column is its indicator of missing values."""
    return column.missing_fraction > MOST_MISSING


def _indicator_of(column: Column) -> tuple[str, ...]:
    return (f"{column.name}=(missing)",) if has_indicator(column) else ()


def _require_fraction(column: Column, noun: str) -> None:
    name = f"missing_fraction of {noun}"
    fraction = finite_number(column.missing_fraction, name)
    object.__setattr__(column, "missing_fraction", fraction)
    if not 0 <= fraction < 1:
        raise InvalidInput(f"{name} must be at least 0 and below 1, but is {fraction!r}")


REFIT_ADVICE = sentence(
    "fill or remove these rows, or fit the model again with {}", Setting("missing", "impute")
)
"""The advice for missing values in a table that the model was not fitted to."""


def missing_value_advice(policy: str) -> Sentence:
    """Return the advice for missing values in the table of a fit, for the end of a message."""
    impute, drop = Setting("missing", "impute"), Setting("missing", "drop")
    if policy == "drop":
        return REFIT_ADVICE
    return sentence(
        "fill them, or use {} (fill in automatically) or {} (leave out these rows)", impute, drop
    )


def _require_name(name: object) -> str:
    if not isinstance(name, str):
        raise InvalidInput(f"name of a column must be text, but is {name!r:.40}")
    return f"column {in_quotes(name)}"


def _texts(value: Any, noun: str) -> tuple[str, ...]:
    if not isinstance(value, list | tuple) or not all(isinstance(text, str) for text in value):
        raise InvalidInput(f"{noun} must be a list of text, but is {value!r:.40}")
    return tuple(value)
