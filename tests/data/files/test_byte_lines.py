"""Lines found in the bytes of a file, against those that Python splits."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheernet.data.files.text import byte_lines


def count_lines(path: Path) -> int:
    return byte_lines.count_lines(path, *map(path.read_bytes().count, (b"\n", b"\r")))


LINES = st.lists(st.text(alphabet="a,é\u2028", max_size=9), min_size=1)


@given(LINES, st.sampled_from(["\n", "\r\n"]), st.booleans(), st.data())
def test_lines_of_rows_are_those_that_python_splits(
    lines: list[str], end: str, is_ended: bool, data: st.DataObject
) -> None:
    lines[-1] += "z"  # not blank
    content = (end.join(lines) + end * is_ended).encode()
    expected = content.splitlines(keepends=True)  # of bytes: only at line feeds and returns
    above = data.draw(st.integers(0, len(lines) - 1))
    rows = np.array(
        data.draw(st.lists(st.booleans(), min_size=len(lines) - above, max_size=len(lines) - above))
    )
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(byte_lines, "_CHUNK", 8)  # so that lines are in several blocks
        path = Path(folder, "rows.csv")
        path.write_bytes(content)
        assert count_lines(path) == len(lines)
        assert byte_lines.count_in_file(path, b",") == content.count(b",")
        found = list(byte_lines.lines_of(rows, path, above))
    assert found == [line for line, row in zip(expected[above:], rows, strict=True) if row]


@given(st.text(alphabet='0019a.,;" \n-', min_size=2), st.sampled_from(",;"))
def test_every_leading_zero_is_found(text: str, separator: str) -> None:
    content = text.encode()
    zeros = re.finditer(rf'(?<=[\s"{separator}])0(?=[0-9])'.encode(), content)
    found = byte_lines.zeros_before_digits(content, separator.encode())
    assert {match.start() for match in zeros} <= {*(np.flatnonzero(found) + 1)}
    assert not found[np.frombuffer(content, np.uint8)[1:-1] != ord("0")].any()


@pytest.mark.parametrize("content", [b"a\rb\n", b"a\nb\r", b"a\r\nb\n"])
def test_lines_with_other_breaks_are_not_counted(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "rows.csv"
    path.write_bytes(content + b"c\n" * 100_000)
    assert count_lines(path) == 0


def test_blank_lines_at_the_end_are_not_counted(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_bytes(b"a\n\nb\n \n\t\n")
    assert count_lines(path) == 3
