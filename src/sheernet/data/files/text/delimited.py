"""Reading CSV and similar text files: pandas parses the file after its encoding and layout are determined."""

from __future__ import annotations

import csv
import io
import itertools
import re
import warnings
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from sheernet.data.files.heading_warnings import warn_of_gap
from sheernet.data.files.headings import find_heading
from sheernet.data.files.na_labels import warn_of_labels
from sheernet.data.files.opening import Opened
from sheernet.data.files.text.blank_lines import warn_of_line_breaks
from sheernet.data.files.text.cell_errors import warn_of_errors
from sheernet.data.files.text.code_columns import (
    lost_zeros_message,
    possible_code_columns,
    possible_exponent_columns,
)
from sheernet.data.files.text.layout_messages import (
    IrregularRow,
    irregular_row_error,
    unclosed_error,
)
from sheernet.data.files.text.misread_decimals import with_misread_decimals
from sheernet.data.files.text.non_row_lines import (
    has_divided_rows,
    has_missing_row,
    has_short_rows,
    require_no_repeated_header,
    warn_of_totals,
    without_other_lines,
)
from sheernet.data.files.text.other_formats import require_lines_of_values
from sheernet.data.files.text.quoted_cells import (
    has_words,
    marked_lines,
    may_tell_text,
    restore_known,
    restore_quoted,
    with_marks,
)
from sheernet.data.files.text.row_lines import RowText, quoting, records, row_lines
from sheernet.data.files.text.text_encoding import Text, open_text
from sheernet.data.files.text.text_layout import TextLayout, find_layout, has_one_sample
from sheernet.data.formats.cell_formats import CellFormat, columns_of_labels
from sheernet.data.formats.composed_text import compose_labels
from sheernet.data.formats.digit_codes import first_exponent, first_shortened
from sheernet.data.formats.number_columns import Numbers, number_columns
from sheernet.data.formats.number_formats import LABEL, QUOTED, TEXT, Marks, find_format
from sheernet.data.formats.row_numbers import NAMELESS
from sheernet.data.formats.text_conversion import (
    FITTED,
    convert_text,
    format_notes,
    read_compact_dates,
    replace_missing_markers,
    warn_of_doubts,
)
from sheernet.data.tables.column_names import MADE, made_names, name_columns
from sheernet.data.tables.reading import Reading
from sheernet.data.tables.table import require_distinct
from sheernet.foundation.caller_warnings import warn
from sheernet.foundation.errors import InvalidInput, SheernetWarning
from sheernet.foundation.message_text import counted, listed, plural_of
from sheernet.foundation.pandas_import import import_pandas
from sheernet.foundation.sentences import Setting, in_quotes, sentence
from sheernet.settings.read_settings import ERRORS, MISSING, NEVER_LABELS, SEPARATORS, ReadSettings

if TYPE_CHECKING:
    import pandas as pd

_FIRST_SAMPLES = 100
"""Number of first columns among which names are looked for if samples are columns."""


@dataclass(frozen=True, eq=False)
class DelimitedTable:
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
        The units of columns in the row of units or the header.
    cells_of : callable, str -> Series, (N,)
        Returns the cells of a column as text, unchanged.
    """

    frame: pd.DataFrame
    reading: str
    formats: dict[str, CellFormat]
    units: Mapping[str, str]
    cells_of: Callable[[str], pd.Series[Any]]


def read_delimited(
    file: Opened, options: ReadSettings, like: Reading | None = None
) -> DelimitedTable:
    """Read a text file of rows and columns.

    Parameters
    ----------
    file : Opened
        The file.
    options : ReadSettings
        The options that were given.
    like : Reading, optional
        How the file of a model was read.

    Returns
    -------
    DelimitedTable

    Raises
    ------
    InvalidInput
        If the file is not text, rows have different numbers of values, or a cell does not have the format in `like`.
    """
    kept = {} if like is None else like.formats_for(options)
    kept |= {name: LABEL for name in options.not_missing if name in kept}
    options = _with_labels(options, kept)
    text = open_text(file, options.encoding, options.quote)
    require_lines_of_values(text, options)
    options = _with_header(text, options, like)
    given = (
        options if like is None else replace(options, decimal=options.decimal or like.usual_decimal)
    )
    found = find_layout(text, given)
    source = _source(text, found, options)
    frame, source = _parsed(source)
    layout = source.layout
    if not len(frame) and options.header == "auto":
        raise InvalidInput(
            "{} has no rows below its header (if it is a row, give {}); at least one is needed",
            text.name, Setting("header", "none"),
        )  # fmt: skip
    if options.samples == "rows":
        require_no_repeated_header(frame, text, layout)
        warn_of_line_breaks(frame, text, layout, options, are_told=layout.marks != found.marks)
        warn_of_gap(frame, text.name)
    _warn_of_guess(frame, text)
    whole = () if like is None else like.whole
    frame, reading, formats = _converted(frame, source, kept, whole=whole)
    if options.samples == "rows":
        warn_of_totals(frame, text.name)
    return DelimitedTable(
        frame, reading, formats, layout.units, lambda name: source.raw_cells([name])[name]
    )


def read_block(
    text: Text,
    layout: TextLayout,
    options: ReadSettings,
    kept: Mapping[str, CellFormat],
    kept_by: str,
) -> tuple[pd.DataFrame, str, dict[str, CellFormat]]:
    """Read consecutive rows of a text file that were copied to a file of their own.

    Parameters
    ----------
    text : Text
        The rows.
    layout : TextLayout
        The layout of the whole file.
    options : ReadSettings
        The options of the whole file.
    kept : mapping of str to CellFormat
        The formats of its columns.
    kept_by : str
        Words for messages that say where these formats come from.

    Returns
    -------
    DataFrame, str and dict of str to CellFormat
        The rows, their description and formats, as in `DelimitedTable`.
    """
    options = _with_labels(options, kept)
    frame, source = _parsed(_source(text, replace(layout, top=0, is_plain=False), options))
    return _converted(frame, source, kept, kept_by)


def parsed_block(text: Text, layout: TextLayout, options: ReadSettings) -> pd.DataFrame:
    """Read rows as `read_block` does, but leave text as it is."""
    return _parsed(_source(text, replace(layout, top=0, is_plain=False), options))[0]


def _with_labels(options: ReadSettings, kept: Mapping[str, CellFormat]) -> ReadSettings:
    """Read texts such as NA as they are in columns that may have them as labels."""
    labels = columns_of_labels(kept, if_quoted=True)
    return replace(options, not_missing=(*options.not_missing, *labels)) if labels else options


def _converted(
    frame: pd.DataFrame,
    source: _Source,
    kept: Mapping[str, CellFormat],
    kept_by: str = FITTED,
    whole: Container[str] = (),
) -> tuple[pd.DataFrame, str, dict[str, CellFormat]]:
    """Convert the columns that pandas left as text, and restore the text of those that it should not have converted."""
    text, layout, options = source.text, source.layout, source.options
    kept = {name: form for name, form in kept.items() if name in frame.columns}
    labels = {
        name: LABEL
        for name in options.not_missing
        if name in frame.columns and kept.get(name) != QUOTED
    }
    numbers = number_columns(frame)
    codes = _restore_codes(frame, numbers, source, kept, kept_by)
    _restore_text(frame, numbers, source, kept | labels)
    quoted = _restore_quoted(frame, numbers, source, kept | labels)
    warn_of_errors(frame, source.raw_cells, text)
    if not kept and source.transposed is None:
        _warn_of_exponents(numbers, source)
        warn_of_labels(frame, lambda name: source.raw_cells([name])[name], text.name)
    likely = _known_decimal(numbers, layout, options)
    decimal, thousands = (None, None) if kept else (options.decimal, options.thousands)
    if options.missing_values:
        frame = replace_missing_markers(frame, options.missing_values)
        numbers = number_columns(frame)
    conversion = convert_text(
        frame, Marks(decimal, thousands, likely, options.dates, guess="," if source.separator == ";" else None),
        kept | labels | quoted | dict.fromkeys(codes, TEXT), text.name, kept_by=kept_by,
    )  # fmt: skip
    if kept_by == FITTED and not (options.decimal or options.thousands):
        conversion = with_misread_decimals(
            conversion, frame, numbers, source.text_of, text, layout, kept, whole
        )
    has_commas = layout.decimal == "," or any(
        each.shows_decimal and each.format.decimal == "," for each in conversion.findings.values()
    )
    warn_of_doubts(conversion, text.name, options, has_commas=layout.decimal == ",")
    compose_labels(frame)
    dates = read_compact_dates(frame, options.dates, kept, text.name)
    texts = {name: form for name, form in conversion.formats.items() if name not in dates}
    numbers |= number_columns(frame[list(conversion.findings)])
    for name in dates:
        numbers.pop(name, None)
    formats = _plain_formats(frame, numbers, layout) | texts
    separators = SEPARATORS.get(source.separator, repr(source.separator))
    transposed = ", samples in columns" if options.samples == "columns" else ""
    decimals = _decimals(numbers, layout, options, has_commas=has_commas)
    how = f"CSV with {separators} and {decimals}, {text.label}{transposed}"
    notes = [*layout.notes, *_code_notes(codes), *format_notes(formats)]
    if options.missing_values:
        notes.append(
            f"missing values also {listed(list(map(in_quotes, options.missing_values)), most=4)}"
        )
    return frame, "; ".join([how, *notes]), formats


def _with_header(text: Text, options: ReadSettings, like: Reading | None) -> ReadSettings:
    """Read a single row without names as values if the file of the model, too, had no names."""
    is_nameless = like is not None and MADE in like.numbered
    if is_nameless and options.header == "auto" and has_one_sample(text, options):
        return replace(options, header="none")
    return options


def read_cells(file: Opened, options: ReadSettings, like: Reading | None = None) -> pd.DataFrame:
    """Read the cells of a text file as text, unchanged; the arguments are those of `read_delimited`.

    Returns
    -------
    DataFrame, (N, number of columns)
        All text; rows and names as `read_delimited` returns them.
    """
    text = open_text(file, options.encoding, options.quote)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SheernetWarning)  # they were issued when the table was read
        options = _with_header(text, options, like)
        layout = find_layout(text, options)
    return _cells(text, layout, options)


def read_block_cells(text: Text, layout: TextLayout, options: ReadSettings) -> pd.DataFrame:
    """Read the cells of a block of rows as text, unchanged; see `read_block` and `read_cells`."""
    return _cells(text, replace(layout, top=0, is_plain=False), options)


def _cells(text: Text, layout: TextLayout, options: ReadSettings) -> pd.DataFrame:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SheernetWarning)
        _, source = _parsed(_source(text, layout, options))
    return source.parse(dtype=str, na_filter=False)


def _warn_of_guess(frame: pd.DataFrame, text: Text) -> None:
    """Warn if the encoding is a guess that matters: names or values have characters outside of ASCII."""
    if text.guess is None:
        return
    shown = next((name for name in frame.columns if not name.isascii()), None) or next(
        (
            value
            for _, column in frame.items()
            if getattr(column.dtype, "kind", "O") == "O"
            for value in column.dropna().unique()
            if not str(value).isascii()
        ),
        None,
    )
    if shown is None:
        return
    others = [Setting("encoding", name) for name in text.guess.others]
    such = sentence(", such as {}", sentence(" or ".join(["{}"] * len(others)), *others))
    warn(
        sentence(
            "{} is not UTF-8, so its encoding is a guess: it is read as {}, with {!r} for example; if this text is "
            "wrong, give its {}{}",
            text.name, text.label, shown, Setting("encoding"), such if others else "",
        )
)  # fmt: skip


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
            shown = listed(list(map(in_quotes, names)), most=4)
            notes.append(
                f"{plural_of(len(names), 'column')} {shown} {are} text, because {have} {reason}"
            )
    return notes


def _plain_formats(
    frame: pd.DataFrame, numbers: Mapping[str, Numbers], layout: TextLayout
) -> dict[str, CellFormat]:
    """Return the formats of the columns of numbers and Booleans."""
    number, boolean = (CellFormat(kind, layout.decimal) for kind in ("number", "boolean"))
    formats = {}
    for name, dtype in zip(frame.columns.tolist(), frame.dtypes, strict=True):
        if name in numbers and not numbers[name].are_missing:
            formats[name] = number
        elif dtype == np.bool_:
            formats[name] = boolean
    return formats


def _restore_text(
    frame: pd.DataFrame,
    numbers: dict[str, Numbers],
    source: _Source,
    kept: Mapping[str, CellFormat],
) -> None:
    """Restore in place the text of columns that pandas converted although the model keeps another format of them."""
    names = [
        name
        for name, form in kept.items()
        if isinstance(frame[name].dtype, np.dtype)
        and not frame[name].isna().all()
        and not _is_converted(frame[name].dtype.kind, form, source.layout.decimal)
    ]
    if names:
        cells = source.text_of(names)
        for name in names:
            frame[name] = cells[name].array
            numbers.pop(name, None)


def _is_converted(kind: str, form: CellFormat, decimal: str) -> bool:
    """Whether pandas converts cells correctly by a format, given the kind of the dtype and pandas' decimal mark."""
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
    """The input of pandas: a text file, or the text of a transposed one, whose separator is a comma."""

    text: Text
    layout: TextLayout
    separator: str  # of the file
    options: ReadSettings
    transposed: str | None = None
    is_marked: bool = False

    @property
    def is_read_by_path(self) -> bool:
        """Whether pandas opens the file itself, which is faster; it skips lines by its rules for quotation marks."""
        layout = self.layout
        is_changed = layout.is_filtered or not self.text.is_plain
        if self.transposed is not None or is_changed or self.text.encoding != "utf-8":
            return False
        top = itertools.islice(io.StringIO(self.text.head, newline=""), layout.top)
        mark = layout.quote or '"'
        return all(line.endswith("\n") and line.count(mark) % 2 == 0 for line in top)

    def parse(self, **special: Any) -> pd.DataFrame:
        """Read the rows; `special` replaces the usual arguments of pandas.

        Raises
        ------
        InvalidInput
            If pandas cannot read the file, or a row is longer than the names.
        """
        pandas = import_pandas()
        arguments = self._arguments(special)
        try:
            with warnings.catch_warnings():
                # ParserWarning: a row has more values than names.  DtypeWarning: a column is text in some parts of the
                # file and numbers in others, so the file must be read as a whole to keep its text unchanged.
                warnings.simplefilter("error", pandas.errors.ParserWarning)
                warnings.simplefilter("error", pandas.errors.DtypeWarning)
                try:
                    return self._read(arguments)
                except pandas.errors.DtypeWarning:
                    return self._read({**arguments, "low_memory": False})
        except pandas.errors.ParserWarning:
            raise IrregularRow(
                f"{self.text.name} has more values in a row than names in its first line; give every column a name"
            ) from None
        except ValueError as error:  # ParserError of pandas is a ValueError
            above = 0 if self.is_read_by_path else self.layout.top
            raise _translated_error(error, self.text, self.layout, above) from None

    def text_of(self, names: Sequence[str]) -> pd.DataFrame:
        """Read the cells of some columns as text, of which some are missing."""
        return self.parse(usecols=names, dtype=str)

    def raw_cells(self, names: Sequence[str]) -> pd.DataFrame:
        """Read the cells of some columns as text, unchanged."""
        return self.parse(usecols=names, dtype=str, na_filter=False)

    def marked_cells(self, n_rows: int, **special: Any) -> pd.DataFrame:
        """Read cells of a file of n_rows rows as text with a character before quoted values, see quoted_cells.py."""
        special |= {"dtype": object, "na_filter": False}  # strings of Python
        if has_divided_rows(self.text, self.layout, n_rows):
            written = replace(self, layout=replace(self.layout, quote="none")).parse(**special)
            marked = with_marks(written, self.layout.quote or '"')
            if marked is not None:
                return marked
        return replace(self, is_marked=True).parse(**special)

    def _arguments(self, special: Mapping[str, Any]) -> dict[str, Any]:
        """Return the arguments of pandas.read_csv."""
        layout = self.layout
        return {
            "sep": r"\s+" if layout.separator == " " else layout.separator,
            "decimal": layout.decimal,
            "names": list(layout.names),
            "header": None,
            "index_col": False,
            "skipinitialspace": b" " not in self.text.absent,  # pandas is faster if False
            "low_memory": self.transposed is None,
            "compression": None,  # already unpacked; pandas would infer it from the file extension
            "keep_default_na": False,
            "na_values": self._missing(),
            **quoting(layout.quote),
            **correct_rounding(),
            **special,
        }

    def _missing(self) -> list[str] | dict[str, list[str]]:
        """Return the texts that are missing values; by column if some have labels such as NA or may be row numbers."""
        given = list(map(str, self.options.missing_values))
        labels = set(self.options.not_missing)
        if not (given or labels):
            return [*MISSING, *ERRORS]
        return {
            name: [
                *(NEVER_LABELS if name in labels else MISSING),
                *ERRORS,
                *(
                    () if NAMELESS.fullmatch(name) else given
                ),  # `replace_missing_markers` finds them
            ]
            for name in self.layout.names
        }

    def _read(self, arguments: Mapping[str, Any]) -> pd.DataFrame:
        pandas = import_pandas()
        if self.transposed is not None:
            return pandas.read_csv(io.StringIO(self.transposed), **arguments)
        layout = self.layout
        if self.is_marked:
            lines = marked_lines(
                row_lines(self.text, layout), layout.separator, layout.quote or '"'
            )
            return pandas.read_csv(RowText(lines), **arguments)
        if layout.is_filtered or not self.text.is_plain:
            return pandas.read_csv(RowText(row_lines(self.text, layout)), **arguments)
        if self.is_read_by_path:
            return pandas.read_csv(self.text.path, skiprows=layout.top, **arguments)
        with self.text.open() as stream:
            for _ in range(layout.top):
                stream.readline()
            return pandas.read_csv(stream, **arguments)


def _source(text: Text, layout: TextLayout, options: ReadSettings) -> _Source:
    if options.samples == "columns":
        content, names = _transposed(text, layout, options)
        plain = TextLayout(",", layout.decimal, names, layout.notes)
        return _Source(text, plain, layout.separator, options, content)
    require_distinct(layout.names, text.name, options.header)
    return _Source(text, layout, layout.separator, options)


def _parsed(source: _Source) -> tuple[pd.DataFrame, _Source]:
    """Parse a file, without the lines that cannot be rows and those that have separators only."""
    if source.transposed is not None:
        return source.parse(), source
    frame, source = _regular(source)
    if not has_missing_row(frame):
        return frame, source
    source = replace(source, layout=replace(source.layout, has_empty_rows=True))
    return source.parse(), source


def _regular(source: _Source) -> tuple[pd.DataFrame, _Source]:
    """Parse a file; if rows have too many or too few values, without the lines that cannot be rows."""
    text, layout = source.text, source.layout
    irregular: IrregularRow | None = None
    if layout.is_regular:
        try:
            frame = source.parse()
            if not has_short_rows(frame, text, layout, source.options):
                return frame, source
        except IrregularRow as error:
            irregular = error
    found = without_other_lines(text, layout)
    if found == layout and irregular is not None:
        raise irregular
    source = replace(source, layout=found)
    return source.parse(), source


def _transposed(
    text: Text, layout: TextLayout, options: ReadSettings
) -> tuple[str, tuple[str, ...]]:
    """Transpose a file whose samples are columns; its first column may hold the names."""
    lines = row_lines(text, layout)
    try:
        found = list(records(lines, layout.separator, layout.quote, layout.top))
    except csv.Error as error:
        raise InvalidInput(
            "{} cannot be read as CSV: {}; correct the file, or give {} if quotation marks are ordinary characters",
            text.name, error, Setting("quote", "none"),
        ) from None  # fmt: skip
    rows = [row for _, row in found]
    for line, row in found:
        if len(row) != len(rows[0]):
            first = f"its first line has {counted(len(rows[0]), 'value')}"
            raise irregular_row_error(text.name, len(row), line, layout.separator, first)
    turned = list(zip(*rows, strict=True))  # (number of samples, or one more with names, columns)
    names, n_above = _names_of_turned(turned, text.name, options)
    require_distinct(names, text.name)
    transposed = io.StringIO()
    csv.writer(transposed).writerows(turned[n_above:])
    return transposed.getvalue(), names


def _names_of_turned(
    turned: Sequence[Sequence[str]], source: str, options: ReadSettings
) -> tuple[tuple[str, ...], int]:
    """Return the names of a file whose samples are columns, and the number of columns before the first sample."""
    heading = find_heading(turned[:_FIRST_SAMPLES], options)
    if not heading.is_clear and heading.names is None:
        raise InvalidInput(
            "it cannot be determined whether the first column of {} (0, 1, 2, ...) holds names; give {}, or {} "
            "if it is a sample",
            source, Setting("header", "yes"), Setting("header", "none"),
        )  # fmt: skip
    if heading.names is None and heading.is_guess:
        warn(
            sentence(
                "{} has no names of columns: its first column has the form of the others and is read as a sample, and "
                "the columns are called column_1 to column_{}; if it holds the names, give {}",
                source, len(turned[0]), Setting("header", "yes"),
            )
        )  # fmt: skip
    if heading.units is not None:
        warn(
            sentence(
                "column {} of {} is read as units ({}); if it is data, give {}",
                heading.units + 1, source, listed(turned[heading.units], most=6), Setting("units", "none"),
            )
        )  # fmt: skip
    if heading.names is None:
        return made_names(len(turned[0])), heading.n_rows
    return name_columns(turned[0])[0], 1 if heading.names else heading.n_rows


def _restore_codes(
    frame: pd.DataFrame,
    numbers: dict[str, Numbers],
    source: _Source,
    kept: Mapping[str, CellFormat],
    kept_by: str,
) -> dict[str, str]:
    """Restore in place the text of codes that pandas converted to numbers; return why each of them is text.

    A column of numbers that a model keeps stays numbers, with a warning of leading zeros.  In a block of a data set,
    it becomes text, from which `survey_shard` finds that the column is text in all blocks.
    """
    names = possible_code_columns(frame, numbers, source.text, source.separator)
    names = [name for name in names if name not in kept or kept[name].is_plain_number]
    if not names:
        return {}
    cells = source.text_of(names)
    codes = {}
    for name in names:
        finding = find_format(cells[name].dropna().str.strip().unique().tolist())
        if name in kept and finding.doubt != "codes":
            continue
        if name in kept and kept_by == FITTED:
            warn(lost_zeros_message(name, cells[name], source.text.name))
        elif finding.format.kind == "text":
            frame[name] = cells[name].str.strip().array
            numbers.pop(name, None)
            codes[name] = finding.doubt
    return codes


def _warn_of_exponents(numbers: Mapping[str, Numbers], source: _Source) -> None:
    """Warn of columns of which most cells are numbers such as 1E3 or 1,23457E+12, which may be codes."""
    names = possible_exponent_columns(numbers, source.text)
    if not names:
        return
    cells = source.text_of(names)
    for name in names:
        texts = cells[name].dropna().str.strip().tolist()
        first, shortened = first_exponent(texts), first_shortened(texts)
        if first is not None:
            warn(
                sentence(
                    "column {!r} of {} has numbers such as {!r}, read as {:g}; if they are codes, give {}",
                    name, source.text.name, first, float(first), Setting("categories", [name]),
                )
            )  # fmt: skip
        elif shortened is not None:
            warn(
                f"column {in_quotes(name)} of {source.text.name} has numbers such as {shortened!r}, of which a "
                "spreadsheet program may have left out digits; if they were identifiers, save the file again with "
                "these cells formatted as whole numbers (0), or imported as text"
            )


def _restore_quoted(
    frame: pd.DataFrame,
    numbers: dict[str, Numbers],
    source: _Source,
    kept: Mapping[str, CellFormat],
) -> dict[str, CellFormat]:
    """Restore in place the text of columns that quotation marks make text; return their formats."""
    options, layout, text = source.options, source.layout, source.text
    has_marks = source.transposed is None and layout.quote != "none" and options.quoted != "ignore"
    parse = partial(source.marked_cells, len(frame))
    known = [each for each, form in kept.items() if form == QUOTED and has_words(frame[each])]
    if known:
        cells = parse(usecols=known) if has_marks else source.raw_cells(known)
        has_names = has_marks and layout.has_quoted_names
        restore_known(frame, cells, text.name, options, has_quoted_names=has_names)
    is_certain = options.quoted == "text"
    if not has_marks or not (is_certain or may_tell_text(frame, numbers, text)):
        return {}
    formats = restore_quoted(frame, parse, kept, text, is_certain=is_certain)
    for each in formats:
        numbers.pop(each, None)
    return formats


def _translated_error(
    error: ValueError, text: Text, layout: TextLayout, above: int
) -> InvalidInput:
    """Return the error for an error of pandas, which does not count the `above` first lines."""
    message = str(error).strip()
    if "out of memory" in message or "on source failed" in message:
        raise MemoryError(message) from error
    if found := re.search(r"Expected \d+ fields in line (\d+), saw (\d+)", message):
        line = int(found[1]) + above
        return irregular_row_error(text.name, int(found[2]), line, layout.separator, layout.width)
    if found := re.search(r"EOF inside string starting at row (\d+)", message):
        return unclosed_error(text.name, int(found[1]) + 1 + above)
    return InvalidInput(
        f"{text.name} cannot be read as CSV: {message.splitlines()[0] if message else 'no reason given'}"
    )


def _decimals(
    numbers: Mapping[str, Numbers], layout: TextLayout, options: ReadSettings, *, has_commas: bool
) -> str:
    """Describe the decimal mark of a file; "no decimals" if no number has one."""
    if has_commas or layout.decimal == ",":
        return "decimal commas"
    # Whole numbers are float64 too if some are missing; a column of 1.0 is recognized only by its dtype.
    has_points = any(
        column.values.dtype.kind == "f" and (column.has_fractions or not column.has_missing)
        for column in numbers.values()
    )
    return "decimal points" if has_points or options.decimal else "no decimals"


def _known_decimal(
    numbers: Mapping[str, Numbers], layout: TextLayout, options: ReadSettings
) -> str | None:
    """Return the decimal mark that an option or the numbers read by pandas show; None if they show none."""
    if options.decimal or layout.decimal == ",":
        return layout.decimal
    return "." if any(column.has_fractions for column in numbers.values()) else None
