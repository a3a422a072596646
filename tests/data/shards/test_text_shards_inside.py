"""As test_text_shards.py, by names that are not published."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheernet.data.files.text.text_layout import TextLayout
from sheernet.data.shards import text_shards
from sheernet.data.shards.text_shards import TextForm, divide_lines

pytestmark = pytest.mark.filterwarnings("ignore::sheernet.SheernetWarning")


CELLS = st.text(alphabet='ab," \n;1', max_size=5)


@given(
    rows=st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=30),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    goal=st.integers(1, 5),
    chunk=st.integers(1, 40),
    end=st.sampled_from(["\n", "\r\n"]),
)
def test_blocks_are_whole_rows_of_the_csv_module(rows, quoting, goal, chunk, end, tmp_path_factory):
    rows = [*rows, ("a", "b")]  # a block ends with a row
    written = io.StringIO()
    csv.writer(written, quoting=quoting, lineterminator=end).writerows([("x", "y"), *rows])
    path = tmp_path_factory.mktemp("blocks") / "rows.csv"
    path.write_bytes(written.getvalue().encode())
    form = TextForm(TextLayout(",", ("x", "y"), top=1, n_cells=2), "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(text_shards, "CHUNK", chunk)
        blocks = list(divide_lines(path, form, goal, 2**20))
    content = path.read_bytes()

    def is_row(row):
        """Whether the line of a row has more than separators and spaces."""
        return quoting == csv.QUOTE_ALL or any(cell.strip(" ") for cell in row)

    assert blocks[0][0] == len(f"x,y{end}") if quoting == csv.QUOTE_MINIMAL else True
    assert blocks[-1][1] == len(content)
    read = []
    for (start, stop, n_rows), (following, _, _) in zip(
        blocks, [*blocks[1:], (len(content), 0, 0)], strict=True
    ):
        assert stop == following
        text = content[start:stop].decode()
        part = [tuple(row) for row in csv.reader(io.StringIO(text, newline="")) if is_row(row)]
        assert len(part) == n_rows == min(goal, n_rows)
        read += part
    assert [n for *_, n in blocks[:-1]] == [goal] * (len(blocks) - 1)
    assert read == list(filter(is_row, rows))
