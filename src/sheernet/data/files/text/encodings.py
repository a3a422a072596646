"""Decoding a text file: a byte-order mark decides, else UTF-8 if all bytes are valid, else a guess with a warning."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from sheernet.data.files.opening import Opened
from sheernet.foundation.caller_warnings import warn
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.sentences import Setting, sentence

_BYTE_ORDER_MARKS = {  # UTF-32 first, because its mark begins with that of UTF-16
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_LABELS = {"utf-8-sig": "UTF-8", "iso8859-1": "Latin-1"} | {
    f"cp125{i}": f"Windows-125{i}" for i in range(9)
}
_CONTROLS = bytes(sorted({*range(32), 127} - set(b"\t\n\v\f\r\x1a")))
_START = 2**16
"""Number of first bytes in which control characters show that a file is not text."""
_MOST_CONTROLS = 0.01
_NOT_ASCII = re.compile(r"[^\s,;|\"]*[^\x00-\x7f][^\s,;|\"]*")


@dataclass(frozen=True, eq=False)
class Text:
    """The text of a file.

    Parameters
    ----------
    name : str
        Name of the file in messages.
    data : bytes
        The text in UTF-8, without byte-order mark; lines end with a line feed, a carriage return may precede it.
    encoding : str
        Python's name of the encoding of the file.
    """

    name: str
    data: bytes
    encoding: str

    @property
    def label(self) -> str:
        """The name of the encoding for a description."""
        return _LABELS.get(self.encoding, self.encoding.upper())


def read_text(file: Opened, encoding: str | None = None, usual: str | None = None) -> Text:
    """Read and decode a file; the parameters are those of `decoded`."""
    return decoded(file.path.read_bytes(), file.name, encoding, usual)


def decoded(data: bytes, name: str, encoding: str | None = None, usual: str | None = None) -> Text:
    """Decode the bytes of a file.

    Parameters
    ----------
    data : bytes
        The bytes.
    name : str
        Name of the file in messages.
    encoding : str, optional
        Python's name of the encoding; found by default.
    usual : str, optional
        The encoding if there is neither a byte-order mark nor valid UTF-8; a guess by default.

    Raises
    ------
    InvalidInput
        If the bytes are not text in this encoding.

    Warns
    -----
    SheernetWarning
        If the encoding is a guess and matters.
    """
    marked = next((of for mark, of in _BYTE_ORDER_MARKS.items() if data.startswith(mark)), None)
    if encoding is None:
        encoding = marked or ("utf-8" if _is_utf_8(data) else usual)
    elif marked and encoding in ("utf-8", "utf-16", "utf-32"):
        encoding = marked
    if encoding is None or encoding.startswith("utf-8"):
        _require_text(data, name)
    if encoding is None:
        return _guessed(data, name)
    if encoding == "utf-8" and _is_utf_8(data):
        return Text(name, _with_line_feeds(data), encoding)
    try:
        text = data.decode(encoding)
    except (UnicodeError, ValueError) as error:
        start = getattr(error, "start", 0)
        raise InvalidInput(
            "{} is not {}: byte {} cannot be decoded; give another {}",
            name, encoding.upper(), start + 1, Setting("encoding"),
        ) from None  # fmt: skip
    # Spreadsheet programs of other encodings write a mark, too, which is not part of the first name.
    return Text(name, _with_line_feeds(text.removeprefix("\ufeff").encode()), encoding)


def _guessed(data: bytes, name: str) -> Text:
    """Decode as Windows-1252 or, if a byte has no meaning there, as Latin-1; warn."""
    encoding = "cp1252"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        encoding = "iso8859-1"
        text = data.decode(encoding)
    found = _NOT_ASCII.search(text)
    shown = found[0] if found else ""
    made = Text(name, _with_line_feeds(text.encode()), encoding)
    warn(
        sentence(
            "{} is not UTF-8, so its encoding is a guess: it is read as {}, with {!r} for example; if this text is "
            "wrong, give {}",
            name, made.label, shown, Setting("encoding"),
        )
    )  # fmt: skip
    return made


def _is_utf_8(data: bytes) -> bool:
    if data.isascii():
        return True
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _require_text(data: bytes, name: str) -> None:
    """Raise if bytes are not text of one byte a character."""
    start = data[:_START]
    controls = len(start) - len(start.translate(None, _CONTROLS))
    zeros = start.count(0)
    if 3 * zeros > len(start):
        raise InvalidInput(
            "{} is not text of one byte a character; if it is UTF-16, give {}, otherwise save the table as CSV",
            name, Setting("encoding", "utf-16"),
        )  # fmt: skip
    if controls > _MOST_CONTROLS * len(start):
        raise InvalidInput(
            "{} is a binary file of an unknown type; save the table as CSV, or give its {} if it is text",
            name, Setting("encoding"),
        )  # fmt: skip
    if (position := data.find(0)) >= 0:
        raise InvalidInput(
            f"{name} has a NUL character at byte {position + 1}, so it is damaged or not text; save the table again "
            "as CSV"
        )


def _with_line_feeds(data: bytes) -> bytes:
    """Return a text without the mark of its end, whose lines end with line feeds, as those of old Macs do not."""
    end = len(data.rstrip(b"\x1a\0"))
    data = data[:end] if end < len(data) else data
    if b"\r" not in data or data.count(b"\r") == data.count(b"\r\n"):
        return data
    return re.sub(rb"\r(?!\n)", b"\n", data)
