"""Reading Parquet files with pyarrow.

A small file can describe a huge table by runs of equal values, or by one text that many rows share.  Rows are read in
batches in which texts stay in dictionaries.  The memory that a batch needs is counted before it is converted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sheernet.data.files.opening import Allowance, Opened, require_few_columns
from sheernet.data.tables.table import require_distinct
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.optional import import_optional
from sheernet.foundation.pandas_import import import_pandas
from sheernet.settings.read_settings import ReadSettings

if TYPE_CHECKING:
    import pandas as pd

MOST_CELLS = 2**29
"""Maximum number of cells."""
_ROWS_OF_BATCH = 2**16
_BYTES_OF_BATCH = 2**26
_BYTES_OF_OBJECT = 64  # of a Python object, such as a text or an array
_KEPT_IN_DICTIONARIES = {"PLAIN", "PLAIN_DICTIONARY", "RLE_DICTIONARY", "RLE", "BIT_PACKED"}
"""Encodings of texts that pyarrow reads into dictionaries.  In others, each text may repeat the one before."""


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
        If the file is damaged, or needs more memory than an `opening.Allowance` for its size.
    """
    parquet = import_optional("pyarrow.parquet", extra="parquet", purpose="Parquet files")
    pyarrow = import_optional("pyarrow", extra="parquet", purpose="Parquet files")
    with readable(file.name):
        with parquet.ParquetFile(file.path) as content:
            _require_few_cells(content.metadata, file.name)
            names = [name for name in content.schema_arrow.names if not is_unnamed_index(name)]
            require_distinct(names, file.name)
            other = names_in_other_encodings(content)
        texts = [
            f.name
            for f in content.schema_arrow
            if is_text(f.type, pyarrow.types) and f.name not in other
        ]
        with parquet.ParquetFile(file.path, read_dictionary=texts) as content:
            batches = list(_batches(content, names, Allowance(file)))
            frame = frame_of(pyarrow.Table.from_batches(batches), pyarrow) if batches else None
    return import_pandas().DataFrame(columns=names) if frame is None else frame, "Parquet"


@contextmanager
def readable(name: str) -> Iterator[None]:
    """Raise InvalidInput, which names the file, for an error of pyarrow."""
    try:
        yield
    except (InvalidInput, MemoryError, ImportError):  # a library may not load for lack of memory
        raise
    except Exception as error:  # pyarrow's errors have no other common base class
        if "Failed to launch worker thread" in str(error):  # there is no memory for its stack
            raise MemoryError(str(error)) from error
        # pyarrow's message is several sentences about the internals of the file, so it is only the cause.
        raise InvalidInput(
            f"{name} is a Parquet file that is damaged, incomplete, or has values of an unsupported type; copy it "
            "again from its source, or write the table as CSV"
        ) from error


def _require_few_cells(metadata: Any, name: str) -> None:
    require_few_columns(metadata.num_columns, name)
    cells = metadata.num_rows * metadata.num_columns
    if cells > MOST_CELLS:
        raise InvalidInput(
            f"{name} has {cells:,} cells, more than the maximum of {MOST_CELLS:,}; write fewer rows or columns"
        )


def is_unnamed_index(name: str) -> bool:
    """Whether a column has the name that pandas gives to an index without a name."""
    return re.fullmatch(r"__index_level_\d+__", name) is not None


def is_text(dtype: Any, types: Any) -> bool:
    """Whether a type of pyarrow is text, given `pyarrow.types`."""
    kinds = (types.is_string, types.is_large_string, types.is_binary, types.is_large_binary)
    return any(holds(dtype) for holds in kinds)


def names_in_other_encodings(content: Any) -> set[str]:
    """Return the names of the columns of a `ParquetFile` with an encoding that cannot be read into dictionaries."""
    _require_readable_metadata(content)
    metadata = content.metadata
    return {
        column.path_in_schema
        for group in range(metadata.num_row_groups)
        for j in range(metadata.num_columns)
        if not _KEPT_IN_DICTIONARIES.issuperset(
            (column := metadata.row_group(group).column(j)).encodings
        )
    }


def _require_readable_metadata(content: Any) -> None:
    """Raise pyarrow's error if the metadata of a column are damaged.

    `metadata.row_group(group).column(j)` would end the process.  A batch without rows opens all columns of a row group
    but decodes nothing.  The method of `ParquetFile` refuses batches without rows, its reader does not.
    """
    for group in range(content.num_row_groups):
        list(content.reader.iter_batches(0, row_groups=[group], use_threads=False))


def _batches(content: Any, names: list[str], allowance: Allowance) -> Iterator[Any]:
    """Yield batches of rows; raise before the next batch if the batches need too much memory."""
    rows = _ROWS_OF_BATCH
    metadata = content.metadata
    for group in range(metadata.num_row_groups):
        for j in range(metadata.num_columns):
            column = metadata.row_group(group).column(j)
            allowance.unpack(column.total_uncompressed_size)
            allowance.decode(8 * max(column.num_values - metadata.row_group(group).num_rows, 0))
            # No text is longer than all texts together.
            if column.physical_type == "BYTE_ARRAY" and not _KEPT_IN_DICTIONARIES.issuperset(
                column.encodings
            ):
                rows = min(rows, max(1, _BYTES_OF_BATCH // max(column.total_uncompressed_size, 1)))
    for batch in content.iter_batches(rows, columns=names, use_threads=False):
        for column in batch.columns:
            allowance.decode(_memory_of(column))
        yield batch


def _memory_of(column: Any) -> int:
    """Return the number of bytes that a column of a batch takes in pandas, with a text for each row."""
    types = import_optional("pyarrow.types", extra="parquet", purpose="Parquet files")
    compute = import_optional("pyarrow.compute", extra="parquet", purpose="Parquet files")
    if types.is_dictionary(column.type):
        lengths = compute.binary_length(column.dictionary).take(column.indices)
        return (compute.sum(lengths).as_py() or 0) + _BYTES_OF_OBJECT * len(column)
    objects = _BYTES_OF_OBJECT * len(column) if types.is_nested(column.type) else 0
    return int(column.nbytes) + objects + 8 * len(column)


def frame_of(table: Any, pyarrow: Any) -> pd.DataFrame:
    """Convert to pandas; whole numbers with missing values stay integers, because float64 cannot represent all."""
    pandas = import_pandas()
    nullable = {
        getattr(pyarrow, name.lower())(): getattr(pandas, f"{name}Dtype")()
        for name in ("Int8", "Int16", "Int32", "Int64", "UInt8", "UInt16", "UInt32", "UInt64")
    }
    with_gaps = [
        j
        for j, field in enumerate(table.schema)
        if field.type in nullable and table.column(j).null_count
    ]
    # Without pandas' metadata, each level of the index is an ordinary column.
    frame = table.to_pandas(ignore_metadata=True)
    for j in with_gaps:
        column = table.column(j)
        frame.isetitem(j, column.to_pandas(types_mapper=nullable.get).array)
    return frame
