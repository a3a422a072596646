"""Profiles of a model for the page: its curves through a point, and the best inputs, as messages.

The numbers are computed by `Model.profile` and `Model.optimize`.  A value of an input is a number, 0 or 1, days since
1970-01-01, hours since midnight, or a label, as in `ModelInput`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from sheernet.apps.page.curves import finite, numbers
from sheernet.apps.page.protocol import (
    Distance,
    FoundInputs,
    ModelInput,
    ProfiledCurve,
    ProfileResult,
    SearchInputs,
    SearchResult,
)
from sheernet.data.columns import CategoryColumn, Column
from sheernet.foundation.caller_warnings import gathered
from sheernet.foundation.errors import InvalidInput, unknown_name
from sheernet.models.data_region import DataRegion
from sheernet.models.explaining.column_cells import cell_of, plain_cells
from sheernet.models.explaining.data_distance import FAR, DataDistance
from sheernet.models.explaining.profile_curves import Profile, ProfileCurve
from sheernet.models.explaining.uncertainty_text import BAND
from sheernet.models.model import Model

LIMITS = {"date": (-719162.0, 2932896.0), "time": (0.0, 24.0)}
"""Ranges of values that can be written as a cell: the years 1 to 9999, and the hours of a day."""


def profile_at(
    model: Model, what: Sequence[str], at: Mapping[str, float | str], columns: list[str] | None
) -> ProfileResult:
    """Return the prediction at a point, and the curves through the point.

    Parameters
    ----------
    model : Model
        The model.
    what : sequence of str
        Sentences that describe the model.
    at : mapping
        Values of some inputs.
    columns : list of str or None
        The inputs for which curves are computed; None for all.

    Raises
    ------
    InvalidInput
        If a name is unknown, or a value is invalid for its input.
    """
    with gathered():  # the page shows the distance instead
        found = model.profile(_cells(model, at), columns)
    lower, upper = (numbers(end) for end in found.interval or (np.zeros(0), np.zeros(0)))
    return ProfileResult(
        model=list(what), outputs=list(found.outputs), shown=found.shown, probabilities=found.probabilities,
        inputs=[_input(column, found) for column in model.inputs.columns],
        prediction=numbers(found.prediction), lower=lower, upper=upper, coverage=found.coverage,
        sentences=[f"{line}." for line in (*found.sentences(), found.note) if line],
        distance=_distance(found.distance, model.region), curves=[_curve(found, each) for each in found.curves],
    )  # fmt: skip


def search_inputs(model: Model, command: SearchInputs) -> SearchResult:
    """Return the best inputs of a model.

    Raises
    ------
    InvalidInput
        As in `Model.optimize`.
    """
    found = model.optimize(
        command.want, fixed=_cells(model, command.fixed), near_data=command.near_data
    )
    headings, *rows = found.table()
    return SearchResult(
        title=found.title(), reached=found.reached, headings=headings, rows=rows,
        sentences=[*found.sentences(), *found.notices],
        solutions=[
            FoundInputs(
                values=dict(each.values), written=found.written(each),
                prediction=numbers(each.prediction),
            )
            for each in found.solutions
        ],
    )  # fmt: skip


def _cells(model: Model, values: Mapping[str, float | str]) -> dict[str, Any]:
    """Convert values from the view to cells of a table."""
    columns = {column.name: column for column in model.inputs.columns}
    for name in values:
        if name not in columns:
            raise unknown_name("column of the model", name, columns, choices="columns")
    return {name: _cell(columns[name], value) for name, value in values.items()}


def _cell(column: Column, value: float | str) -> Any:
    if isinstance(column, CategoryColumn):
        return cell_of(column, str(value))
    low, high = LIMITS.get(column.kind, (-np.inf, np.inf))
    if isinstance(value, str) or not np.isfinite(value) or not low <= value <= high:
        raise InvalidInput(f"{column.name} must be a {column.kind}, but {value!r:.40} was given")
    return cell_of(column, value)


def _input(column: Column, found: Profile) -> ModelInput:
    value, (written,) = found.values[column.name], _written([found.point[column.name]])
    if isinstance(column, CategoryColumn):
        return ModelInput(
            name=column.name, kind="category", value=value, written=written, labels=list(column.known)
        )  # fmt: skip
    return ModelInput(
        name=column.name, kind=column.kind, value=value, written=written,  # type: ignore[arg-type]
        low=column.lowest, high=column.highest,
    )  # fmt: skip


def _written(cells: Iterable[Any]) -> list[Any]:
    """Cells for JSON."""
    return [plain_cells({"": cell})[""] for cell in cells]


def _curve(found: Profile, curve: ProfileCurve) -> ProfiledCurve:
    low, high = found.limits
    half = BAND * curve.std
    ends = (curve.mean - half, curve.mean + half) if found.band else ()
    below, above = (
        [numbers(line) for line in np.clip(end, low, high).T] for end in ends
    ) if ends else ([], [])  # fmt: skip
    return ProfiledCurve(
        column=curve.name, kind=curve.kind, values=curve.values.tolist(),
        written=_written(curve.cells), present=curve.present,
        mean=[numbers(line) for line in curve.mean.T], low=below, high=above,
    )  # fmt: skip


def _distance(found: DataDistance, region: DataRegion | None) -> Distance:
    far = np.nan
    if region is not None and region.has_distances:
        far = float(region.percentiles[round(100 * FAR)])
    return Distance(
        sentences=list(found.sentences()), is_outside=bool(found.is_outside[0]),
        distance=finite(float(found.distance[0])), far=finite(far), farthest=finite(found.farthest),
    )  # fmt: skip
