"""Converting a sheet of a workbook to a table, with warnings about merged cells, formulas and totals."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from itertools import compress
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from sheernet.data.files import opening
from sheernet.data.files.cell_warnings import warn_of_errors
from sheernet.data.files.opening import Opened
from sheernet.data.files.sheets.ods_sheet import read_ods
from sheernet.data.files.sheets.rows_below import are_filled, without_rows_below
from sheernet.data.files.sheets.sheet import Oddities, Sheet
from sheernet.data.files.sheets.sheet_choice import SheetChoice
from sheernet.data.files.sheets.sheet_heading import SheetHeading, find_sheet_heading, named_heading
from sheernet.data.files.sheets.xlsx_sheet import read_xlsx
from sheernet.data.files.written_cells import WrittenCells
from sheernet.data.formats.unit_names import units_of
from sheernet.data.tables.column_names import listed_names, made_names, name_columns
from sheernet.data.tables.table import require_distinct
from sheernet.foundation.arrays import Indices
from sheernet.foundation.caller_warnings import warn
from sheernet.foundation.errors import InvalidInput, SheernetWarning
from sheernet.foundation.message_text import counted, listed, plural_of
from sheernet.foundation.pandas_import import import_pandas
from sheernet.foundation.sentences import Setting, in_quotes, sentence
from sheernet.settings.read_settings import ERRORS, MISSING, ReadSettings

if TYPE_CHECKING:
    import pandas as pd

Cells = npt.NDArray[np.object_]
_READERS: dict[str, Callable[[Opened, SheetChoice], Sheet]] = {
    opening.EXCEL: read_xlsx,
    opening.OPEN_DOCUMENT: read_ods,
}


class SheetTable(NamedTuple):
    """A table of a sheet.

    Parameters
    ----------
    frame : DataFrame, (N, number of columns)
        Empty rows and columns around the table, titles above its header, and totals and notes below are left out.
    reading : str
        Description of how the file was read, for `Table.reading`, with the name of the sheet.
    cells : WrittenCells
        The cells with words such as NA and errors, as they are in the sheet.
    errors : mapping of str to str
        The errors in cells of columns, in words.
    units : mapping of str to str
        The units of columns in the row of units.
    sheet_rows : ndarray of int, (number of rows,), optional
        The numbers of the rows in the sheet, from 1; None if samples are columns.
    where : str
        Name of the sheet in messages.
    """

    frame: pd.DataFrame
    reading: str
    cells: WrittenCells
    errors: Mapping[str, str]
    units: Mapping[str, str]
    sheet_rows: Indices | None
    where: str


def read_spreadsheet(
    file: Opened, options: ReadSettings, *, is_of_model: bool = False
) -> SheetTable:
    """Read a sheet of a workbook; `is_of_model`: whether the sheet is named by a model.

    Raises
    ------
    InvalidInput
        If the workbook is damaged or too large, the sheet does not exist, or its header is not found.
    """
    try:
        sheet = _READERS[file.form](file, SheetChoice(options.sheet, is_of_model))
    except (InvalidInput, SheernetWarning):
        raise
    except Exception as error:  # zipfile, zlib, expat and openpyxl have no common base class
        if isinstance(error, (MemoryError, ImportError)):
            raise
        raise InvalidInput(
            f"{file.name} cannot be opened as an {file.form} workbook; copy it again from its source, or save it again "
            "as .xlsx or CSV"
        ) from error
    try:
        table = _table_of(sheet, file.name, options)
    except InvalidInput as error:
        others = [repr(name) for name in sheet.names if name != sheet.name]
        if options.sheet is not None or not others:
            raise
        raise InvalidInput(
            "{}; if the table is in another sheet, {}, choose it with {}",
            error.args[0], listed(others, "or", most=5), Setting("sheet"),
        ) from None  # fmt: skip
    if options.sheet is None and sheet.n_visible > 1:
        warn(
            sentence(
                "{} has {} sheets: {}; only {!r} is read; give {} to read another one, or, to use several "
                "sheets, copy their rows into one",
                file.name, len(sheet.names), listed_names(sheet.names), sheet.name, Setting("sheet"),
            )
        )  # fmt: skip
    return table


def _table_of(sheet: Sheet, file: str, options: ReadSettings) -> SheetTable:
    """Convert a sheet to a table; see `read_spreadsheet`."""
    pandas = import_pandas()
    where = f"sheet {in_quotes(sheet.name)} of {file}"
    cells, top, left = _cells(sheet, options.skip, where)
    is_transposed = options.samples == "columns"
    if is_transposed:
        cells = cells.T
        heading = _first_column_as_heading(cells, where, options)
    else:
        heading = find_sheet_heading(cells, where, (top, left), options)
    body = cells[heading.body :]
    below: tuple[str, ...] = ()
    if not is_transposed:
        body, below = without_rows_below(body, top + heading.body + 1, where)
    if not len(body):
        raise InvalidInput(
            "{} has no rows below its header (if it is a row, give {}); at least one is needed",
            where, Setting("header", "none"),
        )  # fmt: skip
    names, name_notes = name_columns(_given_names(cells, heading, where))
    require_distinct(names, where, options.header)
    if not is_transposed:
        merged = _merged_below(sheet.oddities, heading, top, top + len(cells), where)
        _fill_merged(body, merged, top + heading.body, left, names, where)
    origin = (top, left + heading.body) if is_transposed else (top + heading.body, left)
    _warn_of_formulas(sheet.oddities, names, origin, file, transposed=is_transposed)
    columns = dict(zip(names, body.T, strict=True))
    errors = warn_of_errors(where, columns)
    rows = sheet.rows[top + heading.body :][: len(body)]
    written = WrittenCells(pandas.DataFrame(body, columns=names, dtype=object), "sheet")
    sheet_rows: Indices | None = None
    if not is_transposed:
        filled = are_filled(body, _are_written(sheet, rows, origin[0]), origin[0] + 1, where)
        body, rows = body[filled], [row[left:] for row in compress(rows, filled)]
        sheet_rows = np.flatnonzero(filled) + origin[0] + 1
        written = WrittenCells(_with_words(body, rows, names), "sheet")
    frame = pandas.DataFrame(
        {
            name: pandas.Series([_value(cell) for cell in column], dtype=object)
            for name, column in zip(names, body.T, strict=True)
        }
    )
    reading = "; ".join([_description(sheet, options), *name_notes, *heading.notes, *below])
    units = [] if heading.units is None else list(map(_name, cells[heading.units]))
    return SheetTable(frame, reading, written, errors, units_of(names, units), sheet_rows, where)


def _first_column_as_heading(cells: Cells, where: str, options: ReadSettings) -> SheetHeading:
    """Return the heading of cells whose samples are columns, transposed; warn if the names have to be made."""
    if not _is_row_of_values(cells[0]):
        return named_heading(cells, where, options)
    _warn_of_made_names(where)
    return SheetHeading(None, None, 0)


def _given_names(cells: Cells, heading: SheetHeading, where: str) -> list[str]:
    """Return the names of columns as they are in the sheet, or made names if it has none."""
    if heading.names is None:
        return list(made_names(cells.shape[1]))
    given = [_name(cell) for cell in cells[heading.names]]
    _require_names(cells[heading.names :], where)
    return given


def _description(sheet: Sheet, options: ReadSettings) -> str:
    position = f" ({sheet.position})" if sheet.position else ""
    transposed = ", samples in columns" if options.samples == "columns" else ""
    return f"{sheet.label}, sheet {in_quotes(sheet.name)}{position}{transposed}"


def _are_written(sheet: Sheet, rows: Sequence[tuple[Any, ...]], first: int) -> list[bool]:
    """Whether each row of a sheet, from the one with index `first` on, has a text such as NA or a formula."""
    with_formulas = {row for row, _ in sheet.oddities.without_results}
    return [
        number in with_formulas or bool(_trimmed(row)) for number, row in enumerate(rows, first)
    ]


def _cells(sheet: Sheet, skip: int, where: str) -> tuple[Cells, int, int]:
    """Convert the rows below `skip` rows to an array without the empty rows and columns around it.

    Rows that follow the last filled one are not empty if they have a formula, although it has no stored result.

    Returns
    -------
    ndarray of object, (rows, columns)
        Empty cells and missing-value markers are None; errors such as #DIV/0! stay text.
    int, int
        Row and column of its first cell in the sheet, from 0.
    """
    trimmed = [_trimmed(row) for row in sheet.rows[skip:]]
    n_rows = max((number for number, row in enumerate(trimmed, 1) if row), default=0)
    with_formulas = {row - skip for row, _ in sheet.oddities.without_results}
    while n_rows in with_formulas and n_rows < len(trimmed):
        n_rows += 1
    del trimmed[n_rows:]
    firsts = [next((i for i, c in enumerate(row) if c is not None), len(row)) for row in trimmed]
    top = next((i for i, row in enumerate(trimmed) if firsts[i] < len(row)), None)
    if top is None:
        below = f" below row {skip}" if skip else ""
        raise InvalidInput(
            f"{where} is empty{below}; a table needs a header and at least one row of values"
        )
    cells = np.full((len(trimmed) - top, max(map(len, trimmed))), None, dtype=object)
    for number, row in enumerate(trimmed[top:]):
        cells[number, : len(row)] = row
    left = min(first for first, row in zip(firsts, trimmed, strict=True) if first < len(row))
    return cells[:, left:], skip + top, left


def _trimmed(row: Sequence[Any]) -> tuple[Any, ...]:
    """Return a row up to its last cell that is not blank; texts such as NA become None."""
    end = len(row)
    while end and (
        row[end - 1] is None or (isinstance(row[end - 1], str) and not row[end - 1].strip())
    ):
        end -= 1
    return tuple(None if isinstance(c, str) and c in MISSING else c for c in row[:end])


def _with_words(body: Cells, rows: Sequence[Sequence[Any]], names: Sequence[str]) -> pd.DataFrame:
    """Return the cells of a table; empty cells have the words, such as NA, that are there in its rows."""
    cells = body.copy()
    for i, j in np.argwhere(body == None).tolist():  # noqa: E711  (elementwise)
        if j < len(rows[i]) and isinstance(rows[i][j], str) and rows[i][j].strip():
            cells[i, j] = rows[i][j]
    return import_pandas().DataFrame(cells, columns=list(names), dtype=object)


def _value(cell: Any) -> Any:
    """Return the value of a cell; None if it is an error such as #DIV/0!."""
    return None if isinstance(cell, str) and cell in ERRORS else cell


def _merged_below(
    found: Oddities, heading: SheetHeading, above: int, end: int, where: str
) -> list[tuple[int, int, int, int]]:
    """Return the ranges of merged cells below the header, under `above` rows; raise if the header has some.

    A name may be merged with the empty cell of its column in the row of units.
    """
    header = above + (heading.body - 1 if heading.names is None else heading.names)
    ranges = [
        (top, left, bottom, right)
        for top, left, bottom, right in found.merged
        if bottom >= header and top < end and (left < right or bottom >= above + heading.body)
    ]
    if heading.names is not None and any(top <= header for top, *_ in ranges):
        raise InvalidInput(
            f"{where} has merged cells in its header, row {header + 1}; split them, and give each column a name in one "
            "row"
        )
    return ranges


def _fill_merged(
    body: Cells,
    ranges: Sequence[tuple[int, int, int, int]],
    first_row: int,
    first_column: int,
    names: Sequence[str],
    where: str,
) -> None:
    """Fill merged cells within one column, whose value is in the first cell only, in place; warn of all merged cells.

    Parameters
    ----------
    body : ndarray of object, (rows, columns)
        The rows below the header.
    ranges : sequence of tuple of int
        First row, first column, last row and last column of each range in the sheet.
    first_row, first_column : int
        The first row and column of `body` in the sheet.
    """
    filled, others = [], 0
    for top, left, bottom, right in ranges:
        row, j = top - first_row, left - first_column
        if left == right and row >= 0 and 0 <= j < body.shape[1]:
            below = body[row + 1 : bottom + 1 - first_row, j]
            below[below == None] = body[row : row + 1, j]  # noqa: E711  (elementwise)
            filled += [j] * (row < len(body))
        else:
            others += 1
    if filled:
        columns = [repr(names[j]) for j in sorted(set(filled))]
        warn(
            f"{where} has {counted(len(filled), 'range')} of merged cells in {plural_of(len(columns), 'column')} "
            f"{listed(columns, most=4)}; the value of a range is read for all its rows; if it holds for the first row "
            "only, split them"
        )
    if others:
        ranges_of = counted(others, "other range" if filled else "range")
        warn(
            f"{where} has {ranges_of} of merged cells below its header; the value of a range is that of its first "
            "cell, and its other cells are empty; split them and fill in the values"
        )


def _warn_of_formulas(
    found: Oddities, names: Sequence[str], origin: tuple[int, int], file: str, *, transposed: bool
) -> None:
    """Warn of formulas without stored results, as some programs write them."""
    axis = 0 if transposed else 1
    inside = {
        cell[axis] - origin[axis]
        for cell in found.without_results
        if cell[1 - axis] >= origin[1 - axis]
    }
    without = [names[j] for j in sorted(inside) if 0 <= j < len(names)]
    if not without:
        return
    warn(
        f"{file} has formulas without stored results in {plural_of(len(without), 'column')} "
        f"{listed(list(map(in_quotes, without)))}, whose cells are read as empty; open the workbook in a spreadsheet "
        "program and save it"
    )


def _require_names(cells: Cells, where: str) -> None:
    """Raise if less than half of the cells in the header are filled."""
    n_columns = cells.shape[1]
    filled = sum(cell is not None for cell in cells[0])
    if filled <= 1 < n_columns or 2 * filled < n_columns:
        raise InvalidInput(
            "{} has {} of {} cells filled in its header, which must contain the column names; name each column "
            "there and split merged cells, or leave out other rows above it with {}",
            where, filled, n_columns, Setting("skip"),
        )  # fmt: skip
    below = cells[1] if len(cells) > 1 else ()
    if filled < n_columns and cells[0, -1] is None and _are_names(below):
        raise InvalidInput(
            "{} has {} names for {} columns in its first row, and {} texts in the next, which may be the header; "
            "give the number of rows above the header as {}",
            where, filled, n_columns, n_columns, Setting("skip"),
        )  # fmt: skip


def _is_row_of_values(row: Sequence[Any]) -> bool:
    """Whether the first row holds only numbers, and one of them, unlike the year 2019, cannot be a name."""
    are_numbers = all(isinstance(cell, int | float) and not isinstance(cell, bool) for cell in row)
    return are_numbers and any(cell < 0 or cell != int(cell) for cell in row)


def _warn_of_made_names(where: str) -> None:
    """Warn that a sheet whose samples are columns has no names; MATLAB's writematrix writes such sheets."""
    warn(
        f"{where} has no names of columns: its first column holds numbers and is read as data, and the columns are "
        "called column_1, column_2, ...; if it holds the names, write them as text"
    )


def _are_names(row: Sequence[Any]) -> bool:
    return all(isinstance(cell, str) for cell in row) and len(set(row)) == len(row) > 0


def _name(cell: Any) -> str:
    """Convert a cell of the header to a column name; 2019.0 becomes "2019", and a day has no time of day."""
    if cell is None:
        return ""
    if isinstance(cell, datetime.datetime):
        return str(cell).removesuffix(" 00:00:00")
    if isinstance(cell, datetime.time):
        return str(cell).removesuffix(":00")
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)
