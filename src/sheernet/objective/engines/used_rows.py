"""The rows with positive weight of an engine, as tables (`rows_of`), and their moments (`moments_of`)."""

from __future__ import annotations

from functools import reduce
from typing import Any

from sheernet.foundation.arrays import Array
from sheernet.network import compiled_extension
from sheernet.objective.objective_protocol import Objective
from sheernet.objective.standard_units import Moments

ROWS_AT_ONCE = 2**16
"""Number of rows of which `moments_of` makes a copy."""


def rows_of(objective: Objective, first: int, last: int) -> tuple[Array, Array, Array]:
    """Return inputs, targets and w_n of the rows `first` to `last` - 1 with positive weight, in O(last - first)."""
    if objective.engine == "compiled":
        X, y = compiled_extension.NATIVE.unpack(packed_rows_of(objective), first, last)
    else:
        X, y = (table[first:last] for table in objective.rows[:2])
    return X, y, objective.weighting.positive[first:last]


def moments_of(objective: Objective) -> Moments:
    """Return the moments of the rows."""
    n = objective.n_samples
    parts = (
        Moments.of(*rows_of(objective, first, min(first + ROWS_AT_ONCE, n)))
        for first in range(0, n, ROWS_AT_ONCE)
    )
    return reduce(Moments.joined, parts)


def packed_rows_of(engine: Any) -> Any:
    """Return the packed rows of a compiled engine."""
    return engine._used
