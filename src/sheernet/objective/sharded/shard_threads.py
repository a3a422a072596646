"""Evaluate shards on several threads, and add their sums by the fixed tree."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

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
    """The root of the tree of sums_of(0) .. sums_of(S - 1); see `nodes_over_shards`."""
    return root(nodes_over_shards(sums_of, range(n_shards), n_shards, threads), n_shards)


def nodes_over_shards(
    sums_of: Callable[[int], Sums], numbers: Sequence[int], n_shards: int, threads: int
) -> Nodes:
    """The collapsed nodes of the sums of some shards.

    Parameters
    ----------
    sums_of : callable
        Number of a shard -> its sums; is called on several threads, so it should release the GIL.
    numbers : sequence of int
        The shards.
    n_shards : int
        S, of all shards.
    threads : int
        Threads, of which the calling one is the first.  The bits do not depend on it.

    Notes
    -----
    A thread takes the next shard when it is done with one, so about log2(S) + `threads` nodes are in memory.  The
    threads do not outlive the call.  If one raises, the others end after their shard, and the call raises.
    """
    work = _Work(sums_of, numbers, n_shards)
    helpers = [
        threading.Thread(target=work.run, daemon=True)
        for _ in range(min(threads, len(numbers)) - 1)
    ]
    with work.ending(helpers):
        for helper in helpers:
            helper.start()
        work.run(raises=True)
    if work.error is not None:
        raise work.error
    return work.nodes


class _Work:
    """The shards of one evaluation, taken one after the other by several threads."""

    def __init__(
        self, sums_of: Callable[[int], Sums], numbers: Sequence[int], n_shards: int
    ) -> None:
        self.sums_of, self.numbers, self.n_shards = sums_of, numbers, n_shards
        self.lock = threading.Lock()
        self.next = 0
        self.nodes: Nodes = {}
        self.error: BaseException | None = None

    def run(self, raises: bool = False) -> None:
        """Evaluate shards until none is left."""
        try:
            while (number := self._take()) is not None:
                sums = self.sums_of(number)
                with self.lock:
                    self.nodes = collapse(
                        [*self.nodes.items(), (Node(0, number), sums)], self.n_shards
                    )
        except BaseException as error:
            if raises:
                raise
            self.error = error
            self.next = len(self.numbers)

    def _take(self) -> int | None:
        """The next shard."""
        with self.lock:
            place, self.next = self.next, self.next + 1
        return self.numbers[place] if place < len(self.numbers) else None

    @contextmanager
    def ending(self, helpers: list[threading.Thread]) -> Iterator[None]:
        """Wait for all threads; after an error, such as Ctrl-C, they take no other shard."""
        try:
            yield
        except BaseException:
            self.next = len(self.numbers)
            raise
        finally:
            for helper in helpers:
                if helper.ident is not None:
                    helper.join()
