"""`Shard`: the recipe of a part of a data set, from which its rows can be read on any machine that has the file."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Self

from sheernet.data.formats.cell_formats import CellFormat
from sheernet.data.formats.number_formats import Marks
from sheernet.data.formats.text_conversion import convert_text, replace_missing_markers
from sheernet.data.shards.parquet_shards import read_row_groups
from sheernet.data.shards.text_shards import TextForm, read_cells_of_lines, read_lines
from sheernet.data.tables.reading import Reading
from sheernet.data.tables.table import Table, make_table
from sheernet.foundation.errors import InvalidInput
from sheernet.settings.read_settings import ReadSettings

if TYPE_CHECKING:
    import pandas as pd

PARQUET, TEXT = "Parquet", "text"


@dataclass(frozen=True)
class Shard:
    """Consecutive rows of a file.

    Parameters
    ----------
    number : int
        Position in the data set, from 0.
    path : str
        The file.
    form : {"Parquet", "text"}
        Type of the file.
    start, stop : int
        The row groups, or the bytes of a text file.
    first_row : int
        Number of the first row in the data set, from 0.
    row_of_file : int
        Number of the first row in the file, from 0.
    n_rows : int
        The number of rows, at least 1.
    size, mtime_ns : int
        Number of bytes and time of modification of the file; a file that has others now is refused.
    like : Reading, optional
        How the data set is read.
    text : TextForm, optional
        How a text file is written.
    options : ReadSettings, optional
        What was given about the way in which the files are written.
    """

    number: int
    path: str
    form: str
    start: int
    stop: int
    first_row: int
    row_of_file: int
    n_rows: int
    size: int
    mtime_ns: int
    like: Reading | None = None
    text: TextForm | None = None
    options: ReadSettings = field(default_factory=ReadSettings)

    @property
    def key(self) -> str:
        """A digest of the recipe."""
        return hashlib.sha256(repr(self).encode()).hexdigest()[:32]

    @property
    def source(self) -> str:
        """Name of the rows in messages: rows in a message are counted from the first of them."""
        name = Path(self.path).name
        return f"{name} (from data row {self.row_of_file + 1} on)" if self.row_of_file else name

    def read(self, columns: Sequence[str] | None = None) -> Table:
        """Read the rows.

        Parameters
        ----------
        columns : sequence of str, optional
            Names of the columns to read; by default all.

        Returns
        -------
        Table
            `n_rows` rows, with the values that `read_table` reads.

        Raises
        ------
        InvalidInput
            If the file was changed or removed, or cannot be read.
        """
        self._require_unchanged()
        path = Path(self.path)
        if self.form == PARQUET:
            frame = read_row_groups(path, range(self.start, self.stop), columns)
            table = as_shard_table(frame, self, PARQUET)
        else:
            table = self._read_lines(columns)
        self._require_unchanged()
        if len(table) != self.n_rows:
            raise InvalidInput(
                f"{self.source} has {len(table)} rows where {self.n_rows} were counted; write the file as plain CSV or "
                "as Parquet"
            )
        return table

    def written(self) -> pd.DataFrame | None:
        """Return the cells of a text file as they are written, in the rows and columns of `read`; None for others."""
        if self.text is None:
            return None
        block = (self.start, self.stop)
        return read_cells_of_lines(Path(self.path), block, self.source, self.text)

    def read_as_in(self, reading: Reading) -> Self:
        """The recipe of the same rows, with the formats and the markers of missing values of another data set.

        Marks that were given for this data set apply to its numbers.
        """
        own = {} if self.like is None else self.like.formats
        has_marks = self.options.decimal is not None or self.options.thousands is not None
        numbers = {n: f for n, f in own.items() if f.kind == "number"} if has_marks else {}
        markers = self.options.missing_values or reading.missing_values
        return replace(
            self,
            like=replace(reading, formats={**own, **reading.formats, **numbers}),
            options=replace(self.options, missing_values=markers),
        )

    def _read_lines(self, columns: Sequence[str] | None) -> Table:
        """Read a block of a text file; without formats that are kept, find them.

        Columns that are not used need not have the format of the first block.
        """
        assert self.text is not None
        kept = {
            name: form
            for name, form in ({} if self.like is None else self.like.formats).items()
            if columns is None or name in columns or form.is_text
        }
        block = (self.start, self.stop)
        frame, reading, formats = read_lines(
            Path(self.path),
            block,
            self.source,
            self.text,
            kept,
            "the first rows of the data set hold",
            self.options,
        )
        if columns is not None:
            frame = frame[[name for name in frame.columns if name in set(columns)]]
        read_as = Reading(formats, column_units=self.text.layout.units)
        return make_table(frame, self.source, reading, read_as)

    def _require_unchanged(self) -> None:
        found = state_of(Path(self.path))
        if found != (self.size, self.mtime_ns):
            what = "was removed" if found is None else "was changed"
            raise InvalidInput(
                f"{Path(self.path).name} {what} after its rows were divided; run again if it is complete, or give a "
                "copy of it"
            )


def as_shard_table(frame: pd.DataFrame, shard: Shard, reading: str) -> Table:
    """Return the table of a frame whose columns have types, read as the data set of a shard is."""
    frame = replace_missing_markers(frame, shard.options.missing_values)
    return _in_formats(make_table(frame, shard.source, reading), shard.like)


def state_of(path: Path) -> tuple[int, int] | None:
    """Return size and time of modification of a file; None if it cannot be found."""
    try:
        found = path.stat()
    except (OSError, ValueError):
        return None
    return found.st_size, found.st_mtime_ns


def _in_formats(table: Table, like: Reading | None) -> Table:
    """Convert the columns of text whose format is known."""
    known: Mapping[str, CellFormat] = {} if like is None else like.formats
    known = {
        name: form for name, form in known.items() if not form.is_text and name in table.columns
    }
    if not known:
        return table
    frame = table.frame.copy(deep=False)
    convert_text(frame, Marks(), known, table.source, only_like=True)
    return make_table(frame, table.source, table.reading, table.read_as, table.orders)
