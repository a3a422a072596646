"""Benchmark: the numbers of parameters up to which lm, and then bfgs, is the best method (see optimizers/auto.py).

For networks of one hidden layer on N rows of a smooth noisy function, each method runs from the same starts for the
same time.  From each start, the objectives are divided by the lowest that any method reached; the table shows the
geometric means over the starts, after a tenth of the time and after all of it.  1.00 is best.  (The time to a given
objective would compare the minima that the methods happen to find.)

    python benchmarks/auto_thresholds.py [--rows 1000] [--decay 1e-5] [--seconds 5] [--starts 3]
"""

from __future__ import annotations

import argparse

import numpy as np

import sheernet as sn
from sheernet.optimizers import Record
from sheernet.training.jobs import Job, fit_jobs

METHODS = ("lm", "bfgs", "lbfgs")
HIDDEN = (4, 10, 20, 40, 80, 120, 200, 300)
INPUTS = 8


def data(rows: int) -> tuple[np.ndarray, np.ndarray]:
    """Inputs (N, 8) and targets (N,) of a smooth function with noise of standard deviation 0.1."""
    rng = np.random.default_rng(0)
    X = rng.standard_normal((rows, INPUTS))
    y = np.sin(2 * X[:, 0]) + X[:, 1] * X[:, 2] + np.abs(X[:, 3]) + 0.1 * rng.standard_normal(rows)
    return X, y


def reached(record: Record, seconds: float) -> float:
    """The lowest objective within a time."""
    return float(record.objective[: max(1, np.searchsorted(record.seconds, seconds))].min())


def measure(
    hidden: int, rows: int, decay: float, seconds: float, starts: int
) -> tuple[int, dict[str, tuple[float, float]]]:
    """P, and for each method its objective relative to the best, after a tenth of the time and after all of it."""
    X, y = data(rows)
    architecture = sn.Architecture((INPUTS, hidden, 1))
    objective = sn.make_objective(architecture, X, y, decay=decay, threads=1)
    logs = []
    for seed in range(starts):
        theta = sn.Network.random(architecture, seed=seed).theta
        records = [
            fit_jobs(objective, [Job(theta)], method, max_iter=10**9, time_limit=seconds)[0].record
            for method in METHODS
        ]
        found = np.array([[reached(r, seconds / 10), reached(r, seconds)] for r in records])
        logs.append(np.log(found / found.min()))  # (methods, 2)
    means = np.exp(np.mean(logs, axis=0))
    return objective.size, {
        method: tuple(pair) for method, pair in zip(METHODS, means, strict=True)
    }


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=1000)
    parser.add_argument("--decay", type=float, default=1e-5)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--starts", type=int, default=3)
    given = parser.parse_args()
    print(f"objective / best after {given.seconds / 10:g} s and {given.seconds:g} s,", end=" ")
    print(f"N = {given.rows}, decay {given.decay:g}, {given.starts} starts")
    print(f"{'P':>6s}" + "".join(f"{method:>18s}" for method in METHODS))
    for hidden in HIDDEN:
        size, table = measure(hidden, given.rows, given.decay, given.seconds, given.starts)
        cells = (f"{early:9.2f}{late:9.2f}" for early, late in table.values())
        print(f"{size:6d}" + "".join(cells), flush=True)


if __name__ == "__main__":
    main()
