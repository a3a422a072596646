"""The layout of a text file, found from its first lines: comments, separator, names, units.

The table is the last run of rows whose number of cells is the most frequent one.  Shorter or longer rows above it are
titles; below the first row of values there must be none.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from sheernet.data.files.headings import (
    Heading,
    find_heading,
    is_key,
    is_missing,
    is_value,
    value_columns,
)
from sheernet.data.files.text.encodings import Text
from sheernet.data.files.text.tokens import BLANK, Quoted, Row, filtered, rows_of
from sheernet.data.formats.unit_names import units_of
from sheernet.data.tables.column_names import made_names, name_columns
from sheernet.foundation.caller_warnings import warn
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.message_text import counted, cut_in_the_middle, plural_of
from sheernet.foundation.sentences import Setting, sentence
from sheernet.settings.read_settings import SEPARATORS, ReadSettings

_HEAD, _LINES = 2**17, 300
"""Number of bytes, and of lines, from which the layout is found; the first lines may be longer."""
_FEWEST_LINES, _LONGEST_HEAD = 20, 2**26
_MARKS = ("#", "%", "!", "//", ";")
_DECIMAL_COMMA = re.compile(r"\s*[-+]?(?:\d+(?:,\d+)?(?:[eE][-+]?\d+)?|inf)\s*")
_NUMBER = re.compile(r"[-+$]*\d+(?:,\d+)*(?:\.\d+)?")
_RULE = re.compile(r"(?=[^-=]*(?:---|===))[-=+|,;\s]+")
_OTHER_FORMAT = re.compile(
    r"\s*(?:[\[{]\s*[\[{\"}]|<[!?]|<\w[^<>\n]*>(?![,;\t])|"
    r"(?:%.*\s+)*\\(?:begin|documentclass)|@relation|(?:[\w ]+:\s*\n)?\s*- [\w ]+:|"
    r"RD[AX][23]\nA|A\n[23]\n|ID;P|TABLE\n0,1\n|(?:#.*\n)?# name: .*\n# type: )|"
    r"[^\n]*\|[^\n]*\n[ \t]*[|+]?[ \t]*:?-{2,}[-+|: ]*$",
    re.IGNORECASE | re.MULTILINE,
)  # fmt: skip
"""Beginnings of JSON, HTML and XML, LaTeX, ARFF, YAML, texts of R and Octave, SYLK, DIF, tables drawn with bars."""


@dataclass(frozen=True)
class TextLayout:
    """The layout of a text file.

    Parameters
    ----------
    separator : str
        The character between cells; `tokens.BLANK` stands for any number of spaces and tabs.
    names : tuple of str
        Names of the columns.
    top : int
        Number of lines above the first row of data.
    n_cells : int
        Number of cells of a row: that of the names, or one more if each row ends with a separator.
    marks : tuple of str
        Beginnings of the lines of comments.
    units : mapping of str to str
        The units of columns in a row below the names.
    notes : tuple of str
        How the lines were understood, for `Table.reading`.
    is_quoted : bool
        Whether all cells of the first rows are in quotation marks, so these do not show that NA is a label.
    """

    separator: str
    names: tuple[str, ...]
    top: int
    n_cells: int
    marks: tuple[str, ...] = ()
    units: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    is_quoted: bool = False


@dataclass(frozen=True)
class _Trial:
    """The rows of the first lines, divided at a separator, and the most frequent number of cells."""

    separator: str
    rows: list[Row]
    width: int
    share: float

    @property
    def rank(self) -> tuple[float, bool, float]:
        """How well the separator divides the lines: rows of equal length, also the first one, without a row name."""
        first = len(self.rows[0][1])
        is_first = first == self.width or first == self.width - 1 > 1
        return self.share, is_first, sum(self.fits(row) for _, row in self.rows) / len(self.rows)

    def fits(self, cells: Sequence[str]) -> bool:
        """Whether a row has this number of cells; an empty one may follow."""
        return len(cells) == self.width or self.is_trailed(cells)

    def is_trailed(self, cells: Sequence[str]) -> bool:
        """Whether a separator is behind the last cell of a row."""
        return len(cells) == self.width + 1 and not cells[-1].strip()


def find_layout(text: Text, options: ReadSettings) -> TextLayout:
    """Find the layout of a text file, except what the options specify.

    Raises
    ------
    InvalidInput
        If the text is not a table, or several readings of its first lines are possible.

    Warns
    -----
    SheernetWarning
        If lines are left out, or names or units are guesses.
    """
    head = _head(text)
    if not head.strip():
        raise InvalidInput(
            f"{text.name} is empty; a table needs a header and at least one row of values"
        )
    is_free = options.skip or options.comment or options.separator
    if not is_free and _OTHER_FORMAT.match(head[:4096].replace("\r\n", "\n")):
        raise InvalidInput(
            "{} is not lines of values; save the table as CSV (or, if it is a table below other lines, give {})",
            text.name, Setting("skip"),
        )  # fmt: skip
    lines, separator = _below_skipped(head, text.name, options)
    lines, marks, comments = _without_comments(lines, text.name, options)
    trial = _trial(lines, separator, marks) if separator else _best_trial(lines, marks)
    trial, titles, given = _table_rows(trial, text.name)
    return _named(trial, titles, given, comments, marks, options, text.name)


def irregular_row(name: str, line: int, n_cells: int, layout: TextLayout) -> InvalidInput:
    """Return the error for a row with more or fewer cells than the table has."""
    of = SEPARATORS.get(layout.separator, repr(layout.separator))
    return InvalidInput(
        "line {} of {} has {}, divided by {}, but its table has {}; correct the line, or give {}, {} or {}",
        line, name, counted(n_cells, "cell"), of, counted(len(layout.names), "column"),
        Setting("separator"), Setting("skip"), Setting("comment"),
    )  # fmt: skip


def _head(text: Text) -> str:
    """Return the first lines of a text."""
    end = 0
    for n_lines in range(_LINES):
        if end > _HEAD and n_lines > _FEWEST_LINES:
            break
        end = text.data.find(b"\n", end) + 1 or len(text.data)
    return text.data[: min(end, _LONGEST_HEAD)].decode("utf-8", errors="replace")


def _below_skipped(head: str, name: str, options: ReadSettings) -> tuple[list[str], str | None]:
    """Return the lines, empty if they are skipped, and the separator that an option or the file states."""
    lines, separator = head.split("\n"), options.separator
    if declared := re.match(r"sep=(.)\r?\n", head):  # tells Excel the separator
        lines[0], separator = "", separator or declared[1]
    lines[: options.skip] = [""] * min(options.skip, len(lines))
    if not any(map(str.strip, lines)):
        raise InvalidInput(
            "{} has no line below the {} that {} leaves out; skip fewer lines",
            name, counted(options.skip, "line"), Setting("skip", options.skip),
        )  # fmt: skip
    return lines, separator


def _without_comments(
    lines: list[str], name: str, options: ReadSettings
) -> tuple[list[str], tuple[str, ...], list[str]]:
    """Return the lines without comments, which become empty, the marks of comments, and the comments."""
    if options.comment == "none":
        return lines, (), []
    marks = tuple((options.comment or "").split())
    comments = list[str]()
    while True:
        first = next((line.lstrip() for line in lines if line.strip()), "")
        mark = next((each for each in (marks or _MARKS) if first.startswith(each)), None)
        rest = [line for line in lines if line.strip() and not _begins(line, mark)]
        is_separator = mark == ";" and any(";" in line for line in rest)
        if mark is None or not rest or is_separator:
            break
        comments += [line for line in lines if _begins(line, mark)]
        lines = ["" if _begins(line, mark) else line for line in lines]
        if not options.comment:
            marks = (*marks, mark)
            break
    if options.comment:
        return (
            ["" if any(_begins(line, m) for m in marks) else line for line in lines],
            marks,
            comments,
        )
    return lines, marks, comments


def _begins(line: str, mark: str | None) -> bool:
    return mark is not None and line.lstrip().startswith(mark)


def _trial(lines: Sequence[str], separator: str, marks: Sequence[str] = ()) -> _Trial:
    """Divide lines at a separator."""
    lines = ["" if _RULE.fullmatch(line) else line for line in lines]
    data, mark = filtered("\n".join(lines).encode(), separator, marks)
    rows = [row for row in rows_of(data.decode(), mark) if any(map(str.strip, row[1]))]
    later = [cells for _, cells in rows[len(rows) // 2 :]]
    counts = Counter(map(len, later)).most_common(1)
    width = counts[0][0] if counts else 1
    if width > 1 and all(len(cells) == width and not cells[-1].strip() for cells in later):
        width -= len(rows[0][1]) < width or not any(cells[-1:] != [""] for _, cells in rows)
    trial = _Trial(separator, rows, width, 0.0)
    share = sum(map(trial.fits, later)) / max(1, len(later))
    return replace(trial, share=share)


def _best_trial(lines: Sequence[str], marks: Sequence[str]) -> _Trial:
    """Divide lines at the separator that gives most rows the same number of cells, at least two, or is in all rows."""
    trials = [_trial(lines, separator, marks) for separator in ("\t", ";", "|", ",", BLANK)]
    in_all_rows = (each for each in trials[:3] if all(len(row) > 1 for _, row in each.rows))
    best = None
    for trial in trials:
        if trial.width < 2 or trial.share <= 0.5:
            continue
        if trial.separator == BLANK and not _are_numbers_apart(trial, best):
            continue
        if trial.separator == "," and _is_column_of_decimals(trial, lines):
            return best or trials[1]
        if best is None or trial.rank > best.rank:
            best = trial
    return best or next(in_all_rows, trials[3])


def _are_numbers_apart(trial: _Trial, other: _Trial | None) -> bool:
    """Whether spaces separate values, not words, and commas, if these are the other way, only mark numbers."""
    first, last = trial.rows[0][1], [cells for _, cells in trial.rows[-3:]]
    is_column = (len(first), trial.width) == (1, 2)  # one name above cells such as "5 mm"
    if is_column and not all(_NUMBER.fullmatch(cell) for cells in last for cell in cells):
        return False
    with_commas = [cell for cells in last for cell in cells if "," in cell]
    if other and not (other.separator == "," and all(map(_NUMBER.fullmatch, with_commas))):
        return False
    if all(is_value(cell) or is_missing(cell) for cells in last for cell in cells[1:]):
        return True
    n_values = sum(is_value(cell) for cells in last for cell in cells)
    return n_values >= len(last) and len(first) in (trial.width, trial.width - 1)


def _is_column_of_decimals(trial: _Trial, lines: Sequence[str]) -> bool:
    """Whether lines are numbers with decimal commas below a name without a comma."""
    filled = [line for line in lines if line.strip()]
    return (
        trial.width == 2 and "," not in filled[0] and all(map(_DECIMAL_COMMA.fullmatch, filled[1:]))
    )


def _table_rows(trial: _Trial, name: str) -> tuple[_Trial, list[Row], list[str] | None]:
    """Return the rows of the table, those above it, and names that lack one for the row names, as R writes them."""
    rows = trial.rows
    if not rows:
        raise InvalidInput(
            f"{name} has no rows; a table needs a header and at least one row of values"
        )
    start = len(rows)
    while start and trial.fits(rows[start - 1][1]):
        start -= 1
    above = rows[:start]
    columns = value_columns([cells for _, cells in rows if trial.fits(cells)])
    table = TextLayout(trial.separator, ("",) * trial.width, 0, trial.width)

    def is_data(cells: Sequence[str]) -> bool:
        return trial.fits(cells) and any(is_value(cells[j]) for j in columns)

    first = next((i for i, (_, cells) in enumerate(above) if is_data(cells)), None)
    if first is None and start < len(rows) and is_data(rows[start][1]):
        # Names may be above a row of another width, such as one of units with an empty cell.
        first = next((i for i, (_, cells) in enumerate(above) if trial.fits(cells)), None)
    if start == len(rows) or first is not None:
        line, cells = next(row for row in rows[first or 0 :] if not trial.fits(row[1]))
        raise irregular_row(name, line, len(cells), table)
    lacking = above[-1][1] if above and len(above[-1][1]) == trial.width - 1 > 1 else None
    if lacking and any(map(is_value, lacking)):
        lacking = None
    if lacking and not (_are_row_names(rows[start:]) and is_data(rows[start][1])):
        lacking = None
    return replace(trial, rows=rows[start:]), above[:-1] if lacking else above, lacking


def _are_row_names(rows: Sequence[Row]) -> bool:
    """Whether the first cells of rows are all different."""
    first = [cells[0] for _, cells in rows]
    return len(set(first)) == len(first)


def _require_double_marks(rows: Sequence[Sequence[str]], name: str) -> None:
    """Raise if all cells are in single quotation marks."""
    if all(len(cell) > 1 and cell[0] == cell[-1] == "'" for row in rows for cell in row):
        raise InvalidInput(
            f"the cells of {name} are in single quotation marks, which do not quote; replace them by double ones"
        )


def _named(
    trial: _Trial, titles: list[Row], lacking: list[str] | None, comments: list[str],
    marks: tuple[str, ...], options: ReadSettings, name: str,
) -> TextLayout:  # fmt: skip
    """Find names and units, and put the layout together."""
    lines = [line for line, _ in trial.rows]
    rows = [[cell.strip() for cell in cells[: trial.width]] for _, cells in trial.rows]
    _require_double_marks(rows, name)
    notes = [f"lines that begin with {' or '.join(marks)} are comments"] if marks else []
    if lacking is not None and options.header != "none":
        heading, given = Heading(0, None), ["", *lacking]
    elif (found := _names_in_comment(trial, rows, comments)) and options.header == "auto":
        heading, given = Heading(0, None), found
        notes.append("names from a comment")
    else:
        heading = find_heading(rows, options, name, [f"line {line}" for line in lines])
        given = list(made_names(trial.width)) if heading.names is None else rows[heading.names]
        if heading.names is None:
            notes.append("no names of columns")
    if options.comment is None:
        _warn_of_commented_rows(trial, comments, name)
    if titles:
        first = cut_in_the_middle(trial.separator.join(titles[0][1]).strip(), 40)
        warn(
            sentence(
                "{} above the table of {} {} left out, the first {!r}; if this is wrong, give {}, {} or {}",
                counted(len(titles), "line"), name, plural_of(len(titles), "is", "are"), first,
                Setting("separator"), Setting("skip"), Setting("header"),
            )
        )  # fmt: skip
        notes.append(f"{counted(len(titles), 'title line')} above the names")
    if heading.n_rows >= len(rows):
        raise InvalidInput(
            "{} has no rows below its header (if it is a row, give {}); at least one is needed",
            name, Setting("header", "none"),
        )  # fmt: skip
    if given in rows[heading.n_rows :] and heading.names is not None:
        line = lines[rows.index(given, heading.n_rows)]
        raise InvalidInput(
            "line {} of {} repeats the names of the columns; delete it, save the tables as separate files, or give {}",
            line, name, Setting("header", "none"),
        )  # fmt: skip
    names, more = name_columns(given)
    units = {} if heading.units is None else units_of(names, rows[heading.units])
    body = trial.rows[heading.n_rows :]
    return TextLayout(
        trial.separator, names, lines[heading.n_rows] - 1,
        max(len(cells) for _, cells in body), marks, units, (*notes, *more),
        is_quoted=all(isinstance(cell, Quoted) for _, cells in body for cell in cells),
    )  # fmt: skip


def _names_in_comment(
    trial: _Trial, rows: Sequence[Sequence[str]], comments: Sequence[str]
) -> list[str] | None:
    """Return the names in the last comment that has one for each column, if the first row holds values."""
    columns = value_columns(rows)
    if not columns or not any(is_value(rows[0][j]) for j in columns):
        return None
    for comment in reversed(comments):
        for separator in dict.fromkeys((trial.separator, ",", "\t", BLANK)):
            cells = _cells_of_comment(comment, separator)
            is_text = not any(is_value(cell) or is_key(cell) for cell in cells)
            if len(cells) == trial.width and is_text:
                return cells
    return None


def _cells_of_comment(comment: str, separator: str) -> list[str]:
    data, mark = filtered(comment.strip("#%!;/ \t\r").encode(), separator)
    return [cell.strip() for _, row in rows_of(data.decode(), mark) for cell in row]


def _warn_of_commented_rows(trial: _Trial, comments: Sequence[str], name: str) -> None:
    """Warn of a comment that has a value in each column of values."""
    columns = value_columns([cells for _, cells in trial.rows])
    for comment in comments:
        cells = _cells_of_comment(comment, trial.separator)
        if 1 < len(cells) == trial.width and all(is_value(cells[j]) for j in columns):
            warn(
                sentence(
                    "{} has a comment that looks like a row, {!r}; if it is one, give {}",
                    name, cut_in_the_middle(comment.strip(), 40), Setting("comment", "none"),
                )
            )  # fmt: skip
            return
