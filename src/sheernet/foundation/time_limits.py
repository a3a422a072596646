"""Time limits: the end of a limit as a time of `time.monotonic`, inf without a limit, and the seconds left until it."""

from __future__ import annotations

import time
from math import inf


def end_of(limit: float | None, began: float | None = None) -> float:
    """Return the end of a time limit, in seconds, that began at some time, by default now; inf without a limit."""
    if limit is None:
        return inf
    return (time.monotonic() if began is None else began) + limit


def seconds_left(ends: float) -> float | None:
    """Return the seconds left, at least 0, or None if no time limit ends.

    Examples
    --------
    >>> from sheernet.foundation.time_limits import end_of, seconds_left
    >>> seconds_left(end_of(None)), seconds_left(end_of(0.0))
    (None, 0.0)
    """
    return None if ends == inf else max(ends - time.monotonic(), 0.0)
