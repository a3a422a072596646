"""The lines of a text file that hold rows, and the values in them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from sheernet.data.files.text.escaped_marks import doubled
from sheernet.data.files.text.text_encoding import Text

if TYPE_CHECKING:
    from sheernet.data.files.text.text_layout import TextLayout

_PIECE = 2**15
"""Number of characters that pandas reads at a time; it asks for more, also if it needs only a few rows."""
END_MARK = "\x1a"
"""The character with which programs of CP/M and DOS end a text file."""


def records(
    text: Iterable[str], separator: str, quote: str | None = None, above: int = 0
) -> Iterator[tuple[int, list[str]]]:
    """Yield the number of the last line and the values of each row that is not blank.

    Parameters
    ----------
    text : iterable of str
        Lines with their line breaks.
    separator : str
        The character between values; " " means one or more spaces or tabs.
    quote : str or None
        The quotation mark; '"' if None, and "none" if there is none.
    above : int
        Number of lines of the file above the text.
    """
    if separator == " ":
        text = (line.replace("\t", " ").strip() + "\n" for line in text)
    reader = csv.reader(text, delimiter=separator, skipinitialspace=True, **quoting(quote))
    for record in reader:
        if record:
            yield above + reader.line_num, record


def is_row(values: Sequence[str], n: int) -> bool:
    """Whether values are a row of n columns; a separator may follow the last one."""
    return len(values) == n or (len(values) == n + 1 and not values[-1].strip())


def quoting(quote: str | None) -> dict[str, Any]:
    """Return the arguments of csv.reader and pandas.read_csv for a quotation mark."""
    return {"quoting": csv.QUOTE_NONE} if quote == "none" else {"quotechar": quote or '"'}


def blanked(
    lines: Iterable[str],
    marks: tuple[str, ...],
    quote: str | None,
    blank: str = "\n",
    empty: str = "",
) -> Iterator[str]:
    """Yield the lines; lines outside of quoted values that are not rows are replaced.

    Parameters
    ----------
    lines : iterable of str
        Lines with their line breaks.
    marks : tuple of str
        Beginnings of comments; `blank` replaces each comment.
    quote : str or None
        The quotation mark, as in `records`.
    empty : str
        Characters of which empty rows consist; a blank line replaces each empty row.
    """
    mark = "" if quote == "none" else quote or '"'
    inside = False
    for line in lines:
        if not inside and line.lstrip().startswith(marks):
            yield blank
            continue
        if empty and not inside and not line.strip(empty):
            yield "\n"
            continue
        if mark and line.count(mark) % 2:
            inside = not inside
        yield line


def row_lines(text: Text, layout: TextLayout, blank: str = "\n") -> Iterator[str]:
    """Yield the lines of a file below the names of its columns; yield `blank` in place of lines that are not rows."""
    with text.open() as stream:
        for _ in range(layout.top):
            next(stream, "")
        lines: Iterator[str] = map(doubled, stream) if text.has_escaped_marks else stream
        if layout.marks or layout.has_empty_rows:
            empty = f"{layout.separator} \t\r\n" if layout.has_empty_rows else ""
            lines = blanked(lines, layout.marks, layout.quote, blank, empty)
        for number, line in enumerate(lines, start=layout.top + 1):
            if number in layout.left_out:
                yield blank
            elif text.has_controls:
                yield line.replace("\f", "").replace(END_MARK, "")
            else:
                yield line


class RowText(io.TextIOBase):
    """The lines of `row_lines` as a text file that pandas can read.

    Parameters
    ----------
    lines : iterator of str
        Lines with their line breaks.
    """

    def __init__(self, lines: Iterator[str]) -> None:
        super().__init__()
        self._lines = lines

    def readable(self) -> bool:
        """Return True."""
        return True

    def readline(self, size: int | None = -1) -> str:  # type: ignore[override]
        """Return the next line; "" at the end."""
        return next(self._lines, "")

    def read(self, size: int | None = -1) -> str:
        """Return lines of about `size` characters, or of `_PIECE`; all if it is negative or None."""
        found, length = [], 0
        for line in self._lines:
            found.append(line)
            length += len(line)
            if size is not None and 0 <= min(size, _PIECE) <= length:
                break
        return "".join(found)
