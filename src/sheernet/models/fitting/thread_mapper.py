"""Call a function for each shard on several threads, and report progress.

The results are in the order of the shards, regardless of which thread ends first.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from sheernet.models.fitting.sharded_metrics import Mapper
from sheernet.objective.engines.compiled_engine import default_threads

SECONDS_BETWEEN = 5.0
"""Minimum time between two lines about a pass."""


class ThreadMapper:
    """Calls a function for each element, as `map` does, on several threads.

    At most one element for each thread is processed at a time, so there are at most as many decoded shards as threads.

    Parameters
    ----------
    threads : int, optional
        Number of threads; by default one per processor that this process may use.

    Examples
    --------
    >>> from sheernet.models.fitting.thread_mapper import ThreadMapper
    >>> list(ThreadMapper(2)(abs, [-3, 2, -1]))
    [3, 2, 1]
    """

    def __init__(self, threads: int | None = None) -> None:
        self.threads = default_threads() if threads is None else threads

    def __call__(self, function: Callable[[Any], Any], elements: Iterable[Any]) -> Iterator[Any]:
        """Return the results, in the order of the elements; after an error, no further element is started."""
        if self.threads == 1:
            yield from map(function, elements)
            return
        pool = ThreadPoolExecutor(self.threads, thread_name_prefix="sheernet-shard")
        try:
            yield from pool.map(function, elements)
        finally:
            pool.shutdown(cancel_futures=True)


class Pace:
    """Reports from time to time how many shards of a pass are done, and the rows per second.

    Parameters
    ----------
    tell : callable
        Called with a sentence.
    done : str
        Participle for a finished shard, such as "read".
    clock : callable
        A monotonic clock in seconds.
    """

    def __init__(
        self, tell: Callable[[str], object], done: str, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.tell, self.done, self.clock = tell, done, clock
        self.began = self.last = clock()

    def __call__(self, number: int, count: int, rows: int) -> None:
        """Report that `number` of `count` shards, with so many rows, are done, unless the last line is recent."""
        now = self.clock()
        if now - self.last >= SECONDS_BETWEEN:
            self.last = now
            rate = rows / (now - self.began)
            self.tell(f"{number} of {count} shards are {self.done}, {rate:.3g} rows a second")


class TellingMapper:
    """A mapper that reports its progress.

    Parameters
    ----------
    mapper : callable
        Calls the function.
    tell, clock : callable
        As for `Pace`.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> from sheernet.models.fitting.thread_mapper import TellingMapper
    >>> shards, times = [SimpleNamespace(n_rows=1000)] * 2, iter([0.0, 4.0, 8.0])
    >>> list(TellingMapper(map, print, lambda: next(times))(lambda shard: "sums", shards))
    2 of 2 shards are read, 250 rows a second
    ['sums', 'sums']
    """

    def __init__(
        self, mapper: Mapper, tell: Callable[[str], object], clock: Callable[[], float] = time.monotonic
    ) -> None:  # fmt: skip
        self.mapper, self.tell, self.clock = mapper, tell, clock

    def __call__(self, function: Callable[[Any], Any], elements: Iterable[Any]) -> Iterator[Any]:
        """Return the results, in the order of the elements."""
        shards = list(elements)
        pace = Pace(self.tell, "read", self.clock)
        rows = 0
        for done, result in enumerate(self.mapper(function, shards), 1):
            rows += shards[done - 1].n_rows
            pace(done, len(shards), rows)
            yield result
