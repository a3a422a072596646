"""Encodings of text files: recognized, or refused with a message."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import sheernet as sn

LETTERS = "abcäöüßéñ"


class TestFinding:
    @given(
        st.text(LETTERS + "€„“Ω中😀", min_size=1),
        st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32"]),
    )
    def test_any_text_in_a_unicode_encoding(
        self, tmp_path_factory: pytest.TempPathFactory, text: str, encoding: str
    ) -> None:
        path = tmp_path_factory.getbasetemp() / "encoded.csv"
        path.write_bytes(f"x,y\nx{text},1\n".encode(encoding))
        assert sn.read_table(path).frame["x"].tolist() == [f"x{text}"]

    @pytest.mark.parametrize(
        ("text", "encoding", "label"),
        [
            ("Größe", "utf-8", "UTF-8"),
            ("Größe", "latin-1", "Latin-1"),
            ("„Größe“ in €", "cp1252", "Windows-1252"),
            ("Größe\x81", "latin-1", "Latin-1"),
            ("plain", "ascii", "UTF-8"),
            ("Größe", "utf-8-sig", "UTF-8 with a byte-order mark"),
            ("Größe", "utf-16", "UTF-16"),
            ("Größe", "utf-16-le", None),
        ],
    )
    def test_is_named(self, file: Any, text: str, encoding: str, label: str | None) -> None:
        path = file(f"name;x\n{text};1,5\n".encode(encoding))
        table = sn.read_table(path, encoding=None if label else encoding)
        assert table.frame["name"].tolist() == [text]
        assert table.reading.endswith(f", {label or 'UTF-16-LE'}")

    def test_looks_at_the_whole_file(self, file: Any) -> None:
        lines = 700_000 * "abc\n"
        assert (
            sn.read_table(file(("x\n" + lines + "Größe\n").encode())).frame["x"].iloc[-1] == "Größe"
        )
        table = sn.read_table(file(("x\n" + lines + "Größe\n").encode("latin-1")))
        assert table.frame["x"].iloc[-1] == "Größe"
        assert table.reading.endswith("Latin-1")

    @pytest.mark.parametrize("offset", range(4))
    def test_a_character_across_the_border_of_two_chunks(
        self, file: Any, offset: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("sheernet.data.tables.text_encoding.CHUNK", 8)
        table = sn.read_table(file("x\n" + offset * "a" + "😀😀\n"))
        assert table.frame["x"].tolist() == [offset * "a" + "😀😀"]

    def test_a_character_with_a_chunk_inside_it_is_not_utf8(
        self, file: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("sheernet.data.tables.text_encoding.CHUNK", 8)
        path = file(b"x\naaaaa\xc3" + b"bbbbbbbb" + b"\xa9\n")
        assert sn.read_table(path).frame["x"].tolist() == ["aaaaaÃbbbbbbbb©"]

    def test_half_a_character_at_the_end_is_not_utf8(self, file: Any) -> None:
        assert sn.read_table(file("x\nä".encode()[:-1])).reading.endswith("Latin-1")


class TestRefuses:
    @pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
    def test_utf16_without_its_mark(self, file: Any, encoding: str) -> None:
        path = file("hours,name\n1.5,abc\n".encode(encoding))
        with pytest.raises(
            sn.InvalidInput,
            match=f"seems to be UTF-16 without a byte-order mark; .* encoding='{encoding}'$",
        ):
            sn.read_table(path)
        assert sn.read_table(path, encoding=encoding).columns == ("hours", "name")

    @pytest.mark.parametrize(
        ("content", "message"),
        [
            (b"\xff\xfea\x00,\x00b\x00\n\x00\x00\xd8", "is not valid UTF-16 at byte"),
            (b"\xef\xbb\xbfa,b\n\xff\xff,1\n", "is not valid UTF-8 at byte"),
            (b"\xff\xfe\x00\x00\xff\xff\xff\xff", "is not valid UTF-32 at byte"),
        ],
    )
    def test_a_mark_that_the_rest_does_not_keep(
        self, file: Any, content: bytes, message: str
    ) -> None:
        with pytest.raises(sn.InvalidInput, match=message):
            sn.read_table(file(content))
