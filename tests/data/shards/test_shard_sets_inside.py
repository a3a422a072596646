"""As test_shard_sets.py, by names that are not published."""

from __future__ import annotations

import os
import pickle

import numpy as np
import pandas as pd
import pytest

import sheernet as sn
from data.shards.test_shard_sets import write
from sheernet.data.shards import learn_shards
from sheernet.data.shards.parquet_shards import divide_row_groups
from sheernet.settings.table_settings import TableSettings

pytest.importorskip("pyarrow")


@pytest.fixture
def numbers():
    rng = np.random.default_rng(0)
    return pd.DataFrame({"x": rng.normal(size=24), "y": rng.normal(size=24)})


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
