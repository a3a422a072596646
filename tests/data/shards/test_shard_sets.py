"""Dividing a data set in files, and files that do not fit together or change."""

from __future__ import annotations

import os
import pickle
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import sheernet as sn
from sheernet.data.shards import learn_shards
from sheernet.data.shards.parquet_shards import divide_row_groups
from sheernet.settings.table_settings import TableSettings

pytest.importorskip("pyarrow")


def write(path, **columns):
    pd.DataFrame(columns).to_parquet(path)
    return path


@pytest.fixture
def numbers():
    rng = np.random.default_rng(0)
    return pd.DataFrame({"x": rng.normal(size=24), "y": rng.normal(size=24)})


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


def test_shards_are_row_groups_up_to_the_goals(tmp_path):
    path = tmp_path / "t.parquet"
    pd.DataFrame({"x": np.arange(100.0), "y": 1.0}).to_parquet(path, row_group_size=10)
    assert divide_row_groups(path, 35, 2**20)[1] == [
        (0, 3, 30),
        (3, 6, 30),
        (6, 9, 30),
        (9, 10, 10),
    ]
    assert divide_row_groups(path, 1000, 2 * 8 * 50)[1] == [(0, 5, 50), (5, 10, 50)]
    assert divide_row_groups(path, 3, 2**20)[1][0] == (0, 1, 10)  # the smallest unit
    data = sn.shards(path, rows_of_shard=35)
    assert [(k.first_row, k.n_rows) for k in data.shards] == [(0, 30), (30, 30), (60, 30), (90, 10)]
    assert data.read(2).frame["x"].tolist() == list(range(60, 90))
    assert len(data) == 100


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


@pytest.mark.parametrize("change", ["touch", "rewrite", "remove"])
def test_a_changed_file_is_refused_when_a_shard_is_read(tmp_path, numbers, change):
    path = tmp_path / "a.parquet"
    numbers.to_parquet(path)
    learned = learn_shards(sn.shards(path), "y")
    source = pickle.loads(pickle.dumps(learned.sources[0]))
    assert len(source.load()[0]) == learned.n_training
    if change == "touch":
        os.utime(path, ns=(0, 0))
    elif change == "rewrite":
        numbers.head(20).to_parquet(path)
    else:
        path.unlink()
    verb = "removed" if change == "remove" else "changed"
    with pytest.raises(sn.InvalidInput, match=f"a.parquet was {verb} after its rows were divided"):
        source.load()


def test_a_file_that_changes_between_two_passes_is_refused(tmp_path, numbers):
    for name, n_rows in (("a", 3), ("b", 2)):
        numbers[:n_rows].to_parquet(tmp_path / f"{name}.parquet")
    passes = []

    def mapper(function, shards):
        passes.append(function)
        if len(passes) == 2:
            os.utime(tmp_path / "b.parquet", ns=(0, 0))
        return map(function, shards)

    with pytest.raises(sn.InvalidInput, match=r"b.parquet was changed"):
        learn_shards(sn.shards(tmp_path), "y", mapper=mapper)


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        ([1, 2, 3], ["a", "b", "c"], "holds numbers in a.parquet, but text in b.parquet"),
        ([True, False, True], [1.5, 2.5, 3.5], "holds Boolean values in a.parquet, but numbers"),
        (
            pd.to_datetime(["2020", "2021", "2022"]),
            [1, 2, 3],
            "holds dates in a.parquet, but numbers",
        ),
    ],
)
def test_a_column_of_two_kinds_is_a_sentence(tmp_path, first, second, said):
    write(tmp_path / "a.parquet", x=first, y=[1.0, 2.0, 3.0])
    write(tmp_path / "b.parquet", x=second, y=[1.0, 2.0, 4.0])
    with pytest.raises(sn.InvalidInput, match=said):
        learn_shards(sn.shards(tmp_path), "y")


def test_whole_numbers_in_one_file_and_decimals_in_the_next_are_numbers(tmp_path):
    write(tmp_path / "a.parquet", x=[1, 2, 3], y=[1.0, 2.0, 3.0])
    write(tmp_path / "b.parquet", x=[0.5, 2.5, 4.0], y=[1.0, 2.0, 4.0])
    (column,) = learn_shards(sn.shards(tmp_path), "y").inputs.columns
    assert (column.kind, column.lowest, column.highest) == ("number", 0.5, 4.0)


def test_a_shard_without_values_of_a_column_and_a_label_of_one_shard(tmp_path):
    group = ["u", "v"] * 6
    write(
        tmp_path / "a.parquet",
        x=[None] * 12,
        g=pd.Series([None] * 12, dtype=object),
        y=np.arange(12.0),
    )
    write(tmp_path / "b.parquet", x=np.arange(12.0) ** 2, g=group, y=np.arange(12.0))
    write(tmp_path / "c.parquet", x=np.ones(12), g=["only here"] * 2 + group[2:], y=np.arange(12.0))
    choice = TableSettings(missing="impute", held_out=0, rare=0)
    learned = learn_shards(sn.shards(tmp_path), "y", choice)
    x, g = learned.inputs.columns
    assert (x.fill, g.labels) == (1.0, ("only here", "u", "v"))
    assert learned.sources[0].load()[0].shape == (12, 6)
    (told,) = (notice for notice in learned.notices if "missing" in notice)
    assert told.startswith("24 missing values are filled")
    assert "x (12, with 1 and an indicator)" in told


def test_a_shard_without_usable_rows_is_an_empty_leaf(tmp_path):
    write(tmp_path / "a.parquet", x=[1.0, 2.0], w=[0, 0], y=[1.0, 2.0])
    write(tmp_path / "b.parquet", x=[3.0, 5.0, 4.0], w=[1, 2, 3], y=[1.0, 2.0, 5.0])
    learned = learn_shards(sn.shards(tmp_path, target="y", weights="w"))
    X, y, w = learned.sources[0].load()
    assert (X.shape, y.shape, w.shape) == ((0, 1), (0, 1), (0,))
    assert learned.sources[1].load()[2].tolist() == [1.0, 2.0, 3.0]
    assert (learned.training_weight, learned.n_training, learned.weights) == (6.0, 3, "w")
    assert learned.target_means[0] == pytest.approx((1 + 4 + 15) / 6, rel=1e-15)


def test_text_with_too_many_values_is_left_out_and_refused_if_it_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr("sheernet.data.shards.column_surveys.MOST_VALUES", 5)
    names = [f"name {i}" for i in range(8)]
    for name, power in (("a", 2), ("b", 3)):
        write(tmp_path / f"{name}.parquet", who=names, x=np.arange(8.0) ** power, y=np.arange(8.0))
    learned = learn_shards(sn.shards(tmp_path), "y")
    assert learned.inputs.names == ("x",)
    assert learned.notices[0].startswith("'who' is left out: it is text with more than")
    with pytest.raises(sn.InvalidInput, match=r"column 'who' of .* too many for labels"):
        learn_shards(sn.shards(tmp_path, inputs=["who", "x"]), "y")


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


def test_missing_values_of_parquet_files(tmp_path):
    path = write(
        tmp_path / "a.parquet",
        x=[-999.0, 2.0, 4.0, 7.0],
        t=["a", "none", "b", "b"],
        y=np.arange(4.0),
    )
    how = {"missing_values": ["-999", "none"]}
    data = sn.shards(path, target="y", **how)
    pd.testing.assert_frame_equal(data.read(0).frame, sn.read_table(path, **how).frame)
    choice = TableSettings(missing="impute", rare=0)
    learned = learn_shards(data, settings=choice)
    assert [column.fill for column in learned.inputs.columns] == [4.0, "b"]
    assert learned.read_as.missing_values == ("-999", "none")
    with pytest.raises(sn.InvalidInput, match=r"does not apply to a.parquet"):
        sn.shards(path, separator=";")


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
