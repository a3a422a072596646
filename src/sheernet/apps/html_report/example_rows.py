"""`example_rows`: some rows of a table beside their predictions and intervals, for the report of a fit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sheernet.data.tables import Table
from sheernet.foundation.caller_warnings import gathered
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.words import cut_in_the_middle
from sheernet.models.model import Model
from sheernet.models.row_roles import RowRoles

if TYPE_CHECKING:
    import pandas as pd

MOST_ROWS = 8
MOST_INPUTS = 5
COVERAGE = 0.9
LONGEST = 24  # characters of a cell


def example_rows(model: Model, table: Table) -> tuple[str, list[list[str]]]:
    """Choose rows, held-out rows if there are some, and predict them.

    Parameters
    ----------
    model : Model
        A fitted model.
    table : Table
        The table of the fit.

    Returns
    -------
    caption : str
        Which rows these are, and what the interval is.
    lines : list of list of str
        The cells of a table, the heads first: row, true value, predictions, an interval if it is known, and inputs.
    """
    roles = model.rows or RowRoles(len(table))
    held_out = len(roles.held_out) > 0
    left_out = {} if held_out else _left_out(model)
    rows = roles.held_out if held_out else np.array(sorted(left_out) or roles.training)
    rows = rows[np.unique(np.linspace(0, len(rows) - 1, MOST_ROWS).round().astype(int))]
    some = table.take(rows)
    with gathered():  # the report has the notices of the fit
        predicted, has_interval = _predicted(model, some)
    inputs = model.inputs.names[:MOST_INPUTS]
    more = len(model.inputs.names) - len(inputs)
    lines = [["row", *_heads(model, has_interval, bool(left_out)), *inputs]]
    for k, row in enumerate(rows):
        values = [_cell(some.column(name).iloc[k]) for name in inputs]
        answers = _answers(model, some, predicted, k, has_interval, left_out.get(int(row)))
        lines.append([str(row + 1), *answers, *values])
    if more:
        lines = [[*heads, f"{more} more" if k == 0 else "..."] for k, heads in enumerate(lines)]
    return _caption(held_out, bool(left_out), has_interval), lines


def _caption(held_out: bool, has_left_out: bool, has_interval: bool) -> str:
    which = "held-out rows" if held_out else "training rows"
    if has_left_out:
        which += "; a prediction of a left-out row is by networks that were not fitted to it"
    elif not held_out:
        which += ", which the model has seen"
    share = f"; the interval contains a new value with a probability of {100 * COVERAGE:.0f} %"
    return f"Some {which}{share if has_interval else ''}"


def _left_out(model: Model) -> dict[int, list[str]]:
    """The predictions of rows by the networks of folds that were not fitted to them, by row of the table."""
    folds = model.fold_outputs
    if folds is None or model.rows is None or model.task != "regression":
        return {}
    values = model.targets.decode(folds.outputs).reshape(len(folds.rows), -1)
    places = model.rows.training[folds.rows]
    return {int(row): list(map(_cell, of_row)) for row, of_row in zip(places, values, strict=True)}


def _predicted(model: Model, rows: Table) -> tuple[pd.DataFrame, bool]:
    """The predictions, and whether they have intervals."""
    try:
        return model.predict_frame(rows, coverage=COVERAGE), True
    except InvalidInput:  # of classes, or the uncertainty is not known
        return model.predict_frame(rows), False


def _heads(model: Model, has_interval: bool, has_left_out: bool) -> list[str]:
    found = []
    for name in model.targets.names:
        left_out = ["predicted if left out"] if has_left_out else []
        found += [f"{name}, true", *left_out, "predicted", *(["interval"] if has_interval else [])]
    return found if model.task == "regression" else [*found, "probability"]


def _answers(
    model: Model, rows: Table, predicted: pd.DataFrame, k: int, has_interval: bool,
    left_out: list[str] | None,
) -> list[str]:  # fmt: skip
    found = []
    for j, name in enumerate(model.targets.names):
        own = predicted[name].iloc[k]
        found.append(_cell(rows.column(name).iloc[k]))
        found += [*([left_out[j]] if left_out else []), _cell(own)]
        if has_interval:
            lower, upper = (predicted[f"{name}_{end}"].iloc[k] for end in ("lower", "upper"))
            found.append(f"{_cell(lower)} to {_cell(upper)}")
        elif model.task != "regression":
            found.append(f"{100 * predicted.filter(like='probability_').iloc[k].max():.0f} %")
    return found


def _cell(value: object) -> str:
    if isinstance(value, (float, np.floating)) and np.isfinite(value):
        return f"{value:.4g}".replace("-", "\u2212")
    return cut_in_the_middle(str(value), LONGEST)
