"""`profile_of`: the prediction at a point, and how it changes as each column changes alone (`Model.profile`).

The rows of all curves and the point are predicted together, as by `Model.predict`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from sheernet.data.columns import CategoryColumn, Column, NumberColumn
from sheernet.data.columns.cycles import YEAR
from sheernet.data.targets import ClassTarget
from sheernet.foundation.arrays import Array
from sheernet.foundation.caller_warnings import gathered
from sheernet.foundation.errors import require_known
from sheernet.foundation.scalars import as_whole
from sheernet.foundation.sentences import Setting, sentence
from sheernet.models.explaining.chosen_point import Point, point_of
from sheernet.models.explaining.column_cells import Value, cells_of_rows
from sheernet.models.explaining.column_parts import kind_of, repeated_column
from sheernet.models.explaining.contributions import has_band
from sheernet.models.explaining.data_distance import distance_of_rows
from sheernet.models.explaining.decoding import decoded, limits_of_predictions, prediction_names
from sheernet.models.explaining.prediction_sums import prediction_std, weights_known
from sheernet.models.explaining.profile_curves import Profile, ProfileCurve
from sheernet.models.explaining.uncertainty_text import band_in_words
from sheernet.models.rows_in import Rows, rows_in
from sheernet.models.uncertainty import (
    density_interval,
    density_interval_or_none,
    require_interval,
    require_numbers,
)

if TYPE_CHECKING:
    from sheernet.models.model import Model

COVERAGE = 0.9
"""Coverage of the interval at the point, if none is given."""
FEWEST_CYCLES = 12
"""Minimum number of cycles in the range of a date for a curve whose values all have the phase of the given point."""
POINTS_IN_A_CYCLE = 12
MOST_POINTS = 400
"""Maximum number of values on the curve of a date, whose cycles need many."""


def profile_of(
    model: Model,
    at: Any = None,
    columns: Sequence[str] | None = None,
    points: int = 41,
    coverage: float | None = None,
) -> Profile:
    """Compute a profile; see `Model.profile`."""
    points = as_whole("points", points, 2)
    share = None if coverage is None else require_interval(coverage, "density")
    chosen = _chosen(model, columns)
    if coverage is not None:
        require_numbers(model.targets, sentence("omit {}", Setting("coverage")))
    point = point_of(model, at)
    grids = {c: _grid(model.inputs.columns[c], point.values[c], points) for c in chosen}
    cells = cells_of_rows(model.inputs, _rows(point, grids))
    with gathered():  # the point was already checked, and curves are within the ranges
        rows = rows_in(model.inputs, cells, complete=True, like=model.reading)
    mean, std = _predictions(model, rows)  # (R, K) each
    ends = None if share is None else density_interval(model, rows, share)
    curves = tuple(_curves(model, point, grids, cells, mean, std, ends))
    coverage = COVERAGE if share is None else share
    of_point = density_interval_or_none(model, rows.X[:1], coverage)
    return Profile(
        point={name: values[0] for name, values in cells.items()},
        values=dict(zip(model.inputs.names, point.values, strict=True)),
        words=point.words,
        curves=curves,
        outputs=prediction_names(model),
        probabilities=isinstance(model.targets, ClassTarget),
        limits=limits_of_predictions(model),
        prediction=mean[0],
        std=std[0],
        coverage=coverage,
        interval=None if of_point is None else (of_point[0][0], of_point[1][0]),
        distance=distance_of_rows(model, Rows.complete(rows.X[:1])),
        band=band_in_words(len(model.members), weights_known(model)),
    )


def _rows(point: Point, grids: Mapping[int, list[Value]]) -> Iterator[list[Value]]:
    """Return the point, and the rows of each curve."""
    yield list(point.values)
    for c, grid in grids.items():
        for value in grid:
            yield [*point.values[:c], value, *point.values[c + 1 :]]


def _curves(
    model: Model, point: Point, grids: Mapping[int, list[Value]], cells: Mapping[str, list[Any]],
    mean: Array, std: Array, ends: tuple[Array, Array] | None,
) -> Iterator[ProfileCurve]:  # fmt: skip
    """The curve of each column, from the predictions of the rows of all curves."""
    first = 1
    for c, grid in grids.items():
        own, column = slice(first, first + len(grid)), model.inputs.columns[c]
        first = own.stop
        kind = kind_of(column)
        yield ProfileCurve(
            column.name,
            kind,
            np.array(grid, dtype=object if kind == "category" else np.float64),
            tuple(cells[column.name][own]),
            grid.index(point.values[c]),
            mean[own],
            std[own],
            None if ends is None else (ends[0][own], ends[1][own]),
        )


def _chosen(model: Model, names: Sequence[str] | None) -> list[int]:
    """The indices of the columns that get curves."""
    known = model.inputs.names
    if names is None:
        return list(range(len(known)))
    if isinstance(names, str):
        names = [names]
    for i, name in enumerate(names):
        require_known("column of the model", name, known, choices="columns")
        if name in names[:i]:
            raise repeated_column(name)
    return [known.index(name) for name in names]


def _grid(column: Column, present: Value, points: int) -> list[Value]:
    """The values of a curve, including the value of the point."""
    if isinstance(column, CategoryColumn):
        rare = (
            column.rare[:1] if present in column.labels else (str(present),)
        )  # one feature for all
        return [*column.labels, *rare]
    if column.kind == "boolean":
        return sorted({column.lowest, column.highest, float(present)})
    low, high = column.lowest, column.highest
    if column.kind == "date" and column.cycles:
        values = _at_one_phase(column, float(present), points)
    else:
        values = np.linspace(low, high, points if high > low else 1)
    if column.is_of_days:
        values = np.round(values)
    return [float(value) for value in np.union1d(values, float(present))]


def _at_one_phase(column: NumberColumn, present: float, points: int) -> Array:
    """Days that differ from the point by whole days or weeks: with other steps, cycles would look like noise."""
    fast = [period for period in column.cycles if period < YEAR]
    low, high = column.lowest, column.highest
    period = max(fast, default=0.0)
    if not period or (high - low) / period < FEWEST_CYCLES:
        n = POINTS_IN_A_CYCLE * (high - low) / min(column.cycles)
        return np.linspace(low, high, int(min(max(points, n), MOST_POINTS)) if high > low else 1)
    step = period * max(round((high - low) / period / points), 1)
    first, last = np.ceil((low - present) / step), np.floor((high - present) / step)
    return present + step * np.arange(first, last + 1)


def _predictions(model: Model, rows: Rows) -> tuple[Array, Array]:
    """Predictions, or the probabilities of all classes, and their standard deviations, (N, K) each."""
    mean = decoded(model.targets, model.outputs_of_rows(rows))
    return mean, prediction_std(model, rows.X) if has_band(model) else np.zeros_like(mean)
