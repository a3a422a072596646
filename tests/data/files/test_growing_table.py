"""Tables that are written block by block."""

from __future__ import annotations

import gzip
from pathlib import Path

import pandas as pd
import pytest

import sheernet as sn
from sheernet.data.files.growing_table import growing_table
from sheernet.data.files.table_writer import csv_text, write_table

pyarrow = pytest.importorskip("pyarrow")
parquet = pytest.importorskip("pyarrow.parquet")

WHOLE = pd.DataFrame(
    {"x": [0.1, None, 3.0, 1e-300], "s": ["a", "b;c", None, ' "d"'], "n": [1, 2, 3, 4]}
)


def write(path: Path, blocks: list[pd.DataFrame], **how: object) -> Path:
    with growing_table(path, **how) as append:  # type: ignore[arg-type]
        for block in blocks:
            append(block)
    return path


@pytest.mark.parametrize("name", ["a.csv", "a.csv.gz", "a.parquet"])
def test_blocks_are_read_back_as_the_whole_table(tmp_path: Path, name: str) -> None:
    path = write(tmp_path / name, [WHOLE[:1], WHOLE[1:1], WHOLE[1:]])
    read = pd.read_parquet(path) if name.endswith("parquet") else pd.read_csv(path)
    pd.testing.assert_frame_equal(read, WHOLE, check_dtype=False)
    assert [each.name for each in tmp_path.iterdir()] == [name]


def test_numbers_alone_give_the_text_of_the_whole_table(tmp_path: Path) -> None:
    numbers = WHOLE[["x", "n"]]
    path = write(tmp_path / "a.csv.gz", [numbers[:3], numbers[3:]])
    assert gzip.decompress(path.read_bytes()).decode() == csv_text(numbers)
    again = write(tmp_path / "b.csv.gz", [numbers[:3], numbers[3:]])
    assert path.read_bytes() == again.read_bytes()


@pytest.mark.parametrize("name", ["a.csv", "a.parquet"])
def test_an_error_leaves_no_file_and_keeps_the_old_one(tmp_path: Path, name: str) -> None:
    path = tmp_path / name

    def fails(overwrite: bool) -> None:
        with growing_table(path, overwrite=overwrite) as append:
            append(WHOLE)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fails(overwrite=False)
    assert list(tmp_path.iterdir()) == []
    write_table(WHOLE, path)
    old = path.read_bytes()
    with pytest.raises(RuntimeError):
        fails(overwrite=True)
    assert path.read_bytes() == old
    with pytest.raises(sn.InvalidInput, match="exists already"):
        write(path, [WHOLE])
    assert path.read_bytes() == old
    assert len(list(tmp_path.iterdir())) == 1
    write(path, [WHOLE[:2]], overwrite=True)
    assert path.read_bytes() != old


@pytest.mark.parametrize("name", ["a.csv", "a.parquet"])
def test_a_block_with_other_columns_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(
        sn.InvalidInput, match=r"columns are x, s and n, but a later block has x and n"
    ):
        write(tmp_path / name, [WHOLE, WHOLE[["x", "n"]]])


def test_parquet_takes_types_of_the_first_block_and_of_fields(tmp_path: Path) -> None:
    empty = WHOLE.assign(s=None)
    fields = pyarrow.schema([("s", pyarrow.string())])
    path = write(tmp_path / "a.parquet", [empty[:2], WHOLE[2:]], fields=fields)
    assert pd.read_parquet(path)["s"].tolist()[3] == ' "d"'
    with pytest.raises(sn.InvalidInput, match=r"do not have one type.*write it as \.csv"):
        write(tmp_path / "b.parquet", [WHOLE, WHOLE.assign(n="text")])


def test_a_name_with_another_ending_is_refused(tmp_path: Path) -> None:
    with pytest.raises(sn.InvalidInput, match=r"must end in \.csv, \.csv\.gz or \.parquet"):
        write(tmp_path / "a.xlsx", [WHOLE])
