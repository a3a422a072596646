"""Recognizing rows that summarize the rows above them, or give their limits, by a word such as Total or USL."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from sheernet.data.formats.row_places import row_places
from sheernet.data.formats.summary_figures import are_group_sums
from sheernet.foundation.arrays import Indices
from sheernet.foundation.pandas_import import import_pandas

if TYPE_CHECKING:
    import pandas as pd

    Cells = pd.Series[str] | npt.NDArray[np.object_]

_SUMS_AND_MEANS = (
    r"(?:grand[ -]|sub-?|sous[ -])?totals?|sum|average|avg\.?|mean(?: value)?|(?:teil|zwischen|end)?summe|"
    r"(?:ins)?gesamt(?:summe|ergebnis)?|(?:teil)?ergebnis|mittel(?:wert|w\.)?|durchschnitt|somme|moyenne|suma|somma|media|"
    r"(?:sub)?totale|promedio|(?:sub|tussen)?totaal"
)
_STATISTICS = (
    r"median|mediana|m[ée]diane|min(?:\.|imum|imo|imalwert)?|m[íi]n(?:\.|imo)?|max(?:\.|imum|imalwert)?|"
    r"m[áa]x(?:\.|imo)?|massimo|"
    r"std\.?(?:[ -]?(?:dev|abw)\.?)?|st\.?dev\.?|stabw\.?|standard ?deviation|standardabweichung|[ée]cart[ -]type|"
    r"desviaci[óo]n est[áa]ndar|deviazione standard|varian(?:ce|z|za)|range|spannweite|[ée]tendue|count|anzahl|nombre|"
    r"[ø∅µμσ]|x\u0304|x̅"
)
_NOMINAL = r"[ul][sct]l|nominal(?: value)?|nennwert|nennma(?:ß|ss)"
_LIMITS = (
    rf"{_NOMINAL}|[uo][segt]g|target(?: value)?|soll(?:wert)?|"
    r"[+±-]? ?tol(?:\.|[eé]ran(?:ce|z|cia)|leranza)?|(?:upper|lower) (?:(?:spec|specification|control|tolerance) )?"
    r"limit|(?:obere|untere) (?:toleranz|spezifikations|eingriffs)?grenze|cp|c[pmg]k|ppk?"
)
"""Tolerances, limits and capability indices of quality control, such as USL (upper specification limit) and Cpk."""
_OF_GROUP = re.compile(rf"\s*(?:{_SUMS_AND_MEANS})\s*:?\s*", re.IGNORECASE)
"""Words that recur below each group of rows, and are neither names of persons (Max) nor of other things (Target)."""
_FIRST = re.compile(rf"\s*(?:{_SUMS_AND_MEANS}|{_NOMINAL})\s*:?\s*", re.IGNORECASE)
"""Words at the beginning of a first row that is not part of the table, even if it is the only such row."""
_WORDS = re.compile(rf"\s*(?:{_SUMS_AND_MEANS}|{_STATISTICS}|{_LIMITS})\s*:?\s*", re.IGNORECASE)


def is_total(text: str) -> bool:
    """Whether a cell is the word for a summary, or for limits of the values above it, in some languages.

    Examples
    --------
    >>> from sheernet.data.formats.summary_row import is_total
    >>> [is_total(text) for text in ("Grand total", "Summe:", "USL", "Totalitas")]
    [True, True, True, False]
    """
    return _WORDS.fullmatch(text) is not None


def summary_rows(labels: Cells, frame: pd.DataFrame | None = None) -> list[int]:
    """Find the rows called Total, USL or the like: the first and last rows, and rows directly below groups of rows.

    Parameters
    ----------
    labels : Series or ndarray of object, (N,)
        The cell of each row that may be its label; those that are not text do not count.
    frame : DataFrame, (N, number of columns), optional
        The rows, whose numbers show whether a label that recurs is that of sums.

    Returns
    -------
    list of int
        Their indices; none if they outnumber the other rows.

    Examples
    --------
    >>> import pandas as pd
    >>> from sheernet.data.formats.summary_row import summary_rows
    >>> summary_rows(pd.Series(["Jan", "Jan", "Jan Total", "Feb", "Feb", "Feb Total", "Grand total"]))
    [2, 5, 6]
    >>> [summary_rows(pd.Series(each)) for each in (["1", "2", "3", "Mean", "Max"], ["low", "max", "low", "max"])]
    [[3, 4], []]
    >>> summary_rows(pd.Series(["Jan", "Jan", "Total", "Feb", "Feb", "Total"]))
    [2, 5]
    >>> summary_rows(pd.Series(["Jan", "", "", "Jan Total", "Feb", "", "", "Total Feb"]))
    [3, 7]
    """
    codes, cells = import_pandas().factorize(labels)  # a missing one has code -1
    texts = [cell.strip() if isinstance(cell, str) else "" for cell in [*cells.tolist(), None]]
    lengths = np.fromiter(map(len, texts), dtype=np.intp)[codes]
    counts = np.append(np.bincount(codes[codes >= 0]), 0)
    is_once = counts[codes] == 1
    # Pivot tables write the label of a group in its first row only.
    above = np.maximum.accumulate(np.where(lengths > 0, np.arange(len(codes)), -1))[:-1]
    longer = np.flatnonzero(is_once[1:] & (above >= 0) & (lengths[1:] > lengths[above])) + 1
    found = {
        i for i in longer.tolist() if _is_of_group(texts[codes[i]], texts[codes[above[i - 1]]])
    }
    written = np.where(lengths > 0, codes, -1)
    for code in np.flatnonzero(counts > 1).tolist():
        if _OF_GROUP.fullmatch(texts[code]):
            rows = np.flatnonzero(codes == code)
            if _end_groups(written, rows) or (frame is not None and are_group_sums(frame, rows)):
                found.update(rows.tolist())
    start, end = 0, len(codes) - 1
    while end in found or (end >= 0 and is_once[end] and is_total(texts[codes[end]])):
        found.add(end)
        end -= 1
    while start < end and is_once[start] and is_total(texts[codes[start]]):
        start += 1
    if start > 1 or (start == 1 and _FIRST.fullmatch(texts[codes[0]])):
        found.update(range(start))
    return sorted(found) if 2 * len(found) <= len(codes) else []


def _end_groups(labels: npt.NDArray[np.intp], rows: npt.NDArray[np.intp]) -> bool:
    """Whether each of the rows is below others, on average two, whose labels, if there are any, occur nowhere else."""
    others = labels.copy()
    others[rows] = -1
    is_label = others >= 0
    group = np.searchsorted(rows, np.arange(len(labels)))  # the number of the next of the rows
    above = set(group[is_label].tolist()) if is_label.any() else {*np.delete(group, rows).tolist()}
    pairs = np.unique(np.stack([others[is_label], group[is_label]]), axis=1)
    are_apart = len(pairs[0]) == len(np.unique(pairs[0]))
    return are_apart and 3 * len(rows) <= len(labels) and above >= set(range(len(rows)))


def _is_of_group(text: str, label: str) -> bool:
    """Whether a text is the label above it and a word for a summary."""
    if not label or label not in text:
        return False
    before, _, after = text.partition(label)
    word = before if not after.strip(": ") else "" if before else after
    return (before[-1:] in (" ", "-") or after[:1] in (" ", "-")) and is_total(word.strip(" -"))


def row_names(rows: Sequence[int], n_rows: int, sheet_rows: Indices | None = None) -> str:
    """Name rows, the indices of at least one of `n_rows`, for a message; see `row_places`.

    Examples
    --------
    >>> from sheernet.data.formats.summary_row import row_names
    >>> row_names([8], 9), row_names([3], 9), row_names([3, 7, 8], 9)
    ('the last row', 'data row 4', 'data rows 4, 8 and 9')
    """
    if list(rows) == [n_rows - 1]:
        return "the last row"
    return row_places(rows, sheet_rows)
