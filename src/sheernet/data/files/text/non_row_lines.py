"""Lines among and below the rows of a text file that are not rows: comments, notes at the end, repeated headers.

A file is searched for them only if some of its rows have more or fewer values than names.  They are left out if all of
them are comments, or notes below the last row.  Otherwise an error names the first one.
"""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from sheernet.data.files.headings import is_value
from sheernet.data.files.summary_warnings import warn_of_figures
from sheernet.data.files.text.byte_lines import lines_of
from sheernet.data.files.text.layout_messages import irregular_row_error
from sheernet.data.files.text.line_roles import MARKS
from sheernet.data.files.text.row_lines import is_row, records, row_lines
from sheernet.data.files.text.text_encoding import Text
from sheernet.data.files.text.text_layout import TextLayout
from sheernet.data.formats.summary_row import is_total, row_names, summary_rows
from sheernet.data.tables.column_names import listed_names
from sheernet.foundation.caller_warnings import warn
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.message_text import counted, listed, plural_of
from sheernet.foundation.sentences import Setting, in_quotes, sentence
from sheernet.settings.read_settings import ReadSettings

if TYPE_CHECKING:
    import pandas as pd

_MOST_NOTES = 20
"""Maximum number of lines below the last row that are recognized as notes."""

_LONE_RETURN = re.compile(rb"\r(?!\n)")
_Records = list[tuple[int, list[str]]]


def without_other_lines(text: Text, layout: TextLayout) -> TextLayout:
    """Add the lines that cannot be rows to a layout, so that they are left out.

    Raises
    ------
    InvalidInput
        If a line that is neither a comment nor a note has more or fewer values than names.

    Warns
    -----
    SheernetWarning
        If lines are left out.
    """
    others: _Records = []
    last, begins = 0, ""
    n = len(layout.names)
    try:
        for line, row in records(
            row_lines(text, layout), layout.separator, layout.quote, layout.top
        ):
            if is_row(row, n):
                last, begins = line, row[0]
            else:
                others.append((line, row))
    except csv.Error:  # a value of more than 131,072 characters: the rows before it are searched
        pass
    if not others:
        return layout
    mark = _common_mark(others)
    if mark is not None and last and not layout.marks:
        _warn_of_comments(text.name, mark, others)
        return replace(
            layout,
            marks=(mark,),
            notes=(*layout.notes, f"lines that begin with {mark} are comments"),
        )
    notes = [line for line, row in others if line > last and _is_note(row)]
    # A text directly below rows that begin with text may be the beginning of a row that was cut off.
    is_apart = bool(notes) and (notes[0] > last + 1 or is_value(begins))
    if last and is_apart and len(notes) == len(others) <= _MOST_NOTES:
        _warn_of_notes(text.name, notes)
        return replace(
            layout,
            left_out=frozenset(range(notes[0], notes[-1] + 1)),
            notes=(*layout.notes, f"left out from line {notes[0]} on"),
        )
    line, row = others[0]
    raise _irregular(text.name, line, row, layout)


def has_short_rows(
    frame: pd.DataFrame, text: Text, layout: TextLayout, options: ReadSettings
) -> bool:
    """Whether a row is too short; pandas would fill it with missing values without a warning."""
    if frame.empty or frame.shape[1] == 1:
        return False
    may_be_short = frame.iloc[:, -1].isna().to_numpy()
    if not may_be_short.any():
        return False
    is_plain = text.encoding == "utf-8" and not (layout.is_filtered or text.has_controls)
    try:
        if is_plain and _has_all_separators(frame, text, layout, options):
            return False
        # If each row is one line, the file has no blank lines and no values with line breaks.
        if is_plain and text.n_lines == layout.top + len(frame):
            found = lines_of(may_be_short, text.path, layout.top)
            lines: Iterator[str] = (line.decode() for line in found)
        else:
            lines = row_lines(text, layout)
        rows = records(lines, layout.separator, layout.quote)
        return any(len(row) < len(layout.names) for _, row in rows)
    except csv.Error:  # a value of more than 131,072 characters, which pandas has read
        return False


def _has_all_separators(
    frame: pd.DataFrame, text: Text, layout: TextLayout, options: ReadSettings
) -> bool:
    """Whether a file has as many separators as complete rows need, none of them within a value.

    Then all rows are complete, because none is longer: pandas refuses a row that is longer than the first one.
    """
    separator = layout.separator
    has_quotes = layout.quote not in (None, '"') or b'"' not in text.absent
    may_be_quoted = has_quotes and layout.quote != "none"
    may_be_in_numbers = separator not in (",", ";", "|") or separator == layout.decimal
    if may_be_quoted and (may_be_in_numbers or _contain(separator, frame, options)):
        return False
    return _has_separators(text, layout, len(frame))


def has_divided_rows(text: Text, layout: TextLayout, n_rows: int) -> bool:
    """Whether line breaks and separators occur only between values, if no row is too short."""
    is_plain = text.encoding == "utf-8" and text.is_plain and not layout.is_filtered
    return (
        is_plain
        and text.n_lines == layout.top + n_rows
        and _has_separators(text, layout, n_rows)
        and not text.may_contain(_LONE_RETURN, b"\r")
    )


def _has_separators(text: Text, layout: TextLayout, n_rows: int) -> bool:
    """Whether a file has exactly as many separators as complete rows need."""
    separator, n = layout.separator, len(layout.names)
    if separator == " " or not separator.isascii():
        return False
    lines = io.StringIO(text.head, newline="")
    above = sum(line.count(separator) for line in itertools.islice(lines, layout.top))
    _, first = next(records(lines, separator, layout.quote), (0, []))
    return len(first) == n and text.count(separator.encode()) == above + (n - 1) * n_rows


def _contain(separator: str, frame: pd.DataFrame, options: ReadSettings) -> bool:
    """Whether a value of text, or a text for missing values, contains the separator."""
    texts = [frame.iloc[:, j] for j, dtype in enumerate(frame.dtypes) if dtype.kind == "O"]
    distinct = itertools.chain(options.missing_values, *(column.unique() for column in texts))
    return any(separator in value for value in distinct if isinstance(value, str))


def has_missing_row(frame: pd.DataFrame) -> bool:
    """Whether all values of a row of several columns are missing: its line may have separators only."""
    if frame.empty or frame.shape[1] == 1:
        return False
    rows = np.flatnonzero(frame.iloc[:, 0].isna())
    for j in range(1, frame.shape[1]):
        if not len(rows):
            return False
        rows = rows[frame.iloc[:, j].isna().to_numpy()[rows]]
    return len(rows) > 0


def require_no_repeated_header(frame: pd.DataFrame, text: Text, layout: TextLayout) -> None:
    """Raise if a row repeats the names of the columns, as in files that were put together.

    A row that repeats at least half of them, one above numbers, has the names of another table.
    """
    texts = [j for j, dtype in enumerate(frame.dtypes) if getattr(dtype, "kind", "O") == "O"]
    if len(texts) != len(layout.names):
        return
    alike = np.column_stack(
        [
            frame.iloc[:, 0].isin([layout.names[0], f"\ufeff{layout.names[0]}"]),
            *(frame.iloc[:, j] == layout.names[j] for j in range(1, len(layout.names))),
        ]
    )
    n = len(layout.names)
    least = n if alike.all(axis=1).any() else max(2, -(-n // 2))
    are_numbers = [is_value(str(cell)) for cell in frame.iloc[0]] if len(frame) else []
    found = alike[alike.sum(axis=1) >= least]
    if not len(found) or (least < n and not found[:, are_numbers].any()):
        return
    for line, row in records(row_lines(text, layout), layout.separator, layout.quote, layout.top):
        cells = [cell.strip("\ufeff ") for cell in row[: len(layout.names)]]
        n_alike = sum(cell == name for cell, name in zip(cells, layout.names, strict=False))
        if n_alike == n:
            raise InvalidInput(
                "{} repeats the names of its columns in line {}; delete the line, save the tables as separate "
                "files, or give {} if the names are a row",
                text.name,
                line,
                Setting("header", "none"),
            )
        if n_alike >= least:
            raise InvalidInput(
                f"line {line} of {text.name} has the names of a second table ({listed_names(cells)}); save the tables "
                "as separate files"
            )


def warn_of_totals(frame: pd.DataFrame, source: str) -> None:
    """Warn if rows are called Total or the like in the first column of text, or their numbers summarize those above."""
    if len(frame) < 2:
        return
    column, labels = labeled_totals(frame)
    rows = list(labels)
    if rows:
        said = list(dict.fromkeys(labels.values()))
        one = len(rows) == 1
        way: str = f"delete {'it' if one else 'them'}"
        if column == 0 and all(map(is_total, said)):
            # The mark Jan of Jan Total would leave out rows of the table.
            marks = " ".join(dict.fromkeys(text.split()[0] for text in said))
            way = sentence("give {}", Setting("comment", marks))
        begin = plural_of(len(rows), "begins with", "begin with")
        if column:
            begin = plural_of(len(rows), "is called", "are called")
        what = "is read as a row; if it is not one" if one else "are read as rows; if they are not"
        warn(
            sentence(
                "{} of {} {} {} and " + what + ", {}",
                row_names(rows, len(frame)), source, begin, listed(list(map(in_quotes, said)), most=5), way,
            )
        )  # fmt: skip
    warn_of_figures(frame, rows, source)


def labeled_totals(frame: pd.DataFrame) -> tuple[int, dict[int, str]]:
    """Return the first column of text, and the labels of the rows that it calls Total or the like, by their indices."""
    for column, dtype in enumerate(frame.dtypes):
        if dtype.kind not in "biuf":
            cells = frame.iloc[:, column]
            return column, {i: str(cells.iloc[i]).strip() for i in summary_rows(cells, frame)}
    return 0, {}


def _common_mark(others: _Records) -> str | None:
    """Return the mark of comments with which all these lines begin; None if there is none."""
    return next((m for m in MARKS if all(row[0].lstrip().startswith(m) for _, row in others)), None)


def _is_note(row: Sequence[str]) -> bool:
    """Whether a line is text without values, such as "End of data"."""
    return len([cell for cell in row if cell.strip()]) == 1 and not is_value(row[0])


def _warn_of_comments(source: str, mark: str, others: _Records) -> None:
    warn(
        sentence(
            "{} of {} that {} with {} {} left out as comments, the first in line {}; if they are rows, give {}",
            counted(len(others), "line"), source, plural_of(len(others), "begins", "begin"), mark,
            plural_of(len(others), "is", "are"), others[0][0], Setting("comment", "none"),
        )
)  # fmt: skip


def _warn_of_notes(source: str, notes: Sequence[int]) -> None:
    where = f"line {notes[0]}" if len(notes) == 1 else f"lines {notes[0]} to {notes[-1]}"
    warn(
        f"{where} of {source}, below the last row, {plural_of(len(notes), 'is', 'are')} left out as "
        f"{plural_of(len(notes), 'a note', 'notes')}"
    )


def _irregular(source: str, line: int, row: Sequence[str], layout: TextLayout) -> InvalidInput:
    """Return the error for a line, with the option that may help."""
    error = irregular_row_error(source, len(row), line, layout.separator, layout.width)
    if any(cell.startswith("'") for cell in row):
        return InvalidInput("{}, or {}", error.args[0], Setting("quote", "'"))
    if not is_value(row[0]):
        hint = sentence(
            "{}, or the beginning of lines to leave out as {}", error.args[0], Setting("comment")
        )
        return InvalidInput(hint)
    return error
