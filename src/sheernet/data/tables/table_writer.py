"""Writing tables.

Reading them back gives the same bits; whole numbers in CSV only up to 15 digits.
"""

from __future__ import annotations

import csv
import gzip
import io
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np

from sheernet.data.tables.table import require_distinct
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.optional import import_optional
from sheernet.foundation.storage import write_file
from sheernet.foundation.words import listed

if TYPE_CHECKING:
    import pandas as pd

ENDINGS = (".csv", ".csv.gz", ".parquet")
"""Endings of the names of files that `write_table` can write."""


def write_table(
    frame: pd.DataFrame, path: str | os.PathLike[str], *, overwrite: bool = False
) -> Path:
    """Write a table as CSV or Parquet, atomically.

    Parameters
    ----------
    frame : DataFrame, (N, number of columns)
        The columns; the index is not written.
    path : path
        Its ending decides on the format: .csv, .csv.gz or .parquet.
    overwrite : bool
        Whether an existing file may be replaced.

    Returns
    -------
    Path

    Raises
    ------
    InvalidInput
        If the ending is a different one, names of columns are not distinct, a column cannot be written, or the file
        exists and must not be replaced.
    """
    target = Path(path)
    require_distinct([str(name) for name in frame.columns], "the table")
    name = target.name.lower()
    if not name.endswith(ENDINGS):
        raise InvalidInput(
            f"a table is written to a file ending in {listed(ENDINGS, 'or')}, but {target.name!r} was given"
        )
    content = _parquet(frame) if name.endswith(".parquet") else csv_text(frame).encode()
    if name.endswith(".gz"):
        content = gzip.compress(content, mtime=0)  # the same table gives the same file
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
        Commas, decimal points, a line of names, "\n" at the end of each line; missing values are empty.  A number has
        the digits that give the same float64 back.  Text that reads as a number is read back as one.

    Examples
    --------
    >>> import pandas as pd
    >>> from sheernet.data.tables import csv_text
    >>> print(csv_text(pd.DataFrame({"hours": [0.1, None], "group": ["a", "b"]})), end="")
    hours,group
    0.1,a
    ,b
    """
    short = {  # their shortest digits are those of a different float64
        name: np.float64
        for name, dtype in frame.dtypes.items()
        if dtype in (np.float16, np.float32)
    }
    quoting: Literal[0, 2] = csv.QUOTE_NONNUMERIC if _needs_quotes(frame) else csv.QUOTE_MINIMAL
    return str(frame.astype(short).to_csv(index=False, lineterminator="\n", quoting=quoting))


def _needs_quotes(frame: pd.DataFrame) -> bool:
    """Whether text has separators other than commas, or leading blanks, which a reader would misinterpret."""
    texts = [str(name) for name in frame.columns]
    for position, dtype in enumerate(frame.dtypes):
        if getattr(dtype, "kind", "") == "M":
            texts.append("0000-00-00 00:00")  # all are written so if one has a time of day
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
