"""Dividing Parquet files into ranges of row groups, and reading these.

Row groups are read one at a time: readers of whole files decode several ahead.  (4 million rows by 12 columns, 384 MB:
`iter_batches` takes 529 MB, `read_row_group` in a loop 53 MB.)
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sheernet.data.files.opening import require_few_columns
from sheernet.data.files.parquet import (
    frame_of,
    is_text,
    is_unnamed_index,
    names_in_other_encodings,
    readable,
)
from sheernet.data.tables.table import require_distinct
from sheernet.foundation.optional import import_optional

if TYPE_CHECKING:
    import pandas as pd

BYTES_OF_VALUE = 8


def divide_row_groups(
    path: Path, rows: int, n_bytes: int
) -> tuple[tuple[str, ...], list[tuple[int, int, int]]]:
    """Divide a Parquet file.

    Parameters
    ----------
    path : Path
        The file.
    rows, n_bytes : int
        Goals of a part: it ends before the row group with which it would have more rows, or more bytes in memory.

    Returns
    -------
    tuple of str
        Names of the columns.
    list of (start, stop, n_rows)
        The row groups and the number of rows of each part; parts without rows are left out.
    """
    parquet = import_optional("pyarrow.parquet", extra="parquet", purpose="Parquet files")
    with readable(path.name), parquet.ParquetFile(path) as content:
        metadata = content.metadata
        names = tuple(n for n in content.schema_arrow.names if not is_unnamed_index(n))
        counts = [metadata.row_group(g).num_rows for g in range(metadata.num_row_groups)]
    require_few_columns(len(names), path.name)
    require_distinct(names, path.name)
    most = max(1, min(rows, n_bytes // (BYTES_OF_VALUE * max(len(names), 1))))
    return names, list(_ranges(counts, most))


def _ranges(counts: Sequence[int], most: int) -> Iterator[tuple[int, int, int]]:
    """Yield consecutive groups (start, stop, sum of counts) of at most `most`, or of a single larger count."""
    start, total = 0, 0
    for position, count in enumerate(counts):
        if total and total + count > most:
            yield start, position, total
            start, total = position, 0
        total += count
    if total:
        yield start, len(counts), total


def read_row_groups(
    path: Path, groups: range, columns: Sequence[str] | None = None
) -> pd.DataFrame:
    """Read row groups of a Parquet file, in all or some of its columns, as `read_parquet` reads a file."""
    parquet = import_optional("pyarrow.parquet", extra="parquet", purpose="Parquet files")
    pyarrow = import_optional("pyarrow", extra="parquet", purpose="Parquet files")
    with readable(path.name):
        with parquet.ParquetFile(path) as content:
            schema = content.schema_arrow
            other = names_in_other_encodings(content)
        texts = [f.name for f in schema if is_text(f.type, pyarrow.types) and f.name not in other]
        names = columns if columns is not None else schema.names
        names = [name for name in schema.names if name in set(names) and not is_unnamed_index(name)]
        with parquet.ParquetFile(path, read_dictionary=texts) as content:
            parts = [content.read_row_group(g, columns=names, use_threads=False) for g in groups]
            return frame_of(pyarrow.concat_tables(parts), pyarrow)
