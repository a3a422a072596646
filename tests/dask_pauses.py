"""Pauses at fixed points of the workers of a Dask cluster, at which a test kills a worker or sends a signal.

A worker that reaches the point connects to the test and waits for an answer.  The test acts on the first one and lets
all others pass, so nothing depends on time.  Workers that start later have no such points.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from multiprocessing.connection import Client as Connection
from multiprocessing.connection import Listener
from typing import Any

from sheernet.distributed import dask_groups

_ORIGINALS: dict[str, Callable[..., Any]] = {}


class Arrivals:
    """The workers that arrived at a point; the first is paused, and `action(pid)` is called."""

    def __init__(self, action: Callable[[int], None]) -> None:
        self.action = action
        self.listener = Listener(("127.0.0.1", 0))
        self.pids: list[int] = []
        self.paused: list[Any] = []
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    def _serve(self) -> None:
        while True:
            connection = self.listener.accept()
            pid = connection.recv()
            if pid is None:
                break
            self.pids.append(pid)
            if len(self.pids) == 1:
                self.paused.append(connection)
                self.action(pid)
            else:
                connection.close()

    def close(self) -> None:
        """Let the paused worker go on."""
        with Connection(self.listener.address) as connection:
            connection.send(None)
        self.thread.join()
        self.listener.close()
        for connection in self.paused:
            connection.close()


@contextmanager
def paused_at(client: Any, name: str, action: Callable[[int], None]) -> Iterator[Arrivals]:
    """Pause the first worker that calls the function `name` of dask_groups, and call `action` with its process."""
    arrivals = Arrivals(action)
    client.run(_plant, name, arrivals.listener.address)
    try:
        yield arrivals
    finally:
        arrivals.close()
        client.run(_restore, name, on_error="ignore")


def kill(pid: int) -> None:
    """End a worker as the system does if memory is short."""
    os.kill(pid, signal.SIGKILL)


def _plant(name: str, address: tuple[str, int]) -> None:
    original = _ORIGINALS.setdefault(name, getattr(dask_groups, name))

    @wraps(original)
    def pausing(*args: Any, **kwargs: Any) -> Any:
        _pause(address)
        return original(*args, **kwargs)

    setattr(dask_groups, name, pausing)


def _restore(name: str) -> None:
    if name in _ORIGINALS:
        setattr(dask_groups, name, _ORIGINALS.pop(name))


def _pause(address: tuple[str, int]) -> None:
    """Tell the test and wait until it closes the connection."""
    try:
        with Connection(address) as connection:
            connection.send(os.getpid())
            connection.recv()
    except (EOFError, OSError):  # the test lets this worker pass, or has ended
        pass
