"""Shards on a Dask cluster have the bits of shards in memory; what workers hold, and what they must have in common."""

from __future__ import annotations

import signal

import pytest

pytest.importorskip("distributed")

from dask.distributed import Client, LocalCluster

import sheernet as sn
from dask_shards import SeededShard
from sheernet.distributed import DaskHolder, dask_mapper

NETWORK = sn.Architecture((3, 4, 1))
COST = "squared_error"
SHARDS = [*(SeededShard(k) for k in range(6)), SeededShard(6, n_rows=0)]


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


def test_maps_come_in_order_and_leave_nothing(client):
    mapper = dask_mapper(client)
    assert list(mapper(abs, range(-20, 0))) == list(range(20, 0, -1))
    some = mapper(abs, range(-20, 0))
    assert next(some) == 20
    some.close()
    assert left_on(client) == []


def left_on(client):
    """The futures on the scheduler, after it has read all messages of the client."""
    client.submit(int, pure=False).result()
    return [key for key in client.cluster.scheduler.tasks if "sheernet" in str(key)]


def test_ctrl_c_in_the_terminal_does_not_end_the_workers(client):
    """The system sends SIGINT to all processes of the terminal, workers of a LocalCluster included."""
    before = signal.getsignal(signal.SIGINT)
    with DaskHolder(client, SHARDS, NETWORK, COST):
        handlers = client.run(signal.getsignal, signal.SIGINT)
    assert set(handlers.values()) == {signal.SIG_IGN}
    assert signal.getsignal(signal.SIGINT) is before


def test_a_fit_whose_data_do_not_fit(client):
    shards = [SeededShard(0, n_rows=10**12)]
    with pytest.raises(
        sn.EngineUnavailable, match=r"the packed shards take 40\d* TB, and 3 workers may use"
    ):
        DaskHolder(client, shards, NETWORK, COST)


# --- what workers have in common ----------------------------------------------------------------
