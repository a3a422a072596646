"""`read_table`: reading a file, a DataFrame or a mapping as a `Table`."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sheernet.data.tables import delimited, opening, signatures
from sheernet.data.tables.cell_formats import CellFormat
from sheernet.data.tables.matlab_reader import read_matlab
from sheernet.data.tables.number_formats import Marks
from sheernet.data.tables.opening import Opened, opened
from sheernet.data.tables.other_frames import frame_from
from sheernet.data.tables.pandas_import import import_pandas
from sheernet.data.tables.parquet import read_parquet
from sheernet.data.tables.reading import Reading
from sheernet.data.tables.spreadsheet import read_spreadsheet
from sheernet.data.tables.table import Table, make_table
from sheernet.data.tables.text_conversion import (
    convert_text,
    format_notes,
    replace_missing_markers,
    warn_of_doubts,
)
from sheernet.foundation.errors import InvalidInput
from sheernet.settings.read_settings import ReadSettings

if TYPE_CHECKING:
    import pandas as pd

_READERS: dict[str, Callable[[Opened, ReadSettings], tuple[pd.DataFrame, str]]] = {
    opening.EXCEL: read_spreadsheet,
    signatures.PARQUET: read_parquet,
    signatures.MATLAB: read_matlab,
}

_UNUSED = {
    opening.TEXT: (("sheet",), "does not apply to {}, a text file"),
    opening.EXCEL: (
        ("separator", "encoding"),
        "does not apply to {}, an Excel workbook",
    ),
    signatures.PARQUET: (
        ("samples", "separator", "decimal", "thousands", "encoding", "sheet"),
        "does not apply to {}, a Parquet file",
    ),
    signatures.MATLAB: (
        ("separator", "decimal", "thousands", "encoding", "sheet"),
        "does not apply to {}, a MATLAB file",
    ),
}
"""For each file type, the arguments that do not apply to it, and the reason for the message."""


def read_table(
    source: Any,
    *,
    samples: str = "rows",
    separator: str | None = None,
    decimal: str | None = None,
    thousands: str | None = None,
    encoding: str | None = None,
    sheet: str | int | None = None,
    missing_values: Sequence[str | float] = (),
    like: Reading | None = None,
) -> Table:
    """Read a table from a file or from columns in memory.

    Parameters
    ----------
    source : path, DataFrame, mapping of str to sequence, or Table
        A file, or columns in memory.  Files are CSV and similar text, Excel workbooks (.xlsx), Parquet files, and
        MATLAB files of version 5 to 7; except workbooks, they may be compressed with gzip, bzip2, xz, ZIP or Zstandard.
        The type of a file is recognized by its content.  A DataFrame is one of pandas, or of another package that
        narwhals supports, such as polars, Modin or pyarrow (a Table), if its rows are in memory.
    samples : str
        "rows", or "columns" if the samples of a file are its columns: then the first column of a text file or a sheet
        contains the names, and MATLAB matrices are transposed.
    separator : str, optional
        The character between the values of a text file, or its name: "comma", "semicolon", "tab", "bar", "space".
        By default determined from the first lines.
    decimal : str, optional
        Decimal mark of a text file, "." or ",".  By default determined, separately for each column if a file has both.
    thousands : {",", ".", "'", " "}, optional
        Separator of thousands; " " stands for every kind of space.  By default determined for each column.
    encoding : str, optional
        Encoding of a text file, by its name in Python.  By default determined from the content.
    sheet : str or int, optional
        Name of a sheet of a workbook, or its number from 1; the first by default.
    missing_values : sequence of str or float
        Further missing-value markers, in addition to empty cells and those in
        `sheernet.settings.read_settings.MISSING`: NA, N/A, NaN, NULL, None and variants.

    like : Reading, optional
        `Model.reading`: a column that the model knows is read in the same way as in the file that the model was
        fitted to, whatever the other rows contain; the marks of numbers are exchanged if `decimal` or `thousands` is
        given.

    Returns
    -------
    Table
        All rows and columns.  `reading` describes how a file was read.  A column of a text file that contains only
        digits, some with leading zeros, such as ZIP codes, is text.

    Raises
    ------
    InvalidInput
        If the source cannot be read as a table, has no rows, or an argument does not apply to it.
    MissingDependency
        If pandas, the package for the type of file, or narwhals, for another package's DataFrame, is not installed.

    Warns
    -----
    SheernetWarning
        If the column names of a text file are all numbers, it has blank lines between its rows, or the marks or units
        of a column are unclear; or if a workbook has formulas without stored results.

    Examples
    --------
    >>> import sheernet as sn
    >>> table = sn.read_table({"hours": [1.0, 2.0], "score": [50.0, 60.0]})
    >>> table.columns, len(table)
    (('hours', 'score'), 2)
    """
    if like is not None and not isinstance(like, Reading):
        raise InvalidInput(
            f"like must be the reading of a model (model.reading), but {like!r:.40} was given"
        )
    options = ReadSettings(samples, separator, decimal, thousands, encoding, sheet, missing_values)
    if isinstance(source, (str, os.PathLike)):
        return _from_file(Path(source), options, like)
    options.refuse(
        ["samples", "separator", "decimal", "thousands", "encoding", "sheet"],
        "does not apply to a table in memory",
    )
    table = _from_memory(source)
    if options.missing_values:
        frame = replace_missing_markers(table.frame, options.missing_values)
        table = make_table(frame, table.source, table.reading, table.read_as)
    return table if like is None or isinstance(source, Table) else _converted_like(table, like)


def read_cells(source: str | os.PathLike[str], **how: Any) -> pd.DataFrame | None:
    """Read the cells of a text file as text, unchanged.

    Parameters
    ----------
    source : path
        A file that `read_table` has read.
    **how
        The arguments of that call to `read_table`.

    Returns
    -------
    DataFrame of str, (N, number of columns), or None
        The rows and names of the table; None if the file is not a text file.
    """
    with opened(Path(source)) as file:
        return (
            delimited.read_cells(file, ReadSettings(**how)) if file.form == opening.TEXT else None
        )


def unused_arguments(source: str | os.PathLike[str]) -> tuple[str, ...]:
    """Return the names of the arguments of `read_table` that do not apply to the type of a file."""
    with opened(Path(source)) as file:
        return _UNUSED[file.form][0]


def _from_file(path: Path, options: ReadSettings, like: Reading | None) -> Table:
    with opened(path) as file:
        names, why = _UNUSED[file.form]
        options.refuse(names, why.format(file.name))
        if like is not None:
            options = like.completed(options, names)
        formats: dict[str, CellFormat] = {}
        if file.form == opening.TEXT:
            frame, reading, formats = delimited.read_delimited(file, options, like)
        else:
            frame, reading = _READERS[file.form](file, options)
        if file.form == opening.EXCEL:
            reading, formats = _convert_cells(frame, reading, file.name, options, like)
    if options.missing_values and file.form != opening.TEXT:
        frame = replace_missing_markers(frame, options.missing_values)
    if file.compression:
        reading = f"{reading}; unpacked from {file.compression}"
    table = make_table(frame, file.name, reading, Reading.of(options, formats))
    if file.form in (opening.TEXT, opening.EXCEL):
        return table
    return table if like is None else _converted_like(table, like)


def _convert_cells(
    frame: pd.DataFrame, reading: str, source: str, options: ReadSettings, like: Reading | None
) -> tuple[str, dict[str, CellFormat]]:
    """Convert the cells of a sheet that are text; return the description of the sheet and the formats."""
    kept = {} if like is None else like.formats_for(options)
    conversion = convert_text(frame, Marks(options.decimal, options.thousands), kept, source)
    warn_of_doubts(conversion, source, options)
    return "; ".join([reading, *format_notes(conversion.formats)]), conversion.formats


def _converted_like(table: Table, like: Reading) -> Table:
    """Convert the columns of text that a model knows as numbers or dates."""
    known = {name: form for name, form in like.formats.items() if form.kind in ("number", "date")}
    frame = table.frame.copy(deep=False)
    convert_text(frame, Marks(), known, table.source, only_like=True)
    return make_table(frame, table.source, table.reading, table.read_as)


def _from_memory(source: Any) -> Table:
    if isinstance(source, Table):
        return source
    pandas = import_pandas()
    if isinstance(source, pandas.DataFrame):
        return make_table(source, "the table")
    if isinstance(source, Mapping):
        return make_table(_frame(source), "the table")
    frame = frame_from(source)
    if frame is not None:
        return make_table(frame, "the table")
    raise InvalidInput(
        f"a table must be a path, a DataFrame or a mapping of columns, but {type(source).__name__} was given"
    )


def _frame(columns: Mapping[str, Any]) -> pd.DataFrame:
    """Convert a mapping of sequences of equal length to a DataFrame."""
    pandas = import_pandas()
    series = [_series(name, column) for name, column in columns.items()]
    lengths = {str(name): len(column) for name, column in zip(columns, series, strict=True)}
    if len(set(lengths.values())) != 1:
        raise InvalidInput(
            f"the columns of a table must have the same length, but the lengths are {lengths}"
        )
    frame = pandas.concat(series, axis="columns")
    frame.columns = pandas.Index([str(name) for name in columns], dtype=object)
    return frame


def _series(name: object, column: Any) -> pd.Series[Any]:
    """Convert a column to a Series whose index counts from 0; values that are lists stay lists."""
    pandas = import_pandas()
    if isinstance(column, (str, bytes, Mapping)) or not hasattr(column, "__len__"):
        raise InvalidInput(
            f"column {str(name)!r} must be a sequence of values, but {str(column)[:40]!r} was given"
        )
    if isinstance(column, np.ndarray) and column.ndim != 1:
        raise InvalidInput(
            f"column {str(name)!r} must have one value for each row, but an array of shape {column.shape} was given; "
            "give each of its columns a name"
        )
    if isinstance(column, np.ma.MaskedArray):
        column = np.ma.filled(column.astype(object), np.nan)
    series = pandas.Series(column)
    if (
        series.dtype == np.float64
        and isinstance(column, (list, tuple))
        and series.abs().max() >= 2**53
    ):
        series = pandas.Series(column, dtype=object)  # float64 makes large whole numbers equal
    return series.reset_index(drop=True)
