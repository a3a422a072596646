"""Find columns of few whole numbers, which may be codes of categories instead of amounts."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sheernet.data.columns import Inputs
from sheernet.foundation.arrays import Array
from sheernet.foundation.message_text import listed
from sheernet.models.explaining.column_parts import parts_of

FEWEST, MOST = 3, 6
"""Minimum number of consecutive whole numbers of a code; with two, an amount and a category have the same effects."""


def possible_codes(inputs: Inputs, X: Array) -> Iterator[str]:
    """Yield a notice for each column with few consecutive whole numbers, in encoded rows, (N, F), read as an amount.

    Examples
    --------
    >>> import sheernet as sn
    >>> from sheernet.models.explaining.possible_codes import possible_codes
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
