"""Leave out the rows and columns of a table that a fit cannot use: missing values, zero weights, constant columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from sheernet.data.columns import Roles, choose_roles, complete_rows, read_weights
from sheernet.data.columns.cells import Gap, require_finite
from sheernet.data.columns.required_values import (
    needed_columns,
    refuse_gaps,
    require_complete_rows,
    single_mark,
)
from sheernet.data.columns.value_notices import incomplete_rows_notice, zero_weights_notice
from sheernet.data.tables import Table
from sheernet.data.tables.column_names import behind_gap
from sheernet.data.tables.table import another_sheet
from sheernet.foundation.arrays import Indices
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.message_text import listed
from sheernet.foundation.sentences import Setting, in_quotes, sentence
from sheernet.settings.table_settings import TableSettings


def usable_part(
    table: Table, targets: list[str], settings: TableSettings
) -> tuple[Table, Indices, Roles, list[str]]:
    """Leave out the rows and columns of a table that cannot be used.

    Parameters
    ----------
    table : Table
        The table.
    targets : list of str
        The columns to predict.
    settings : TableSettings
        The settings of the table: roles of columns, and what to do about missing values.

    Returns
    -------
    Table
        The usable rows.
    ndarray of int
        Their indices in the table.
    Roles
        The roles of their columns.
    list of str
        A notice for each column and each group of rows that is left out.

    Raises
    ------
    InvalidInput
        If a column or a required value is missing, or fewer than 2 rows are left.
    """
    table.require(targets)
    _require_rows(table)  # before choose_roles: in a single row every column is constant
    choice: dict[str, Any] = {
        "weights": settings.weights, "categories": settings.categories, "rare": settings.rare,
    }  # fmt: skip
    inputs = None if settings.inputs is None else list(settings.inputs)
    roles = choose_roles(table, targets, inputs=inputs, drop=list(settings.drop), **choice)
    doubts = refuse_missing(table, roles, settings.missing)
    rows, kept, lost = usable_rows(table, roles, settings.missing)
    _require_rows(rows)
    if not lost or inputs is not None:
        return rows, kept, roles, [*roles.left_out, *roles.doubtful, *doubts, *lost]
    # A column with two values may have only one in the rows that are left.
    used = {*roles.inputs, *roles.targets, roles.weights}
    gone = [name for name in table.columns if name not in used]
    again = choose_roles(rows, targets, drop=gone, **choice)
    later = [sentence("in the rows that remain, {}", text) for text in again.left_out]
    return rows, kept, again, [*roles.left_out, *roles.doubtful, *doubts, *lost, *later]


def _require_rows(table: Table) -> None:
    if len(table) == 1:
        raise InvalidInput(
            "{} has a single usable row, but at least 2 rows are needed; give more rows{}",
            table.source,
            another_sheet(table),
        )


def refuse_missing(
    table: Table, roles: Roles, missing: str = "refuse", advice: str | None = None
) -> list[str]:
    """Raise one error for all missing values that are refused, so that a table has to be corrected only once.

    If they are filled, return what they may be instead.  Rows of weight 0 are not used, so theirs do not matter.
    """
    used = [*roles.targets, *roles.inputs]
    counts = np.ones(len(table), dtype=np.bool_)
    if roles.weights is not None:
        used.append(roles.weights)
        counts = ~(table.column(roles.weights) == 0).fillna(False).to_numpy(dtype=np.bool_)
    gaps = [Gap.among(name, table.column(name).isna().to_numpy() & counts) for name in used]
    found = [gap for gap in gaps if gap is not None]
    marks = {
        gap.name: single_mark(table.kind(gap.name), table.distinct(gap.name)[1])
        for gap in found
        if gap.name in roles.targets
    }
    doubts = list(_doubts(table, [gap.name for gap in found if gap.name in roles.inputs]))
    found = [
        replace(gap, why=marks.get(gap.name) or table.errors.get(gap.name, "")) for gap in found
    ]
    refuse_gaps(table.source, roles, found, marks, missing, table.sheet_rows, doubts, advice)
    return doubts if missing == "impute" else []


def _doubts(table: Table, names: Sequence[str]) -> Iterator[str]:
    """Yield what inputs with missing values may be instead: columns of another table."""
    behind = behind_gap(table.columns)
    if not set(names).isdisjoint(behind):
        others = [name for name in behind if table.kind(name) != "empty"]
        yield sentence(
            "if the columns behind the empty one, {}, belong to another table, leave them out with {}",
            listed(list(map(in_quotes, others)), most=4), Setting("drop", others),
        )  # fmt: skip


def usable_rows(table: Table, roles: Roles, missing: str) -> tuple[Table, Indices, list[str]]:
    """Return the usable rows, their indices, and notices about the others: rows with missing values or weight 0."""
    kept, notices = _without_missing(table, roles, missing)
    rows, lost = table if len(kept) == len(table) else table.take(kept), list(notices)
    if roles.weights is not None:
        weighted = np.flatnonzero(read_weights(rows, roles.weights))
        n_zero = len(rows) - len(weighted)
        if n_zero:
            lost.append(zero_weights_notice(table.source, len(table), n_zero, roles.weights))
            rows, kept = rows.take(weighted), kept[weighted]
    _require_finite(table, kept, roles)
    return rows, kept, lost


def _require_finite(table: Table, kept: Indices, roles: Roles) -> None:
    """Raise if an input or target has infinite values in rows that are kept; the message counts all rows."""
    for name in (*roles.inputs, *roles.targets):
        column = table.column(name)
        if isinstance(column.dtype, np.dtype) and column.dtype.kind == "f":
            numbers = column.to_numpy(dtype=np.float64)
            if np.isinf(numbers[kept]).any():
                require_finite(table.source, [name], numbers[:, None])


def _without_missing(table: Table, roles: Roles, missing: str) -> tuple[Indices, tuple[str, ...]]:
    """Return the indices of the usable rows under a policy for missing values, and a notice about the others."""
    needed, which, what = needed_columns(roles, missing)
    rows = complete_rows(table, needed)
    if len(rows) == len(table):
        return rows, ()
    require_complete_rows(table.source, len(rows), which)
    gaps = {name: int(table.column(name).isna().sum()) for name in needed}
    return rows, (incomplete_rows_notice(table.source, len(table), len(rows), gaps, what),)
