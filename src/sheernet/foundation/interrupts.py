"""Deferred Ctrl-C: the signal takes effect after the current step.

In the main thread SIGINT is recorded instead of raised, so that no in-place update is interrupted; the run stops at the
next Step.  A second Ctrl-C is passed to the previous handler, which by default raises KeyboardInterrupt immediately.
In other threads, and if SIGINT is ignored, nothing changes.

In a program that installs `EndingSignals`, SIGTERM and SIGHUP are deferred in the same way.
"""

from __future__ import annotations

import _thread
import signal
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType

_NAMES = ("SIGINT", "SIGTERM", "SIGHUP")
SIGNALS = tuple(getattr(signal, name) for name in _NAMES if hasattr(signal, name))
"""Signals that request the termination of a program; Windows has no SIGHUP."""


@dataclass
class Interrupt:
    """Number of times that Ctrl-C was pressed, or a similar signal arrived."""

    times: int = 0


_DEFERRED: list[Interrupt] = []
"""The interrupts of the active `deferred_interrupt` blocks."""


def raise_if_interrupted() -> None:
    """Raise KeyboardInterrupt if Ctrl-C was deferred; called between the parts of a long evaluation within a step.

    Raises
    ------
    KeyboardInterrupt
        In the main thread only, in which signals arrive.
    """
    is_main = threading.current_thread() is threading.main_thread()
    if is_main and any(interrupt.times for interrupt in _DEFERRED):
        raise KeyboardInterrupt


_AGAIN = 0.01
"""Seconds after which the handler of a signal that could not take effect is called again."""
_LONGEST = 5.0
"""Maximum seconds that a signal waits for an undivided call, such as the import of a user's program."""
UNDIVIDED = (
    "importlib._bootstrap",
    "importlib._bootstrap_external",
    "tempfile",
    "sheernet.foundation.atomic_files",
)
"""Modules whose functions are completed before a signal takes effect."""


@dataclass
class EndingSignals:
    """Handlers that turn SIGTERM and SIGHUP into KeyboardInterrupt, like Ctrl-C; signals that are ignored stay ignored.

    Python runs a handler between any two instructions.  Its exception can be lost: Python prints and drops exceptions
    in a callback of a weak reference or in `__del__`, and a C extension that is being imported reports them as its own
    errors.  An exception between the creation of a file or folder and the next instruction leaves it behind.  So a
    signal waits until imports and such calls return, and an exception that Python dropped is raised again.

    Parameters
    ----------
    undivided : sequence of str
        Modules whose functions are completed first, at most for some seconds.  A generator of a context manager counts
        only while it runs, not during the block of the `with` statement.
    received : list of int
        The numbers of the signals that arrived, deferred ones included.
    """

    undivided: Sequence[str] = UNDIVIDED
    received: list[int] = field(default_factory=list)
    _since: float | None = None
    _is_waiting: bool = False

    @property
    def exit_code(self) -> int:
        """The exit code of a program that such a signal terminates: 128 plus its number, 130 for Ctrl-C."""
        return 128 + (self.received[0] if self.received else signal.SIGINT)

    def install(self) -> None:
        """Install the handlers for the rest of the process; call it in the main thread."""
        usual = (signal.SIG_DFL, signal.default_int_handler)
        for number in SIGNALS:
            if signal.getsignal(number) in usual:
                signal.signal(number, self)
        sys.unraisablehook = self._raise_dropped_again

    def __call__(self, number: int, frame: FrameType | None) -> None:
        """Handle a signal."""
        if number not in self.received:
            self.received.append(number)
        if self._is_waiting:  # another signal; one exception is enough
            return
        if self._since is None:
            self._since = time.monotonic()
        is_early = time.monotonic() - self._since < _LONGEST
        if is_early and self._is_undivided(frame) and self._try_again(number):
            return
        self._since = None
        raise KeyboardInterrupt

    def _is_undivided(self, frame: FrameType | None) -> bool:
        """Whether a frame, or one of its callers, belongs to a function that is completed first."""
        while frame is not None:
            if frame.f_globals.get("__name__") in self.undivided:
                return True
            frame = frame.f_back
        return False

    def _raise_dropped_again(self, dropped: sys.UnraisableHookArgs) -> None:
        """Raise a KeyboardInterrupt again that Python dropped; report other exceptions as Python does."""
        is_ours = self.received and issubclass(dropped.exc_type, KeyboardInterrupt)
        if not (is_ours and self._try_again(self.received[-1])):
            sys.__unraisablehook__(dropped)

    def _try_again(self, number: int) -> bool:
        """Call the handler of a signal again, in the main thread after `_AGAIN`; return whether this is possible."""

        def later() -> None:
            time.sleep(_AGAIN)
            self._is_waiting = False
            _thread.interrupt_main(signal.Signals(number))

        # A Thread would take locks of the module threading, which the interrupted code may hold.
        try:
            self._is_waiting = True
            _thread.start_new_thread(later, ())
        except (RuntimeError, MemoryError):  # no memory is left for a thread
            self._is_waiting = False
        return self._is_waiting


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

    _DEFERRED.append(interrupt)
    for number in previous:
        signal.signal(number, record)
    try:
        yield interrupt
    finally:
        _DEFERRED.pop()
        for number, handler in previous.items():
            signal.signal(number, handler)
