"""Lines that are not one row each: blank lines, comments between rows, and line breaks inside quoted values."""

from __future__ import annotations

import csv
import functools
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from sheernet.data.files.headings import is_number
from sheernet.data.files.text.row_lines import quoting, records, row_lines
from sheernet.data.files.text.text_encoding import Text
from sheernet.data.files.text.text_layout import TextLayout
from sheernet.foundation.caller_warnings import warn
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.message_text import counted, plural_of
from sheernet.foundation.sentences import Setting, sentence
from sheernet.settings.read_settings import ReadSettings

if TYPE_CHECKING:
    import pandas as pd

_BLANK_CHARACTERS = {False: "\r\n \t", True: "\r\n "}
"""Characters of blank lines, by whether tabs separate values."""


def warn_of_line_breaks(
    frame: pd.DataFrame, text: Text, layout: TextLayout, options: ReadSettings, *, are_told: bool
) -> None:
    """Warn about blank lines and comments between the rows, and about values with line breaks.

    If the user gave the quotation mark, a value with line breaks may look like rows.  There is no warning about
    comments if the user gave their beginnings, or a warning has already named them (`are_told`).

    Raises
    ------
    InvalidInput
        If lines of a value look like rows, because a quotation mark is probably stray.
    """
    if text.n_lines == layout.top + len(frame):
        return
    numbers = [j for j, dtype in enumerate(frame.dtypes) if getattr(dtype, "kind", "O") in "iuf"]
    blank = pending = broken = first = 0
    comments: list[int] = []  # lines of the comments since the last row
    between: list[tuple[int, int]] = []  # comments between rows: line, and number of rows above
    n_rows = 0
    seen = layout.is_plain
    line = layout.top
    try:
        for lines, record in _records(text, layout):
            line += len(lines)
            if len(lines) == 1 and not lines[0].strip(_BLANK_CHARACTERS[layout.separator == "\t"]):
                pending += seen and bool(lines[0])
                comments += [line] if seen and not lines[0] else []
                continue
            blank, pending, seen = blank + pending, 0, True
            between += [(number, n_rows) for number in comments]
            comments, n_rows = [], n_rows + 1
            values = sum("\n" in cell or "\r" in cell for cell in record)
            if values:
                start = line - len(lines) + 1
                first = first or start
                broken += values
                if options.quote != '"':
                    _require_no_swallowed_rows(lines, start, numbers, text, layout)
    except csv.Error:  # a value of more than 131,072 characters, which pandas has read
        pass
    _warn(text.name, blank, broken, first)
    are_told |= options.comment is not None
    if not are_told and _restarts(frame, numbers, [above for _, above in between]):
        _warn_of_comments(text.name, [number for number, _ in between])


def _warn(source: str, blank: int, broken: int, first: int) -> None:
    if blank:
        warn(
            f"{source} has {counted(blank, 'blank line')} between its rows, which "
            f"{plural_of(blank, 'is', 'are')} skipped"
        )
    if broken:
        contain = plural_of(broken, "contains a line break,", "contain line breaks, the first")
        warn(f"{counted(broken, 'value')} of {source} {contain} in line {first}")


def _restarts(frame: pd.DataFrame, numbers: list[int], gaps: list[int]) -> bool:
    """Whether the first column of numbers rises or falls, except at some gaps, at which another block of rows begins.

    `gaps` has the number of rows above each gap.
    """
    if not numbers or not gaps:
        return False
    steps = np.diff(frame.iloc[:, numbers[0]].to_numpy(float))
    at_gaps = np.zeros(len(steps), bool)
    at_gaps[[gap - 1 for gap in gaps if 0 < gap <= len(steps)]] = True
    for within, across in ((steps[~at_gaps], steps[at_gaps]), (-steps[~at_gaps], -steps[at_gaps])):
        if len(within) and (within > 0).all():
            return bool((across <= 0).any())
    return False


def _warn_of_comments(source: str, lines: list[int]) -> None:
    where = ", the first of them" if len(lines) > 1 else ""
    warn(
        f"{source} has {counted(len(lines), 'comment')} between its rows{where} in line {lines[0]}; if "
        f"{plural_of(len(lines), 'it begins', 'they begin')} another table, save the tables as separate files"
    )


def _require_no_swallowed_rows(
    lines: list[str], start: int, numbers: list[int], text: Text, layout: TextLayout
) -> None:
    """Raise if the first line of a row and a later one would be rows if quotation marks were ordinary characters."""
    n = len(layout.names)
    otherwise = "" if layout.quote else sentence(", or {} if it is a value", Setting("quote", '"'))
    if n < 2 or not numbers:
        return
    separate = functools.partial(records, separator=layout.separator, quote="none")
    rows = [next(separate([line]), (0, []))[1] for line in lines]
    if len(rows[0]) != n or not all(is_number(rows[0][j].strip('"')) for j in numbers):
        return
    for number, row in enumerate(rows[1:], start=start + 1):
        if len(row) == n and all(is_number(row[j].strip('"')) for j in numbers):
            raise InvalidInput(
                "a quotation mark in line {} of {} is closed only in line {}, so that line {} is part of a value "
                "but looks like a row; remove the mark, or give {} if quotation marks are ordinary characters{}",
                start, text.name, start + len(lines) - 1, number, Setting("quote", "none"), otherwise,
            )  # fmt: skip


def _records(text: Text, layout: TextLayout) -> Iterator[tuple[list[str], list[str]]]:
    """Yield the lines and the values of each row; a comment is an empty line, without a line break."""
    current: list[str] = []

    def lines(found: Iterator[str]) -> Iterator[str]:
        for line in found:
            current.append(line)
            yield line

    rows = lines(row_lines(text, layout, blank=""))
    how = quoting(layout.quote)
    for record in csv.reader(rows, delimiter=layout.separator, skipinitialspace=True, **how):
        yield current, record
        current = []
