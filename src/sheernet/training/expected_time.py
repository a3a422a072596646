"""A range of seconds in words, for the time that a fit is expected to take."""

from __future__ import annotations

UNCERTAINTY = 1.7
"""Factor between an estimate and the ends of its range."""
UNITS = ((86400.0, "days"), (3600.0, "hours"), (60.0, "minutes"), (1.0, "seconds"))
FEWEST = 1.5
"""Of a unit, at the lower end of a range."""


def in_words(seconds: float) -> str:
    """The range of an expected time.

    Examples
    --------
    >>> from sheernet.training.expected_time import in_words
    >>> in_words(30), in_words(200), in_words(7200), in_words(1e6)
    ('20 to 50 seconds', '2 to 6 minutes', '70 to 200 minutes', '7 to 20 days')
    """
    low, high = seconds / UNCERTAINTY, seconds * UNCERTAINTY
    size, unit = next((size, unit) for size, unit in UNITS if low >= FEWEST * size or size == 1.0)
    return f"{_rounded(low / size)} to {_rounded(high / size)} {unit}"


def _rounded(number: float) -> int:
    """A number as people say it: multiples of 5 from 10 on, and of 10 from 100 on."""
    step = 1 if number < 10 else 5 if number < 100 else 10
    return step * round(number / step)
