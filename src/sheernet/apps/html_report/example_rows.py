"""`example_rows`: some rows of a table with their predictions and intervals, for the report of a fit."""

from __future__ import annotations

import numpy as np

from sheernet.data.tables import Table
from sheernet.foundation.arrays import Indices
from sheernet.foundation.caller_warnings import gathered
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.message_text import cut_in_the_middle, in_digits
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
        The cells of a table, the heads first: row, true value, predictions, an interval if it is known, and inputs.
    """
    roles = model.rows or RowRoles(len(table))
    held_out = len(roles.held_out) > 0
    left_out = {} if held_out else _left_out(model)
    rows = roles.held_out if held_out else np.array(sorted(left_out) or roles.training)
    rows = rows[np.unique(np.linspace(0, len(rows) - 1, MOST_ROWS).round().astype(int))]
    some = table.take(rows)
    with gathered():  # the report has the notices of the fit
        answers = _answers(model, some)
    if left_out:
        answers = {"predicted if left out": [left_out[int(row)] for row in rows], **answers}
    true = [_cells(table, name, rows) for name in model.targets.names]
    inputs = model.inputs.names[:MOST_INPUTS]
    more = len(model.inputs.names) - len(inputs)
    columns = [["row", *(str(row + 1) for row in rows)]]
    for k, name in enumerate(model.targets.names):
        columns.append([f"{name}, true", *true[k]])
        columns += [[head, *(of_row[k] for of_row in cells)] for head, cells in answers.items()]
    columns += [[name, *_cells(table, name, rows)] for name in inputs]
    if more:
        columns.append([f"{more} more", *["..."] * len(rows)])
    lines = [list(line) for line in zip(*columns, strict=True)]
    return _caption(held_out, bool(left_out), "interval" in answers), lines


def _caption(held_out: bool, has_left_out: bool, has_interval: bool) -> str:
    which = "held-out rows" if held_out else "training rows"
    if has_left_out:
        which += "; a prediction of a left-out row is by networks that were not fitted to it"
    elif not held_out:
        which += ", which the model has seen"
    share = f"; the interval contains a new value with a probability of {100 * COVERAGE:.0f} %"
    return f"Some {which}{share if has_interval else ''}"


def _left_out(model: Model) -> dict[int, list[str]]:
    """Return the predictions of rows by the networks of folds that were not fitted to them, by row of the table."""
    folds = model.fold_outputs
    if folds is None or model.rows is None or model.task != "regression":
        return {}
    values = model.targets.decode(folds.outputs).reshape(len(folds.rows), -1)
    places = model.rows.training[folds.rows]
    return {int(row): list(map(_cell, of_row)) for row, of_row in zip(places, values, strict=True)}


def _answers(model: Model, rows: Table) -> dict[str, list[list[str]]]:
    """Return the cells of each answer: for each row, one for each target."""
    if model.task != "regression":
        shares = model.probabilities(rows).max(axis=1)
        return {
            "predicted": [[_cell(label)] for label in model.predict(rows)],
            "probability": [[f"{100 * share:.0f} %"] for share in shares],
        }
    n, found = len(rows), {}
    found["predicted"] = [list(map(_cell, row)) for row in model.predict(rows).reshape(n, -1)]
    try:
        ends = [end.reshape(n, -1) for end in model.predict_interval(rows, coverage=COVERAGE)]
    except InvalidInput:  # the uncertainty is not known
        return found
    found["interval"] = [
        [f"{_cell(lower)} to {_cell(upper)}" for lower, upper in zip(*of_row, strict=True)]
        for of_row in zip(*ends, strict=True)
    ]
    return found


def _cells(table: Table, name: str, rows: Indices) -> list[str]:
    """Return the values of some rows as text; days if no value of the column has a time of day."""
    column = table.column(name)
    known = column.dropna()
    if getattr(column.dtype, "kind", "") == "M" and (known.dt.normalize() == known).all():
        column = column.dt.date
    return list(map(_cell, column.iloc[rows]))


def _cell(value: object) -> str:
    if isinstance(value, (float, np.floating)) and np.isfinite(value):
        return in_digits(float(value), 4).replace("-", "\u2212")
    return cut_in_the_middle(str(value), LONGEST)
