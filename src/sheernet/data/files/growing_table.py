"""A table file that is written block by block, so that it may be larger than the memory."""

from __future__ import annotations

import gzip
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Self

from sheernet.data.files.table_writer import csv_text, is_csv
from sheernet.foundation.atomic_files import growing_file
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.message_text import listed
from sheernet.foundation.optional import import_optional
from sheernet.foundation.sentences import in_quotes

if TYPE_CHECKING:
    import pandas as pd

GROWING = (".csv", ".csv.gz", ".parquet")
"""Extensions of files that can be written block by block."""

Append = Callable[["pd.DataFrame"], None]


@contextmanager
def growing_table(
    path: str | os.PathLike[str], *, overwrite: bool = False, fields: Any = None
) -> Iterator[Append]:
    """Write a table block by block; the file exists under its name only when it is complete.

    Parameters
    ----------
    path : path
        The extension determines the format: .csv, .csv.gz or .parquet.
    overwrite : bool
        Whether an existing file may be replaced.
    fields : pyarrow.Schema, optional
        Types of columns of a Parquet file that have no value in the first block.

    Yields
    ------
    callable
        Appends the rows of a DataFrame.  All blocks have the columns of the first block, in the same order.

    Raises
    ------
    InvalidInput
        If the extension is not supported, the file exists and `overwrite` is False, the system reports an error, or a
        block has other columns or types than the first.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> import pandas as pd
    >>> from sheernet.data.files.growing_table import growing_table
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with growing_table(Path(folder) / "y.csv") as append:
    ...         append(pd.DataFrame({"y": [1.5]}))
    ...         append(pd.DataFrame({"y": [2.5]}))
    ...     print((Path(folder) / "y.csv").read_text(), end="")
    y
    1.5
    2.5
    """
    target = Path(path)
    name = target.name.lower()
    if not name.endswith(GROWING):
        raise InvalidInput(
            f"a table that is written block by block must end in {listed(GROWING, 'or')}, but "
            f"{in_quotes(target.name)} was given"
        )
    with growing_file(target, overwrite=overwrite) as file:
        if not is_csv(name):
            with _ParquetBlocks(file, target.name, fields) as blocks:
                yield blocks.append
        elif name.endswith(".gz"):
            # equal tables give equal files
            with gzip.GzipFile(fileobj=file, mode="wb", filename="", mtime=0) as packed:
                yield _CsvBlocks(packed, target.name).append
        else:
            yield _CsvBlocks(file, target.name).append


class _CsvBlocks:
    """Writes the names of the columns once, and then rows."""

    def __init__(self, file: Any, name: str) -> None:
        self.file, self.name = file, name
        self.columns: list[str] | None = None

    def append(self, frame: pd.DataFrame) -> None:
        columns = list(map(str, frame.columns))
        self.file.write(csv_text(frame, header=self.columns is None).encode("utf-8"))
        self.columns = self.columns or columns
        _require_columns(self.columns, columns, self.name)


class _ParquetBlocks:
    """Writes each block as row groups with the types of the first block."""

    def __init__(self, file: BinaryIO, name: str, fields: Any) -> None:
        self.file, self.name, self.fields = file, name, fields
        self.pyarrow = import_optional("pyarrow", extra="parquet", purpose="Parquet files")
        self.parquet = import_optional("pyarrow.parquet", extra="parquet", purpose="Parquet files")
        self.writer: Any = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        if self.writer is not None:
            self.writer.close()

    def append(self, frame: pd.DataFrame) -> None:
        frame = frame.set_axis(list(map(str, frame.columns)), axis="columns")
        if self.writer is None:
            self.writer = self.parquet.ParquetWriter(self.file, self._schema(frame))
        _require_columns(self.writer.schema.names, list(map(str, frame.columns)), self.name)
        self.writer.write_table(self._table(frame, self.writer.schema))

    def _schema(self, frame: pd.DataFrame) -> Any:
        """Return the types of the columns of the first block."""
        found = self._table(frame, None).schema.remove_metadata()
        for k, field in enumerate(found):
            known = -1 if self.fields is None else self.fields.get_field_index(field.name)
            if self.pyarrow.types.is_null(field.type) and known >= 0:
                found = found.set(k, self.fields.field(known))
        return found

    def _table(self, frame: pd.DataFrame, schema: Any) -> Any:
        try:
            table = self.pyarrow.Table.from_pandas(frame, schema=schema, preserve_index=False)
        except (self.pyarrow.ArrowInvalid, self.pyarrow.ArrowTypeError) as error:
            reason = " ".join(str(error).split())[:200]
            raise InvalidInput(
                f"{self.name} cannot be written, because the values of a column do not have one type ({reason}); "
                "write it as .csv"
            ) from None
        return table.replace_schema_metadata(None)


def _require_columns(known: list[str], given: list[str], name: str) -> None:
    if known != given:
        raise InvalidInput(
            f"{name} cannot be written: its columns are {listed(known)}, but a later block has {listed(given)}"
        )
