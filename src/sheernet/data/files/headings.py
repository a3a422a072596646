"""Recognizing which of the first rows of a text file or sheet hold titles, names of columns, units, and data.

The columns of values are found from the later rows.  The first row with a number in such a column is the first row of
data.  The row above it holds the names.  If that row consists of units, the names are in the row above the units.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sheernet.data.formats.cell_formats import parts
from sheernet.data.formats.unit_names import are_units, is_scale
from sheernet.settings.read_settings import ERRORS, MISSING, ReadSettings

_NUMBER = re.compile(r"[+-]?(\d+[.,]?\d*|[.,]\d+)([eEdD][+-]?\d+)?|[+-]?inf(inity)?", re.IGNORECASE)
_VALUE = re.compile(
    r"[+-]?[$€£¥]?\s?[.,]?\d[\d.,:/' \xa0\u202fTZ+-]*([eEdD][+-]?\d+)?(\s?([ap]\.?m\.?|%|[€$]))?"
    r"|\d{1,2}[-. ][A-Za-z]{3}[-. ]\d{2,4}.*|[+-]?inf(inity)?",
    re.IGNORECASE,
)
"""Numbers, dates, times of day and codes of digits."""
_SUMMARIES = frozenset({"", "avg", "smp", "max", "min", "tot", "std", "med", "wvc", "cov", "inst"})
"""Texts in a row below the units with which a data logger states how it summarized each column."""
_TYPE = re.compile(
    r"[fiu][1248]|u?int(?:8|16|32|64)?|[us](?:byte|word|long)|float(?:32|64)?|double|<(?:dbl|int|chr|lgl|fct|date|dttm)>",
    re.IGNORECASE,
)
_TYPE_OF_TEXT = re.compile(
    r"bool(?:ean)?|logical|char|string|text|date|time|datetime|timestamp", re.I
)
"""Types of values in a row below the names, such as f8 in ETAS files; texts of the second kind may be names, too."""
_FORMATS = ("TOA5", "TOACI1")
"""Names of formats in the first line of a Campbell data logger's files."""
_MOST = 50
"""Number of first rows among which the names are looked for."""
_ENOUGH = 2 / 3
"""Minimum fraction of values among the cells of a column of values; the other cells may be errors."""


@dataclass(frozen=True)
class Heading:
    """The rows above the data of a table.

    Parameters
    ----------
    n_rows : int
        Number of rows above the data.
    names : int or None
        Index of the row of names; None if there is none.
    units : int or None
        Index of the row of units; between the names and the units there may be a row of descriptions.
    is_clear : bool
        False if it cannot be determined which row holds the names.
    is_guess : bool
        Whether it is uncertain that the table has names, or that it has none.
    types : int or None
        Index of a row of types of values, such as double, below the names.
    """

    n_rows: int
    names: int | None
    units: int | None = None
    is_clear: bool = True
    is_guess: bool = False
    types: int | None = None

    @property
    def first(self) -> int:
        """Index of the row of names; 0 if there is none."""
        return self.names or 0


def is_number(cell: str) -> bool:
    """Whether a cell is a number, with a decimal point or comma."""
    return _NUMBER.fullmatch(cell.strip()) is not None


def is_value(cell: str) -> bool:
    """Whether a cell is a number, a date, a time or a code of digits."""
    return _VALUE.fullmatch(cell.strip()) is not None


def is_missing(cell: str) -> bool:
    """Whether a cell is empty, denotes a missing value, or is an error of a spreadsheet."""
    text = cell.strip()
    return text in MISSING or text in ERRORS


def value_columns(rows: Sequence[Sequence[str]]) -> list[int]:
    """Return the indices of the columns that hold values, from the second half of the rows."""
    found = []
    later = rows[(len(rows) + 1) // 2 :]
    for j in range(max(map(len, later), default=0)):
        cells = [row[j] for row in later if j < len(row) and not is_missing(row[j])]
        if cells and sum(map(is_value, cells)) >= _ENOUGH * len(cells):
            found.append(j)
    return found


def find_heading(
    rows: Sequence[Sequence[str]], options: ReadSettings, *, has_names_above: bool = False
) -> Heading:
    """Recognize names and units among the first rows.

    Parameters
    ----------
    rows : sequence of sequence of str
        Rows, most of equal length.
    options : ReadSettings
        The settings `header` and `units` of the reader decide.
    has_names_above : bool
        Whether a comment above the rows has a name for each column.

    Returns
    -------
    Heading
    """
    columns = value_columns(rows)
    start = _first_data(rows, columns, may_be_scales=options.units == "yes")
    if types := _types(rows, columns, start):
        without = [*rows[:types], *rows[types + 1 :]]
        found = find_heading(without, options, has_names_above=has_names_above)
        units = None if found.units is None else found.units + (found.units >= types)
        return replace(found, n_rows=found.n_rows + 1, units=units, types=types)
    if options.header == "none":
        below, units = _units_at(rows, 0, columns, start, options)
        return Heading(below, None, units)
    if options.header == "yes" or not columns:
        return _named(rows, 0, columns, start, options)
    if start == 0 and has_names_above:
        return Heading(0, None)
    if start == 0:
        return _without_names(rows, columns, options)
    return _above_data(rows, columns, start, options)


def _above_data(
    rows: Sequence[Sequence[str]], columns: Sequence[int], start: int, options: ReadSettings
) -> Heading:
    """Find the names in the last rows above the first row of data."""
    names = start - 1
    if start > 1 and _are_summaries(rows[names]):
        names -= 1  # its units are above it
    if names > 0 and _may_be_units(rows, names, columns) and not is_metadata(rows[names - 1]):
        names -= 1
    if options.units == "yes" and start > 1:
        names = start - 2 - (start > 2 and _are_summaries(rows[start - 1]))
    if names == 0 or _are_first_names(rows, names, start):
        return _named(rows, names, columns, start, options)
    candidate = _candidate(rows, names, start)
    are_texts = all(_has_letter(candidate[j]) for j in columns if j < len(candidate))
    if len(columns) > 1 and are_texts:  # a single column may begin with text
        return Heading(start, names, is_clear=False)
    below, units = _units_at(rows, names + 1, columns, start, options)
    if units is not None and _are_first_names(rows, names - 1, start):
        return Heading(below, names - 1, units)  # the row between describes some columns
    return _named(rows, 0, columns, start, options)


def _are_first_names(rows: Sequence[Sequence[str]], index: int, start: int) -> bool:
    """Whether a row has a different text for each column that is not empty, and all rows above it are metadata."""
    found = _candidate(rows, index, start)
    is_quantity = len(found) == 1 and parts(found[0]) is not None  # 5 mm, below its name
    are_names = len(set(found)) == len(found) and all(map(_has_letter, found))
    return are_names and not is_quantity and all(map(is_metadata, rows[:index]))


def _candidate(rows: Sequence[Sequence[str]], index: int, start: int) -> list[str]:
    """Return the cells of a row that are filled, or above filled ones in the rows from `start` on."""
    filled = {j for row in rows[start:] for j, cell in enumerate(row) if cell.strip()}
    return [cell.strip() for j, cell in enumerate(rows[index]) if cell.strip() or j in filled]


def is_metadata(row: Sequence[str]) -> bool:
    """Whether a row is a title or a line of metadata such as "Operator: Miller", not names of columns."""
    filled = [cell for cell in row if cell.strip()]
    first = filled[0].strip() if filled else ""
    is_key = ":" in first or "=" in first or first[:1] in ("[", ">", "*") or first in _FORMATS
    return len(filled) <= 1 or is_key


def _is_title(row: Sequence[str]) -> bool:
    """Whether a row has text in its first cell only, as Excel fills up titles with separators."""
    return len(row) > 2 and bool(row[0].strip()) and not any(cell.strip() for cell in row[1:])


def _has_letter(cell: str) -> bool:
    return any(character.isalpha() for character in cell)


def _first_data(
    rows: Sequence[Sequence[str]], columns: Sequence[int], *, may_be_scales: bool
) -> int:
    """Return the index of the first row of data: in columns of values, most cells are values, or all are empty.

    With `may_be_scales`, a row of scales such as 0-10 is above the data.
    """
    is_titled = _is_title(rows[0]) if rows else False
    for index, row in enumerate(rows[: min(_MOST, len(rows) - 1)]):
        cells = [row[j] for j in columns if j < len(row) and not is_missing(row[j])]
        has_text = index and not cells and not all(map(is_missing, row))
        has_text = has_text and not (is_titled and _is_title(row))
        values = [
            each for each in cells if is_value(each) and not (may_be_scales and is_scale(each))
        ]
        if 2 * len(values) > len(cells) or has_text:
            while index > 1 and all(map(is_missing, rows[index - 1])):
                index -= 1
            return index
    return min(1, len(rows))


def _are_units(rows: Sequence[Sequence[str]], index: int, columns: Sequence[int]) -> bool:
    """Whether a row holds units in the columns of values, and nothing but units in columns of text.

    A number without any text below it, such as the increment of an oscilloscope, is metadata.
    """
    row = rows[index]
    filled = {j for other in rows[index + 1 :] for j, cell in enumerate(other) if cell.strip()}
    others = [
        cell
        for j, cell in enumerate(row)
        if j not in columns and (j in filled or not is_number(cell))
    ]
    units = [row[j] for j in columns if j < len(row)]
    return are_units(units) and are_units([*units, *others])


def _are_summaries(row: Sequence[str]) -> bool:
    """Whether a row states how a data logger summarized each column."""
    return all(cell.strip().casefold() in _SUMMARIES for cell in row)


def _types(rows: Sequence[Sequence[str]], columns: Sequence[int], start: int) -> int | None:
    """Return the index of a row between names and data that states the type of each column; None if there is none."""
    for index in range(1, start):
        filled = [cell.strip() for cell in rows[index] if cell.strip()]
        are_types = all(_TYPE.fullmatch(cell) or _TYPE_OF_TEXT.fullmatch(cell) for cell in filled)
        if are_types and any(map(_TYPE.fullmatch, filled)) and len(filled) >= len(columns):
            return index
    return None


def _may_be_units(rows: Sequence[Sequence[str]], index: int, columns: Sequence[int]) -> bool:
    """Whether a row holds units, or is above a row of summaries, which data loggers write below the units only.

    Text that the next row repeats is data, such as the labels m and f.
    """
    below = rows[index + 1] if index + 1 < len(rows) else ()
    repeated = (
        j for j in columns if j < min(len(below), len(rows[index])) and below[j] == rows[index][j]
    )
    if any(are_units([below[j]]) for j in repeated):
        return False
    return _are_units(rows, index, columns) or (
        any(map(str.strip, below)) and _are_summaries(below)
    )


def _units_at(
    rows: Sequence[Sequence[str]],
    index: int,
    columns: Sequence[int],
    start: int,
    options: ReadSettings,
) -> tuple[int, int | None]:
    """Return the index of the first row of data, and the index of the row of units if it is `index`."""
    if options.units == "none" or index >= len(rows):
        return index, None
    are_units = index < start and columns and _may_be_units(rows, index, columns)
    if not are_units and options.units != "yes":
        return index, None
    below = index + 1
    return below + (below < start and _are_summaries(rows[below])), index


def _named(
    rows: Sequence[Sequence[str]],
    names: int,
    columns: Sequence[int],
    start: int,
    options: ReadSettings,
) -> Heading:
    n_rows, units = _units_at(rows, names + 1, columns, start, options)
    return Heading(n_rows, names, units)


def _without_names(
    rows: Sequence[Sequence[str]], columns: Sequence[int], options: ReadSettings
) -> Heading:
    """Return the heading of a table whose first row has a value in a column of values; its names may be years."""
    first = [cell.strip() for cell in rows[0]]
    columns = [j for j in columns if j < len(first)]
    filled = [cell for cell in first if not is_missing(cell)]
    if len(rows) < 2:
        return _named(rows, 0, columns, 1, options)
    below = [rows[1][j] for j in columns if j < len(rows[1]) and not is_missing(rows[1][j])]
    if len(columns) > 1 and below and not any(map(is_value, below)):
        return Heading(0, None, is_clear=False)  # several rows of names
    counted = list(map(str, range(len(first) - 1)))
    # pandas writes such a row if it also writes row numbers.
    if not first[0] and 0 in columns and first[1:] == counted:
        return _named(rows, 0, columns, 1, options)
    if all(map(is_number, filled)):
        return Heading(0, None, is_guess=True, is_clear=not _counts_columns(first, rows[1:]))
    if all(is_value(first[j]) or is_missing(first[j]) for j in columns):
        text = [j for j in range(len(first)) if j not in columns and first[j]]
        recurs = any(row[j].strip() == first[j] for row in rows[1:] for j in text if j < len(row))
        is_data = len(set(filled)) < len(filled) or any(
            _is_no_name(first[j], rows[1][j]) for j in columns if j < len(rows[1])
        )
        if recurs or is_data:
            return Heading(0, None, is_guess=True)
    return _named(rows, 0, columns, 1, options)


def _counts_columns(first: Sequence[str], others: Sequence[Sequence[str]]) -> bool:
    """Whether the first row is 0, 1, 2, ..., as pandas names columns, above numbers with a decimal mark."""
    if len(first) < 2 or list(first) != [str(j) for j in range(len(first))]:
        return False
    return not any(cell.strip().isdigit() for row in others for cell in row)


def _is_no_name(cell: str, below: str) -> bool:
    """Whether a cell is a number with a fraction, or a date above a date."""
    if is_number(cell):
        return not cell.lstrip("+-").isdigit() or cell[:1] in "+-"
    return is_value(cell) and is_value(below) and not is_number(below)
