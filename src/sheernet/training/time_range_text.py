"""The expected time of a fit as a range in words (`in_words`)."""

from __future__ import annotations

UNCERTAINTY = 1.7
"""Factor between an estimate and the limits of its range."""
UNITS = ((86400.0, "days"), (3600.0, "hours"), (60.0, "minutes"), (1.0, "seconds"))
FEWEST = 1.5
"""Minimum lower limit of a range, in its unit; below it, the next smaller unit is used."""


def in_words(seconds: float) -> str:
    """Return the range of an expected time in words.

    Examples
    --------
    >>> from sheernet.training.time_range_text import in_words
    >>> in_words(30), in_words(200), in_words(7200), in_words(1e6)
    ('20 to 50 seconds', '2 to 6 minutes', '70 to 200 minutes', '7 to 20 days')
    """
    low, high = seconds / UNCERTAINTY, seconds * UNCERTAINTY
    size, unit = next((size, unit) for size, unit in UNITS if low >= FEWEST * size or size == 1.0)
    return f"{_rounded(low / size)} to {_rounded(high / size)} {unit}"


def _rounded(number: float) -> int:
    """Round a number to an integer, from 10 on to a multiple of 5, and from 100 on to a multiple of 10."""
    step = 1 if number < 10 else 5 if number < 100 else 10
    return step * round(number / step)
