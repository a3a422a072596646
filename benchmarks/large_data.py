"""Benchmark: evaluations of rows that are streamed from a packed file of four times the memory that they may take.

    python benchmarks/large_data.py --folder FOLDER --rows 20000000 >> benchmarks/results.md

Rows of 12 inputs and a target, made from a seed, in 100 shards; a 12-16-1 network.  The file is in FOLDER, needs
104 bytes a row, and is removed at the end.  Beside the rows a second of an evaluation stand the rows a second that are
read from the mapped file without any arithmetic, and those that the arithmetic alone would take at the speed of a
product of two matrices (DGEMM, 1000 x 1000, NumPy): 6 P operations a row.  Each figure is given by the clock, and by
the processor time of all threads, which other programs of the machine hardly change.  Memory is the peak of the
resident memory, in which pages of the mapped file are included, minus that before.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from _measuring import heading
from memory import reset_peak, resident

import sheernet as sn
from sheernet.distributed import StreamingHolder
from sheernet.objective.engines.threads import blas_threads
from sheernet.objective.sharded import ShardedObjective
from sheernet.objective.sharded.shard_threads import sums_over_shards

N_SHARDS = 100
ARCH = sn.Architecture((12, 16, 1))
THREADS = (1, 2)


@dataclass(frozen=True)
class MadeShard:
    """A shard of made rows."""

    number: int
    n_rows: int

    @property
    def key(self) -> str:
        """What the rows depend on."""
        return f"made-{self.number}-{self.n_rows}"

    def load(self, part: str) -> tuple[np.ndarray, np.ndarray, None]:
        """Inputs and targets; there are no held-out rows."""
        n = self.n_rows if part == "training" else 0
        rng = np.random.default_rng(self.number)
        X = rng.standard_normal((n, 12))
        y = np.sin(X[:, :1]) + X[:, 1:2] * X[:, 2:3] + 0.1 * rng.standard_normal((n, 1))
        return X, y, None


def shards_of(rows: int) -> list[MadeShard]:
    """All rows in shards."""
    ends = [rows * (k + 1) // N_SHARDS for k in range(N_SHARDS)]
    return [MadeShard(k, end - rows * k // N_SHARDS) for k, end in enumerate(ends)]


def lowest_times(call: Callable[[], object], times: int = 3) -> np.ndarray:
    """Seconds of the fastest of some calls, by the clock and of the processors, (2,)."""
    spent = []
    for _ in range(times):
        began = np.array([time.perf_counter(), time.process_time()])
        call()
        spent.append(np.array([time.perf_counter(), time.process_time()]) - began)
    return np.min(spent, axis=0)


def read(holder: StreamingHolder, threads: int) -> np.ndarray:
    """Seconds to read every number of the file, (2,)."""

    def sums_of(number: int) -> tuple[np.ndarray, ...]:
        place = holder._shards[number].place
        sums = tuple(np.asarray(vector.sum()) for vector in holder._file.vectors(place))
        holder._file.release(place)
        return sums

    return lowest_times(lambda: sums_over_shards(sums_of, holder.n_shards, threads))


def matrix_speed(threads: int) -> np.ndarray:
    """Operations a second of a product of two matrices, (2,)."""
    A = np.random.default_rng(0).normal(size=(1000, 1000))
    with blas_threads(threads):
        return 2e9 / lowest_times(lambda: A @ A, 5)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", default=None)
    parser.add_argument("--rows", type=int, default=2_000_000)
    given = parser.parse_args()
    memory = given.rows * 104 // 4
    print(heading(sn.engines.describe()))
    print(f"Load of the machine before: {os.getloadavg()[0]:.1f}\n")
    speeds = {threads: matrix_speed(threads) for threads in THREADS}  # first: it needs memory
    before = resident("VmRSS")
    reset_peak()
    began = time.perf_counter()
    with StreamingHolder(
        shards_of(given.rows), ARCH, "squared_error", folder=given.folder, memory=memory
    ) as holder:
        spent = time.perf_counter() - began
        peak = resident("VmHWM") - before
        print(
            f"Making and packing the rows: {given.rows / spent / 1e6:.2f} million rows a second; "
            f"{holder.describe()}; memory {peak / 1e6:.0f} MB of {memory / 1e6:.0f} MB allowed.\n"
        )
        evaluations(holder, given.rows, before, speeds)
    print(f"\nLoad of the machine afterwards: {os.getloadavg()[0]:.1f}")


def evaluations(
    holder: StreamingHolder, rows: int, before: int, speeds: dict[int, np.ndarray]
) -> None:
    """Print the table of evaluations."""
    objective = ShardedObjective(ARCH, "squared_error", holder, 1e-6)
    theta = sn.Network.random(ARCH, seed=0).theta
    print("Million rows a second, by the clock and by processor time:\n")
    print("| threads | evaluation | read only | arithmetic at the speed of DGEMM | memory |")
    print("|---|---|---|---|---|")
    bits = set()
    for threads in THREADS:
        holder.threads = threads
        reset_peak()
        spent = lowest_times(lambda: bits.add(objective.value_and_gradient(theta)[1].tobytes()))
        peak = resident("VmHWM") - before
        figures = (
            rows / spent, rows / read(holder, threads), speeds[threads] / (6 * ARCH.n_parameters),
        )  # fmt: skip
        million = " | ".join(f"{clock / 1e6:.1f}, {cpu / 1e6:.1f}" for clock, cpu in figures)
        print(f"| {threads} | {million} | {peak / 1e6:.0f} MB |")
    assert len(bits) == 1, "the number of threads changed a bit"


if __name__ == "__main__":
    main()
