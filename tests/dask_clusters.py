"""A cluster of two processes for tests that run over all holders; made when it is needed first."""

from __future__ import annotations

import importlib.util
from contextlib import ExitStack
from functools import cache
from typing import Any

IS_INSTALLED = importlib.util.find_spec("distributed") is not None
_open = ExitStack()


@cache
def client() -> Any:
    """A client of the cluster."""
    from dask.distributed import Client, LocalCluster

    cluster = LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0")
    _open.enter_context(cluster)
    found = _open.enter_context(Client(cluster, set_as_default=False))
    found.wait_for_workers(2)
    return found


def close() -> None:
    """End the cluster."""
    _open.close()
    client.cache_clear()
