"""Names of groups of columns above their names, in text files and workbooks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

import sheernet as sn

Write = Callable[..., Path]
ROWS = [["p", 1, 2.5, 3, 4], ["q", 5, 6, 7, 8], ["r", 9, 10, 11.5, 12]]
JOINED = ("region", "2019 a", "2019 b", "2020 a", "2020 b")
HEADINGS = [
    [["region", "2019", "", "2020", ""], ["", "a", "b", "a", "b"]],
    [["", "2019", "", "2020", ""], ["region", "a", "b", "a", "b"]],
    [
        ["Scores of all years", "", "", "", ""],
        ["region", "2019", "", "2020", ""],
        ["", "a", "b", "a", "b"],
    ],
]


def text_of(rows: list[list[Any]], separator: str = ",") -> str:
    return "".join(separator.join(map(str, row)) + "\n" for row in rows)


@pytest.mark.parametrize("heading", HEADINGS)
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_groups_in_a_text_file_are_joined(
    file: Write, heading: list[list[Any]], separator: str
) -> None:
    with pytest.warns(sn.SheernetWarning, match=r"groups.*'2019 a'.*header='yes'"):
        table = sn.read_table(file(text_of([*heading, *ROWS], separator)), decimal=".")
    assert table.columns == JOINED
    assert table.frame.to_numpy().tolist() == ROWS


@pytest.mark.parametrize("heading", HEADINGS)
def test_groups_of_merged_cells_are_joined(tmp_path: Path, heading: list[list[Any]]) -> None:
    book = openpyxl.Workbook()
    sheet: Any = book.active
    for row in [*heading, *ROWS]:
        sheet.append([None if cell == "" else cell for cell in row])
    n = len(heading)
    for cells in (f"B{n - 1}:C{n - 1}", f"D{n - 1}:E{n - 1}"):
        sheet.merge_cells(cells)
    if heading[-1][0] == "":
        sheet.merge_cells(f"A{n - 1}:A{n}")
    book.save(tmp_path / "g.xlsx")
    with pytest.warns(sn.SheernetWarning, match=r"groups.*'2019 a'") as told:
        table = sn.read_table(tmp_path / "g.xlsx")
    assert len(told) == 1
    assert table.columns == JOINED
    assert table.frame.to_numpy().tolist() == ROWS


@pytest.mark.parametrize("left", [0, 2])
def test_a_group_ends_with_its_merged_cells(tmp_path: Path, left: int) -> None:
    names = ["id", "a", "b", "kind", "c", "d", "e\nunit", "note"]
    book = openpyxl.Workbook()
    sheet: Any = book.active
    for row in (["Report"], [], [None, "In", None, None, "Lab", None, "Out"], names):
        sheet.append([None] * left + row)
    for i in range(5):
        sheet.append([None] * left + [f"p{i}", i, 2.5 * i, "k", 3, 4, i * i, "n"])
    first = openpyxl.utils.get_column_letter
    sheet.merge_cells(f"{first(left + 2)}3:{first(left + 3)}3")
    sheet.merge_cells(f"{first(left + 5)}3:{first(left + 6)}3")
    book.save(tmp_path / "g.xlsx")
    table = sn.read_table(tmp_path / "g.xlsx", header="two", skip=2)
    expected = ("id", "In a", "In b", "kind", "Lab c", "Lab d", "Out e unit", "note")
    assert table.columns == expected


def test_what_pandas_writes_for_two_levels_of_names_is_read(tmp_path: Path) -> None:
    names = pd.MultiIndex.from_product([["2019", "2020"], ["a", "b"]])
    frame = pd.DataFrame([row[1:] for row in ROWS], columns=names)
    frame.to_csv(tmp_path / "p.csv", index=False)  # the group is repeated in each column
    table = sn.read_table(tmp_path / "p.csv", header="two")
    assert table.columns == JOINED[1:]


def test_groups_of_numbers_alone_are_no_row_of_data(file: Write) -> None:
    with pytest.warns(sn.SheernetWarning, match="groups"):
        table = sn.read_table(file("2019,,2020,\na,b,a,b\n1,2,3,4\n5,6,7,8\n"))
    assert table.columns == JOINED[1:]
    assert len(table) == 2


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


def test_a_model_reads_another_file_with_groups(file: Write) -> None:
    reading = sn.read_table(file(text_of([*HEADINGS[0], *ROWS])), header="two").read_as
    other = sn.read_table(file(text_of([*HEADINGS[0], ROWS[1]]), "new.csv"), like=reading)
    assert other.columns == JOINED
    assert other.frame.to_numpy().tolist() == [ROWS[1]]


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
def test_a_refusal_of_names_says_that_they_may_be_in_two_rows(
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
    assert "header='two'" in str(told.value)
    assert "header='none'" in str(told.value)


def test_names_that_are_given_to_be_in_two_rows_and_repeated_are_refused(file: Write) -> None:
    with pytest.raises(sn.InvalidInput, match=r"more than one column named 'a x'.*rename one$"):
        sn.read_table(file("a,a\nx,x\n1,2\n"), header="two")


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
