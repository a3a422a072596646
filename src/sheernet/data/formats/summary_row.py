"""Recognizing rows that summarize the rows above them, or give their limits, by a word such as Total or USL."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from sheernet.foundation.message_text import listed, plural_of
from sheernet.foundation.pandas_import import import_pandas

if TYPE_CHECKING:
    import pandas as pd

    Cells = pd.Series[str] | npt.NDArray[np.object_]

_STATISTICS = (
    r"(?:grand[ -]|sub-?)?totals?|sum|average|avg\.?|mean(?: value)?|summe|gesamt(?:summe|ergebnis)?|zwischensumme|"
    r"teilergebnis|ergebnis|mittel(?:wert|w\.)?|durchschnitt|somme|moyenne|suma|media|totale|promedio|median|mediana|"
    r"m[ée]diane|min(?:\.|imum|imo|imalwert)?|m[íi]n(?:\.|imo)?|max(?:\.|imum|imalwert)?|m[áa]x(?:\.|imo)?|massimo|"
    r"std\.?(?:[ -]?(?:dev|abw)\.?)?|st\.?dev\.?|stabw\.?|standard ?deviation|standardabweichung|[ée]cart[ -]type|"
    r"desviaci[óo]n est[áa]ndar|deviazione standard|varian(?:ce|z|za)|range|spannweite|[ée]tendue|count|anzahl|nombre|"
    r"[ø∅µμσ]|x\u0304|x̅"
)
_LIMITS = (
    r"[ul][sct]l|[uo][segt]g|nominal(?: value)?|nennwert|nennma(?:ß|ss)|target(?: value)?|soll(?:wert)?|"
    r"[+±-]? ?tol(?:\.|[eé]ran(?:ce|z|cia)|leranza)?|(?:upper|lower) (?:(?:spec|specification|control|tolerance) )?"
    r"limit|(?:obere|untere) (?:toleranz|spezifikations|eingriffs)?grenze|cp|c[pmg]k|ppk?"
)
"""Tolerances, limits and capability indices of quality control, such as USL (upper specification limit) and Cpk."""
_WORDS = re.compile(rf"\s*(?:{_STATISTICS}|{_LIMITS})\s*:?\s*", re.IGNORECASE)


def is_total(text: str) -> bool:
    """Whether a cell is the word for a summary, or for limits of the values above it, in some languages.

    Examples
    --------
    >>> from sheernet.data.formats.summary_row import is_total
    >>> [is_total(text) for text in ("Grand total", "Summe:", "USL", "Totalitas")]
    [True, True, True, False]
    """
    return _WORDS.fullmatch(text) is not None


def summary_rows(labels: Cells) -> list[int]:
    """Find the rows called Total, USL or the like: the last rows, and rows directly below a group with its label.

    Parameters
    ----------
    labels : Series or ndarray of object, (N,)
        The cell of each row that may be its label; those that are not text do not count.

    Returns
    -------
    list of int
        Their indices; none if they outnumber the other rows.  A label that occurs several times belongs to a group.

    Examples
    --------
    >>> import pandas as pd
    >>> from sheernet.data.formats.summary_row import summary_rows
    >>> summary_rows(pd.Series(["Jan", "Jan", "Jan Total", "Feb", "Feb", "Feb Total", "Grand total"]))
    [2, 5, 6]
    >>> [summary_rows(pd.Series(each)) for each in (["1", "2", "3", "Mean", "Max"], ["low", "max", "low", "max"])]
    [[3, 4], []]
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
