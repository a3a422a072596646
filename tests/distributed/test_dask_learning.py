"""Columns of files are learned on workers as here, and files that change later are refused by every worker."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

pytest.importorskip("distributed")
pytest.importorskip("pyarrow")

import dask_clusters
import sheernet as sn
from sheernet.data.shards import learn_shards
from sheernet.distributed import DaskHolder, dask_mapper


@pytest.fixture(scope="module")
def client():
    yield dask_clusters.client()
    dask_clusters.close()


@pytest.fixture
def files(tmp_path):
    rng = np.random.default_rng(0)
    for number in range(3):
        size = rng.normal(size=60)
        kind = rng.choice(["a", "b"] if number < 2 else ["a", "only here"], size=60)
        table = pd.DataFrame({"size": size, "kind": kind, "price": size**2 + rng.normal(size=60)})
        table.to_parquet(tmp_path / f"part{number}.parquet")
    return tmp_path


def test_the_same_columns(client, files):
    data = sn.shards(files / "*.parquet", target="price")
    here, there = learn_shards(data), learn_shards(data, mapper=dask_mapper(client))
    assert "only here" in repr(there.inputs)
    assert repr(there.inputs) == repr(here.inputs)
    assert [source.key for source in there.sources] == [source.key for source in here.sources]
    for one, other in zip(here.sources, there.sources, strict=True):
        for a, b in zip(one.load("training")[:2], other.load("training")[:2], strict=True):
            assert np.array_equal(a, b)


def test_a_file_that_changes(client, files):
    learned = learn_shards(sn.shards(files / "*.parquet", target="price"))
    network = sn.Architecture((learned.inputs.n_features, 2, 1))
    path = files / "part1.parquet"
    pd.read_parquet(path).iloc[:30].to_parquet(path)
    with pytest.raises(sn.InvalidInput, match=r"part1\.parquet.*changed"):
        DaskHolder(client, learned.sources, network, "squared_error")
