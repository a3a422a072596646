"""What a column of the kind "other" holds, and how its values can be written so that they can be used."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sheernet.data.columns.cells import NOUNS

if TYPE_CHECKING:
    import pandas as pd

OTHERS = NOUNS["other"], "write all of them in one of these kinds"
"""The noun for other values in a message, and the advice."""
_COMPLEX = "complex numbers", "write their real and imaginary parts in two columns"
_SEVERAL = "several values in a cell", "write each of them in a column of its own"


def other_values(column: pd.Series[Any]) -> tuple[str, str]:
    """Return a noun for the values of a column of the kind "other", (N,), and the advice.

    Examples
    --------
    >>> import pandas as pd
    >>> from sheernet.data.columns.other_values import other_values
    >>> other_values(pd.Series([1 + 2j, 3j]))[0], other_values(pd.Series([[1, 2], [3, 4]]))[0]
    ('complex numbers', 'several values in a cell')
    """
    values = column[column.notna()]
    if all(isinstance(value, int | float | complex | np.number) for value in values):
        return _COMPLEX
    if any(isinstance(value, list | tuple | set | dict | np.ndarray) for value in values):
        return _SEVERAL
    return OTHERS


def joined_values(one: tuple[str, str], other: tuple[str, str]) -> tuple[str, str]:
    """Return what `other_values` returns of two columns together, from what it returns of each.

    Examples
    --------
    >>> import pandas as pd
    >>> from sheernet.data.columns.other_values import joined_values, other_values
    >>> joined_values(other_values(pd.Series([1j])), other_values(pd.Series([[1, 2]])))[0]
    'several values in a cell'
    """
    if one == other:
        return one
    return _SEVERAL if _SEVERAL in (one, other) else OTHERS
