"""Names and units among the first rows of a text file or sheet, by one rule.

In the columns that hold values, the first row with values is the first row of data.  One row of text above it holds the
names; of two rows, the second holds the units if its cells are units.  A row with one filled cell, or whose first cell
is a key such as "Operator:", is a title.  Anything else is refused, because no rule tells names from other text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sheernet.data.formats.unit_names import are_units, is_unit
from sheernet.data.tables.column_names import listed_names
from sheernet.foundation.caller_warnings import warn
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.message_text import cut_in_the_middle
from sheernet.foundation.sentences import Setting, sentence
from sheernet.settings.read_settings import ERRORS, MISSING, ReadSettings

_VALUE = re.compile(
    r"[-+(\u2212]*[$€£¥]?\s?[-+]?(?:\d[\d.,:/'_ \xa0\u202f\u2009TZ+-]*|[.,]\d+)(?:[ed][-+]?\d+)?"
    r"(?:\)|-|\s?(?:[ap]\.?m\.?|%|[€$]))?|\d{1,2}[-. ]?[^\W\d]{3}[-. ]?\d{2,4}.*|[-+]?inf(?:inity)?",
    re.IGNORECASE,
)
"""Numbers, dates, times of day and codes of digits."""
_PLAIN_VALUE = re.compile(r"[-+]?\d+(?:[.,]\d+)?(?:[eE][-+]?\d+)?|\d{1,4}[-./]\d{1,2}[-./]\d{1,4}")
_ENOUGH = 2 / 3
"""Minimum fraction of values among the cells of a column of values; the other cells may be errors."""
_KEY = re.compile(r"[^\d:=]*[^\d\s:=][^\d:=]*[:=]")


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
        Index of the row of units.
    """

    n_rows: int
    names: int | None
    units: int | None = None


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
    rows: Sequence[Sequence[str]], options: ReadSettings, where: str, places: Sequence[str]
) -> Heading:
    """Find names and units.

    Parameters
    ----------
    rows : sequence of sequence of str
        The first rows of the table, of equal length.
    options : ReadSettings
        The settings `header` and `units` decide if they are given.
    where : str
        Name of the file or sheet in messages.
    places : sequence of str
        The name of each row in messages, such as "line 3".

    Raises
    ------
    InvalidInput
        If several rows may hold the names.

    Warns
    -----
    SheernetWarning
        If there are no names, titles are left out, or a row is read as units.
    """
    markers = set(map(str, options.missing_values))
    rows = [["" if cell in markers else cell for cell in row] for row in rows]
    columns = value_columns(rows)
    start = _first_data(rows, columns)
    names = _row_of_names(rows, columns, start, options, where, places)
    below = 0 if names is None else names + 1
    are_given = options.units != "auto"
    has_units = options.units == "yes"
    if not are_given and below < start:
        has_units = below < len(rows) and _may_be_units(rows[below], columns)
    if has_units and are_given and below < len(rows):
        values = list(filter(_PLAIN_VALUE.fullmatch, rows[below]))
        if 2 * len(values) > len(_filled(rows[below])):
            raise InvalidInput(
                "{} of {} holds values, such as {}, so it is not a row of units; give {}",
                places[below], where, values[0], Setting("units", "none"),
            )  # fmt: skip
    if has_units and not are_given:
        _warn_of_units(rows[below], where, places[below])
    if names:
        warn(
            sentence(
                "{} of {} is read as the names of columns, and everything above it is left out ({!r}); if it does not "
                "hold the names, give {} and {}",
                places[names], where, cut_in_the_middle(_filled(rows[0])[0], 40), Setting("skip"), Setting("header"),
            )
        )  # fmt: skip
    return Heading(below + has_units, names, below if has_units else None)


def _row_of_names(
    rows: Sequence[Sequence[str]], columns: Sequence[int], start: int, options: ReadSettings,
    where: str, places: Sequence[str],
) -> int | None:  # fmt: skip
    """Return the index of the row of names; None if there is none."""
    if options.header == "none":
        return None
    if options.header == "yes" or not columns or start == 1:
        return 0
    if start == 0:
        if _are_years(rows, columns):
            return 0
        warn(
            sentence(
                "{} has no names of columns: its first row has the form of the others and is read as data, and the "
                "columns are called column_1, column_2, ...; if it holds the names, give {}",
                where, Setting("header", "yes"),
            )
        )  # fmt: skip
        return None
    names = start - 1
    if options.units == "yes" or (
        _may_be_units(rows[names], columns) and not _is_title(rows[names - 1])
    ):
        names -= 1
    if all(map(_is_title, rows[:names])):
        return names
    told = "; ".join(
        f"{place}: {listed_names([cut_in_the_middle(cell, 40) for cell in _filled(row)], 3)}"
        for place, row in zip(places[: start + 1], rows, strict=False)
    )
    raise InvalidInput(
        "it cannot be determined which row of {} holds the names of columns ({}); leave out the rows above it with {}, "
        "or give {}; a row of units below it is read with {}",
        where, told, Setting("skip"), Setting("header", "yes"), Setting("units", "yes"),
    )  # fmt: skip


def _first_data(rows: Sequence[Sequence[str]], columns: Sequence[int]) -> int:
    """Return the index of the first row of data: the last row of nothing but text is above it."""
    start = 0
    for index, row in enumerate(rows):
        cells = [row[j] for j in columns if j < len(row) and not is_missing(row[j])]
        n_values = sum(map(is_value, cells))
        if 2 * n_values > len(cells):
            return start
        if index == 0 or (cells and not n_values):
            start = index + 1
    return min(1, len(rows))


def _are_years(rows: Sequence[Sequence[str]], columns: Sequence[int]) -> bool:
    """Whether the first row has different whole numbers, such as years, over values, and a name over other text."""
    first = [cell.strip() for cell in rows[0]]
    others = [j for j in range(len(first)) if j not in columns]
    has_name = bool(others) and all(first[j] and not is_value(first[j]) for j in others)
    recurs = any(row[j].strip() == first[j] for row in rows[1:] for j in others if j < len(row))
    are_whole = all(first[j].isdigit() for j in columns if j < len(first))
    are_counted = first == ["", *map(str, range(len(first) - 1))]  # pandas, with row numbers
    return (
        len(set(first)) == len(first) and are_whole and ((has_name and not recurs) or are_counted)
    )


def _may_be_units(row: Sequence[str], columns: Sequence[int]) -> bool:
    """Whether a row holds units in columns of values, and nothing else."""
    return are_units([row[j] for j in columns if j < len(row)]) and are_units(row)


def _filled(row: Sequence[str]) -> list[str]:
    return [cell.strip() for cell in row if cell.strip()] or [""]


def _is_title(row: Sequence[str]) -> bool:
    """Whether a row is a title or a line of metadata, not names of columns."""
    return (len(_filled(row)) == 1 and len(row) > 1) or is_key(_filled(row)[0])


def is_key(cell: str) -> bool:
    """Whether a cell begins with a key, such as "Operator:"."""
    return _KEY.match(cell.strip()) is not None


def _warn_of_units(row: Sequence[str], where: str, place: str) -> None:
    """Warn that a row is read as units, unless brackets around them leave no doubt."""
    if any(is_unit(cell) and cell.strip()[0] not in "([{" for cell in row):
        warn(
            sentence(
                "{} of {} is read as units ({}); if it is data, give {}",
                place, where, listed_names([cell.strip() or "-" for cell in row], most=6), Setting("units", "none"),
            )
        )  # fmt: skip
