"""Reading a sheet of an Excel workbook (.xlsx): values by openpyxl, all other facts from the XML.

openpyxl reads row by row, so that limits can be checked while it reads.  In this mode it does not report merged
cells and formulas without results.  An event-based parser (expat) finds these, and the size of the sheet, before
openpyxl begins.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Mapping
from contextlib import closing

from sheernet.data.files.opening import Opened
from sheernet.data.files.sheets.sheet import (
    Oddities,
    Scan,
    Sheet,
    require_proportion,
)
from sheernet.data.files.sheets.sheet_choice import SheetChoice
from sheernet.foundation.optional import import_optional
from sheernet.foundation.sentences import in_quotes

_REFERENCE = re.compile(r"\$?([A-Z]{1,7})\$?(\d{1,9})")


def read_xlsx(file: Opened, choice: SheetChoice) -> Sheet:
    """Read a sheet of an Excel workbook.

    Raises
    ------
    InvalidInput
        If the sheet does not exist or is too large.  A damaged workbook raises the errors of openpyxl, zipfile and
        expat.
    """
    openpyxl = import_optional("openpyxl", extra="excel", purpose="Excel workbooks")
    require_proportion(file)
    with warnings.catch_warnings():
        # openpyxl warns of features that it does not support
        warnings.filterwarnings("ignore", category=UserWarning, module=r"openpyxl\.")
        with (
            file.path.open("rb") as content,  # openpyxl opens paths only with the extension .xlsx
            closing(openpyxl.load_workbook(content, read_only=True, data_only=True)) as book,
        ):
            found = book.worksheets
            visible = [sheet.sheet_state == "visible" for sheet in found]
            names = tuple(str(sheet.title) for sheet in found)
            name, position = choice.among(names, visible, file.name)
            sheet = next(sheet for sheet in found if sheet.title == name)
            with sheet._get_source() as xml:
                scan = _Scan(f"sheet {in_quotes(name)} of {file.name}")
                scan.run(xml)
            sheet.reset_dimensions()  # the size stated in the file is often wrong
            rows = [tuple(row) for row in sheet.iter_rows(values_only=True)]
    return Sheet("Excel workbook", name, position, names, sum(visible), rows, scan.found)


class _Scan(Scan):
    """A parser of the XML of a sheet for the facts that openpyxl does not report.

    Parameters
    ----------
    where : str
        Name of the sheet in messages.
    """

    def __init__(self, where: str) -> None:
        super().__init__(where)
        self.found = Oddities()
        self.is_formula = self.is_value = self.has_value = False

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """Begin a row, a cell, a formula or a value."""
        if name == "c":
            reference = _REFERENCE.fullmatch(attributes.get("r", ""))
            self.column = _column_number(reference[1]) + 1 if reference else self.column + 1
            self.cells += 1
            self.is_formula, self.has_value = False, attributes.get("t") == "str"  # may be ""
        elif name == "f":
            self.is_formula = True
        elif name == "v":
            self.is_value = True
        elif name == "is":  # text that is stored in the cell
            self.has_value = True
        elif name == "row":
            self.row = int(attributes.get("r", self.row + 1))
            self.column = self.cells = 0
        elif name == "mergeCell":
            self._add_merged(attributes.get("ref", ""))

    def end(self, name: str) -> None:
        """End a row, a cell or a value."""
        if name == "v":
            self.is_value = False
        elif name == "c" and self.is_formula and not self.has_value:
            self.found.without_results.append((self.row - 1, self.column - 1))
        elif name == "row":
            self.extent.add_row(self.row, self.column, self.cells)

    def text(self, text: str) -> None:
        """Notice a value."""
        if self.is_value:
            self.has_value = True

    def _add_merged(self, reference: str) -> None:
        first, _, last = reference.partition(":")
        ends = _REFERENCE.fullmatch(first), _REFERENCE.fullmatch(last)
        if ends[0] and ends[1]:
            top, left, bottom, right = (
                value for end in ends if end for value in (int(end[2]) - 1, _column_number(end[1]))
            )
            self.found.merged.append((top, left, bottom, right))


def _column_number(letters: str) -> int:
    """Return the number of a column from its letters: A is 0, AA is 26."""
    number = 0
    for letter in letters:
        number = 26 * number + ord(letter) - 64
    return number - 1
