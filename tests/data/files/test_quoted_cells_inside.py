"""As test_quoted_cells.py, by names that are not published."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.files.test_quoted_cells import Write, cells, quiet
from sheernet.data.files.opening import Opened
from sheernet.data.files.text import delimited, non_row_lines, quoted_cells
from sheernet.data.files.text.text_encoding import open_text
from sheernet.data.files.text.text_layout import TextLayout


@given(st.lists(st.tuples(st.booleans(), st.text("aN1 é.")), min_size=1), st.sampled_from("\"'"))
def test_marks_around_values_are_told_from_marks_within_them(
    cells: list[tuple[bool, str]], quote: str
) -> None:
    written = pd.DataFrame({"x": [f"{quote * q}{text}{quote * q}" for q, text in cells]}, dtype=str)
    marked = quoted_cells.with_marks(written, quote)
    assert marked is not None
    assert marked["x"].tolist() == [quoted_cells.MARK * q + text for q, text in cells]
    for within in ("5{0}", "{0}a{0}{0}b{0}", "{0}a{0} ", "{0}", "{0}{0}{0}{0}"):
        more = pd.DataFrame({"x": [*written["x"], within.format(quote)]}, dtype=str)
        assert quoted_cells.with_marks(more, quote) is None


@given(
    st.lists(st.lists(st.text("a1"), min_size=3, max_size=3), min_size=2, max_size=9),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from([None, "{}", "\n", "\r"]),
    st.data(),
)
@settings(deadline=None)
def test_rows_are_divided_unless_a_value_has_a_separator_or_a_line_break(
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[list[str]],
    end: str,
    within: str | None,
    data: st.DataObject,
) -> None:
    separator = data.draw(st.sampled_from(",;\t|"))
    if within is not None:
        i, j = (data.draw(st.integers(0, n - 1)) for n in (len(rows), 3))
        rows[i][j] += within.format(separator)
    lines = [separator.join(f'"{cell}"' for cell in row) for row in (["p", "q", "r"], *rows)]
    path = tmp_path_factory.getbasetemp() / "divided.csv"
    last = "\n" if within == "\r" else end  # as many returns as line feeds
    path.write_bytes((end.join(lines) + last).encode())
    text = open_text(Opened(path, path.name, "text"))
    layout = TextLayout(separator, ".", ("p", "q", "r"), top=1)
    assert non_row_lines.has_divided_rows(text, layout, len(rows)) == (within is None)


def test_rows_as_r_writes_them_are_parsed_as_they_are(
    file: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file without separators, line breaks and marks in values is not changed line by line, which takes long."""

    def lines(*_: object) -> Iterator[str]:
        raise AssertionError("lines were marked")

    monkeypatch.setattr(delimited, "marked_lines", lines)
    table = quiet(file('"","g","code","x"\n"1","a","07",0.5\n"2","NA","12",1.5\n"3",NA,"07",NA\n'))
    assert cells(table, "g") == ["a", "NA", None]
    assert cells(table, "code") == ["07", "12", "07"]
    assert cells(table, "row") == [1, 2, 3]
