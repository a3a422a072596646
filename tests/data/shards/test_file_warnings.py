"""Messages about the files of a data set: totals at their ends, copies, and folders without files that can be read."""

from __future__ import annotations

import warnings
from pathlib import Path

import pandas as pd
import pytest

import sheernet as sn

ROWS = [
    "F1;368;5559.73",
    "F2;383;5910.44",
    "F3;64;1475.06",
    "F4;76;1198.79",
    "F5;107;1978.05",
    "F6;51;704.54",
]


def write(path: Path, *last: str, rows: list[str] = ROWS) -> Path:
    path.write_text("\n".join(["shop;visits;sales", *rows, *last]), encoding="utf-8")
    return path


def told(files: list[Path]) -> list[str]:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        sn.shards(files)
    return [str(each.message) for each in caught]


def test_totals_of_all_files_are_told_once(tmp_path: Path) -> None:
    files = [
        write(tmp_path / "01.csv", "Summe;1049;16826.61"),
        write(tmp_path / "02.csv", rows=ROWS[:4]),
        write(tmp_path / "03.csv", "Mittelwert;174;2804", "Total;1;2", rows=ROWS[1:]),
    ]
    (message,) = told(files)
    assert "01.csv and 03.csv are called 'Summe' and 'Total'" in message


def test_a_file_of_one_row_has_no_totals(tmp_path: Path) -> None:
    assert told([write(tmp_path / "01.csv", rows=ROWS[:1])]) == []


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_copies_are_told(tmp_path: Path, ending: str) -> None:
    names = ["März", "März (1)", "other"]
    frames = [pd.DataFrame({"x": [1.5, 2.5, last], "y": [1, 2, 3]}) for last in (3.5, 3.5, 4.5)]
    files = [tmp_path / f"{name}.{ending}" for name in names]
    for file, frame in zip(files, frames, strict=True):
        frame.to_csv(file, index=False) if ending == "csv" else frame.to_parquet(file)
    (message,) = told(files)
    assert message.startswith(f"{files[1].name} has the same content as {files[0].name}, so these")
    (tmp_path / "b").mkdir()
    other = tmp_path / "b" / files[0].name
    other.write_bytes(files[0].read_bytes())
    assert f"{other} has the same content as {files[0]}" in told([files[0], other])[0]


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["Jan.xlsx", "Feb.xlsx"], "or .csv, but Feb.xlsx and Jan.xlsx; save them as CSV or copy all rows into one"),
        (["Jan.xlsx", "a.txt"], "or .csv, but Jan.xlsx and a.txt; save its files as CSV, or give a pattern"),
        (["notes.docx"], "or .csv; save its files as CSV, or give a pattern"),
    ],
)  # fmt: skip
def test_a_folder_of_workbooks_is_answered_with_what_can_be_read(
    tmp_path: Path, names: list[str], message: str
) -> None:
    for name in names:
        (tmp_path / name).touch()
    with pytest.raises(sn.InvalidInput) as raised:
        sn.shards(tmp_path)
    assert message.replace("or .csv", "or *.csv") in str(raised.value)


def test_what_is_alike_in_several_files_is_told_once(tmp_path: Path) -> None:
    above = "Report\n\n"
    files = [write(tmp_path / f"{n:02}.csv", rows=ROWS[:n]) for n in range(2, 6)]
    for file in files[:3]:
        file.write_text(above + file.read_text(encoding="utf-8"), encoding="utf-8")
    (message,) = told(files)
    assert message.startswith("1 line above the table of 02.csv is left out")
    assert message.endswith(" (the same in 2 other files)")
    (alone,) = told(files[2:])
    assert alone == message.replace("02", "04").removesuffix(" (the same in 2 other files)")


def test_messages_about_files_come_before_an_error(tmp_path: Path) -> None:
    first, other = tmp_path / "01.csv", tmp_path / "02.csv"
    first.write_text("Report\n\nshop;visits;sales\nF1;3;4\n", encoding="utf-8")
    other.write_text("shop;sales\nF1;3\n", encoding="utf-8")
    with (
        pytest.warns(sn.SheernetWarning, match="above the table of 01.csv"),
        pytest.raises(sn.InvalidInput, match=r"02\.csv lacks the column 'visits'"),
    ):
        sn.shards([first, other])
