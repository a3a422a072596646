"""Text files as tables: each column is numbers, dates, Booleans or text, by the formats of `sheernet.data.formats`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from sheernet.data.files.cell_warnings import warn_of_errors, warn_of_total
from sheernet.data.files.opening import Opened
from sheernet.data.files.text.encodings import Text, read_text
from sheernet.data.files.text.text_cells import LEADING_ZERO, TextColumn, for_each, read_columns
from sheernet.data.files.text.text_layout import TextLayout, find_layout
from sheernet.data.files.written_cells import WrittenCells
from sheernet.data.formats.cell_formats import CellFormat
from sheernet.data.formats.composed_text import compose_labels
from sheernet.data.formats.digit_dates import read_digit_dates
from sheernet.data.formats.number_formats import BOOLEAN, TEXT, Marks, find_format
from sheernet.data.formats.text_conversion import (
    FITTED,
    convert_text,
    format_notes,
    replace_missing_markers,
    warn_of_doubts,
)
from sheernet.data.tables.column_names import MADE
from sheernet.data.tables.reading import Reading
from sheernet.data.tables.table import require_distinct
from sheernet.foundation.caller_warnings import warn
from sheernet.foundation.message_text import listed
from sheernet.foundation.pandas_import import import_pandas
from sheernet.foundation.sentences import in_quotes
from sheernet.settings.read_settings import ERRORS, MISSING, SEPARATORS, ReadSettings

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False)
class TextTable:
    """The table in a text file, and how it was read.

    Parameters
    ----------
    frame : DataFrame, (N, number of columns)
        Numbers are correctly rounded; dates are dates.
    reading : str
        Description of how the file was read, for `Table.reading`.
    formats : dict of str to CellFormat
        How each column was read, for `Table.formats`.
    units : mapping of str to str
        The units of columns in the row of units.
    written : callable, () -> WrittenCells
        Returns the text of the cells, unchanged.
    """

    frame: pd.DataFrame
    reading: str
    formats: dict[str, CellFormat]
    units: Mapping[str, str]
    written: Callable[[], WrittenCells]


def read_text_table(file: Opened, options: ReadSettings, like: Reading | None = None) -> TextTable:
    """Read a text file of rows and columns.

    Parameters
    ----------
    file : Opened
        The file.
    options : ReadSettings
        The options that were given.
    like : Reading, optional
        How the file of a model was read.

    Raises
    ------
    InvalidInput
        If the file is not text, rows have different numbers of cells, or a cell does not have the format in `like`.
    """
    text = read_text(file, options.encoding, None if like is None else like.encoding)
    if options.samples == "columns":
        text = _turned(text, options)
        options = replace(options, separator="\t", skip=0, comment="none")
    if like is not None and MADE in like.numbered and options.header == "auto":
        options = replace(options, header="none")  # the file of the model had no names
    layout = find_layout(text, options)
    require_distinct(layout.names, text.name, options.header)
    kept = {} if like is None else like.formats_for(options)
    frame, reading, formats = read_rows(text, layout, options, kept)
    if options.samples == "rows":
        warn_of_total(frame, text.name)
    else:
        reading = f"{reading}; samples in columns"
    return TextTable(
        frame,
        reading,
        formats,
        layout.units,
        cache(lambda: WrittenCells(read_cells(text, layout), "text")),
    )


def _turned(text: Text, options: ReadSettings) -> Text:
    """Return a text whose rows are the columns of another one."""
    layout = find_layout(text, replace(options, header="none", units="none"))
    columns = read_columns(text, replace(layout, top=min(layout.top, options.skip)))
    lines = ("\t".join(_quoted(cell) for cell in column.objects()) for column in columns)
    return replace(text, data="\n".join(lines).encode())


def _quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if set(cell) & set('\t\n"') else cell


def read_rows(
    text: Text,
    layout: TextLayout,
    options: ReadSettings,
    kept: Mapping[str, CellFormat],
    kept_by: str = FITTED,
) -> tuple[pd.DataFrame, str, dict[str, CellFormat]]:
    """Read the rows of a text, or of a part of it that has no lines above its rows.

    Parameters
    ----------
    text : Text
        The rows.
    layout : TextLayout
        Their layout.
    options : ReadSettings
        The options of the file.
    kept : mapping of str to CellFormat
        The formats of columns that are known.
    kept_by : str
        Words for messages that say where these formats come from.

    Returns
    -------
    DataFrame, str and dict of str to CellFormat
        The rows, their description and formats, as in `TextTable`.
    """
    markers = [
        each for each in options.missing_values if isinstance(each, str) and not _is_number(each)
    ]
    columns = dict(zip(layout.names, read_columns(text, layout, [*MISSING, *markers]), strict=True))
    found = for_each(lambda n: _plain(columns[n], kept.get(n), options), columns, len(text.data))
    plain = dict(zip(columns, found, strict=True))
    for name in set(plain) & set(kept):
        if plain[name] is not None and (code := _first_code(columns[name])):
            if kept_by == FITTED:
                _warn_of_lost_zeros(name, code, text.name)
            else:  # text in one block is text in all
                plain[name], kept = None, {**kept, name: TEXT}
    values = {name: found[0] for name, found in plain.items() if found is not None}
    others = {name: column for name, column in columns.items() if name not in values}
    objects = {name: column.objects() for name, column in others.items()}
    frame = import_pandas().DataFrame(
        {name: values[name] if name in values else objects[name] for name in columns}
    )
    _warn_of_line_breaks(text.name, others)
    errors = warn_of_errors(
        text.name, {name: column.distinct[1] for name, column in others.items()}
    )
    for name in errors:
        frame[name] = frame[name].mask(frame[name].isin(list(ERRORS)), np.nan)
    if options.missing_values:
        frame = replace_missing_markers(frame, options.missing_values)
    formats = {name: found[1] for name, found in plain.items() if found is not None}
    shown = {
        form.decimal
        for name, form in formats.items()
        if values[name].dtype.kind == "f" and name not in kept
    }
    findings = convert_text(
        frame,
        Marks(
            options.decimal, options.thousands, shown.pop() if len(shown) == 1 else None, options.dates,
            guess="," if layout.separator == ";" else ".",
        ),
        kept, text.name, kept_by=kept_by,
    )  # fmt: skip
    for name in frame.columns[frame.isna().all()]:
        if frame[name].dtype.kind == "O":
            frame[name] = np.nan
    warn_of_doubts(findings, text.name, options)
    compose_labels(frame)
    dates = read_digit_dates(frame, options.dates, kept, text.name)
    formats |= {name: finding.format for name, finding in findings.items()}
    formats = {name: form for name, form in formats.items() if name not in dates}
    return frame, _description(text, layout, options, formats), formats


def read_cells(text: Text, layout: TextLayout) -> pd.DataFrame:
    """Return the text of the cells of rows, unchanged, (N, number of columns)."""
    columns = read_columns(text, layout)
    return import_pandas().DataFrame(
        {name: c.objects() for name, c in zip(layout.names, columns, strict=True)}, dtype=object
    )


def _plain(
    column: TextColumn, form: CellFormat | None, options: ReadSettings
) -> tuple[Any, CellFormat] | None:
    """Convert a column of numbers without units and separators of thousands, or of true and false, if it is one."""
    if form is not None:
        if form.kind == "number" and form.is_plain:
            values = column.numbers(form.decimal, is_sure=True)
            return None if values is None else (values, form)
        return None
    numbers = _numbers(column, options)
    if numbers is None and (bare := column.without(MISSING)):
        numbers = _numbers(bare, options)  # NA is no label among numbers, even in quotation marks
    if numbers is not None:
        return numbers
    codes, labels = column.distinct
    if labels and len(labels) < 10 and {label.lower() for label in labels} <= {"true", "false"}:
        found = np.array([*(label.lower() == "true" for label in labels), np.nan], dtype=object)
        values = found[codes]
        return (values if (codes < 0).any() else values.astype(np.bool_)), BOOLEAN
    return None


def _numbers(column: TextColumn, options: ReadSettings) -> tuple[Any, CellFormat] | None:
    for decimal in (options.decimal,) if options.decimal else (".", ","):
        if (values := column.numbers(decimal)) is not None:
            return values, CellFormat("number", decimal)
    return None


def _first_code(column: TextColumn) -> str | None:
    """Return the first code of digits with a leading zero; None if the column holds numbers."""
    if not column.matches(LEADING_ZERO):
        return None
    labels = column.distinct[1]
    is_of_codes = find_format(labels).doubt == "codes"
    return next(each for each in labels if re.match(LEADING_ZERO, each)) if is_of_codes else None


def _warn_of_lost_zeros(name: str, code: str, source: str) -> None:
    warn(
        f"column {in_quotes(name)} of {source} has leading zeros, such as {code!r}, which is read as {int(code)}: the "
        "model was fitted to numbers without them"
    )


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _warn_of_line_breaks(source: str, columns: Mapping[str, TextColumn]) -> None:
    """Warn of cells with line breaks, which a stray quotation mark may have joined."""
    for name, column in columns.items():
        if cell := next((label for label in column.distinct[1] if "\n" in label), None):
            warn(
                f"column {in_quotes(name)} of {source} has line breaks in its cells, such as {cell[:40]!r}; if a "
                "quotation mark before it is stray, delete it"
            )
            return


def _description(
    text: Text, layout: TextLayout, options: ReadSettings, formats: Mapping[str, CellFormat]
) -> str:
    """Describe how a file was read."""
    separators = SEPARATORS.get(layout.separator, repr(layout.separator))
    marks = {form.decimal for form in formats.values() if form.kind == "number"}
    decimals = " and decimal commas" if "," in marks else ""
    notes = [*layout.notes, *format_notes(formats)]
    if options.missing_values:
        notes.append(
            f"missing values also {listed(list(map(in_quotes, options.missing_values)), most=4)}"
        )
    return "; ".join([f"CSV with {separators}{decimals}, {text.label}", *notes])
