"""`alarm`: end some work of the main thread after a time, wherever it is.

The alarm of the system (SIGALRM) raises an exception that counts as Ctrl-C inside the work, so that no handler of
errors takes it for one of its own.  Windows has no such alarm, and other threads get no signals: there, nothing ends.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import inf
from types import FrameType

SHORTEST = 1e-3
"""Seconds after which an alarm rings that should have rung already; 0 would turn it off."""


class _Alarm(KeyboardInterrupt):
    """The time is over."""


@contextmanager
def alarm(seconds: float, error: Callable[[], Exception]) -> Iterator[None]:
    """Raise `error()` if the work inside takes longer than some seconds.

    Parameters
    ----------
    seconds : float
        The time; inf sets no alarm.
    error : callable
        Makes the exception.

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
