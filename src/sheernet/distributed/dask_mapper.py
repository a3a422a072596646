"""Map a function over shards on the workers of a Dask cluster: for passes that learn columns or evaluate a model."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

from sheernet.distributed.dask_calls import LIMIT, DaskCalls, current_client, release

AHEAD = 2
"""Number of submitted tasks per thread of the cluster; few, so that few results are in memory."""

Mapper = Callable[[Callable[[Any], Any], Iterable[Any]], Iterator[Any]]


def dask_mapper(client: Any = None, limit: float = LIMIT) -> Mapper:
    """Make a function like the built-in map with one iterable, which calls the function on workers.

    Results are in the order of the items.  A call that is lost with its worker is repeated, so the function must be
    pure; it must be picklable.

    Parameters
    ----------
    client : dask.distributed.Client, optional
        A client of the cluster; by default the current one.
    limit : float
        Maximum seconds without a result after which the map ends with an error.

    Returns
    -------
    callable
        (function, items) -> iterator of results; it has the form of the argument `mapper` of `learn_shards`.
    """
    return partial(_mapped, DaskCalls(current_client(client), limit))


def _mapped(
    calls: DaskCalls, function: Callable[[Any], Any], items: Iterable[Any]
) -> Iterator[Any]:
    waiting: deque[tuple[int, list[Any]]] = deque()
    name = getattr(getattr(function, "func", function), "__name__", "map").replace("_", "-")
    ahead = AHEAD * calls.n_threads()
    try:
        for number, item in enumerate(items):
            waiting.append((number, calls.submit(name, function, [item])))
            if len(waiting) > ahead:
                yield _first(calls, waiting)
        while waiting:
            yield _first(calls, waiting)
    finally:
        for _, futures in waiting:
            release(futures)


def _first(calls: DaskCalls, waiting: deque[tuple[int, list[Any]]]) -> Any:
    """Return the result that was submitted first."""
    number, futures = waiting[0]
    (result,) = calls.results(futures, [f"the pass over shard {number}"])
    waiting.popleft()
    release(futures)
    return result
