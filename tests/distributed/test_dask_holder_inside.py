"""As test_dask_holder.py, by names that are not published."""

from __future__ import annotations

import importlib
from dataclasses import replace

import numpy as np
import pytest
from dask.distributed import Client, LocalCluster

import sheernet as sn
from both_engines import compiled
from dask_shards import SeededShard
from sheernet.distributed import DaskHolder, dask_environments
from sheernet.distributed.dask_calls import current_client
from sheernet.distributed.dask_environments import Abilities, agree
from sheernet.objective.sharded import QUANTITIES, MemoryHolder, Request

pytest.importorskip("distributed")


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
            n_workers=3, threads_per_worker=2, processes=True, dashboard_address=":0"
        ) as cluster,
        Client(cluster, set_as_default=False) as client,
    ):
        client.wait_for_workers(3)
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


def test_one_worker_without_processes_has_them_too():
    memory = MemoryHolder(SHARDS, NETWORK, COST)
    with (
        LocalCluster(
            n_workers=1, threads_per_worker=3, processes=False, dashboard_address=":0"
        ) as cluster,
        Client(cluster, set_as_default=False) as client,
        DaskHolder(client, SHARDS, NETWORK, COST) as holder,
    ):
        assert holder.describe() == "7 shards on 1 worker of Dask"
        assert same(holder.sums(REQUESTS[3]), memory.sums(REQUESTS[3]))


def test_the_current_client_is_the_default(client):
    with client.as_current():
        assert current_client() is client


@pytest.mark.parametrize(
    ("given", "sentence"),
    [(3, "must be a dask.distributed.Client, but a int"), (None, "there is no client of Dask")],
)
def test_no_client(given, sentence):
    with pytest.raises(sn.InvalidInput, match=sentence):
        current_client(given)


def test_a_small_problem_is_faster_on_one_machine(client):
    with DaskHolder(client, SHARDS, NETWORK, COST) as holder:
        for _ in range(6):
            holder.sums(REQUESTS[0])
        (notice,) = holder.notices
    assert "ms on 3 workers" in notice
    assert notice.endswith("without a client, one machine is faster for these data")


def of_version(*sets, version=sn.__version__):
    return Abilities(version, sets)


WIDE, NARROW = of_version("avx512", "avx2", "baseline"), of_version("avx2", "baseline")


def agreed(*workers, engine="auto", wanted=""):
    return agree(dict(zip("abc", workers, strict=False)), engine, NETWORK, sn.costs.get(COST), wanted)  # fmt: skip


@compiled
def test_instruction_sets_are_leveled_down():
    common, notices = agreed(WIDE, NARROW)
    assert common.instruction_set == "avx2"
    assert notices == [
        "all workers use the instruction set 'avx2', which each of them has; some have avx512"
    ]
    assert agreed(WIDE, WIDE) == (replace(common, instruction_set="avx512"), [])
    assert agreed(WIDE, NARROW, wanted="baseline") == (
        replace(common, instruction_set="baseline"),
        [],
    )


@compiled
def test_a_worker_without_the_compiled_engine():
    common, (notice,) = agreed(WIDE, of_version())
    assert (common.engine, common.instruction_set) == ("reference", None)
    assert notice == "the reference engine runs, because worker b does not have the compiled engine"
    with pytest.raises(sn.EngineUnavailable, match="not available on worker b"):
        agreed(WIDE, of_version(), engine="compiled")


@compiled
@pytest.mark.parametrize(
    ("workers", "wanted", "sentence"),
    [
        ([WIDE, NARROW], "avx512", "is 'avx512', but the workers have avx2 and baseline in common"),
        ([WIDE, of_version("neon")], "", "no instruction set in common"),
        ([WIDE, of_version("avx2", version="0.0")], "", "worker b has sheernet 0.0"),
    ],
)
def test_workers_that_do_not_fit(workers, wanted, sentence):
    with pytest.raises(sn.EngineUnavailable, match=sentence):
        agreed(*workers, wanted=wanted)


def lose_all_but(name):
    """Make this worker one of an older machine."""
    dask_environments.abilities = lambda: Abilities(sn.__version__, (name,))


def be_whole():
    importlib.reload(dask_environments)


@compiled
def test_bits_after_leveling(client, monkeypatch):
    monkeypatch.setenv("SHEERNET_INSTRUCTION_SET", "baseline")
    expected = MemoryHolder(SHARDS, NETWORK, COST).sums(REQUESTS[3])
    monkeypatch.delenv("SHEERNET_INSTRUCTION_SET")
    one = next(iter(client.scheduler_info(n_workers=-1)["workers"]))
    client.run(lose_all_but, "baseline", workers=[one])
    try:
        with DaskHolder(client, SHARDS, NETWORK, COST) as holder:
            assert same(holder.sums(REQUESTS[3]), expected)
            assert "use the instruction set 'baseline'" in holder.notices[0]
    finally:
        client.run(be_whole, workers=[one])
