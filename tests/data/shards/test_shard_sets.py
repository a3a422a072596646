"""Dividing a data set in files, and files that do not fit together or change."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import sheernet as sn

pytest.importorskip("pyarrow")


def write(path, **columns):
    pd.DataFrame(columns).to_parquet(path)
    return path


def test_files_of_a_pattern_are_in_the_natural_order_and_those_of_a_list_in_the_given_one(tmp_path):
    for i in (10, 2, 1):
        write(tmp_path / f"part-{i}.parquet", x=[float(i)])
    pattern = str(tmp_path / "part-*.parquet")
    assert [k.path[-10:] for k in sn.shards(pattern).shards] == [
        "-1.parquet",
        "-2.parquet",
        "10.parquet",
    ]
    assert sn.shards(tmp_path).shards == sn.shards(pattern).shards
    files = [tmp_path / "part-10.parquet", str(tmp_path / "part-1.parquet")]
    given = sn.shards(files)
    assert [given.read(k).frame["x"].tolist() for k in (0, 1)] == [[10.0], [1.0]]


def test_a_data_set_of_pyarrow_is_its_files(tmp_path):
    dataset = pytest.importorskip("pyarrow.dataset")
    write(tmp_path / "a.parquet", x=[1.0])
    write(tmp_path / "b.parquet", x=[2.0])
    assert len(sn.shards(dataset.dataset(tmp_path)).shards) == 2
    parted = tmp_path / "parted"
    (parted / "year=2020").mkdir(parents=True)
    write(parted / "year=2020" / "c.parquet", x=[3.0])
    with pytest.raises(sn.InvalidInput, match="columns that are not in its files, year"):
        sn.shards(dataset.dataset(parted, partitioning="hive"))
    with pytest.raises(sn.InvalidInput, match="must consist of files"):
        sn.shards(dataset.dataset(dataset.dataset(parted).to_table()))


def test_columns_may_have_another_order_but_no_other_names(tmp_path):
    write(tmp_path / "a.parquet", x=[1.0], y=["u"])
    write(tmp_path / "b.parquet", y=["v"], x=[2.0])
    data = sn.shards(str(tmp_path / "*.parquet"), target="y")
    assert (data.columns, data.target) == (("x", "y"), ("y",))
    write(tmp_path / "b.parquet", x=[2.0], z=[1.0])
    with pytest.raises(
        sn.InvalidInput,
        match=r"b.parquet lacks the column .y. of a.parquet; give all files the same columns",
    ):
        sn.shards(str(tmp_path / "*.parquet"))
    write(tmp_path / "b.parquet", x=[2.0], y=["v"], z=[1.0])
    with pytest.raises(sn.InvalidInput, match=r"a.parquet lacks the column .z. of b.parquet"):
        sn.shards(str(tmp_path / "*.parquet"))


def test_a_file_without_rows_is_left_out_with_a_warning_and_an_empty_one_refused(tmp_path):
    write(tmp_path / "a.parquet", x=np.zeros(0))
    with (
        pytest.warns(sn.SheernetWarning, match="a.parquet has no rows"),
        pytest.raises(sn.InvalidInput, match=r"\*.parquet has no rows"),
    ):
        sn.shards(str(tmp_path / "*.parquet"))
    write(tmp_path / "b.parquet", x=[1.0])
    with pytest.warns(sn.SheernetWarning, match="a.parquet has no rows"):
        assert len(sn.shards(str(tmp_path / "*.parquet"))) == 1
    (tmp_path / "c.parquet").write_bytes(b"")
    with (
        pytest.warns(sn.SheernetWarning),
        pytest.raises(sn.InvalidInput, match=r"c.parquet' is empty"),
    ):
        sn.shards(str(tmp_path / "*.parquet"))


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("nothing-*.parquet", "no file fits the pattern"),
        ("nothing.parquet", "there is no file"),
        ([], "the list of files is empty"),
        (3, "must be a pattern of files"),
        ("", "the folder"),
    ],
)
def test_sources_without_files_are_refused(tmp_path, monkeypatch, source, said):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(sn.InvalidInput, match=said):
        sn.shards(os.curdir if source == "" else source)


@pytest.mark.parametrize("rows", [0, -1, 2.5])
def test_a_goal_of_less_than_a_row_is_refused(tmp_path, rows):
    with pytest.raises(sn.InvalidInput, match="rows_of_shard must be at least 1"):
        sn.shards(write(tmp_path / "a.parquet", x=[1.0]), rows_of_shard=rows)


def test_unknown_columns_are_refused(tmp_path):
    path = write(tmp_path / "a.parquet", hours=[1.0], y=[2.0])
    with pytest.raises(sn.InvalidInput, match=r"no column 'hour'.*did you mean 'hours'"):
        sn.shards(path, target="y", drop="hour")


def test_parquet_and_text_do_not_mix(tmp_path):
    write(tmp_path / "a.parquet", x=[1.0])
    (tmp_path / "b.csv").write_text("x\n1\n2\n", encoding="utf-8")
    with pytest.raises(sn.InvalidInput, match=r"a.parquet is Parquet and b.csv is text"):
        sn.shards([tmp_path / "a.parquet", tmp_path / "b.csv"])


@pytest.mark.parametrize(
    "other", ["feb.csv.gz", "feb.tsv", "feb.txt", "feb.xlsx", "feb.MAT", "feb.zip"]
)
def test_files_of_a_folder_that_are_not_read_are_named(tmp_path, other):
    (tmp_path / "jan.csv").write_text("x\n1\n2\n")
    (tmp_path / "mar.CSV").write_text("x\n3\n4\n")
    (tmp_path / other).write_bytes(b"?")
    (tmp_path / "notes.md").write_text("not a table")
    with pytest.warns(sn.SheernetWarning, match=rf"^{other} of the folder .* is not read"):
        assert sn.shards(tmp_path).n_rows == 4
    write(tmp_path / "a.parquet", x=[1.0])
    with pytest.warns(
        sn.SheernetWarning, match=rf"{other}, jan.csv and mar.CSV of .* are not read"
    ):
        assert sn.shards(tmp_path).n_rows == 1


def test_a_file_that_is_given_twice_is_refused(tmp_path):
    path = write(tmp_path / "a.parquet", x=[1.0])
    with pytest.raises(sn.InvalidInput, match=r"a.parquet is given twice"):
        sn.shards([path, tmp_path / ".." / tmp_path.name / "a.parquet"])


@pytest.mark.parametrize("names", ["ab", "ba"])
def test_row_numbers_may_be_absent_from_a_file(tmp_path: Path, names: str) -> None:
    first, second = (tmp_path / f"{name}.csv" for name in names)
    first.write_text('"","x","y"\n"1",0.5,1\n"2",1.5,2\n')
    second.write_text("y,x\n3,2.5\n4,3.5\n")
    for files in ([first, second], [second, first]):
        with pytest.warns(
            sn.SheernetWarning, match=f"'row' of {first.name} is left out as row numbers"
        ):
            data = sn.shards(files, target="y")
        assert set(data.columns) == {"x", "y"}
        found = [data.read(k).frame for k in range(2)]
        assert sorted(x for frame in found for x in frame["x"]) == [0.5, 1.5, 2.5, 3.5]
