"""`warn_of_labels`: warn if NA or None, which are read as missing, occur among labels and may be one of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from sheernet.foundation.caller_warnings import warn
from sheernet.foundation.message_text import counted, listed
from sheernet.foundation.sentences import Setting, sentence

if TYPE_CHECKING:
    import pandas as pd

NA, NONE = "NA", "None"
_CODE = re.compile(r"[A-Z][A-Z0-9]{1,4}")
_FEWEST = 3
_MOST_WORDS = 50
"""Maximum number of distinct labels for a search for None, which reads the column again."""


def may_be_among(labels: Iterable[object]) -> bool:
    """Whether NA may be one of these labels of a column: all others are short codes of capital letters and digits.

    Examples
    --------
    >>> from sheernet.data.files.na_labels import may_be_among
    >>> may_be_among(["EMEA", "A123"]), may_be_among(["f", "m"])
    (True, False)
    """
    return all(isinstance(label, str) and _CODE.fullmatch(label.strip()) for label in labels)


def warn_of_labels(
    frame: pd.DataFrame, cells_of: Callable[[str], Iterable[object]], source: str
) -> None:
    """Warn of columns of labels in which NA or None may be a label.

    NA: at least three other labels are codes, half of them of two letters; or at least two are codes, and other missing
    cells of the column are written in another way, such as <undefined>.  None: all other labels begin with a letter.

    Parameters
    ----------
    frame : DataFrame, (N, number of columns)
        The table; texts for missing values have been replaced by missing values.
    cells_of : callable
        Returns the cells of a column as they are written.
    source : str
        Name of the file in the warning.
    """
    for position, (name, dtype) in enumerate(frame.dtypes.items()):
        column = frame.iloc[:, position] if getattr(dtype, "kind", "O") == "O" else None
        if column is None or not column.isna().any():
            continue
        labels = column.dropna().unique().tolist()
        words = _candidates(labels)
        if not words:
            continue
        cells = [cell.strip() for cell in cells_of(str(name)) if isinstance(cell, str)]
        for word in words:
            n = cells.count(word)
            if n and (word == NONE or _is_like(labels) or n < column.isna().sum()):
                warn(
                    sentence(
                        "column {!r} of {} has {} with {}, which is read as a missing value, among labels such as {}; "
                        "if {} is one of the labels, give {}",
                        name, source, counted(n, "cell"), word, listed(list(map(str, labels[:3]))), word,
                        Setting("not_missing", name),
                    )
                )  # fmt: skip


def _candidates(labels: Sequence[object]) -> list[str]:
    """Return the words for missing values that may be labels beside these."""
    are_words = len(labels) <= _MOST_WORDS and all(
        isinstance(label, str) and label.strip()[:1].isalpha() for label in labels
    )
    is_candidate = {
        NA: len(labels) > 1 and may_be_among(labels),
        NONE: len(labels) > 0 and are_words,
    }
    return [word for word, is_one in is_candidate.items() if is_one and word not in labels]


def _is_like(codes: Sequence[str]) -> bool:
    """Whether NA is like these codes: half of at least three have two letters."""
    n = sum(len(code.strip()) == len(NA) and code.strip().isalpha() for code in codes)
    return len(codes) >= _FEWEST and 2 * n >= len(codes)
