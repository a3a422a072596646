"""Shards of one machine in a file: each is read and packed once, and every evaluation streams over the packed rows.

    load(shard) -> packed rows -> temporary file -> mapped into memory -> engines in place -> sums -> fixed tree

An evaluation reads the values in place, in the system's cache of the file, without a copy.  If the file is
larger than the allowed memory, the pages of a shard are released after its evaluation.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple, Self

from sheernet.distributed.packed_file import PackedFile, Place, stored_size
from sheernet.foundation import memory as machine
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.memory import in_words
from sheernet.foundation.message_text import counted
from sheernet.foundation.scalars import as_whole
from sheernet.foundation.sentences import Setting, in_quotes
from sheernet.network import Architecture
from sheernet.objective import costs
from sheernet.objective.costs import Cost
from sheernet.objective.engines.stored_rows import (
    StoredRows,
    evaluated_in_place,
    stored,
)
from sheernet.objective.sharded.fixed_tree import Sums
from sheernet.objective.sharded.holder import ShardSource, Totals, in_order
from sheernet.objective.sharded.memory_holder import load_engine
from sheernet.objective.sharded.shard_threads import as_threads, sums_over_shards
from sheernet.objective.sharded.sum_request import JointRequest, Request, shard_sums

COPIES = 3
"""Number of copies of a shard in memory while it is loaded: its rows, the packed rows, and their copy for writing."""
SHARE_OF_MEMORY = 0.25
"""Default fraction of the machine's memory."""


class _Stored(NamedTuple):
    """A shard in the file."""

    rows: StoredRows
    place: Place


class StreamingHolder:
    """Holds shards in a temporary file, and streams through it.

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
    folder : path, optional
        Folder of the file; by default the folder of large temporary files, see `packed_file.usual_folder`.
    memory : int, optional
        Maximum size of rows in the memory of this process, in bytes; by default a quarter of the machine's memory.  The
        system's cache of the file does not count, because it can be dropped at any time.
    threads : int, optional
        Number of threads of an evaluation, each with another shard if there are enough; fewer if their shards do not
        fit in `memory`; by default one per processor that this process may use.
    engine : {"auto", "reference", "compiled"}
        As for `make_objective`.
    report_progress : callable, optional
        Called after each shard with the number of loaded shards and of all shards.

    Raises
    ------
    InvalidInput
        If indices of shards are missing, rows are invalid, a shard does not fit in `memory`, or the folder has too
        little free space.
    """

    def __init__(
        self, sources: Iterable[ShardSource], architecture: Architecture, cost: str | Cost, *,
        part: str = "training", folder: str | os.PathLike[str] | None = None, memory: int | None = None,
        threads: int | None = None, engine: str = "auto",
        report_progress: Callable[[int, int], object] | None = None,
    ) -> None:  # fmt: skip
        self.architecture, self.cost = architecture, costs.get(cost)
        ordered = in_order(sources)
        self.n_shards = len(ordered)
        self.memory = as_memory(memory)
        sizes = [self._size_of(source) for source in ordered]
        _require_memory(max(sizes), self.memory)
        self.threads, at_once = as_threads(threads), self.memory // max(sizes)
        if at_once < self.n_shards:
            self.threads = min(self.threads, at_once)
        self._file = PackedFile(folder, sum(sizes))
        try:
            self._load(ordered, part, engine, report_progress)
            self._file.finish()
        except BaseException:
            self.close()
            raise
        self._releases = self._file.n_bytes > self.memory

    def sums(self, request: Request | JointRequest) -> Sums:
        """Return the sums over all rows: the root of the fixed tree."""
        self._require_open()
        return sums_over_shards(
            lambda number: self._sums_of(number, request), self.n_shards, self.threads
        )

    def _require_open(self) -> None:
        if not self._shards:
            raise InvalidInput("the file of the shards is closed; make a new holder")

    def describe(self) -> str:
        """A description of where the shards are held."""
        return (
            f"{counted(self.n_shards, 'shard')} streamed from a file of {in_words(self._file.n_bytes)} in "
            f"{in_quotes(str(self._file.folder))}, {counted(self.threads, 'thread')}"
        )

    def close(self) -> None:
        """Remove the file."""
        self._shards: list[_Stored | None] = []
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _load(
        self, sources: Sequence[ShardSource], part: str, engine: str,
        report_progress: Callable[[int, int], object] | None,
    ) -> None:  # fmt: skip
        """Write all shards into the file, one after the other."""
        self._shards = []
        totals = []
        for source in sources:
            objective = load_engine(source, self.architecture, self.cost, part, engine)
            totals.append(Totals.of(objective))
            if objective is None:
                self._shards.append(None)
            else:
                rows, vectors = stored(objective)
                self._shards.append(_Stored(rows, self._file.append(vectors)))
            if report_progress is not None:
                report_progress(len(self._shards), self.n_shards)
        self.total_weight, self.n_samples, self.moments = Totals.of_all(totals)

    def _sums_of(self, number: int, request: Request | JointRequest) -> Sums:
        """Return the sums of one shard."""
        shard = self._shards[number]
        if shard is None:
            return shard_sums(None, request)
        if self._releases:
            self._prefetch(number + self.threads)
        vectors = self._file.vectors(shard.place)
        of_shard = max(1, self.threads // self.n_shards)
        engine = evaluated_in_place(shard.rows, vectors, self.architecture, self.cost, of_shard)
        sums = shard_sums(engine, request)
        if self._releases:
            self._file.release(shard.place)
        return sums

    def _prefetch(self, number: int) -> None:
        """Let the system read a shard in advance; the last shard is followed by the first, for the next evaluation."""
        ahead = self._shards[number % self.n_shards]
        if ahead is not None:
            self._file.prefetch(ahead.place)

    def _size_of(self, source: ShardSource) -> int:
        """Upper bound of the bytes of a shard in the file, with held-out rows, weights and padding of blocks."""
        n_targets = costs.targets_of(self.cost, self.architecture.n_outputs)
        # A block is filled up to a multiple of 8.
        lanes = source.n_rows + 8 * (source.n_rows // 128 + 1)
        return stored_size([lanes * self.architecture.n_inputs, lanes * n_targets, source.n_rows])


def as_memory(memory: int | None = None) -> int:
    """Check a number of bytes; for None, return a quarter of the machine's memory."""
    if memory is not None:
        return as_whole("memory", memory, 1, or_none=True)
    total = machine.total()
    return 2**30 if total is None else int(SHARE_OF_MEMORY * total)


def _require_memory(largest: int, memory: int) -> None:
    """Raise if the largest shard does not fit in memory while it is loaded."""
    if COPIES * largest > memory:
        raise InvalidInput(
            "the largest shard takes {} while it is loaded, but {} is {}; make smaller shards with {}, or allow "
            "more memory",
            in_words(COPIES * largest), Setting("memory"), in_words(memory), Setting("rows_of_shard"),
        )  # fmt: skip
