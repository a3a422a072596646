"""Warnings and advice for names and units of columns that are guesses, in a text file or a sheet."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from sheernet.data.files.headings import Heading, is_value
from sheernet.data.formats.unit_names import is_scale, is_unit
from sheernet.data.tables.column_names import listed_names, made_name
from sheernet.foundation.caller_warnings import warn
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.message_text import counted
from sheernet.foundation.sentences import Setting, in_quotes, sentence

if TYPE_CHECKING:
    import pandas as pd

_MOST_LISTED = 8
HEADER_ADVICE = sentence(
    "give {}, or {} if none does, and the number of lines above the table as {}",
    Setting("header", "yes"), Setting("header", "none"), Setting("skip"),
)  # fmt: skip
"""Advice if it cannot be determined which line or row holds the names."""


def listed_roles(noun: str, first: int, roles: Iterable[str]) -> str:
    """List the first lines or rows with their roles for a message; equal neighbors are one entry.

    Parameters
    ----------
    noun : str
        "line" or "row".
    first : int
        Number of the first line or row.
    roles : iterable of str
        What each of them is.

    Examples
    --------
    >>> from sheernet.data.files.heading_warnings import listed_roles
    >>> listed_roles("row", 2, ["text (1 cell)", "values", "values"])
    'row 2 text (1 cell); from row 3 values'
    """
    groups = [(role, sum(1 for _ in same)) for role, same in itertools.groupby(roles)]
    entries, n = [], first
    for k, (role, size) in enumerate(groups[:_MOST_LISTED], start=1):
        where = f"{noun} {n}" if size == 1 else f"{noun}s {n} to {n + size - 1}"
        if size > 1 and k == len(groups):  # there may be more that were not examined
            where = f"from {noun} {n}"
        n += size
        entries.append(f"{where} {role}")
    return "; ".join(entries)


def warn_of_gap(frame: pd.DataFrame, source: str) -> None:
    """Warn of an empty column without a name between others, which may separate two tables."""
    for j, name in enumerate(frame.columns[1:-1], start=1):
        if name == made_name(j) and frame.iloc[:, j].isna().all():
            if frame.iloc[:, j:].isna().all(axis=None):
                return
            warn(
                f"{source} has an empty column without a name between {in_quotes(frame.columns[j - 1])} and "
                f"{in_quotes(frame.columns[j + 1])}, and the columns on both sides are read as one table; if they are "
                "two, save them separately"
            )
            return


def listed_units(cells: Sequence[str]) -> str:
    """List the cells of a row of units for a message; "-" marks an empty cell."""
    return listed_names([cell.strip() or "-" for cell in cells], most=6)


def warn_of_units(
    source: str, cells: Sequence[str], place: str = "the row below the names"
) -> None:
    """Warn that cells at a place are read as units, unless brackets around them leave no doubt."""
    if any(is_unit(cell) and cell.strip()[0] not in "([{" for cell in cells):
        warn(
            sentence(
                "{} of {} is read as units ({}); if it is data, give {}",
                place, source, listed_units(cells), Setting("units", "none"),
            )
        )  # fmt: skip


def warn_of_rows_below(
    source: str, heading: Heading, rows: Sequence[Sequence[str]], *, units_are_given: bool
) -> None:
    """Warn that rows below the names are types, descriptions and units; of units only if they are not given."""
    if heading.types is not None:
        warn(
            f"a row of types below the names of {source} is left out: "
            f"{listed_units(rows[heading.types])}"
        )
    if heading.units is None:
        return
    above = range(0 if heading.names is None else heading.names + 1, heading.units)
    if described := [index for index in above if index != heading.types]:
        warn(
            f"the row below the names of {source} is left out, because it has text for some columns and the next row "
            f"holds units: {listed_units(rows[described[0]])}"
        )
    if not units_are_given:
        nth = ("", "second ", "third ")[len(above)]
        warn_of_units(source, rows[heading.units], f"the {nth}row below the names")


def require_units(source: str, cells: Sequence[str]) -> None:
    """Raise if most cells of a row of units are numbers or dates, not scales: it is data that would be left out."""
    filled = [cell.strip() for cell in cells if cell.strip()]
    values = [cell for cell in filled if is_value(cell) and not is_scale(cell)]
    if values and 2 * len(values) > len(filled):
        raise InvalidInput(
            "the row below the names of {} would be read as units, but {} of its {} are numbers or dates, such as {}; "
            "if it is data, give {}",
            source, len(values), counted(len(filled), "cell"), values[0], Setting("units", "none"),
        )  # fmt: skip


def warn_of_names(
    source: str, heading: Heading, line: str, names: Sequence[str], *, has_titles: bool
) -> None:
    """Warn if the row of the names, or its absence, is a guess.

    Parameters
    ----------
    source : str
        Name of the file or sheet in messages.
    heading : Heading
        The names that were found.
    line : str
        Where the names are, such as "line 3".
    names : sequence of str
        The names; if there are none, one text for each column.
    has_titles : bool
        Whether there are titles above the rows of the heading.
    """
    if heading.names is None and heading.is_guess:
        called = (
            "the column is called column_1"
            if len(names) == 1
            else f"the columns are called column_1 to column_{len(names)}"
        )
        warn(
            sentence(
                "{} has no names of columns: its first row has the form of the others and is read as data, and {}; if "
                "it holds the names, give {}",
                source, called, Setting("header", "yes"),
            )
        )  # fmt: skip
    elif heading.names is not None and (has_titles or heading.names):
        warn(
            sentence(
                "{} of {} is read as the names of columns, and everything above it is left out; if it does not hold "
                "the names, give {} and {}",
                line, source, Setting("skip"), Setting("header"),
            )
        )  # fmt: skip
