"""`label_hint`: advice for a label that a model does not know: the known label that is similar, or the known labels."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from sheernet.data.columns.cells import quoted
from sheernet.foundation.message_text import listed

MOST = 4
"""Maximum number of labels of a column in a hint."""
_LEADING_ZEROS = re.compile(r"(?<![\d.,])0+(?=\d)")


def label_hint(name: str, unknown: Iterable[str], known: Sequence[str]) -> str:
    """Name known labels that differ from unknown ones only in case, spaces or leading zeros, else some known labels.

    Parameters
    ----------
    name : str
        Name of the column.
    unknown, known : iterable of str
        Labels.

    Examples
    --------
    >>> from sheernet.data.columns.label_hints import label_hint
    >>> label_hint("part", ["417", "9"], ["00417", "00522"])
    "write part '417' as '00417'"
    >>> label_hint("part", ["9"], ["00417", "00522"])
    "part is known as '00417' and '00522'"
    """
    spellings: dict[str, list[str]] = {}
    for label in known:
        spellings.setdefault(_key(label), []).append(label)
    pairs = [(label, spellings.get(_key(label), ())) for label in unknown]
    written = [
        f"{quoted(label)} as {quoted(as_known[0])}"
        for label, as_known in pairs
        if len(as_known) == 1
    ]
    if written:
        return f"write {name} {listed(written, most=MOST)}"
    return f"{name} is known as {listed(list(map(quoted, known)), most=MOST)}"


def _key(label: str) -> str:
    """Return the label without what is often lost when a table is typed or converted."""
    return _LEADING_ZEROS.sub("", "".join(label.split()).casefold())
