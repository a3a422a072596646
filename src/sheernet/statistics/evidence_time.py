"""The expected time of one evaluation of the evidence, which shows whether a time limit can be met.

The Gauss-Newton matrix is timed on some of the rows (`sheernet.training.evaluation_time`), because its time depends on
costs and layers; the time of the factorization of a P x P matrix is that of LAPACK on one thread.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sheernet.objective.objective import Objective
from sheernet.training.evaluation_time import seconds_over_rows

SHORT = 1e8
"""Maximum rows x outputs x weights squared of an evaluation that is not timed: it takes less than about 0.1 s."""
FACTORED = 5e9
"""P cubed per second of a Cholesky factor and its inverse, on one thread of an ordinary processor."""


def seconds_of_evidence(
    objective: Objective, of_rows: Callable[[Any], Objective], theta: Any
) -> float:
    """Return the expected time of one evaluation of the evidence in seconds; 0 if it is short.

    Parameters
    ----------
    objective : Objective
        Objective of all rows.
    of_rows : callable
        Makes the objective of some rows, given as a slice.
    theta : ndarray, (P,)
        Any weights.
    """
    n_rows, size = objective.n_samples, float(theta.size)
    outputs = objective.architecture.n_outputs
    if n_rows * outputs * size**2 <= SHORT and size**3 <= SHORT:
        return 0.0
    matrix = seconds_over_rows(lambda part: part.gauss_newton(theta), of_rows, n_rows)
    return matrix + size**3 / FACTORED
