"""`CommandClock`: the time limit of a command, from its first second to its report.

    began ......... fits end .. limit .. importance ends
                    |--- kept --|-late--|

A part of the limit is kept for what follows the fits: the report in the terminal, the model and the pictures.  Pictures
that would end after the limit are left out, and so is the importance in report.html, which may be a little late.
"""

from __future__ import annotations

from math import inf

from sheernet.foundation.scalars import as_number

KEPT, MOST_KEPT = 0.15, 5.0
"""Fraction of the time limit reserved for the work after the fits, and its maximum in seconds."""
LATE, LEAST_LATE = 0.05, 1.0
"""Fraction of the time limit, or seconds, by which the importance may be late."""


class CommandClock:
    """The times of `time.monotonic` by which the parts of a command must end; inf without a limit.

    Parameters
    ----------
    began : float
        When the command began.
    limit : float or None
        The time limit in seconds.

    Examples
    --------
    >>> from sheernet.apps.cli.command_clock import CommandClock
    >>> clock = CommandClock(100.0, 20.0)
    >>> clock.fits_end, clock.ends, clock.report_ends
    (117.0, 120.0, 121.0)
    """

    def __init__(self, began: float, limit: float | None) -> None:
        if limit is not None:
            limit = as_number("time_limit", limit, 0, "seconds")
        seconds = inf if limit is None else limit
        self.ends = began + seconds
        self.fits_end = self.ends if limit is None else self.ends - min(KEPT * limit, MOST_KEPT)
        late = 0.0 if limit is None else max(LATE * limit, LEAST_LATE)
        self.report_ends = self.ends + late
