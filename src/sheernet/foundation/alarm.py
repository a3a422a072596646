"""`alarm`: interrupt a block of the main thread after a time, at any instruction.

The alarm signal of the system (SIGALRM) raises a subclass of KeyboardInterrupt inside the block, so that handlers of
Exception do not catch it.  Python ignores exceptions in `__del__` and in callbacks of weak references; an alarm that
rings there rings again.  Compiled code of Cython prints such an exception before it ignores it; that of an alarm is not
shown.  Windows has no such signal, and other threads receive none: there, nothing is interrupted.
"""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import inf
from types import FrameType
from typing import Any

SHORTEST = 1e-3
"""Minimum delay in seconds, used if the time is already over; a delay of 0 would turn the alarm off."""


class _Alarm(KeyboardInterrupt):
    """Raised when the time is over."""


@contextmanager
def alarm(seconds: float, error: Callable[[], Exception]) -> Iterator[None]:
    """Raise `error()` if the block takes longer than a given time.

    Parameters
    ----------
    seconds : float
        The time limit; inf sets no alarm.
    error : callable
        Returns the exception to raise.

    Examples
    --------
    >>> from sheernet.foundation.alarm import alarm
    >>> with alarm(60.0, TimeoutError):
    ...     print("done")
    done
    """
    in_main = threading.current_thread() is threading.main_thread()
    if seconds == inf or not in_main or not hasattr(signal, "setitimer"):
        yield
        return
    rings = True

    def ring(number: int, frame: FrameType | None) -> None:
        if rings:
            raise _Alarm

    def ring_again(ignored: sys.UnraisableHookArgs) -> None:
        if issubclass(ignored.exc_type, _Alarm):
            signal.setitimer(signal.ITIMER_REAL, SHORTEST)
        else:
            hook(ignored)

    def show(kind: type[BaseException], *error: Any) -> None:
        if not issubclass(kind, _Alarm):
            shown(kind, *error)

    hook, sys.unraisablehook = sys.unraisablehook, ring_again
    shown, sys.excepthook = sys.excepthook, show
    handler = signal.signal(signal.SIGALRM, ring)
    timer = signal.setitimer(signal.ITIMER_REAL, max(seconds, SHORTEST))
    try:
        yield
    except _Alarm:
        raise error() from None
    finally:
        rings = False
        signal.setitimer(signal.ITIMER_REAL, *timer)
        signal.signal(signal.SIGALRM, handler)
        sys.unraisablehook, sys.excepthook = hook, shown
