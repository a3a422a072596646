"""How long an evaluation over many rows takes, measured on few of them.

    rows    1, 8, 64, 512, ...  until an evaluation takes long enough to be measured, or all rows, again and again;
            1, 2, 4, ... if one row takes long, and no more than 1 if it takes very long
    time    t(N) = t(n) + (N - n) s,   s = (t(n) - t(m)) / (n - m)   of the last two numbers of rows m < n

What does not depend on the rows, such as a P x P matrix that is filled, counts once.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

GROWTH = 8
MEASURABLE, TOLERABLE = 0.05, 0.1
"""Seconds that an evaluation takes at least to be measured, and at most if more rows than twice as many are tried.

On a busy processor, a shorter one may run without interruption, as no fit does."""
VERY_LONG = 1.0
"""Seconds of one row after which no second one is tried; the time of all rows is then at most this estimate."""
LEAST_SLOPE = 0.5
"""Of the mean time of a row: a busy processor may make the evaluation of fewer rows the longer one."""


def seconds_over_rows(
    evaluate: Callable[[Any], object], of_rows: Callable[[slice], Any], n_rows: int
) -> float:
    """The time of one evaluation over all rows in seconds.

    Parameters
    ----------
    evaluate : callable
        Evaluates an objective, such as its gradient at some weights.
    of_rows : callable
        Makes the objective of some rows, given as a slice.
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
    """The mean of evaluations that take long enough together; that of the `first` if it does."""
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
