"""Effects of single columns on the predictions of a model: partial dependence, and its spread among the members.

mean_g = 1/N sum_n f(x_n with column = v_g)                              (Friedman 2001, Annals of Statistics 29, 1189)
spread_g^2 = sum_m share_m (mean_mg - sum_m share_m mean_mg)^2           members m, each by itself
importance^2 = 1/N sum_n var_g f(x_n with column = v_g), by the fractions of the rows next to each v_g

The values v_g are the labels of a category, all values of a column of numbers or dates if it has few, or else equally
spaced.  The importance is that of the curves of single rows, not of their mean, so that a column that acts only
together with others counts as well.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from sheernet.data.columns import CategoryColumn, Inputs
from sheernet.data.columns.column_types import RARE, Column
from sheernet.data.tables import read_table
from sheernet.data.targets import ClassTarget
from sheernet.foundation.arrays import Array
from sheernet.models.member import Member, mean_location

if TYPE_CHECKING:
    from sheernet.models.model import Model

GRID = 31  # values of a column of numbers
MOST_DISTINCT = 12  # values of a column of numbers that are all used
TAIL = 0.01  # fraction of the rows below the first and above the last of them
MOST_ROWS = 300  # drawn at random from more
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
    """

    name: str
    kind: str
    values: npt.NDArray[Any]
    mean: Array
    spread: Array
    importance: Array


def encode_values(inputs: Inputs, column: Column, values: npt.NDArray[Any]) -> Array:
    """Compute the features of values of one column, (G, number of its features); dates in days, times in hours."""
    if column_kind(column) == "date":
        values = np.round(values * 86400).astype("datetime64[s]")
    elif column_kind(column) == "time":
        values = np.array([_time_of_day(hours) for hours in values], dtype=object)
    elif column_kind(column) == "boolean":
        values = values.astype(bool)
    alone = Inputs((column,), inputs.scaling, inputs.missing)
    return alone.encode(read_table({column.name: values}))


def column_kind(column: Column) -> str:
    """The kind of a column: "number", "boolean", "date", "time" or "category"."""
    return "category" if isinstance(column, CategoryColumn) else column.kind


def own_values(column: Column, features: Array) -> Array:
    """The values of a column of numbers, dates or times of day, (N,), from its features, (N, n)."""
    assert not isinstance(column, CategoryColumn)
    if not column.has_trend:  # a time of day, the angle of its only cycle
        period = column.cycles[0]
        return np.arctan2(features[:, 0], features[:, 1]) / (2 * np.pi) * period % period
    return features[:, 0] * column.scale + column.shift


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
        Of at most 40 columns, those with the largest weights, in the order of their importance; that of several
        predictions is the mean, in units of the standard deviation of each.

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
    if len(X) > MOST_ROWS:
        X = X[np.sort(np.random.default_rng(0).choice(len(X), MOST_ROWS, replace=False))]
    predictions = _decoded(model, mean_location(model.members, X))
    usual = np.maximum(predictions.std(axis=0), 1e-300)  # (K,)
    effects = [_effect(model, X, column, place) for column, place in _with_largest_weights(model)]
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


def _effect(model: Model, X: Array, column: Column, place: slice) -> Effect:
    kind = column_kind(column)
    values = _values(column, X[:, place])
    shown = values
    if isinstance(column, CategoryColumn):
        known = [label if label != RARE else column.rare[0] for label in values]
        shown = np.array(known, dtype=object)
    features = encode_values(model.inputs, column, shown)  # (G, n)
    rows = np.tile(X, (len(values), 1))
    rows[:, place] = np.repeat(features, len(X), axis=0)

    def curves(members: Sequence[Member]) -> Array:  # (G, N, K)
        decoded = _decoded(model, mean_location(members, rows))
        return decoded.reshape(len(values), len(X), -1)

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
    weights = _fractions(column, X[:, place], values)  # (G,)
    deviations = single - np.tensordot(weights, single, 1)
    importance = np.sqrt(np.tensordot(weights, deviations**2, 1).mean(axis=0))
    return Effect(column.name, kind, values, single.mean(axis=1), spread, importance)


def _time_of_day(hours: float) -> datetime.time:
    seconds = round(hours * 3600) % 86400
    return datetime.time(seconds // 3600, seconds // 60 % 60, seconds % 60)


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
