"""Benchmark: four starts over shards, together in one pass over the rows and one after the other.

    python benchmarks/starts_together.py --folder FOLDER >> benchmarks/results.md

Rows of 12 inputs and a target, made from a seed, in 16 shards; a 12-16-1 network; lbfgs with a fixed number of
iterations.  The packed file is in FOLDER.  "From the disk": before each pass the system drops the file from its cache,
as it would if the file were larger than the memory.  Both ways end with the same bits, which is checked.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from _measuring import heading
from dask.distributed import Client
from large_data import ARCH, MadeShard
from large_data_on_dask import COST, cluster_of

import sheernet as sn
from sheernet.distributed import DaskHolder, StreamingHolder
from sheernet.objective.sharded import ShardedObjective
from sheernet.training import fit_objective

STARTS = [sn.Network.random(ARCH, seed=seed).theta for seed in range(4)]
N_SHARDS = 16


class Counting:
    """A holder whose passes are counted, and prepared by a function."""

    def __init__(self, holder: Any, before: Callable[[], object]) -> None:
        self.holder, self.before, self.passes = holder, before, 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self.holder, name)

    def sums(self, request: Any) -> Any:
        """The sums over all rows."""
        self.passes += 1
        self.before()
        return self.holder.sums(request)


def measure(name: str, holder: Any, max_iter: int, before: Callable[[], object]) -> None:
    """A row of the table: passes and seconds of both ways."""
    counting = Counting(holder, before)
    objective = ShardedObjective(ARCH, COST, counting, 1e-6)
    given = {"method": "lbfgs", "max_iter": max_iter}
    objective.value(STARTS[0])
    figures, ends = [], []
    for groups in ([STARTS], [[start] for start in STARTS]):
        counting.passes, began = 0, np.array([time.perf_counter(), time.process_time()])
        fits = [fit_objective(objective, group, **given) for group in groups]
        spent = np.array([time.perf_counter(), time.process_time()]) - began
        figures += [f"{counting.passes}", f"{spent[0]:.1f}", f"{spent[1]:.1f}"]
        ends.append(b"".join(run.theta.tobytes() for each in fits for run in each))
    assert ends[0] == ends[1], "a bit is different"
    print(f"| {name} | {' | '.join(figures)} |", flush=True)


@contextmanager
def streamed(rows: int, folder: str) -> Iterator[StreamingHolder]:
    with StreamingHolder(shards_of(rows), ARCH, COST, folder=folder) as holder:
        os.fsync(holder._file._file.fileno())
        yield holder


def shards_of(rows: int) -> list[MadeShard]:
    return [MadeShard(k, rows // N_SHARDS) for k in range(N_SHARDS)]


def forget(holder: StreamingHolder) -> None:
    """Drop the packed file from the cache of the system."""
    for shard in holder._shards:
        holder._file.release(shard.place)
    os.posix_fadvise(holder._file._file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder")
    parser.add_argument("--rows", type=int, default=2_000_000)
    parser.add_argument("--iterations", type=int, default=20)
    given = parser.parse_args()
    print(heading(sn.engines.describe()))
    print(f"Load of the machine before: {os.getloadavg()[0]:.1f}; {given.rows} rows\n")
    print(
        "| | together: passes | seconds | of processors | one by one: passes | seconds | of processors |"
    )
    print("|---|---|---|---|---|---|---|")
    with streamed(given.rows, given.folder) as holder:
        measure("streamed", holder, given.iterations, lambda: None)
        measure("streamed from the disk", holder, given.iterations, lambda: forget(holder))
    for rows in (given.rows, 20_000):
        with (
            cluster_of(2) as cluster, Client(cluster) as client,
            DaskHolder(client, shards_of(rows), ARCH, COST) as on_workers,
        ):  # fmt: skip
            measure(f"Dask, 2 workers, {rows} rows", on_workers, given.iterations, lambda: None)
    print(f"\nLoad of the machine afterwards: {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
