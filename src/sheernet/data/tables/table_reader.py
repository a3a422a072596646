"""`read_table`: from a file, a DataFrame or a mapping to a `Table`."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sheernet.data.tables import delimited, opening, signatures
from sheernet.data.tables.conversion import without_marks
from sheernet.data.tables.frames import import_pandas
from sheernet.data.tables.matlab import read_matlab
from sheernet.data.tables.opening import Opened, opened
from sheernet.data.tables.parquet import read_parquet
from sheernet.data.tables.spreadsheet import read_spreadsheet
from sheernet.data.tables.table import Table, make_table
from sheernet.foundation.errors import InvalidInput
from sheernet.settings.read_settings import ReadSettings

if TYPE_CHECKING:
    import pandas as pd

_READERS: dict[str, Callable[[Opened, ReadSettings], tuple[pd.DataFrame, str]]] = {
    opening.TEXT: delimited.read_delimited,
    opening.EXCEL: read_spreadsheet,
    signatures.PARQUET: read_parquet,
    signatures.MATLAB: read_matlab,
}

_UNUSED = {
    opening.TEXT: (("sheet",), "is for Excel workbooks, but {} is text"),
    opening.EXCEL: (
        ("separator", "decimal", "encoding"),
        "is for text files, but {} is an Excel workbook",
    ),
    signatures.PARQUET: (
        ("samples", "separator", "decimal", "encoding", "sheet"),
        "is for other files than {}, which is Parquet",
    ),
    signatures.MATLAB: (
        ("separator", "decimal", "encoding", "sheet"),
        "is for other files than {}, which is a MATLAB file",
    ),
}
"""For each type of file, the arguments that do not apply to it, and why."""


def read_table(
    source: Any,
    *,
    samples: str = "rows",
    separator: str | None = None,
    decimal: str | None = None,
    encoding: str | None = None,
    sheet: str | int | None = None,
    missing_values: Sequence[str | float] = (),
) -> Table:
    """Read a table.

    Parameters
    ----------
    source : path, DataFrame, mapping of str to sequence, or Table
        A file, or columns in memory.  Files are CSV and similar text, Excel workbooks (.xlsx), Parquet, and MATLAB
        files up to version 7; text also compressed by gzip, bzip2, xz, zip or Zstandard.  The type of a file is
        recognized by its content.
    samples : str
        "rows", or "columns" if the samples of a file are its columns: then the first column of a text file or a sheet
        holds the names, and matrices of MATLAB are transposed.
    separator : str, optional
        The character between the values of a text file, or its name: "comma", "semicolon", "tab", "bar", "blank".
        Determined from the first lines by default.
    decimal : str, optional
        "." or ",".  Determined by default, for each column separately if a file has both.
    encoding : str, optional
        Python's name of the encoding of a text file.  Determined by default.
    sheet : str or int, optional
        Name of a sheet of a workbook, or its number from 1; the first by default.
    missing_values : sequence of str or float
        Values that mean a missing value, in addition to empty cells, NA, NaN, null and the like.

    Returns
    -------
    Table
        All rows and all columns.  `reading` tells how a file was read.  Columns of a text file that contain only
        digits, some with leading zeros or more than 15 of them, are text: ZIP codes and the like.

    Raises
    ------
    InvalidInput
        If the source cannot be read as a table, has no rows, or an argument does not apply to it.
    MissingDependency
        If pandas, or the package for the type of file, is not installed.

    Warns
    -----
    SheernetWarning
        If the names of the columns of a text file are all numbers, it has blank lines between its rows, or a workbook
        has formulas without stored results.

    Examples
    --------
    >>> import sheernet as sn
    >>> table = sn.read_table({"hours": [1.0, 2.0], "score": [50.0, 60.0]})
    >>> table.columns, len(table)
    (('hours', 'score'), 2)
    """
    options = ReadSettings(samples, separator, decimal, encoding, sheet, missing_values)
    if isinstance(source, (str, os.PathLike)):
        return _from_file(Path(source), options)
    options.refuse(
        ["samples", "separator", "decimal", "encoding", "sheet"],
        "is for files, but the table is in memory",
    )
    table = _from_memory(source)
    if options.missing_values:
        frame = without_marks(table.frame, options.missing_values)
        return make_table(frame, table.source, table.reading)
    return table


def read_cells(source: str | os.PathLike[str], **how: Any) -> pd.DataFrame | None:
    """Read the cells of a text file as they are written.

    Parameters
    ----------
    source : path
        A file that `read_table` has read.
    **how
        The arguments of that call.

    Returns
    -------
    DataFrame of str, (N, number of columns), or None
        The rows and names of the table; None if the file is not text, so that its cells have types.
    """
    with opened(Path(source)) as file:
        return (
            delimited.read_cells(file, ReadSettings(**how)) if file.form == opening.TEXT else None
        )


def unused_arguments(source: str | os.PathLike[str]) -> tuple[str, ...]:
    """Names of the arguments of `read_table` that do not apply to a type of file."""
    with opened(Path(source)) as file:
        return _UNUSED[file.form][0]


def _from_file(path: Path, options: ReadSettings) -> Table:
    with opened(path) as file:
        names, why = _UNUSED[file.form]
        options.refuse(names, why.format(file.name))
        frame, reading = _READERS[file.form](file, options)
    if options.missing_values and file.form != opening.TEXT:
        frame = without_marks(frame, options.missing_values)
    if file.compression:
        reading = f"{reading}; unpacked by {file.compression}"
    return make_table(frame, file.name, reading)


def _from_memory(source: Any) -> Table:
    if isinstance(source, Table):
        return source
    pandas = import_pandas()
    if isinstance(source, pandas.DataFrame):
        return make_table(source, "the table")
    if isinstance(source, Mapping):
        return make_table(_frame(source), "the table")
    raise InvalidInput(
        f"a table must be a path, a DataFrame or a mapping of columns, but {type(source).__name__} was given"
    )


def _frame(columns: Mapping[str, Any]) -> pd.DataFrame:
    """A frame of columns that are sequences of equal length."""
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
    """A column as a Series whose index counts from 0; values that are lists stay lists."""
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
    return pandas.Series(column).reset_index(drop=True)
