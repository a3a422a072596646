"""Reading a sheet of an OpenDocument spreadsheet (.ods): values by calamine, all other facts from the XML.

calamine allocates memory for the rectangle around all cells, repeated ones included, before it returns any.  A parser
of events therefore finds the size of each sheet first.
"""

from __future__ import annotations

import datetime
import zipfile
from collections.abc import Mapping
from typing import Any

from sheernet.data.files.opening import Opened
from sheernet.data.files.sheets.sheet import (
    MOST_COLUMNS,
    Extent,
    Oddities,
    Scan,
    Sheet,
    choose_sheet,
    require_proportion,
)
from sheernet.data.formats.digit_codes import LARGEST_EXACT
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.optional import import_optional


def read_ods(file: Opened, given: str | int | None) -> Sheet:
    """Read a sheet of an OpenDocument spreadsheet; `given` is `ReadSettings.sheet`.

    Raises
    ------
    InvalidInput
        If the sheet does not exist, one is too large, or a password protects it.  A damaged file raises the errors of
        calamine, zipfile and expat.
    """
    calamine = import_optional("python_calamine", extra="excel", purpose="OpenDocument files")
    require_proportion(file)
    scan = _Scan(file.name)
    with zipfile.ZipFile(file.path) as book:
        if b"encryption-data" in book.read("META-INF/manifest.xml"):
            raise InvalidInput(
                f"{file.name} is protected by a password; remove the password and save it again"
            )
        with book.open("content.xml") as xml:
            scan.run(xml)
    with calamine.CalamineWorkbook.from_path(str(file.path)) as book:
        sheets = [sheet.name for sheet in book.sheets_metadata]
        visible = [s.visible == calamine.SheetVisibleEnum.Visible for s in book.sheets_metadata]
        name, position = choose_sheet(sheets, visible, given, file.name)
        cells = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    rows = [tuple(map(_plain, row)) for row in cells]
    return Sheet("OpenDocument spreadsheet", name, position, rows, scan.found[name])


def _plain(cell: Any) -> Any:
    """Return the value of a cell as openpyxl does: days as datetime, whole numbers as int, empty cells as None."""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) <= LARGEST_EXACT:
        return int(cell)
    if isinstance(cell, datetime.date) and not isinstance(cell, datetime.datetime):
        return datetime.datetime.combine(cell, datetime.time())
    return None if cell == "" else cell


class _Scan(Scan):
    """A parser of content.xml, which contains all sheets."""

    def __init__(self, where: str) -> None:
        super().__init__(where)
        self.found: dict[str, Oddities] = {}
        self.sheet = Oddities()
        self.filled = self.n_columns = 0
        self.repeated = 1

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """Begin a sheet, a row, a cell, or the description of columns."""
        if name == "table":
            title = attributes.get("table:name", "")
            self.sheet = self.found[title] = Oddities()
            self.extent = Extent(f"sheet {title!r} of {self.where}")
            self.row = self.n_columns = 0
        elif name == "table-row":
            self.column = self.filled = self.cells = 0
            self.repeated = int(attributes.get("table:number-rows-repeated", 1))
            if attributes.get("table:visibility") in ("collapse", "filter"):
                self.sheet.is_filtered |= attributes["table:visibility"] == "filter"
                self.sheet.hidden_rows.update(range(self.row, self.row + min(self.repeated, 2**20)))
        elif name == "table-column":
            n = min(int(attributes.get("table:number-columns-repeated", 1)), 2**14)
            if attributes.get("table:visibility") in ("collapse", "filter"):
                self.sheet.hidden_columns.update(range(self.n_columns, self.n_columns + n))
            self.n_columns += n
        elif name in ("table-cell", "covered-table-cell"):
            self._add_cell(attributes)

    def _add_cell(self, attributes: Mapping[str, str]) -> None:
        repeated = int(attributes.get("table:number-columns-repeated", 1))
        has_value = "office:value-type" in attributes
        if "table:formula" in attributes and not has_value:
            self.sheet.without_results.append((self.row, self.column))
        height = int(attributes.get("table:number-rows-spanned", 1))
        width = int(attributes.get("table:number-columns-spanned", 1))
        if height > 1 or width > 1:
            last = self.row + height - 1, self.column + width - 1
            self.sheet.merged.append((self.row, self.column, *last))
        if attributes.get("office:value-type") == "percentage":
            for column in range(self.column, self.column + min(repeated, MOST_COLUMNS)):
                self.sheet.add_percent(self.row, column)
        self.column += repeated
        if has_value:
            self.filled = self.column
            self.cells += 1

    def end(self, name: str) -> None:
        """End a row."""
        if name == "table-row":
            self.row += self.repeated
            if self.filled:
                self.extent.visited += self.filled * (self.repeated - 1)
                self.extent.add_row(self.row, self.filled, self.cells)

    def text(self, text: str) -> None:
        """Ignore text, because the attributes contain the values."""
