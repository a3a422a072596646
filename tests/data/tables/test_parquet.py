"""Parquet: columns are read as written, and damaged files are refused."""

from __future__ import annotations

import datetime
import decimal
import gzip
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import sheernet as sn
from sheernet.data.tables import parquet

pyarrow = pytest.importorskip("pyarrow")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data.parquet"


def test_columns_of_every_kind(path: Path) -> None:
    pd.DataFrame(
        {
            "x": [1.5, np.nan],
            "c": pd.Categorical(["b", "a"]),
            "t": ["p", None],
            "b": [True, None],
            "d": [datetime.date(2020, 1, 1), None],
            "m": [decimal.Decimal("0.10"), None],
            "i": pd.array([1, None], dtype="Int64"),
            "l": [[1], [2, 3]],
        }
    ).to_parquet(path)
    table = sn.read_table(path)
    kinds = {name: table.kind(name) for name in table.columns}
    assert kinds == {"x": "number", "c": "category", "t": "category", "b": "boolean", "d": "date", "m": "number",
                     "i": "number", "l": "other"}  # fmt: skip
    assert table.frame["m"].iloc[0] == 0.1
    assert table.frame["c"].tolist() == ["b", "a"]
    assert (table.reading, table.source) == ("Parquet", "data.parquet")


def test_an_index_with_a_name_is_a_column_and_one_without_is_not(path: Path) -> None:
    frame = pd.DataFrame({"x": [1.5, 2.5], "n": ["a", "b"]})
    frame.set_index("n").to_parquet(path)
    assert set(sn.read_table(path).columns) == {"x", "n"}
    frame.set_axis(["p", "q"]).to_parquet(path)
    assert sn.read_table(path).columns == ("x", "n")


def test_is_found_by_its_content(path: Path, file: Any) -> None:
    pd.DataFrame({"x": [1.5]}).to_parquet(path)
    assert sn.read_table(file(path.read_bytes(), "data.csv")).reading == "Parquet"
    packed = file(gzip.compress(path.read_bytes()), "data.parquet.gz")
    assert sn.read_table(packed).reading == "Parquet; unpacked from gzip"


class TestRefuses:
    def test_damage_anywhere(self, path: Path, file: Any) -> None:
        pd.DataFrame({"x": np.arange(100.0), "c": ["a", "b"] * 50}).to_parquet(path)
        whole = path.read_bytes()
        for length in range(4, len(whole), len(whole) // 25):
            with pytest.raises(
                sn.InvalidInput, match="is a Parquet file that is damaged"
            ) as caught:
                sn.read_table(file(whole[:length], "data.parquet"))
            assert "\n" not in str(caught.value)
        rng = np.random.default_rng(0)
        for _ in range(50):
            content = bytearray(whole)
            content[rng.integers(4, len(whole))] ^= 1 << rng.integers(8)
            try:
                sn.read_table(file(bytes(content), "data.parquet"))
            except sn.InvalidInput as error:
                assert "\n" not in str(error)  # noqa: PT017

    def test_no_rows(self, path: Path) -> None:
        pd.DataFrame({"x": [1.5]})[:0].to_parquet(path)
        with pytest.raises(sn.InvalidInput, match=r"data\.parquet has no rows"):
            sn.read_table(path)

    def test_more_values_than_a_bound(self, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        pd.DataFrame({"x": np.zeros(1001), "y": 1}).to_parquet(path)
        monkeypatch.setattr(parquet, "MOST_CELLS", 2000)
        with pytest.raises(
            sn.InvalidInput, match=r"data\.parquet has 2,002 cells, more than the maximum of 2,000"
        ):
            sn.read_table(path)

    def test_columns_of_one_name(self, path: Path) -> None:
        import pyarrow.parquet

        table = pyarrow.Table.from_arrays([pyarrow.array([1]), pyarrow.array([2])], ["x", "x"])
        pyarrow.parquet.write_table(table, path)
        with pytest.raises(sn.InvalidInput, match=r"data\.parquet"):
            sn.read_table(path)

    @pytest.mark.parametrize("options", [{"samples": "columns"}, {"decimal": ","}, {"sheet": 1}])
    def test_options_of_other_files(self, path: Path, options: Any) -> None:
        pd.DataFrame({"x": [1.5]}).to_parquet(path)
        with pytest.raises(
            sn.InvalidInput, match=r"does not apply to data\.parquet, a Parquet file"
        ):
            sn.read_table(path, **options)
