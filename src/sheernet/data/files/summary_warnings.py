"""Warnings of rows whose numbers summarize the rows above them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sheernet.data.formats.summary_figures import (
    columns_of_numbers,
    group_sums,
    last_figures,
    summed_column,
)
from sheernet.data.formats.summary_row import row_names
from sheernet.foundation.caller_warnings import warn
from sheernet.foundation.message_text import listed, plural_of
from sheernet.foundation.sentences import in_quotes

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from sheernet.foundation.arrays import Indices


def warn_of_figures(
    frame: pd.DataFrame, named: Sequence[int], source: str, sheet_rows: Indices | None = None
) -> None:
    """Warn of last rows whose numbers are statistics of the rows above, and of sums of groups without a label.

    Parameters
    ----------
    frame : DataFrame, (N, number of columns)
        The rows.
    named : sequence of int
        Ascending indices of the rows that a word shows to be summaries; those at the end are not examined.
    source : str
        Name of the file or sheet in the warning.
    sheet_rows : ndarray of int, (N,), optional
        The numbers of the rows in their sheet.
    """
    figures, of, end = last_summary(frame, named)
    n = len(figures)
    if n:
        rows = row_names(range(end - n, end), len(frame), sheet_rows)
        warn(
            f"{rows} of {source} {plural_of(n, 'is', 'are')} {listed(figures)} of {of} and "
            f"{plural_of(n, 'is read as a row', 'are read as rows')}; delete "
            f"{plural_of(n, 'it if it summarizes', 'them if they summarize')} them"
        )
    told = {*named, *range(end - n, end)}
    columns = columns_of_numbers(frame)
    labels = (cells for name, cells in frame.items() if name not in columns)
    gaps = (np.flatnonzero(cells.isna()) for cells in labels)
    sums = [row for row in group_sums([*columns.values()], gaps) if row not in told]
    if sums:
        warn(
            f"{row_names(sums, len(frame), sheet_rows)} of {source} are the sums of the rows above each of them and "
            "are read as rows; delete them if they are subtotals"
        )


def last_summary(frame: pd.DataFrame, named: Sequence[int]) -> tuple[list[str], str, int]:
    """Name the statistics that last rows are, of what, and the index of the row below them.

    `named` is as for `warn_of_figures`.  There are no statistics if the rows do not summarize others.
    """
    end = len(frame)
    if end < 2:
        return [], "", end
    while named and named[-1] == end - 1:
        named, end = named[:-1], end - 1
    columns = columns_of_numbers(frame)
    figures = [f"the {name}" for name in last_figures([each[:end] for each in columns.values()])]
    of = "the others"
    if not figures and end == len(frame) and (name := summed_column(columns)) is not None:
        figures, of = ["the sum"], f"the others in column {in_quotes(name)}"
    return figures, of, end
