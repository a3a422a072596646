"""Find columns that rows do not show as their effects suggest: columns that others determine, and possible codes."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sheernet.data.columns import Inputs
from sheernet.foundation.arrays import Array
from sheernet.foundation.message_text import listed
from sheernet.models.explaining.column_parts import parts_of

ROWS_PER_LABEL = 3
"""Minimum mean number of rows per label: if each row has its own name, the names determine other columns by chance."""
FEWEST, MOST = 3, 6
"""Minimum number of consecutive whole numbers of a code; with two, an amount and a category have the same effects."""


def determined_columns(inputs: Inputs, X: Array) -> Iterator[str]:
    """Yield a sentence for each column of labels, in encoded rows, (N, F), that another column determines.

    Examples
    --------
    >>> import sheernet as sn
    >>> from sheernet.models.explaining.column_notices import determined_columns
    >>> table = {"site": list("aaabbbccc"), "north": [True] * 3 + [False] * 6, "y": range(9)}
    >>> model = sn.fit(table, "y", hidden=0, decay=0.1, starts=1, task="regression")
    >>> list(determined_columns(model.inputs, model.inputs.encode(sn.read_table(table))))
    ['north is determined by site, so the rows cannot separate their effects']
    """
    codes = {part.column.name: part.codes(X) for part in parts_of(inputs) if part.has_labels}
    labels = {
        name: np.unique(own, return_index=True, return_inverse=True) for name, own in codes.items()
    }
    for name, own in codes.items():
        for other, (present, first, theirs) in labels.items():
            few = len(present) * ROWS_PER_LABEL <= len(X)
            if name == other or not few or not 1 < len(labels[name][0]) <= len(present):
                continue
            # Rows with the same label of `other` have the same label as the first of them.
            if np.array_equal(own[first][theirs], own):
                yield f"{name} is determined by {other}, so the rows cannot separate their effects"
                break


def possible_codes(inputs: Inputs, X: Array) -> Iterator[str]:
    """Yield a notice for each column with few consecutive whole numbers, in encoded rows, (N, F), read as an amount.

    Examples
    --------
    >>> import sheernet as sn
    >>> from sheernet.models.explaining.column_notices import possible_codes
    >>> table = {"site": [1, 2, 3] * 4, "x": [0.5 * i for i in range(12)], "y": range(12)}
    >>> model = sn.fit(table, "y", hidden=0, decay=0.1, starts=1, task="regression")
    >>> for line in possible_codes(model.inputs, model.inputs.encode(sn.read_table(table))):
    ...     print(line)
    site has only the values 1, 2 and 3 and is read as an amount; if they are codes, make it one of the categories
    """
    for part in parts_of(inputs):
        if part.kind != "number":
            continue
        values = np.unique(part.numbers(X).round(9) + 0.0)  # no -0
        if FEWEST <= len(values) <= MOST and np.all(np.diff(values) == 1) and values[0] % 1 == 0:
            shown = listed([f"{value:.0f}" for value in values], most=MOST)
            yield (
                f"{part.title} has only the values {shown} and is read as an amount; if they are codes, make it one of "
                "the categories"
            )
