"""The protocols of sources, which load shards of a data set, and of holders, which keep them and add their sums."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from typing import NamedTuple, Protocol, Self

import numpy as np

from sheernet.foundation.arrays import Array
from sheernet.foundation.errors import InvalidInput
from sheernet.objective.engines.used_rows import moments_of
from sheernet.objective.objective_protocol import Objective
from sheernet.objective.sharded.fixed_tree import Node, Sums, root
from sheernet.objective.sharded.sum_request import JointRequest, Request
from sheernet.objective.standard_units import Moments


class ShardSource(Protocol):
    """A shard that can be read; frozen and picklable."""

    @property
    def number(self) -> int:
        """The place in the order of the data set: 0, 1, 2, ..."""

    @property
    def n_rows(self) -> int:
        """Number of rows of the table in the shard, including all parts."""

    @property
    def key(self) -> str:
        """A digest of everything that determines the rows: the file, its rows and the learned columns."""

    def load(self, part: str) -> tuple[Array, Array, Array | None]:
        """Load inputs (n, d_0), targets (n, K) and case weights (n,) or None of the rows of a part; n may be 0."""


class Holder(Protocol):
    """Holds one part of the rows of all shards; tests/contracts/test_holders.py tests the laws of every holder.

    Notes
    -----
    1. For the same shards, the sums of all holders are bitwise equal.
    2. The message of an error in a shard contains the number of the shard.
    3. After `close`, which may be called again, `sums` raises InvalidInput.
    """

    @property
    def n_shards(self) -> int:
        """S."""

    @property
    def total_weight(self) -> float:
        """The sum of the case weights, added by the fixed tree."""

    @property
    def n_samples(self) -> int:
        """The number of rows with positive weight."""

    @property
    def moments(self) -> Moments | None:
        """The moments of all rows with positive weight, joined in the order of the shards; None without such rows."""

    def sums(self, request: Request | JointRequest) -> Sums:
        """Return the sums over all rows: the root of the fixed tree."""

    def describe(self) -> str:
        """Describe briefly where the shards are, for progress and reports."""

    def close(self) -> None:
        """Release the shards; may be called again."""

    def __enter__(self) -> Self:
        """Return the holder itself."""

    def __exit__(self, *error: object) -> None:
        """Close."""


class Totals(NamedTuple):
    """The weight, the number and the moments of the rows of shards with positive weight."""

    weight: float
    n_samples: int
    moments: Moments | None

    @classmethod
    def of(cls, engine: Objective | None) -> Totals:
        """Return the totals of the engine of one shard."""
        if engine is None:
            return cls(0.0, 0, None)
        return cls(engine.total_weight, engine.n_samples, moments_of(engine))

    @classmethod
    def of_all(cls, totals: Iterable[Totals]) -> Totals:
        """Return the totals of all shards, given in the order of their numbers."""
        parts = list(totals)
        nodes = ((Node(0, k), (np.asarray(part.weight),)) for k, part in enumerate(parts))
        (weight,) = root(nodes, len(parts))
        moments = [part.moments for part in parts if part.moments is not None]
        joined = reduce(Moments.joined, moments) if moments else None
        return cls(float(weight), sum(part.n_samples for part in parts), joined)


def in_order(sources: Iterable[ShardSource]) -> tuple[ShardSource, ...]:
    """Sort sources by their numbers, which must be 0, 1, 2, ...

    Raises
    ------
    InvalidInput
        If there are no sources, or a number is missing or occurs twice.
    """
    ordered = tuple(sorted(sources, key=lambda source: source.number))
    numbers = [source.number for source in ordered]
    if not numbers:
        raise InvalidInput("there are no shards; give at least one")
    if numbers != list(range(len(numbers))):
        raise InvalidInput(
            f"the numbers of {len(numbers)} shards must be 0 to {len(numbers) - 1}, each once, but they are "
            f"{', '.join(map(str, numbers[:8]))}{', ...' if len(numbers) > 8 else ''}"
        )
    return ordered
