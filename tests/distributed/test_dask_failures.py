"""Workers that are killed, Ctrl-C, files that change: no bit is lost, or one sentence says what is missing."""

from __future__ import annotations

import time

import pytest

pytest.importorskip("distributed")

import dask
from dask.distributed import Client, LocalCluster, Status

import sheernet as sn
from dask_shards import BrokenShard, ChangedShard, DeadlyShard, SeededShard
from sheernet.distributed import DaskHolder

NETWORK = sn.Architecture((3, 4, 1))
COST = "squared_error"
SHARDS = [SeededShard(k) for k in range(7)]


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


def test_a_task_that_ends_its_workers(client, cluster, monkeypatch):
    monkeypatch.setattr(cluster.scheduler, "allowed_failures", 0)
    shards = [*SHARDS[:6], DeadlyShard(6)]
    with pytest.raises(
        sn.EngineUnavailable, match="the loading of shards 4 to 6 ended 1 worker"
    ) as caught:
        holder_of(client, shards)
    assert caught.value.__cause__ is None


def test_an_error_of_the_package_arrives_as_it_is(client):
    with pytest.raises(sn.InvalidInput, match=r"^file data\.parquet has changed") as caught:
        holder_of(client, [*SHARDS[:6], ChangedShard(6)])
    files = [entry.path.name for entry in caught.traceback]
    assert caught.value.__cause__ is None
    assert "memory_holder.py" not in files


def test_another_error_names_the_shards(client):
    with pytest.raises(
        sn.EngineUnavailable,
        match=r"^the loading of shards 4 to 6 failed on a worker: FileNotFoundError: no such file: data\.parquet$",
    ):
        holder_of(client, [*SHARDS[:6], BrokenShard(6)])


def test_only_workers_that_take_tasks_get_a_group(client, cluster, monkeypatch):
    with holder_of(client) as holder:
        paused, running = cluster.scheduler.workers.values()
        monkeypatch.setattr(paused, "status", Status.paused)
        assert holder.calls.running_workers() == [running.address]
