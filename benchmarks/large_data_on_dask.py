"""Benchmark: evaluations of shards on a Dask cluster of this machine.

    python benchmarks/large_data_on_dask.py >> benchmarks/results.md

Cost of an evaluation beyond its arithmetic: shards of four rows on two workers, by the number of shards and by that
of parameters, P.  Gain of a second worker: value and gradient of a 12-16-1 network on rows made from a seed, in 64
shards, on one thread and on two threads of this process, and on one and two workers with one thread.  The rows are in
memory and take 112 bytes each.  Dask watches itself all the time, which takes processor time from workers that have all
processors; so the gain is given with Dask's settings, and with those that docs/large-data.md names for such machines.
The first table is what the watching takes while nothing is computed.
"""

from __future__ import annotations

import argparse
import logging
import os
import time
from collections.abc import Callable
from functools import partial
from itertools import product
from typing import Any

import dask
import numpy as np
from _measuring import heading
from dask.distributed import Client, LocalCluster
from large_data import MadeShard

import sheernet as sn
from sheernet.distributed import DaskHolder
from sheernet.objective.sharded import MemoryHolder, Request

COST = "squared_error"
HIDDEN = (16, 715, 7143)
"""Hidden units of a network of 12 inputs, for P = 225, 10 011 and 100 003."""
LESS_WATCHING = {
    "distributed.worker.profile.enabled": False, "distributed.admin.tick.interval": "1s",
}  # fmt: skip
SETTINGS: dict[str, dict[str, Any]] = {"Dask": {}, "Dask that watches less": LESS_WATCHING}


def cluster_of(workers: int) -> LocalCluster:
    return LocalCluster(
        n_workers=workers, threads_per_worker=1, dashboard_address=":0", silence_logs=logging.ERROR
    )


def print_watching(seconds: float) -> None:
    """The table of what Dask takes while nothing is computed."""
    print("Milliseconds of processor time in each second without tasks, two workers\n")
    print("| settings | scheduler and client | each worker |")
    print("|---|---|---|")
    for name, settings in SETTINGS.items():
        with dask.config.set(settings), cluster_of(2) as cluster, Client(cluster) as client:
            time.sleep(1.0)  # the start
            before, on_workers = time.process_time(), processor_times(client)
            time.sleep(seconds)
            here = 1e3 * (time.process_time() - before) / seconds
            there = 1e3 * np.mean(processor_times(client) - on_workers) / seconds
        print(f"| {name} | {here:.0f} | {there:.0f} |", flush=True)


def print_costs(times: int) -> None:
    """The table of the cost of an evaluation by shards and parameters."""
    print(f"\nMilliseconds of value and gradient beyond the arithmetic, two workers; of {times}\n")
    print("| shards | P | median | lowest | processor time here | of a worker |")
    print("|---|---|---|---|---|---|")
    with cluster_of(2) as cluster, Client(cluster) as client:
        for n_shards in (8, 64, 512):
            for hidden in HIDDEN:
                arch = sn.Architecture((12, hidden, 1))
                shards = [MadeShard(k, 4) for k in range(n_shards)]
                request = Request("gradient", sn.Network.random(arch, seed=0).theta)
                with DaskHolder(client, shards, arch, COST) as holder:
                    figures = " | ".join(f"{ms:.1f}" for ms in costs_of(holder, request, times))
                print(f"| {n_shards} | {arch.n_parameters} | {figures} |", flush=True)


def costs_of(holder: DaskHolder, request: Request, times: int) -> tuple[float, ...]:
    """Milliseconds of an evaluation beyond its sums, median and lowest; and processor times.

    The scheduler runs in the process of the client.  Other programs of the machine change processor times least.
    """
    holder.sums(request)
    before, on_workers, spent = time.process_time(), processor_times(holder.client), []
    for _ in range(times):
        began = time.perf_counter()
        joined = holder._evaluated(request)
        spent.append(1e3 * (time.perf_counter() - began - joined.seconds / 2))
    here = 1e3 * (time.process_time() - before) / times
    there = 1e3 * np.mean(processor_times(holder.client) - on_workers) / times
    return float(np.median(spent)), min(spent), here, float(there)


def processor_times(client: Client) -> np.ndarray:
    """Seconds of processor time of each worker so far, without those of its children, (W,)."""
    return np.array([sum(t[:2]) for _, t in sorted(client.run(os.times).items())])


def print_gain(rows: int, times: int) -> None:
    """The table of the time of an evaluation by workers and threads."""
    arch = sn.Architecture((12, 16, 1))
    request = Request("gradient", sn.Network.random(arch, seed=0).theta)
    shards = [MadeShard(k, rows // 64) for k in range(64)]
    bits = set()

    def measure(name: str, holder: Any, busy: Callable[[], Any]) -> None:
        holder.sums(request)
        spent, before = [], busy()
        for _ in range(times):
            began = time.perf_counter()
            bits.add(b"".join(part.tobytes() for part in holder.sums(request)))
            spent.append(time.perf_counter() - began)
        processors = np.max(busy() - before) / times
        print(
            f"| {name} | {np.median(spent):.3f} | {min(spent):.3f} | {processors:.3f} |", flush=True
        )

    print(f"\nSeconds of value and gradient of {rows} rows; of {times}\n")
    print(
        "| where | median | lowest | processor time of the process, or of the worker that has most |"
    )
    print("|---|---|---|---|")
    with MemoryHolder(shards, arch, COST, threads=1) as holder:
        measure("one thread", holder, time.process_time)
        holder.threads = 2
        measure("two threads", holder, time.process_time)
    for (dask_name, settings), workers in product(SETTINGS.items(), (1, 2)):
        with (
            dask.config.set(settings),
            cluster_of(workers) as cluster,
            Client(cluster) as client,
            DaskHolder(client, shards, arch, COST) as on_workers,
        ):
            name = f"{dask_name}, {workers} of one thread"
            measure(name, on_workers, partial(processor_times, client))
    assert len(bits) == 1, "the workers changed a bit"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=20_000_000)
    parser.add_argument("--times", type=int, default=15, help="evaluations of each figure")
    given = parser.parse_args()
    print(heading(sn.engines.describe()))
    print(f"Load of the machine before: {os.getloadavg()[0]:.1f}\n")
    print_watching(5.0)
    print_costs(given.times)
    print_gain(given.rows, given.times)
    print(f"\nLoad of the machine afterwards: {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
