"""`SearchSpace`: the inputs among which the best are searched: ranges of numbers, labels, and fixed values.

A column of numbers, dates or times is a variable u from 0 to 1 over its range,  x = lowest + u (highest - lowest).
Labels, Booleans and small whole numbers, such as 0 and 1 or counts, are choices.  Nothing lies outside of the ranges
and labels of the training rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import product
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from sheernet.data.columns import CategoryColumn, Column, NumberColumn
from sheernet.data.columns.cells import as_numbers
from sheernet.data.sources import read_table
from sheernet.foundation.arrays import Array, Indices
from sheernet.foundation.errors import InvalidInput, require_known
from sheernet.foundation.message_text import listed, plural_of
from sheernet.foundation.sentences import Setting
from sheernet.models.explaining.chosen_point import point_of, typical_point
from sheernet.models.explaining.column_cells import Value, written
from sheernet.models.explaining.column_parts import (
    encode_numbers,
    encode_values,
    kind_of,
    value_derivatives,
)

if TYPE_CHECKING:
    from sheernet.models.model import Model


@dataclass(frozen=True)
class Variable:
    """A column of numbers that is searched, and its range.

    Parameters
    ----------
    c : int
        Index of the column.
    column : NumberColumn
        The column.
    place : slice
        Indices of its features.
    low, high : float
        Range of its values.
    """

    c: int
    column: NumberColumn
    place: slice
    low: float
    high: float


@dataclass(frozen=True)
class Choice:
    """A column of labels, Booleans or a few whole numbers that is searched, and its values; at least two."""

    c: int
    column: Column
    place: slice
    values: tuple[Value, ...]
    features: Array = field(repr=False)  # (number of values, number of features)


@dataclass(frozen=True)
class SearchSpace:
    """The inputs that are searched.

    Parameters
    ----------
    values : tuple of float and str, length C
        The value of each column that is not searched; for the other columns, the value of a typical row.
    x : ndarray, (F,)
        This row, encoded.
    variables, choices : tuple
        The columns that are searched.
    fixed : tuple of str
        Names of the columns that the caller fixed.
    notices : tuple of str
        Bounds that were narrowed.
    """

    values: tuple[Value, ...]
    x: Array
    variables: tuple[Variable, ...]
    choices: tuple[Choice, ...]
    fixed: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()

    @property
    def n_combinations(self) -> int:
        """The number of combinations of choices."""
        return prod(len(choice.values) for choice in self.choices)

    @cached_property
    def combinations(self) -> Indices:
        """All combinations, (n_combinations, number of choices): indices of values."""
        counts = [len(choice.values) for choice in self.choices]
        return np.array(list(product(*map(range, counts))), dtype=np.intp)

    def encode(self, U: Array, Z: Indices) -> Array:
        """Return the features, (N, F), of variables (N, n) and choices (N, m)."""
        X = np.repeat(self.x[None], len(U), axis=0)
        for i, each in enumerate(self.variables):
            X[:, each.place] = encode_numbers(each.column, self._of(each, U[:, i]))
        for j, choice in enumerate(self.choices):
            X[:, choice.place] = choice.features[Z[:, j]]
        return X

    def pulled_back(self, X: Array, gradients: Array) -> Array:
        """Convert derivatives with respect to features, (..., F), to those with respect to variables, (..., n)."""
        found = np.empty((*gradients.shape[:-1], len(self.variables)))
        for i, each in enumerate(self.variables):
            slopes = value_derivatives(each.column, X[:, each.place]) * (
                each.high - each.low
            )  # (N, f)
            shape = (len(X), *[1] * (gradients.ndim - 2), slopes.shape[1])
            found[..., i] = (gradients[..., each.place] * slopes.reshape(shape)).sum(axis=-1)
        return found

    def row(self, u: Array, z: Indices) -> list[Value]:
        """Return the value of each column of one row."""
        values = list(self.values)
        for i, each in enumerate(self.variables):
            values[each.c] = float(self._of(each, u[i : i + 1])[0])
        for j, choice in enumerate(self.choices):
            values[choice.c] = choice.values[z[j]]
        return values

    def on_whole_days(self, u: Array) -> tuple[Array, SearchSpace]:
        """Move dates to whole days if those of the training rows have no time of day.

        Returns
        -------
        ndarray, (n,)
            The variables.
        SearchSpace
            The space in which these dates are held.
        """
        moved, variables = u.copy(), list(self.variables)
        for i, each in enumerate(self.variables):
            first, last = np.ceil(each.low), np.floor(each.high)
            if each.column.is_of_days and first <= last and each.low < each.high:
                day = float(np.clip(np.round(self._of(each, u[i : i + 1])[0]), first, last))
                moved[i] = (day - each.low) / (each.high - each.low)
                variables[i] = replace(each, low=day, high=day)
        return moved, replace(self, variables=tuple(variables))

    @staticmethod
    def _of(each: Variable, u: Array) -> Array:
        return np.clip(each.low + u * (each.high - each.low), each.low, each.high)


def search_space_of(
    model: Model, fixed: Mapping[str, Any], bounds: Mapping[str, Any]
) -> SearchSpace:
    """Make the space for the arguments `fixed` and `bounds` of `Model.optimize`.

    Raises
    ------
    InvalidInput
        If a name is not known, a value lies outside of the training rows, or nothing is left to search.
    """
    _require_columns(model.inputs.names, fixed, bounds)
    values = (point_of(model, fixed, Setting("fixed")) if fixed else typical_point(model)).values
    variables, choices, notices = [], [], []
    x = np.zeros(model.inputs.n_features)
    for c, (column, place) in enumerate(model.inputs.with_slices()):
        x[place] = _encoded(model, column, [values[c]])[0]
        if column.name in fixed:
            _require_inside(column, values[c])
            continue
        levels = model.region.levels[c] if model.region and model.region.levels else ()
        allowed, notice = _allowed(column, levels, bounds.get(column.name))
        notices += notice
        if levels or _has_choices(column):
            features = _encoded(model, column, list(allowed))
            if len(allowed) > 1:
                choices.append(Choice(c, column, place, allowed, features))
            else:
                values = (*values[:c], allowed[0], *values[c + 1 :])
                x[place] = features[0]
        else:
            assert isinstance(column, NumberColumn)
            variables.append(Variable(c, column, place, float(allowed[0]), float(allowed[1])))
    if not variables and not choices:
        raise InvalidInput("no column is left to search; omit one from {}", Setting("fixed"))
    notices += _notice_of_whole_numbers(choices)
    return SearchSpace(values, x, tuple(variables), tuple(choices), tuple(fixed), tuple(notices))


def _require_columns(
    names: Sequence[str], fixed: Mapping[str, Any], bounds: Mapping[str, Any]
) -> None:
    """Raise if `fixed` or `bounds` has an unknown name, or both have one."""
    for noun, given in (("fixed", fixed), ("bounds", bounds)):
        for name in given:
            require_known(Setting(noun), name, names, choices="columns")
            if noun == "bounds" and name in fixed:
                raise InvalidInput(
                    "{!r} has both {} and {}; give one of them",
                    name, Setting("fixed"), Setting("bounds"),
                )  # fmt: skip


def _notice_of_whole_numbers(choices: Iterable[Choice]) -> list[str]:
    """Yield a notice about the numeric columns that are searched at whole numbers only."""
    names = [repr(each.column.name) for each in choices if kind_of(each.column) == "number"]
    if not names:
        return []
    have = plural_of(len(names), "has", "have")
    return [
        f"{listed(names, most=6)} {have} only whole numbers in the training rows, so only these are searched"
    ]


def _has_choices(column: Column) -> bool:
    return kind_of(column) in ("category", "boolean")


def _encoded(model: Model, column: Column, values: list[Value]) -> Array:
    """The features of values, (n, number of features)."""
    dtype = object if isinstance(column, CategoryColumn) else np.float64
    return encode_values(model.inputs, column, np.array(values, dtype=dtype))


def _require_inside(column: Column, value: Value) -> None:
    """Raise if a fixed value lies outside of the training rows."""
    if isinstance(column, CategoryColumn) or column.lowest <= float(value) <= column.highest:
        return
    raise InvalidInput(
        "{} of {!r} must be in the range of the training rows, {} to {}, but {} was given; inputs are never "
        "searched outside of the data",
        Setting("fixed"), column.name, *(written(column, end) for end in (column.lowest, column.highest)),
        written(column, value),
    )  # fmt: skip


def _allowed(
    column: Column, levels: Sequence[float], given: Any
) -> tuple[tuple[Value, ...], list[str]]:
    """The labels, Booleans, levels or range of a column, within its bounds; and a notice about narrowed bounds."""
    if _has_choices(column):
        known = _known(column)
        if given is None:
            return known, []
        has_several = isinstance(given, Iterable) and not isinstance(given, str)
        wanted = list(given) if has_several else [given]
        kept = tuple(value for value in known if _among(value, wanted))
        if not kept or len(kept) != len(wanted):
            shown = [written(column, value) for value in known]
            raise InvalidInput(
                "{} of {!r} must be a list of some of its values, {}, but {!r:.60} was given",
                Setting("bounds"), column.name, listed(shown, most=8), given,
            )  # fmt: skip
        return kept, []
    assert isinstance(column, NumberColumn)
    if given is None:
        return tuple(levels) or (column.lowest, column.highest), []
    low, high = _two_ends(column, given)
    inside = max(low, column.lowest), min(high, column.highest)
    if inside[0] > inside[1]:
        raise InvalidInput(
            "{} of {!r} must overlap the range of the training rows, {} to {}, but {} to {} was given",
            Setting("bounds"), column.name,
            *(written(column, end) for end in (column.lowest, column.highest, low, high)),
        )  # fmt: skip
    if levels:
        return _between(column, levels, inside), []
    if inside == (low, high):
        return inside, []
    ends = [written(column, end) for end in (low, high, *inside)]
    notice = (
        f"{column.name}: the bounds {ends[0]} to {ends[1]} are narrowed to {ends[2]} to {ends[3]}, the range of the "
        "training rows"
    )
    return inside, [notice]


def _between(column: Column, levels: Sequence[float], ends: Sequence[Value]) -> tuple[Value, ...]:
    """The values of a column that lie between two ends; raise if there is no value."""
    low, high = map(float, ends)
    found = tuple(value for value in levels if low <= value <= high)
    if not found:
        raise InvalidInput(
            "{} of {!r} must contain one of its values in the training rows, {}, but {} to {} contains none",
            Setting("bounds"), column.name, listed([written(column, value) for value in levels], most=8),
            *(written(column, end) for end in ends),
        )  # fmt: skip
    return found


def _known(column: Column) -> tuple[Value, ...]:
    """The labels with a separate feature (rare labels only if there are no others), or the Booleans that occurred."""
    if isinstance(column, CategoryColumn):
        return column.labels or column.rare[:1]
    return tuple(sorted({column.lowest, column.highest}))


def _among(value: Value, given: list[Any]) -> bool:
    return any((str(each) if isinstance(value, str) else each) == value for each in given)


def _end(value: Any) -> str:
    """An end of a range in a message; text as it was given."""
    return f"{value:g}" if isinstance(value, float) else str(value)


def _two_ends(column: NumberColumn, given: Any) -> tuple[float, float]:
    """The ends of the bounds of a column, in its units."""
    ends = [np.nan, np.nan]
    if isinstance(given, (tuple, list)) and len(given) == 2:
        with suppress(InvalidInput):  # reported below
            ends = as_numbers(
                read_table({column.name: list(given)}), column.name, column.kind
            ).tolist()
    if not (np.isfinite(ends).all() and ends[0] <= ends[1]):
        raise InvalidInput(
            "{} of {!r} must be two values, the smaller one first, but {:.60} was given",
            Setting("bounds"), column.name,
            "..".join(map(_end, given)) if isinstance(given, (tuple, list)) else repr(given),
        )  # fmt: skip
    return ends[0], ends[1]
