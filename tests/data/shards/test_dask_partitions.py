"""Partitions of a DataFrame of Dask are shards with the rows of the frame in memory."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import sheernet as sn

dask = pytest.importorskip("dask")
dd = pytest.importorskip("dask.dataframe")
pytestmark = pytest.mark.filterwarnings("ignore::sheernet.SheernetWarning")

HOW: dict[str, Any] = {"hidden": 2, "starts": 1, "max_iter": 10}


def rows(n: int = 90) -> pd.DataFrame:
    rng = np.random.default_rng(3)
    x, group = rng.normal(size=n), rng.choice(["a", "b", "c"], n)
    day = pd.date_range("2024-01-01", periods=n)
    y = np.sin(x) + (group == "a") + rng.normal(0.0, 0.2, n)
    return pd.DataFrame({"x": x, "group": group, "day": day, "some": np.arange(n) % 2 == 0, "y": y})


@pytest.fixture(scope="module")
def frame() -> Any:
    return dd.from_pandas(rows(), npartitions=4)


def test_shards_are_the_partitions(frame: Any) -> None:
    data = sn.shards(frame, target="y")
    lengths = [len(part) for part in dask.compute(*frame.to_delayed())]
    assert [shard.n_rows for shard in data.shards] == lengths
    assert [shard.first_row for shard in data.shards] == [0, *np.cumsum(lengths)[:-1]]
    assert data.columns == ("x", "group", "day", "some", "y")
    parts = pd.concat([data.read(k).frame for k in range(len(lengths))], ignore_index=True)
    pd.testing.assert_frame_equal(
        parts, sn.read_table(rows()).frame, check_dtype=False, check_categorical=False
    )


def test_a_computed_frame_without_some_rows(frame: Any) -> None:
    some = frame.assign(z=frame.x**2)[frame.x > -0.5]
    data = sn.shards(some[some.day > "2024-02-01"], target="y")
    assert 0 < data.n_rows < 90
    assert [shard.number for shard in data.shards] == list(range(len(data.shards)))
    assert data.shards[0].start > 0  # the first partition has no rows
    table = data.read(0)
    assert np.array_equal(table.frame["z"], table.frame["x"] ** 2)
    assert data.shards[0].read(["z"]).columns == ("z",)


def test_a_recipe_is_small_and_can_be_sent(frame: Any) -> None:
    whole = dd.from_pandas(pd.DataFrame({"x": np.arange(2e5), "y": np.arange(2e5)}), npartitions=20)
    shard = sn.shards(whole).shards[7]
    sent = pickle.dumps(shard)
    assert len(sent) < 3 * 8 * 2 * 1e4  # its own rows, and not those of all partitions
    again = pickle.loads(sent)
    assert again.read().frame.equals(shard.read().frame)
    assert again.key == shard.key


def test_test_rows_may_be_partitions(frame: Any) -> None:
    model = sn.fit(frame, "y", test=frame.partitions[:2], **HOW)
    assert model.held_out_fit.rows == sum(len(frame.partitions[k]) for k in range(2))


class TestRefusals:
    def test_of_frames_without_rows(self, frame: Any) -> None:
        with pytest.raises(sn.InvalidInput, match="the DataFrame has no rows"):
            sn.shards(frame[frame.x > 1e9])

    def test_of_arguments_about_files(self, frame: Any) -> None:
        with pytest.raises(sn.InvalidInput, match="separator=';' does not apply to a DataFrame"):
            sn.shards(frame, separator=";")

    def test_of_unknown_columns(self, frame: Any) -> None:
        with pytest.raises(sn.InvalidInput, match="price"):
            sn.shards(frame, target="price")

    def test_of_files_of_predictions(self, frame: Any, tmp_path: Path) -> None:
        model = sn.fit(frame, "y", **HOW)
        with pytest.raises(sn.InvalidInput, match=r"map_partitions\(model.predict_frame\)"):
            model.predict_files(sn.shards(frame), tmp_path / "out")
