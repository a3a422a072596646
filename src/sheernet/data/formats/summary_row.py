"""Recognizing rows that summarize the rows above them, by a word such as Total, and a last row of sums."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from sheernet.foundation.words import listed, plural_of

if TYPE_CHECKING:
    import pandas as pd

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


def summary_rows(texts: Sequence[str]) -> list[int]:
    """Find the rows called Total or the like: the last ones, and those directly below a group with its label.

    Parameters
    ----------
    texts : sequence of str, (N,)
        The text of each row that may be its label; "" if it has none.

    Returns
    -------
    list of int
        Their indices; none if they are more than the other rows. A label that occurs several times is that of a group.

    Examples
    --------
    >>> from sheernet.data.formats.summary_row import summary_rows
    >>> summary_rows(["Jan", "Jan", "Jan Total", "Feb", "Feb", "Feb Total", "Grand total"])
    [2, 5, 6]
    >>> summary_rows(["1", "2", "3", "Mean", "Max"]), summary_rows(["low", "max", "low", "max"])
    ([3, 4], [])
    """
    counts = Counter(texts)
    places = dict(zip(texts, range(len(texts)), strict=True))  # the last of each label
    once = [places[text] for text, count in counts.items() if count == 1]
    found = {i for i in once if i > 0 and _is_of_group(texts[i], texts[i - 1])}
    end = len(texts) - 1
    while end in found or (end >= 0 and counts[texts[end]] == 1 and is_total(texts[end])):
        found.add(end)
        end -= 1
    return sorted(found) if 2 * len(found) <= len(texts) else []


def _is_of_group(text: str, above: str) -> bool:
    """Whether a text is the label above it and a word for a summary."""
    label = above.strip()
    if not label or len(text) <= len(label) or label not in text:
        return False
    before, _, after = text.strip().partition(label)
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
        parts = above[~np.isnan(above)]
        if np.count_nonzero(parts > 0) < _FEWEST or (parts < 0).any():
            continue
        with np.errstate(over="ignore"):
            total = parts.sum()
        if np.isclose(last, total, rtol=_TOLERANCE, atol=0.0) and total < np.inf:
            return str(name)
    return None
