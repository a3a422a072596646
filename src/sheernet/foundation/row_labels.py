"""`require_paired`: check that values paired by position, such as X and y, do not have labels in another order.

Data frames and Series of pandas have a label for each row, their index.  Rows are paired by position, as in
scikit-learn; the same labels in another order show that this pairs the wrong rows.
"""

from __future__ import annotations

import sys
from typing import Any

from sheernet.foundation.caller_warnings import warn
from sheernet.foundation.errors import InvalidInput


def require_paired(X: Any, y: Any, nouns: tuple[str, str] = ("X", "y")) -> None:
    """Raise if X and y have the same row labels in another order.

    Parameters
    ----------
    X, y : object
        Values whose rows are paired by position.  Without labels, or with different lengths, nothing is checked.
    nouns : tuple of str
        Their names in messages.

    Raises
    ------
    InvalidInput
        If neither has the default labels 0, 1, 2, ..., and both have the same labels in different order.

    Warns
    -----
    SheernetWarning
        If one has the default labels in different order, or only some of the labels are the same.

    Examples
    --------
    >>> import pandas as pd
    >>> from sheernet.foundation.row_labels import require_paired
    >>> require_paired(pd.Series([1, 2], index=["a", "b"]), pd.Series([1, 2], index=["b", "a"]))
    Traceback (most recent call last):
        ...
    sheernet.InvalidInput: y has the row labels of X in another order; pair them by y.loc[X.index], or by position: \
y.to_numpy()
    """
    pandas = sys.modules.get("pandas")
    if pandas is None:
        return
    left, right = getattr(X, "index", None), getattr(y, "index", None)
    if not isinstance(left, pandas.Index) or not isinstance(right, pandas.Index):
        return
    if len(left) != len(right) or left.equals(right):
        return
    are_same = left.isin(right)
    default = pandas.RangeIndex(len(left))
    x_noun, y_noun = nouns
    ways = f"pair them by {y_noun}.loc[{x_noun}.index], or by position: {y_noun}.to_numpy()"
    if are_same.all() and right.isin(left).all():
        message = f"{y_noun} has the row labels of {x_noun} in another order; {ways}"
        if not (left.equals(default) or right.equals(default)):
            raise InvalidInput(message)
        warn(f"rows are paired by position, but {message}")
    elif are_same.any() and not (left.equals(default) or right.equals(default)):
        warn(
            f"rows are paired by position, but {y_noun} has {int(right.isin(left).sum())} of the {len(left)} row "
            f"labels of {x_noun}, and others; select the same rows of both, or give {y_noun}.to_numpy()"
        )
