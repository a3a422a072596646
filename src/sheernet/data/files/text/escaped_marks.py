r"""Quotation marks inside of quoted text that have a backslash before them, as R's write.table and MySQL write them.

CSV doubles such a mark: "5"" pipe".  A file has backslashes instead if a line shows it:

    \"a          a mark with a backslash is before a letter or digit, where a quoted value cannot end
    "5\" pipe"   the number of marks is odd, but even without the marks after a backslash

A value may otherwise end with a backslash: "C:\".
"""

from __future__ import annotations

import re
from pathlib import Path

_ESCAPED = re.compile(r'(?<!\\)((?:\\\\)*)\\"')
_SHOWN = re.compile(r'(?<!\\)(?:\\\\)*\\"\w')


def has_escaped_marks(path: Path, encoding: str) -> bool:
    """Whether the marks of a file are escaped by backslashes; False for UTF-16 and UTF-32."""
    if "0".encode(encoding) != b"0":
        return False
    with path.open("rb") as content:
        return any(
            b'\\"' in line and _shows_escapes(line.decode(encoding, "replace")) for line in content
        )


def doubled(text: str) -> str:
    r"""Double the escaped marks of a text.

    Examples
    --------
    >>> from sheernet.data.files.text.escaped_marks import doubled
    >>> print(doubled(r'"5\" pipe","C:\\"'))
    "5"" pipe","C:\\"
    """
    return _ESCAPED.sub(r'\1""', text)


def _shows_escapes(line: str) -> bool:
    others = _ESCAPED.sub("", line).count('"')
    is_odd = line.count('"') % 2 == 1 and others >= 2 and others % 2 == 0
    return is_odd or (others >= 2 and _SHOWN.search(line) is not None)
