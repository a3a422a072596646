"""The encoding of a text file, and whether it is text; the whole file is scanned in chunks.

A byte-order mark decides.  Without one, a file that is valid UTF-8 from beginning to end is UTF-8: text in another
encoding passes this test by chance only if it is short.  Other files are Windows-1252, or Latin-1 if they have bytes
that Windows-1252 leaves undefined.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from sheernet.data.tables.opening import Opened
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.sentences import Setting, sentence

CHUNK = 2**17
"""Bytes of a file that are scanned at a time: they fit in a processor's cache."""
HEAD = 2**16
"""Characters from which the layout of a file is determined; more if they have fewer than `LINES` lines."""
LONGEST_HEAD = 2**24
LINES = 5

_MARKS = {  # UTF-32 first, because its mark begins with that of UTF-16
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_LABELS = {"iso8859-1": "Latin-1", "cp1252": "Windows-1252"}
_CONTROLS = bytes(sorted({*range(32), 127} - set(b"\t\n\v\f\r\x1a")))
_START = 2**20
"""Bytes from the beginning of a file by which it is recognized as binary."""
_MOST_CONTROLS = 0.01
"""Share of control characters among these above which a file is binary."""
_FEW_CONTROLS = 8
"""Control characters, NUL included, that a damaged short text may have; if there are more, their share decides."""


@dataclass(frozen=True)
class Text:
    """A text file that can be decoded from beginning to end.

    Parameters
    ----------
    path : Path
        The file.
    name : str
        Its name in messages.
    encoding : str
        Python's name of its encoding.
    head : str
        Its first lines, complete, without a byte-order mark; line breaks are as in the file.
    has_mark : bool
        Whether UTF-8 begins with a byte-order mark, as Excel and Notepad write it.  False for UTF-16 and UTF-32, which
        are not recognized without one.
    has_blanks : bool
        Whether there may be blanks in the file.
    """

    path: Path
    name: str
    encoding: str
    head: str
    has_mark: bool = False
    has_blanks: bool = True

    @property
    def label(self) -> str:
        """The name of the encoding in messages."""
        label = _LABELS.get(self.encoding, self.encoding.upper())
        return f"{label} with a byte order mark" if self.has_mark else label

    def open(self) -> TextIO:
        """Open the text, without a byte-order mark; line breaks are as in the file."""
        encoding = "utf-8-sig" if self.encoding == "utf-8" else self.encoding
        return self.path.open(encoding=encoding, newline="")


def open_text(file: Opened, encoding: str | None = None) -> Text:
    """Determine the encoding of a file and read its first lines.

    Raises
    ------
    InvalidInput
        If the file is binary, or not in the given encoding.
    """
    with file.path.open("rb") as content:
        first = content.read(_START)
    found = encoding or next((e for mark, e in _MARKS.items() if first.startswith(mark)), None)
    has_blanks = True
    if found:
        _require_decodable(file, found)
    else:
        _require_text(first, file.name)
        found, has_blanks = _encoding(file)
    has_mark = found == "utf-8" and first.startswith(codecs.BOM_UTF8)
    return Text(file.path, file.name, found, _head(file, found), has_mark, has_blanks)


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk


def _encoding(file: Opened) -> tuple[str, bool]:
    """The encoding of a file without a byte-order mark, and whether the file has blanks."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    is_utf8, has_blanks = True, False
    for number, chunk in enumerate(_chunks(file.path)):
        if b"\0" in chunk:
            raise _holds_nul(file.name, number * CHUNK + chunk.index(b"\0"))
        is_utf8 = is_utf8 and _continues(decoder, chunk)
        has_blanks = has_blanks or b" " in chunk
    if is_utf8 and not decoder.getstate()[0]:
        return "utf-8", has_blanks
    found = {byte for chunk in _chunks(file.path) for byte in chunk.translate(None, _ALL_BUT_C1)}
    return ("cp1252" if found and not found & _UNDEFINED else "iso8859-1"), has_blanks


def _continues(decoder: codecs.IncrementalDecoder, chunk: bytes) -> bool:
    """Whether a chunk continues what the decoder has decoded."""
    if chunk.isascii() and not decoder.getstate()[0]:
        return True
    try:
        decoder.decode(chunk)
    except UnicodeDecodeError:
        return False
    return True


_ALL_BUT_C1 = bytes(byte for byte in range(256) if not 0x80 <= byte <= 0x9F)
"""All bytes but those that are letters and quotes in Windows-1252 and control characters in Latin-1."""
_UNDEFINED = {0x81, 0x8D, 0x8F, 0x90, 0x9D}
"""Bytes that Windows-1252 leaves undefined."""


def _require_decodable(file: Opened, encoding: str) -> None:
    """Raise unless the whole file can be decoded; memory is bounded."""
    decoder = codecs.getincrementaldecoder(encoding)()
    done = 0
    try:
        for chunk in _chunks(file.path):
            if "\0" in decoder.decode(chunk):
                raise _holds_nul(file.name, done)
            done += len(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        raise InvalidInput(
            sentence(
                "{} is not {} from byte {} on ({}); save it as UTF-8, or give its {}",
                file.name, encoding.upper(), done + error.start, error.reason, Setting("encoding"),
            )
        ) from None  # fmt: skip


def _require_text(first: bytes, name: str) -> None:
    """Raise if the first bytes of a file show that it is binary."""
    n_pairs = len(first) // 2
    for start, encoding in ((1, "utf-16-le"), (0, "utf-16-be")) if b"\0" in first else ():
        if first[start::2].count(0) > n_pairs / 2 and first[1 - start :: 2].count(0) == 0:
            raise InvalidInput(
                sentence(
                    "{} seems to be UTF-16 without a byte-order mark; save it as UTF-8, or use {}",
                    name,
                    Setting("encoding", encoding),
                )
            )
    n_controls = len(first) - len(first.translate(None, _CONTROLS))
    if b"\0" in first and n_controls <= _FEW_CONTROLS:
        return  # damaged text, for which there is another message
    if n_controls > _MOST_CONTROLS * len(first):
        raise InvalidInput(f"{name} is a binary file of an unknown type; save the table as CSV")


def _holds_nul(name: str, position: int) -> InvalidInput:
    return InvalidInput(
        f"{name} has a NUL character at or after byte {position}, so it is damaged or not text; save the table again "
        "as CSV"
    )


def _head(file: Opened, encoding: str) -> str:
    """The first lines of a file, complete and enough to determine its layout."""
    with file.path.open(encoding=encoding, newline="") as stream:
        head = stream.read(HEAD)
        while len(head) < LONGEST_HEAD and head.count("\n") + head.count("\r") < LINES:
            more = stream.read(len(head))
            if not more:
                break
            head += more
        is_whole = not stream.read(1)
    head = head.removeprefix("\ufeff")
    end = len(head) if is_whole else max(head.rfind("\n"), head.rfind("\r")) + 1
    if head and not end:
        raise InvalidInput(
            f"{file.name} has a first line of more than {LONGEST_HEAD // 2**20} million characters, so it is not a "
            "text table; save the table as CSV"
        )
    if not head[:end].strip():
        raise InvalidInput(
            f"{file.name} is empty; a table has a line of names and rows of values below it"
        )
    return head[:end]
