"""Separating the table in the first lines of a text file from titles and comments above it, and finding its names."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from sheernet.data.files.heading_warnings import listed_units
from sheernet.data.files.headings import (
    is_metadata,
    is_missing,
    is_number,
    is_value,
    value_columns,
)
from sheernet.data.files.text.line_roles import FirstLines
from sheernet.data.files.text.row_lines import records
from sheernet.data.files.text.separator_trials import (
    DECIMAL_COMMA,
    ORDER,
    Record,
    Trial,
    split_at,
)
from sheernet.data.formats.unit_names import are_units
from sheernet.data.tables.column_names import listed_names
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.message_text import counted
from sheernet.foundation.sentences import Setting

_FEWEST = 3
"""Minimum number of rows of equal length, the names included, of a table below other lines."""
_FEWEST_NUMBERS = 2
"""Minimum number of numbers, separated by spaces, in a line that looks like a row of values."""


@dataclass(frozen=True)
class TableLines:
    """The first lines of a file, divided into titles, comments and a table.

    Parameters
    ----------
    first : FirstLines
        All first lines with their roles.
    marks : tuple of str
        Beginnings of comment lines.
    trial : Trial
        The rows of the table; its first one holds the names if there are any.
    titles : list of Record
        The rows above the table.
    has_comments : bool
        Whether there are comments among the rows of the table.
    """

    first: FirstLines
    marks: tuple[str, ...]
    trial: Trial
    titles: list[Record]
    has_comments: bool

    @property
    def rows(self) -> list[list[str]]:
        """All rows of the table."""
        return [row for _, row in self.trial.records]


@dataclass(frozen=True)
class WrittenNames:
    """The names of the columns as written in the file, the number of their line, and the units as one text."""

    names: list[str]
    line: int = 0
    units: str = ""

    @property
    def first_line(self) -> int:
        """The number of the line in which the names begin; `line` is the last one if names have line breaks."""
        return self.line - sum(name.count("\n") for name in self.names)


def divide(
    source: str, first: FirstLines, marks: tuple[str, ...], trial: Trial, separator: str | None
) -> TableLines:
    """Divide the first lines of a file into titles, comments and a table.

    Parameters
    ----------
    source : str
        Name of the file in messages.
    first : FirstLines
        The first lines.
    marks : tuple of str
        Beginnings of comment lines.
    trial : Trial
        The lines, split at the separator that fits best.
    separator : str or None
        The separator that was given.

    Raises
    ------
    InvalidInput
        If lines that no separator splits look like rows with spaces within their values.
    """
    titles: list[Record] = []
    is_single = len(trial.header) == 1 and trial.separator == ","
    has_comments = not trial.is_regular and trial.has_only_comments
    if has_comments:  # non_row_lines.py searches the whole file for them
        trial = trial.without_longer_and_shorter()
    elif is_single or not trial.is_regular:
        trial, titles = _below_titles(first, separator) or (trial, titles)
        if is_single and not separator:
            _require_no_spaces_within(source, first, trial, titles)
    if titles:
        first = first.with_roles(range(1, titles[-1][0] + 1), "title")
    return TableLines(first, marks, trial.without_trailing(), titles, has_comments)


def names_in_comment(lines: TableLines) -> WrittenNames | None:
    """Find names, one for each column, in the last comments above the table."""
    trial, first, titles = lines.trial, lines.first, lines.titles
    if not lines.marks or not trial.records:
        return None
    n = len(trial.header)
    end = trial.records[0][0]
    found = []
    for number in range(titles[-1][0] + 1 if titles else 1, end):
        if first.roles.get(number) == "comment":
            line = first.lines[number - 1].strip()
            found.append((number, _comment_cells(line, lines.marks, trial.separator, n)))
    for number, cells in found[::-1][:1]:
        if found[:-1] and _are_names(found[-2][1]) and are_units(cells):
            return WrittenNames(found[-2][1], found[-2][0], listed_units(cells))
        if _are_names(cells):
            return WrittenNames(cells, number)
    return None


def _below_titles(first: FirstLines, separator: str | None) -> tuple[Trial, list[Record]] | None:
    """Find the longest table of values that does not begin in the first row.

    Returns
    -------
    trial : Trial
        The rows of the table and those below it; its first one holds the names if there are any.
    titles : list of Record
        The rows above it.
    """
    best: tuple[int, Trial, list[Record]] | None = None
    for mark in (separator,) if separator else (*ORDER, " "):
        trial = split_at(first, mark)
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


def _longest_run(widths: list[int]) -> tuple[int, int]:
    """Return the start and length of the last run of rows with the most frequent number of values, at least 2."""
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
    if len(above) == n + 1 and not above[-1].strip():
        return above[:-1]
    if len(above) == n - 1 > 1 and not any(row[-1] for row in run):  # rows end with a separator
        return above
    counts = [row[0].strip() for row in run] == [str(i + 1) for i in range(len(run))]
    return above if len(above) == n - 1 > 1 and counts else None  # row numbers, as R writes them


def _are_names(cells: list[str]) -> bool:
    return bool(cells) and all(cells) and len(set(cells)) == len(cells)


def _comment_cells(line: str, marks: tuple[str, ...], separator: str, n: int) -> list[str]:
    """Return the n texts in a comment; none if it has another number of them, or is a line of metadata."""
    mark = next(mark for mark in marks if line.startswith(mark))
    stripped = line[len(mark) :].lstrip(mark).strip()
    ways = [(line, separator), (stripped, separator), *((stripped, s) for s in (*ORDER, " "))]
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


def _require_no_spaces_within(
    source: str, first: FirstLines, trial: Trial, titles: list[Record]
) -> None:
    """Raise if lines seem to have spaces between values and within them."""
    if not titles:
        _require_one_column(source, first)
        return
    if trial.separator != ",":
        return
    above = titles[-1][0]
    lines = [line.split() for line in first.rows[above:]]
    with_commas = [value for values in lines for value in values if "," in value]
    is_several = any(len(values) > 1 for values in lines)
    if is_several and all(map(DECIMAL_COMMA.fullmatch, with_commas)):
        number, line = next(
            (n, line) for n, line in enumerate(first.rows[above:], above + 1) if "," in line
        )
        raise InvalidInput(
            "{} has {!r} in line {}, in which a comma may be a decimal mark and a space may be part of a value; "
            "write text in quotation marks, or with another {} (in R, write.csv2 does), or give {} if commas "
            "separate the values",
            source, line.strip()[:40], number, Setting("separator"), Setting("separator", "comma"),
        )  # fmt: skip


def _require_one_column(source: str, first: FirstLines) -> None:
    """Raise if lines that no separator splits look like rows with spaces between values and within them.

    R writes such lines for row names with blanks, or missing values as nothing, without quotation marks.
    """
    if any(mark in line for line in first.rows for mark in "\t;|"):
        return
    trial = split_at(first, " ")
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
        "{} has {} in line {}, but {} in its first line ({}), if spaces are between values; write text with spaces "
        "in quotation marks and missing values as NA, or with another {} (in R, write.csv does), or give {} if "
        "each line is a single value",
        source, counted(len(row), "value"), line, counted(n, "name"), listed_names(trial.header, most=6),
        Setting("separator"), Setting("separator", "comma"),
    )  # fmt: skip
