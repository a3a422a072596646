"""Shards in the memory of this process (`MemoryHolder`)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Self

from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.message_text import counted
from sheernet.foundation.sentences import sentence
from sheernet.network import Architecture
from sheernet.objective import costs
from sheernet.objective.costs import Cost
from sheernet.objective.objective_protocol import Objective
from sheernet.objective.sharded.fixed_tree import Sums
from sheernet.objective.sharded.holder import ShardSource, Totals, in_order
from sheernet.objective.sharded.shard_threads import as_threads, sums_over_shards
from sheernet.objective.sharded.sum_request import JointRequest, Request, shard_engine, shard_sums


class MemoryHolder:
    """Holds shards in memory.

    Parameters
    ----------
    sources : iterable of ShardSource
        All shards of a data set.
    architecture : Architecture
        The network.
    cost : str or Cost
        The loss of a sample.
    part : {"training", "validation", "evaluation"}
        The rows to hold.
    engine : {"auto", "reference", "compiled"}
        As in `make_objective`.
    threads : int, optional
        Threads of an evaluation, each for a different shard if there are enough shards; by default one per processor
        that this process may use.

    Raises
    ------
    InvalidInput
        If numbers of shards are missing, or rows are invalid.
    """

    def __init__(
        self, sources: Iterable[ShardSource], architecture: Architecture, cost: str | Cost, *,
        part: str = "training", engine: str = "auto", threads: int | None = None,
    ) -> None:  # fmt: skip
        self.architecture, self.cost = architecture, costs.get(cost)
        self.threads = as_threads(threads)
        ordered = in_order(sources)
        self.n_shards = len(ordered)
        of_shard = max(1, self.threads // self.n_shards)
        self._engines: tuple[Objective | None, ...] = tuple(
            load_engine(source, architecture, self.cost, part, engine, of_shard)
            for source in ordered
        )
        totals = map(Totals.of, self._engines)
        self.total_weight, self.n_samples, self.moments = Totals.of_all(totals)

    def sums(self, request: Request | JointRequest) -> Sums:
        """Return the sums over all rows: the root of the fixed tree."""
        self._require_open()
        return sums_over_shards(
            lambda number: shard_sums(self._engines[number], request), self.n_shards, self.threads
        )

    def _require_open(self) -> None:
        if not self._engines:
            raise InvalidInput("the shards are closed; make a new holder")

    def describe(self) -> str:
        """Describe where the shards are."""
        return f"{counted(self.n_shards, 'shard')} in memory, {counted(self.threads, 'thread')}"

    def close(self) -> None:
        """Release the memory."""
        self._engines = ()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


def load_engine(
    source: ShardSource,
    architecture: Architecture,
    cost: Cost,
    part: str,
    engine: str,
    threads: int = 1,
) -> Objective | None:
    """Load a shard and make its engine; None without a row of positive weight.

    Raises
    ------
    InvalidInput
        If its rows are invalid; the message contains the number of the shard.
    """
    X, y, w = source.load(part)
    try:
        return shard_engine(architecture, cost, X, y, w, engine, threads)
    except InvalidInput as error:
        raise type(error)(sentence("shard {}: {}", source.number, error.args[0])) from error
