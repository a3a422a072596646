"""Kill workers of a Dask cluster at random moments, and compare the bits of all sums with those of one process.

    python scripts/kill_workers.py            10 moments in each of loading, evaluation and reduction
    python scripts/kill_workers.py 50 --seed 1

A moment is drawn from the time that the phase takes without a kill, and the killed worker from all.  SIGKILL, as the
system sends it if memory is short.  In the end workers are killed between evaluations, which go on until the groups of
shards are spread over all workers again, the new one included.  The exit code is 1 if a bit differs, an evaluation
fails, or a new worker gets no group.
"""

from __future__ import annotations

import argparse
import logging
import os
import random
import signal
import threading
import time
from dataclasses import dataclass
from typing import Any

import dask
import numpy as np
from dask.distributed import Client, LocalCluster, SchedulerPlugin

from sheernet.distributed import DaskHolder, dask_holder
from sheernet.network import Architecture
from sheernet.objective.sharded import MemoryHolder, Request

NETWORK = Architecture((12, 100, 1))
PHASES = {
    "loading": "sheernet-load",
    "evaluation": "sheernet-gauss_newton",
    "reduction": "sheernet-join",
}
"""The beginning of the keys of the tasks of each phase."""
WORKERS = 3
LONGEST_SPREAD = 120.0
"""Seconds."""


@dataclass(frozen=True)
class Shard:
    """A shard that takes some time to load."""

    number: int
    n_rows: int = 100

    @property
    def key(self) -> str:
        return f"kill-{self.number}"

    def load(self, part: str) -> tuple[Any, Any, None]:
        """The last of many random rows."""
        rng = np.random.default_rng(self.number)
        X = rng.normal(size=(1000 * self.n_rows, 12))[-self.n_rows :]
        return X, np.sin(X.sum(axis=1, keepdims=True)), None


class Begin(SchedulerPlugin):  # type: ignore[misc]
    """Notes when the tasks of a phase begin and end."""

    def __init__(self) -> None:
        self.prefix = ""
        self.begun, self.ended = threading.Event(), 0.0

    def watch(self, prefix: str) -> None:
        self.prefix = prefix
        self.begun.clear()

    def transition(self, key: Any, start: str, finish: str, *args: Any, **kwargs: Any) -> None:
        if self.prefix and str(key[0]).startswith(self.prefix):
            if finish == "processing" and not self.begun.is_set():
                self.first = time.perf_counter()
                self.begun.set()
            if finish == "memory":
                self.ended = time.perf_counter()


class Trial:
    """Loading, an evaluation and its reduction, with or without a kill."""

    def __init__(self, client: Any, begin: Begin) -> None:
        self.client, self.begin = client, begin
        self.shards = [Shard(k) for k in range(13)]
        self.request = Request("gauss_newton", np.random.default_rng(0).normal(size=1401) / 4)
        with MemoryHolder(self.shards, NETWORK, "squared_error") as holder:
            self.expected = holder.sums(self.request)

    def run(self) -> tuple[float, bool]:
        """Seconds, and whether all bits are as expected."""
        start = time.perf_counter()
        with self.holder() as holder:
            same = self.is_as_expected(holder)
        return time.perf_counter() - start, same

    def holder(self) -> DaskHolder:
        """The shards, loaded."""
        return DaskHolder(
            self.client, self.shards, NETWORK, "squared_error", join_above=0, limit=60.0
        )

    def is_as_expected(self, holder: DaskHolder) -> bool:
        """Whether an evaluation has the bits of one process."""
        found = holder.sums(self.request)
        return all(np.array_equal(a, b) for a, b in zip(found, self.expected, strict=True))

    def killed(self, prefix: str, delay: float) -> tuple[float, bool]:
        """The same with a worker that is killed `delay` seconds after the phase began."""
        victim = self.victim()
        self.begin.watch(prefix)

        def kill() -> None:
            self.begin.begun.wait()
            time.sleep(delay)
            os.kill(victim, signal.SIGKILL)

        killer = threading.Thread(target=kill)
        killer.start()
        result = self.run()
        killer.join()
        return result

    def victim(self) -> int:
        """The process of a worker."""
        self.client.wait_for_workers(WORKERS)
        return random.choice(list(self.client.run(os.getpid, on_error="ignore").values()))

    def spread_again(self) -> tuple[float, bool]:
        """Seconds from a kill until each worker has a group again, and whether all bits are as expected."""
        with self.holder() as holder:
            same, before = self.is_as_expected(holder), set(holder.calls.workers())
            os.kill(self.victim(), signal.SIGKILL)
            start = time.perf_counter()
            while (seconds := time.perf_counter() - start) < LONGEST_SPREAD:
                same &= self.is_as_expected(holder)
                workers = set(holder.calls.workers())
                held = [
                    at for places in self.client.who_has(holder._groups).values() for at in places
                ]
                if workers != before and len(workers) == WORKERS and set(held) == workers:
                    return seconds, same
            return seconds, False


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("moments", type=int, nargs="?", default=10)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    random.seed(options.seed)
    is_whole = True
    with (
        # LocalCluster gives up a worker that is lost again while another loss of it is being repaired.
        dask.config.set({"distributed.deploy.lost-worker-timeout": "1h"}),
        LocalCluster(
            n_workers=WORKERS, threads_per_worker=1, dashboard_address=":0", silence_logs=logging.CRITICAL
        ) as cluster,
        Client(cluster) as client,
    ):  # fmt: skip
        begin = Begin()
        cluster.scheduler.add_plugin(begin)
        trial = Trial(client, begin)
        trial.run()
        for phase, prefix in PHASES.items():
            begin.watch(prefix)
            usual, _ = trial.run()
            lasts = begin.ended - begin.first
            results = [
                trial.killed(prefix, random.uniform(0.0, lasts)) for _ in range(options.moments)
            ]
            same = sum(same for _, same in results)
            is_whole &= same == len(results)
            print(
                f"{phase:10s} lasts {lasts:.2f} s; a run {usual:.2f} s, with a kill "
                f"{min(s for s, _ in results):.2f} to {max(s for s, _ in results):.2f} s; "
                f"same bits {same} of {len(results)}",
                flush=True,
            )
        dask_holder.SLOW = 0.0  # as if these small shards took long
        results = [trial.spread_again() for _ in range(options.moments)]
        same = sum(same for _, same in results)
        is_whole &= same == len(results)
        print(
            f"groups spread over all workers again {min(s for s, _ in results):.2f} to "
            f"{max(s for s, _ in results):.2f} s after a kill; same bits {same} of {len(results)}",
            flush=True,
        )
    return 0 if is_whole else 1


if __name__ == "__main__":
    raise SystemExit(main())
