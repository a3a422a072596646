"""Find effects of holding rows out, such as columns with one value, and rows outside the training rows' range."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from sheernet.data.columns import Inputs, NumberColumn
from sheernet.data.columns.cells import NUMBER_KINDS, as_labels, as_numbers
from sheernet.data.columns.value_notices import (
    FEWEST_TIMES,
    columns_of_times,
    later_times_notice,
)
from sheernet.data.tables import Table
from sheernet.data.targets import ClassTarget, Targets
from sheernet.foundation.arrays import Array, Indices, Mask, are_counts
from sheernet.foundation.message_text import counted
from sheernet.foundation.pandas_import import import_pandas
from sheernet.foundation.sentences import Setting, in_quotes, sentence
from sheernet.models.verdict import NOTABLE

MOSTLY = 0.8
"""Minimum fraction of distinct dates for which rows in any order count as a time series."""


def one_value_in_training(
    table: Table, names: Sequence[str], rows: Indices, categories: Sequence[str]
) -> list[str]:
    """Return the inputs that have at most one value in the training rows, although other rows have other values.

    Parameters
    ----------
    table : Table
        The table.
    names : sequence of str
        Names of inputs.
    rows : ndarray of int
        The training rows.
    categories : sequence of str
        Inputs whose values are labels.
    """
    return [name for name in names if _is_of_one_value(table, name, rows, name in categories)]


def _is_of_one_value(table: Table, name: str, rows: Indices, as_label: bool) -> bool:
    """Return whether a column has at most one value in some rows, missing ones not counted."""
    kind = table.kind(name)
    known: npt.NDArray[Any]
    if kind in NUMBER_KINDS and not as_label:
        values = as_numbers(table, name, kind)[rows]
        known = values[~np.isnan(values)]
    else:
        codes = as_labels(table, name)[0][rows]
        known = codes[codes >= 0]
    return len(known) == 0 or bool(known.min() == known.max())


def outside_training(inputs: Inputs, table: Table, margin: float) -> dict[str, Mask]:
    """Return the rows of a table outside of the training rows' range, by column.

    Parameters
    ----------
    inputs : Inputs
        The columns, as learned from the training rows.
    table : Table
        Rows, (N,).
    margin : float
        Minimum distance to the range, in widths of the range, of rows that count.

    Returns
    -------
    dict of str to ndarray of bool, (N,)
        Only columns of numbers and dates with rows outside of the range.
    """
    found = {}
    for column in inputs.columns:
        if not isinstance(column, NumberColumn):
            continue
        x = as_numbers(table, column.name, column.kind)
        room = margin * (column.highest - column.lowest)
        beyond = (x < column.lowest - room) | (x > column.highest + room)
        if beyond.any():
            found[column.name] = beyond
    return found


def later_times_notices(inputs: Inputs, table: Table) -> list[str]:
    """Return a notice if the rows are a time series, whose held-out rows and folds lie between the training rows.

    Rows are a time series if the times of a column are in order, or are dates that are mostly distinct.
    """
    series = []
    read_as = table.read_as
    for column in columns_of_times(inputs.columns, read_as.formats, read_as.column_units):
        times = as_numbers(table, column.name, column.kind)
        if _is_series(times[~np.isnan(times)], in_any_order=column.kind == "date"):
            series.append(column.name)
    return later_times_notice(series)


def _is_series(times: Array, *, in_any_order: bool = True) -> bool:
    """Return whether times are in order or, if they need not be, mostly distinct."""
    steps, distinct = np.diff(times), len(np.unique(times))
    in_order = bool((steps >= 0).all() or (steps <= 0).all())
    mostly_distinct = in_any_order and distinct > MOSTLY * len(times)
    return distinct >= FEWEST_TIMES and (in_order or mostly_distinct)


def index_notices(table: Any, are_judged: bool) -> Iterator[str]:
    """Yield notices about a data frame of pandas whose row labels are dates or durations, which are not an input.

    Parameters
    ----------
    table : object
        As in `sheernet.fit`.
    are_judged : bool
        Whether rows among the training rows are held out, in folds or at once.
    """
    index, pandas = getattr(table, "index", None), import_pandas()
    if not isinstance(index, (pandas.DatetimeIndex, pandas.TimedeltaIndex)):
        return
    noun = "dates" if isinstance(index, pandas.DatetimeIndex) else "durations"
    name = str(index.name or "index")
    yield (
        f"the {noun} of the index of the table ({in_quotes(name)}) are left out; to use them as an input, make them a "
        "column: table.reset_index()"
    )
    days = index.dropna().astype(np.int64).to_numpy(np.float64)
    if are_judged and _is_series(days):
        yield from later_times_notice([name])


def count_notices(
    name: str | None, weights: Array | None, targets: Targets, held_out: int, *, are_divided: bool
) -> Iterator[str]:
    """Yield a notice about weights whose sum is not the number of rows, if their meaning affects the results.

    Parameters
    ----------
    name : str or None
        The column of weights.
    weights : ndarray, (N,), or None
        The weights.
    targets : NumberTargets or ClassTarget
        The targets.
    held_out : int
        The number of rows that are held out.
    are_divided : bool
        Whether folds divide rows of counts.
    """
    if weights is None:
        return
    if not are_counts(weights):
        total, n_rows = float(weights.sum()), int(np.count_nonzero(weights))
        if not isinstance(targets, ClassTarget) and abs(total / n_rows - 1.0) > NOTABLE:
            yield (
                f"the weights in {in_quotes(name)} add up to {total:.6g} for {counted(n_rows, 'row')}, and standard "
                "errors of coefficients and intervals take their sum as the number of rows; if they are relative, such "
                "as 1 / variance, divide them by their mean"
            )
        return
    counts = f"the weights in {in_quotes(name)} are whole numbers: a row of weight k counts as k equal rows"
    if not isinstance(targets, ClassTarget):
        if held_out:
            place = "are held out together"
        elif are_divided:
            place = "folds divide, because most rows have the inputs of other rows"
        else:
            place = "folds do not divide"
        yield f"{counts}, which {place}; if its target is the mean of k values, divide the weights by their mean"
    elif held_out:
        yield sentence(
            "{}, which are held out together, so that a cell of a table of counts may have no training rows; {} trains "
            "on all rows",
            counts, Setting("held_out", 0),
        )  # fmt: skip
