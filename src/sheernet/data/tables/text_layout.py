"""How a text file is laid out, found from its first lines: separator, decimal mark, and names of the columns."""

from __future__ import annotations

import csv
import io
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass

from sheernet.data.tables.column_names import name_columns
from sheernet.data.tables.text_encoding import Text
from sheernet.foundation.errors import InvalidInput, SheernetWarning
from sheernet.settings.read_settings import SEPARATORS, ReadSettings

_ROWS = 200
_ORDER = ("\t", ";", "|", ",")
"""Separators from the one that is least likely to be in values for another reason."""
_DECIMAL_COMMA = re.compile(r"[+-]?\d*,\d+([eE][+-]?\d+)?")
_DECIMAL_POINT = re.compile(r"[+-]?\d*\.\d+([eE][+-]?\d+)?")
_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}[.,]\d{3}")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")


@dataclass(frozen=True)
class Layout:
    """Where the values of a text file stand and how they are written.

    Parameters
    ----------
    separator : str
        The mark between values; " " is a run of blanks.
    decimal : str
        "." or ",".
    names : tuple of str
        A name for each column, none empty.
    notes : tuple of str
        What was decided about the names, for the reading of the table.
    skipped : int
        Lines above the names.
    """

    separator: str
    decimal: str
    names: tuple[str, ...]
    notes: tuple[str, ...] = ()
    skipped: int = 0


@dataclass(frozen=True)
class _Trial:
    """The head of a file, read with one separator."""

    separator: str
    header: list[str]
    rows: list[list[str]]
    lines: list[int]  # the line of the file on which each row ends
    is_quoted: bool

    @property
    def is_trailed(self) -> bool:
        """Each row ends in a separator that the header does not end in."""
        return all(len(row) == len(self.header) + 1 and not row[-1] for row in self.rows)

    @property
    def has_row_names(self) -> bool:
        """Each row has one value more than there are names: its first is the name of the row, as R writes it."""
        if len(self.header) < 2 and not (self.separator == " " and self.is_quoted):
            return False  # "x" above "1,5" is one column
        wide = all(len(row) == len(self.header) + 1 for row in self.rows)
        return bool(self.rows) and wide and not self.is_trailed

    @property
    def rank(self) -> tuple[int, float]:
        """How well the separator explains the head; the share of rows that fit decides between halves."""
        n = len(self.header)
        if n < 2:
            return (2, 1.0) if self.has_row_names else (0, 0.0)
        share = sum(len(row) == n for row in self.rows) / max(len(self.rows), 1)
        if self.rows and (share == 1 or self.is_trailed):
            return 3, 1.0
        return (2, 1.0) if self.has_row_names else (1, share)


def find_layout(text: Text, options: ReadSettings) -> Layout:
    """Find the layout of a text file, as far as it was not given.

    Raises
    ------
    InvalidInput
        When the first lines disagree in how many values they have.

    Warns
    -----
    SheernetWarning
        When all names are numbers: the file probably has no line of names.
    """
    head, skipped, separator = text.head, 0, options.separator
    if declared := re.match(r"sep=(.)\r?\n", head):  # a line for Excel
        head, skipped, separator = head[declared.end() :], 1, separator or declared[1]
    trial = _try(head, separator) if separator else _best(head)
    _require_regular(trial, skipped, text.name)
    names, notes = name_columns(["", *trial.header] if trial.has_row_names else trial.header)
    if all(_NUMBER.fullmatch(name) for name in trial.header):
        warnings.warn(
            f"the first line of {text.name} holds numbers only and was taken for the names of the columns; "
            "if it is a row of data, put a line of names above it",
            SheernetWarning,
            stacklevel=2,
        )
    return Layout(trial.separator, options.decimal or _decimal(trial), names, notes, skipped)


def records(text: Iterator[str], separator: str) -> Iterator[tuple[int, list[str]]]:
    """Values of each row that is not blank, with the number of the line on which the row ends, from 1."""
    if separator == " ":
        text = (line.replace("\t", " ").strip() + "\n" for line in text)
    reader = csv.reader(text, delimiter=separator, skipinitialspace=True)
    for record in reader:
        if record:
            yield reader.line_num, record


def _best(head: str) -> _Trial:
    trials = [_try(head, separator) for separator in _ORDER]
    best = max(trials, key=lambda trial: trial.rank)  # the first of equals
    if best.rank[0] > 0:
        return best
    blanks = _try(head, " ")
    if blanks.rank >= (1, 0.5):  # fewer rows that fit: a single column whose name has blanks
        return blanks
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
    except csv.Error:  # a value of more than 131072 characters: what is before it has to do
        pass
    is_quoted = head.lstrip().startswith('"')
    return _Trial(separator, found[0] if found else [], found[1:], lines[1:], is_quoted)


def _require_regular(trial: _Trial, skipped: int, name: str) -> None:
    if trial.is_trailed or trial.has_row_names:
        return
    for line, row in zip(trial.lines, trial.rows, strict=True):
        if len(row) != len(trial.header):
            raise irregular(name, len(row), line + skipped, len(trial.header), trial.separator)


def irregular(name: str, n_values: int, line: int, n_names: int, separator: str) -> InvalidInput:
    """Build the error for a row that is longer or shorter than the line of names."""
    values = "1 value" if n_values == 1 else f"{n_values} values"
    names = "1 name" if n_names == 1 else f"{n_names} names"
    marks = SEPARATORS.get(separator, repr(separator))
    return InvalidInput(
        f"{name} has {values} in line {line}, but {names} in its first line (read with {marks} between values); "
        "mend the line, or give the separator"
    )


def _decimal(trial: _Trial) -> str:
    """The mark that more of the numbers have, "1,234" and "1.234" aside, which may be thousands."""
    if trial.separator == ",":
        return "."
    values = [value.strip() for row in trial.rows for value in row]
    commas = [value for value in values if _DECIMAL_COMMA.fullmatch(value)]
    points = [value for value in values if _DECIMAL_POINT.fullmatch(value)]
    sure = [sum(not _THOUSANDS.fullmatch(value) for value in found) for found in (commas, points)]
    if sure == [0, 0]:  # semicolons are used where the comma is the decimal mark
        return "," if trial.separator == ";" and commas and not points else "."
    return "," if sure[0] > sure[1] else "."
