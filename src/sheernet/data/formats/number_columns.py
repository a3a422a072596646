"""The numbers of a table's columns, and facts about them that several checks need."""

from __future__ import annotations

import math
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import pandas as pd

HEAD = 1000
"""Number of values that are tested first; they decide the test of most columns."""


class Numbers:
    """The numbers of a column; each fact is computed once, when it is needed.

    Parameters
    ----------
    values : ndarray of int or float, (N,)
        The column; missing values are nan.
    """

    def __init__(self, values: npt.NDArray[Any]) -> None:
        self.values = values

    @cached_property
    def has_fractions(self) -> bool:
        """Whether a finite number has a fractional part.

        Examples
        --------
        >>> import numpy as np
        >>> from sheernet.data.formats.number_columns import Numbers
        >>> [Numbers(np.array(x)).has_fractions for x in ([1.0, -0.5], [1.0, np.nan, np.inf])]
        [True, False]
        """
        if self.values.dtype.kind != "f":
            return False
        # A remainder (% 1) takes 20 times as long.
        return any(
            np.count_nonzero(np.trunc(part) != part) > np.count_nonzero(part != part)
            for part in (self.values[:HEAD], self.values[HEAD:])
        )

    @cached_property
    def limits(self) -> tuple[float, float]:
        """The smallest and the largest number; nan if all are missing."""
        if not self.values.size:
            return math.nan, math.nan
        # As numbers of Python, because the absolute value of the int64 -2**63 overflows.
        return np.fmin.reduce(self.values).item(), np.fmax.reduce(self.values).item()

    @property
    def are_whole(self) -> bool:
        """Whether all numbers are whole and finite; False if all are missing."""
        return not self.has_fractions and all(map(math.isfinite, self.limits))

    @property
    def are_missing(self) -> bool:
        """Whether all values are missing."""
        return all(np.isnan(part).all() for part in (self.values[:HEAD], self.values[HEAD:]))

    @cached_property
    def has_missing(self) -> bool:
        """Whether a value is missing."""
        return any(np.isnan(part).any() for part in (self.values[:HEAD], self.values[HEAD:]))


def number_columns(frame: pd.DataFrame) -> dict[str, Numbers]:
    """Return the columns whose dtype is a number of NumPy, by name."""
    return {
        str(name): Numbers(column.to_numpy())
        for (name, column), dtype in zip(frame.items(), frame.dtypes, strict=True)
        if isinstance(dtype, np.dtype) and dtype.kind in "iuf"
    }
