"""Blocks of text files: whole rows, and the values that the whole file has."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import sheernet as sn

pytestmark = pytest.mark.filterwarnings("ignore::sheernet.SheernetWarning")


def assert_same_table(data, path):
    """The shards, put together, are the table that is read from the whole file."""
    whole = sn.read_table(path)
    found = pd.concat([data.read(k).frame for k in range(len(data.shards))], ignore_index=True)
    pd.testing.assert_frame_equal(found, whole.frame, check_dtype=False)
    assert data.n_rows == len(whole)
    first = 0
    for k, shard in enumerate(data.shards):
        assert (shard.number, shard.first_row, shard.n_rows) == (k, first, len(data.read(k)))
        first += shard.n_rows


def table_of(n):
    rng = np.random.default_rng(4)
    return pd.DataFrame(
        {
            "x": rng.normal(size=n).round(6),
            "count": rng.integers(0, 50, n),
            "name": rng.choice(["a", 'with "marks"', "two\nlines", "c, d"], n),
            "day": pd.Timestamp("2021-05-01") + pd.to_timedelta(rng.integers(0, 900, n), "D"),
            "code": rng.choice(["007", "042"], n),
        }
    )


@pytest.mark.parametrize("rows", [1, 7, 40, 1000])
def test_the_shards_of_a_file_have_its_values(tmp_path, rows):
    path = tmp_path / "t.csv"
    table_of(40).to_csv(path, index=False)
    data = sn.shards(path, rows_of_shard=rows)
    assert len(data.shards) == -(-40 // rows)
    assert_same_table(data, path)


def test_decimal_commas_semicolons_and_latin_1_of_the_first_block_hold_for_all(tmp_path):
    path = tmp_path / "t.csv"
    frame = pd.DataFrame({"größe": [1.5, 2.25, 1234.0, 3.0] * 5, "ort": ["Köln", "Bonn"] * 10})
    frame.to_csv(path, index=False, sep=";", decimal=",", encoding="latin-1")
    data = sn.shards(path, rows_of_shard=3)
    assert data.columns == ("größe", "ort")
    assert_same_table(data, path)


def test_lines_above_the_names_blank_lines_and_a_byte_order_mark(tmp_path):
    path = tmp_path / "t.csv"
    rows = "\n".join(f"{i},{i * i}" + "\n" * (i % 3 == 0) for i in range(12))
    path.write_bytes(b"\xef\xbb\xbf" + f"Report of a logger\n\nx,y\n{rows}".encode())
    assert_same_table(sn.shards(path, rows_of_shard=4), path)


def test_lines_of_separators_are_no_rows(tmp_path):
    for separator in ",;\t":
        path = tmp_path / "t.csv"
        rows = "".join(
            f"{i}.5,{i}\n" + ",\n" * (i % 3 == 0) + '"",\n' * (i % 4 == 0) for i in range(9)
        )
        path.write_text(f"x,y\n{rows}".replace(",", separator), encoding="utf-8")
        for rows_of_shard in (1, 2, 5):
            data = sn.shards(path, rows_of_shard=rows_of_shard)
            assert len(data) == 12
            assert_same_table(data, path)


def test_comments_are_no_rows(tmp_path):
    path = tmp_path / "t.csv"
    rows = "".join(
        f'{i},"a, {i}"\n' + '# the logger said "restart\n' * (i % 3 == 1) for i in range(9)
    )
    path.write_text(f"# a note\nx,y\n{rows}", encoding="utf-8")
    data = sn.shards(path, rows_of_shard=2)
    assert len(data.shards) == 5
    assert_same_table(data, path)


def test_numbers_in_the_first_block_and_text_in_a_later_one_is_a_sentence(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text(
        "x,y\n" + "\n".join(f"{i},1.5" for i in range(10)) + "\nhigh,2\n", encoding="utf-8"
    )
    data = sn.shards(path, rows_of_shard=5)
    with pytest.raises(sn.InvalidInput) as error:
        data.read(2)
    assert str(error.value).startswith(
        "column 'x' of t.csv (from data row 11 on) has 'high' in data row 1, but the first rows of the data set hold "
        "numbers such as"
    )


def test_digits_in_a_later_block_are_labels_if_the_first_has_text(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("x,y\na,1\nb,2\n3,3\n04,4\n", encoding="utf-8")
    data = sn.shards(path, rows_of_shard=2)
    assert data.read(1).frame["x"].tolist() == ["3", "04"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("x,y\n1,2\n3,4\n".encode("utf-16"), "single bytes"),
        (b"x,y\r1,2\r3,4\r", "single bytes"),
        (b'x,y\n1,2\n"3,4\n', "quotation mark"),
    ],
)
def test_a_file_that_cannot_be_divided_is_refused(tmp_path, content, said):
    path = tmp_path / "t.csv"
    path.write_bytes(content)
    with pytest.raises(sn.InvalidInput, match=said):
        sn.shards(path)


def test_a_note_below_the_rows_is_refused_when_its_block_is_read(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("x,y\n" + "1,2\n" * 9 + "\nend of the file\n", encoding="utf-8")
    with pytest.raises(sn.InvalidInput, match=r"line 12 of t\.csv"):
        sn.shards(path, rows_of_shard=20).read(0)


def test_what_is_said_of_the_files_holds_for_every_block(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text(
        "written by hand\nx|day\n" + "1.234,5|03.04.2020\n" * 5 + "-999|05.06.2020\n" * 5,
        encoding="utf-8",
    )
    how = {
        "missing_values": ["-999"], "decimal": ",", "thousands": ".", "dates": "month-first", "skip": 1,
        "separator": "bar",
    }  # fmt: skip
    data = sn.shards(path, rows_of_shard=3, **how)
    whole = sn.read_table(path, **how)
    found = pd.concat([data.read(k).frame for k in range(len(data.shards))], ignore_index=True)
    pd.testing.assert_frame_equal(found, whole.frame)
    assert found["x"].isna().sum() == 5
    assert found["day"].dt.month.tolist() == [3] * 5 + [5] * 5
    assert data.shards[0].like == whole.read_as


@pytest.mark.parametrize(
    ("given", "said"),
    [({"samples": "columns"}, "must be rows"), ({"sheet": "a"}, "does not apply to t.csv")],
)
def test_arguments_that_do_not_apply_are_refused(tmp_path, given, said):
    path = tmp_path / "t.csv"
    path.write_text("x,y\n1,2\n3,4\n", encoding="utf-8")
    with pytest.raises(sn.InvalidInput, match=said):
        sn.shards(path, **given)
