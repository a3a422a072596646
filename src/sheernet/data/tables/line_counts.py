"""How many lines a text file has, and how many of them are blank."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from sheernet.data.tables.text_encoding import Text
from sheernet.data.tables.text_layout import Layout

_CHUNK = 2**17
_TAIL = 2**12  # bytes at the end among which blank lines are looked for
_NEWLINE, _RETURN = np.uint8(ord("\n")), np.uint8(ord("\r"))
_BLANK = b" \t\r\n\0"


def count_lines(path: Path) -> int:
    r"""Count the lines of a file; blank ones at its end are left aside.

    Returns
    -------
    int
        0 where the ends of lines are not all "\n" or all "\r\n": then a quick look cannot tell.
    """
    ends = returns = done = 0
    buffer = np.empty(_CHUNK, dtype=np.uint8)
    with path.open("rb", buffering=0) as file:
        while size := file.readinto(buffer.data):
            letters = buffer[:size]
            ends += int(np.count_nonzero(letters == _NEWLINE))
            if returns or ends == 0 or not done:  # a file has them from its first lines on
                returns += int(np.count_nonzero(letters == _RETURN))
            done += size
        file.seek(-min(file.tell(), _TAIL), os.SEEK_END)
        tail = file.read()
    blank = tail[len(tail.rstrip(_BLANK)) :].count(b"\n")
    return ends - blank + 1 if returns in (0, ends) else 0


def count_blank(text: Text, layout: Layout) -> int:
    """Count the blank lines between the names and the last row; those inside of quotation marks are none."""
    blank = "\r\n " if layout.separator == "\t" else "\r\n \t"
    count = pending = 0
    seen = False
    try:
        for lines in _records(text, layout):
            if len(lines) == 1 and not lines[0].strip(blank):
                pending += seen
            else:
                count, pending, seen = count + pending, 0, True
    except csv.Error:  # a value of more than 131072 characters, which pandas has read
        return count
    return count


def _records(text: Text, layout: Layout) -> Iterator[list[str]]:
    """The lines of each record."""
    taken: list[str] = []

    def lines(stream: Iterator[str]) -> Iterator[str]:
        for line in stream:
            taken.append(line)
            yield line

    with text.open() as stream:
        for _ in range(layout.skipped):
            next(stream)
        for _ in csv.reader(lines(stream), delimiter=layout.separator, skipinitialspace=True):
            yield taken
            taken = []
