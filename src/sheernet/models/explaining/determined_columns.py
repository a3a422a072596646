"""Find columns of labels that another column determines, so that the effects of the two cannot be told apart."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sheernet.data.columns import Inputs
from sheernet.foundation.arrays import Array
from sheernet.models.explaining.column_parts import parts_of

ROWS_PER_LABEL = 3
"""Minimum mean number of rows per label: if each row has its own name, the names determine other columns by chance."""


def determined_columns(inputs: Inputs, X: Array) -> Iterator[str]:
    """Yield a sentence for each column of labels, in encoded rows, (N, F), that another column determines.

    Examples
    --------
    >>> import sheernet as sn
    >>> from sheernet.models.explaining.determined_columns import determined_columns
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
