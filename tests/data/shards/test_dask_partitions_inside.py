"""As test_dask_partitions.py, by names that are not published."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import sheernet as sn
from data.shards.test_dask_partitions import HOW, rows
from sheernet.data.shards import learn_shards

dask = pytest.importorskip("dask")


dd = pytest.importorskip("dask.dataframe")


pytestmark = pytest.mark.filterwarnings("ignore::sheernet.SheernetWarning")


@pytest.fixture(scope="module")
def frame() -> Any:
    return dd.from_pandas(rows(), npartitions=4)


def test_columns_and_fits_are_those_of_the_same_rows_in_files(frame: Any, tmp_path: Path) -> None:
    lengths = [len(part) for part in dask.compute(*frame.to_delayed())]
    for k, part in enumerate(np.split(np.arange(90), np.cumsum(lengths)[:-1])):
        rows().iloc[part].to_parquet(tmp_path / f"part-{k}.parquet")
    data, files = sn.shards(frame), sn.shards(tmp_path)
    one, other = learn_shards(data, "y"), learn_shards(files, "y")
    assert (one.inputs, one.targets) == (other.inputs, other.targets)
    assert (one.n_training, one.n_evaluation) == (other.n_training, other.n_evaluation)
    for mine, theirs in zip(one.sources, other.sources, strict=True):
        for part in ("training", "evaluation"):
            for a, b in zip(mine.load(part)[:2], theirs.load(part)[:2], strict=True):
                assert np.array_equal(a, b)
    model, told = sn.fit(frame, "y", **HOW), sn.fit(tmp_path, "y", **HOW)
    assert np.array_equal(model.network.theta, told.network.theta)
    assert model.held_out_fit == told.held_out_fit
    assert "read in 4 shards of a DataFrame of Dask" in " ".join(model.report(verbose=True).split())


class TestRefusals:
    def test_of_rows_that_change(self) -> None:
        def noisy(part: pd.DataFrame) -> pd.DataFrame:
            return part.assign(x=np.random.default_rng().normal(size=len(part)))

        frame = dd.from_pandas(rows(), npartitions=2).map_partitions(noisy, meta=rows(1))
        data = sn.shards(frame)
        with pytest.raises(
            sn.InvalidInput, match="partition 0 of the DataFrame has other rows than"
        ):
            learn_shards(data, "y")
