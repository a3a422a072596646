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
    assert sn.read_table(file(path.read_bytes(), "data")).reading == "Parquet"
    packed = file(gzip.compress(path.read_bytes()), "data.parquet.gz")
    assert sn.read_table(packed).reading == "Parquet; unpacked from gzip"


@pytest.mark.parametrize("dtype", ["Int64", "UInt64", "int64"])
def test_whole_numbers_beside_missing_ones_are_exact(path: Path, dtype: str) -> None:
    values = [2**53 + 1, 2**53 + 3, 2**62 + 1]
    frame = pd.DataFrame({"n": pd.array(values, dtype=dtype)})
    if dtype != "int64":
        frame.loc[3] = pd.NA
    frame.to_parquet(path)
    table = sn.read_table(path)
    assert table.kind("n") == "number"
    assert table.distinct("n")[1] == tuple(values)


def table_of(**columns: Any) -> Any:
    return pyarrow.table(columns)


def repeated(value: Any, n: int, dtype: Any) -> Any:
    """A column of one value, stored once."""
    index = pyarrow.array(np.zeros(n, dtype=np.int32))
    return pyarrow.DictionaryArray.from_arrays(index, pyarrow.array([value], dtype))


def lists(n: int, values: Any) -> Any:
    """n lists of values, of equal length."""
    ends = np.linspace(0, len(values), n + 1).astype(np.int32)
    return pyarrow.ListArray.from_arrays(ends, values)


MB_10 = "a" * 10**7


@pytest.mark.parametrize(
    ("make", "options"),
    [
        (lambda: table_of(t=repeated(MB_10, 1000, pyarrow.string())), {}),
        (lambda: table_of(t=repeated(MB_10.encode(), 1000, pyarrow.binary())), {}),
        (lambda: table_of(t=repeated(MB_10, 1000, pyarrow.large_string())), {}),
        (
            lambda: table_of(t=pyarrow.array([MB_10] * 30)),
            {"use_dictionary": False, "column_encoding": {"t": "DELTA_BYTE_ARRAY"}},
        ),
        (lambda: table_of(t=pyarrow.array([MB_10] * 30)), {"use_dictionary": False}),
        (lambda: table_of(n=np.zeros(10**8, dtype=np.int8)), {}),
        (lambda: table_of(n=lists(8, np.zeros(8 * 10**7, dtype=np.int8))), {}),
        (lambda: table_of(n=lists(50, lists(5 * 10**7, np.zeros(0)))), {}),
        (lambda: table_of(n=pyarrow.nulls(10**8)), {}),
        (lambda: table_of(s=pyarrow.array([{"a": MB_10}] * 30)), {}),
    ],
    ids=[
        "text",
        "bytes",
        "large",
        "prefixes",
        "plain",
        "rows",
        "lists",
        "nested",
        "null",
        "struct",
    ],
)
def test_tiny_files_of_huge_tables(
    path: Path, read_bounded: Any, make: Any, options: dict[str, Any]
) -> None:
    import pyarrow.parquet

    pyarrow.parquet.write_table(make(), path, compression="zstd", store_schema=False, **options)
    assert path.stat().st_size < 2**19
    assert "out of proportion to its size" in read_bounded(path)


def test_mutants(path: Path, mutants: Any) -> None:
    frame = pd.DataFrame(
        {"x": np.arange(9.0), "c": ["a", "b", "c"] * 3, "l": [[1], [2, 3], []] * 3}
    )
    frame.to_parquet(path)
    mutants(path, 150, spare=4)


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

    def test_columns_of_one_name(self, path: Path) -> None:
        import pyarrow.parquet

        table = pyarrow.Table.from_arrays([pyarrow.array([1]), pyarrow.array([2])], ["x", "x"])
        pyarrow.parquet.write_table(table, path)
        with pytest.raises(sn.InvalidInput, match=r"data\.parquet"):
            sn.read_table(path)

    @pytest.mark.parametrize("options", [{"samples": "columns"}, {"skip": 1}, {"sheet": 1}])
    def test_options_of_other_files(self, path: Path, options: Any) -> None:
        pd.DataFrame({"x": [1.5]}).to_parquet(path)
        with pytest.raises(
            sn.InvalidInput, match=r"does not apply to data\.parquet, a Parquet file"
        ):
            sn.read_table(path, **options)
