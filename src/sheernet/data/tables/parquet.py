"""Reading Parquet files with pyarrow."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sheernet.data.tables.opening import Opened
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.optional import import_optional
from sheernet.settings.read_settings import ReadSettings

if TYPE_CHECKING:
    import pandas as pd

MOST_CELLS = 2**29
"""Maximum number of cells; a small compressed file can contain any number of equal values."""


def read_parquet(file: Opened, options: ReadSettings) -> tuple[pd.DataFrame, str]:
    """Read a Parquet file.

    Returns
    -------
    DataFrame, (N, number of columns)
        A named index that pandas wrote becomes a column; an unnamed one is left out.
    str
        Description of how the file was read, for `Table.reading`.

    Raises
    ------
    InvalidInput
        If it is damaged, or too large.
    """
    parquet = import_optional("pyarrow.parquet", extra="parquet", purpose="Parquet files")
    try:
        with parquet.ParquetFile(file.path) as content:
            cells = content.metadata.num_rows * content.metadata.num_columns
            if cells <= MOST_CELLS:
                # Without pandas' metadata, each level of the index is an ordinary column.
                frame = content.read().to_pandas(ignore_metadata=True)
    except Exception as error:  # pyarrow's errors have no other common base class
        if isinstance(error, MemoryError):
            raise
        # pyarrow's message is several sentences about the internals of the file, so it is only the cause.
        raise InvalidInput(
            f"{file.name} is a Parquet file that is damaged, incomplete, or has values of an unsupported type; copy it "
            "again from its source, or write the table as CSV"
        ) from error
    if cells > MOST_CELLS:
        raise InvalidInput(
            f"{file.name} has {cells:,} cells, more than the maximum of {MOST_CELLS:,}; write fewer rows or columns"
        )
    kept = [not re.fullmatch(r"__index_level_\d+__", str(name)) for name in frame.columns]
    return frame.loc[:, kept], "Parquet"
