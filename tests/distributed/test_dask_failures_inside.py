"""As test_dask_failures.py, by names that are not published."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import ExitStack, suppress
from math import inf
from pathlib import Path

import dask
import numpy as np
import pytest
from dask.distributed import Client, LocalCluster, wait

import sheernet as sn
from dask_pauses import kill, paused_at
from dask_shards import SeededShard
from sheernet.distributed import DaskHolder
from sheernet.distributed.dask_holder import LOOK_EVERY
from sheernet.objective.sharded import MemoryHolder, Request, ShardedObjective
from sheernet.optimizers import minimize
from sheernet.training import CheckpointFile, load_checkpoint

pytest.importorskip("distributed")


NETWORK = sn.Architecture((3, 4, 1))


COST = "squared_error"


SHARDS = [SeededShard(k) for k in range(7)]


THETA = np.random.default_rng(0).normal(size=NETWORK.n_parameters)


@pytest.fixture(scope="module")
def cluster():
    # Otherwise LocalCluster gives up a worker that is lost twice within 15 seconds.
    patience = {"distributed.deploy.lost-worker-timeout": "1h"}
    with (
        dask.config.set(patience),
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0") as cluster,
    ):
        yield cluster


@pytest.fixture
def client(cluster):
    with Client(cluster) as client:
        wait_for_two(cluster)
        yield client
        assert left_on(cluster, client) == []


def wait_for_two(cluster):
    """Wait until the scheduler has both workers; `wait_for_workers` may count one that was just killed."""
    while len(cluster.scheduler.running) < 2:
        time.sleep(0.02)


def left_on(cluster, client):
    """The futures on the scheduler, after it has read all messages of the client."""
    client.submit(int, pure=False).result()
    return [key for key in cluster.scheduler.tasks if "sheernet" in str(key)]


def holder_of(client, shards=SHARDS, limit=300.0, **settings):
    return DaskHolder(client, shards, NETWORK, COST, limit=limit, **settings)


def same(first, second):
    return all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))


@pytest.fixture(scope="module")
def expected():
    return MemoryHolder(SHARDS, NETWORK, COST).sums(Request("gauss_newton", THETA))


def wait_for_the_end_of(pid):
    """Wait until a process that was killed has ended; the sums of the other worker may be there before."""
    with suppress(ProcessLookupError):
        while True:
            os.kill(pid, 0)
            time.sleep(0.02)


def test_a_worker_killed_while_it_loads(client, expected):
    with paused_at(client, "load_engine", kill) as arrivals, holder_of(client) as holder:
        assert same(holder.sums(Request("gauss_newton", THETA)), expected)
    wait_for_the_end_of(arrivals.pids[0])


def test_a_worker_killed_during_an_evaluation(client, expected):
    with holder_of(client) as holder, paused_at(client, "shard_sums", kill) as arrivals:
        assert same(holder.sums(Request("gauss_newton", THETA)), expected)
    wait_for_the_end_of(arrivals.pids[0])


def test_a_worker_killed_during_a_reduction(client, expected):
    with (
        holder_of(client, join_above=0) as holder,
        paused_at(client, "collapse", kill) as arrivals,
    ):
        assert same(holder.sums(Request("gauss_newton", THETA)), expected)
    wait_for_the_end_of(arrivals.pids[0])


def test_ctrl_c_keeps_the_best_point_and_leaves_nothing(client):
    def press(_):
        os.kill(os.getpid(), signal.SIGINT)

    def observe(step, row):
        seen.append(step)
        if len(seen) == 2:  # the next evaluation does not end before Ctrl-C
            later.enter_context(paused_at(client, "shard_sums", press))

    seen = []
    with ExitStack() as later, holder_of(client) as holder:
        objective = ShardedObjective(NETWORK, COST, holder)
        run = minimize(objective, THETA, method="bfgs", observers=[observe])
    assert run.termination.reason == "interrupted"
    assert len(seen) == 2
    assert run.objective == min(step.value for step in seen)


def test_nothing_arrives(client):
    def limit_time(_):  # once the sums of the paused worker cannot come
        holder.calls.limit = 0.5

    with holder_of(client) as holder, paused_at(client, "shard_sums", limit_time):
        one = r"the sums of shards \d to \d"
        missing = f"{one}( and {one})? missing"  # the other worker may be slow
        with pytest.raises(
            sn.EngineUnavailable,
            match=rf"nothing arrived from Dask for 0\.5 s: {missing}; 2 workers connected",
        ):
            holder.sums(Request("value", THETA))


CLUSTER = """
import sys
from dask.distributed import LocalCluster

if __name__ == "__main__":
    with LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=":0") as cluster:
        print(cluster.scheduler_address, flush=True)
        sys.stdin.read()
"""


@pytest.fixture
def another_cluster(tmp_path):
    """A cluster in a process of its own, which a test may end."""
    script = tmp_path / "cluster.py"
    script.write_text(CLUSTER)
    paths = os.pathsep.join([str(Path(__file__).parents[1]), *sys.path])
    with subprocess.Popen(
        [sys.executable, script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        env=os.environ | {"PYTHONPATH": paths},
    ) as process:  # fmt: skip
        yield process, process.stdout.readline().strip()
        process.kill()


def test_the_scheduler_is_killed_and_the_fit_resumes_with_the_same_bits(another_cluster, tmp_path):
    process, address = another_cluster
    path = tmp_path / "checkpoint.npz"
    write = CheckpointFile(path)

    def observe(step, row):
        write(step, row)
        if step.iteration == 3:
            process.kill()
            process.wait()

    with Client(address, set_as_default=False) as client, holder_of(client) as holder:
        objective = ShardedObjective(NETWORK, COST, holder)
        with pytest.raises(sn.EngineUnavailable, match="the scheduler of Dask is gone") as caught:
            minimize(objective, THETA, method="bfgs", observers=[observe])
        assert caught.value.__cause__ is None
    elsewhere = ShardedObjective(NETWORK, COST, MemoryHolder(SHARDS, NETWORK, COST))
    resumed = minimize(elsewhere, load_checkpoint(path, elsewhere))
    whole = minimize(elsewhere, THETA, method="bfgs")
    assert len(whole.record) > 4
    assert np.array_equal(resumed.theta, whole.theta)


def places_of(holder):
    """The worker of each group."""
    held = holder.client.who_has(holder._groups)
    return [held[group.key][0] for group in holder._groups]


def test_a_second_group_of_a_worker_is_loaded_again_for_another(client, cluster, expected):
    """After a loss one worker has both groups, until the new worker, which has none, loads one of them."""
    with holder_of(client) as holder:
        holder._next_look = inf  # slow evaluations do not look by themselves
        holder.sums(Request("value", THETA))
        kill(next(iter(client.run(os.getpid).values())))
        holder.sums(Request("value", THETA))
        wait_for_two(cluster)
        holder._next_look = 0.0
        places = places_of(holder)
        holder._spread(1.0)
        holder._next_look = inf
        assert bool(holder._moved) == (len(set(places)) == 1)
        wait(list(holder._moved.values()))
        assert same(holder.sums(Request("gauss_newton", THETA)), expected)
        assert holder._moved == {}
        assert set(places_of(holder)) == set(cluster.scheduler.workers)


def test_the_evaluation_that_loses_a_worker_does_not_postpone_the_next_look(client):
    """It takes long, and ends before the new worker is there, which then needs a group soon."""
    with holder_of(client) as holder:
        holder._spread(3600.0)
        assert 0 < holder._next_look <= time.monotonic() + LOOK_EVERY
