"""How long the evidence takes: a time limit holds only if one evaluation of it fits in.

The Gauss-Newton matrix is timed on some of the rows (`sheernet.training.evaluation_time`), because its time depends on
costs and layers; the factorization of P x P numbers is that of LAPACK on one thread.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sheernet.objective.objective import Objective
from sheernet.training.evaluation_time import seconds_over_rows

SHORT = 1e8
"""Rows x outputs x weights squared up to which an evaluation takes less than a tenth of a second or so: not timed."""
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
    matrix = seconds_over_rows(lambda part: part.gauss_newton(theta), of_rows, n_rows)
    return matrix + size**3 / FACTORED
