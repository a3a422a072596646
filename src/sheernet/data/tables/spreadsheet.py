"""Reading Excel workbooks (.xlsx) with openpyxl."""

from __future__ import annotations

import warnings
import zipfile
from collections.abc import Sequence
from contextlib import closing
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from sheernet.data.tables.column_names import listed_names, name_columns
from sheernet.data.tables.opening import CHUNK, Opened
from sheernet.data.tables.pandas_import import import_pandas
from sheernet.data.tables.table import require_distinct
from sheernet.foundation.caller_warnings import warn
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.optional import import_optional
from sheernet.foundation.words import listed, plural_of
from sheernet.settings.read_settings import MISSING, ReadSettings

if TYPE_CHECKING:
    import pandas as pd

MOST_CELLS = 2**26
"""Maximum number of cells of a sheet; a small file can have cells only in rows 1 and 1,000,000."""
_ERRORS = {"#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#GETTING_DATA"}
_MISSING = {*MISSING, *_ERRORS}


def read_spreadsheet(file: Opened, options: ReadSettings) -> tuple[pd.DataFrame, str]:
    """Read a sheet of an Excel workbook.

    Returns
    -------
    DataFrame, (N, number of columns)
        Empty rows and columns at the end are left out.
    str
        Description of how the file was read, for `Table.reading`, with the name of the sheet.

    Raises
    ------
    InvalidInput
        If the workbook is damaged, the sheet does not exist, or it does not begin with a header.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore", UserWarning
            )  # warnings of openpyxl about unsupported features, such as styles
            sheets, sheet, rows = _read(file, options)
    except InvalidInput:
        raise
    except Exception as error:  # zipfile, zlib, ElementTree and openpyxl have no common base class
        if isinstance(error, (MemoryError, ImportError)):
            raise
        reason = " ".join(str(error).split())[:200] or type(error).__name__
        raise InvalidInput(
            f"{file.name} is an Excel workbook that is damaged or cannot be read ({reason}); "
            "save it again as .xlsx or as CSV"
        ) from None
    where = f"sheet {sheet!r} of {file.name}"
    cells = _cells(rows, where)
    if options.samples == "columns":
        cells = cells.T
    _require_names(cells, where)
    names, notes = name_columns([_name(cell) for cell in cells[0]])
    require_distinct(names, where)
    without = _columns_without_results(
        file, sheet, cells, names, transposed=options.samples == "columns"
    )
    if without:
        warn(
            f"{file.name} has formulas without stored results in {plural_of(len(without), 'column')} "
            f"{listed(list(map(repr, without)))}, whose cells are read as empty; open the workbook in a spreadsheet "
            "program and save it"
        )
    pandas = import_pandas()
    frame = pandas.DataFrame(
        {
            name: pandas.Series(column, dtype=object)
            for name, column in zip(names, cells[1:].T, strict=True)
        }
    )
    others = f" (the first of {len(sheets)})" if len(sheets) > 1 and options.sheet is None else ""
    transposed = ", samples in columns" if options.samples == "columns" else ""
    return frame, "; ".join([f"Excel workbook, sheet {sheet!r}{others}{transposed}", *notes])


def _read(file: Opened, options: ReadSettings) -> tuple[list[str], str, list[tuple[Any, ...]]]:
    """Return the names of the sheets, the name of the chosen one, and its rows up to their last nonempty cells."""
    openpyxl = import_optional("openpyxl", extra="excel", purpose="Excel workbooks")
    with (
        file.path.open("rb") as content,  # openpyxl opens paths only with the extension .xlsx
        closing(openpyxl.load_workbook(content, read_only=True, data_only=True)) as book,
    ):
        sheets = [str(sheet.title) for sheet in book.worksheets]
        sheet = _chosen(sheets, options.sheet, file.name)
        book[sheet].reset_dimensions()  # the size stated in the file is often wrong
        rows: list[tuple[Any, ...]] = []
        width = filled = 0
        for row in book[sheet].iter_rows(values_only=True):
            rows.append(_trimmed(row))
            if rows[-1]:
                width, filled = max(width, len(rows[-1])), len(rows)
            if filled * width > MOST_CELLS:
                raise InvalidInput(
                    f"sheet {sheet!r} of {file.name} has more than {MOST_CELLS:,} cells; delete cells far "
                    "from the table, or save it as CSV"
                )
    return sheets, sheet, rows[:filled]


def _columns_without_results(
    file: Opened,
    sheet: str,
    cells: npt.NDArray[np.object_],
    names: Sequence[str],
    *,
    transposed: bool,
) -> list[str]:
    """Return the names of columns that have formulas without stored results, as some programs write them.

    The formulas are read, which is slow, only if the sheet has empty cells and the workbook has formulas.
    """
    empty = np.array([[cell is None for cell in row] for row in cells])
    if not empty.any() or not _has_formulas(file):
        return []
    openpyxl = import_optional("openpyxl", extra="excel", purpose="Excel workbooks")
    empty = empty.T if transposed else empty
    found: set[int] = set()
    with (
        warnings.catch_warnings(action="ignore", category=UserWarning),
        file.path.open("rb") as content,
        closing(openpyxl.load_workbook(content, read_only=True)) as book,
    ):
        book[sheet].reset_dimensions()
        for i, (gaps, row) in enumerate(zip(empty, book[sheet].iter_rows(), strict=False)):
            formulas = [j for j in np.flatnonzero(gaps) if j < len(row) and row[j].data_type == "f"]
            found.update([i] if transposed and formulas else map(int, formulas))
    return [names[j] for j in sorted(found)]


def _has_formulas(file: Opened) -> bool:
    """Whether a workbook has a formula; searching the XML is much faster than openpyxl."""
    with zipfile.ZipFile(file.path) as book:
        for name in book.namelist():
            if name.startswith("xl/worksheets/"):
                with book.open(name) as sheet:
                    end = b""
                    while chunk := sheet.read(CHUNK):
                        if b"<f" in end + chunk:
                            return True
                        end = chunk[-1:]
    return False


def _trimmed(row: Sequence[Any]) -> tuple[Any, ...]:
    """Return a row up to its last nonempty cell; errors such as #DIV/0! and texts such as NA become None."""
    values = [None if isinstance(cell, str) and cell in _MISSING else cell for cell in row]
    while values and values[-1] is None:
        values.pop()
    return tuple(values)


def _cells(rows: Sequence[tuple[Any, ...]], where: str) -> npt.NDArray[np.object_]:
    """Convert rows to an array, (rows, columns), padded with None."""
    if not rows:
        raise InvalidInput(
            f"{where} is empty; a table needs a header and at least one row of values"
        )
    cells = np.full((len(rows), max(map(len, rows))), None, dtype=object)
    for number, row in enumerate(rows):
        cells[number, : len(row)] = row
    return cells


def _chosen(sheets: list[str], given: str | int | None, name: str) -> str:
    """Return the name of the sheet given by name or by number from 1; the first by default."""
    if given is None:
        return sheets[0]
    if given in sheets:
        return str(given)
    number = int(given) if str(given).isascii() and str(given).isdigit() else 0
    if 1 <= number <= len(sheets):
        return sheets[number - 1]
    raise InvalidInput(
        f"{name} has no sheet {str(given)!r}: its sheets are {listed_names(sheets)}; give one of these "
        "names, or a number from 1"
    )


def _require_names(cells: npt.NDArray[np.object_], where: str) -> None:
    """Raise if a sheet has a title or empty rows above the header, or merged cells in it."""
    if all(cell is None for cell in cells[:, 0]):
        raise InvalidInput(f"{where} begins with an empty column; delete it")
    n_columns = cells.shape[1]
    filled = sum(cell is not None for cell in cells[0])
    if filled <= 1 < n_columns or 2 * filled < n_columns:
        raise InvalidInput(
            f"{where} has {filled} of {n_columns} cells filled in its first row, which must contain the column "
            "names; delete titles and empty rows above the header, and split merged cells"
        )


def _name(cell: Any) -> str:
    """Convert a cell of the header to a column name; 2019.0 becomes "2019"."""
    if cell is None:
        return ""
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)
