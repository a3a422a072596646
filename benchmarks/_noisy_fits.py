"""Worker of noisy_problems.py: fits one problem from its starts with the sheernet of its interpreter, and with SciPy.

    python _noisy_fits.py PICKLE SECONDS

PICKLE holds a Problem and its starts; SECONDS limits the processor time of each fit by SciPy.
Each line of the standard input is JSON, the name of a method and a number of starts.  The answer is another,
the Ends of the fits from the first starts.
"""

from __future__ import annotations

import json
import pickle
import sys
import time
from collections.abc import Callable
from math import inf
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from _noisy_problems import Array, Problem
from scipy.optimize import minimize

from sheernet.training.jobs import Job, fit_jobs

TOLERANCE, MAX_ITER = 1e-8, 10_000
SCIPY = "SciPy "
"""What the names of its methods begin with."""


class End(NamedTuple):
    """How a fit ended; what a program does not count is None."""

    ms: float  # time of the processor
    wall_ms: float
    objective: float
    gradient: float  # largest entry at the end
    reason: str
    iterations: int | None = None
    evaluations: int | None = None
    products: int | None = None


Found = tuple[Array, str, int, int, int | None]
"""theta, reason, iterations, evaluations, Hessian-vector products."""


class TimeIsUp(Exception):
    """Raised inside SciPy's minimizers."""


def by_sheernet(objective: Any, start: Array, method: str, seconds: float) -> Found:
    """One of sheernet's methods, or "auto"."""
    run = fit_jobs(
        objective,
        [Job(start)],
        method,
        max_iter=MAX_ITER,
        gradient_tolerance=TOLERANCE,
        time_limit=seconds,
    )[0]
    record = run.record
    products = getattr(record, "hessian_products", None)
    return (
        run.theta,
        run.termination.reason,
        int(record.iteration[-1]),
        int(record.value_evaluations[-1]),
        None if products is None else int(products[-1]),
    )


def by_scipy(objective: Any, start: Array, method: str, seconds: float) -> Found:
    """SciPy's minimize with sheernet's values and gradients; dense Hessians are P products."""
    began = time.process_time()
    counts = {"values": 0, "products": 0}
    last = start

    def value_and_gradient(theta: Array) -> tuple[float, Array]:
        nonlocal last
        if time.process_time() - began > seconds:
            raise TimeIsUp
        counts["values"] += 1
        last = theta.copy()
        return objective.value_and_gradient(theta)

    def hessian(theta: Array) -> Array:
        counts["products"] += theta.size
        H = np.array([objective.hessian_vector(theta, unit) for unit in np.eye(theta.size)])
        return (H + H.T) / 2

    options = {"gtol": TOLERANCE, "maxiter": MAX_ITER}
    dense = {"hess": hessian} if method == "trust-exact" else {}
    iterations = 0

    def count(_: Any) -> None:
        nonlocal iterations
        iterations += 1

    try:
        found = minimize(
            value_and_gradient, start, jac=True, method=method, options=options, callback=count, **dense
        )  # fmt: skip
        last, reason = found.x, "success" if found.success else "failure"
    except TimeIsUp:
        reason = "time_limit"
    return last, reason, iterations, counts["values"], counts["products"] or None


def fit(objective: Any, start: Array, method: str, seconds: float) -> End:
    """One fit and its times."""
    minimized: Callable[..., Found] = by_scipy if method.startswith(SCIPY) else by_sheernet
    name = method.removeprefix(SCIPY)
    wall, processor = time.perf_counter(), time.process_time()
    theta, reason, *counts = minimized(objective, start, name, seconds)
    ms, wall_ms = 1e3 * (time.process_time() - processor), 1e3 * (time.perf_counter() - wall)
    value, gradient = objective.value_and_gradient(theta)
    return End(ms, wall_ms, float(value), float(np.abs(gradient).max()), reason, *counts)


def main() -> None:
    """Answer until the input ends."""
    problem: Problem
    problem, starts = pickle.loads(Path(sys.argv[1]).read_bytes())
    scipy_seconds, objective = float(sys.argv[2]), problem.objective()
    for asked in sys.stdin:
        method, number = json.loads(asked)
        seconds = scipy_seconds if method.startswith(SCIPY) else inf
        ends = [fit(objective, start, method, seconds)._asdict() for start in starts[:number]]
        print(json.dumps(ends), flush=True)


if __name__ == "__main__":
    main()
