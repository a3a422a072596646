"""Tables of the page: built-in ones, and files of every kind, hostile ones among them."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest

import sheernet as sn
from sheernet.apps.page.built_in_tables import ALL
from sheernet.apps.page.page_exercise import Exercise
from sheernet.apps.page.page_table import MOST_COLUMNS, PageTable, exercise_with, printable, unit_of


def built_in_table(name: str) -> sn.Table:
    return PageTable.of(Exercise(data=name)).table


def read(content: bytes | str, name: str = "mine.csv", samples: str = "rows") -> PageTable:
    raw = content.encode() if isinstance(content, str) else content
    return PageTable.of(exercise_with(Exercise(), raw, name, samples=samples))


@pytest.mark.parametrize(
    ("name", "rows", "columns"),
    [("sleep study", 3, 3), ("xor", 4, 3), ("two spirals", 194, 3), ("sine", 60, 2), ("iris", 150, 5),
     ("diabetes", 442, 11)],
)  # fmt: skip
def test_each_built_in_table_has_its_published_size(name: str, rows: int, columns: int) -> None:
    if name in ("iris", "diabetes"):
        pytest.importorskip("sklearn")
    table = built_in_table(name)
    assert (len(table), len(table.columns)) == (rows, columns)
    assert ALL[name].target in table.columns
    assert set(ALL) == {"sleep study", "xor", "two spirals", "sine", "iris", "diabetes"}


def test_the_spirals_follow_the_formula_of_lang_and_witbrock() -> None:
    frame = built_in_table("two spirals").frame
    i = np.arange(97)
    radius = np.hypot(frame["x"][:97], frame["y"][:97])
    assert np.allclose(radius, 6.5 * (104 - i) / 104, rtol=1e-14)
    turn = np.unwrap(np.arctan2(frame["x"][:97], frame["y"][:97]))
    assert np.allclose(np.diff(turn), np.pi / 16, rtol=1e-9)
    assert np.array_equal(frame["x"][97:], -frame["x"][:97])


def test_a_text_file_keeps_its_text_and_others_become_csv(tmp_path: Path) -> None:
    german = "größe;wert\n1,5;2\n2,5;4\n3,5;5\n"
    found = exercise_with(Exercise(), german.encode(), "a.csv")
    assert found.table == german
    assert PageTable.of(found).table.frame["größe"].tolist() == [1.5, 2.5, 3.5]
    latin = exercise_with(Exercise(), german.encode("latin-1"), "a.csv")
    assert latin.table == "größe,wert\n1.5,2\n2.5,4\n3.5,5\n"
    pandas = pytest.importorskip("pandas")
    pytest.importorskip("openpyxl")
    buffer = io.BytesIO()
    pandas.DataFrame({"a": [1, 2], "b": [0.1, 0.2]}).to_excel(buffer, index=False)
    assert exercise_with(Exercise(), buffer.getvalue(), "a.xlsx").table == "a,b\n1,0.1\n2,0.2\n"


def test_samples_may_be_the_columns_of_a_file() -> None:
    table = read("hours,1,2,3\nscore,50,60,70\n", samples="columns").table
    assert table.columns == ("hours", "score")
    assert table.frame["score"].tolist() == [50, 60, 70]


def test_an_own_table_forgets_the_columns_of_the_table_before() -> None:
    before = Exercise(inputs=("x",), target="y", row=7, seed=5)
    after = exercise_with(before, b"a,b\n1,2\n3,4\n", "mine.csv")
    assert (after.inputs, after.target, after.row, after.seed) == (None, None, 0, 5)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-8-sig"])
def test_other_encodings_are_read(encoding: str) -> None:
    mark = "\ufeff" if encoding == "utf-16-le" else ""
    table = read((mark + "hoch,größe\n1,2\n3,4\n5,7\n").encode(encoding)).table
    assert table.columns == ("hoch", "größe")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "empty"),
        (b"\x00" * 100, "mine.csv"),
        (b"a,b\n1,\x002\n3,4\n", "NUL|mine.csv"),
        (b"\x89PNG\r\n\x1a\n" + b"\x01" * 50, "mine.csv"),
        (b"PK\x03\x04" + b"\x01" * 50, "mine.csv"),
        (b"only\n", "mine.csv"),
        (b"a,a\n1,2\n3,4\n", "twice|mine.csv"),
    ],
)
def test_a_file_that_is_no_table_is_refused_by_its_own_name(content: bytes, sentence: str) -> None:
    with pytest.raises(sn.InvalidInput, match=sentence) as refused:
        read(content)
    assert "/tmp" not in str(refused.value)


def test_more_columns_than_a_page_can_show_are_refused() -> None:
    n = 10_000
    wide = (
        ",".join(f"c{i}" for i in range(n))
        + "\n"
        + ",".join("1" * n)
        + "\n"
        + ",".join("2" * n)
        + "\n"
    )
    with pytest.raises(sn.InvalidInput, match=f"up to {MOST_COLUMNS}"):
        read(wide)
    spaces = (
        " ".join(f"c{i}" for i in range(600))
        + "\n"
        + " ".join("1" * 600)
        + "\n"
        + " ".join("2" * 600)
        + "\n"
    )
    with pytest.raises(sn.InvalidInput, match="600 columns"):
        read(spaces)
    quoted = '"' + ",".join("c" * 600) + '",y\n1,2\n3,4\n'
    assert len(read(quoted).table.columns) == 2


def test_hostile_cells_stay_texts() -> None:
    table = read(
        'name,"<img src=x onerror=alert(1)>",=1+1\n"=cmd|\' /C calc\'!A0",1,2\n"""quoted""",3,4\n'
    )
    assert table.table.columns == ("name", "<img src=x onerror=alert(1)>", "=1+1")
    assert table.preview().rows[0][0] == "=cmd|' /C calc'!A0"
    assert table.preview().rows[1][0] == '"quoted"'


def test_the_target_is_the_last_column_that_can_be_predicted() -> None:
    rows = "".join(f"{i},{'ab'[i % 2]},name {i}\n" for i in range(30))
    assert read("x,kind,name\n" + rows).target == "kind"
    assert read("x,y\n1,2\n3,4\n").target == "y"


def test_units_that_are_written_with_numbers_are_known() -> None:
    table = read("length,cost,y\n" + "".join(f"{i}.5 mm,$ {i},{i}\n" for i in range(20))).table
    assert [unit_of(table, name) for name in table.columns] == ["mm", "$", ""]


def test_the_preview_is_bounded() -> None:
    long = "x" * 10_000
    preview = read(
        ",".join(f"c{i}" for i in range(200)) + "\n" + "\n".join([",".join([long] * 200)] * 20)
    ).preview()
    assert (len(preview.rows), len(preview.columns), len(preview.rows[0][0])) == (8, 60, 60)
    assert (preview.n_rows, preview.n_columns) == (20, 200)


@pytest.mark.parametrize(
    ("given", "shown"),
    [("../../etc/passwd", "passwd"), ("C:\\data\\a.csv", "a.csv"), ("a\nb\x00c.csv", "abc.csv"), ("", "table"),
     ("x" * 300, "x" * 80)],
)  # fmt: skip
def test_a_name_is_shown_without_folders_and_control_characters(given: str, shown: str) -> None:
    assert printable(given) == shown


def test_an_exercise_without_its_table_says_so() -> None:
    with pytest.raises(
        sn.InvalidInput, match=r"does not include the table 'a\.csv'; open the file"
    ):
        PageTable.of(Exercise(data="table", table_name="a.csv"))
    with pytest.raises(sn.InvalidInput, match="data set 'abc'"):
        PageTable.of(Exercise(data="abc"))
