"""`best_inputs_of`: search the best inputs of a model and predict them, for `Model.optimize`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sheernet.foundation.caller_warnings import gathered
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.scalars import as_flag, as_whole
from sheernet.foundation.sentences import Setting
from sheernet.models.best_inputs.best_inputs_result import BestInputs, SearchedColumn, Solution
from sheernet.models.best_inputs.goal_surface import GoalSurface
from sheernet.models.best_inputs.goals import goals_of
from sheernet.models.best_inputs.input_search import REACHED, Found, search
from sheernet.models.best_inputs.search_space import SearchSpace, search_space_of
from sheernet.models.explaining.chosen_point import typical_point
from sheernet.models.explaining.column_cells import cells_of_rows, written
from sheernet.models.explaining.profile import profile_of
from sheernet.models.explaining.profile_curves import Profile
from sheernet.objective.engines.threads import blas_threads

if TYPE_CHECKING:
    from sheernet.models.model import Model

MOST_SOLUTIONS = 5
AT_END = 1e-6
"""Maximum distance from the end of a range, as a fraction of the range, of a value at the end."""


def best_inputs_of(
    model: Model,
    want: Any,
    fixed: Mapping[str, Any],
    bounds: Mapping[str, Any],
    starts: int,
    near_data: bool,
    seed: int | None,
) -> BestInputs:
    """Search the best inputs; see `Model.optimize`."""
    goals = goals_of(model, want)
    for name, given in (("fixed", fixed), ("bounds", bounds)):
        if not isinstance(given, Mapping):
            raise InvalidInput(
                "{} must be a mapping of names of columns to values, but {!r:.60} was given",
                Setting(name), given,
            )  # fmt: skip
    starts, near_data = as_whole("starts", starts, 1), as_flag("near_data", near_data)
    if near_data and (model.region is None or not model.region.has_distances):
        raise InvalidInput(
            "the model does not contain where its training rows lie; omit {}, or fit it again",
            Setting("near_data"),
        )  # fmt: skip
    with gathered() as told:
        space = search_space_of(model, fixed, bounds)
        surface = GoalSurface(model, goals, space, near_data)
        with blas_threads(1):
            searched = search(surface, starts, seed, MOST_SOLUTIONS)
        profiles = [_profile(model, space, each) for each in searched.solutions]
    best, profile = searched.solutions[0], profiles[0]
    return BestInputs(
        goals=goals,
        columns=tuple(_columns(model, space, best)),
        solutions=tuple(_solution(model, each) for each in profiles),
        outputs=profile.outputs,
        shown=tuple(profile.shown),
        std=profile.std,
        coverage=profile.coverage,
        interval=profile.interval,
        band=profile.band,
        distance=profile.distance,
        reached=best.missed <= REACHED,
        starts=searched.starts,
        agreeing=searched.agreeing,
        combinations=space.n_combinations,
        is_exhaustive=searched.is_exhaustive,
        near_data=near_data,
        notices=(*space.notices, *dict.fromkeys(told)),  # every solution has the same ones
    )


def _profile(model: Model, space: SearchSpace, found: Found) -> Profile:
    """The prediction at a solution, without curves."""
    row = space.row(found.u, found.z)
    inputs = {name: cells[0] for name, cells in cells_of_rows(model.inputs, [row]).items()}
    return profile_of(model, inputs, columns=[])


def _solution(model: Model, profile: Profile) -> Solution:
    """The inputs of a solution, as `Model.predict` accepts them."""
    place = profile.distance
    shown = tuple(
        written(column, value)
        for column, value in zip(model.inputs.columns, profile.values.values(), strict=True)
    )
    return Solution(
        profile.point, shown, profile.prediction, float(place.distance[0]), float(place.quantile[0])
    )


def _columns(model: Model, space: SearchSpace, best: Found) -> list[SearchedColumn]:
    """The values of each column that were searched."""
    typical = typical_point(model).values
    allowed, ends = {}, {}
    for i, each in enumerate(space.variables):
        allowed[each.c] = " to ".join(written(each.column, end) for end in (each.low, each.high))
        at = [
            name
            for name, gap in (("lowest", best.u[i]), ("highest", 1.0 - best.u[i]))
            if gap <= AT_END
        ]
        ends[each.c] = at[0] if at and each.high > each.low else ""
    for choice in space.choices:
        column = model.inputs.columns[choice.c]
        allowed[choice.c] = ", ".join(written(column, value) for value in choice.values)
    return [
        SearchedColumn(
            column.name,
            written(column, typical[c]),
            "fixed" if column.name in space.fixed else allowed.get(c, "the only value"),
            ends.get(c, ""),
        )
        for c, column in enumerate(model.inputs.columns)
    ]
