"""Errors and warnings about the layout of a text file."""

from __future__ import annotations

from sheernet.data.files.heading_warnings import HEADER_ADVICE, warn_of_names, warn_of_rows_below
from sheernet.data.files.headings import (
    Heading,
    find_heading,
    is_metadata,
    is_number,
    is_value,
    value_columns,
)
from sheernet.data.files.text.line_roles import FirstLines
from sheernet.data.files.text.row_lines import is_row, records
from sheernet.data.files.text.separator_trials import Trial
from sheernet.data.files.text.title_lines import TableLines, WrittenNames
from sheernet.data.tables.column_names import listed_names
from sheernet.foundation.caller_warnings import warn
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.message_text import counted
from sheernet.foundation.sentences import Setting, sentence
from sheernet.settings.read_settings import SEPARATORS, ReadSettings


class IrregularRow(InvalidInput):
    """A row has more or fewer values than there are names of columns."""

    __module__ = "sheernet"


def irregular_row_error(
    name: str, n_values: int, line: int, separator: str, expected: str
) -> IrregularRow:
    """Return the error for a row that is too long or short; `expected` is such as "its first line has 3 names"."""
    return IrregularRow(
        sentence(
            "line {} of {} has {}, but {} (read with {} between values); correct the line, or give the {}",
            line, name, counted(n_values, "value"), expected,
            SEPARATORS.get(separator, repr(separator)), Setting("separator"),
        )
    )  # fmt: skip


def unclosed_error(name: str, line: int) -> InvalidInput:
    """Return the error for a quotation mark that is not closed."""
    return InvalidInput(
        "{} has a quotation mark near line {} that is not closed; close or remove it, or give {} if quotation "
        "marks are ordinary characters",
        name, line, Setting("quote", "none"),
    )  # fmt: skip


def require_closed(source: str, first: FirstLines, trial: Trial) -> None:
    """Raise if a quotation mark in the first row is not closed, so that the row contains all lines."""
    mark = first.quote or '"'
    is_broken = len(trial.records) == 1 and any("\n" in cell for cell in trial.header)
    if is_broken and sum(line.count(mark) for line in first.rows) % 2:
        start = next(number for number, line in enumerate(first.rows, 1) if line.strip())
        raise unclosed_error(source, start)


def require_no_decimal_commas(source: str, trial: Trial) -> None:
    """Raise if commas separate the values of a file and are their decimal marks, so that 7,6 is two values."""
    names, rows = trial.header, trial.rows
    n = len(names)
    if n < 2 or trial.separator != "," or any(map(is_value, names)):
        return
    line, row = max(trial.records, key=lambda record: len(record[1]))
    if len(row) <= n + 1 or 2 * sum(len(each) > n for each in rows) <= len(rows):
        return
    digits = [[cell.strip().lstrip("+-").isdigit() for cell in each] for each in rows]
    are_whole = not any(is_number(c) and "." in c for each in rows for c in each)
    if are_whole and all(n <= len(each) <= n + sum(each) // 2 for each in digits):
        raise InvalidInput(
            "{} has commas between its values and, as it seems, decimal commas in them: it has {} ({}), but {} in "
            "line {} ({!r}); save it again with semicolons between the values, or with decimal points; if the values "
            "are whole numbers, correct the names, or give {} and {}",
            source, counted(n, "name"), listed_names(names, most=4), counted(len(row), "value"), line,
            ",".join(row)[:40], Setting("skip", trial.records[0][0]), Setting("header", "none"),
        )  # fmt: skip


def require_clear_names(
    source: str,
    lines: TableLines,
    heading: Heading,
    commented: WrittenNames | None,
    options: ReadSettings,
) -> None:
    """Raise if it cannot be determined whether a line above the rows holds the names."""
    trial, titles = lines.trial, lines.titles
    _require_no_separator_in_values(source, lines)
    if heading.is_clear and (not titles or heading.names is not None or commented):
        return
    if heading.is_clear and is_metadata(titles[-1][1]):
        n = len(trial.header)
        if all(len(row) != n or is_metadata(row) for _, row in titles):
            return
    _require_equal_rows(source, lines, options)
    understood = lines.first.understood(trial.separator)
    if titles and all(map(is_value, trial.header)):  # then header="yes" would lose the first row
        raise InvalidInput(
            "it cannot be determined which line of {} holds the names of columns ({}); if all lines from line {} "
            "on are rows, give {} and {}; otherwise the number of lines above the names as {}",
            source, understood, titles[-1][0] + 1,
            Setting("skip", titles[-1][0]), Setting("header", "none"), Setting("skip"),
        )  # fmt: skip
    raise InvalidInput(
        "it cannot be determined which line of {} holds the names of columns ({}); {}; lines that are not rows, "
        "such as rulers, can be left out by their beginnings with {}",
        source, understood, HEADER_ADVICE, Setting("comment"),
    )  # fmt: skip


def _require_no_separator_in_values(source: str, lines: TableLines) -> None:
    """Raise if names are followed by longer rows of several lengths only, as if values contained the separator."""
    (line, names), *below = [*lines.titles, *lines.trial.records]
    lengths = sorted({len(row) for _, row in below})
    if len(names) < 2 or len(lengths) < 2 or lengths[0] <= len(names):
        return
    if any(is_row(row, len(names)) for _, row in below):  # a separator at the end
        return
    if any(map(is_value, names)) or is_metadata(names):
        return
    raise InvalidInput(
        "line {} of {} has {} ({}), but the lines below have {} to {} values (read with {} between values), so values "
        "seem to contain this separator; save it again with quotation marks around text, or with another separator",
        line, source, counted(len(names), "name"), listed_names(names, most=4), lengths[0], lengths[-1],
        SEPARATORS.get(lines.trial.separator, repr(lines.trial.separator)),
    )  # fmt: skip


def _require_equal_rows(source: str, lines: TableLines, options: ReadSettings) -> None:
    """Raise if the lines above the rows are themselves names and rows, above a row that is longer or shorter."""
    records = [*lines.titles, *lines.trial.records]
    rows = [row for _, row in records]
    heading = find_heading(rows, options)
    n = len(rows[heading.first])
    below = rows[heading.n_rows :]
    is_table = heading.is_clear and n > 1 and not is_metadata(rows[heading.first])
    if heading.names is None:
        is_table = is_table and heading.n_rows == 0 and n == len(lines.trial.header)
    if not is_table or not any(is_row(row, n) for row in below[heading.names is None :]):
        return
    for line, row in records[heading.n_rows :]:
        if not is_row(row, n):
            top, noun = (
                records[heading.first][0],
                "value" if heading.names is None else "name",
            )
            above = "its first line" if top == 1 else f"line {top}"
            raise irregular_row_error(
                source, len(row), line, lines.trial.separator, f"{above} has {counted(n, noun)}"
            )


def warn_of_guesses(
    source: str,
    lines: TableLines,
    heading: Heading,
    given: WrittenNames,
    *,
    units_are_given: bool,
    is_comment: bool,
) -> None:
    """Warn if the lines of the names and units are guesses; `is_comment` is whether the names are in a comment."""
    warn_of_rows_below(source, heading, lines.rows, units_are_given=units_are_given)
    if heading.names is None and is_comment:
        warn(
            sentence(
                "line {} of {}, a comment, is read as the names of columns; if it does not hold the names, give {}",
                given.line, source, Setting("header", "none"),
            )
        )  # fmt: skip
        return
    warn_of_names(
        source, heading, f"line {given.first_line}", given.names, has_titles=bool(lines.titles)
    )


def warn_of_commented_rows(source: str, lines: TableLines, heading: Heading) -> None:
    """Warn of comments that have a value in each column of values."""
    first, trial = lines.first, lines.trial
    comments = sorted(n for n, role in first.roles.items() if role == "comment")
    rows = lines.rows[heading.n_rows :]
    columns = value_columns(rows) if comments else []
    if not columns or len(rows[0]) < 2:
        return
    for number in comments:
        line = first.lines[number - 1].strip()
        mark = next(mark for mark in lines.marks if line.startswith(mark))
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


def warn_of_apostrophes(source: str, value: str) -> None:
    """Warn that apostrophes around values are read as quotation marks."""
    warn(
        sentence(
            "{} has values in single quotation marks, such as {}, which are left out; if they are part of the values, "
            "give {}",
            source, value, Setting("quote", "none"),
        )
    )  # fmt: skip


def warn_of_one_column(source: str) -> None:
    """Warn that lines with a comma are read as numbers with decimal commas."""
    warn(
        sentence(
            "{} is read as a single column of numbers with decimal commas; if its values are separated by commas, give "
            "{} and a name for each column",
            source, Setting("separator", "comma"),
        )
    )  # fmt: skip


def warn_of_two_columns(source: str, number: str) -> None:
    """Warn that lines such as 1,5 without a name are read as two whole numbers."""
    warn(
        sentence(
            "{} is read as two columns of whole numbers; if each line is a number with a decimal comma, such as {!r}, "
            "give {}; otherwise {}",
            source, number, Setting("decimal", ","), Setting("separator", "comma"),
        )
    )  # fmt: skip
