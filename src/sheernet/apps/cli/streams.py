"""Writing to standard output and standard error: completely, or with an error, and without control characters.

A write to a pipe, a full disk or a non-blocking descriptor may take only a part of the bytes.  Python's own streams
hide that if they are unbuffered (PYTHONUNBUFFERED=1): the rest is lost without an error.  So bytes are written
here in a loop.
"""

from __future__ import annotations

import os
import re
import select
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, TextIO

STANDARD_OUTPUT = "<stdout>"
"""Its file name in errors."""
_CONTROL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)
"""Control characters except line feed and tab, marks that change the direction of text, and surrogates."""


def visible(text: str) -> str:
    r"""Replace control characters by their escape sequences, because names from files may contain them.

    Examples
    --------
    >>> from sheernet.apps.cli.streams import visible
    >>> visible("score\x1b[2J\r")
    'score\\x1b[2J\\r'
    """
    return _CONTROL.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def write_text(stream: TextIO, text: str) -> None:
    """Write text; characters that the stream's encoding does not have are escaped.

    Raises
    ------
    OSError
        If not everything could be written.
    """
    encoding = getattr(stream, "encoding", None) or "utf-8"
    if getattr(stream, "buffer", None) is None:  # the stream was replaced by one of text
        stream.write(text.encode(encoding, "backslashreplace").decode(encoding))
        stream.flush()
        return
    write_bytes(stream, text.replace("\n", os.linesep).encode(encoding, "backslashreplace"))


def write_bytes(stream: TextIO, content: bytes) -> None:
    """Write bytes to a stream that has a buffer; raise OSError if not all could be written."""
    stream.flush()
    binary: Any = stream.buffer
    raw = getattr(binary, "raw", binary)
    left = memoryview(content)
    while left:
        written = raw.write(left)
        if written is None:  # the descriptor is non-blocking, and its reader is slower
            select.select([], [raw.fileno()], [])
        else:
            left = left[written:]
    raw.flush()


@contextmanager
def ignoring_closed_pipe(stream: TextIO) -> Iterator[None]:
    """Ignore that the reader of a pipe has closed it, so that `sheernet fit ... | head -1` writes its files.

    Other failures of standard output are raised with its name; failures of standard error are ignored.
    """
    try:
        yield
    except OSError as error:
        # Otherwise Python reports the error again when it exits.
        with suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
        if stream is not sys.stderr and not isinstance(error, BrokenPipeError):
            raise OSError(error.errno, error.strerror, STANDARD_OUTPUT) from error


class CompleteStream:
    """Standard output for code that prints directly, such as help texts: its writes are complete.

    Parameters
    ----------
    stream : text file
        The stream; only `write` is replaced.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write a text completely; see `write_text`."""
        with ignoring_closed_pipe(self._stream):
            write_text(self._stream, text)
        return len(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)
