"""Ctrl-C without loss: the signal waits until the step at hand is computed.

In the main thread SIGINT is noted instead of raised, so that no in-place update is cut in two; the run ends at the
next Step.  A second Ctrl-C goes to the handler that was there before, which by default raises KeyboardInterrupt at
once.  In other threads, and where SIGINT is ignored, nothing changes.
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
    """How often Ctrl-C was pressed."""

    times: int = 0


@contextmanager
def deferred_interrupt() -> Iterator[Interrupt]:
    """Note the first SIGINT; pass a second one on."""
    interrupt = Interrupt()
    previous = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or not callable(previous):
        yield interrupt
        return

    def note(number: int, frame: FrameType | None) -> None:
        interrupt.times += 1
        if interrupt.times > 1:
            previous(number, frame)

    signal.signal(signal.SIGINT, note)
    try:
        yield interrupt
    finally:
        signal.signal(signal.SIGINT, previous)
