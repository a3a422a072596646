"""As test_text.py, by names that are not published."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import sheernet as sn
from data.files.test_text import Guess
from sheernet.data.files.opening import Opened
from sheernet.data.files.text import text_encoding


class TestFinding:
    @pytest.mark.parametrize("offset", range(4))
    def test_a_character_across_the_border_of_two_chunks(
        self, file: Any, offset: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("sheernet.data.files.text.text_encoding.CHUNK", 8)
        table = sn.read_table(file("x\n" + offset * "a" + "😀😀\n"))
        assert table.frame["x"].tolist() == [offset * "a" + "😀😀"]

    @Guess
    def test_a_character_with_a_chunk_inside_it_is_not_utf8(
        self, file: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("sheernet.data.files.text.text_encoding.CHUNK", 8)
        path = file(b"x\naaaaa\xc3" + b"bbbbbbbb" + b"\xa9\n")
        assert sn.read_table(path).frame["x"].tolist() == ["aaaaaÃbbbbbbbb©"]


CHUNKS = st.lists(
    st.sampled_from([b"x,y\n", b"1,#N/A\n", b'"7",a b\n', b"12:30,Err:502\n", b"+49,1\n"]),
    min_size=1,
)


@given(CHUNKS, st.integers(0, 3))
def test_characters_are_found_in_every_chunk_of_a_file(
    tmp_path_factory: pytest.TempPathFactory, lines: list[bytes], padding: int
) -> None:
    """What a search is left out for is not in the file, wherever the limits of chunks fall."""
    content = b"".join(b"1" * (text_encoding.CHUNK - padding) + b"\n" + line for line in lines)
    path = tmp_path_factory.getbasetemp() / "searched.csv"
    path.write_bytes(content)
    text = text_encoding.open_text(Opened(path, path.name, "text"))
    for character in text_encoding.TELLING:
        single = bytes([character])
        assert text.may_contain(re.compile(re.escape(single)), single) == (single in content)
    assert set(text.absent) == set(text_encoding.TELLING) - set(content)
    assert {b"\n", b"\r"} < set(text.counts)
    for byte in (*text.counts, b","):
        assert text.count(byte) == content.count(byte)


@given(
    st.lists(
        st.lists(
            st.from_regex("-?0?[0-9]{1,4}(\\.0[0-9])?", fullmatch=True), min_size=3, max_size=3
        )
    ),
    st.sampled_from(",;\t|"),
    st.sampled_from(["", '"']),
    st.integers(3, 9),
)
def test_unpadded_values_have_no_leading_zeros(
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[list[str]],
    separator: str,
    quote: str,
    size: int,
) -> None:
    rows = [
        ["1", "2", "3"],
        *rows,
    ]  # the first row has whole numbers, so that leading zeros are looked for
    path = tmp_path_factory.getbasetemp() / "zeros.csv"
    lines = [separator.join(f"{quote}{cell}{quote}" for cell in row) for row in rows]
    path.write_text("\n".join(["a b c".replace(" ", separator), *lines, ""]), "ascii")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(text_encoding, "CHUNK", size * 8)
        text = text_encoding.open_text(Opened(path, path.name, "text"))
    is_padded = any(re.match("0[0-9]", cell) for row in rows for cell in row)
    assert (separator.encode() in text.unpadded) == (not is_padded)
