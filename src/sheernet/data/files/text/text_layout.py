"""Determining the layout of a text file from its first lines: comments, separator, decimal mark, names, units."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from sheernet.data.files.heading_warnings import listed_units, require_units
from sheernet.data.files.headings import Heading, find_heading, is_missing, is_value
from sheernet.data.files.text.layout_messages import (
    require_clear_names,
    require_closed,
    require_no_decimal_commas,
    warn_of_apostrophes,
    warn_of_commented_rows,
    warn_of_guesses,
    warn_of_one_column,
    warn_of_two_columns,
)
from sheernet.data.files.text.line_roles import FirstLines, listed_marks, marks_of_comments
from sheernet.data.files.text.separator_trials import (
    Trial,
    best_trial,
    column_of_decimals,
    nameless_decimals,
)
from sheernet.data.files.text.text_encoding import Text
from sheernet.data.files.text.title_lines import (
    TableLines,
    WrittenNames,
    divide,
    names_in_comment,
)
from sheernet.data.formats.unit_names import units_of
from sheernet.data.tables.column_names import made_names, name_columns
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.message_text import counted
from sheernet.foundation.sentences import Setting
from sheernet.settings.read_settings import ReadSettings


@dataclass(frozen=True)
class TextLayout:
    """The layout of a text file.

    Parameters
    ----------
    separator : str
        The character between values; " " means one or more spaces.
    decimal : str
        Decimal mark, "." or ",".
    names : tuple of str
        Names of the columns, none empty.
    notes : tuple of str
        How the lines were understood, for `Table.reading`.
    top : int
        Number of lines above the first row of data, the names included.
    marks : tuple of str
        Beginnings of comment lines.
    left_out : frozenset of int
        Numbers of further lines that are not rows.
    has_empty_rows : bool
        Whether lines may have separators only, as spreadsheet programs write empty rows; they count as blank.
    quote : str or None
        The quotation mark, as in `row_lines.records`.
    is_plain : bool
        Whether the file begins with the names of its columns, and all other lines are rows.
    is_regular : bool
        Whether all of the first rows have a value for each name.
    units : mapping of str to str
        The units of columns in the row of units.
    has_quoted_names : bool
        Whether all names of columns are in quotation marks.
    """

    separator: str
    decimal: str
    names: tuple[str, ...]
    notes: tuple[str, ...] = ()
    top: int = 0
    marks: tuple[str, ...] = ()
    left_out: frozenset[int] = frozenset()
    has_empty_rows: bool = False
    quote: str | None = None
    is_plain: bool = True
    is_regular: bool = True
    units: Mapping[str, str] = field(default_factory=dict)
    has_quoted_names: bool = False

    @property
    def width(self) -> str:
        """The number of names and where they are, for messages about rows of another length."""
        n = len(self.names)
        return (
            f"its first line has {counted(n, 'name')}"
            if self.is_plain
            else f"its table has {counted(n, 'column')}"
        )

    @property
    def is_filtered(self) -> bool:
        """Whether some lines below the names are not rows, so that pandas cannot read the file as it is."""
        return bool(self.marks or self.left_out or self.has_empty_rows)


def find_layout(text: Text, options: ReadSettings) -> TextLayout:
    """Determine the layout of a text file, except what the options specify.

    Raises
    ------
    InvalidInput
        If it cannot be determined which line holds the names of the columns.

    Warns
    -----
    SheernetWarning
        If the layout is a guess.
    """
    first, separator = _first_lines(text, options)
    first, marks = marks_of_comments(first, options.comment)
    if options.samples == "rows":
        first = first.with_rules()
    trial = best_trial(first, separator)
    may_be_single = options.quote is None and '"' not in text.head and "'" in text.head
    if may_be_single and (value := trial.value_in_apostrophes):
        warn_of_apostrophes(text.name, value)
        return find_layout(text, replace(options, quote="'"))
    if not trial.records:
        raise InvalidInput(
            "{} has a value of more than {:,} characters in its first row, which cannot be the name of a column; "
            "shorten it, or give {} if quotation marks are ordinary characters",
            text.name, csv.field_size_limit(), Setting("quote", "none"),
        )  # fmt: skip
    if options.samples == "columns":
        lines = divide(text.name, first, marks, trial, options.separator)
        return _turned(lines, options)
    if not separator:
        trial = _with_decimal_commas(text.name, trial, options)
    require_closed(text.name, first, trial)
    if options.header == "auto":
        require_no_decimal_commas(text.name, trial)
    lines = divide(text.name, first, marks, trial, options.separator)
    return _layout(text.name, lines, options)


def has_one_sample(text: Text, options: ReadSettings) -> bool:
    """Whether a text file has a single row, or a single column if samples are columns, and it consists of values."""
    first, separator = _first_lines(text, options)
    first, _ = marks_of_comments(first, options.comment)
    rows = [row for _, row in best_trial(first, separator).records]
    is_one = len(rows) == 1 if options.samples == "rows" else all(len(row) == 1 for row in rows)
    return is_one and all(is_value(cell) or is_missing(cell) for row in rows for cell in row)


def _first_lines(text: Text, options: ReadSettings) -> tuple[FirstLines, str | None]:
    """Return the first lines, without those to skip, and the separator that an option or the file states."""
    first, separator = FirstLines.of(text.head, options.quote), options.separator
    if declared := re.match(r"sep=(.)\r?\n", text.head):  # a line that tells Excel the separator
        first, separator = first.with_roles([1], "skipped"), separator or declared[1]
    first = first.with_roles(range(1, options.skip + 1), "skipped")
    if not first.first_row():
        raise InvalidInput(
            "{} has no line below the {} that {} leaves out; skip fewer lines",
            text.name, counted(options.skip, "line"), Setting("skip", options.skip),
        )  # fmt: skip
    return first, separator


def _with_decimal_commas(source: str, trial: Trial, options: ReadSettings) -> Trial:
    """Return lines such as 1,5 as a single column if they are, or may be, numbers with decimal commas."""
    if decimals := column_of_decimals(trial):
        warn_of_one_column(source)
        return decimals
    if decimals := nameless_decimals(trial):
        if options.decimal == ",":
            return decimals
        if options.header == "auto":
            warn_of_two_columns(source, decimals.header[0])
    return trial


def _turned(lines: TableLines, options: ReadSettings) -> TextLayout:
    """Return the layout of a file whose samples are columns; its names are read with its values."""
    trial, roles, top = lines.trial, lines.first.roles, 0
    while top + 1 in roles:
        top += 1
    above = len(lines.titles)
    notes = (f"{counted(above, 'title line')} above the rows",) if above else ()
    return TextLayout(
        trial.separator, options.decimal or trial.decimal, (), notes, top, lines.marks,
        quote=options.quote, is_plain=not roles,
    )  # fmt: skip


def _layout(source: str, lines: TableLines, options: ReadSettings) -> TextLayout:
    """Find names and units, and put the layout together."""
    trial = lines.trial
    commented = names_in_comment(lines) if options.header == "auto" else None
    heading = Heading(1, 0)
    if not trial.has_row_names or options.header == "none":
        heading = find_heading(lines.rows, options, has_names_above=commented is not None)
    require_clear_names(source, lines, heading, commented, options)
    given = _written_names(lines, heading, commented)
    if heading.units is not None:
        require_units(source, lines.rows[heading.units])
    if options.comment is None:
        warn_of_commented_rows(source, lines, heading)
    names, notes = name_columns(given.names)
    units = {} if heading.units is None else units_of(names, lines.rows[heading.units])
    warn_of_guesses(
        source, lines, heading, given,
        units_are_given=options.units != "auto", is_comment=commented is not None,
    )  # fmt: skip
    roles = set(lines.first.roles.values()) - {"skipped"}
    is_plain = (heading.n_rows, heading.names) == (1, 0) and not roles
    top = _top(lines, heading)
    top = top if is_plain else _extended(lines.first, top)
    if any(role == "rule" and number <= top for number, role in lines.first.roles.items()):
        notes = ("a line drawn below the names", *notes)
    return TextLayout(
        trial.separator,
        options.decimal or trial.decimal,
        names,
        (*_layout_notes(lines, heading, given, is_comment=commented is not None), *notes),
        top,
        lines.marks,
        quote=options.quote,
        is_plain=is_plain,
        is_regular=not lines.has_comments and _is_regular(lines, heading, len(names)),
        units=units,
        has_quoted_names=_are_quoted(given, lines.first),
    )


def _written_names(
    lines: TableLines, heading: Heading, commented: WrittenNames | None
) -> WrittenNames:
    """Return the names in the row of the heading or in a comment; made names if there are none."""
    rows, trial = lines.rows, lines.trial
    if heading.names is not None:
        found = list(rows[heading.names])
        given = WrittenNames(
            ["", *found] if trial.has_row_names else found, trial.records[heading.names][0]
        )
    else:
        given = commented or WrittenNames(list(made_names(max(map(len, rows)))))
    return (
        given if heading.units is None else replace(given, units=listed_units(rows[heading.units]))
    )


def _are_quoted(given: WrittenNames, first: FirstLines) -> bool:
    """Whether all names are in quotation marks in their line."""
    mark = first.quote or '"'
    line = first.lines[given.line - 1] if given.line else ""
    return all(mark + name.replace(mark, 2 * mark) + mark in line for name in given.names if name)


def _top(lines: TableLines, heading: Heading) -> int:
    """Return the number of the last line above the data that is not blank."""
    if heading.n_rows:
        return lines.trial.records[heading.n_rows - 1][0]
    return lines.titles[-1][0] if lines.titles else 0


def _extended(first: FirstLines, top: int) -> int:
    """Include the comments and blank lines that follow the line `top`."""
    while top < len(first.lines) and (
        top + 1 in first.roles or not first.lines[top].strip("\ufeff \t\r\n\f")
    ):
        top += 1
    return top


def _is_regular(lines: TableLines, heading: Heading, n: int) -> bool:
    rows = lines.rows[heading.n_rows :]
    return all(len(row) == n for row in rows) or all(
        len(row) == n + 1 and not row[-1] for row in rows
    )


def _layout_notes(
    lines: TableLines, heading: Heading, given: WrittenNames, *, is_comment: bool
) -> tuple[str, ...]:
    """Describe how the lines were understood, for `Table.reading`."""
    notes = []
    if lines.marks:
        notes.append(f"lines that begin with {listed_marks(lines.marks)} are comments")
    above = len(lines.titles) + heading.first
    if above:
        notes.append(
            f"{counted(above, 'title line')} above the {'names' if given.line else 'rows'}"
        )
    if heading.names is None:
        notes.append(
            f"names from the comment in line {given.line}" if is_comment else "no names of columns"
        )
    if given.units:
        notes.append(f"a row of units ({given.units})")
    return tuple(notes)
