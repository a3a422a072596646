"""`ColumnPart`: features of a column that change together, and the values that they take.

A category changes as a whole.  The trend and each cycle of a date change separately, because steps of the date would
show only some phases of a cycle.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from sheernet.data.columns import CategoryColumn, Inputs, NumberColumn
from sheernet.data.columns.column_types import Column
from sheernet.data.columns.cycles import HOUR, HOURS_OF_A_DAY, NAMES, phases, write_cycles
from sheernet.data.sources import read_table
from sheernet.data.tables.reading import Reading
from sheernet.foundation.arrays import Array, Indices
from sheernet.foundation.errors import InvalidInput, unknown_name
from sheernet.foundation.message_text import listed
from sheernet.foundation.sentences import Setting, in_quotes

MOST_DISTINCT = 12  # maximum number of values of a numeric column that are all used
EVEN_VALUES = 31  # number of values that are used if a numeric column has more than these
FEWEST_HOURS = 6  # number of whole hours below which times of day are shown in finer steps
STEPS_OF_HOUR = 12
TIE = 1e-9  # difference of cosines up to which a row is as near to one phase as to another
TAIL = 0.01  # fraction of the rows below the first and above the last of these values


def kind_of(column: Column) -> str:
    """Kind of the values of a column: "number", "boolean", "date", "time" or "category"."""
    return "category" if isinstance(column, CategoryColumn) else column.kind


def encode_values(inputs: Inputs, column: Column, values: npt.NDArray[Any]) -> Array:
    """Compute the features of values of one column, (G, number of its features); dates in days, times in hours."""
    if isinstance(column, CategoryColumn):
        alone = Inputs((column,), inputs.scaling, inputs.missing)
        return alone.encode(read_table({column.name: values}, like=Reading()))
    return column.encode(np.asarray(values, dtype=np.float64))


def value_derivatives(column: NumberColumn, features: Array) -> Array:
    """Derivatives of the features of a column with respect to its value, (N, n): per day for dates, per hour for times.

    Parameters
    ----------
    column : NumberColumn
        The column.
    features : ndarray, (N, n)
        Its features.
    """
    found = np.zeros_like(features)
    first = int(column.has_trend)
    found[:, :first] = 1.0 / column.scale
    for k, period in enumerate(column.cycles):
        sine, cosine = first + 2 * k, first + 2 * k + 1
        found[:, sine] = 2 * np.pi / period * features[:, cosine]
        found[:, cosine] = -2 * np.pi / period * features[:, sine]
    return found


def column_of_features(inputs: Inputs) -> Indices:
    """The index of the column of each feature, (F,)."""
    counts = [len(column.features) for column in inputs.columns]
    return np.repeat(np.arange(len(counts)), counts)


@dataclass(frozen=True, eq=False)
class ColumnPart:
    """Features of a column that change together.

    Parameters
    ----------
    inputs : Inputs
        The encoders of the model.
    column : NumberColumn or CategoryColumn
        The column.
    place : slice
        Indices of all its features.
    changed : slice
        Indices of the features that change.
    part : str
        "" for all features of the column; "trend" or a cycle for a part of a date.
    period : float
        Period of the cycle; 0 if the part is not a cycle.
    """

    inputs: Inputs
    column: Column
    place: slice
    changed: slice
    part: str = ""
    period: float = 0.0

    @property
    def title(self) -> str:
        """Name of the column, and the part of it that changes."""
        return f"{self.column.name} ({self.part})" if self.part else self.column.name

    @property
    def kind(self) -> str:
        """Kind of the values: "number", "boolean", "date", "time" or "category"."""
        if self.period:
            return "category" if self.phases[0].dtype.hasobject else "number"
        return kind_of(self.column)

    @property
    def has_labels(self) -> bool:
        """Whether the values of the part are labels or Booleans, that is, codes and not numbers."""
        return not self.period and self.kind in ("category", "boolean")

    @property
    def has_axis(self) -> bool:
        """Whether the values of the part are numbers on an axis, which has ends, not labels or phases of a cycle."""
        return not self.period and not self.has_labels

    @property
    def is_ordered(self) -> bool:
        """Whether the order of the labels has a meaning; rare labels are the last."""
        return isinstance(self.column, CategoryColumn) and self.column.is_ordered

    @property
    def phases(self) -> tuple[npt.NDArray[Any], Array]:
        """Phases of a cycle, as values and as x, both (G,)."""
        return phases(self.period, at_noon=HOUR in self.cycles)

    def times(self, values: npt.NDArray[Any]) -> Array:
        """x, (G,), of phases of a cycle that are given as values."""
        shown, x = self.phases
        if not shown.dtype.hasobject:
            return np.asarray(values, dtype=np.float64) * (self.period / HOURS_OF_A_DAY)
        return x[[shown.tolist().index(value) for value in values]]

    @property
    def cycles(self) -> tuple[float, ...]:
        """Periods of the cycles of the column."""
        return () if isinstance(self.column, CategoryColumn) else self.column.cycles

    @property
    def labels(self) -> npt.NDArray[Any]:
        """The labels of a category, or 0 and 1 of a Boolean, (G,)."""
        if not isinstance(self.column, CategoryColumn):
            return np.array([0.0, 1.0])
        return np.array(self.column.categories, dtype=object)

    def encode(self, values: npt.NDArray[Any]) -> Array:
        """The features that change, (G, n), for values of the part."""
        if self.period:
            x = self.times(values)
            features = np.empty((len(x), 2))
            write_cycles(x, (self.period,), features)
            return features
        if isinstance(self.column, CategoryColumn):
            names = self.labels.tolist()
            return np.eye(len(names), len(self.column.features))[
                [names.index(value) for value in values]
            ]
        n = self.changed.stop - self.changed.start
        return encode_values(self.inputs, self.column, values)[:, :n]

    def numbers(self, X: Array) -> Array:
        """The values of the part in encoded rows, (N,), in units of the column, or in fractions of a cycle."""
        if not self.period:
            assert isinstance(self.column, NumberColumn)
            return self.column.values_of(X[:, self.place])
        sine, cosine = X[:, self.changed].T
        start = self.phases[1][0] / self.period
        return np.asarray((np.arctan2(sine, cosine) / (2 * np.pi) - start) % 1.0)

    def codes(self, X: Array) -> Indices:
        """The index in `labels` of the label of each row, (N,); -1 for a label that the model does not have."""
        if not isinstance(self.column, CategoryColumn):
            return np.rint(self.numbers(X)).astype(np.intp)
        own = X[:, self.place]
        return np.where(own.any(axis=1), own.argmax(axis=1), -1)

    def with_features(self, X: Array, features: Array) -> Array:
        """Copy encoded rows, (N, F), and replace the features of this part, (n,) or (N, n)."""
        changed = X.copy()
        changed[:, self.changed] = features
        return changed

    def even_values(self, X: Array) -> tuple[npt.NDArray[Any], Array]:
        """Values at which the effect of the part is shown, (G,), and the fraction of rows near each, (G,).

        The values are all labels, the phases that are the nearest one of a row, or all distinct numbers.  More than 12
        distinct numbers are replaced by 31 values in equal steps between the 1 % and 99 % quantiles.
        """
        if self.has_labels:
            values, nearest = self.labels, self.codes(X)
        elif self.period:
            values = self._phases_with_rows(X)
            nearest = np.argmax(X[:, self.changed] @ self.encode(values).T, axis=1)
        else:
            own = self.numbers(X)
            values = np.unique(own)
            if len(values) > MOST_DISTINCT:
                low, high = np.quantile(own, [TAIL, 1 - TAIL])
                values = np.unique(np.linspace(low, high, EVEN_VALUES))
            nearest = np.searchsorted(0.5 * (values[1:] + values[:-1]), own)
        counts = np.bincount(nearest[nearest >= 0], minlength=len(values))
        total = counts.sum()
        return values, counts / total if total else np.full(len(values), 1.0 / len(values))

    def _phases_with_rows(self, X: Array) -> npt.NDArray[Any]:
        """The phases that are the nearest one of any row, (G,); midnight is both 0 and 24 hours.

        If these are few hours, the times of day are rounded to five minutes instead.
        """
        shown = self.phases[0]
        cosines = X[:, self.changed] @ self.encode(shown).T  # (N, all phases)
        nearest = cosines > cosines.max(axis=1, keepdims=True) - TIE
        found = shown[nearest.any(axis=0)]
        if shown.dtype.hasobject or len(found) >= FEWEST_HOURS:
            return found
        fine = np.unique(np.rint(self.numbers(X) * HOURS_OF_A_DAY * STEPS_OF_HOUR)) / STEPS_OF_HOUR
        return fine if len(fine) > len(found) else found


def parts_of(inputs: Inputs) -> list[ColumnPart]:
    """All parts of all columns, in the order of their features."""
    parts = []
    for column, place in inputs.with_slices():
        if isinstance(column, CategoryColumn) or not column.cycles:
            parts.append(ColumnPart(inputs, column, place, place))
            continue
        first = place.start + int(column.has_trend)
        if column.has_trend:
            parts.append(ColumnPart(inputs, column, place, slice(place.start, first), "trend"))
        for k, period in enumerate(column.cycles):
            pair = slice(first + 2 * k, first + 2 * k + 2)
            parts.append(ColumnPart(inputs, column, place, pair, NAMES[period], period))
    return parts


def chosen_parts(parts: Sequence[ColumnPart], names: Sequence[str]) -> list[ColumnPart]:
    """The parts of the named columns, in the order of the names; a name may also be a part of a date.

    Raises
    ------
    InvalidInput
        If a name is not known, or occurs twice.
    """
    found: list[ColumnPart] = []
    for name in names:
        own = [part for part in parts if name in (part.column.name, part.title)]
        if not own:
            raise unknown_name(
                "column of the model", name, [part.column.name for part in parts], choices="columns"
            )
        if any(part in found for part in own):
            raise repeated_column(name)
        found += own
    return found


def repeated_column(name: str) -> InvalidInput:
    """Build the error for a column that an argument `columns` contains twice."""
    return InvalidInput("{} contains {!r} twice; name it once", Setting("columns"), name)


def single_part(parts: Sequence[ColumnPart], name: str) -> ColumnPart:
    """The part with a name; for a date with several parts, the name of a part, such as "day (trend)".

    Raises
    ------
    InvalidInput
        If the name is not known, or several parts have it.
    """
    own = chosen_parts(parts, [name])
    if len(own) > 1:
        raise InvalidInput(
            f"column {in_quotes(name)} has several parts; name one of them: "
            f"{listed([part.title for part in own], 'or')}"
        )
    return own[0]
