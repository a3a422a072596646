"""Reading CSV and similar text files: pandas parses the file after its encoding and layout are determined."""

from __future__ import annotations

import csv
import io
import re
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sheernet.data.tables.cell_formats import CellFormat
from sheernet.data.tables.column_names import name_columns
from sheernet.data.tables.digit_codes import has_fractions, possible_code_columns
from sheernet.data.tables.line_counts import count_blank, count_lines
from sheernet.data.tables.number_formats import TEXT, Marks, find_format
from sheernet.data.tables.opening import Opened
from sheernet.data.tables.pandas_import import import_pandas
from sheernet.data.tables.reading import Reading
from sheernet.data.tables.table import require_distinct
from sheernet.data.tables.text_conversion import convert_text, format_notes, warn_of_doubts
from sheernet.data.tables.text_encoding import Text, open_text
from sheernet.data.tables.text_layout import Layout, find_layout, irregular_row_error, records
from sheernet.foundation.errors import InvalidInput, SheernetWarning
from sheernet.foundation.words import counted, listed, plural_of
from sheernet.settings.read_settings import MISSING, SEPARATORS, ReadSettings

if TYPE_CHECKING:
    import pandas as pd


def read_delimited(
    file: Opened, options: ReadSettings, like: Reading | None = None
) -> tuple[pd.DataFrame, str, dict[str, CellFormat]]:
    """Read a text file of rows and columns.

    Parameters
    ----------
    file : Opened
        The file.
    options : ReadSettings
        How it is read, if that is given.
    like : Reading, optional
        How the file of a model was read.

    Returns
    -------
    DataFrame, (N, number of columns)
        Numbers are correctly rounded; dates are dates.
    str
        Description of how the file was read, for `Table.reading`.
    dict of str to CellFormat
        How each column was read, for `Table.formats`.

    Raises
    ------
    InvalidInput
        If it is not text, its rows have different numbers of values, or a cell does not have the format in `like`.
    """
    kept = {} if like is None else like.formats_for(options)
    text = open_text(file, options.encoding)
    given = options if like is None else replace(options, decimal=options.decimal or like.decimal)
    layout = find_layout(text, given)
    source = _source(text, layout, options)
    frame = source.parse()
    if options.samples == "rows":
        _require_whole_rows(frame, text, layout)
        _warn_of_blank_lines(frame, text, layout)
    kept = {name: form for name, form in kept.items() if name in frame.columns}
    codes = _restore_codes(frame, source, kept)
    _restore_text(frame, source, kept)
    likely = _known_decimal(frame, layout, options)
    marks = Marks(None if kept else options.decimal, None if kept else options.thousands, likely)
    conversion = convert_text(frame, marks, kept, file.name)
    has_commas = layout.decimal == "," or any(
        each.shows_decimal and each.format.decimal == "," for each in conversion.findings.values()
    )
    warn_of_doubts(conversion, file.name, options, has_commas=has_commas)
    formats = _plain_formats(frame, layout) | dict.fromkeys(codes, TEXT) | conversion.formats
    separators = SEPARATORS.get(layout.separator, repr(layout.separator))
    transposed = ", samples in columns" if options.samples == "columns" else ""
    decimals = _decimals(frame, layout, options, has_commas=has_commas)
    how = f"CSV with {separators} and {decimals}, {text.label}{transposed}"
    notes = [*(layout.notes if not transposed else ()), *_code_notes(codes), *format_notes(formats)]
    if options.missing_values:
        notes.append(
            f"missing values also {listed(list(map(repr, options.missing_values)), most=4)}"
        )
    return frame, "; ".join([how, *notes]), formats


def read_cells(file: Opened, options: ReadSettings) -> pd.DataFrame:
    """Read the cells of a text file as text, unchanged.

    Returns
    -------
    DataFrame, (N, number of columns)
        All text; rows and names as `read_delimited` returns them.
    """
    text = open_text(file, options.encoding)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SheernetWarning)  # issued when the table was read
        layout = find_layout(text, options)
    return _source(text, layout, options).parse(dtype=str, na_filter=False)


def _code_notes(codes: Mapping[str, str]) -> list[str]:
    """Describe the columns of digits that are text, by their reason."""
    notes = []
    for doubt, reason in (
        ("codes", "leading zeros"),
        ("identifiers", "whole numbers that are equal as float64"),
        ("", "the form of telephone numbers"),
    ):
        names = [name for name, each in codes.items() if each == doubt]
        if names:
            are, have = (
                plural_of(len(names), "is", "are"),
                plural_of(len(names), "it has", "they have"),
            )
            shown = listed(list(map(repr, names)), most=4)
            notes.append(
                f"{plural_of(len(names), 'column')} {shown} {are} text, because {have} {reason}"
            )
    return notes


def _plain_formats(frame: pd.DataFrame, layout: Layout) -> dict[str, CellFormat]:
    """Formats of the columns that pandas converted to numbers and Booleans."""
    kinds = {"f": "number", "i": "number", "u": "number", "b": "boolean"}
    return {
        str(name): CellFormat(kinds[dtype.kind], layout.decimal)
        for name, dtype in frame.dtypes.items()
        if isinstance(dtype, np.dtype) and dtype.kind in kinds and not frame[name].isna().all()
    }


def _restore_text(frame: pd.DataFrame, source: _Source, kept: Mapping[str, CellFormat]) -> None:
    """Restore in place the text of columns that pandas converted, but that have another format."""
    names = [
        name
        for name, form in kept.items()
        if isinstance(frame[name].dtype, np.dtype)
        and not frame[name].isna().all()
        and not _is_converted(frame[name].dtype.kind, form, source.layout.decimal)
    ]
    if names:
        cells = source.parse(usecols=names, dtype=str)
        for name in names:
            frame.isetitem(list(frame.columns).index(name), cells[name].array)


def _is_converted(kind: str, form: CellFormat, decimal: str) -> bool:
    """Whether pandas converts cells of a format as it says, given the kind of the dtype and pandas' decimal mark."""
    if form.kind == "boolean":
        return kind in "biuf"  # 1 and 0 are Booleans too
    return form.is_plain_number and (kind in "iu" or (kind == "f" and form.decimal == decimal))


def correct_rounding() -> dict[str, Any]:
    """Return the arguments with which pandas reads the float64 nearest to the text; pandas 3 needs none."""
    pandas = import_pandas()
    major = int(pandas.__version__.partition(".")[0])
    return {} if major >= 3 else {"float_precision": "round_trip"}


@dataclass(frozen=True)
class _Source:
    """The input of pandas: the path of a file, or the text of a transposed file."""

    content: Path | io.StringIO
    text: Text
    layout: Layout
    options: ReadSettings

    def parse(self, **special: Any) -> pd.DataFrame:
        """Parse the file with pandas, and convert errors of pandas to InvalidInput."""
        pandas = import_pandas()
        layout = self.layout
        arguments: dict[str, Any] = {
            "sep": r"\s+" if layout.separator == " " else layout.separator,
            "decimal": layout.decimal,
            "encoding": self.text.encoding,
            "names": list(layout.names),
            "header": 0,
            "index_col": False,
            "skiprows": layout.skipped,
            "skipinitialspace": self.text.has_spaces,  # pandas is faster if False
            "low_memory": isinstance(self.content, Path),
            "compression": None,  # already unpacked; pandas would infer it from the file extension
            "keep_default_na": False,
            "na_values": [*MISSING, *map(str, self.options.missing_values)],
            **correct_rounding(),
            **special,
        }
        if isinstance(self.content, io.StringIO):
            self.content.seek(0)
        try:
            with warnings.catch_warnings():
                # ParserWarning: a row has more values than names.  DtypeWarning: a column is text in some parts of the
                # file and numbers in others, so the file must be read as a whole to keep its text unchanged.
                warnings.simplefilter("error", pandas.errors.ParserWarning)
                warnings.simplefilter("error", pandas.errors.DtypeWarning)
                try:
                    return pandas.read_csv(self.content, **arguments)
                except pandas.errors.DtypeWarning:
                    return pandas.read_csv(self.content, **{**arguments, "low_memory": False})
        except pandas.errors.ParserWarning:
            raise InvalidInput(
                f"{self.text.name} has more values in a row than names in its first line; give every column a name"
            ) from None
        except ValueError as error:  # ParserError of pandas is a ValueError
            raise _translated_error(error, self.text, layout) from None


def _source(text: Text, layout: Layout, options: ReadSettings) -> _Source:
    if options.samples == "columns":
        content, names = _transposed(text, layout)
        return _Source(content, text, Layout(",", layout.decimal, names), options)
    require_distinct(layout.names, text.name)
    return _Source(text.path, text, layout, options)


def _transposed(text: Text, layout: Layout) -> tuple[io.StringIO, tuple[str, ...]]:
    """Transpose a file whose samples are columns; its first column holds the names."""
    with text.open() as stream:
        for _ in range(layout.skipped):
            next(stream)
        try:
            found = list(records(stream, layout.separator))
        except csv.Error as error:
            raise InvalidInput(f"{text.name} cannot be read as CSV: {error}") from None
    rows = [row for _, row in found]
    for line, row in found:
        if len(row) != len(rows[0]):
            raise irregular_row_error(
                text.name, len(row), line + layout.skipped, len(rows[0]), layout.separator
            )
    names, _ = name_columns([row[0] for row in rows])
    require_distinct(names, text.name)
    transposed = io.StringIO()
    csv.writer(transposed).writerows(zip(*rows, strict=True))
    return transposed, names


def _restore_codes(
    frame: pd.DataFrame, source: _Source, kept: Mapping[str, CellFormat]
) -> dict[str, str]:
    """Restore in place the text of codes that pandas converted to numbers; return why each of them is text."""
    names = possible_code_columns(frame, source.text, source.layout.separator)
    names = [name for name in names if name not in kept]
    if not names:
        return {}
    cells = source.parse(usecols=names, dtype=str)
    codes = {}
    for name in names:
        finding = find_format(cells[name].dropna().str.strip().unique().tolist())
        if finding.format.kind == "text":
            frame.isetitem(list(frame.columns).index(name), cells[name].str.strip().array)
            codes[name] = finding.doubt
    return codes


def _warn_of_blank_lines(frame: pd.DataFrame, text: Text, layout: Layout) -> None:
    """Warn about blank lines between the rows, because line numbers then do not follow from row numbers."""
    if count_lines(text.path) == layout.skipped + 1 + len(frame):
        return
    blank = count_blank(text, layout)
    if blank:
        warnings.warn(
            f"{text.name} has {counted(blank, 'blank line')} between its rows, which "
            f"{plural_of(blank, 'is', 'are')} skipped",
            SheernetWarning,
            stacklevel=3,
        )


def _translated_error(error: ValueError, text: Text, layout: Layout) -> InvalidInput:
    message = str(error).strip()
    if found := re.search(r"Expected \d+ fields in line (\d+), saw (\d+)", message):
        return irregular_row_error(
            text.name, int(found[2]), int(found[1]), len(layout.names), layout.separator
        )
    if found := re.search(r"EOF inside string starting at row (\d+)", message):
        return InvalidInput(
            f"{text.name} has a quotation mark near line {int(found[1]) + 1 + layout.skipped} that is not closed; "
            "close or remove it"
        )
    return InvalidInput(
        f"{text.name} cannot be read as CSV: {message.splitlines()[0] if message else 'no reason given'}"
    )


def _require_whole_rows(frame: pd.DataFrame, text: Text, layout: Layout) -> None:
    """Raise if a row is too short; pandas would fill it with missing values without a warning."""
    if frame.empty or frame.shape[1] == 1 or not frame.iloc[:, -1].isna().any():
        return
    with text.open() as lines:
        for _ in range(layout.skipped):
            next(lines)
        rows = records(lines, layout.separator)
        next(rows)  # the names
        try:
            for line, row in rows:
                if len(row) < len(layout.names):
                    number = line + layout.skipped
                    raise irregular_row_error(
                        text.name, len(row), number, len(layout.names), layout.separator
                    )
        except csv.Error:  # a value of more than 131,072 characters, which pandas has read
            return


def _decimals(
    frame: pd.DataFrame, layout: Layout, options: ReadSettings, *, has_commas: bool
) -> str:
    """Describe the decimal mark of a file in words; "no decimals" if no number has one."""
    if has_commas or layout.decimal == ",":
        return "decimal commas"
    # Whole numbers are float64 too if some are missing; a column of 1.0 is recognized only by its dtype.
    has_points = _has_fractions(frame) or any(
        column.notna().all() for _, column in frame.items() if column.dtype.kind == "f"
    )
    return "decimal points" if has_points or options.decimal else "no decimals"


def _known_decimal(frame: pd.DataFrame, layout: Layout, options: ReadSettings) -> str | None:
    """Return the decimal mark of the file; None if it cannot be determined."""
    if options.decimal or layout.decimal == ",":
        return layout.decimal
    if _has_fractions(frame):
        return "."
    return "," if layout.separator == ";" else None


def _has_fractions(frame: pd.DataFrame) -> bool:
    return any(
        has_fractions(column.to_numpy()) for _, column in frame.items() if column.dtype.kind == "f"
    )
