"""The time of one iteration of a method, measured on some of the rows: it shows whether a time limit can be met."""

from __future__ import annotations

from collections.abc import Callable

from sheernet.foundation.arrays import Array
from sheernet.objective.objective import Objective
from sheernet.statistics.evidence_time import FACTORED
from sheernet.training.evaluation_time import seconds_over_rows

UPDATED = 2e9
"""P squared per second of an update of the inverse Hessian by bfgs, and of its product with the gradient."""
EVALUATIONS = 1.1
"""Mean number of evaluations in one iteration."""


def seconds_of_iteration(
    method: str, of_rows: Callable[[slice], Objective], n_rows: int, theta: Array
) -> float:
    """Measure evaluations on some of the rows, and return the seconds of an iteration over all rows on one thread.

    Parameters
    ----------
    method : str
        The method.
    of_rows : callable
        Makes the objective of some rows.
    n_rows : int
        Number of all rows.
    theta : ndarray, (P,)
        Any weights.
    """
    if method == "lm":
        matrix = seconds_over_rows(lambda part: part.gauss_newton(theta), of_rows, n_rows)
        return matrix + EVALUATIONS * float(theta.size) ** 3 / FACTORED
    gradient = seconds_over_rows(lambda part: part.value_and_gradient(theta), of_rows, n_rows)
    update = theta.size**2 / UPDATED if method in ("bfgs", "hybrid") else 0.0
    return EVALUATIONS * gradient + update
