"""`warn_of_codes`: warn if NA, which is read as missing, occurs among short codes and may be a label."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from sheernet.foundation.caller_warnings import warn
from sheernet.foundation.message_text import counted, listed
from sheernet.foundation.sentences import Setting, sentence

if TYPE_CHECKING:
    import pandas as pd

WORD = "NA"
_CODE = re.compile(r"[A-Z][A-Z0-9]{1,4}")
_FEWEST = 3


def may_be_among(labels: Iterable[object]) -> bool:
    """Whether NA may be one of these labels of a column: all others are short codes of capital letters and digits.

    Examples
    --------
    >>> from sheernet.data.files.na_labels import may_be_among
    >>> may_be_among(["EMEA", "A123"]), may_be_among(["f", "m"])
    (True, False)
    """
    return all(isinstance(label, str) and _CODE.fullmatch(label.strip()) for label in labels)


def warn_of_codes(
    frame: pd.DataFrame, cells_of: Callable[[str], Iterable[object]], source: str
) -> None:
    """Warn of columns of codes in which NA may be a label.

    At least three other labels are codes, half of them of two letters; or at least two are codes, and other missing
    cells of the column are written in another way, such as <undefined>.

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
        if WORD in labels or len(labels) < 2 or not may_be_among(labels):
            continue
        of_two = sum(
            len(label.strip()) == len(WORD) and label.strip().isalpha() for label in labels
        )
        n = sum(isinstance(c, str) and c.strip() == WORD for c in cells_of(str(name)))
        is_like_others = len(labels) >= _FEWEST and 2 * of_two >= len(labels)
        if n and (is_like_others or n < column.isna().sum()):
            warn(
                sentence(
                    "column {!r} of {} has {} with NA, which is read as a missing value, among labels such as {}; if "
                    "NA is one of the labels, give {}",
                    name, source, counted(n, "cell"), listed(list(map(str, labels[:3]))), Setting("not_missing", name),
                )
            )  # fmt: skip
