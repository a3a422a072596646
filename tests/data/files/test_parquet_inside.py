"""As test_parquet.py, by names that are not published."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import sheernet as sn
from sheernet.data.files import parquet
from sheernet.data.shards.parquet_shards import read_row_groups

pyarrow = pytest.importorskip("pyarrow")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data.parquet"


class TestRefuses:
    @pytest.mark.skipif(
        int(pyarrow.__version__.split(".")[0]) < 20, reason="no histograms of levels"
    )
    @pytest.mark.parametrize(
        "read", [sn.read_table, lambda path: read_row_groups(path, range(1))], ids=["file", "part"]
    )
    def test_metadata_with_which_pyarrow_ends_the_process(self, path: Path, read: Any) -> None:
        pd.DataFrame({"x": np.arange(4.0)}).to_parquet(path, row_group_size=2)
        optional, required = b"\x25\x02\x18\x01x", b"\x25\x00\x18\x01x"
        assert path.read_bytes().count(optional) == 1
        path.write_bytes(path.read_bytes().replace(optional, required))
        with pytest.raises(
            sn.InvalidInput, match=r"data\.parquet is a Parquet file that is damaged"
        ):
            read(path)

    @pytest.mark.parametrize(
        "error",
        [
            ImportError("failed to map segment"), MemoryError(""),
            pyarrow.ArrowException("Failed to launch worker thread: Resource temporarily unavailable"),
        ],
    )  # fmt: skip
    def test_a_lack_of_memory_is_not_damage(self, error: Exception) -> None:
        with pytest.raises((MemoryError, ImportError)), parquet.readable("data.parquet"):
            raise error

    def test_more_values_than_a_bound(self, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        pd.DataFrame({"x": np.zeros(1001), "y": 1}).to_parquet(path)
        monkeypatch.setattr(parquet, "MOST_CELLS", 2000)
        with pytest.raises(
            sn.InvalidInput, match=r"data\.parquet has 2,002 cells, more than the maximum of 2,000"
        ):
            sn.read_table(path)
