"""Writing tables as CSV or Parquet files.

A table that is written and read back has bitwise equal numbers, except whole numbers of more than 15 digits in CSV.
"""

from __future__ import annotations

import csv
import gzip
import io
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from sheernet.data.tables.table import require_distinct
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.optional import import_optional
from sheernet.foundation.storage import write_file
from sheernet.foundation.words import listed

if TYPE_CHECKING:
    import pandas as pd

EXTENSIONS = (".csv", ".csv.gz", ".parquet")
"""File extensions that `write_table` supports."""


def write_table(
    frame: pd.DataFrame, path: str | os.PathLike[str], *, overwrite: bool = False
) -> Path:
    """Write a table as CSV or Parquet, atomically.

    Parameters
    ----------
    frame : DataFrame, (N, number of columns)
        The columns; the index is not written.
    path : path
        The file extension determines the format: .csv, .csv.gz or .parquet.
    overwrite : bool
        Whether an existing file may be replaced.

    Returns
    -------
    Path

    Raises
    ------
    InvalidInput
        If the file extension is not supported, names of columns are not distinct, a column cannot be written, or the
        file exists and `overwrite` is False.
    """
    target = Path(path)
    require_distinct([str(name) for name in frame.columns], "the table")
    name = target.name.lower()
    if not name.endswith(EXTENSIONS):
        raise InvalidInput(
            f"the extension of a table file must be {listed(EXTENSIONS, 'or')}, but {target.name!r} was given"
        )
    content = _parquet(frame) if name.endswith(".parquet") else csv_text(frame).encode()
    if name.endswith(".gz"):
        content = gzip.compress(content, mtime=0)  # equal tables give equal files
    return write_file(target, content, overwrite=overwrite)


def csv_text(frame: pd.DataFrame) -> str:
    r"""Convert a table to CSV.

    Parameters
    ----------
    frame : DataFrame, (N, number of columns)
        The columns; the index is not written.

    Returns
    -------
    str
        A header and one line per row, with commas, decimal points and "\n" at the end of each line; missing values are
        empty.  Numbers have enough digits to be read back as the same float64.  Text that looks like a number is read
        back as a number.

    Examples
    --------
    >>> import pandas as pd
    >>> from sheernet.data.tables import csv_text
    >>> print(csv_text(pd.DataFrame({"hours": [0.1, None], "group": ["a", "b"]})), end="")
    hours,group
    0.1,a
    ,b
    """
    narrow = {  # their shortest decimal digits would be read back as another float64
        name: np.float64
        for name, dtype in frame.dtypes.items()
        if dtype in (np.float16, np.float32)
    }
    quoting: Literal[0, 2] = csv.QUOTE_NONNUMERIC if _needs_quotes(frame) else csv.QUOTE_MINIMAL
    return str(frame.astype(narrow).to_csv(index=False, lineterminator="\n", quoting=quoting))


def defused(frame: pd.DataFrame) -> pd.DataFrame:
    r"""Put an apostrophe before text that a spreadsheet program would run as a formula.

    Parameters
    ----------
    frame : DataFrame, (N, number of columns)
        Not modified.

    Returns
    -------
    DataFrame
        Names and texts that begin with =, +, -, @, a tab or a carriage return have an apostrophe before them, except
        numbers such as -1.5.

    Examples
    --------
    >>> import pandas as pd
    >>> from sheernet.data.tables import defused
    >>> defused(pd.DataFrame({"site": ['=HYPERLINK("http://x")', "-1.5", "a"]}))["site"].tolist()
    ['\'=HYPERLINK("http://x")', '-1.5', 'a']
    """
    safe = frame.set_axis([_defused(name) for name in frame.columns], axis="columns")
    for position, dtype in enumerate(frame.dtypes):
        if not isinstance(dtype, np.dtype) or dtype.hasobject:
            column = frame.iloc[:, position].astype(object)
            safe.isetitem(position, column.map(_defused).array)
    return safe


def _defused(value: Any) -> Any:
    if not isinstance(value, str) or not value.startswith(("=", "+", "-", "@", "\t", "\r")):
        return value
    try:
        float(value)
    except ValueError:
        return f"'{value}"
    return value


def _needs_quotes(frame: pd.DataFrame) -> bool:
    """Whether text has separators other than commas, or leading spaces, which `read_table` would misinterpret."""
    texts = [str(name) for name in frame.columns]
    for position, dtype in enumerate(frame.dtypes):
        if getattr(dtype, "kind", "") == "M":
            texts.append("0000-00-00 00:00")  # the form of all dates if one has a time of day
        elif not isinstance(dtype, np.dtype) or dtype.hasobject:
            texts.extend(map(str, frame.iloc[:, position].unique()))
    layout = r"^\s|[;\t|]" if len(frame.columns) > 1 else r"\s|[;\t|]"
    return any(map(re.compile(layout).search, texts))


def _parquet(frame: pd.DataFrame) -> bytes:
    import_optional("pyarrow", extra="parquet", purpose="Parquet files")
    content = io.BytesIO()
    plain = frame.reset_index(drop=True).set_axis(
        [str(name) for name in frame.columns], axis="columns"
    )
    try:
        plain.to_parquet(content, engine="pyarrow", index=False)
    except Exception as error:
        if isinstance(error, (MemoryError, OSError)):
            raise
        reason = " ".join(str(error).split())[:200]
        raise InvalidInput(
            f"the table cannot be written as Parquet ({reason}); write it as .csv"
        ) from None
    return content.getvalue()
