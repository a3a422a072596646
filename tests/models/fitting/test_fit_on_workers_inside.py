"""As test_fit_on_workers.py, by names that are not published."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import dask_clusters
import sheernet as sn
from sheernet.models.fitting import sharded_fit

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


@pytest.mark.parametrize("n_bytes", [0, sharded_fit.BYTES_TOGETHER], ids=["many rows", "few rows"])
def test_the_evidence_has_the_bits_of_one_machine(
    client: Any, folder: Path, monkeypatch: pytest.MonkeyPatch, n_bytes: int
) -> None:
    monkeypatch.setattr(sharded_fit, "BYTES_TOGETHER", n_bytes)
    files = [folder / "part-0.parquet", folder / "part-1.parquet"]
    how: dict[str, Any] = {"drop": ["kind", "z"], "hidden": 0, "decay": "evidence", "starts": 1}
    here, there = sn.fit(files, "y", threads=1, **how), sn.fit(files, "y", client=client, **how)
    assert np.array_equal(here.network.theta, there.network.theta)
    assert here.evidence == there.evidence
    monkeypatch.setattr(sharded_fit, "BYTES_TOGETHER", 2**23 - n_bytes)
    other = sn.fit(files, "y", threads=2, **how)
    assert other.evidence["log_evidence"] == pytest.approx(here.evidence["log_evidence"], rel=1e-6)
