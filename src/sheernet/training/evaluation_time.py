"""Estimate the time of an evaluation over many rows from evaluations of few rows (`seconds_over_rows`).

    rows    1, 8, 64, 512, ...  until an evaluation is long enough to be measured; all rows are evaluated repeatedly;
            1, 2, 4, ... if one row takes a long time, and only 1 if it takes a very long time
    time    t(N) = t(n) + (N - n) s,   s = (t(n) - t(m)) / (n - m)   of the last two numbers of rows m < n

Work that does not depend on the rows, such as filling a (P, P) matrix, counts once.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

GROWTH = 8
MEASURABLE, TOLERABLE = 0.05, 0.1
"""Minimum seconds of a measured evaluation, and maximum seconds expected for GROWTH instead of 2 times the rows.

On a busy processor, a shorter evaluation may run without interruption, unlike a fit."""
VERY_LONG = 1.0
"""Seconds of one row from which on no further rows are tried; the estimate for all rows is then an upper limit."""
LEAST_SLOPE = 0.5
"""Minimum of s relative to the mean time of a row: on a busy processor, fewer rows may take a longer time."""


def seconds_over_rows(
    evaluate: Callable[[Any], object], of_rows: Callable[[slice], Any], n_rows: int
) -> float:
    """Estimate the time of one evaluation over all rows, in seconds.

    Parameters
    ----------
    evaluate : callable
        Evaluates an objective, such as its gradient at some weights.
    of_rows : callable
        Returns the objective of some rows, given as a slice.
    n_rows : int
        Number of all rows.

    Examples
    --------
    >>> import time
    >>> from sheernet.training.evaluation_time import seconds_over_rows
    >>> seconds_over_rows(sum, lambda rows: [1] * rows.stop, 1000) < 1.0
    True
    """
    fewer, before, n = 0, 0.0, 1
    while True:
        part = of_rows(slice(0, n))
        seconds = _seconds(evaluate, part)
        if n == n_rows:
            return _repeated(evaluate, part, seconds)
        if seconds >= (MEASURABLE if fewer else VERY_LONG):
            slope = seconds / n
            if fewer:
                slope = max((seconds - before) / (n - fewer), LEAST_SLOPE * slope)
            return seconds + slope * (n_rows - n)
        fewer, before = n, seconds
        n = min(n * (GROWTH if seconds * GROWTH <= TOLERABLE else 2), n_rows)


def _repeated(evaluate: Callable[[Any], object], objective: Any, first: float) -> float:
    """Return the mean seconds of evaluations, repeated until their sum, which includes `first`, is measurable."""
    number, together = 1, first
    while 0.0 < together < MEASURABLE:
        more = number
        together += sum(_seconds(evaluate, objective) for _ in range(more))
        number += more
    return together / number


def _seconds(evaluate: Callable[[Any], object], objective: Any) -> float:
    began = time.monotonic()
    evaluate(objective)
    return time.monotonic() - began
