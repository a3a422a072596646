"""`example_rows`: some rows of a table beside their predictions and intervals, for the report of a fit."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sheernet.data.tables import Table
from sheernet.foundation.caller_warnings import gathered
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.words import cut_in_the_middle
from sheernet.models.model import Model
from sheernet.models.row_roles import RowRoles

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
        The cells of a table, the heads first: row, inputs, true value, prediction and, if it is known, an interval.
    """
    roles = model.rows or RowRoles(len(table))
    held_out = len(roles.held_out) > 0
    rows = roles.held_out if held_out else roles.training
    rows = rows[np.unique(np.linspace(0, len(rows) - 1, MOST_ROWS).round().astype(int))]
    some = table.take(rows)
    with gathered():  # the report has the notices of the fit
        predicted, has_interval = _predicted(model, some)
    inputs = model.inputs.names[:MOST_INPUTS]
    more = len(model.inputs.names) - len(inputs)
    heads = ["row", *inputs, *([f"{more} more"] if more else []), *_heads(model, has_interval)]
    lines = [
        [
            str(row + 1),
            *(_cell(some.column(name).iloc[k]) for name in inputs),
            *(["..."] if more else []),
            *_answers(model, some, predicted, k, has_interval),
        ]
        for k, row in enumerate(rows)
    ]
    which = "held-out rows" if held_out else "training rows, which the model has seen"
    interval = f"; the interval contains a new value with a probability of {100 * COVERAGE:.0f} %"
    return f"Some {which}{interval if has_interval else ''}", [heads, *lines]


def _predicted(model: Model, rows: Table) -> tuple[pd.DataFrame, bool]:
    """The predictions, and whether they have intervals."""
    try:
        return model.predict_frame(rows, coverage=COVERAGE), True
    except InvalidInput:  # of classes, or the uncertainty is not known
        return model.predict_frame(rows), False


def _heads(model: Model, has_interval: bool) -> list[str]:
    found = []
    for name in model.targets.names:
        found += [f"{name}, true", "predicted", *(["interval"] if has_interval else [])]
    return found if model.task == "regression" else [*found, "probability"]


def _answers(
    model: Model, rows: Table, predicted: pd.DataFrame, k: int, has_interval: bool
) -> list[str]:
    found = []
    for name in model.targets.names:
        own = predicted[name].iloc[k]
        found += [_cell(rows.column(name).iloc[k]), _cell(own)]
        if has_interval:
            lower, upper = (predicted[f"{name}_{end}"].iloc[k] for end in ("lower", "upper"))
            found.append(f"{_cell(lower)} to {_cell(upper)}")
        elif model.task != "regression":
            found.append(f"{100 * predicted.filter(like='probability_').iloc[k].max():.0f} %")
    return found


def _cell(value: object) -> str:
    if isinstance(value, (float, np.floating)) and np.isfinite(value):
        return f"{value:.5g}".replace("-", "\u2212")
    return cut_in_the_middle(str(value), LONGEST)
