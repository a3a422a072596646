"""The warning about columns with a value in the first row of each group of rows only, as pivot tables write them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sheernet.data.formats.summary_row import summary_rows
from sheernet.foundation.caller_warnings import warn
from sheernet.foundation.message_text import listed, plural_of

if TYPE_CHECKING:
    import pandas as pd

_FEWEST_ROWS = 10
"""In fewer rows, values may be missing in this way by chance."""
_ALONE = 0.8
"""Minimum fraction of the values that are directly above an empty cell; groups of a single row are the others."""


def warn_of_group_values(frame: pd.DataFrame, source: str) -> None:
    """Warn of columns whose values seem to hold for the empty cells below each of them, too."""
    names = [repr(name) for name, column in frame.items() if _are_of_groups(column)]
    if names:
        warn(
            f"{plural_of(len(names), 'column')} {listed(names, most=4)} of {source} "
            f"{plural_of(len(names), 'has', 'have')} a value in the first row of each group of rows only; if it holds "
            "for the empty cells below it, too, fill it down, because missing values are filled in without regard to it"
        )


def _are_of_groups(column: pd.Series[str]) -> bool:
    """Whether values are directly above empty cells, from the first row on, and each differs from the one before."""
    has_value = column.notna().to_numpy()
    is_sparse = 2 <= np.count_nonzero(has_value) <= len(has_value) / 2
    if len(has_value) < _FEWEST_ROWS or not (is_sparse and has_value[0]):
        return False
    if column.dtype.kind not in "biufmM":
        others = np.ones(len(has_value), dtype=np.bool_)
        others[summary_rows(column)] = False
        column, has_value = column[others], has_value[others]
    rows = np.flatnonzero(has_value)
    if len(rows) < 2:
        return False
    is_alone = ~has_value[np.minimum(rows + 1, len(has_value) - 1)]
    is_alone[rows == len(has_value) - 1] = True
    values = column.to_numpy(dtype=object)[rows]
    return bool(is_alone.mean() >= _ALONE and np.all(values[1:] != values[:-1]))
