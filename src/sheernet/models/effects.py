"""Effects of single columns on the predictions of a model: partial dependence, and its spread among the members.

mean_g = 1/N sum_n f(x_n with column = v_g)                              (Friedman 2001, Annals of Statistics 29, 1189)
spread_g^2 = sum_m share_m (mean_mg - sum_m share_m mean_mg)^2           members m, each by itself
importance^2 = 1/N sum_n var_g f(x_n with column = v_g), by the fractions of the rows next to each v_g

The values v_g are the labels of a category, all values of a column of numbers or dates if it has few, or else equally
spaced.  The trend and each cycle of a date change separately, because steps of the date would show only some phases of
a cycle.  The importance is that of the curves of single rows, not of their mean, so that a column that acts only
together with others counts as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from sheernet.data.columns import CategoryColumn, Inputs
from sheernet.data.columns.column_types import RARE, Column
from sheernet.data.columns.cycles import HOUR, HOURS_OF_A_DAY, NAMES, phases, write_cycles
from sheernet.data.sources import read_table
from sheernet.data.tables.reading import Reading
from sheernet.data.targets import ClassTarget
from sheernet.foundation.arrays import Array
from sheernet.models.member import Member, mean_location

if TYPE_CHECKING:
    from sheernet.models.model import Model

GRID = 31  # values of a column of numbers
MOST_DISTINCT = 12  # values of a column of numbers that are all used
TAIL = 0.01  # fraction of the rows below the first and above the last of them
MOST_ROWS = 300  # drawn at random from more
MOST_NUMBERS = 10_000_000  # of the features of all values of one column; fewer rows are drawn for more features
HOUR_DIGITS = 9  # of hours computed from sine and cosine, so that equal times stay equal
MOST_COLUMNS = 40  # computed: of more, those with the largest weights


@dataclass(frozen=True, eq=False)
class Effect:
    """The effect of a column on K predictions.

    Parameters
    ----------
    name : str
        Name of the column.
    kind : {"number", "boolean", "date", "time", "category"}
        Meaning of the values.
    values : ndarray, (G,)
        Numbers, days since 1970-01-01, hours since midnight, 0 and 1, or labels.
    mean : ndarray, (G, K)
        Mean prediction of the rows with each value.
    spread : ndarray, (G, K)
        Standard deviation of this mean among the members; 0 for a single one.
    importance : ndarray, (K,)
        Root mean square, over the rows, of the standard deviation of a row's prediction over the values.
    part : str
        "trend", "hour of day", "weekday" or "season" of a date or time with cycles, of which only this part changes; ""
        otherwise.
    """

    name: str
    kind: str
    values: npt.NDArray[Any]
    mean: Array
    spread: Array
    importance: Array
    part: str = ""

    @property
    def title(self) -> str:
        """Name of the column, and the part of it that changes."""
        return f"{self.name} ({self.part})" if self.part else self.name


def encode_values(inputs: Inputs, column: Column, values: npt.NDArray[Any]) -> Array:
    """Compute the features of values of one column, (G, number of its features); dates in days, times in hours."""
    if isinstance(column, CategoryColumn):
        alone = Inputs((column,), inputs.scaling, inputs.missing)
        return alone.encode(read_table({column.name: values}, like=Reading()))
    features = np.empty((len(values), len(column.features)))
    column.write_values(np.asarray(values, dtype=np.float64), features)
    if column.has_trend:
        features[:, 0] = (features[:, 0] - column.shift) / column.scale
    return features


def column_kind(column: Column) -> str:
    """The kind of a column: "number", "boolean", "date", "time" or "category"."""
    return "category" if isinstance(column, CategoryColumn) else column.kind


def own_values(column: Column, features: Array) -> Array:
    """The values of a column of numbers, dates or times of day, (N,), from its features, (N, n)."""
    assert not isinstance(column, CategoryColumn)
    if column.has_trend:
        return features[:, 0] * column.scale + column.shift
    hours = np.arctan2(features[:, 0], features[:, 1]) * (HOURS_OF_A_DAY / (2 * np.pi))
    return np.round(hours, HOUR_DIGITS) % HOURS_OF_A_DAY


def compute_effects(model: Model, X: Array) -> list[Effect]:
    """Compute the effect of each column, the most important first.

    Parameters
    ----------
    model : Model
        The model.
    X : ndarray, (N, number of features)
        Encoded rows, as from `model.inputs.encode`.

    Returns
    -------
    list of Effect
        Of at most 40 columns, those with the largest weights, several of a date with cycles, in the order of their
        importance; that of several predictions is the mean, in units of the standard deviation of each.

    Examples
    --------
    >>> import sheernet as sn
    >>> from sheernet.models.effects import compute_effects
    >>> table = {"x": [i / 10 for i in range(30)], "w": [i * i % 7 / 7 for i in range(30)]}
    >>> model = sn.fit({**table, "y": [3 * x for x in table["x"]]}, "y", hidden=0, decay=0.0, starts=1)
    >>> effects = compute_effects(model, model.inputs.encode(sn.read_table(table)))
    >>> effects[0].name, effects[0].mean.shape
    ('x', (31, 1))
    """
    most = min(MOST_ROWS, max(MOST_NUMBERS // (GRID * X.shape[1]), 1))
    if len(X) > most:
        X = X[np.sort(np.random.default_rng(0).choice(len(X), most, replace=False))]
    predictions = _decoded(model, mean_location(model.members, X))
    usual = np.maximum(predictions.std(axis=0), 1e-300)  # (K,)
    effects = [
        _effect(model, X, column.name, part)
        for column, place in _with_largest_weights(model)
        for part in _parts(model, X, column, place)
    ]
    return sorted(effects, key=lambda effect: -float(np.mean(effect.importance / usual)))


def _with_largest_weights(model: Model) -> list[tuple[Column, slice]]:
    stops = np.cumsum([len(column.features) for column in model.inputs.columns])
    places = [
        (column, slice(int(stop) - len(column.features), int(stop)))
        for column, stop in zip(model.inputs.columns, stops, strict=True)
    ]
    if len(places) <= MOST_COLUMNS:
        return places
    weights = model.network["W1"]
    sizes = [float(np.linalg.norm(weights[place] - weights[place].mean(axis=0) * (place.stop - place.start > 1)))
             for _, place in places]  # fmt: skip
    return [places[i] for i in np.argsort(-np.array(sizes), kind="stable")[:MOST_COLUMNS]]


@dataclass(frozen=True, eq=False)
class _Part:
    """Features of a column that change together, and the values that they take.

    Parameters
    ----------
    part : str
        "" for all features of the column; "trend", or a cycle, of a date.
    kind : {"number", "boolean", "date", "time", "category"}
    values : ndarray, (G,)
    place : slice
        Of the features, n of them.
    features : ndarray, (G, n)
    fractions : ndarray, (G,)
        Fraction of the rows that are nearest to each value.
    """

    part: str
    kind: str
    values: npt.NDArray[Any]
    place: slice
    features: Array
    fractions: Array


def _parts(model: Model, X: Array, column: Column, place: slice) -> list[_Part]:
    """The parts of a column: its trend and each cycle, of which equal steps of a date would show only some phases."""
    if isinstance(column, CategoryColumn) or not column.cycles:
        return [_whole(model, X, column, place, place, "")]
    first = place.start + int(column.has_trend)
    trend = slice(place.start, first)
    parts = [_whole(model, X, column, place, trend, "trend")] if column.has_trend else []
    for k, period in enumerate(column.cycles):
        values, x = phases(period, at_noon=HOUR in column.cycles)
        features = np.empty((len(x), 2))
        write_cycles(x, (period,), features)
        pair = slice(first + 2 * k, first + 2 * k + 2)
        nearest = np.argmax(X[:, pair] @ features.T, axis=1)
        kind = "category" if values.dtype.hasobject else "number"
        fractions = np.bincount(nearest, minlength=len(x)) / len(X)
        parts.append(_Part(NAMES[period], kind, values, pair, features, fractions))
    return parts


def _whole(
    model: Model, X: Array, column: Column, place: slice, changed: slice, part: str
) -> _Part:
    """The part of a column, whose features are at `place`, of which only those at `changed` change."""
    values = _values(column, X[:, place])
    shown = values
    if isinstance(column, CategoryColumn):
        known = [label if label != RARE else column.rare[0] for label in values]
        shown = np.array(known, dtype=object)
    features = encode_values(model.inputs, column, shown)[:, : changed.stop - changed.start]
    fractions = _fractions(column, X[:, place], values)
    return _Part(part, column_kind(column), values, changed, features, fractions)


def _effect(model: Model, X: Array, name: str, part: _Part) -> Effect:
    rows = np.tile(X, (len(part.values), 1))
    rows[:, part.place] = np.repeat(part.features, len(X), axis=0)

    def curves(members: Sequence[Member]) -> Array:  # (G, N, K)
        decoded = _decoded(model, mean_location(members, rows))
        return decoded.reshape(len(part.values), len(X), -1)

    single = curves(model.members)
    spread = np.zeros_like(single[:, 0])
    if len(model.members) > 1:
        shares = np.array([member.share for member in model.members])
        shares = shares / shares.sum()
        means = np.stack(
            [curves([_alone(member)]).mean(axis=1) for member in model.members]
        )  # (M, G, K)
        center = np.tensordot(shares, means, 1)
        spread = np.sqrt(np.tensordot(shares, (means - center) ** 2, 1))
    deviations = single - np.tensordot(part.fractions, single, 1)
    importance = np.sqrt(np.tensordot(part.fractions, deviations**2, 1).mean(axis=0))
    return Effect(name, part.kind, part.values, single.mean(axis=1), spread, importance, part.part)


def _values(column: Column, features: Array) -> npt.NDArray[Any]:
    """The values at which an effect is computed."""
    if isinstance(column, CategoryColumn):
        return np.array([f[len(column.name) + 1 :] for f in column.features], dtype=object)
    if column.kind == "boolean":
        return np.array([0.0, 1.0])
    own = own_values(column, features)
    distinct = np.unique(own)
    if len(distinct) <= MOST_DISTINCT:
        return distinct
    low, high = np.quantile(own, [TAIL, 1 - TAIL])
    return np.unique(np.linspace(low, high, GRID))


def _fractions(column: Column, features: Array, values: npt.NDArray[Any]) -> Array:
    """The fraction of the rows that are nearest to each value, (G,)."""
    if isinstance(column, CategoryColumn):
        counts = features.sum(axis=0)
    else:
        middles = 0.5 * (values[1:] + values[:-1])
        nearest = np.searchsorted(middles, own_values(column, features))
        counts = np.bincount(nearest, minlength=len(values)).astype(np.float64)
    total = counts.sum()
    return counts / total if total else np.full(len(values), 1.0 / len(values))


def _alone(member: Member) -> Member:
    return replace(member, share=1.0)


def _decoded(model: Model, outputs: Array) -> Array:
    """Predictions in the targets' units, or the probability of each class, (N, K)."""
    if isinstance(model.targets, ClassTarget):
        return model.targets.probabilities(outputs)
    return model.targets.decode(outputs).reshape(len(outputs), -1)
