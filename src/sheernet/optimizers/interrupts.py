"""Deferred Ctrl-C: the signal takes effect after the current step.

In the main thread SIGINT is recorded instead of raised, so that no in-place update is interrupted; the run ends at the
next Step.  A second Ctrl-C is passed to the previous handler, which by default raises KeyboardInterrupt immediately.
In other threads, and if SIGINT is ignored, nothing changes.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType


@dataclass
class Interrupt:
    """Number of times that Ctrl-C was pressed."""

    times: int = 0


@contextmanager
def deferred_interrupt() -> Iterator[Interrupt]:
    """Record the first SIGINT and pass the second to the previous handler."""
    interrupt = Interrupt()
    previous = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or not callable(previous):
        yield interrupt
        return

    def record(number: int, frame: FrameType | None) -> None:
        interrupt.times += 1
        if interrupt.times > 1:
            previous(number, frame)

    signal.signal(signal.SIGINT, record)
    try:
        yield interrupt
    finally:
        signal.signal(signal.SIGINT, previous)
