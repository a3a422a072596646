"""Determining the layout of a text file from its first lines: separator, decimal mark, column names."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

from sheernet.data.tables.column_names import name_columns
from sheernet.data.tables.text_encoding import Text
from sheernet.foundation.caller_warnings import warn
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.sentences import Setting, sentence
from sheernet.foundation.words import counted
from sheernet.settings.read_settings import SEPARATORS, ReadSettings

_ROWS = 200
_ORDER = ("\t", ";", "|", ",")
"""Separators in the order in which they are preferred: those less likely to occur in values first."""
_DECIMAL_COMMA = re.compile(r"[+-]?\d*,\d+([eE][+-]?\d+)?")
_DECIMAL_POINT = re.compile(r"[+-]?\d*\.\d+([eE][+-]?\d+)?")
_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}[.,]\d{3}")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")


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
        Notes about the names, for `Table.reading`.
    skipped : int
        Number of lines above the header.
    """

    separator: str
    decimal: str
    names: tuple[str, ...]
    notes: tuple[str, ...] = ()
    skipped: int = 0


@dataclass(frozen=True)
class _Trial:
    """The first lines of a file, split at one separator."""

    separator: str
    header: list[str]
    rows: list[list[str]]
    lines: list[int]  # number of the last line of each row
    is_quoted: bool

    @property
    def is_trailed(self) -> bool:
        """Whether each row, but not the header, ends with a separator."""
        return all(len(row) == len(self.header) + 1 and not row[-1] for row in self.rows)

    @property
    def has_row_names(self) -> bool:
        """Whether each row has one value more than the header: a row name in the first position, as R writes it."""
        if len(self.header) < 2 and not (self.separator == " " and self.is_quoted):
            return False  # a header x above rows such as 1,5 is one column
        wide = all(len(row) == len(self.header) + 1 for row in self.rows)
        return bool(self.rows) and wide and not self.is_trailed

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


def find_layout(text: Text, options: ReadSettings) -> Layout:
    """Determine the layout of a text file, except what the options specify.

    Raises
    ------
    InvalidInput
        If the first lines have different numbers of values.

    Warns
    -----
    SheernetWarning
        If all names are numbers, because the file probably has no header.
    """
    head, skipped, separator = text.head, 0, options.separator
    if declared := re.match(r"sep=(.)\r?\n", head):  # a line that tells Excel the separator
        head, skipped, separator = head[declared.end() :], 1, separator or declared[1]
    trial = _try(head, separator) if separator else _best(head)
    _require_regular(trial, skipped, text.name)
    names, notes = name_columns(["", *trial.header] if trial.has_row_names else trial.header)
    if all(_NUMBER.fullmatch(name) for name in trial.header):
        warn(
            f"the first line of {text.name} contains only numbers and was read as the header; if it is a row "
            "of data, add a header above it"
        )
    return Layout(trial.separator, options.decimal or _decimal(trial), names, notes, skipped)


def records(text: Iterator[str], separator: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the number of the last line, from 1, and the values of each row that is not blank."""
    if separator == " ":
        text = (line.replace("\t", " ").strip() + "\n" for line in text)
    reader = csv.reader(text, delimiter=separator, skipinitialspace=True)
    for record in reader:
        if record:
            yield reader.line_num, record


def _best(head: str) -> _Trial:
    trials = [_try(head, separator) for separator in _ORDER]
    best = max(trials, key=lambda trial: trial.rank)  # the first of equal ones
    if best.rank[0] > 0:
        return best
    spaces = _try(head, " ")
    if spaces.rank >= (1, 0.5):  # if fewer rows fit, it is a single column whose name has spaces
        return spaces
    return next(trial for trial in trials if trial.separator == ",")


def _try(head: str, separator: str) -> _Trial:
    found: list[list[str]] = []
    lines: list[int] = []
    try:
        for line, record in records(io.StringIO(head, newline=""), separator):
            found.append(record)
            lines.append(line)
            if len(found) > _ROWS:
                break
    except csv.Error:  # a value of more than 131,072 characters: only the rows before it are used
        pass
    is_quoted = head.lstrip().startswith('"')
    return _Trial(separator, found[0] if found else [], found[1:], lines[1:], is_quoted)


def _require_regular(trial: _Trial, skipped: int, name: str) -> None:
    if trial.is_trailed or trial.has_row_names:
        return
    for line, row in zip(trial.lines, trial.rows, strict=True):
        if len(row) != len(trial.header):
            raise irregular_row_error(
                name, len(row), line + skipped, len(trial.header), trial.separator
            )


def irregular_row_error(
    name: str, n_values: int, line: int, n_names: int, separator: str
) -> InvalidInput:
    """Return the error for a row that is longer or shorter than the header."""
    return InvalidInput(
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
    values = [value.strip() for row in trial.rows for value in row]
    commas = [value for value in values if _DECIMAL_COMMA.fullmatch(value)]
    points = [value for value in values if _DECIMAL_POINT.fullmatch(value)]
    sure = [sum(not _THOUSANDS.fullmatch(value) for value in found) for found in (commas, points)]
    if sure == [0, 0]:  # programs that write decimal commas use semicolons as separators
        return "," if trial.separator == ";" and commas and not points else "."
    return "," if sure[0] > sure[1] else "."
