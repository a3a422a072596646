"""Row numbers in a column without a name, as R and pandas write them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

NAMELESS = re.compile(r"row( \d+)?|rownames|row\.names|unnamed: \d+(\.\d+)*", re.IGNORECASE)
"""Names of a column of row numbers: "row" is given by `name_columns`, the others by pandas and R."""


def are_row_numbers(cells: pd.Series[Any]) -> bool:
    """Whether a column without a name has a different whole number in each row.

    Examples
    --------
    >>> import pandas as pd
    >>> from sheernet.data.formats.row_numbers import are_row_numbers
    >>> [are_row_numbers(pd.Series([7, 3, 4], name=name)) for name in ("row", "age")]
    [True, False]
    """
    if NAMELESS.fullmatch(str(cells.name)) is None:
        return False
    numbers = cells.infer_objects()  # the cells of a sheet
    return numbers.dtype.kind in "iu" and bool(numbers.ge(0).all()) and numbers.is_unique
