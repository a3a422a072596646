"""Benchmark: two threads against one, for fits of 10-32-1 to 1 000 to 100 000 rows, and for lm with 505 weights.

    python benchmarks/threads.py [rounds]

A fit of a fixed number of iterations is timed with one and with two threads, alternately.  The table has the lowest
times and the ratios within a round.  It is checked that both fits end at the same bits.  Other programs change the
ratios, so the load of the machine is printed before and after.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from functools import partial
from time import perf_counter

import _measuring
import numpy as np

import sheernet as sn
from sheernet.training.jobs import Job, fit_jobs

CASES = [  # method, hidden units, rows, iterations
    ("bfgs", 32, 1_000, 300),
    ("bfgs", 32, 10_000, 60),
    ("bfgs", 32, 100_000, 10),
    ("lm", 42, 5_000, 5),  # 505 weights
]
THREADS = (1, 2)


def fits_of(method: str, hidden: int, rows: int, iterations: int) -> dict[int, Callable[[], float]]:
    """For each number of threads, a function that fits and returns the seconds per evaluation."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(rows, 10))
    y = np.sin(X[:, 0]) + X[:, 1] * X[:, 2] + 0.1 * rng.normal(size=rows)
    arch = sn.Architecture((10, hidden, 1))
    start = sn.Network.random(arch, seed=0).theta
    ends = set()

    def seconds(threads: int, objective: sn.Objective) -> float:
        began = perf_counter()
        fits = fit_jobs(
            objective, [Job(start)], method, max_iter=iterations, gradient_tolerance=0.0
        )
        spent = perf_counter() - began
        ends.add(fits[0].theta.tobytes())
        assert len(ends) == 1, "the number of threads changed a bit"
        return spent / fits[0].record.value_evaluations[-1]

    return {
        threads: partial(
            seconds,
            threads,
            sn.make_objective(arch, X, y, decay=1e-4, engine="compiled", threads=threads),
        )
        for threads in THREADS
    }


def main(rounds: int) -> None:
    print(_measuring.heading(sn.engines.describe(), rounds=rounds))
    print(f"Load of the machine before: {os.getloadavg()[0]:.1f}\n")
    print(
        "| fit | rows | ms per evaluation, 1 thread | 2 threads | ratio: median (quartiles), best |"
    )
    print("|---|---|---|---|---|")
    for method, hidden, rows, iterations in CASES:
        programs = fits_of(method, hidden, rows, iterations)
        for program in programs.values():
            program()
        times = _measuring.alternating({str(n): p for n, p in programs.items()}, rounds)
        one, two = (np.array(times[str(threads)]) for threads in THREADS)
        print(
            f"| {method}, 10-{hidden}-1 | {rows} | {1e3 * one.min():.3f} | {1e3 * two.min():.3f} "
            f"| {_measuring.quartiles(one / two)}, {(one / two).max():.2f} |"
        )
    print(f"\nLoad of the machine afterwards: {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 15)
