"""`sheernet.fit` of several files on a Dask cluster of two processes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import dask_clusters
import sheernet as sn

pytest.importorskip("pyarrow")
pytest.importorskip("distributed")
pytestmark = pytest.mark.filterwarnings("ignore::sheernet.SheernetWarning")


@pytest.fixture(scope="module")
def client() -> Iterator[Any]:
    yield dask_clusters.client()
    dask_clusters.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for k in range(5):
        rng = np.random.default_rng(k)
        x, z = rng.normal(size=40), rng.choice(["a", "b"], 40)
        y = 2.0 * x + (z == "a") + rng.normal(0.0, 0.3, 40)
        frame = pd.DataFrame({"x": x, "z": z, "y": y, "kind": np.where(y > 0, "high", "low")})
        frame.to_parquet(tmp_path / f"part-{k}.parquet")
    return tmp_path


@pytest.mark.parametrize(("target", "other"), [("y", "kind"), ("kind", "y")])
def test_a_model_has_the_bits_of_one_machine(
    client: Any, folder: Path, target: str, other: str
) -> None:
    how: dict[str, Any] = {"drop": [other], "hidden": 2, "starts": 1, "max_iter": 12}
    how |= {"validation": 0.2, "patience": 3, "test": str(folder / "part-[01].parquet")}
    here = sn.fit(folder, target, **how)
    there = sn.fit(folder, target, client=client, **how)
    assert np.array_equal(here.network.theta, there.network.theta)
    assert np.array_equal(here.leading.factor, there.leading.factor)
    assert here.inputs == there.inputs
    assert np.array_equal(here.record.validation_cost, there.record.validation_cost)
    assert (here.training_fit, here.held_out_fit) == (there.training_fit, there.held_out_fit)
    assert here.comparisons == there.comparisons
    assert here.provenance.data_sha256 == there.provenance.data_sha256
    assert there.settings["shards"]["held"] == "5 shards on 2 workers of Dask"


def test_a_frame_of_dask_has_the_bits_of_one_machine(client: Any, folder: Path) -> None:
    frame = pytest.importorskip("dask.dataframe").read_parquet(str(folder / "*.parquet"))
    frame = frame.assign(w=frame.x**2)
    how: dict[str, Any] = {"drop": ["kind"], "hidden": 2, "starts": 1, "max_iter": 8}
    here, there = sn.fit(frame, "y", **how), sn.fit(frame, "y", client=client, **how)
    assert here.inputs.names == ("x", "z", "w")
    assert np.array_equal(here.network.theta, there.network.theta)
    assert here.held_out_fit == there.held_out_fit
    with pytest.raises(sn.InvalidInput, match=r"before persist\(\)"):
        sn.fit(frame.persist(scheduler=client), "y", client=client, **how)
