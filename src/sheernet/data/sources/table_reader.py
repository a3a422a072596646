"""`read_table`: reading a file, a DataFrame or a mapping as a `Table`."""

from __future__ import annotations

import os
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import fields, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sheernet.data.files import opening, signatures
from sheernet.data.files.cell_warnings import warn_of_total
from sheernet.data.files.matlab.matlab_reader import read_matlab
from sheernet.data.files.opening import Opened, opened
from sheernet.data.files.parquet import read_parquet
from sheernet.data.files.sheets.sheet_reader import read_spreadsheet
from sheernet.data.files.text.text_table import read_text_table
from sheernet.data.files.unchanged_file import unchanged
from sheernet.data.files.written_cells import WrittenCells
from sheernet.data.formats.cell_formats import CellFormat
from sheernet.data.formats.composed_text import compose_labels
from sheernet.data.formats.digit_codes import LARGEST_EXACT
from sheernet.data.formats.digit_dates import NOUNS, read_digit_dates
from sheernet.data.formats.mixed_cells import warn_of_mixed_cells
from sheernet.data.formats.number_formats import Marks
from sheernet.data.formats.text_conversion import (
    NUMBERS,
    convert_text,
    convert_text_in_memory,
    format_notes,
    replace_missing_markers,
    warn_of_doubts,
)
from sheernet.data.sources.missing_markers import check_markers
from sheernet.data.sources.other_frames import columns_of_records, frame_from, is_records
from sheernet.data.tables.column_names import MADE, made_names
from sheernet.data.tables.reading import Reading
from sheernet.data.tables.table import AS_MODEL, Table, advice_on_skip, make_table
from sheernet.foundation.arrays import Indices, has_masked_values, unmasked
from sheernet.foundation.caller_warnings import warn, with_messages
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.message_text import counted, listed, plural_of
from sheernet.foundation.pandas_import import import_pandas
from sheernet.foundation.sentences import Setting, in_quotes, sentence
from sheernet.foundation.sparse_matrices import dense
from sheernet.settings.read_settings import ReadSettings

if TYPE_CHECKING:
    import pandas as pd

_Found = tuple[Table, Callable[[], WrittenCells]]
_SHEETS = (opening.EXCEL, opening.OPEN_DOCUMENT)
_COMMON = {"samples", "missing_values"}
_OF_CELLS = _COMMON | {"decimal", "thousands", "dates"}
_IN_MEMORY = _OF_CELLS - {"samples"}
_OF_TEXT = _OF_CELLS | {"separator", "encoding", "comment", "skip", "header", "units"}
_OF_SHEETS = _OF_CELLS | {"sheet", "skip", "header", "units"}
_APPLY = {
    opening.TEXT: ("a text file", _OF_TEXT),
    opening.EXCEL: ("an Excel workbook", _OF_SHEETS),
    opening.OPEN_DOCUMENT: ("an OpenDocument spreadsheet", _OF_SHEETS),
    signatures.PARQUET: ("a Parquet file", _IN_MEMORY),
    signatures.MATLAB: ("a MATLAB file", {*_COMMON, "dates", "variable"}),
}
"""For each type of file, its noun and the arguments that apply to it."""
_ALL = tuple(part.name for part in fields(ReadSettings))
UNUSED_IN_MEMORY = tuple(name for name in _ALL if name not in _IN_MEMORY)
"""Arguments that do not apply to a table in memory."""


def read_table(
    source: Any,
    *,
    samples: str | None = None,
    separator: str | None = None,
    decimal: str | None = None,
    thousands: str | None = None,
    encoding: str | None = None,
    sheet: str | int | None = None,
    variable: str | Sequence[str] | None = None,
    missing_values: Sequence[str | float] | None = None,
    comment: str | None = None,
    skip: int | None = None,
    header: str | None = None,
    units: str | None = None,
    dates: str | None = None,
    like: Reading | None = None,
) -> Table:
    """Read a table from a file or from columns in memory.

    Parameters
    ----------
    source : path, DataFrame, mapping of str to sequence, or Table
        A file, or columns in memory.  Files are CSV and similar text, Excel workbooks (.xlsx), OpenDocument
        spreadsheets (.ods), Parquet files, and MATLAB files of version 4 to 7; except workbooks, they may be compressed
        with gzip, bzip2, xz, ZIP or Zstandard.  The type of a file is recognized by its content.  A DataFrame is one of
        pandas, or of another package that narwhals supports, such as polars, Modin or pyarrow (a Table), if its rows
        are in memory.  The fields of a structured array of NumPy are columns, and so are the keys of a list of
        mappings, one for each row.  Masked values are missing.
    samples : str, optional
        "rows", the default, or "columns" if the samples of a file are its columns: then the first column of a text
        file or a sheet contains the names, and MATLAB matrices are transposed.
    separator : str, optional
        The character between the values of a text file, or its name: "comma", "semicolon", "tab", "bar", "space".
        By default determined from the first lines.
    decimal : str, optional
        Decimal mark of text, "." or ",".  By default determined, separately for each column if a file has both.
    thousands : {",", ".", "'", " ", "_"}, optional
        Separator of thousands; " " stands for every kind of space.  By default determined for each column.
    encoding : str, optional
        Encoding of a text file, by its name in Python.  By default determined from the content.
    sheet : str or int, optional
        Name of a sheet of a workbook, or its number from 1; the first visible one by default.
    variable : str or sequence of str, optional
        Names of the variables of a MATLAB file to read: of arrays, of structures, or of fields ("train.x").  All by
        default.
    missing_values : sequence of str or float, optional
        Further missing-value markers, in addition to empty cells and those in
        `sheernet.settings.read_settings.MISSING`: NA, N/A, NaN, NULL, None and variants.
    comment : str, optional
        Beginnings of the lines of a text file that are left out, separated by spaces, such as "# //"; "none" if there
        are none.  By default #, %, !, ; or // if lines that cannot be rows begin with it.
    skip : int, optional
        Number of lines to leave out at the top of a text file, or of rows of a sheet; 0 by default.
    header : str, optional
        "yes" if the first line of a text file or row of a sheet (not skipped, no comment) holds the names of columns,
        "none" if no line does: then the columns are called column_1, column_2, ...  By default, "auto", determined.
    units : str, optional
        "yes" if the line below the names holds units, "none" if it is a row.  By default, "auto", determined.
    dates : {"auto", "day-first", "month-first", "iso", "months"}, optional
        Order of day and month in the dates of a text file, such as 3/1/2026.  "auto", the default, finds it from
        all dates of a column, which stays text if both orders are possible; with points (01.03.2026), the day is
        first, with a warning.  "iso" reads only dates of ISO 8601, among them whole numbers such as 20260301 if all of
        a column are dates from 1900 to 2100.  "months" says that 2026-1, or whole numbers such as 202603, are months.
    like : Reading, optional
        `Model.reading`: a column that the model knows is read in the same way as in the file that the model was
        fitted to, whatever the other rows contain; the marks of numbers are exchanged if `decimal` or `thousands` is
        given.  The other arguments are those of that file, except those that are given, whatever their values: with
        skip=0, no lines are left out.

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
        If the layout or the encoding of a text file is a guess, it has blank lines between its rows or line breaks in
        its values, or the marks, the units or the order of dates of a column are unclear; or if a sheet has formulas
        without stored results, merged cells, or a row of totals.

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
    given = _given(
        samples=samples, separator=separator, decimal=decimal, thousands=thousands, encoding=encoding, sheet=sheet,
        variable=variable, missing_values=missing_values, comment=comment,
        skip=skip, header=header, units=units, dates=dates,
    )  # fmt: skip
    table, notices = with_messages(lambda: _table_of(source, ReadSettings(**given), given, like))
    return replace(table, notices=(*table.notices, *notices)) if notices else table


def _table_of(
    source: Any, options: ReadSettings, given: Container[str], like: Reading | None
) -> Table:
    if isinstance(source, (str, os.PathLike)):
        return _from_file(Path(source), options, given, like)
    options.refuse(UNUSED_IN_MEMORY, "does not apply to a table in memory")
    table = _from_memory(source)
    before = table.frame
    if options.missing_values:
        table = _with_frame(table, replace_missing_markers(before, options.missing_values))
    if not isinstance(source, Table):
        table = _converted(table, options, given, like)
    check_markers(table, options.missing_values, before.__getitem__)
    return table


def read_with_cells(
    source: str | os.PathLike[str], like: Reading | None = None, **how: Any
) -> tuple[Table, WrittenCells]:
    """Read a file as a table, and its cells as they are written there.

    Parameters
    ----------
    source : path
        The file.
    like : Reading, optional
        As in `read_table`.
    **how
        Other arguments of `read_table`.

    Returns
    -------
    Table
        As `read_table` returns it.
    WrittenCells
        The same rows and columns as they are written in the file.

    Raises
    ------
    InvalidInput
        As `read_table`, or if the file is changed or replaced in between.
    """
    path, given = Path(source), _given(**how)
    with unchanged(path), opened(path) as file:
        options = _completed(file, ReadSettings(**given), given, like)
        table, cells = _read(file, options, given, like)
    return table, cells()


def unused_arguments(source: str | os.PathLike[str]) -> tuple[str, ...]:
    """Return the names of the arguments of `read_table` that do not apply to the type of a file."""
    with opened(Path(source)) as file:
        return _unused(file)[0]


def _unused(file: Opened) -> tuple[tuple[str, ...], str]:
    """Return the arguments that do not apply to a file, in their order, and the reason for the message."""
    noun, used = _APPLY[file.form]
    names = tuple(name for name in _ALL if name not in used)
    return names, f"does not apply to {file.name}, {noun}"


def _given(**how: Any) -> dict[str, Any]:
    """Return the arguments that were given; they override the arguments of a model's file, whatever their values."""
    return {name: value for name, value in how.items() if value is not None}


def _from_file(
    path: Path, options: ReadSettings, given: Container[str], like: Reading | None
) -> Table:
    with unchanged(path), opened(path) as file:
        return _read(file, _completed(file, options, given, like), given, like)[0]


def _completed(
    file: Opened, options: ReadSettings, given: Container[str], like: Reading | None
) -> ReadSettings:
    """Return the settings with which a file is read; raise InvalidInput if one does not apply to it."""
    names, why = _unused(file)
    options.refuse(names, why)
    if like is None:
        return options
    return like.completed(options, names, given)


def _read(
    file: Opened, options: ReadSettings, given: Container[str], like: Reading | None
) -> _Found:
    """Read a file, and its cells as they are written if it is not a text file; the settings are completed."""
    skipped = _skipped(file, options.skip, given)
    try:
        return _read_completed(file, options, given, like, skipped)
    except InvalidInput as error:
        if not (advice := advice_on_skip(skipped)):
            raise
        raise InvalidInput("{}{}", error.args[0], advice) from None


def _skipped(file: Opened, n: int, given: Container[str]) -> str:
    """Say how many lines are left out at the top of a file, and whether because of the model; "" if none are."""
    noun = "row" if file.form in _SHEETS else "line"
    lines = counted(n, noun) if n > 1 else noun
    why = "" if "skip" in given else AS_MODEL
    return f"the first {lines} {plural_of(n, 'is', 'are')} skipped{why}" if n else ""


def _read_completed(
    file: Opened,
    options: ReadSettings,
    given: Container[str],
    like: Reading | None,
    skipped: str,
) -> _Found:
    """Read a file as `_read` does; `skipped` is a part of the description of how it is read."""
    is_sheet = file.form in _SHEETS
    formats: dict[str, CellFormat] = {}
    matrices: dict[str, int] = {}
    errors: Mapping[str, str] = {}
    units: Mapping[str, str] = {}
    sheet_rows: Indices | None = None
    if file.form == opening.TEXT:
        read = read_text_table(file, options, like)
        frame, reading, formats, units = read.frame, read.reading, read.formats, read.units
        written = read.written
    elif file.form == signatures.MATLAB:
        are_optional = like is not None and "variable" not in given  # a target is not always needed
        rows_of = () if like is None else like.matrices
        frame, reading, matrices = read_matlab(
            file, options, rows_of,
            are_optional=are_optional, has_samples=like is not None or "samples" in given,
            replaced=like.of_matlab if like is not None and "variable" in given else (),
        )  # fmt: skip
    elif is_sheet:
        frame, reading, cells, errors, units, sheet_rows, where = read_spreadsheet(
            file, options, is_of_model=like is not None and "sheet" not in given
        )
        written = partial(_same, cells)
    else:
        frame, reading = read_parquet(file, options)
    if file.form in (signatures.MATLAB, signatures.PARQUET):
        written = partial(_same, WrittenCells(frame, "values"))
    if file.form != opening.TEXT:
        frame = replace_missing_markers(frame, options.missing_values)
    if is_sheet:
        reading, formats = _convert_cells(frame, reading, file.name, options, like, sheet_rows)
        frame = replace_missing_markers(frame, options.missing_values)  # "-999,0" is a number now
        warn_of_total(frame, where)
    unpacked = f"unpacked from {file.compression}" if file.compression else ""
    reading = "; ".join(filter(None, [reading, skipped, unpacked]))
    numbered = {name: n for name, n in matrices.items() if n}
    if tuple(frame.columns) == made_names(len(frame.columns)):
        numbered[MADE] = len(frame.columns)
    read_as = Reading.of(options, formats, tuple(matrices), numbered, units)
    table = make_table(frame, file.name, reading, read_as)
    table = replace(table, errors=errors, sheet_rows=sheet_rows)
    is_converted = is_sheet or file.form == opening.TEXT
    table = table if is_converted else _converted(table, options, given, like)
    check_markers(table, options.missing_values, lambda name: written().frame[name], like)
    return table, written


def _same(cells: WrittenCells) -> WrittenCells:
    return cells


def _convert_cells(
    frame: pd.DataFrame, reading: str, source: str, options: ReadSettings, like: Reading | None,
    sheet_rows: Indices | None,
) -> tuple[str, dict[str, CellFormat]]:  # fmt: skip
    """Convert the cells of a sheet that are text; return the description of the sheet and the formats."""
    kept = {} if like is None else like.formats_for(options)
    marks = Marks(options.decimal, options.thousands, dates=options.dates)
    warn_of_mixed_cells(frame, source, sheet_rows)
    digits = _columns_of_digits(frame) if like is None else {}
    findings = convert_text(frame, marks, kept, source, sheet_rows=sheet_rows)
    warn_of_doubts(findings, source, options)
    compose_labels(frame)
    dates = read_digit_dates(frame, options.dates, kept, source)
    formats = {name: found.format for name, found in findings.items() if name not in dates}
    if numbers := [name for name in digits if getattr(frame[name].dtype, "kind", "") in "iuf"]:
        has = plural_of(len(numbers), "has", "have")
        warn(
            sentence(
                "{} of {} {} digits in cells of text, such as {!r}, which are read as numbers; if they are codes, give "
                "{}",
                listed(list(map(in_quotes, numbers)), most=4), source, has, digits[numbers[0]],
                Setting("categories", numbers),
            )
        )  # fmt: skip
    return "; ".join([reading, *format_notes(formats)]), formats


def _columns_of_digits(frame: pd.DataFrame) -> dict[str, str]:
    """Return a cell of each column of a sheet whose cells are all text of digits, if other columns have numbers."""
    found, has_numbers = {}, False
    for name, column in frame.items():
        cells = column.dropna().tolist()
        has_numbers |= any(type(cell) in (int, float) for cell in cells)
        if cells and all(isinstance(c, str) and c.isascii() and c.isdigit() for c in cells):
            found[str(name)] = cells[0]
    return found if has_numbers else {}


def _converted(
    table: Table, options: ReadSettings, given: Container[str], like: Reading | None
) -> Table:
    """Convert the columns of text that are numbers or dates; of a model's columns, those that were numbers or dates."""
    if like is None:
        frame = table.frame.copy(deep=False)
        findings = convert_text_in_memory(frame, options, table.source)
        found = {name: finding.format for name, finding in findings.items()}
        formats = {name: form for name, form in found.items() if not form.is_text}
        if not (read_digit_dates(frame, options.dates, found, table.source) or formats):
            return table
        reading = "; ".join([*filter(None, [table.reading]), *format_notes(formats)])
        formats = {**table.read_as.formats, **formats}
        read_as = replace(table.read_as, formats=formats, dates=options.dates)
        return _with_frame(replace(table, reading=reading, read_as=read_as), frame)
    if "dates" not in given:
        options = replace(options, dates=like.dates)
    formats = like.formats_for(options)
    known = {name: form for name, form in formats.items() if form.kind in (*NUMBERS, "date")}
    frame = table.frame.copy(deep=False)
    convert_text(frame, Marks(), known, table.source, only_like=True)
    other = [name for name in like.formats if name not in formats and name in frame.columns]
    dates = frame[other]  # in another order of day and month than in the model's file
    convert_text(dates, Marks(dates=options.dates), {}, table.source)
    frame[other] = dates
    if options.dates in NOUNS:
        read_digit_dates(frame, options.dates, formats, table.source)
    return _with_frame(table, frame)


def _with_frame(table: Table, frame: pd.DataFrame) -> Table:
    """Return a table with the columns of a frame of the same rows."""
    made = make_table(frame, table.source, table.reading, table.read_as, table.orders)
    return replace(
        made, errors=table.errors, origin=table.origin, notices=table.notices, sheet_rows=table.sheet_rows,
    )  # fmt: skip


def _from_memory(source: Any) -> Table:
    if isinstance(source, Table):
        return source
    pandas = import_pandas()
    if isinstance(source, pandas.DataFrame):
        return make_table(source, "the table")
    if is_records(source):
        source = columns_of_records(source)
    if isinstance(source, Mapping):
        return make_table(_frame(source), "the table")
    frame = frame_from(source)
    if frame is not None:
        return make_table(frame, "the table")
    raise InvalidInput(
        f"a table must be a path, a DataFrame, a mapping of columns or a list of mappings, but "
        f"{type(source).__name__} was given"
    )


def _frame(columns: Mapping[str, Any]) -> pd.DataFrame:
    """Convert a mapping of sequences of equal length to a DataFrame."""
    pandas = import_pandas()
    if {"__header__", "__globals__"} <= set(columns):
        raise InvalidInput(
            "the variables that scipy.io.loadmat returned were given; give the name of the file, or "
            "sn.read_table('data.mat', variable=..., samples=...), which makes columns of vectors and matrices"
        )
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
    column = dense(column, f"column {in_quotes(str(name))}")
    if isinstance(column, (str, bytes, Mapping)) or not hasattr(column, "__len__"):
        raise InvalidInput(
            f"column {in_quotes(str(name))} must be a sequence of values, but {str(column)[:40]!r} was given"
        )
    if isinstance(column, np.ndarray) and column.ndim != 1:
        raise InvalidInput(
            f"column {in_quotes(str(name))} must have one value for each row, but an array of shape {column.shape} was "
            "given; give each of its columns a name"
        )
    if isinstance(column, np.ndarray) and column.dtype.kind == "S":
        raise InvalidInput(
            f"column {in_quotes(str(name))} holds bytes, but text is needed; decode it: np.char.decode(column)"
        )
    if has_masked_values(column):
        column = pandas.Series(unmasked(column), dtype=object)
    if isinstance(column, (list, tuple)) and any(value is None for value in column):
        column = pandas.Series(column, dtype=object)  # float64 does not hold all whole numbers
    series = pandas.Series(column)
    if (
        isinstance(column, (list, tuple))
        and series.dtype == np.float64
        and series.abs().max() >= LARGEST_EXACT
    ):
        series = pandas.Series(column, dtype=object)  # float64 makes large whole numbers equal
    return series.reset_index(drop=True)
