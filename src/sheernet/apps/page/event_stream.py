"""The stream of a session: states and frames as server-sent events, the newest only, at most 30 a second.

    event: frame
    data: {...}

A client that reads slowly misses frames; it never gets old ones.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import msgspec

from sheernet.apps.page.curves import Seen
from sheernet.apps.page.session import Session

FRAMES_PER_SECOND = 30
HEARTBEAT = 1.0
"""Seconds after which an idle stream sends a comment, so that a closed page is noticed."""


def stream(session: Session, write: Callable[[bytes], object]) -> None:
    """Send a session's states and frames until it ends or the client has gone.

    Parameters
    ----------
    session : Session
        The session.
    write : callable
        Sends bytes; raises OSError if the client has gone.
    """
    seen, sequence, revision = Seen(), -1, -1
    while not session.is_closed:
        began = time.monotonic()
        with session.changed:
            if session.sequence == sequence and not session.is_closed:
                session.changed.wait(HEARTBEAT)
            is_new = session.sequence != sequence
        if session.is_closed:
            break
        if not is_new:
            write(b": still here\n\n")
            continue
        if session.revision != revision:
            state = session.state()
            write(event("state", state))
        is_other = session.revision != revision
        frame, seen = session.frame(seen, with_points=is_other)
        sequence, revision = frame.sequence, frame.revision
        write(event("frame", frame))
        time.sleep(max(1.0 / FRAMES_PER_SECOND - (time.monotonic() - began), 0.0))


def event(name: str, message: msgspec.Struct) -> bytes:
    r"""A message as an event.

    Examples
    --------
    >>> import msgspec
    >>> from sheernet.apps.page.event_stream import event
    >>> class Point(msgspec.Struct):
    ...     x: int
    >>> event("point", Point(3))
    b'event: point\ndata: {"x":3}\n\n'
    """
    return b"event: " + name.encode() + b"\ndata: " + msgspec.json.encode(message) + b"\n\n"
