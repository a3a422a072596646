"""Notices that rows seem to be repeated measurements, such as several of the same animal or of the same part.

Held-out rows and training rows then share animals, which a network may recognize by values that stay the
same, so that the metrics hold for new rows of known animals only.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np

from sheernet.data.columns import Inputs, NumberColumn
from sheernet.data.columns.cells import as_labels, as_numbers
from sheernet.data.tables import Table
from sheernet.foundation.arrays import Array, Indices
from sheernet.foundation.message_text import listed
from sheernet.foundation.sentences import Setting, in_quotes, sentence

MOSTLY = 0.8
"""Minimum fraction of the groups that have several rows, or values that no other group has."""
FEWEST_GROUPS = 5
"""Minimum number of labels for which rows of the same label may be repeated measurements."""
MANY_LABELS = 20
"""Minimum number of labels that seem to be units if several of them have the same number, such as cells tested at one
of three temperatures.  Fewer labels may be names of categories, such as weekdays, which determine the weekend."""
MOST_ROWS = 5_000
"""Maximum number of rows in which repeated values of numeric columns are searched."""
OWN = 0.5
"""Minimum ratio of the number of values of a column to the number of pairs of values of two columns: the ratio is 1 if
the columns divide the rows equally, less if different things have equal values by rounding, and much less if the
columns vary independently."""
SAME_ORDER = 0.95
"""Minimum rank correlation from which a column counts as another column in other units."""
_MEASURED = re.compile(
    r"(^|[\W_])(?i:id|no|nr|pat|patient|subject|subj|person|participant|proband|animal|mrn|part|sample|specimen|serial"
    r"|teil|probe)([\W_]|\d*$)|[a-z](ID|Id|No|Nr)$"
)
"""Names of columns that identify the patient, animal, part or other unit that a row was measured on."""


def repeated_notices(inputs: Inputs, table: Table, targets: Sequence[str]) -> list[str]:
    """Return a notice if rows seem to be repeated measurements of the same units.

    Rows seem to be repeated if a column of labels, most of which have several rows, determines a numeric or Boolean
    input that differs between most of the labels, or between some of at least `MANY_LABELS` labels; if the values of
    two numeric inputs repeat in the same rows, and neither rises or falls with the other, as a column in other units
    would; or if a column has the name of an identifier, in which case its values may be numbers.  The labels of a
    target are predicted, so they do not identify measured units.

    Parameters
    ----------
    inputs : Inputs
        The columns, as learned from the training rows.
    table : Table
        The rows, (N,).
    targets : sequence of str
        The columns to predict.
    """
    values_of = {
        column.name: as_numbers(table, column.name, column.kind)
        for column in inputs.columns
        if isinstance(column, NumberColumn) and column.kind in ("number", "boolean")
    }
    others = [name for name in table.columns if name not in targets]
    named = [name for name in others if _MEASURED.search(name) and _repeats(table, name)]
    for name in others:
        if table.kind(name) == "category" and _repeats(table, name):
            codes, labels = as_labels(table, name)
            fixed = [
                n for n, values in values_of.items() if _determines(codes, len(labels), values)
            ]
            if fixed:
                return [_notice("the rows of each label of {!r}", name, fixed, "labels", name)]
    alike = _alike({name: values[:MOST_ROWS] for name, values in values_of.items()})
    if alike:
        return [
            _notice("rows with the same {!r}", alike[0], alike[1:], "values", (named or alike)[0])
        ]
    return [
        sentence(
            "rows with the same {!r} may not be independent; if they are repeated measurements, give {}: the figures "
            "are then those of new groups of rows, not of new rows of known groups",
            name, Setting("groups", name),
        )
        for name in named[:1]
    ]  # fmt: skip


def _notice(rows: str, name: str, fixed: Sequence[str], noun: str, group: str) -> str:
    """Return a notice with the values that rows share, and with advice."""
    return sentence(
        rows + " have the same {}, so that they may be repeated measurements; the figures of held-out rows and of "
        "folds are those of new rows of known {}, not of new {}: give {} to judge those",
        name, listed(list(map(in_quotes, fixed)), most=3), noun, noun, Setting("groups", group),
    )  # fmt: skip


def _repeats(table: Table, name: str) -> bool:
    """Return whether a column of labels or numbers has several values, most of them in several rows."""
    if table.kind(name) not in ("category", "number"):
        return False
    codes, labels = as_labels(table, name)
    return _have_several_rows(np.bincount(codes[codes >= 0], minlength=len(labels)))


def _have_several_rows(rows_of: Indices) -> bool:
    """Return whether there are several groups, most of them with several rows."""
    return len(rows_of) >= FEWEST_GROUPS and bool((rows_of > 1).mean() >= MOSTLY)


def _determines(codes: Indices, n_labels: int, values: Array) -> bool:
    """Return whether each label has one value, which differs between most of the labels, or some of many labels."""
    known = (codes >= 0) & ~np.isnan(values)
    codes, values = codes[known], values[known]
    of_label = np.full(n_labels, np.nan)
    of_label[codes] = values  # the last row of each label
    if not np.array_equal(of_label[codes], values):
        return False
    distinct = len(np.unique(of_label[~np.isnan(of_label)]))
    several = np.bincount(codes, minlength=n_labels) > 1  # a single row has one value of any column
    is_shared = n_labels >= MANY_LABELS and len(np.unique(of_label[several])) > 1
    return is_shared or distinct >= MOSTLY * n_labels


def _alike(numbers: Mapping[str, Array]) -> list[str]:
    """Return the first column and others with different values in nearly the same groups of rows; empty if none do."""
    codes = {}
    for name, values in numbers.items():
        _, code, rows_of = np.unique(values, return_inverse=True, return_counts=True)
        if _have_several_rows(rows_of):
            codes[name] = code
    names = list(codes)
    for k, name in enumerate(names):
        others = [other for other in names[k + 1 :] if _divide_alike(codes[name], codes[other])]
        if others:
            return [name, *others]
    return []


def _divide_alike(a: Indices, b: Indices) -> bool:
    """Return whether two columns have nearly the same groups of rows, although their orders differ."""
    _, rows_of = np.unique(a * (b.max() + 1) + b, return_counts=True)
    fewest = min(a.max(), b.max()) + 1
    is_one_value = rows_of.max() > 0.5 * len(a)  # such as 0 in columns of counts
    if is_one_value or fewest < OWN * len(rows_of) or not _have_several_rows(rows_of):
        return False
    return bool(abs(np.corrcoef(a, b)[0, 1]) < SAME_ORDER)
