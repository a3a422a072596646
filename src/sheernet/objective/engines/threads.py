"""Limit BLAS threads during a fit (`blas_threads`).

Threaded BLAS sums in an order that depends on the number of threads, so the rounding of a fit would depend on the
machine; and for networks of this size its threads wait for each other longer than they compute.

The limit applies to the whole process.  Fits in several Python threads share it: the lowest requested limit holds until
the last of these fits ends.  A fork waits while BLAS is loaded, searched or set (`NO_FORK`).
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from sheernet.foundation.no_fork import NO_FORK


@contextmanager
def blas_threads(number: int) -> Iterator[None]:
    """Limit every BLAS library of this process to `number` threads.

    Examples
    --------
    >>> from sheernet.objective.engines.threads import blas_threads
    >>> with blas_threads(1):
    ...     pass
    """
    request = _LIMITS.enter(number)
    try:
        yield
    finally:
        _LIMITS.leave(request)


class _Request:
    """A limit requested by a thread of Python."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.thread = threading.get_ident()


class _Limits:
    """All active requests, and the numbers of threads to restore after the last one."""

    def __init__(self) -> None:
        self.requests: list[_Request] = []
        self.original: dict[str, tuple[Any, int]] = {}  # by the library's file: library, threads

    def enter(self, number: int) -> _Request:
        request = _Request(number)
        with NO_FORK:
            for library in _libraries(len(sys.modules)):
                self.original.setdefault(library.filepath, (library, library.num_threads))
            self.requests.append(request)
            self._apply()
        return request

    def leave(self, request: _Request) -> None:
        with NO_FORK:
            self.requests.remove(request)
            self._apply()
            if not self.requests:
                self.original = {}

    def _apply(self) -> None:
        lowest = min((request.number for request in self.requests), default=None)
        for library, original in self.original.values():
            wanted = original if lowest is None else lowest
            if library.num_threads != wanted:
                _set(library, wanted)

    def after_fork(self) -> None:
        """Drop the requests of other threads in the child, in which only the forking thread continues."""
        self.requests = [r for r in self.requests if r.thread == threading.get_ident()]


def _set(library: Any, number: int) -> None:
    """Set the number of threads of a library, from any thread of Python.

    Since version 3.6, threadpoolctl sets the threads of OpenBLAS only from the first thread that calls it, and does
    nothing in other threads, to prevent interference; here all threads use the same number already.
    """
    getattr(library, "_real_set_num_threads", library.set_num_threads)(number)


_LIMITS = _Limits()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_LIMITS.after_fork)


@lru_cache(maxsize=1)
def _libraries(n_modules: int) -> list[Any]:
    """Find every loaded BLAS; this takes 0.6 ms, so it is repeated only after imports, which may load another BLAS."""
    import scipy.linalg  # noqa: F401  # loads SciPy's own BLAS, so that it can be limited
    from threadpoolctl import ThreadpoolController

    return list(ThreadpoolController().select(user_api="blas").lib_controllers)
