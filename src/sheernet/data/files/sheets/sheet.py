"""A sheet of a workbook: its cells, and facts that the cells do not show, such as merged cells."""

from __future__ import annotations

import zipfile
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import IO, Any
from xml.parsers import expat

from sheernet.data.files.opening import CHUNK, Opened
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.memory import in_words
from sheernet.foundation.sentences import in_quotes

MOST_ROWS, MOST_COLUMNS = 2**20, 2**14
"""Numbers of rows and of columns of a sheet in Excel."""
MOST_CELLS = 2**26
"""Maximum number of cells of the rectangle around all values of a sheet."""
FEW_CELLS, MOST_EMPTY = 2**22, 50
"""A rectangle of more than `FEW_CELLS` cells may have `MOST_EMPTY` cells for each cell in the file."""

SMALL_PART, SMALL_STYLES, PART_PROPORTION = 2**21, 2**19, 50
"""Numbers of bytes to which any part of a workbook, and its styles, may unpack; or `PART_PROPORTION` times their size.

openpyxl takes up to 5 microseconds for each byte of the styles, and 1 microsecond for each byte of other parts.  Sheets
unpack to 5 to 20 times their size."""
DEEPEST = 64
"""Maximum depth of elements in the XML of a workbook."""


@dataclass
class Extent:
    """Counts the cells of a sheet while it is read, and refuses cells far from the table.

    Parameters
    ----------
    where : str
        Name of the sheet in messages.
    """

    where: str
    cells: int = 0
    width: int = 0
    visited: int = 0
    area: int = 0

    def add_row(self, row: int, width: int, cells: int) -> None:
        """Add a row by its number from 1, the number of its last column, and the number of its cells in the file."""
        self.cells += cells
        self.width = max(self.width, width)
        self.visited += width
        self.area = row * self.width
        largest = min(MOST_CELLS, max(FEW_CELLS, MOST_EMPTY * self.cells))
        if row > MOST_ROWS or width > MOST_COLUMNS:
            raise InvalidInput(
                f"{self.where} has a cell in row {row:,}, column {width:,}, beyond the {MOST_ROWS:,} rows and "
                f"{MOST_COLUMNS:,} columns of Excel; save it again as .xlsx or as CSV"
            )
        if max(self.area, self.visited) > largest:
            raise InvalidInput(
                f"{self.where} has more than {largest:,} cells, most of them empty or formatted only; delete cells far "
                "from the table, or save it as CSV"
            )


def require_proportion(file: Opened) -> None:
    """Raise InvalidInput if a part of a workbook, a ZIP archive of XML files, unpacks to far more than its size."""
    with zipfile.ZipFile(file.path) as book:
        for part in book.infolist():
            small = SMALL_STYLES if part.filename.endswith("styles.xml") else SMALL_PART
            most = max(small, PART_PROPORTION * part.compress_size)
            if part.filename.endswith((".xml", ".rels")) and part.file_size > most:
                raise InvalidInput(
                    f"{file.name} unpacks to far more than its size: its part {in_quotes(part.filename)} has more than "
                    f"{in_words(most)}; save it again, or as CSV"
                )


class Scan(ABC):
    """A parser of the XML of sheets that counts cells and finds what the reader of the values does not report.

    `start` and `end` get the names of elements without their namespace.

    Parameters
    ----------
    where : str
        Name of the file or sheet in messages.
    """

    def __init__(self, where: str) -> None:
        self.where = where
        self.extent = Extent(where)
        self.row = self.column = self.cells = 0
        self._depth = 0

    def run(self, xml: IO[bytes]) -> None:
        """Parse a file."""
        parser = expat.ParserCreate()
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self.text
        while chunk := xml.read(CHUNK):
            parser.Parse(chunk)
        parser.Parse(b"", True)

    def _start(self, tag: str, attributes: Mapping[str, str]) -> None:
        self._depth += 1
        if self._depth > DEEPEST:
            raise ValueError("its XML is nested too deeply")
        self.start(tag.rpartition(":")[2], attributes)

    def _end(self, tag: str) -> None:
        self._depth -= 1
        self.end(tag.rpartition(":")[2])

    @abstractmethod
    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """Begin an element."""

    @abstractmethod
    def end(self, name: str) -> None:
        """End an element."""

    @abstractmethod
    def text(self, text: str) -> None:
        """Process text within an element."""


@dataclass
class Oddities:
    """Facts about a sheet that its values do not show; rows and columns count from 0.

    Parameters
    ----------
    merged : list of tuple of int
        First row, first column, last row and last column of each range of merged cells.
    without_results : list of tuple of int
        Row and column of each formula without a stored result.
    durations : list of tuple of int
        Row and column of each cell of an OpenDocument spreadsheet that shows a time as a duration.
    """

    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    without_results: list[tuple[int, int]] = field(default_factory=list)
    durations: list[tuple[int, int]] = field(default_factory=list)


@dataclass(frozen=True)
class Sheet:
    """A sheet of a workbook.

    Parameters
    ----------
    label : str
        Kind of the workbook, such as "Excel workbook".
    name : str
        Name of the sheet.
    position : str
        Why this sheet was chosen if the workbook has several, such as "the first of 3".
    names : tuple of str
        Names of all sheets of the workbook.
    n_visible : int
        Number of these sheets that are visible.
    rows : list of tuple
        The values of each row from row 1, up to the last that is not empty.
    oddities : Oddities
        Facts that the values do not show.
    """

    label: str
    name: str
    position: str
    names: tuple[str, ...]
    n_visible: int
    rows: list[tuple[Any, ...]]
    oddities: Oddities
