"""Tables of texts and numbers as lines of text and as HTML."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from html import escape

from sheernet.foundation.message_text import WIDTH, cut_in_the_middle

SHORTEST = 12
"""Minimum width of names in characters, regardless of the width of the table."""


def aligned(
    lines: Sequence[Sequence[str]],
    left: Collection[int] = (0,),
    name_width: int | None = None,
    indent: str = "  ",
    gap: str = "  ",
) -> list[str]:
    """Write cells in aligned columns.

    Parameters
    ----------
    lines : sequence of sequences of str
        The cells of each line, beginning with the heads; the first cell is a name, which is written on one line.
    left : collection of int
        Columns that are aligned to the left; the others are aligned to the right.
    name_width : int, optional
        Maximum number of characters of a name; longer names are cut in the middle.  By default, what the other cells
        leave of a line of `WIDTH` characters, but at least 12.
    indent, gap : str
        Text before each line, and between columns.

    Examples
    --------
    >>> from sheernet.foundation.text_tables import aligned
    >>> aligned([["column", "value"], ["x", "3.5"], ["a name of 23 characters", "1"]], name_width=12)
    ['  column        value', '  x               3.5', '  a name…cters      1']
    """
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    if name_width is None:
        others = sum(len(gap) + width for width in widths[1:])
        name_width = max(WIDTH - len(indent) - others, SHORTEST)
    names = [cut_in_the_middle(" ".join(line[0].split()), name_width) for line in lines]
    widths[0] = max(map(len, names))
    return [
        indent
        + gap.join(
            cell.ljust(width) if k in left else cell.rjust(width)
            for k, (cell, width) in enumerate(zip((name, *line[1:]), widths, strict=True))
        ).rstrip()
        for name, line in zip(names, lines, strict=True)
    ]


def html_table(
    lines: Sequence[Sequence[str]], caption: str = "", bold: Collection[int] = ()
) -> str:
    """Write cells as an HTML table, names to the left and all other cells to the right.

    Parameters
    ----------
    lines : sequence of sequences of str
        The cells of each line, beginning with the heads.
    caption : str
        Text above the table.
    bold : collection of int
        Indices of the lines that are bold; 0 is the line below the heads.

    Examples
    --------
    >>> from sheernet.foundation.text_tables import html_table
    >>> html_table([["a<b"]])
    '<table><thead><tr><th>a&lt;b</th></tr></thead><tbody></tbody></table>'
    """
    head = "".join(f"<th>{escape(cell)}</th>" for cell in lines[0])
    body = []
    for number, (name, *cells) in enumerate(lines[1:]):
        rest = "".join(f"<td style='text-align:right'>{escape(cell)}</td>" for cell in cells)
        mark = " style='font-weight:bold'" if number in bold else ""
        body.append(f"<tr{mark}><th style='text-align:left'>{escape(name)}</th>{rest}</tr>")
    above = f"<caption style='text-align:left'>{escape(caption)}</caption>" if caption else ""
    return f"<table>{above}<thead><tr>{head}</tr></thead><tbody>{''.join(body)}</tbody></table>"


def facts_html(facts: Iterable[tuple[str, str]]) -> str:
    """Return labels and texts as an HTML table with a row for each."""
    lines = (
        f"<tr><th style='text-align:left;vertical-align:top'>{escape(label)}</th>"
        f"<td style='text-align:left;white-space:normal'>{escape(text)}</td></tr>"
        for label, text in facts
    )
    return f"<table>{''.join(lines)}</table>"


def paragraphs(texts: Iterable[str]) -> str:
    """Write each text that is not empty as a paragraph of HTML."""
    return "".join(f"<p>{escape(text)}</p>" for text in texts if text)
