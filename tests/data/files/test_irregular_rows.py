"""The error for rows that are longer or shorter than the names names the first such line and the number of names."""

from __future__ import annotations

import itertools
import tempfile
import warnings
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import sheernet as sn

COLORS = ("red", "green", "blue")
PLACES = [(1,), (2,), (10,), (30,), (3, 14), (5, 6, 7), (29, 30), tuple(range(15, 31))]


def rows(*, text: bool) -> list[list[str]]:
    """Return names and 30 rows; the second column is text or numbers."""
    colors = itertools.cycle(COLORS if text else "123")
    table = [[f"{1.5 * i}", next(colors), str(i), f"{i * i}.5"] for i in range(30)]
    return [["height", "color", "age", "price"], *table]


def refusal(path: Path, lines: list[str]) -> str:
    path.write_text("\n".join(lines) + "\n")
    with pytest.raises(sn.InvalidInput) as caught:
        sn.read_table(path)
    return str(caught.value)


@pytest.mark.parametrize(
    ("separator", "mark"), [(",", ""), (",", '"'), (";", ""), ("\t", ""), ("|", '"')]
)
@pytest.mark.parametrize("places", PLACES)
@pytest.mark.parametrize("change", [2, -1])
@pytest.mark.parametrize("text", [False, True])
def test_the_first_line_with_another_number_of_values_is_named(
    tmp_path: Path, separator: str, mark: str, places: tuple[int, ...], change: int, text: bool
) -> None:
    table = rows(text=text)
    for place in places:
        table[place] = (table[place] + ["7", "8"])[: 4 + change]
    lines = [separator.join(f"{mark}{cell}{mark}" for cell in row) for row in table]
    said = refusal(tmp_path / "ragged.csv", lines)
    expected = f"line {places[0] + 1} of ragged.csv has {4 + change} values, but its first line has 4 names"
    assert said.startswith(expected)
    assert "; correct the line" in said


@pytest.mark.parametrize("place", [1, 2, 10, 25])
def test_lines_are_counted_from_the_first_title_line(tmp_path: Path, place: int) -> None:
    lines = ["Heights", "Station: Zugspitze", "", *map(",".join, rows(text=True))]
    lines[3 + place] += ",7"
    said = refusal(tmp_path / "ragged.csv", lines)
    assert said.startswith(f"line {place + 4} of ragged.csv has 5 values, but line 4 has 4 names")


@pytest.mark.parametrize("place", [1, 10, 29])
def test_a_separator_at_the_end_of_each_row_is_no_value(tmp_path: Path, place: int) -> None:
    names, *table = map(",".join, rows(text=True))
    lines = [names, *(f"{row}," for row in table)]
    lines[place] += "7,8"
    said = refusal(tmp_path / "ragged.csv", lines)
    assert said.startswith(f"line {place + 1} of ragged.csv has 6 values, but its first line has 4")


def test_rows_below_names_in_a_comment(tmp_path: Path) -> None:
    names, *table = map(",".join, rows(text=True))
    table[10] += ",7"
    said = refusal(tmp_path / "ragged.csv", [f"# {names}", *table])
    assert said.startswith("line 12 of ragged.csv has 5 values, but line 2 has 4 values")


@pytest.mark.parametrize(
    "above", [["Run,5"], ["Run,5", "Hall,2"], ["a,b", "x,y"], ["x", "Mean,5,6"]]
)
def test_lines_that_may_be_titles_are_listed_with_their_roles(
    tmp_path: Path, above: list[str]
) -> None:
    _, *table = map(",".join, rows(text=True))
    said = refusal(tmp_path / "titles.csv", [*above, *table])
    assert said.startswith(
        "it cannot be determined which line of titles.csv holds the names of columns"
    )


N_EXAMINED = 250
"""A larger number than that of the first rows from which the layout is determined."""


@pytest.mark.parametrize("mark", ["", '"'])
@pytest.mark.parametrize("long", [0, 1, 28, 29])
@pytest.mark.parametrize("short", [0, 2, 14, 29])
def test_a_short_row_is_found_if_another_row_has_one_separator_more(
    tmp_path: Path, mark: str, long: int, short: int
) -> None:
    names, *table = rows(text=False)
    later = [[*row[:3], ""] for row in table]  # the last values are missing
    lines = [",".join(f"{mark}{cell}{mark}" for cell in row) for row in later]
    lines[long] += ","
    lines[short] = lines[short].removesuffix(f",{mark}{mark}")
    if long != short:
        first = [*map(",".join, [names, *itertools.islice(itertools.cycle(table), N_EXAMINED)])]
        assert "line" in refusal(tmp_path / "ragged.csv", [*first, *lines])


def test_short_rows_are_found_below_as_many_rows_that_end_with_a_separator(tmp_path: Path) -> None:
    lines = ["x,y,z", *["1,2,3,"] * N_EXAMINED, *["4,5"] * N_EXAMINED]
    said = refusal(tmp_path / "ragged.csv", lines)
    assert said.startswith(f"line {N_EXAMINED + 2} of ragged.csv has 2 values")


def test_a_short_row_is_found_if_a_missing_value_has_a_separator(tmp_path: Path) -> None:
    rows = ["x,y,z", *["1,2,3"] * N_EXAMINED, '4,"n,a",', "5,6"]
    path = tmp_path / "ragged.csv"
    path.write_text("\n".join(rows) + "\n")
    with pytest.raises(sn.InvalidInput, match=f"line {N_EXAMINED + 3} of ragged.csv has 2 values"):
        sn.read_table(path, missing_values=["n,a"])


@given(
    st.lists(
        st.sampled_from(["1.5,2.5,3.5", "4.5,5.5,", '6.5,"a,b",', '7.5,"8"', "9.5,10.5", ""]),
        min_size=1,
    ),
    st.sampled_from(["\n", "\r\n"]),
    st.integers(0, 2),
)
def test_short_rows_are_found_among_blank_lines_and_quoted_separators(
    lines: list[str], end: str, n_titles: int
) -> None:
    above = [*["Heights of trees"] * n_titles, "x,y,z", *["1,2,3"] * N_EXAMINED]
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore", sn.SheernetWarning)
        path = Path(folder, "rows.csv")
        path.write_bytes(end.join([*above, *lines, ""]).encode())
        if {'7.5,"8"', "9.5,10.5"} & {*lines}:
            with pytest.raises(sn.InvalidInput, match="2 values"):
                sn.read_table(path)
        else:
            assert len(sn.read_table(path)) == N_EXAMINED + sum(line != "" for line in lines)
