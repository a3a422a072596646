"""`CurveStore`: the rows of a run for its curves, thinned so that the memory of a long run is bounded.

Row 0 is always kept; then every row, every second one, every fourth one, and so on.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import isfinite
from typing import Any

import numpy as np

from sheernet.apps.page.protocol import Curves
from sheernet.foundation.arrays import Array

MOST_ROWS = 4000
COLUMNS = (
    "iteration", "objective", "cost", "validation", "test", "gradient_norm", "step_length", "damping",
)  # fmt: skip


@dataclass(frozen=True)
class Seen:
    """What has been sent to a stream: the generation of the store, and the number of its rows."""

    generation: int = -1
    rows: int = 0


class CurveStore:
    """A store of at most `most` rows of numbers.

    Examples
    --------
    >>> from sheernet.apps.page.curves import CurveStore, Seen
    >>> store = CurveStore(most=4)
    >>> for iteration in range(9):
    ...     store.add(iteration, 1.0 / (1 + iteration))
    >>> curves, seen = store.since(Seen())
    >>> curves.iteration
    [0, 4, 8]
    """

    def __init__(self, most: int = MOST_ROWS) -> None:
        self.most = most
        self.generation = 0
        self.clear()

    def clear(self) -> None:
        """Remove all rows; streams are then sent all new rows."""
        self.rows: list[tuple[Any, ...]] = []
        self.stride, self.added = 1, 0
        self.generation += 1

    @property
    def keeps_next(self) -> bool:
        """Whether the next row will be kept."""
        return self.added % self.stride == 0

    def add(self, *row: Any) -> None:
        """Add a row, in the order of `COLUMNS`; trailing numbers may be omitted."""
        if self.keeps_next:
            if len(self.rows) >= self.most:
                self.rows = self.rows[::2]
                self.stride *= 2
                self.generation += 1
            if self.keeps_next:
                self.rows.append(row)
        self.added += 1

    def since(self, seen: Seen) -> tuple[Curves, Seen]:
        """Return the rows that were not yet sent to a stream, and what will have been sent afterwards."""
        replace = seen.generation != self.generation
        new = self.rows if replace else self.rows[seen.rows :]
        return curves_of(new, replace), Seen(self.generation, len(self.rows))


def curves_of(rows: Iterable[tuple[Any, ...]], replace: bool) -> Curves:
    """Return columns of numbers from rows; non-finite and omitted numbers are None."""
    filled = [(*row, *(None,) * (len(COLUMNS) - len(row))) for row in rows]
    columns = zip(*filled, strict=True) if filled else [()] * len(COLUMNS)
    iteration, *others = ([finite(each) for each in column] for column in columns)
    return Curves(
        replace=replace, iteration=[int(each or 0) for each in iteration],
        **dict(zip(COLUMNS[1:], others, strict=True)),
    )  # fmt: skip


def numbers(values: Array) -> list[float | None]:
    """Return a flat list for JSON, in full precision."""
    flat: list[Any] = np.ravel(values).tolist()
    return flat if np.isfinite(values).all() else [finite(each) for each in flat]


def finite(value: Any) -> float | None:
    """Return a number for JSON; None if it is not finite."""
    return value if value is not None and isfinite(value) else None
