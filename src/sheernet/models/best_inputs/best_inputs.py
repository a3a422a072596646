"""`best_inputs_of`: search the best inputs of a model and predict them, for `Model.optimize`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from sheernet.data.targets import ClassTarget
from sheernet.foundation.arrays import Array
from sheernet.foundation.caller_warnings import gathered
from sheernet.foundation.errors import InvalidInput, require_known
from sheernet.foundation.scalars import as_flag, as_whole
from sheernet.foundation.sentences import Setting
from sheernet.models.best_inputs.best_inputs_result import BestInputs, MeasuredRow, SearchedColumn
from sheernet.models.best_inputs.input_problem import REACHED, Found, InputProblem
from sheernet.models.best_inputs.input_search import search
from sheernet.models.best_inputs.search_space import (
    SearchSpace,
    require_possible,
    search_space_of,
)
from sheernet.models.best_inputs.terms import SIGNS, Term, limits_of, of_single_columns, wants_of
from sheernet.models.density import POISSON
from sheernet.models.explaining.chosen_point import typical_point
from sheernet.models.explaining.column_cells import cells_of_rows, written
from sheernet.models.explaining.column_parts import kind_of
from sheernet.models.explaining.data_distance import FAR
from sheernet.models.explaining.given_table import GivenRows, given_table
from sheernet.models.explaining.profile import COVERAGE, profile_of
from sheernet.models.explaining.profile_curves import Profile
from sheernet.models.rows_in import Rows
from sheernet.models.uncertainty import distribution_of
from sheernet.objective.engines.threads import blas_threads

if TYPE_CHECKING:
    from sheernet.models.model import Model

GOALS = ("interval", "mean")
MOST_SOLUTIONS = 5
AT_END = 1e-6
"""Maximum distance from the end of a range, as a fraction of the range, of a value at the end."""
SAME = 1e-6
"""Maximum difference of a feature of a row that lies within the searched inputs."""


def best_inputs_of(
    model: Model,
    want: Any,
    fixed: Mapping[str, Any],
    bounds: Mapping[str, Any],
    table: Any,
    goal: str,
    near_data: bool,
    starts: int,
    seed: int | None,
) -> BestInputs:
    """Search the best inputs; see `Model.optimize`."""
    wants = wants_of(model, want)
    for name, given in (("fixed", fixed), ("bounds", bounds)):
        if not isinstance(given, Mapping):
            raise InvalidInput(
                "{} must be a mapping of names of columns to values, but {!r:.60} was given",
                Setting(name), given,
            )  # fmt: skip
    require_known(Setting("goal"), goal, GOALS)
    starts, near_data = as_whole("starts", starts, 1), as_flag("near_data", near_data)
    limits = limits_of(model, fixed, bounds)
    with gathered() as told:
        farthest = _farthest(model) if near_data else np.inf
        own, ranges = (of_single_columns(each, model.inputs.names) for each in (fixed, bounds))
        space = search_space_of(model, own, ranges, farthest)
        require_possible(space, limits)
        rows = None if table is None else given_table(model, table)
        measured = None if rows is None else rows.inputs("used")
        tail, why = (0.5, []) if goal == "mean" else _tail(model)
        problem = InputProblem(model, space, wants, limits, tail, farthest)
        candidates = _candidates(model, measured)
        with blas_threads(1):
            searched = search(problem, starts, seed, candidates, MOST_SOLUTIONS)
        solutions = tuple(_profile(model, space.row(each.u, each.z)) for each in searched.solutions)
        truth = None if rows is None or measured is None else rows.true_values(measured.indices)
        best_row = None
        if measured is not None and truth is not None:
            everywhere = replace(problem, space=search_space_of(model, own, ranges))
            best_row = _best_measured(everywhere, measured, truth)
    best = searched.solutions[0]
    if near_data and np.isinf(farthest):
        why.append(
            "the model does not contain the distance from its training rows, which was not limited"
        )
    return BestInputs(
        wants=wants,
        limits=limits,
        goal="mean" if tail == 0.5 else "interval",
        columns=tuple(_columns(model, space, best)),
        solutions=solutions,
        measured=best_row,
        extremes=_measured_ranges(model),
        reached=max(best.hard, best.soft) <= REACHED,
        is_near=best.hard <= REACHED,
        starts=searched.starts,
        agreeing=searched.agreeing,
        combinations=space.n_combinations,
        is_exhaustive=searched.is_exhaustive,
        near_data=problem.is_near_data,
        notices=(*space.notices, *why, *dict.fromkeys(told)),  # every solution warns of the same
    )


def _farthest(model: Model) -> float:
    """The distance from the data that 95 % of the training rows have at most; inf if it is not known."""
    region = model.region
    if region is None or not region.has_distances:
        return np.inf
    return float(region.percentiles[round(100 * FAR)]) or np.inf


def _tail(model: Model) -> tuple[float, list[str]]:
    """The probability below the interval of predictions, 0.5 if there is no interval, and notices of the reason."""
    if isinstance(model.targets, ClassTarget):
        return 0.5, []
    if any(member.cost == POISSON for member in model.members):
        return 0.5, ["intervals of counts end at whole numbers, so the mean was used instead"]
    with suppress(InvalidInput):
        distribution_of(model, Rows.complete(np.zeros((1, model.inputs.n_features))))
        return (1.0 - COVERAGE) / 2.0, []
    return 0.5, ["the model has no interval, so the prediction was used instead"]


def _measured_ranges(model: Model) -> dict[str, tuple[float, float]]:
    """The smallest and the largest measured value of each target; {} for classes."""
    targets = model.targets
    if isinstance(targets, ClassTarget):
        return {}
    ends = zip(targets.lowest, targets.highest, strict=True)
    return dict(zip(targets.names, ends, strict=True))


def _candidates(model: Model, measured: GivenRows | None) -> Array:
    """Encoded rows that may become starts: the reference rows of the model, and given rows."""
    n = model.inputs.n_features
    reference = np.zeros((0, n)) if model.region is None else model.region.reference.reshape(-1, n)
    return reference if measured is None else np.vstack([reference, measured.X])


def _profile(model: Model, row: Sequence[Any]) -> Profile:
    """The prediction of a row, without curves."""
    inputs = {name: cells[0] for name, cells in cells_of_rows(model.inputs, [row]).items()}
    return profile_of(model, inputs, columns=[])


def _best_measured(problem: InputProblem, rows: GivenRows, truth: Array) -> MeasuredRow | None:
    """The best row of those that satisfy the limits as measured; of equal ones, that of the best prediction."""
    model, space = problem.model, problem.space
    U, Z = space.decode(rows.X)
    is_inside = np.abs(space.encode(U, Z) - rows.X).max(axis=1) <= SAME

    def h(term: Term) -> Array:
        return term.measured(space.sums(term.columns, U, Z) if term.columns else truth[:, term.k])

    for term in problem.limits:
        low, high = term.measured(term.low), term.measured(term.high)
        is_inside &= (h(term) >= low - REACHED) & (h(term) <= high + REACHED)
    if not is_inside.any():
        return None
    worse = np.zeros(len(truth))
    for term in problem.wants:
        if term.aim in SIGNS:
            worse += SIGNS[term.aim] * h(term)
        else:
            worse += np.abs(h(term) - term.measured(term.low))
    order = np.lexsort((problem.merits(U, Z), worse))
    best = int(order[is_inside[order]][0])
    row = int(rows.indices[best])
    cells = {name: rows.table.column(name).iloc[row] for name in model.inputs.names}
    return MeasuredRow(rows.table.row_place(row), truth[best], profile_of(model, cells, columns=[]))


def _columns(model: Model, space: SearchSpace, best: Found) -> list[SearchedColumn]:
    """The values of each column that were searched."""
    typical = typical_point(model).values
    allowed, ends = {}, {}
    for i, each in enumerate(space.variables):
        allowed[each.c] = " to ".join(written(each.column, end) for end in (each.low, each.high))
        gaps = ("lowest", best.u[i]), ("highest", 1.0 - best.u[i])
        at = [name for name, gap in gaps if gap <= AT_END]
        ends[each.c] = at[0] if at and each.extent > 0 else ""
    for choice in space.choices:
        column = model.inputs.columns[choice.c]
        allowed[choice.c] = ", ".join(written(column, value) for value in choice.values)
    return [
        SearchedColumn(
            column.name,
            kind_of(column),
            written(column, typical[c]),
            "fixed"
            if column.name in space.fixed
            else allowed.get(c, written(column, space.values[c])),
            ends.get(c, ""),
        )
        for c, column in enumerate(model.inputs.columns)
    ]
