"""Benchmark: the memory that a fit of a million rows needs in addition to its data.

    python benchmarks/memory.py >> benchmarks/results.md

1 000 000 rows of 20 columns, a 20-64-64-1 network, 20 iterations of lbfgs by `train`; one thread.  The result is the
peak resident memory during the fit minus that before it, in units of the inputs (160 MB); the targets are a twentieth
of that.  Linux gives the peak since a reset, other systems that of the whole process, which is reached during the fit.
"""

from __future__ import annotations

import argparse
import re
import sys
import time
from pathlib import Path

import numpy as np
from _measuring import heading, restart_in_environment

import sheernet as sn

N, SIZES, MAX_ITER = 1_000_000, (20, 64, 64, 1), 20
STATUS, CLEAR = Path("/proc/self/status"), Path("/proc/self/clear_refs")


def data(n: int) -> tuple[np.ndarray, np.ndarray]:
    """Inputs (n, 20) and targets (n,) of a smooth function, made in blocks of rows."""
    rng = np.random.default_rng(0)
    X, y = np.empty((n, SIZES[0])), np.empty(n)
    for rows in (slice(i, i + 10_000) for i in range(0, n, 10_000)):
        X[rows] = rng.normal(size=X[rows].shape)
        y[rows] = np.sin(X[rows, 0]) + X[rows, 1] * X[rows, 2] + 0.1 * rng.normal(size=len(y[rows]))
    return X, y


def resident(kind: str) -> int:
    """Resident memory in bytes: "VmRSS" is the current one, "VmHWM" the peak since `reset_peak`."""
    if STATUS.exists():
        return 1024 * int(re.search(kind + r":\s*(\d+) kB", STATUS.read_text())[1])
    import resource  # not on Windows

    highest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return highest if sys.platform == "darwin" else 1024 * highest


def reset_peak() -> None:
    """Reset the peak of the resident memory, if Linux permits it."""
    try:
        CLEAR.write_text("5")
    except OSError:
        return


def train(n: int, X: np.ndarray, y: np.ndarray, max_iter: int) -> sn.Training:
    network = sn.Network.random(sn.Architecture(SIZES))
    return sn.train(network, X[:n], y[:n], method="lbfgs", max_iter=max_iter, decay=1e-6, threads=1)


def main() -> None:
    argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    ).parse_args()
    restart_in_environment()
    X, y = data(N)
    train(1000, X, y, 2)  # loads all modules that a fit needs
    reset_peak()
    before, began = resident("VmRSS"), time.perf_counter()
    training = train(N, X, y, MAX_ITER)
    taken, beyond = time.perf_counter() - began, resident("VmHWM") - before
    print(heading(sn.engines.describe()))
    sizes, iterations = "-".join(map(str, SIZES)), training.record.iteration[-1]
    print(
        f"{N} x {SIZES[0]}, {sizes}, {training.engine} engine, {iterations} iterations of lbfgs:",
        end=" ",
    )
    print(f"{beyond / X.nbytes:.2f} times the inputs in addition to the data, and {taken:.1f} s.")


if __name__ == "__main__":
    main()
