"""Threads that a call leaves behind; those of earlier tests of this process may end meanwhile, and do not count."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

PATIENCE = 60.0  # seconds, on a computer that does much else


@contextmanager
def no_thread_left() -> Iterator[None]:
    """Check that every thread of Python that began in the block has ended at its end."""
    before = set(threading.enumerate())
    yield
    assert set(threading.enumerate()) <= before


@contextmanager
def no_task_left() -> Iterator[None]:
    """Check the same of all threads, those of C++ included, where the system tells.

    The system may list a thread for a moment after another thread has waited for its end.
    """
    before = _tasks()
    yield
    ends = time.monotonic() + PATIENCE
    while not _tasks() <= before and time.monotonic() < ends:
        os.sched_yield()
    assert _tasks() <= before


def _tasks() -> set[object]:
    try:
        return set(os.listdir("/proc/self/task"))  # noqa: PTH208
    except OSError:
        return set(threading.enumerate())
