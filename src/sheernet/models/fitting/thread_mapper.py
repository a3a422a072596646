"""`ThreadMapper`: a function of each shard on several threads, with the results in the order of the shards."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from sheernet.objective.engines.compiled_engine import default_threads


class ThreadMapper:
    """Calls a function for each element, as `map` does, on several threads.

    As many elements are in work at a time as there are threads, so that as many shards are decoded.

    Parameters
    ----------
    threads : int, optional
        Number of threads; by default one per processor that this process may use.

    Examples
    --------
    >>> from sheernet.models.fitting.thread_mapper import ThreadMapper
    >>> ThreadMapper(2)(abs, [-3, 2, -1])
    [3, 2, 1]
    """

    def __init__(self, threads: int | None = None) -> None:
        self.threads = default_threads() if threads is None else threads

    def __call__(self, function: Callable[[Any], Any], elements: Iterable[Any]) -> list[Any]:
        """The results, in the order of the elements; after an error no further element is begun."""
        if self.threads == 1:
            return list(map(function, elements))
        pool = ThreadPoolExecutor(self.threads, thread_name_prefix="sheernet-shard")
        try:
            return list(pool.map(function, elements))
        finally:
            pool.shutdown(cancel_futures=True)
