"""How many threads BLAS may use meanwhile.

Threaded BLAS adds up in another order for another number of threads, so the bits of a training would depend on the
machine; and at the size of these networks its threads wait for each other longer than they work.

The number belongs to the whole process.  Trainings in several threads of Python share it: the lowest that one of them
asks for holds until the last of them ends.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any


@contextmanager
def blas_threads(number: int) -> Iterator[None]:
    """Let every BLAS of this process use at most `number` threads.

    Examples
    --------
    >>> from sheernet.objective.engines.threads import blas_threads
    >>> with blas_threads(1):
    ...     pass
    """
    libraries = _libraries(len(sys.modules))
    asked = _SHARED.enter(number, libraries)
    try:
        yield
    finally:
        _SHARED.leave(asked)


class _Asked:
    """A number of threads that somebody asks for."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.thread = threading.get_ident()


class _Shared:
    """Who asks for how many threads, and how many there were before anyone did."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.asked: list[_Asked] = []
        self.before: dict[str, tuple[Any, int]] = {}  # file of a library: the library, its number

    def enter(self, number: int, libraries: list[Any]) -> _Asked:
        asked = _Asked(number)
        with self.lock:
            for library in libraries:
                self.before.setdefault(library.filepath, (library, library.num_threads))
            self.asked.append(asked)
            self._apply()
        return asked

    def leave(self, asked: _Asked) -> None:
        with self.lock:
            self.asked.remove(asked)
            self._apply()
            if not self.asked:
                self.before = {}

    def _apply(self) -> None:
        lowest = min((asked.number for asked in self.asked), default=None)
        for library, before in self.before.values():
            wanted = before if lowest is None else lowest
            if library.num_threads != wanted:
                _set(library, wanted)

    def after_fork(self) -> None:
        """In the child, where only the thread that forked goes on."""
        self.lock = threading.Lock()
        self.asked = [asked for asked in self.asked if asked.thread == threading.get_ident()]


def _set(library: Any, number: int) -> None:
    """Set a library's number of threads, from whichever thread of Python.

    Since 3.6, threadpoolctl sets that of OpenBLAS for the first thread that ever asked alone, and does nothing for
    others, lest they disturb each other; here they agree beforehand.
    """
    getattr(library, "_real_set_num_threads", library.set_num_threads)(number)


_SHARED = _Shared()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_SHARED.after_fork)


@lru_cache(maxsize=1)
def _libraries(n_modules: int) -> list[Any]:
    """Find every BLAS that is loaded: 0.6 ms, so anew only where modules were imported, which may have brought one."""
    import scipy.linalg  # noqa: F401  # SciPy brings a BLAS of its own, which has to be there to be limited
    from threadpoolctl import ThreadpoolController

    return list(ThreadpoolController().select(user_api="blas").lib_controllers)
