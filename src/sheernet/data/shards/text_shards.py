"""Dividing text files into blocks of whole rows, and reading these.

The layout of a file is found from its first lines, and the format of each column of the data set from the first block
of the first file; all other blocks are read in the same way, cell by cell.  So a column that is numbers in the first
block and has text in a later one is refused, where a reader of the whole file would read it as text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from sheernet.data.files.opening import Opened
from sheernet.data.files.text.encodings import Text, decoded
from sheernet.data.files.text.text_layout import TextLayout, find_layout
from sheernet.data.files.text.text_table import read_cells, read_rows
from sheernet.data.formats.cell_formats import CellFormat
from sheernet.data.tables.table import require_distinct
from sheernet.foundation.errors import InvalidInput
from sheernet.settings.read_settings import ReadSettings

if TYPE_CHECKING:
    import pandas as pd

CHUNK = 2**22
"""Number of bytes that are searched for the ends of rows at a time."""
_NEWLINE = ord("\n")
_BLANKS = np.isin(np.arange(256), list(b" \t\r\n\x1a"))

Ends = npt.NDArray[np.int64]


@dataclass(frozen=True)
class TextForm:
    """How a text file is written: its layout and the name of its encoding."""

    layout: TextLayout
    encoding: str


def form_of_text(file: Opened, options: ReadSettings) -> TextForm:
    """Find the layout of a text file that can be divided.

    Parameters
    ----------
    file : Opened
        The file.
    options : ReadSettings
        What was given about the way in which it is written.

    Raises
    ------
    InvalidInput
        If its encoding does not write ASCII as single bytes, or its beginning is not in its encoding.
    """
    head = _head(file.path)
    text = decoded(head, file.name, options.encoding)
    encoding = "utf-8" if text.encoding == "utf-8-sig" else text.encoding
    if "\n".encode(encoding) != b"\n" or b"\n" not in head:
        raise InvalidInput(
            f"{file.name} cannot be read in parts, because its lines do not end with single bytes; save it as plain "
            "CSV in UTF-8, or as Parquet"
        )
    layout = find_layout(text, options)
    require_distinct(layout.names, file.name)
    return TextForm(layout, encoding)


def _head(path: Path) -> bytes:
    """Return the first whole lines of a file."""
    with path.open("rb") as file:
        head = file.read(CHUNK)
        return head + file.readline() if len(head) == CHUNK else head


def divide_lines(
    path: Path, form: TextForm, rows: int, n_bytes: int
) -> Iterator[tuple[int, int, int]]:
    """Yield (start, stop, n_rows) of each block of bytes: whole rows, of about `rows` rows or `n_bytes` bytes.

    Parameters
    ----------
    path : Path
        The file.
    form : TextForm
        How it is written.
    rows, n_bytes : int
        Goals; a block ends with the row that reaches one of them.
    """
    with path.open("rb") as file:
        for _ in range(form.layout.top):
            file.readline()
        start = stop = file.tell()
    count = 0
    for ends, are_rows in _row_ends(path, start, form.layout):
        totals = np.cumsum(are_rows)
        done = 0  # rows of this chunk that are in blocks
        while True:
            by_rows = int(np.searchsorted(totals, done + rows - count))
            by_bytes = int(np.searchsorted(ends, start + n_bytes))
            last = min(by_rows, by_bytes)
            if last >= len(ends):
                break
            n_rows = count + int(totals[last]) - done
            if n_rows:
                yield start, int(ends[last]), n_rows
            start, count, done = int(ends[last]), 0, int(totals[last])
        count += int(totals[-1]) - done if len(totals) else 0
        stop = int(ends[-1]) if len(ends) else stop
    if count:
        yield start, stop, count


def _row_ends(
    path: Path, start: int, layout: TextLayout
) -> Iterator[tuple[Ends, npt.NDArray[np.bool_]]]:
    """Yield the ends of the lines or quoted rows of each chunk of a file from `start` on, and which are not blank."""
    quote = b'"'
    separators = (
        b" \t" if layout.separator == " " else layout.separator.encode("latin-1", "replace")
    )
    marks = tuple(mark.encode() for mark in layout.marks)
    inside, rest = False, b""
    with path.open("rb") as file:
        file.seek(start)
        while True:
            more = file.read(CHUNK)
            chunk = rest + more
            if not more and chunk and not chunk.endswith(b"\n"):
                chunk += b"\n"  # the last line need not end
            length = chunk.rfind(b"\n") + 1
            lines, rest = chunk[:length], chunk[length:]
            ends, are_rows = _line_ends(lines, b"" if len(layout.names) < 2 else separators)
            if inside or layout.marks or (quote and quote in lines):
                open_at_end = np.zeros(len(ends), dtype=np.bool_)
                for k, line in enumerate(lines.split(b"\n")[:-1]):
                    if not inside and marks and line.lstrip().startswith(marks):
                        are_rows[k] = False
                    elif quote and (inside or quote in line):
                        inside = _is_open(line, separators, quote, inside=inside)
                    open_at_end[k] = inside
                ends, are_rows = ends[~open_at_end], _joined(are_rows, ~open_at_end)
            yield ends + start, are_rows
            start += length
            if not more:
                break
    if inside:
        raise InvalidInput(
            f"{path.name} has a quotation mark that is not closed; close it, or save the file as Parquet"
        )


def _line_ends(lines: bytes, separators: bytes) -> tuple[Ends, npt.NDArray[np.bool_]]:
    """Return the end of each line, behind its line feed, and whether it has other characters than separators."""
    characters = np.frombuffer(lines, dtype=np.uint8)
    ends = np.flatnonzero(characters == _NEWLINE).astype(np.int64) + 1
    if not len(ends):
        return ends, np.zeros(0, dtype=np.bool_)
    starts = np.concatenate([[0], ends[:-1]])
    is_content = ~_BLANKS
    is_content[list(separators)] = False
    are_rows = np.logical_or.reduceat(is_content[characters], starts)
    return ends, are_rows


def _joined(
    are_rows: npt.NDArray[np.bool_], are_last: npt.NDArray[np.bool_]
) -> npt.NDArray[np.bool_]:
    """Whether one of the lines of each row is not blank; the lines of a row end with one that `are_last` marks."""
    last = np.flatnonzero(are_last)
    if not len(last):
        return np.zeros(0, dtype=np.bool_)
    firsts = np.concatenate([[0], last[:-1] + 1])
    return np.logical_or.reduceat(are_rows[: last[-1] + 1], firsts)


def _is_open(line: bytes, separators: bytes, quote: bytes, *, inside: bool) -> bool:
    """Whether a quoted value is open at the end of a line, by the rules of pandas.

    A mark opens a value only at its beginning, behind spaces or not; a doubled mark inside is a character.
    """
    position, at_start = 0, not inside
    while True:
        if inside:
            position = line.find(quote, position)
            if position < 0:
                return True
            is_doubled = line[position + 1 : position + 2] == quote
            position += 1 + is_doubled
            inside = is_doubled
            continue
        if at_start:
            at_start = False
            while line[position : position + 1] == b" ":
                position += 1
            if line[position : position + 1] == quote:
                position, inside = position + 1, True
                continue
        found = [end for each in separators if (end := line.find(each, position)) >= 0]
        if not found:
            return False
        position, at_start = min(found) + 1, True


def read_lines(
    path: Path,
    block: tuple[int, int],
    source: str,
    form: TextForm,
    kept: Mapping[str, CellFormat],
    kept_by: str,
    options: ReadSettings,
) -> tuple[pd.DataFrame, str, dict[str, CellFormat]]:
    """Read a block of a text file.

    Parameters
    ----------
    path : Path
        The file.
    block : tuple of int
        Its first byte and the byte behind its last one.
    source : str
        Name of the rows in messages.
    form : TextForm
        How the file is written.
    kept : mapping of str to CellFormat
        Formats of columns.
    kept_by : str
        What has these formats, in messages.
    options : ReadSettings
        What was given about the way in which the file is written.

    Returns
    -------
    DataFrame, str, dict of str to CellFormat
        As returned by `read_block`.
    """
    text, layout = _rows(path, block, source, form)
    return read_rows(text, layout, options, kept, kept_by)


def read_cells_of_lines(
    path: Path, block: tuple[int, int], source: str, form: TextForm
) -> pd.DataFrame:
    """Read the cells of a block of a text file as text, unchanged; the parameters are those of `read_lines`."""
    return read_cells(*_rows(path, block, source, form))


def last_lines(path: Path, block: tuple[int, int], source: str, form: TextForm) -> pd.DataFrame:
    """Read the rows at the end of a file as text, from the first line that begins in a block."""
    start, stop = block
    if start:
        with path.open("rb") as file:
            file.seek(start - 1)
            start += len(file.readline()) - 1
    return read_cells_of_lines(path, (start, stop), source, form)


def _rows(
    path: Path, block: tuple[int, int], source: str, form: TextForm
) -> tuple[Text, TextLayout]:
    """Return a block of a file as a text of its own, and its layout."""
    with path.open("rb") as file:
        file.seek(block[0])
        rows = file.read(block[1] - block[0])
    return decoded(rows, source, form.encoding), replace(form.layout, top=0)
