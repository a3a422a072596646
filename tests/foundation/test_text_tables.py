"""Tables as text have columns of even width and lines of limited length; HTML shows cells as they are."""

from __future__ import annotations

from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from sheernet.foundation.message_text import WIDTH
from sheernet.foundation.text_tables import SHORTEST, aligned, html_table

CELLS = st.text("ab <&>é", max_size=9)
TABLES = st.integers(1, 5).flatmap(
    lambda n: st.lists(st.lists(CELLS, min_size=n, max_size=n), min_size=1, max_size=5)
)


@given(TABLES, st.sets(st.integers(0, 4)))
def test_columns_begin_and_end_at_the_same_places(lines: list[list[str]], left: set[int]) -> None:
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    names = [" ".join(line[0].split()) for line in lines]
    widths[0] = max(map(len, names))
    for name, line, text in zip(names, lines, aligned(lines, left), strict=True):
        padded, start = text.ljust(2 + sum(widths) + 2 * len(widths)), 2
        for k, (cell, width) in enumerate(zip([name, *line[1:]], widths, strict=True)):
            there = cell.ljust(width) if k in left else cell.rjust(width)
            assert padded[start : start + width] == there
            start += width + 2


@given(st.text("abc", min_size=1, max_size=300), st.integers(1, WIDTH - SHORTEST - 4))
def test_names_are_cut_to_the_width_of_a_line(name: str, other: int) -> None:
    (line,) = aligned([[name, "1" * other]])
    assert len(line) <= WIDTH
    assert line.split()[0] == name or len(line) == WIDTH


class Reader(HTMLParser):
    """Collects the cells of a table."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self.rows.append([])
        elif tag in ("th", "td"):
            self.rows[-1].append("")

    def handle_data(self, data: str) -> None:
        self.rows[-1][-1] += data


@given(TABLES)
def test_a_browser_reads_the_cells(lines: list[list[str]]) -> None:
    reader = Reader()
    reader.feed(html_table(lines))
    reader.close()
    assert reader.rows == lines
