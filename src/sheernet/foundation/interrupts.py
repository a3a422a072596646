"""Deferred Ctrl-C: the signal takes effect after the current step.

In the main thread SIGINT is recorded instead of raised, so that no in-place update is interrupted; the run ends at the
next Step.  A second Ctrl-C is passed to the previous handler, which by default raises KeyboardInterrupt immediately.
In other threads, and if SIGINT is ignored, nothing changes.

A program that installs `EndingSignals` has the same for SIGTERM and SIGHUP.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType

_NAMES = ("SIGINT", "SIGTERM", "SIGHUP")
SIGNALS = tuple(getattr(signal, name) for name in _NAMES if hasattr(signal, name))
"""Signals that ask a program to end; Windows has no SIGHUP."""


@dataclass
class Interrupt:
    """Number of times that Ctrl-C was pressed, or a similar signal arrived."""

    times: int = 0


@dataclass
class EndingSignals:
    """Handlers that turn SIGTERM and SIGHUP into KeyboardInterrupt, like Ctrl-C; signals that are ignored stay ignored.

    Parameters
    ----------
    received : list of int
        The numbers of the signals that arrived, deferred ones included.
    """

    received: list[int] = field(default_factory=list)

    @property
    def exit_code(self) -> int:
        """The exit code of a program that such a signal ends: 128 and its number, 130 for Ctrl-C."""
        return 128 + (self.received[0] if self.received else signal.SIGINT)

    def install(self) -> None:
        """Install the handlers for the rest of the process; call it in the main thread."""
        usual = (signal.SIG_DFL, signal.default_int_handler)
        for number in SIGNALS:
            if signal.getsignal(number) in usual:
                signal.signal(number, self)

    def __call__(self, number: int, frame: FrameType | None) -> None:
        """Handle a signal."""
        self.received.append(number)
        raise KeyboardInterrupt


@contextmanager
def deferred_interrupt() -> Iterator[Interrupt]:
    """Record the first signal and pass the second to the previous handler."""
    interrupt = Interrupt()
    previous = {
        number: handler
        for number in SIGNALS
        if callable(handler := signal.getsignal(number))
        and (number == signal.SIGINT or isinstance(handler, EndingSignals))
    }
    if threading.current_thread() is not threading.main_thread() or not previous:
        yield interrupt
        return

    def record(number: int, frame: FrameType | None) -> None:
        interrupt.times += 1
        handler = previous[number]
        if interrupt.times > 1:
            handler(number, frame)
        elif isinstance(handler, EndingSignals):
            handler.received.append(number)

    for number in previous:
        signal.signal(number, record)
    try:
        yield interrupt
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
