"""Writing names and labels that look the same in the same way: with composed letters, without spaces of no width.

Programs of macOS write a letter and its accent as two characters, u and U+0308.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

_TELLING = re.compile("[\u0300-\u036f\u200b\u2060\ufeff]")
"""Combining accents, and spaces and joiners of no width."""
_OF_NO_WIDTH = dict.fromkeys(map(ord, "\u200b\u2060\ufeff"))


def composed(text: str) -> str:
    r"""Return a text with single characters for letters with accents, where Unicode has them, and visible spaces only.

    Examples
    --------
    >>> from sheernet.data.formats.composed_text import composed
    >>> len("Zu\u0308rich\u200b"), composed("Zu\u0308rich\u200b")
    (8, 'Zürich')
    """
    if not _TELLING.search(text):
        return text
    return unicodedata.normalize("NFC", text.translate(_OF_NO_WIDTH))


def compose_labels(frame: pd.DataFrame) -> None:
    """Replace the texts of a table by their composed forms, in place."""
    for position, dtype in enumerate(frame.dtypes):
        if isinstance(dtype, np.dtype) and not dtype.hasobject:
            continue
        column = frame.iloc[:, position]
        texts = {text for text in column.dropna().unique() if isinstance(text, str)}
        changed = {text: composed(text) for text in texts if _TELLING.search(text)}
        if changed:
            frame.isetitem(position, column.replace(changed).array)
