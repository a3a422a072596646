"""Names of rows in messages: their numbers below the header, and in a workbook also those that its program shows."""

from __future__ import annotations

from collections.abc import Sequence

from sheernet.foundation.arrays import Indices
from sheernet.foundation.message_text import listed, plural_of


def row_places(rows: Sequence[int], sheet_rows: Indices | None = None, most: int = 5) -> str:
    """Name rows for a message.

    Parameters
    ----------
    rows : sequence of int
        Indices of at least one row of a file or table.
    sheet_rows : ndarray of int, (N,), optional
        If the N rows are from a sheet: their numbers in it, from 1.
    most : int
        Maximum number of rows that are listed.

    Returns
    -------
    str

    Examples
    --------
    >>> import numpy as np
    >>> from sheernet.data.formats.row_places import row_places
    >>> row_places([3]), row_places([0, 2], np.array([4, 5, 7]))
    ('data row 4', 'data rows 1 and 3 (sheet rows 4 and 7)')
    """
    noun = plural_of(len(rows), "row")
    named = f"data {noun} {listed([int(row) + 1 for row in rows], most=most)}"
    if sheet_rows is None:
        return named
    return f"{named} (sheet {noun} {listed(sheet_rows[list(rows)].tolist(), most=most)})"
