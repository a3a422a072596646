"""The time that a time limit leaves: one clock from the start of the command, or of the call, to the end of the fit.

    reading, preparation    refused once the limit has passed, unless it is short
    weights, one iteration  refused before anything is trained, if they take longer than the time left; the iteration
                            in time_of_one_network.py
    everything else         gets the time left (`settings_in_time`)

Times are those of `time.monotonic`.
"""

from __future__ import annotations

import time
from contextlib import AbstractContextManager
from dataclasses import replace
from math import inf

from sheernet.foundation.alarm import alarm
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.sentences import Setting
from sheernet.foundation.time_limits import seconds_left
from sheernet.settings.fit_settings import FitSettings
from sheernet.statistics.ensemble_candidates import SHORTEST

SOON = 3.0
"""If reading and preparing a table takes at most this many seconds, it is fitted even if the time limit has passed."""
SECONDS_PER_WEIGHT = 1e-5
"""Time per weight, except for the training: names, gradient check and model file of 5 000 001 weights took 60 s."""


def settings_in_time(settings: FitSettings, ends: float) -> FitSettings:
    """Return the settings with the time that is left until `ends` as their time limit."""
    if ends == inf:
        return settings
    return replace(settings, rules=replace(settings.rules, time_limit=seconds_left(ends)))


class TableClock:
    """Refuses a table if reading and preparing it took longer than the time limit.

    It is refused only after `SOON` seconds, so that a table that is prepared sooner is always fitted.

    Parameters
    ----------
    ends : float
        The end of the time limit.
    """

    def __init__(self, ends: float = inf) -> None:
        self.ends, self.began = ends, time.monotonic()

    def ending(self) -> AbstractContextManager[None]:
        """Refuse the table as soon as the time limit ends, even while it is read (see `alarm`); for a program."""
        left = max(self.ends, self.began + SOON) - time.monotonic()
        return alarm(left, lambda: _too_late("reading and preparing the table", "the end"))

    def require_time(self, what: str) -> None:
        """Raise if the time limit has passed; `what` was done last."""
        now = time.monotonic()
        if now <= self.ends or now - self.began <= SOON:
            return
        raise _too_late(what, f"{now - self.ends:.1f} s after the end")


def _too_late(what: str, when: str) -> InvalidInput:
    """Return the error for a table that was not prepared in time."""
    return InvalidInput(
        "{} took until {} of the time limit, so nothing was trained; increase {}, or give fewer rows or columns",
        what, when, Setting("time_limit"),
    )  # fmt: skip


def require_time_for_weights(n_weights: int, limit: float | None) -> None:
    """Raise if initial weights, gradient check and model file of a network take longer than the time limit."""
    seconds = SECONDS_PER_WEIGHT * n_weights
    if limit is not None and seconds > max(limit, SHORTEST):
        raise InvalidInput(
            "a network of {} weights takes about {:.0f} s to be checked and written, longer than the time limit "
            "leaves; lower {}, or increase {}",
            n_weights, seconds, Setting("hidden"), Setting("time_limit"),
        )  # fmt: skip
