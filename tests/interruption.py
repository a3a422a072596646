"""Ctrl-C during a call of the extension."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def interrupted(after: float) -> Iterator[None]:
    """Send SIGINT to this process after some seconds.  The call must last until then; one that goes on hangs.

    On a busy machine, the signal may come before the call.  So `pytest.raises` is the outer block, which takes it too.
    """
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    timer = threading.Timer(after, os.kill, (os.getpid(), signal.SIGINT))
    try:
        timer.start()
        yield
    finally:
        timer.join()
        signal.signal(signal.SIGINT, before)
