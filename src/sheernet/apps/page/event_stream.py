"""`stream`: the states and frames of a session as server-sent events, the newest only, at most 30 per second.

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
"""Seconds after which an idle stream sends a comment, so that a closed page is detected."""
RECONNECTION = 0.5
"""Seconds after which a browser opens a broken stream again; without it, Chromium waits until the session is over."""


def stream(session: Session, write: Callable[[bytes], object]) -> None:
    """Send the states and frames of a session until it ends or the client disconnects.

    Parameters
    ----------
    session : Session
        The session.
    write : callable
        Function that sends bytes; it raises OSError if the client has disconnected.
    """
    seen, sequence, revision = Seen(), -1, -1
    write(f"retry: {1000 * RECONNECTION:.0f}\n\n".encode())
    while not session.is_closed:
        began = time.monotonic()
        if not _has_news(session, sequence, revision):
            write(b": still here\n\n")
            continue
        is_other = session.revision != revision
        if is_other:  # the view clears its curves
            state = session.state()
            write(event("state", state))
            seen, revision = Seen(), state.revision
        frame, seen = session.frame(seen, with_points=is_other)
        sequence = frame.sequence
        write(event("frame", frame))
        time.sleep(max(1.0 / FRAMES_PER_SECOND - (time.monotonic() - began), 0.0))


def _has_news(session: Session, sequence: int, revision: int) -> bool:
    """Wait at most `HEARTBEAT` seconds for a message that was not sent; return whether there is one."""
    with session.changed:
        if (session.sequence, session.revision) == (sequence, revision) and not session.is_closed:
            session.changed.wait(HEARTBEAT)
        return (session.sequence, session.revision) != (sequence, revision)


def event(name: str, message: msgspec.Struct) -> bytes:
    r"""Return a message encoded as a server-sent event.

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
