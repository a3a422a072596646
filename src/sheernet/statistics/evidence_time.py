"""How long the evidence takes: a time limit holds only if one evaluation of it fits in.

The Gauss-Newton matrix is timed on some of the rows, because its time depends on costs and layers; the factorization of
P x P numbers is that of LAPACK on one thread.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import pairwise
from typing import Any

from sheernet.objective.objective import Objective

SHORT = 1e8
"""Rows x outputs x weights squared up to which an evaluation takes less than a tenth of a second or so: not timed."""
FEWEST_ROWS, PART = 50, 20
"""The matrix is timed on a 20th of the rows, and at least on 50."""
FACTORED = 5e9
"""P cubed per second of a Cholesky factor and its inverse, on one thread of an ordinary processor."""


def seconds_of_evidence(
    objective: Objective, of_rows: Callable[[Any], Objective], theta: Any
) -> float:
    """The time of one evaluation of the evidence in seconds; 0 if it is short.

    Parameters
    ----------
    objective : Objective
        Of all rows.
    of_rows : callable
        Makes the objective of some rows, given as a slice.
    theta : ndarray, (P,)
        Any weights.
    """
    n_rows, size = objective.n_samples, float(theta.size)
    outputs = objective.architecture.n_outputs
    if n_rows * outputs * size**2 <= SHORT and size**3 <= SHORT:
        return 0.0
    some = min(max(FEWEST_ROWS, n_rows // PART), n_rows)
    part, times = of_rows(slice(0, some)), [time.monotonic()]
    for _ in range(2):  # a busy processor makes one of them longer
        part.gauss_newton(theta)
        times.append(time.monotonic())
    shorter = min(after - before for before, after in pairwise(times))
    return shorter * n_rows / some + size**3 / FACTORED
