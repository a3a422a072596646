"""Evaluate shards on several threads, and add their sums by the fixed tree (`sums_over_shards`)."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from sheernet.foundation.interrupts import raise_if_interrupted
from sheernet.foundation.processors import MOST_THREADS
from sheernet.foundation.scalars import as_whole
from sheernet.objective.engines.compiled_engine import default_threads
from sheernet.objective.sharded.fixed_tree import Node, Nodes, Sums, collapse, root


def as_threads(threads: int | None) -> int:
    """Check a number of threads; None gives `default_threads`."""
    if threads is None:
        return default_threads()
    return as_whole("threads", threads, 1, or_none=True, most=MOST_THREADS)


def sums_over_shards(sums_of: Callable[[int], Sums], n_shards: int, threads: int) -> Sums:
    """Return the root of the tree of sums_of(0) .. sums_of(S - 1); see `nodes_over_shards`."""
    return root(nodes_over_shards(sums_of, range(n_shards), n_shards, threads), n_shards)


def nodes_over_shards(
    sums_of: Callable[[int], Sums], numbers: Sequence[int], n_shards: int, threads: int
) -> Nodes:
    """Return the collapsed nodes of the sums of some shards.

    Parameters
    ----------
    sums_of : callable
        Number of a shard -> its sums; called on several threads, so it should release the GIL.
    numbers : sequence of int
        The shards.
    n_shards : int
        S, the number of all shards.
    threads : int
        Number of threads, including the calling thread.  Results are bitwise equal for every number.

    Notes
    -----
    A thread takes the next shard when it finishes a shard, so about log2(S) + `threads` nodes are in memory.  The
    threads end with the call.  If one raises, the others end after their current shard, and the call raises.
    """
    work = _Work(sums_of, numbers, n_shards)
    number = min(threads, len(numbers)) - 1
    helpers = [threading.Thread(target=work.run, daemon=True) for _ in range(number)]
    try:
        for helper in helpers:
            helper.start()
        work.run()
    finally:  # after an error, such as a second Ctrl-C, no further shard is taken
        work.is_ended = True
        for helper in helpers:
            if helper.ident is not None:
                helper.join()
    if work.error is not None:
        try:
            raise work.error
        finally:
            work.error = None  # a reference cycle would keep the rows of the shard
    return work.nodes


class _Work:
    """The shards of one evaluation, taken one after the other by several threads."""

    def __init__(
        self, sums_of: Callable[[int], Sums], numbers: Sequence[int], n_shards: int
    ) -> None:
        self.sums_of, self.n_shards = sums_of, n_shards
        self.lock = threading.Lock()
        self.numbers = iter(numbers)
        self.is_ended = False
        self.nodes: Nodes = {}
        self.error: BaseException | None = None

    def run(self) -> None:
        """Evaluate shards until none remains."""
        try:
            while (number := self._take()) is not None:
                raise_if_interrupted()
                sums = self.sums_of(number)
                with self.lock:
                    nodes = [*self.nodes.items(), (Node(0, number), sums)]
                    self.nodes = collapse(nodes, self.n_shards)
        except BaseException as error:
            self.error, self.is_ended = error, True

    def _take(self) -> int | None:
        """Return the next shard."""
        with self.lock:
            return None if self.is_ended else next(self.numbers, None)
