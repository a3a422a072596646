"""Several rows of names, and an empty column between others, in text files and workbooks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

import sheernet as sn

Write = Callable[..., Path]
ROWS = [["p", 1, 2.5, 3, 4], ["q", 5, 6, 7, 8], ["r", 9, 10, 11.5, 12]]
HEADINGS = [
    [["region", "2019", "", "2020", ""], ["", "a", "b", "a", "b"]],
    [["", "2019", "", "2020", ""], ["region", "a", "b", "a", "b"]],
]


def text_of(rows: list[list[Any]], separator: str = ",") -> str:
    return "".join(separator.join(map(str, row)) + "\n" for row in rows)


@pytest.mark.filterwarnings("ignore::sheernet.SheernetWarning")
@pytest.mark.parametrize("heading", HEADINGS)
@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_groups_above_the_names_are_refused(
    tmp_path: Path, heading: list[list[Any]], suffix: str
) -> None:
    path = tmp_path / f"g.{suffix}"
    rows = [*heading, *ROWS]
    if suffix == "csv":
        path.write_text(text_of(rows))
    else:
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append([None if cell == "" else cell for cell in row])  # type: ignore[union-attr]
        book.save(path)
    with pytest.raises(sn.InvalidInput, match=r"skip|header="):
        sn.read_table(path)


def test_columns_of_numbers_with_groups_below_a_title_are_refused_by_a_fit(file: Write) -> None:
    title = ["Scores of all years", "", "", "", ""]
    table = sn.read_table(file(text_of([title, *HEADINGS[0], *ROWS])))
    assert {table.kind(name) for name in table.columns[1:]} == {"mixed"}


@pytest.mark.parametrize(
    "heading",
    [
        [["region", "2019", "", "2020", ""], ["r", "Q1", "", "Q2", ""], ["", "a", "b", "a", "b"]],
        [["site", "left", "left", "right", "right"], ["site", "a", "b", "a", "b"]],
        [["s", "x", "", "y", ""], ["", "a", "a", "b", "b"]],
    ],
)
def test_other_rows_of_names_are_refused(file: Write, heading: list[list[Any]]) -> None:
    with pytest.raises(
        sn.InvalidInput, match=r"which line of data.csv holds the names.*header='yes'"
    ):
        sn.read_table(file(text_of([*heading, *ROWS])))


@pytest.mark.parametrize("write", ["text", "workbook"])
@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([["id", "2019", "2019"], [7, 1, 2], [8, 3, 4]], "more than one column named '2019'"),
        (
            [
                ["a", "b", "c", "d"],
                ["p", "q", "r", "s"],
                ["t", "u", "v", "w"],
                [1, 2, 3, 4],
                [5, 6, 7, 8],
            ],
            "it cannot be determined which",
        ),
    ],
)
def test_a_refusal_of_names_says_how_to_read_them_as_values(
    file: Write, tmp_path: Path, rows: list[list[Any]], words: str, write: str
) -> None:
    path = tmp_path / "g.xlsx"
    if write == "text":
        path = file(text_of(rows))
    else:
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append(row)  # type: ignore[union-attr]
        book.save(path)
    with pytest.raises(sn.InvalidInput, match=words) as told:
        sn.read_table(path)
    assert "header='none'" in str(told.value)


GAP = [
    ["c", "signal", "", "probe", "t"],
    [0, 0.1, "", "p", 20.5],
    [2, 0.2, "", "q", 21.5],
    ["", "", "", "r", 19.5],
]


@pytest.mark.parametrize("write", ["text", "workbook"])
def test_an_empty_column_between_others_may_separate_two_tables(
    file: Write, tmp_path: Path, write: str
) -> None:
    path = tmp_path / "g.xlsx"
    if write == "text":
        path = file(text_of(GAP))
    else:
        book = openpyxl.Workbook()
        for row in GAP:
            book.active.append([None if cell == "" else cell for cell in row])  # type: ignore[union-attr]
        book.save(path)
    with pytest.warns(sn.SheernetWarning, match="between 'signal' and 'probe'.*if they are two"):
        assert len(sn.read_table(path).columns) == 5


@pytest.mark.parametrize(
    "rows",
    [
        [["c", "", "t"], [0, "x", 20.5], [2, "", 21.5]],  # with a value
        [["c", "empty", "t"], [0, "", 20.5], [2, "", 21.5]],  # with a name
        [["c", "t", ""], [0, 20.5, ""], [2, 21.5, ""]],  # at the end
    ],
)
def test_another_column_does_not(file: Write, rows: list[list[Any]]) -> None:
    assert len(sn.read_table(file(text_of(rows)))) == 2
