"""Splitting the first lines of a text file at each separator, and choosing the separator that fits best."""

from __future__ import annotations

import csv
import itertools
import re
from dataclasses import dataclass, replace
from functools import cached_property

from sheernet.data.files.headings import is_missing, is_number, is_value, value_columns
from sheernet.data.files.text.line_roles import MARKS, FirstLines
from sheernet.data.files.text.row_lines import records
from sheernet.data.formats.digit_codes import IDENTIFIER

Record = tuple[int, list[str]]
"""The number of the last line of a row, and its values."""

ORDER = ("\t", ";", "|", ",")
"""Separators in the order in which they are preferred: those less likely to occur in values first."""
_ROWS = 200
"""Number of rows that are split."""
_FEWEST = 3
"""Minimum number of rows whose apostrophes may be quotation marks, or whose first values may be row numbers."""
DECIMAL_COMMA = re.compile(r"[+-]?\d*,\d+([eE][+-]?\d+)?")
_DECIMAL_POINT = re.compile(r"[+-]?\d*\.\d+([eE][+-]?\d+)?")
_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}[.,]\d{3}")
_GROUPED = [
    re.compile(
        rf"[-+]?(?:[1-9]\d?(?:{mark}\d{{3}}){{2,}}|[1-9]\d{{0,2}}(?:{mark}\d{{3}})+{decimal}\d+)"
    )
    for decimal, mark in ((",", r"\."), (r"\.", ","))
]
"""Patterns of numbers whose separators of thousands show a decimal comma, and a decimal point."""


@dataclass(frozen=True)
class Trial:
    """The first lines of a file, split at one separator.

    Parameters
    ----------
    separator : str
        The character between values; " " means one or more spaces.
    records : list of Record
        The rows that are not blank.
    is_quoted : bool
        Whether the first row begins with a quotation mark.
    has_quoted_rows : bool
        Whether the second row begins with a quoted value.
    """

    separator: str
    records: list[Record]
    is_quoted: bool
    has_quoted_rows: bool

    @cached_property
    def header(self) -> list[str]:
        """The first row."""
        return self.records[0][1] if self.records else []

    @cached_property
    def rows(self) -> list[list[str]]:
        """The other rows."""
        return [row for _, row in self.records[1:]]

    @cached_property
    def is_trailed(self) -> bool:
        """Whether each row, but not the header, ends with a separator."""
        return all(len(row) == len(self.header) + 1 and not row[-1] for row in self.rows)

    @cached_property
    def has_row_names(self) -> bool:
        """Whether each row has one value more than the header: a row name in the first position, as R writes it."""
        if len(self.header) < 2 and not (
            (self.is_quoted and (self.separator == " " or self.has_quoted_rows))
            or self.has_row_numbers
        ):
            return False  # a header x above rows such as 1,5 is one column
        wide = all(len(row) == len(self.header) + 1 for row in self.rows)
        if not (self.rows and wide) or self.is_trailed:
            return False
        # Below a title, these are names.
        first = [self.rows[0][j] for j in value_columns(self.rows)]
        return not first or any(is_value(cell) or is_missing(cell) for cell in first)

    @property
    def has_row_numbers(self) -> bool:
        """Whether the first values of the rows are 1, 2, 3, ..., not separated by what may be a decimal comma."""
        rows = self.rows
        counts = [row[0].strip() for row in rows] == [str(i + 1) for i in range(len(rows))]
        return counts and self.separator != "," and len(rows) >= _FEWEST

    @property
    def is_regular(self) -> bool:
        """Whether all rows have as many values as the header has names, or one more for a known reason."""
        is_equal = all(len(row) == len(self.header) for row in self.rows)
        return is_equal or self.is_trailed or self.has_row_names

    @cached_property
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

    @cached_property
    def has_only_numbers(self) -> bool:
        """Whether all values below the first row are numbers or missing."""
        return all(is_number(cell) or is_missing(cell) for row in self.rows for cell in row)

    @property
    def decimal(self) -> str:
        """The decimal mark of most numbers, except ambiguous ones such as "1,234" and "1.234".

        If all are ambiguous, those that can only have separators of thousands (1.234.567) decide, except identifiers.
        """
        if self.separator == ",":
            return "."
        values = [value.strip() for _, row in self.records for value in row]
        commas = [value for value in values if DECIMAL_COMMA.fullmatch(value)]
        points = [value for value in values if _DECIMAL_POINT.fullmatch(value)]
        sure = [
            sum(not _THOUSANDS.fullmatch(value) for value in found) for found in (commas, points)
        ]
        if sure == [0, 0]:
            codes = {j for j, name in enumerate(self.header) if IDENTIFIER.search(name.strip())}
            cells = (pair for _, row in self.records for pair in enumerate(row))
            values = [cell.strip() for j, cell in cells if j not in codes]
            sure = [sum(map(bool, map(grouped.fullmatch, values))) for grouped in _GROUPED]
        if sure == [0, 0]:  # programs that write decimal commas use semicolons as separators
            return "," if self.separator == ";" and commas and not points else "."
        return "," if sure[0] > sure[1] else "."

    @property
    def value_in_apostrophes(self) -> str:
        """The first value of a column whose values are all enclosed in apostrophes; "" if there is none."""
        for j in range(len(self.header) if len(self.records) >= _FEWEST else 0):
            below = [row[j].strip() for row in self.rows if j < len(row) and row[j].strip()]
            if below and all(len(c) > 1 and c[0] == c[-1] == "'" for c in below):
                return below[0]
        return ""

    def without_longer_and_shorter(self) -> Trial:
        """Return the trial with the rows that have as many values as the header."""
        n = len(self.header)
        return replace(self, records=[(line, row) for line, row in self.records if len(row) == n])

    def below(self, n: int) -> Trial:
        """Return the trial without its first n rows."""
        return replace(self, records=self.records[n:])

    def without_trailing(self) -> Trial:
        """Return the trial with one name less if every row, the header too, ends with a separator."""
        if len(self.header) > 2 - self.is_regular and not self.header[-1].strip():
            rows = self.rows
            if rows and all(len(row) == len(self.header) and not row[-1].strip() for row in rows):
                line, header = self.records[0]
                return replace(self, records=[(line, header[:-1]), *self.records[1:]])
        return self


def best_trial(first: FirstLines, separator: str | None) -> Trial:
    """Split the first lines at the given separator, or at the one that fits best."""
    if separator:
        return split_at(first, separator)
    trials = [split_at(first, mark) for mark in ORDER]
    best = max(trials, key=lambda trial: trial.rank)  # the first of equal ones
    spaces = split_at(first, " ")
    if not best.rows and not _is_row_of_numbers(best) and _is_row_of_numbers(spaces):
        return spaces
    if (
        spaces.rank[0] == 3
        and spaces.has_only_numbers
        and (spaces.rank > best.rank or not (best.rank[0] == 3 and best.has_only_numbers))
    ):
        return spaces
    if best.rank[0] > 0:
        return best
    if spaces.rank >= (1, 0.5):  # if fewer rows fit, a single column has a name with spaces
        return spaces
    return next(trial for trial in trials if trial.separator == ",")


def _is_row_of_numbers(trial: Trial) -> bool:
    return len(trial.header) > 1 and all(map(is_number, trial.header))


def split_at(first: FirstLines, separator: str) -> Trial:
    """Split the first lines at a separator."""
    found: list[Record] = []
    lines = first.rows
    try:
        for record in records(lines, separator, first.quote):
            found.append(record)
            if len(found) > _ROWS:
                break
    except csv.Error:  # a value of more than 131,072 characters: only the rows before it are used
        pass
    written = [*itertools.islice(filter(None, map(str.strip, lines)), 2)]
    begins = [
        re.match(rf'"([^"]*)"\s*({re.escape(separator)}|$)', line) is not None for line in written
    ]
    return Trial(
        separator, found, written[0].startswith('"') if written else False, begins[1:] == [True]
    )


def column_of_decimals(trial: Trial) -> Trial | None:
    """Return the rows below a name as a single column of numbers with decimal commas, if they are."""
    if trial.separator != "," or len(trial.header) != 1 or is_number(trial.header[0]):
        return None
    cells = [",".join(row) for row in trial.rows]
    is_decimal = [DECIMAL_COMMA.fullmatch(cell) is not None for cell in cells]
    others = [cell for cell, decimal in zip(cells, is_decimal, strict=True) if not decimal]
    if not any(is_decimal) or trial.has_row_names:
        return None
    if not all(is_number(cell) or is_missing(cell) for cell in others):
        return None
    return _as_one_column(trial)


def nameless_decimals(trial: Trial) -> Trial | None:
    """Return the rows as a single column of numbers with decimal commas if each, the first too, may be one."""
    cells = [",".join(row) for _, row in trial.records]
    if trial.separator != "," or not all(map(DECIMAL_COMMA.fullmatch, cells)):
        return None
    return _as_one_column(trial)


def _as_one_column(trial: Trial) -> Trial:
    rows = [(line, [",".join(row)]) for line, row in trial.records]
    return replace(trial, separator=";", records=rows)
