"""Recognizing rows that summarize the rows above them, by a word such as Total, and a last row of sums."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from sheernet.foundation.pandas_import import import_pandas
from sheernet.foundation.words import listed, plural_of

if TYPE_CHECKING:
    import pandas as pd

    Cells = pd.Series[str] | npt.NDArray[np.object_]

_WORDS = re.compile(
    r"\s*(?:grand[ -]|sub-?)?(?:totals?|sum|average|mean|summe|gesamt(?:summe|ergebnis)?|zwischensumme|teilergebnis|"
    r"ergebnis|mittelwert|mittel|durchschnitt|somme|moyenne|suma|media|totale|promedio|median|minimum|maximum|min|max|"
    r"std\.?(?:[ -]?(?:dev|abw)\.?)?|st\.?dev\.?|standard ?deviation|standardabweichung|[ée]cart[ -]type|"
    r"desviaci[óo]n est[áa]ndar|varian(?:ce|z)|count|anzahl)\s*:?\s*",
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
    >>> from sheernet.data.formats.summary_row import is_total
    >>> [is_total(text) for text in ("Grand total", "Summe:", "Totalitas")]
    [True, True, False]
    """
    return _WORDS.fullmatch(text) is not None


def summary_rows(labels: Cells) -> list[int]:
    """Find the rows called Total or the like: the last ones, and those directly below a group with its label.

    Parameters
    ----------
    labels : Series or ndarray of object, (N,)
        The cell of each row that may be its label; those that are not text do not count.

    Returns
    -------
    list of int
        Their indices; none if they are more than the other rows. A label that occurs several times is that of a group.

    Examples
    --------
    >>> import pandas as pd
    >>> from sheernet.data.formats.summary_row import summary_rows
    >>> summary_rows(pd.Series(["Jan", "Jan", "Jan Total", "Feb", "Feb", "Feb Total", "Grand total"]))
    [2, 5, 6]
    >>> summary_rows(pd.Series(["low", "max", "low", "max"]))
    []
    """
    codes, cells = import_pandas().factorize(labels)  # a missing one has code -1
    texts = [cell.strip() if isinstance(cell, str) else "" for cell in [*cells.tolist(), None]]
    lengths = np.fromiter(map(len, texts), dtype=np.intp)[codes]
    is_once = np.append(np.bincount(codes[codes >= 0]), 0)[codes] == 1
    longer = np.flatnonzero(is_once[1:] & (lengths[1:] > lengths[:-1])) + 1  # than the one above
    found = {i for i in longer.tolist() if _is_of_group(texts[codes[i]], texts[codes[i - 1]])}
    end = len(codes) - 1
    while end in found or (end >= 0 and is_once[end] and is_total(texts[codes[end]])):
        found.add(end)
        end -= 1
    return sorted(found) if 2 * len(found) <= len(codes) else []


def _is_of_group(text: str, label: str) -> bool:
    """Whether a text is the label above it and a word for a summary."""
    if not label or label not in text:
        return False
    before, _, after = text.partition(label)
    word = before if not after.strip(": ") else "" if before else after
    return (before[-1:] in (" ", "-") or after[:1] in (" ", "-")) and is_total(word.strip(" -"))


def row_names(rows: Sequence[int], n_rows: int) -> str:
    """Name rows, the indices of at least one of `n_rows`, for a message.

    Examples
    --------
    >>> from sheernet.data.formats.summary_row import row_names
    >>> row_names([8], 9), row_names([3], 9), row_names([3, 7, 8], 9)
    ('the last row', 'data row 4', 'data rows 4, 8 and 9')
    """
    if list(rows) == [n_rows - 1]:
        return "the last row"
    return f"data {plural_of(len(rows), 'row')} {listed([i + 1 for i in rows], most=5)}"


def summed_column(frame: pd.DataFrame) -> str | None:
    """Return the first column whose last number is the sum of those above it, none negative; None if there is none.

    Parameters
    ----------
    frame : DataFrame, (N, number of columns)
        The rows of a file.

    Examples
    --------
    >>> import pandas as pd
    >>> from sheernet.data.formats.summary_row import summed_column
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
        if (above < 0).any() or np.count_nonzero(above > 0) < _FEWEST:
            continue
        with np.errstate(over="ignore"):
            total = above[~np.isnan(above)].sum()
        if np.isclose(last, total, rtol=_TOLERANCE, atol=0.0) and total < np.inf:
            return str(name)
    return None
