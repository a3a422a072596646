"""Warnings of rows whose numbers summarize the rows above them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sheernet.data.formats.summary_figures import (
    columns_of_numbers,
    last_figures,
    summed_column,
    unnamed_group_sums,
)
from sheernet.data.formats.summary_row import row_names
from sheernet.foundation.caller_warnings import warn
from sheernet.foundation.message_text import listed, plural_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from sheernet.foundation.arrays import Indices


def warn_of_figures(
    frame: pd.DataFrame, named: Sequence[int], source: str, sheet_rows: Indices | None = None
) -> None:
    """Warn of last rows whose numbers are sums, means or other statistics of the rows above, and of sums of groups.

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
    end = len(frame)
    while named and named[-1] == end - 1:
        named, end = named[:-1], end - 1
    columns = columns_of_numbers(frame)
    figures = [f"the {name}" for name in last_figures([each[:end] for each in columns.values()])]
    of = "the others"
    if not figures and end == len(frame) and (name := summed_column(columns)) is not None:
        figures, of = ["the sum"], f"the others in column {name!r}"
    n = len(figures)
    if n:
        rows = row_names(range(end - n, end), len(frame), sheet_rows)
        warn(
            f"{rows} of {source} {plural_of(n, 'is', 'are')} {listed(figures)} of {of} and "
            f"{plural_of(n, 'is read as a row', 'are read as rows')}; delete "
            f"{plural_of(n, 'it if it summarizes', 'them if they summarize')} them"
        )
    sums = unnamed_group_sums(frame)
    if sums is not None and not set(sums[1]) <= set(named):
        rows = row_names(sums[1], len(frame), sheet_rows)
        warn(
            f"{rows} of {source} have no {sums[0]!r} and are the sums of the rows above each of them; they are "
            "read as rows, so delete them if they summarize the others"
        )
