"""Dividing text into rows of cells, by one grammar: RFC 4180, after a filter for what it does not know.

Quotation marks inside an unquoted cell are ordinary characters.  The filter makes a tab of each run of spaces if these
separate cells, empties the lines of comments and of nothing but separators, and removes spaces before quotation marks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

Row = tuple[int, list[str]]
"""The number of the line in which a row begins, from 1, and its cells."""
BLANK = " "
"""The separator that stands for any number of spaces and tabs."""


class Quoted(str):
    """The text of a cell in quotation marks, in which NA is a label."""

    __slots__ = ()


def filtered(data: bytes, separator: str, marks: Sequence[str] = ()) -> tuple[bytes, str]:
    """Return a text that follows the grammar, with the same number of lines, and its separator.

    Parameters
    ----------
    data : bytes
        The text in UTF-8.
    separator : str
        The separator of its cells.
    marks : sequence of str
        Beginnings of comments.
    """
    if marks:
        beginning = b"|".join(re.escape(mark.encode()) for mark in marks)
        data = re.sub(rb"(?m)^[ \t]*(?:%b).*$" % beginning, b"", data)
    if separator == BLANK:
        data = re.sub(rb"(?m)^[ \t]+|[ \t]+(?=\r?$)", b"", data)
        return re.sub(rb'("[^"\n]*")|[ \t]+', lambda found: found[1] or b"\t", data), "\t"
    mark = re.escape(separator.encode())
    blank = rb"(?:%b)+\r?(?:\n|\Z)" % mark
    if re.match(blank, data) or re.search(rb"\n" + blank, data):
        lines = rb'(?m)("[^"]*")|^(?:%b)+(?=\r?$)' % mark
        data = re.sub(lines, lambda found: found[1] or b"", data)
    if b'"' in data and b' "' in data:
        data = re.sub(rb'(?m)(^|%b) *("(?:[^"]++|"")*+")' % mark, rb"\1\2", data)
    return data, separator


@cache
def _cell(separator: str) -> re.Pattern[str]:
    """Return the pattern of a cell and its end; the second group is the text of a quoted cell."""
    end = rf"{re.escape(separator)}|\r?\n|\Z"
    return re.compile(rf'(?:"((?:[^"]|"")*)"[ ]*(?={end})|((?:(?!{end})[^\n])*))({end})')


def rows_of(text: str, separator: str) -> Iterator[Row]:
    r"""Yield the rows of a text that are not blank.

    Examples
    --------
    >>> from sheernet.data.files.text.tokens import rows_of
    >>> list(rows_of('a,"b, c"\n\n1,"2 ""x"" y"', ","))
    [(1, ['a', 'b, c']), (3, ['1', '2 "x" y'])]
    """
    pattern, position, line = _cell(separator), 0, 1
    while position < len(text):
        cells, start, end = list[str](), line, separator
        while end == separator:
            found = pattern.match(text, position)
            assert found is not None
            quoted, plain, end = found.groups()
            cells.append(plain if quoted is None else Quoted(quoted.replace('""', '"')))
            line += 0 if quoted is None else quoted.count("\n")
            position = found.end()
        line += 1
        if len(cells) > 1 or cells[0].strip():
            yield start, cells
