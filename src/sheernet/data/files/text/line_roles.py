"""The first lines of a text file and their roles: comments, titles, names, units, rows."""

from __future__ import annotations

import functools
import io
import re
from dataclasses import dataclass, field

from sheernet.data.files.heading_warnings import listed_roles
from sheernet.data.files.headings import is_value
from sheernet.data.files.text.row_lines import blanked, records
from sheernet.foundation.message_text import counted, listed

MARKS = ("#", "%", "!", "//", ";")
"""Beginnings of comment lines that are recognized."""
_BLANK = re.compile(r"[\ufeff\s\x1a]*(?:,[,\s]*|;[;\s]*|\|[|\s]*)?")
"""Blank lines, and lines of separators only, which spreadsheet programs write for empty rows."""
_RULE = re.compile(r"(?=.*[-_=]{3})[\s,;]*[-_=]+(?:[\s,;]+[-_=]+)*[\s,;]*")
"""Lines drawn below names, as by sqlcmd and by disp of MATLAB: ----- ----."""
_MOST_ABOVE = 30
"""Maximum number of a line that is recognized as drawn below names."""


@dataclass(frozen=True)
class FirstLines:
    """The first lines of a text file.

    Parameters
    ----------
    lines : list of str
        The lines as in the file, with their line breaks.
    roles : dict of int to str
        Roles of lines other than rows, by their numbers from 1: "skipped", "comment", "title", "rule", "names" or
        "units".
    quote : str or None
        The quotation mark, as in `records`.
    """

    lines: list[str]
    roles: dict[int, str] = field(default_factory=dict)
    quote: str | None = None

    @classmethod
    def of(cls, head: str, quote: str | None) -> FirstLines:
        """Split text into lines."""
        return cls(list(io.StringIO(head, newline="")), {}, quote)

    def with_roles(self, numbers: range | list[int], role: str) -> FirstLines:
        """Return a copy in which lines have a role, if they had none."""
        return FirstLines(self.lines, {**dict.fromkeys(numbers, role), **self.roles}, self.quote)

    def with_comments(self, marks: tuple[str, ...]) -> FirstLines:
        """Return a copy in which the lines that begin with one of the marks are comments."""
        rows = list(blanked(self.rows, marks, self.quote))
        found = [
            number
            for number, (row, old) in enumerate(zip(rows, self.rows, strict=True), start=1)
            if row != old
        ]
        return self.with_roles(found, "comment")

    def with_rules(self) -> FirstLines:
        """Return a copy in which a drawn line has a role if there is text above it and a row with a number below."""
        rows = [(n, row) for n, row in enumerate(self.rows[:_MOST_ABOVE], start=1) if row.strip()]
        found = [
            number
            for (_, above), (number, row), (_, below) in zip(rows, rows[1:], rows[2:], strict=False)
            if _RULE.fullmatch(row) and _has_value(below) and not _has_value(above)
        ]
        return self.with_roles(found[:1], "rule")

    @functools.cached_property
    def rows(self) -> list[str]:
        """The lines; those with a role are replaced by blank lines."""
        return [
            "\n" if number in self.roles or _BLANK.fullmatch(line) else line
            for number, line in enumerate(self.lines, start=1)
        ]

    def first_row(self) -> str:
        """Return the first line without a role that is not blank; "" if there is none."""
        return next((line.strip() for line in self.rows if line.strip()), "")

    def understood(self, separator: str) -> str:
        """List the first lines for a message, with numbers of values and roles; equal neighbors are one entry."""
        lines = enumerate(self.lines, start=1)
        return listed_roles("line", 1, (self._said(n, line, separator) for n, line in lines))

    def _said(self, number: int, line: str, separator: str) -> str:
        role = self.roles.get(number, "blank" if _BLANK.fullmatch(line) else "")
        if role in ("blank", "comment", "rule", "skipped"):
            return role
        found = next(iter(records([line], separator, "none")), (0, [line]))[1]
        kind = role or ("values" if any(map(is_value, found)) else "text")
        return f"{kind} ({counted(len(found), 'cell')})"


def marks_of_comments(first: FirstLines, given: str | None) -> tuple[FirstLines, tuple[str, ...]]:
    """Find the comment lines.

    Parameters
    ----------
    first : FirstLines
        The first lines.
    given : str or None
        The option `comment`.

    Returns
    -------
    FirstLines
        With the comment lines.
    tuple of str
        The beginnings of comment lines; words that are given also in quotation marks; by default those in `MARKS` with
        which the first, but not all, lines begin.
    """
    if given is not None:
        chosen = () if given == "none" else tuple(given.split())
        if first.quote != "none":  # "Total",1 begins with Total
            quote = first.quote or '"'
            chosen += tuple(f"{quote}{mark}" for mark in chosen if mark[0].isalnum())
        return (first.with_comments(chosen) if chosen else first), chosen
    marks: tuple[str, ...] = ()
    while True:
        start = first.first_row()
        mark = next((mark for mark in MARKS if start.startswith(mark)), None)
        if mark is None:
            return first, marks
        without = first.with_comments((mark,))
        rest = [line for line in without.rows if line.strip()]
        is_separator = mark == ";" and any(";" in line for line in rest)
        if not rest or is_separator:
            return first, marks
        first, marks = without, (*marks, mark)


def _has_value(line: str) -> bool:
    return any(map(is_value, re.split(r"[\s,;]+", line.strip())))


def listed_marks(marks: tuple[str, ...]) -> str:
    """List the beginnings of comment lines."""
    return listed(list(marks), "or")
