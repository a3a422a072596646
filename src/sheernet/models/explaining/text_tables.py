"""Tables of words and numbers as lines of text."""

from __future__ import annotations

from collections.abc import Sequence

LONGEST = 24
"""Characters of a name; a longer one is cut in the middle, because names most often differ at their ends."""


def aligned(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Lines with the heads and the cells in columns of even width; the first column has names.

    Examples
    --------
    >>> from sheernet.models.explaining.text_tables import aligned
    >>> aligned(["column", "value"], [["x", "3.5"], ["a name of more than 24 characters", "1"]])
    ['  column                    value', '  x                         3.5', '  a name of mo… characters  1']
    """
    cells = [heads, *([_shortened(row[0]), *row[1:]] for row in rows)]
    widths = [max(len(line[j]) for line in cells) for j in range(len(heads))]
    return [
        "  "
        + "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in cells
    ]


def _shortened(name: str) -> str:
    line = " ".join(name.split())
    if len(line) <= LONGEST:
        return line
    tail = (LONGEST - 1) // 2
    return f"{line[: LONGEST - 1 - tail]}…{line[-tail:]}"
