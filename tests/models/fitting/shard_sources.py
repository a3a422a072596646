"""Shards whose rows are in memory: those of prepared rows, cut at given places."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sheernet.foundation.arrays import Array
from sheernet.models.fitting import Prepared


@dataclass(frozen=True, eq=False)
class ArraySource:
    """A shard of arrays, by part."""

    number: int
    n_rows: int
    key: str
    parts: dict[str, tuple[Array, Array, Array | None]]

    def load(self, part: str) -> tuple[Array, Array, Array | None]:
        return self.parts[part]


def sources_of(prepared: Prepared, cuts: Sequence[float]) -> list[ArraySource]:
    """The rows of each part, cut at fractions of their number."""
    found = []
    for number, (low, high) in enumerate(zip([0.0, *cuts], [*cuts, 1.0], strict=True)):
        parts = {}
        for part in ("training", "evaluation"):
            rows = getattr(prepared, part)
            some = rows.take(np.arange(round(low * len(rows)), round(high * len(rows))))
            parts[part] = some.X, some.y, some.weights
        n_rows = sum(len(X) for X, _, _ in parts.values())
        found.append(ArraySource(number, n_rows, f"shard {number}", parts))
    return found
