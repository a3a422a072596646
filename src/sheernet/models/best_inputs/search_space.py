"""`SearchSpace`: the inputs among which the best are searched: ranges of numbers, labels, and fixed values.

A column of numbers, dates or times is a variable u from 0 to 1 over its range,  x = lowest + u (highest - lowest).
Labels, Booleans and small whole numbers, such as 0 and 1 or counts, are choices.  Nothing lies outside of the ranges
and labels of the training rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from itertools import product
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from sheernet.data.columns import CategoryColumn, Column, NumberColumn
from sheernet.data.columns.cells import as_numbers
from sheernet.data.sources import read_table
from sheernet.foundation.arrays import Array, Indices, Mask
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.message_text import listed, plural_of
from sheernet.foundation.sentences import Sentence, Setting, sentence
from sheernet.models.best_inputs.terms import Term
from sheernet.models.explaining.chosen_point import point_of, typical_point
from sheernet.models.explaining.column_cells import Value, written
from sheernet.models.explaining.column_parts import encode_values, kind_of
from sheernet.statistics.mahalanobis_distances import distances

if TYPE_CHECKING:
    from sheernet.models.model import Model

INFEASIBLE = 2
"""Status of `scipy.optimize.milp`."""


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

    @property
    def extent(self) -> float:
        """The length of the range."""
        return self.high - self.low


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
        Bounds that were narrowed, and labels that are not searched.
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
            X[:, each.place] = each.column.encode(each.low + U[:, i] * each.extent)
        for j, choice in enumerate(self.choices):
            X[:, choice.place] = choice.features[Z[:, j]]
        return X

    def decode(self, X: Array) -> tuple[Array, Indices]:
        """Return the variables (N, n) and the choices (N, m) that are nearest to features, (N, F)."""
        U, Z = np.empty((len(X), len(self.variables))), np.empty((len(X), len(self.choices)), int)
        for i, each in enumerate(self.variables):
            x = each.column.values_of(X[:, each.place])
            U[:, i] = np.clip((x - each.low) / (each.extent or 1.0), 0.0, 1.0)
        for j, choice in enumerate(self.choices):
            gaps = X[:, None, choice.place] - choice.features  # (N, values, features)
            Z[:, j] = (gaps**2).sum(axis=2).argmin(axis=1)
        return U, Z

    def sums(self, columns: Sequence[int], U: Array, Z: Indices) -> Array:
        """Return the sums of columns of numbers, (N,)."""
        total = np.zeros(len(U))
        searched = {
            each.c: each.low + U[:, i] * each.extent for i, each in enumerate(self.variables)
        }
        for j, choice in enumerate(self.choices):
            if choice.c in columns:
                searched[choice.c] = np.array(choice.values, dtype=float)[Z[:, j]]
        for c in columns:
            total += searched[c] if c in searched else float(self.values[c])
        return total

    def row(self, u: Array, z: Indices) -> list[Value]:
        """Return the value of each column of one row."""
        values = list(self.values)
        for each, at in zip(self.variables, u.tolist(), strict=True):
            values[each.c] = float(np.clip(each.low + at * each.extent, each.low, each.high))
        for j, choice in enumerate(self.choices):
            values[choice.c] = choice.values[z[j]]
        return values

    def on_whole_days(self, u: Array) -> tuple[Array, Mask]:
        """Move dates to whole days if those of the training rows have no time of day.

        Returns
        -------
        ndarray, (n,)
            The variables.
        ndarray of bool, (n,)
            Which of them are such dates.
        """
        moved, held = u.copy(), np.zeros(len(u), dtype=np.bool_)
        for i, each in enumerate(self.variables):
            first, last = np.ceil(each.low), np.floor(each.high)
            if each.column.is_of_days and first <= last and each.extent > 0:
                day = float(np.clip(np.round(each.low + u[i] * each.extent), first, last))
                moved[i], held[i] = (day - each.low) / each.extent, True
        return moved, held


def search_space_of(
    model: Model, fixed: Mapping[str, Any], bounds: Mapping[str, Any], farthest: float = np.inf
) -> SearchSpace:
    """Make the space for what `fixed` and `bounds` of `Model.optimize` say of single columns.

    Parameters
    ----------
    model : Model
        The model.
    fixed, bounds : mapping
        Of names of columns.
    farthest : float
        Maximum distance from the data; labels that are farther with any other values are left out.

    Raises
    ------
    InvalidInput
        If a value lies outside of the training rows, fixed values are farther than `farthest` with any other values, or
        nothing is left to search.
    """
    values = (point_of(model, fixed, Setting("fixed")) if fixed else typical_point(model)).values
    variables, choices, notices, held, far = [], [], [], [], []
    x = np.zeros(model.inputs.n_features)
    for c, (column, place) in enumerate(model.inputs.with_slices()):
        x[place] = _encoded(model, column, [values[c]])[0]
        if column.name in fixed:
            _require_inside(column, values[c])
            held.append(c)
            continue
        levels = model.region.levels[c] if model.region and model.region.levels else ()
        allowed, notice = _allowed(column, levels, bounds.get(column.name))
        notices += notice
        if levels or _has_choices(column):
            features = _encoded(model, column, list(allowed))
            near = _distances(model, (c,), features) <= farthest
            if near.any() and not near.all():
                far += [
                    f"{column.name}={written(column, allowed[i])}" for i in np.flatnonzero(~near)
                ]
                allowed = tuple(allowed[i] for i in np.flatnonzero(near))
                features = features[near]
            if len(allowed) > 1:
                choices.append(Choice(c, column, place, allowed, features))
            else:
                values = (*values[:c], allowed[0], *values[c + 1 :])
                x[place] = features[0]
                held += [c] if column.name in bounds else []
        else:
            assert isinstance(column, NumberColumn)
            variables.append(Variable(c, column, place, float(allowed[0]), float(allowed[1])))
    if not variables and not choices:
        raise InvalidInput("no column is left to search; omit one from {}", Setting("fixed"))
    if held and _distances(model, held, x[None, _places(model, held)])[0] > farthest:
        names = [repr(model.inputs.names[c]) for c in held]
        raise InvalidInput(
            "the given {} of {} {} farther from the data than 95 % of the training rows, whatever the other "
            "columns are; use {}",
            plural_of(len(names), "value"), listed(names), plural_of(len(names), "is", "are"),
            Setting("near_data", False),
        )  # fmt: skip
    notices += [*_notice_of_far(far), *_notice_of_whole_numbers(choices)]
    return SearchSpace(values, x, tuple(variables), tuple(choices), tuple(fixed), tuple(notices))


def _places(model: Model, chosen: Sequence[int]) -> Indices:
    """The features of some columns."""
    places = [place for _, place in model.inputs.with_slices()]
    return np.concatenate([np.arange(places[c].start, places[c].stop) for c in chosen])


def _distances(model: Model, chosen: Sequence[int], features: Array) -> Array:
    """The smallest distance from the data of rows with these features, (N, f), of some columns, (N,); 0 if unknown."""
    if model.region is None or not model.region.has_distances:
        return np.zeros(len(features))
    at, factor = _places(model, chosen), model.region.matrix[_places(model, chosen)]
    covariance: Array = factor @ factor.T  # that of these features alone
    own = np.asarray(np.linalg.cholesky(covariance), dtype=np.float64)
    return distances(model.region.center[at], own, features)


def _notice_of_far(left_out: Sequence[str]) -> list[Sentence]:
    """A notice about the labels that are not searched."""
    if not left_out:
        return []
    are, them = plural_of(len(left_out), "is", "are"), plural_of(len(left_out), "it", "them")
    return [sentence(
        "{} {} not searched, because rows with {} are farther from the data than 95 % of the training rows; {} "
        "searches {}",
        listed(left_out, most=6), are, them, Setting("near_data", False), them,
    )]  # fmt: skip


def require_possible(space: SearchSpace, limits: Sequence[Term]) -> None:
    """Raise InvalidInput if no inputs satisfy the limits of sums of columns, and name them."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    sums = [term for term in limits if term.columns]
    if not sums:
        return
    ranges = {each.c: (each.low, each.high) for each in space.variables}
    whole: dict[int, Any] = {each.c: (each.values[0], each.values[-1]) for each in space.choices}
    names = sorted({c for term in sums for c in term.columns})
    ends = np.array([(ranges | whole).get(c, (space.values[c],) * 2) for c in names], dtype=float)
    rows = np.array([[c in term.columns for c in names] for term in sums], dtype=float)
    sizes = LinearConstraint(rows, [term.low for term in sums], [term.high for term in sums])
    found = milp(
        np.zeros(len(names)), integrality=[c in whole for c in names], bounds=Bounds(*ends.T),
        constraints=sizes,
    )  # fmt: skip
    if found.status == INFEASIBLE:
        each = [
            f"{term} (it is from {low:.6g} to {high:.6g} within the ranges of its columns)"
            for term, (low, high) in zip(sums, rows @ ends, strict=True)
        ]
        raise InvalidInput("no inputs satisfy {}", listed(each))


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
        known: tuple[Value, ...]
        if isinstance(column, CategoryColumn):
            # Rare labels share a feature: one stands for all.
            known = column.labels + (column.rare[:1] if given is None else column.rare)
        else:
            known = tuple(sorted({column.lowest, column.highest}))
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


def _among(value: Value, given: list[Any]) -> bool:
    return any((str(each) if isinstance(value, str) else each) == value for each in given)


def _end(value: Any) -> str:
    """An end of a range in a message; text as it was given."""
    return f"{value:g}" if isinstance(value, float) else str(value)


def _two_ends(column: NumberColumn, given: Any) -> tuple[float, float]:
    """The ends of the bounds of a column, in its units; None is the end of its range."""
    ends = [column.lowest, column.highest]
    if not isinstance(given, (tuple, list)) or len(given) != 2:
        ends = [np.nan, np.nan]
    else:
        for i, end in enumerate(given):
            with suppress(InvalidInput):  # reported below
                if end is not None:
                    ends[i] = np.nan
                    table = read_table({column.name: [end]})
                    ends[i] = float(as_numbers(table, column.name, column.kind)[0])
    if not (np.isfinite(ends).all() and ends[0] <= ends[1]):
        raise InvalidInput(
            "{} of {!r} must be two values, the smaller one first, but {:.60} was given",
            Setting("bounds"), column.name,
            "..".join(map(_end, given)) if isinstance(given, (tuple, list)) else repr(given),
        )  # fmt: skip
    return ends[0], ends[1]
