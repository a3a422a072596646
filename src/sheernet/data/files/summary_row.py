"""Recognizing a last row that summarizes the rows above it, by a word such as Total or because its numbers are sums."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

_WORDS = re.compile(
    r"\s*(grand |sub-?)?(totals?|sum|average|mean|summe|gesamt(summe)?|mittelwert|durchschnitt|somme|moyenne|suma|"
    r"media|totale|promedio|median|minimum|maximum|min|max|std|stdev|standardabweichung|count|anzahl)\s*:?\s*",
    re.IGNORECASE,
)
_FEWEST = 5
"""Minimum number of positive numbers above a sum; fewer may add up to the next one by chance, as 1, 2, 3 do."""
_TOLERANCE = 1e-6
"""Relative difference of a sum that was rounded when it was written."""


def is_total(text: str) -> bool:
    """Whether a cell is the word for a summary, in some languages.

    Examples
    --------
    >>> from sheernet.data.files.summary_row import is_total
    >>> [is_total(text) for text in ("Grand total", "Summe:", "Totalitas")]
    [True, True, False]
    """
    return _WORDS.fullmatch(text) is not None


def summed_column(frame: pd.DataFrame) -> str | None:
    """Return the first column whose last number is the sum of those above it, none negative; None if there is none.

    Parameters
    ----------
    frame : DataFrame, (N, number of columns)
        The rows of a file.

    Examples
    --------
    >>> import pandas as pd
    >>> from sheernet.data.files.summary_row import summed_column
    >>> summed_column(pd.DataFrame({"x": [1, 2, 3, 4, 5, 6], "y": [1, 2, 3, 4, 5, 15]}))
    'y'
    """
    for name, cells in frame.items():
        if cells.dtype == object and not all(
            cell is None or type(cell) in (int, float) for cell in cells
        ):
            continue
        if cells.dtype != object and getattr(cells.dtype, "kind", "") not in "iuf":
            continue
        try:
            values = cells.to_numpy(dtype=np.float64, na_value=np.nan)
        except OverflowError:  # a whole number that no float64 holds
            continue
        above, last = values[:-1], values[-1]
        parts = above[~np.isnan(above)]
        if np.count_nonzero(parts > 0) < _FEWEST or (parts < 0).any():
            continue
        with np.errstate(over="ignore"):
            total = parts.sum()
        if np.isclose(last, total, rtol=_TOLERANCE, atol=0.0) and total < np.inf:
            return str(name)
    return None
