"""The warning about columns with a value in the first row of each group of rows only, as pivot tables write them."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import numpy as np

from sheernet.data.formats.summary_row import summary_rows
from sheernet.foundation.arrays import Mask
from sheernet.foundation.caller_warnings import warn
from sheernet.foundation.message_text import listed, plural_of

if TYPE_CHECKING:
    import pandas as pd

_FEWEST_ROWS = 10
"""In fewer rows, values may be missing in this way by chance."""
_ALONE = 0.8
"""Minimum fraction of the values that are directly above an empty cell; groups of a single row are the others.  Also
the minimum fraction of the groups of another column that have a value."""


def warn_of_group_values(frame: pd.DataFrame, source: str) -> None:
    """Warn of columns whose values seem to hold for the empty cells below each of them, too."""
    columns = [column for _, column in frame.items()]
    found = {j: values for j, column in enumerate(columns) if (values := _sparse_values(column))}
    told = [j for j, values in found.items() if all(a != b for a, b in itertools.pairwise(values))]
    # Groups may have equal values, such as the feed of pens.
    others = [j for j, values in found.items() if j not in told and len(set(values)) > 1]
    if others:
        firsts = [columns[j].notna().to_numpy() for j in told]
        firsts += [_first_rows(column) for column in columns if column.notna().all()]
        told += [j for j in others if any(_are_in(columns[j], rows) for rows in firsts)]
    if told:
        names = [repr(frame.columns[j]) for j in sorted(told)]
        warn(
            f"{plural_of(len(names), 'column')} {listed(names, most=4)} of {source} "
            f"{plural_of(len(names), 'has', 'have')} a value in the first row of each group of rows only; if it holds "
            "for the empty cells below it, too, fill it down, because missing values are filled in without regard to it"
        )


def _sparse_values(column: pd.Series[Any]) -> list[Any]:
    """Return the values of a column that are directly above empty cells, from the first row on; [] if most are not."""
    has_value = column.notna().to_numpy()
    is_sparse = 2 <= np.count_nonzero(has_value) <= len(has_value) / 2
    if len(has_value) < _FEWEST_ROWS or not (is_sparse and has_value[0]):
        return []
    if column.dtype.kind not in "biufmM":
        others = np.ones(len(has_value), dtype=np.bool_)
        others[summary_rows(column)] = False
        column, has_value = column[others], has_value[others]
    rows = np.flatnonzero(has_value)
    if len(rows) < 2:
        return []
    is_alone = ~has_value[np.minimum(rows + 1, len(has_value) - 1)]
    is_alone[rows == len(has_value) - 1] = True
    return list(column.to_numpy(dtype=object)[rows]) if is_alone.mean() >= _ALONE else []


def _first_rows(column: pd.Series[Any]) -> Mask:
    """Whether each value of a column differs from the one before, as in the first row of a group."""
    values = column.to_numpy()
    return np.append(True, values[1:] != values[:-1])


def _are_in(column: pd.Series[Any], first: Mask) -> bool:
    """Whether all values of a column are in the first rows of groups, and most of these have one."""
    has_value = column.notna().to_numpy()
    return bool(first[has_value].all() and has_value[first].mean() >= _ALONE)
