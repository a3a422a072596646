"""Benchmark: two threads against one, for fits of 10-32-1 to 1 000 to 100 000 rows, and for lm with 505 weights.

    python benchmarks/threads.py [rounds]

A fit of a fixed number of iterations is timed with one and with two threads, alternately, and so are two fits of one
thread at the same time, which need not wait for each other: what two processors of the machine do in the time of one.
The table has the lowest times and the ratios within a round.  It is checked that all fits end at the same bits.  Other
programs change the ratios, so the load of the machine is printed before and after.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
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
ONE, TWO, APART = "one thread", "two threads", "two fits of one thread"


def fits_of(method: str, hidden: int, rows: int, iterations: int) -> dict[str, Callable[[], float]]:
    """The programs of a case, which return the seconds per evaluation, of both fits where two run."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(rows, 10))
    y = np.sin(X[:, 0]) + X[:, 1] * X[:, 2] + 0.1 * rng.normal(size=rows)
    arch = sn.Architecture((10, hidden, 1))
    start = sn.Network.random(arch, seed=0).theta
    ends = set()

    def objective(threads: int) -> sn.Objective:
        return sn.make_objective(arch, X, y, decay=1e-4, engine="compiled", threads=threads)

    def evaluations(fitted: sn.Objective) -> int:
        fits = fit_jobs(fitted, [Job(start)], method, max_iter=iterations, gradient_tolerance=0.0)
        ends.add(fits[0].theta.tobytes())
        assert len(ends) == 1, "the number of threads changed a bit"
        return fits[0].record.value_evaluations[-1]

    def seconds(fitted: sn.Objective) -> float:
        began = perf_counter()
        number = evaluations(fitted)
        return (perf_counter() - began) / number

    def seconds_apart(*fitted: sn.Objective) -> float:
        with ThreadPoolExecutor(len(fitted)) as pool:
            began = perf_counter()
            (number, *_) = pool.map(evaluations, fitted)
            return (perf_counter() - began) / number

    one = objective(1)
    return {
        ONE: partial(seconds, one),
        TWO: partial(seconds, objective(2)),
        APART: partial(seconds_apart, one, objective(1)),
    }


def main(rounds: int) -> None:
    print(_measuring.heading(sn.engines.describe(), rounds=rounds))
    print(f"Load of the machine before: {os.getloadavg()[0]:.1f}\n")
    print(
        "| fit | rows | ms per evaluation, 1 thread | 2 threads | ratio: median (quartiles), best "
        "| two fits at once: ratio of their speed |"
    )
    print("|---|---|---|---|---|---|")
    for method, hidden, rows, iterations in CASES:
        programs = fits_of(method, hidden, rows, iterations)
        for program in programs.values():
            program()
        times = {k: np.array(v) for k, v in _measuring.alternating(programs, rounds).items()}
        ratio = times[ONE] / times[TWO]
        print(
            f"| {method}, 10-{hidden}-1 | {rows} | {1e3 * times[ONE].min():.3f} "
            f"| {1e3 * times[TWO].min():.3f} | {_measuring.quartiles(ratio)}, {ratio.max():.2f} "
            f"| {_measuring.quartiles(2 * times[ONE] / times[APART])} |"
        )
    print(f"\nLoad of the machine afterwards: {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 15)
