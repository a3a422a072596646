"""Groups of rows, such as the visits of a patient: from a column of the table, or from separate values."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sheernet.data.columns.cells import Gap, as_labels, missing_values_error
from sheernet.data.sources import read_table
from sheernet.data.tables import Table
from sheernet.foundation.arrays import Indices
from sheernet.foundation.errors import InvalidInput, ShapeMismatch
from sheernet.foundation.message_text import counted
from sheernet.foundation.sentences import Setting, sentence
from sheernet.settings.fit_settings import FitSettings
from sheernet.settings.table_settings import TableSettings


def group_table(
    table: Table, targets: Sequence[str], settings: TableSettings, has_names: bool
) -> Table | None:
    """Return the groups of the rows as a table of one column; None without groups.

    Parameters
    ----------
    table : Table
        The table of the fit.
    targets : sequence of str
        The columns to predict.
    settings : TableSettings
        Roles of the columns; `groups` is a column of the table, or the group of each row.
    has_names : bool
        Whether the caller gave the columns their names, and not an array.

    Raises
    ------
    InvalidInput, ShapeMismatch
        If the column does not exist or has another role, or the number of groups is not that of the rows.
    """
    groups = settings.groups
    if groups is None:
        return None
    if not isinstance(groups, str):
        found = read_table({"groups": np.asarray(groups)})
        if len(found) != len(table):
            raise ShapeMismatch(
                "{} has {}, but the table has {}; give one group for each row",
                Setting("groups"), counted(len(found), "entry", "entries"), counted(len(table), "row"),
            )  # fmt: skip
        return found
    if not has_names:
        raise InvalidInput(
            "{} {!r} is the name of a column, but an array has no names; give the group of each row as an array",
            Setting("groups"), groups,
        )  # fmt: skip
    table.require([groups])
    roles = {"inputs": settings.inputs or (), "weights": (settings.weights,), "target": targets}
    for role, names in roles.items():
        if groups in names:
            raise InvalidInput(
                "{!r} is both {} and {}; a column has one role",
                groups, Setting("groups"), Setting(role),
            )  # fmt: skip
    return Table(table.frame[[groups]], table.source)


def groups_of_rows(groups: Table, rows: Indices) -> Indices:
    """Number the groups of some rows, (N,): 0, 1, ... in order of appearance.

    Parameters
    ----------
    groups : Table
        One column, with a row for each row of the table.
    rows : ndarray of int, (N,)
        The rows.

    Raises
    ------
    InvalidInput
        If a row has no group, or all rows have the same group.

    Examples
    --------
    >>> import numpy as np
    >>> import sheernet as sn
    >>> from sheernet.models.fitting.row_groups import groups_of_rows
    >>> groups_of_rows(sn.read_table({"who": ["b", "a", "b", "c"]}), np.arange(4)).tolist()
    [0, 1, 0, 2]
    """
    (name,) = groups.columns
    codes, _ = as_labels(groups.take(rows), name)
    gap = Gap.among(name, codes < 0)
    if gap is not None:
        advice = sentence("give each row a group in {}", Setting("groups"))
        raise missing_values_error(groups.source, [gap], advice)
    found = numbered(codes)
    if not found.any():
        raise InvalidInput(
            "all rows are of one group in {}, but at least 2 groups are needed, so that each is predicted by "
            "networks that were not fitted to it; omit {}",
            Setting("groups"), Setting("groups"),
        )  # fmt: skip
    return found


def numbered(codes: Indices) -> Indices:
    """Number codes 0, 1, ... in order of appearance."""
    _, first, codes = np.unique(codes, return_index=True, return_inverse=True)
    return np.argsort(np.argsort(first))[codes].astype(np.intp)


def require_use(groups: Indices | None, settings: FitSettings) -> None:
    """Raise if the groups of the training rows have no effect, or the folds would have a single group.

    Parameters
    ----------
    groups : ndarray of int, (N,), or None
        The group of each training row.
    settings : FitSettings
        The settings of the fit; `sheernet.select` makes its own folds.
    """
    if groups is None or settings.one_network:
        return
    if settings.has_folds and not groups.any():
        raise InvalidInput(
            "{} leaves a single group to train on, but folds of whole groups need at least 2; use {}",
            Setting("held_out", settings.rows.held_out), Setting("held_out", 0.0),
        )  # fmt: skip
    if not (settings.has_folds or settings.rows.held_out):
        raise InvalidInput(
            "{} has no effect, because a single network is trained on all rows, without folds and held-out rows; "
            "omit it",
            Setting("groups"),
        )  # fmt: skip
