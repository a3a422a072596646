"""Counting the lines and the blank lines of a text file."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from sheernet.data.tables.text_encoding import Text
from sheernet.data.tables.text_layout import Layout

_CHUNK = 2**17
_TAIL = 2**12  # bytes at the end that are searched for blank lines
_NEWLINE, _RETURN = np.uint8(ord("\n")), np.uint8(ord("\r"))
_BLANK = b" \t\r\n\0"


def count_lines(path: Path) -> int:
    r"""Count the lines of a file, except blank lines at its end.

    Returns
    -------
    int
        The number of lines, or 0 if line breaks are not all "\n" or all "\r\n", so that the number is unknown.
    """
    ends = returns = done = 0
    buffer = np.empty(_CHUNK, dtype=np.uint8)
    with path.open("rb", buffering=0) as file:
        while size := file.readinto(buffer.data):
            characters = buffer[:size]
            ends += int(np.count_nonzero(characters == _NEWLINE))
            if (
                returns or ends == 0 or not done
            ):  # if there are none in the first chunk, later ones are not counted
                returns += int(np.count_nonzero(characters == _RETURN))
            done += size
        file.seek(-min(file.tell(), _TAIL), os.SEEK_END)
        tail = file.read()
    blank = tail[len(tail.rstrip(_BLANK)) :].count(b"\n")
    return ends - blank + 1 if returns in (0, ends) else 0


def count_blank(text: Text, layout: Layout) -> int:
    """Count the blank lines between the header and the last row, except those inside quoted values."""
    blank = "\r\n " if layout.separator == "\t" else "\r\n \t"
    count = pending = 0
    seen = False
    try:
        for lines in _records(text, layout):
            if len(lines) == 1 and not lines[0].strip(blank):
                pending += seen
            else:
                count, pending, seen = count + pending, 0, True
    except csv.Error:  # a value of more than 131,072 characters, which pandas has read
        return count
    return count


def _records(text: Text, layout: Layout) -> Iterator[list[str]]:
    """Yield the lines of each row."""
    current: list[str] = []

    def lines(stream: Iterator[str]) -> Iterator[str]:
        for line in stream:
            current.append(line)
            yield line

    with text.open() as stream:
        for _ in range(layout.skipped):
            next(stream)
        for _ in csv.reader(lines(stream), delimiter=layout.separator, skipinitialspace=True):
            yield current
            current = []
