"""Targets and weights of a fit: names of columns of the table, or separate values for its rows."""

from __future__ import annotations

import itertools
import os
import re
from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from numbers import Integral
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sheernet.data.sources import read_table
from sheernet.data.sources.array_tables import (
    as_columns,
    beside,
    has_names,
    input_names,
    is_array_like,
    target_names,
)
from sheernet.data.tables import Table
from sheernet.foundation.arrays import warn_if_turned
from sheernet.foundation.errors import InvalidInput, ShapeMismatch
from sheernet.foundation.missing_files import no_file
from sheernet.foundation.row_labels import require_paired
from sheernet.foundation.sentences import Setting
from sheernet.settings.table_settings import names_of

if TYPE_CHECKING:
    import pandas as pd

WEIGHTS = "weights"
"""Name of the column of weights that are given as values without a name."""


def table_and_targets(table: Any, target: Any) -> tuple[Table, list[str], list[str]]:
    """Read the table of a fit and find its target columns.

    Parameters
    ----------
    table, target
        As in `sheernet.fit`.

    Returns
    -------
    table : Table
        With the target columns.
    targets : list of str
        Their names.
    inputs : list of str
        Names of all other columns.

    Raises
    ------
    InvalidInput, ShapeMismatch, MissingDependency
        If the table or the target is invalid, or they do not match.

    Examples
    --------
    >>> from sheernet.models.fitting.target_values import table_and_targets
    >>> table_and_targets([[1.0, 5.0], [2.0, 6.0]], [3.0, 4.0])[1:]
    (['y'], ['x1', 'x2'])
    """
    if not has_names(table) and is_array_like(table):
        if isinstance(target, str):
            _require_no_names_of_files(table)
            raise InvalidInput(
                "{} {!r} is the name of a column, but an array has no names; give the values of the target as an "
                "array, or a table with named columns, such as a DataFrame",
                Setting("target"), target,
            )  # fmt: skip
        require_paired(table, target)
        return _joined(as_columns(table, "X", input_names), target)
    read = read_table(table)
    if _holds_values(target, read):
        require_paired(table, target)
        joined, targets, inputs = _joined(read.frame, target)
        # Messages and the report show the name of a file, and how it was read.
        orders = {**read.orders, **joined.orders}
        whole = Table(
            joined.frame, read.source, read.reading, read.read_as, orders, notices=read.notices
        )
        return whole, targets, inputs
    names = list(names_of("target", target))
    return read, names, [name for name in read.columns if name not in names]


def _require_no_names_of_files(values: Any) -> None:
    """Raise if values without names of columns are names of files that do not exist."""
    texts = values if isinstance(values, list | tuple) else ()
    if texts and all(isinstance(each, str) and Path(each).suffix for each in texts):
        raise no_file(Path(texts[0]))


def with_weights(table: Table, weights: Any) -> tuple[Table, str | None]:
    """Add case weights that are given as values to a table.

    Parameters
    ----------
    table : Table
        N rows.
    weights : str, array_like (N,), or None
        As in `sheernet.fit`; as checked by `TableSettings`.

    Returns
    -------
    table : Table
        With a column of the weights.
    name : str or None
        The name of the column; None without weights.

    Raises
    ------
    InvalidInput, ShapeMismatch
        If there is not one value for each row.

    Examples
    --------
    >>> import sheernet as sn
    >>> from sheernet.models.fitting.target_values import with_weights
    >>> table, name = with_weights(sn.read_table({"x": [1.0, 2.0]}), [1, 3])
    >>> name, table.columns
    ('weights', ('x', 'weights'))
    """
    if weights is None or isinstance(weights, str):
        return table, weights
    given = as_columns(weights, "weights", partial(target_names, letter=WEIGHTS))
    if given.shape[1] != 1:
        raise ShapeMismatch(
            "{} must have one value for each row, but their shape is {}",
            Setting("weights"), given.shape,
        )  # fmt: skip
    name = str(given.columns[0])
    if name in table.columns:
        numbered = (f"{WEIGHTS}_{i}" for i in itertools.count(2))
        name = next(
            each for each in itertools.chain([WEIGHTS], numbered) if each not in table.columns
        )
    joined = beside(table.frame, given.set_axis([name], axis="columns"), (table.source, "weights"))
    return replace(table, frame=joined.frame), name


def _joined(X: pd.DataFrame, target: Any) -> tuple[Table, list[str], list[str]]:
    """Return the columns of X and of the target as one table, and the names of both."""
    if not _is_values(target):
        raise InvalidInput(
            "{} must be an array with a value for each row of X, but {!r:.60} was given",
            Setting("target"), target,
        )  # fmt: skip
    y = as_columns(target, "y", partial(target_names, letter=target_letter(map(str, X))))
    if X.shape == y.shape:
        warn_if_turned(("X", "y"), X.shape)
    return beside(X, y), list(y.columns), list(X.columns)


def target_letter(inputs: Iterable[str]) -> str:
    """Return the name of targets without names: "y", or "target" if an input is named y or y and a number."""
    is_taken = any(re.fullmatch(r"y\d*", name) for name in inputs)
    return "target" if is_taken else "y"


def _is_values(target: Any) -> bool:
    """Return whether a target is an array, a list, a Series or columns, and not a name."""
    if isinstance(target, (str, os.PathLike, Integral)):
        return False
    return has_names(target) or is_array_like(target)


def _holds_values(target: Any, table: Table) -> bool:
    """Return whether a target holds values of the rows of a table, and not names of its columns.

    A list of names of columns is taken as names even if it could be labels; a list of whole numbers is taken as
    values if it has one for each row.
    """
    if not isinstance(target, (list, tuple)):
        return _is_values(target)
    if not any(isinstance(each, str) for each in target):
        is_whole = all(isinstance(each, Integral) and not isinstance(each, bool) for each in target)
        are_names = is_whole and {str(each) for each in target} <= set(table.columns)
        return len(target) > 0 and not (are_names and len(target) != len(table))
    are_columns = all(isinstance(each, str) and each in table.columns for each in target)
    return len(target) == len(table) and not are_columns
