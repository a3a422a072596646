"""Reading a sheet of an OpenDocument spreadsheet (.ods): values by calamine, all other facts from the XML.

calamine allocates memory for the rectangle around all cells, repeated ones included, before it returns any, and it ends
or locks the process if that does not fit in memory.  An event-based parser therefore finds the size of each sheet
first, and counts the memory.
"""

from __future__ import annotations

import datetime
import re
import zipfile
from collections.abc import Mapping
from itertools import product
from typing import Any

from sheernet.data.files.opening import Allowance, Opened
from sheernet.data.files.sheets.ods_styles import ELEMENTS, LARGEST, Styles
from sheernet.data.files.sheets.sheet import (
    MOST_COLUMNS,
    Extent,
    Oddities,
    Scan,
    Sheet,
    require_proportion,
)
from sheernet.data.files.sheets.sheet_choice import SheetChoice
from sheernet.data.formats.digit_codes import LARGEST_EXACT
from sheernet.data.formats.durations import since_midnight
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.optional import import_optional
from sheernet.foundation.sentences import in_quotes

_CELLS = ("table-cell", "covered-table-cell")
_DURATION = re.compile(
    r"-?P(?:(?P<days>\d{1,8})D)?T(?=\d)(?:(?P<hours>\d{1,8})H)?(?:(?P<minutes>\d{1,8})M)?"
    r"(?:(?P<seconds>\d{1,8}(?:[.,]\d+)?)S)?"
)
"""A duration of ISO 8601."""
_CELL, _NUMBER, _TEXT, _CHARACTER, _ROW = 56, 70, 100, 4, 150
"""Bytes of memory for a cell of the rectangle, a value, a text in addition, its characters, and a row with values.

Measured with calamine 0.7 and Python's objects: 80 bytes for an empty cell, 120 for a number, 220 for a short text."""


def read_ods(file: Opened, choice: SheetChoice) -> Sheet:
    """Read a sheet of an OpenDocument spreadsheet.

    Raises
    ------
    InvalidInput
        If the sheet does not exist, a sheet is too large, or a password protects the file.  A damaged file raises the
        errors of calamine, zipfile and expat.
    """
    calamine = import_optional("python_calamine", extra="excel", purpose="OpenDocument files")
    require_proportion(file)
    scan = _Scan(file)
    with zipfile.ZipFile(file.path) as book:
        if b"encryption-data" in book.read("META-INF/manifest.xml"):
            raise InvalidInput(
                f"{file.name} is protected by a password; remove the password and save it again"
            )
        styles = next((part for part in book.infolist() if part.filename == "styles.xml"), None)
        if styles is not None and styles.file_size < LARGEST:
            with book.open(styles) as xml:
                scan.styles.run(xml)
        with book.open("content.xml") as xml:
            scan.run(xml)
    with calamine.CalamineWorkbook.from_path(str(file.path)) as book:
        names = tuple(sheet.name for sheet in book.sheets_metadata)
        visible = [s.visible == calamine.SheetVisibleEnum.Visible for s in book.sheets_metadata]
        name, position = choice.among(names, visible, file.name)
        cells = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    found = scan.found[name]
    _convert_durations(cells, found)
    rows = [tuple(map(_plain, row)) for row in cells]
    return Sheet("OpenDocument spreadsheet", name, position, names, sum(visible), rows, found)


def _convert_durations(cells: list[list[Any]], found: Oddities) -> None:
    """Convert times of day in cells that are formatted as durations."""
    for row, column in found.durations:
        if isinstance(value := cells[row][column], datetime.time):
            cells[row][column] = since_midnight(value)


def _plain(cell: Any) -> Any:
    """Return the value of a cell as openpyxl does: days as datetime, whole numbers as int, empty cells as None.

    calamine returns durations of 24 hours or more, and negative ones, as the text of the file, such as PT26H40M00S.
    """
    if isinstance(cell, float) and cell.is_integer() and abs(cell) <= LARGEST_EXACT:
        return int(cell)
    if isinstance(cell, datetime.date) and not isinstance(cell, datetime.datetime):
        return datetime.datetime.combine(cell, datetime.time())
    if isinstance(cell, str) and (found := _DURATION.fullmatch(cell)):
        lengths = {unit: float(n.replace(",", ".")) for unit, n in found.groupdict("0").items()}
        return datetime.timedelta(**lengths) * (-1 if cell[0] == "-" else 1)
    return None if cell == "" else cell


class _Scan(Scan):
    """A parser of content.xml, which contains all sheets.

    Parameters
    ----------
    file : Opened
        The file.
    """

    def __init__(self, file: Opened) -> None:
        super().__init__(file.name)
        self.found: dict[str, Oddities] = {}
        self.allowance = Allowance(file)
        self.sheet = Oddities()
        self.filled = self.n_columns = 0
        self.repeated = 1
        self.is_inside = False
        self.of_row = self.of_character = 0
        self.lacks_result, self.place = False, (0, 0)
        self.durations: list[range] = []
        self.styles = Styles(file.name)
        self.of_columns: list[tuple[range, str]] = []
        self.of_default = ""

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """Begin a sheet, a row, a cell, or the description of columns."""
        if name == "table":
            if self.is_inside:
                raise ValueError("it has a table within a table")
            self.is_inside = True
            title = attributes.get("table:name", "")
            self.sheet = self.found[title] = Oddities()
            self.extent = Extent(f"sheet {in_quotes(title)} of {self.where}")
            self.row = self.n_columns = 0
            self.of_columns = []
        elif name == "table-row":
            self.column = self.filled = self.cells = self.of_row = 0
            self.durations = []
            self.of_default = attributes.get("table:default-cell-style-name", "")
            self.repeated = _repeated(attributes, "rows")
        elif name == "table-column":
            end = min(self.n_columns + _repeated(attributes, "columns"), MOST_COLUMNS)
            style = attributes.get("table:default-cell-style-name", "")
            self.of_columns.append((range(self.n_columns, end), style))
            self.n_columns = end
        elif name in _CELLS:
            self._add_cell(attributes)
        elif name in ELEMENTS:
            self.styles.start(name, attributes)
        elif name == "p":  # LibreOffice stores the result "" as an empty paragraph
            self.lacks_result = False

    def _add_cell(self, attributes: Mapping[str, str]) -> None:
        repeated = _repeated(attributes, "columns")
        has_value = any(name.startswith("office:") for name in attributes)
        self.lacks_result = "table:formula" in attributes and not has_value
        self.place = (self.row, self.column)
        height = int(attributes.get("table:number-rows-spanned", 1))
        width = int(attributes.get("table:number-columns-spanned", 1))
        if height > 1 or width > 1:
            last = self.row + height - 1, self.column + width - 1
            self.sheet.merged.append((self.row, self.column, *last))
        columns = range(self.column, self.column + repeated)
        if attributes.get("office:value-type") == "time":
            self._add_durations(columns, attributes.get("table:style-name", self.of_default))
        self.column += repeated
        self.of_character = 0
        if has_value:
            self.filled = self.column
            self.cells += 1
            self.of_row += repeated * _NUMBER
            if attributes.get("office:value-type") == "string":
                self.of_character = repeated * _CHARACTER
                of_text = self.of_character * len(attributes.get("office:string-value", ""))
                self.of_row += repeated * _TEXT + of_text

    def _add_durations(self, columns: range, style: str) -> None:
        """Add cells with times if their style, or without one that of their column, shows durations."""
        for others, of_column in [(columns, style)] if style else self.of_columns:
            shared = range(max(columns.start, others.start), min(columns.stop, others.stop))
            if shared and self.styles.shows_durations(of_column):
                self.durations.append(shared)

    def end(self, name: str) -> None:
        """End a cell, a row or a sheet."""
        if name in _CELLS and self.lacks_result:
            self.sheet.without_results.append(self.place)
            self.lacks_result = False
        elif name == "table-row":
            self.row += self.repeated
            if self.filled:
                self.extent.visited += self.filled * (self.repeated - 1)
                self.extent.add_row(self.row, self.filled, self.cells)
                self.allowance.decode((_ROW + self.of_row) * self.repeated)
                for columns in self.durations:
                    rows = range(self.row - self.repeated, self.row)
                    self.sheet.durations += product(rows, columns)
        elif name == "table":
            self.is_inside = False
            self.allowance.decode(_CELL * self.extent.area)

    def text(self, text: str) -> None:
        """Count the text of a cell; values other than text are in attributes."""
        self.of_row += self.of_character * len(text)


def _repeated(attributes: Mapping[str, str], what: str) -> int:
    """Return how often a row, or a cell or column, is repeated."""
    name = f"table:number-{what}-repeated"
    repeated = int(attributes.get(name, 1))
    if repeated < 0:
        raise ValueError(f"{name} is {repeated}")
    return repeated
