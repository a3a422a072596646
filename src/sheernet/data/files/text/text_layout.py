"""Determining the layout of a text file from its first lines: comments, separator, decimal mark, names, units."""

from __future__ import annotations

import csv
import re
from collections import Counter
from dataclasses import dataclass, replace

from sheernet.data.files.headings import (
    Heading,
    find_heading,
    is_metadata,
    is_missing,
    is_number,
    is_value,
    value_columns,
)
from sheernet.data.files.text.line_roles import MARKS, FirstLines, listed_marks, marks_of_comments
from sheernet.data.files.text.row_lines import records
from sheernet.data.files.text.text_encoding import Text
from sheernet.data.formats.unit_names import are_units, is_unit
from sheernet.data.tables.column_names import made_names, name_columns
from sheernet.foundation.caller_warnings import warn
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.sentences import Setting, sentence
from sheernet.foundation.words import counted, listed
from sheernet.settings.read_settings import SEPARATORS, ReadSettings

_ROWS = 200
_ORDER = ("\t", ";", "|", ",")
"""Separators in the order in which they are preferred: those less likely to occur in values first."""
_DECIMAL_COMMA = re.compile(r"[+-]?\d*,\d+([eE][+-]?\d+)?")
_DECIMAL_POINT = re.compile(r"[+-]?\d*\.\d+([eE][+-]?\d+)?")
_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}[.,]\d{3}")
_FEWEST = 3
"""Number of rows of equal length, the names included, that are recognized as a table below other lines."""

_FEWEST_NUMBERS = 2
"""Number of numbers between spaces with which a line looks like a row of values."""


@dataclass(frozen=True)
class Layout:
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
        Numbers of further lines that are no rows.
    quote : str or None
        The quotation mark, as in `row_lines.records`.
    is_plain : bool
        Whether the file begins with the names of its columns, and all other lines are rows.
    is_regular : bool
        Whether all of the first rows have a value for each name.
    """

    separator: str
    decimal: str
    names: tuple[str, ...]
    notes: tuple[str, ...] = ()
    top: int = 0
    marks: tuple[str, ...] = ()
    left_out: frozenset[int] = frozenset()
    quote: str | None = None
    is_plain: bool = True
    is_regular: bool = True


@dataclass(frozen=True)
class _Trial:
    """The first lines of a file, split at one separator."""

    separator: str
    records: list[tuple[int, list[str]]]  # number of the last line, and values, of each row
    is_quoted: bool  # whether the first row begins with a quotation mark
    has_quoted_rows: bool  # whether the other rows do

    @property
    def header(self) -> list[str]:
        """The first row."""
        return self.records[0][1] if self.records else []

    @property
    def rows(self) -> list[list[str]]:
        """The other rows."""
        return [row for _, row in self.records[1:]]

    @property
    def is_trailed(self) -> bool:
        """Whether each row, but not the header, ends with a separator."""
        return all(len(row) == len(self.header) + 1 and not row[-1] for row in self.rows)

    @property
    def has_row_names(self) -> bool:
        """Whether each row has one value more than the header: a row name in the first position, as R writes it."""
        if len(self.header) < 2 and not (
            self.is_quoted and (self.separator == " " or self.has_quoted_rows)
        ):
            return False  # a header x above rows such as 1,5 is one column
        wide = all(len(row) == len(self.header) + 1 for row in self.rows)
        if not (self.rows and wide) or self.is_trailed:
            return False
        first = [self.rows[0][j] for j in value_columns(self.rows)]  # of a title, the names
        return not first or any(is_value(cell) or is_missing(cell) for cell in first)

    @property
    def is_regular(self) -> bool:
        """Whether all rows have as many values as the header has names, or one more for a reason."""
        is_equal = all(len(row) == len(self.header) for row in self.rows)
        return is_equal or self.is_trailed or self.has_row_names

    @property
    def rank(self) -> tuple[int, float]:
        """How well the separator fits, from 0 to 3, then the fraction of rows with as many values as names."""
        n = len(self.header)
        if n < 2:
            return (2, 1.0) if self.has_row_names else (0, 0.0)
        fraction = sum(len(row) == n for row in self.rows) / max(len(self.rows), 1)
        if self.rows and (fraction == 1 or self.is_trailed):
            return 3, 1.0
        return (2, 1.0) if self.has_row_names else (1, fraction)

    @property
    def has_only_comments(self) -> bool:
        """Whether all rows that are longer or shorter than the header begin with a mark of comments."""
        others = [row for row in self.rows if len(row) != len(self.header)]
        return any(all(row[0].lstrip().startswith(mark) for row in others) for mark in MARKS)

    @property
    def has_only_numbers(self) -> bool:
        """Whether all values below the first row are numbers or missing."""
        return all(is_number(cell) or is_missing(cell) for row in self.rows for cell in row)

    def without_longer_and_shorter(self) -> _Trial:
        """Return the trial with the rows that have as many values as the header."""
        n = len(self.header)
        return replace(self, records=[(line, row) for line, row in self.records if len(row) == n])

    def below(self, n: int) -> _Trial:
        """Return the trial without its first n rows."""
        return replace(self, records=self.records[n:])


def find_layout(text: Text, options: ReadSettings) -> Layout:
    """Determine the layout of a text file, except what the options specify.

    Raises
    ------
    InvalidInput
        If it cannot be told which line holds the names of the columns.

    Warns
    -----
    SheernetWarning
        If the layout is a guess.
    """
    first, separator = FirstLines.of(text.head, options.quote), options.separator
    if declared := re.match(r"sep=(.)\r?\n", text.head):  # a line that tells Excel the separator
        first, separator = first.with_roles([1], "skipped"), separator or declared[1]
    first = first.with_roles(range(1, options.skip + 1), "skipped")
    if not first.first_row():
        raise InvalidInput(
            sentence(
                "{} has no line below the {} that {} leaves out; skip fewer",
                text.name, counted(options.skip, "line"), Setting("skip", options.skip),
            )
        )  # fmt: skip
    first, marks = marks_of_comments(first, options.comment)
    trial = _best(first, separator)
    may_be_single = options.quote is None and '"' not in text.head
    if may_be_single and (column := _in_apostrophes(trial)):
        warn(
            sentence(
                "{} has values in single quotation marks, such as {}, which are left out; if they are part of the "
                "values, give {}",
                text.name, column, Setting("quote", "none"),
            )
        )  # fmt: skip
        return find_layout(text, replace(options, quote="'"))
    if not trial.records:
        raise InvalidInput(
            f"{text.name} has a value of more than {csv.field_size_limit():,} characters in its first row, which is no "
            "name of a column; shorten it"
        )
    if options.samples == "columns":
        return _turned(trial, first, marks, options)
    if (decimals := _single_decimals(trial)) and not separator:
        warn(
            sentence(
                "{} is read as a single column of numbers with decimal commas; if its values are separated by commas, "
                "give {} and a name for each column",
                text.name, Setting("separator", "comma"),
            )
)  # fmt: skip
        trial = decimals
    elif not separator and (decimals := _decimals_without_name(trial)):
        if options.decimal == ",":
            trial = decimals
        elif options.header == "auto":
            warn(
                sentence(
                    "{} is read as two columns of whole numbers; if each line is a number with a decimal comma, such "
                    "as {!r}, give {}; otherwise {}",
                    text.name, decimals.header[0], Setting("decimal", ","), Setting("separator", "comma"),
                )
            )  # fmt: skip
    return _assembled(text, first, marks, trial, options)


def _in_apostrophes(trial: _Trial) -> str:
    """Return the first value of a column whose values all stand between apostrophes; "" if there is none."""
    for j in range(len(trial.header) if len(trial.records) >= _FEWEST else 0):
        below = [row[j].strip() for row in trial.rows if j < len(row) and row[j].strip()]
        if below and all(len(c) > 1 and c[0] == c[-1] == "'" for c in below):
            return below[0]
    return ""


def _turned(
    trial: _Trial, first: FirstLines, marks: tuple[str, ...], options: ReadSettings
) -> Layout:
    """The layout of a file whose samples are columns; its names are read with its values."""
    top = 0
    while top + 1 in first.roles:
        top += 1
    decimal = options.decimal or _decimal(trial)
    return Layout(
        trial.separator, decimal, (), (), top, marks, frozenset(), options.quote, not first.roles
    )


@dataclass(frozen=True)
class _Names:
    """The names of the columns as written in the file, and the lines from which they are."""

    names: list[str]
    line: int = 0
    units: str = ""


def _assembled(
    text: Text, first: FirstLines, marks: tuple[str, ...], trial: _Trial, options: ReadSettings
) -> Layout:
    """Find titles, names and units, and put the layout together."""
    titles: list[tuple[int, list[str]]] = []
    _require_closed(text, first, trial)
    while len(trial.records) > 1 and not any(cell.strip() for cell in trial.header):
        trial = trial.below(1)  # a line of separators
    is_single = len(trial.header) == 1 and trial.separator == ","
    has_comments = not trial.is_regular and trial.has_only_comments
    if has_comments:  # other_lines.py searches the whole file for them
        trial = trial.without_longer_and_shorter()
    elif is_single or not trial.is_regular:
        trial, titles = _below_titles(first, options.separator) or (trial, titles)
        if is_single and not (titles or options.separator):
            _require_one_column(text.name, first)
    trial = _without_trailing(trial)
    rows = [trial.header, *trial.rows]
    commented = _names_in_comment(first, marks, trial, titles) if options.header == "auto" else None
    heading = Heading(1, 0)
    if not trial.has_row_names or options.header == "none":
        heading = find_heading(rows, options, has_names_above=commented is not None)
    if titles:
        first = first.with_roles(range(1, titles[-1][0] + 1), "title")
    if not heading.is_clear or (titles and heading.names is None and not commented):
        _require_titles(text, first, trial, heading, titles)
    if heading.names is not None:
        found = trial.header if heading.names == 0 else rows[heading.names]
        given = _Names(
            ["", *found] if trial.has_row_names else found, trial.records[heading.names][0]
        )
    else:
        given = commented or _Names(list(made_names(max(map(len, rows)))))
    if heading.units is not None:
        given = replace(given, units=_listed_cells(rows[heading.units]))
    is_plain = (heading.n_rows, heading.names) == (1, 0) and not set(first.roles.values()) - {
        "skipped"
    }
    _warn_of_commented_rows(text.name, first, marks, trial, heading, options)
    top = _top(first, trial, heading, titles)
    names, notes = name_columns(given.names)
    units = [] if heading.units is None else rows[heading.units]
    _warn_of_guesses(
        text.name, units if options.units == "auto" else [], heading, titles, given, commented
    )
    return Layout(
        trial.separator, options.decimal or _decimal(trial), names,
        (*_layout_notes(heading, titles, marks, given, commented), *notes),
        top if is_plain else _extended(first, top), marks, frozenset(), options.quote, is_plain,
        is_regular=not has_comments and _is_regular(trial, heading, len(names)),
    )  # fmt: skip


def _below_titles(
    first: FirstLines, separator: str | None
) -> tuple[_Trial, list[tuple[int, list[str]]]] | None:
    """Find the longest table of values that does not begin in the first row.

    Returns
    -------
    trial : _Trial
        The rows of the table and those below it; its first one holds the names if there are any.
    titles : list
        The rows above it.
    """
    best: tuple[int, _Trial, list[tuple[int, list[str]]]] | None = None
    for mark in (separator,) if separator else (*_ORDER, " "):
        trial = _try(first, mark)
        start, length = _longest_run([len(row) for _, row in trial.records])
        run = [row for _, row in trial.records[start : start + length]]
        if start == 0 or length < 2 or (mark == " " and start == 1) or not value_columns(run):
            continue
        if mark == " " and not all(is_value(cell) or is_missing(cell) for cell in run[-1]):
            continue
        above = trial.records[start - 1][1]
        names = _shorter_names(above, run)
        if names is not None:
            start -= 1
            trial.records[start] = (trial.records[start][0], names)
        elif length < _FEWEST or all(map(is_number, above)):
            continue
        if best is None or length > best[0]:
            best = length, trial.below(start), trial.records[:start]
    return best and best[1:]


def _require_one_column(source: str, first: FirstLines) -> None:
    """Raise if lines that no separator splits look like rows with spaces between values and within them.

    R writes such lines for row names with blanks, or missing values as nothing, without quotation marks.
    """
    if any(mark in line for line in first.rows for mark in "\t;|"):
        return
    trial = _try(first, " ")
    n = len(trial.header)
    numeric = [
        sum(is_number(c) or is_missing(c) for c in row) >= _FEWEST_NUMBERS for row in trial.rows
    ]
    if n < 2 or any(map(is_number, trial.header)) or sum(numeric) < max(2, 0.9 * len(numeric)):
        return
    line, row = next(
        ((line, row) for line, row in trial.records[1:] if len(row) not in (n, n + 1)),
        trial.records[1],
    )
    raise InvalidInput(
        sentence(
            "{} has {} in line {}, but {} in its first line ({}), if spaces are between values; write text with spaces "
            "in quotation marks and missing values as NA, or with another {} (in R, write.csv does), or give {} if "
            "each line is a single value",
            source, counted(len(row), "value"), line, counted(n, "name"), listed(trial.header, most=6),
            Setting("separator"), Setting("separator", "comma"),
        )
    )  # fmt: skip


def _longest_run(widths: list[int]) -> tuple[int, int]:
    """Return the start and the length of the last rows of the most frequent number of values, at least 2."""
    counts = Counter(width for width in widths if width > 1)
    if not counts:
        return 0, 0
    width = max(counts, key=lambda width: counts[width])
    end = len(widths) - widths[::-1].index(width)
    start = end
    while start and widths[start - 1] == width:
        start -= 1
    return start, end - start


def _shorter_names(above: list[str], run: list[list[str]]) -> list[str] | None:
    """Return the names in the row above a run of rows if that row is longer or shorter for a known reason."""
    n = len(run[0])
    if sum(map(is_number, above)) or not all(cell.strip() for cell in above[:-1]):
        return None
    if len(above) == n + 1 and above[-1].strip() in ("", "Comment"):  # LabVIEW's column of comments
        return above[:-1]
    if len(above) == n - 1 > 1 and not any(row[-1] for row in run):  # rows end with a separator
        return above
    counts = [row[0].strip() for row in run] == [str(i + 1) for i in range(len(run))]
    return above if len(above) == n - 1 > 1 and counts else None  # row numbers, as R writes them


def _without_trailing(trial: _Trial) -> _Trial:
    """Return the trial with one name less if every row, the header too, ends with a separator."""
    if len(trial.header) > 2 - trial.is_regular and not trial.header[-1].strip():
        rows = trial.rows
        if rows and all(len(row) == len(trial.header) and not row[-1].strip() for row in rows):
            line, header = trial.records[0]
            return replace(trial, records=[(line, header[:-1]), *trial.records[1:]])
    return trial


def _names_in_comment(
    first: FirstLines,
    marks: tuple[str, ...],
    trial: _Trial,
    titles: list[tuple[int, list[str]]],
) -> _Names | None:
    """Find names, one for each column, in the last comments above the table."""
    if not marks or not trial.records:
        return None
    n = len(trial.header)
    end = trial.records[0][0]
    found = []
    for number in range(titles[-1][0] + 1 if titles else 1, end):
        if first.roles.get(number) == "comment":
            line = first.lines[number - 1].strip()
            found.append((number, _comment_cells(line, marks, trial.separator, n)))
    for number, cells in found[::-1][:1]:
        if found[:-1] and _are_names(found[-2][1]) and are_units(cells):
            return _Names(found[-2][1], found[-2][0], _listed_cells(cells))
        if _are_names(cells):
            return _Names(cells, number)
    return None


def _are_names(cells: list[str]) -> bool:
    return bool(cells) and all(cells) and len(set(cells)) == len(cells)


def _comment_cells(line: str, marks: tuple[str, ...], separator: str, n: int) -> list[str]:
    """Return the n texts in a comment; none if it has another number of them, or is a line of metadata."""
    mark = next(mark for mark in marks if line.startswith(mark))
    stripped = line[len(mark) :].lstrip(mark).strip()
    ways = [(line, separator), (stripped, separator), *((stripped, s) for s in (*_ORDER, " "))]
    for candidate, between in ways:
        cells = [cell.strip() for cell in next(records([candidate], between), (0, [""]))[1]]
        if candidate is line and cells[0] != mark:
            continue
        if (
            len(cells) == n
            and not any(map(is_number, cells))
            and not (is_metadata(cells) and n > 1)
        ):
            return cells
    return []


def _require_titles(
    text: Text,
    first: FirstLines,
    trial: _Trial,
    heading: Heading,
    titles: list[tuple[int, list[str]]],
) -> None:
    """Raise if it cannot be told whether a line above the rows holds the names."""
    if heading.is_clear and titles and is_metadata(titles[-1][1]):
        n = len(trial.header)
        if all(len(row) != n or is_metadata(row) for _, row in titles):
            return
    if titles and all(map(is_value, trial.header)):  # then header="yes" would lose the first row
        raise InvalidInput(
            sentence(
                "it cannot be told which line of {} holds the names of columns ({}); if all lines from line {} on are "
                "rows, give {} and {}; otherwise the number of lines above the names as {}",
                text.name, first.understood(trial.separator), titles[-1][0] + 1,
                Setting("skip", titles[-1][0]), Setting("header", "none"), Setting("skip"),
            )
        )  # fmt: skip
    raise InvalidInput(
        sentence(
            "it cannot be told which line of {} holds the names of columns ({}); give {}, or {} if no line does, and "
            "the number of lines above the table as {}",
            text.name, first.understood(trial.separator), Setting("header", "yes"), Setting("header", "none"),
            Setting("skip"),
        )
    )  # fmt: skip


def _top(
    first: FirstLines, trial: _Trial, heading: Heading, titles: list[tuple[int, list[str]]]
) -> int:
    """Return the number of the last line above the data that is not blank."""
    if heading.n_rows:
        return trial.records[heading.n_rows - 1][0]
    return titles[-1][0] if titles else 0


def _extended(first: FirstLines, top: int) -> int:
    """Include the comments and blank lines that follow the line `top`."""
    while top < len(first.lines) and (
        top + 1 in first.roles or not first.lines[top].strip("\ufeff \t\r\n\f")
    ):
        top += 1
    return top


def _is_regular(trial: _Trial, heading: Heading, n: int) -> bool:
    rows = [row for _, row in trial.records[heading.n_rows :]]
    return all(len(row) == n for row in rows) or all(
        len(row) == n + 1 and not row[-1] for row in rows
    )


def _listed_cells(cells: list[str]) -> str:
    return listed([cell.strip() or "-" for cell in cells], most=6)


def _layout_notes(
    heading: Heading,
    titles: list[tuple[int, list[str]]],
    marks: tuple[str, ...],
    given: _Names,
    commented: _Names | None,
) -> tuple[str, ...]:
    """Say how the lines were understood, for `Table.reading`."""
    notes = []
    if marks:
        notes.append(f"lines that begin with {listed_marks(marks)} are comments")
    above = len(titles) + (heading.names or 0)
    if above:
        notes.append(
            f"{counted(above, 'title line')} above the {'names' if given.line else 'rows'}"
        )
    if heading.names is None:
        notes.append(
            f"names from the comment in line {given.line}" if commented else "no names of columns"
        )
    if given.units:
        notes.append(f"a row of units ({given.units})")
    return tuple(notes)


def _warn_of_guesses(
    source: str,
    units: list[str],
    heading: Heading,
    titles: list[tuple[int, list[str]]],
    given: _Names,
    commented: _Names | None,
) -> None:
    """Warn if the file does not tell surely which line holds the names."""
    if any(is_unit(cell) and cell.strip()[0] not in "([{" for cell in units):
        warn(
            sentence(
                "the row below the names of {} is read as units ({}); if it is data, give {}",
                source, given.units, Setting("units", "none"),
            )
)  # fmt: skip
    n = len(given.names)
    called = (
        "the column is called column_1"
        if n == 1
        else f"the columns are called column_1 to column_{n}"
    )
    if heading.names is None and commented:
        said = sentence(
            "line {} of {}, a comment, is read as the names of columns; if it is not, give {}",
            given.line, source, Setting("header", "none"),
        )  # fmt: skip
    elif heading.names is None and heading.is_guess:
        said = sentence(
            "{} has no names of columns: its first row has the form of the others and is read as data, and {}; if it "
            "holds the names, give {}",
            source, called, Setting("header", "yes"),
        )  # fmt: skip
    elif heading.names is not None and (titles or heading.names):
        said = sentence(
            "line {} of {} is read as the names of columns, and the lines above it are left out; if it is not, give {} "
            "and {}",
            given.line, source, Setting("skip"), Setting("header"),
        )  # fmt: skip
    else:
        return
    warn(said)


def _warn_of_commented_rows(
    source: str,
    first: FirstLines,
    marks: tuple[str, ...],
    trial: _Trial,
    heading: Heading,
    options: ReadSettings,
) -> None:
    """Warn of comments that have a value in each column of values."""
    rows = [row for _, row in trial.records[heading.n_rows :]]
    columns = value_columns(rows)
    if options.comment is not None or not columns or len(rows[0]) < 2:
        return
    for number in sorted(n for n, role in first.roles.items() if role == "comment"):
        line = first.lines[number - 1].strip()
        mark = next(mark for mark in marks if line.startswith(mark))
        cells = next(records([line.removeprefix(mark)], trial.separator), (0, [""]))[1]
        if len(cells) == len(rows[0]) and all(is_value(cells[j]) for j in columns):
            warn(
                sentence(
                    "line {} of {} begins with {} and is left out as a comment, but looks like a row; if it is one, "
                    "give {}",
                    number, source, mark, Setting("comment", "none"),
                )
)  # fmt: skip
            return


def _single_decimals(trial: _Trial) -> _Trial | None:
    """Return the rows as a single column of numbers with decimal commas, if they are."""
    if trial.separator != "," or len(trial.header) != 1 or is_number(trial.header[0]):
        return None
    cells = [",".join(row) for row in trial.rows]
    is_decimal = [_DECIMAL_COMMA.fullmatch(cell) is not None for cell in cells]
    others = [cell for cell, decimal in zip(cells, is_decimal, strict=True) if not decimal]
    if not any(is_decimal) or trial.has_row_names:
        return None
    if not all(is_number(cell) or is_missing(cell) for cell in others):
        return None
    rows = [(line, [",".join(row)]) for line, row in trial.records]
    return replace(trial, separator=";", records=rows)


def _decimals_without_name(trial: _Trial) -> _Trial | None:
    """Return the rows as a single column of numbers with decimal commas if each, the first too, may be one."""
    cells = [",".join(row) for _, row in trial.records]
    if trial.separator != "," or not all(map(_DECIMAL_COMMA.fullmatch, cells)):
        return None
    rows = [(line, [cell]) for (line, _), cell in zip(trial.records, cells, strict=True)]
    return replace(trial, separator=";", records=rows)


def _best(first: FirstLines, separator: str | None) -> _Trial:
    if separator:
        return _try(first, separator)
    trials = [_try(first, mark) for mark in _ORDER]
    best = max(trials, key=lambda trial: trial.rank)  # the first of equal ones
    spaces = _try(first, " ")
    is_better = spaces.rank > best.rank or not (best.rank[0] == 3 and best.has_only_numbers)
    if spaces.rank[0] == 3 and spaces.has_only_numbers and is_better:
        return spaces
    if best.rank[0] > 0:
        return best
    if spaces.rank >= (1, 0.5):  # if fewer rows fit, it is a single column whose name has spaces
        return spaces
    return next(trial for trial in trials if trial.separator == ",")


def _try(first: FirstLines, separator: str) -> _Trial:
    found: list[tuple[int, list[str]]] = []
    lines = first.rows
    try:
        for record in records(lines, separator, first.quote):
            found.append(record)
            if len(found) > _ROWS:
                break
    except csv.Error:  # a value of more than 131,072 characters: only the rows before it are used
        pass
    written = [line.strip() for line in lines if line.strip()][:2]
    begins = [
        re.match(rf'"([^"]*)"\s*({re.escape(separator)}|$)', line) is not None for line in written
    ]
    return _Trial(
        separator, found, written[0].startswith('"') if written else False, begins[1:] == [True]
    )


def _require_closed(text: Text, first: FirstLines, trial: _Trial) -> None:
    """Raise if a quotation mark in the first row is not closed, so that it contains all lines."""
    mark = first.quote or '"'
    is_broken = len(trial.records) == 1 and any("\n" in cell for cell in trial.header)
    if is_broken and sum(line.count(mark) for line in first.rows) % 2:
        start = next(number for number, line in enumerate(first.rows, 1) if line.strip())
        raise unclosed_error(text.name, start)


def unclosed_error(name: str, line: int) -> InvalidInput:
    """Return the error for a quotation mark that is not closed."""
    return InvalidInput(
        sentence(
            "{} has a quotation mark near line {} that is not closed; close or remove it, or give {} if quotation "
            "marks are ordinary characters",
            name, line, Setting("quote", "none"),
        )
    )  # fmt: skip


class IrregularRow(InvalidInput):
    """A row has more or fewer values than there are names of columns."""

    __module__ = "sheernet"


def irregular_row_error(
    name: str, n_values: int, line: int, n_names: int, separator: str
) -> IrregularRow:
    """Return the error for a row that is longer or shorter than the header."""
    return IrregularRow(
        sentence(
            "{} has {} in line {}, but {} in its first line (read with {} between values); fix the line, or give the "
            "{}",
            name, counted(n_values, "value"), line, counted(n_names, "name"),
            SEPARATORS.get(separator, repr(separator)), Setting("separator"),
        )
    )  # fmt: skip


def _decimal(trial: _Trial) -> str:
    """Return the decimal mark of most numbers, except ambiguous ones such as "1,234" and "1.234"."""
    if trial.separator == ",":
        return "."
    values = [value.strip() for _, row in trial.records for value in row]
    commas = [value for value in values if _DECIMAL_COMMA.fullmatch(value)]
    points = [value for value in values if _DECIMAL_POINT.fullmatch(value)]
    sure = [sum(not _THOUSANDS.fullmatch(value) for value in found) for found in (commas, points)]
    if sure == [0, 0]:  # programs that write decimal commas use semicolons as separators
        return "," if trial.separator == ";" and commas and not points else "."
    return "," if sure[0] > sure[1] else "."
