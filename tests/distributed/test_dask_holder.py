"""Shards on a Dask cluster have the bits of shards in memory; what workers hold, and what they must have in common."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

pytest.importorskip("distributed")

from dask.distributed import Client, LocalCluster
from dask.sizeof import sizeof
from dask_shards import SeededShard

import sheernet as sn
from both_engines import compiled
from sheernet.distributed import dask_environments
from sheernet.distributed.dask_calls import DaskCalls, current_client
from sheernet.distributed.dask_environments import Abilities, agree
from sheernet.distributed.dask_groups import GroupRecipe, ResidentGroup, load_group
from sheernet.distributed.dask_holder import DaskHolder
from sheernet.foundation.errors import EngineUnavailable
from sheernet.objective.sharded import QUANTITIES, MemoryHolder, Request, ShardedObjective
from sheernet.version import __version__

NETWORK = sn.Architecture((3, 4, 1))
COST = "squared_error"
SHARDS = [*(SeededShard(k) for k in range(6)), SeededShard(6, n_rows=0)]
THETA = np.random.default_rng(0).normal(size=NETWORK.n_parameters)
REQUESTS = [
    Request(q, THETA, np.ones(THETA.size) if q == "hessian_vector" else None) for q in QUANTITIES
]


@pytest.fixture(scope="module")
def client():
    with (
        LocalCluster(
            n_workers=2, threads_per_worker=2, processes=True, dashboard_address=None
        ) as cluster,
        Client(cluster) as client,
    ):
        client.wait_for_workers(2)
        yield client


def same(first, second):
    return all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))


@pytest.mark.parametrize("join_above", [0, 2**30], ids=["joined on workers", "by the client"])
def test_bits_of_shards_in_memory(client, join_above):
    memory = MemoryHolder(SHARDS, NETWORK, COST)
    with DaskHolder(client, SHARDS, NETWORK, COST, join_above=join_above) as holder:
        assert (holder.total_weight, holder.n_samples) == (memory.total_weight, memory.n_samples)
        for request in REQUESTS:
            assert same(holder.sums(request), memory.sums(request)), request.quantity


def test_bits_do_not_depend_on_the_number_of_workers(client):
    """With one worker there is one group; with three of which two are late, the groups of two move."""
    memory = MemoryHolder(SHARDS, NETWORK, COST)
    seen = set()
    for n_workers in (3, 1):
        client.cluster.scale(n_workers)
        client.cluster.sync(client.cluster._correct_state)
        wait_for(client, n_workers)
        with DaskHolder(client, SHARDS, NETWORK, COST) as holder:
            seen.add(holder.describe())
            assert same(holder.sums(REQUESTS[3]), memory.sums(REQUESTS[3]))
    client.cluster.scale(2)
    wait_for(client, 2)
    assert seen == {"7 shards on 1 worker of Dask", "7 shards on 3 workers of Dask"}


def wait_for(client, n_workers):
    """Wait until the cluster has exactly so many workers."""
    import time

    while len(client.scheduler_info(n_workers=-1)["workers"]) != n_workers:
        time.sleep(0.02)
