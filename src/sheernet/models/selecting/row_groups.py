"""Groups of rows, such as the visits of a patient: from a column of the table, or from values beside it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from sheernet.data.columns import require_columns
from sheernet.data.columns.cells import Gap, as_labels, missing_values_error
from sheernet.data.sources import read_table
from sheernet.data.sources.array_tables import has_names
from sheernet.data.tables import Table
from sheernet.foundation.errors import InvalidInput, ShapeMismatch
from sheernet.foundation.row_labels import require_paired
from sheernet.foundation.sentences import Setting, sentence
from sheernet.foundation.words import counted
from sheernet.models.fitting import Prepared
from sheernet.settings.table_settings import TableSettings, names_of

Indices = npt.NDArray[np.intp]


def grouped(
    table: Any, target: Any, groups: Any, settings: TableSettings
) -> tuple[Any, TableSettings, Table | None]:
    """Separate the groups from the table.

    Parameters
    ----------
    table, target : object
        As in `sheernet.fit`.
    groups : str, array_like (N,), or None
        A column of the table, or the group of each row.
    settings : TableSettings
        Roles of the columns.

    Returns
    -------
    table : object
        The table, read if it is a file.
    settings : TableSettings
        A column of groups is left out of the inputs.
    groups : Table or None
        One column.

    Raises
    ------
    InvalidInput
        If the column does not exist or has another role.
    """  # fmt: skip
    if groups is None:
        return table, settings, None
    if not isinstance(groups, str):
        require_paired(table, groups, ("X", "groups"))
        return table, settings, read_table({"groups": np.asarray(groups)})
    if not has_names(table):
        raise InvalidInput(
            sentence(
                "{} {!r} is the name of a column, but an array has no names; give the group of each row as an array",
                Setting("groups"), groups,
            )
        )  # fmt: skip
    read = read_table(table)
    require_columns(read, [groups])
    roles = {
        "inputs": settings.inputs or (),
        "weights": (settings.weights,) if isinstance(settings.weights, str) else (),
        "target": _names(target),
    }
    for role, names in roles.items():
        if groups in names:
            raise InvalidInput(
                sentence(
                    "{!r} is both {} and {}; a column has one role",
                    groups, Setting("groups"), Setting(role),
                )
            )  # fmt: skip
    left_out = replace(settings, drop=(*names_of("drop", settings.drop), groups))
    return read, left_out, replace(read, frame=read.frame[[groups]])


def _names(target: Any) -> tuple[str, ...]:
    """The names of the targets; none if the target is an array of values."""
    try:
        return names_of("target", target)
    except InvalidInput:
        return ()


def groups_of_rows(groups: Table, prepared: Prepared) -> Indices:
    """Number the groups of the training rows, (N,): 0, 1, ...

    Parameters
    ----------
    groups : Table
        One column, with a row for each row of the table.
    prepared : Prepared
        The training rows.

    Raises
    ------
    InvalidInput, ShapeMismatch
        If a training row has no group, or the number of rows differs.
    """
    assert prepared.rows is not None
    if len(groups) != prepared.rows.count:
        raise ShapeMismatch(
            sentence(
                "{} has {}, but the table has {}; give one group for each row",
                Setting("groups"), counted(len(groups), "entry", "entries"), counted(prepared.rows.count, "row"),
            )
        )  # fmt: skip
    (name,) = groups.columns
    training = prepared.rows.training
    codes, _ = as_labels(groups.take(training), name)
    gap = Gap.among(name, codes < 0)
    if gap is not None:
        advice = sentence("give each row a group in {}", Setting("groups"))
        raise missing_values_error(groups.source, [gap], advice)
    return np.unique(codes, return_inverse=True)[1].astype(np.intp)
