"""Determining the encoding of a text file, and rejecting binary files; the whole file is scanned in chunks.

A byte-order mark determines the encoding.  A file without one is UTF-8 if all of it is valid UTF-8; text in another
encoding passes this test by chance only if it is short.  It is UTF-16 if one of two bytes is nearly always zero.  The
encoding of other files is a guess (encoding_guess.py).
"""

from __future__ import annotations

import codecs
import functools
import mmap
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from sheernet.data.files.opening import Opened
from sheernet.data.files.text.byte_lines import (
    count_byte,
    count_in_file,
    count_lines,
    zeros_before_digits,
)
from sheernet.data.files.text.encoding_guess import EncodingGuess, guess_encoding
from sheernet.data.files.text.escaped_marks import doubled, has_escaped_marks
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.sentences import Setting

CHUNK = 2**17
"""Number of bytes that are scanned at a time; they fit in the processor cache."""
HEAD = 2**16
"""Number of characters from which the layout of a file is determined; more if they have fewer than `LINES` lines."""
LONGEST_HEAD = 2**24
LINES = 5

TELLING = b' "#+,.:\\\r'
"""Characters of patterns; a file without one of them need not be searched for the patterns that contain it."""

_SEPARATORS = b",;\t|"
_WHOLE = re.compile(rb'[\n,;\t|"][0-9]+[",;\t|\r\n]')
"""A whole number between separators."""
_SAMPLE = 2**12
"""Number of first bytes in which such a number is looked for."""
_BYTE_ORDER_MARKS = {  # UTF-32 first, because its byte-order mark begins with the byte-order mark of UTF-16
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_LABELS = {
    "iso8859-1": "Latin-1",
    "cp932": "Shift-JIS",
    "cp949": "EUC-KR",
    "big5": "Big5",
    "euc_jp": "EUC-JP",
    "mac-roman": "Mac Roman",
    **{f"cp125{i}": f"Windows-125{i}" for i in range(9)},
}
_CONTROLS = bytes(sorted({*range(32), 127} - set(b"\t\n\v\f\r\x1a")))
_START = 2**20
"""Number of bytes from the beginning of a file that are examined to recognize binary files."""
_TAIL = 2**10
"""Number of bytes at the end of a file that are searched for the character 26."""
_MAX_CONTROL_FRACTION = 0.01
"""Fraction of control characters in these bytes above which a file is binary."""
_FEW_CONTROLS = 8
"""Maximum number of control characters in a text damaged by NUL characters, whatever their fraction."""


@dataclass(frozen=True)
class Text:
    r"""A text file that can be decoded from beginning to end.

    Parameters
    ----------
    path : Path
        The file.
    name : str
        Its name in messages.
    encoding : str
        Python's name of its encoding.
    head : str
        Its first lines, complete, without byte-order mark; line breaks are not converted.
    has_byte_order_mark : bool
        Whether a UTF-8 file begins with a byte-order mark, as Excel and Notepad write it.  False for UTF-16 and UTF-32,
        whose byte-order mark is never part of the text.
    absent : bytes
        Characters of `TELLING` that the file does not have; none if that is not known.
    counts : mapping of bytes to int
        How often some bytes occur in the file: line breaks, and the separator that is frequent at its beginning.
    unpadded : bytes
        Separators between which no value begins with a zero and another digit; none if that is not known.
    has_controls : bool
        Whether the file begins with form feeds, or ends with the character 26 of old programs.
    has_escaped_marks : bool
        Whether a backslash is before each quotation mark in quoted text (escaped_marks.py); in `head` they are doubled.
    guess : EncodingGuess or None
        The encodings that it may have, if its encoding is a guess.
    """

    path: Path
    name: str
    encoding: str
    head: str
    has_byte_order_mark: bool = False
    absent: bytes = b""
    counts: Mapping[bytes, int] = field(default_factory=dict)
    unpadded: bytes = b""
    has_controls: bool = False
    has_escaped_marks: bool = False
    guess: EncodingGuess | None = None

    @functools.cached_property
    def n_lines(self) -> int:
        """The number of lines, as `byte_lines.count_lines` counts them."""
        return count_lines(self.path, self.count(b"\n"), self.count(b"\r"))

    @property
    def is_plain(self) -> bool:
        """Whether the lines of the file can be read as they are."""
        return not (self.has_controls or self.has_escaped_marks)

    @property
    def label(self) -> str:
        """The name of the encoding in messages."""
        label = _LABELS.get(self.encoding, self.encoding.upper())
        return f"{label} with a byte-order mark" if self.has_byte_order_mark else label

    def open(self) -> TextIO:
        """Open the file as text, without byte-order mark; line breaks are not converted."""
        encoding = "utf-8-sig" if self.encoding == "utf-8" else self.encoding
        return self.path.open(encoding=encoding, newline="")

    def count(self, byte: bytes) -> int:
        """Count how often a byte occurs in the file."""
        return self.counts[byte] if byte in self.counts else count_in_file(self.path, byte)

    def may_contain(self, pattern: re.Pattern[bytes], characters: bytes = b"") -> bool:
        """Whether a pattern of ASCII characters may occur; True for UTF-16 and UTF-32, which are not searched.

        `characters` are those of `TELLING` without which the pattern cannot occur.
        """
        if "0".encode(self.encoding) != b"0":
            return True
        if set(characters) & set(self.absent):
            return False
        with (
            self.path.open("rb") as file,
            mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content,
        ):
            return pattern.search(content) is not None


def open_text(file: Opened, encoding: str | None = None, quote: str | None = None) -> Text:
    """Determine the encoding of a file and read its first lines; `quote` is the setting of quotation marks.

    Raises
    ------
    InvalidInput
        If the file is binary, or not in the given encoding.
    """
    with file.path.open("rb") as content:
        first = content.read(_START)
        content.seek(-min(content.seek(0, os.SEEK_END), _TAIL), os.SEEK_END)
        has_controls = b"\f" in first or b"\x1a" in content.read()
    found = encoding or next(
        (e for mark, e in _BYTE_ORDER_MARKS.items() if first.startswith(mark)), None
    )
    scan, guess = _Scan(), None
    if found == "utf-8":
        scan = _scan(file)
        if not scan.is_utf8:
            _require_decodable(file, found)
    elif found or (found := _utf16(first)):
        _require_decodable(file, found)
    else:
        _require_text(first, file.name)
        scan = _scan(file)
        guess = None if scan.is_utf8 else guess_encoding(file.path)
        found = guess.encoding if guess else "utf-8"
    has_byte_order_mark = found == "utf-8" and first.startswith(codecs.BOM_UTF8)
    head = _head(file, found)
    escaped = (
        quote in (None, '"')
        and not {*b'\\"'} & {*scan.absent}
        and has_escaped_marks(file.path, found)
    )
    return Text(
        file.path, file.name, found, doubled(head) if escaped else head, has_byte_order_mark, scan.absent, scan.counts,
        scan.unpadded, has_controls, escaped, guess,
    )  # fmt: skip


def is_unicode(file: Opened) -> bool:
    """Whether a file has a byte-order mark, or characters that are not ASCII and is valid UTF-8."""
    decoder, is_ascii = codecs.getincrementaldecoder("utf-8")(), True
    for number, chunk in enumerate(_chunks(file.path)):
        if not number and chunk.startswith(tuple(_BYTE_ORDER_MARKS)):
            return True
        is_ascii = is_ascii and chunk.isascii()
        if not _continues(decoder, chunk):
            return False
    return not is_ascii and not decoder.getstate()[0]


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk


@dataclass
class _Scan:
    """What a scan of a file finds: whether it is valid UTF-8, and `absent`, `counts` and `unpadded` of its `Text`."""

    is_utf8: bool = False
    absent: bytes = b""
    counts: dict[bytes, int] = field(default_factory=dict)
    unpadded: bytes = b""


def _scan(file: Opened) -> _Scan:
    """Scan all bytes of a file."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    found = _Scan(True, TELLING, {b"\n": 0, b"\r": 0})
    before = b"\n"
    for number, chunk in enumerate(_chunks(file.path)):
        if b"\0" in chunk:
            raise _nul_error(file.name, number * CHUNK + chunk.index(b"\0"))
        if not number:
            separator = bytes([max(_SEPARATORS, key=chunk.count)])
            found.counts[separator] = 0
            found.unpadded = b",\t" + separator if _WHOLE.search(chunk, 0, _SAMPLE) else b""
        found.is_utf8 = found.is_utf8 and _continues(decoder, chunk)
        found.absent = bytes(byte for byte in found.absent if byte not in chunk)
        for byte in found.counts:
            found.counts[byte] += 0 if byte in found.absent else count_byte(chunk, byte)
        if found.unpadded and zeros_before_digits(before + chunk, separator).any():
            found.unpadded = b""
        before = chunk[-2:]
    found.is_utf8 = found.is_utf8 and not decoder.getstate()[0]
    return found


def _utf16(first: bytes) -> str | None:
    """Return the encoding of UTF-16 without a byte-order mark: every second byte is nearly always zero."""
    n_pairs = len(first) // 2
    for start, encoding in ((1, "utf-16-le"), (0, "utf-16-be")) if b"\0" in first else ():
        if first[start::2].count(0) > n_pairs / 2 and first[1 - start :: 2].count(0) == 0:
            return encoding
    return None


def _continues(decoder: codecs.IncrementalDecoder, chunk: bytes) -> bool:
    """Whether a chunk is valid after those that the decoder has decoded."""
    if chunk.isascii() and not decoder.getstate()[0]:
        return True
    try:
        decoder.decode(chunk)
    except UnicodeDecodeError:
        return False
    return True


def _require_decodable(file: Opened, encoding: str) -> None:
    """Raise unless the whole file can be decoded; it is decoded in chunks to limit memory."""
    decoder = codecs.getincrementaldecoder(encoding)()
    done = 0
    try:
        for chunk in _chunks(file.path):
            if "\0" in decoder.decode(chunk):
                raise _nul_error(file.name, done)
            done += len(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        raise InvalidInput(
            "{} is not valid {} at byte {} ({}); save it as UTF-8, or give its {}",
            file.name, encoding.upper(), done + error.start, error.reason, Setting("encoding"),
        ) from None  # fmt: skip


def _require_text(first: bytes, name: str) -> None:
    """Raise if the first bytes of a file show that it is binary."""
    n_controls = len(first) - len(first.translate(None, _CONTROLS))
    if b"\0" in first and n_controls <= _FEW_CONTROLS:
        return  # text damaged by NUL characters, for which `_nul_error` is raised
    if n_controls > _MAX_CONTROL_FRACTION * len(first):
        raise InvalidInput(f"{name} is a binary file of an unknown type; save the table as CSV")


def _nul_error(name: str, position: int) -> InvalidInput:
    return InvalidInput(
        f"{name} has a NUL character at or after byte {position}, so it is damaged or not text; save the table again "
        "as CSV"
    )


def _head(file: Opened, encoding: str) -> str:
    """Read enough complete lines of a file to determine its layout."""
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
            "table; save the table as CSV"
        )
    if not head[:end].strip():
        raise InvalidInput(
            f"{file.name} is empty; a table needs a header and at least one row of values"
        )
    return head[:end]
