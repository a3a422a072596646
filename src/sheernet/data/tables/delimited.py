"""Reading CSV and its relatives: pandas does the work once the layout of the file is known."""

from __future__ import annotations

import csv
import io
import re
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sheernet.data.tables.codes import are_codes, has_fractions, suspects
from sheernet.data.tables.column_names import name_columns
from sheernet.data.tables.conversion import convert_text
from sheernet.data.tables.line_counts import count_blank, count_lines
from sheernet.data.tables.opening import Opened
from sheernet.data.tables.read_options import MISSING, SEPARATORS, Options
from sheernet.data.tables.table import require_distinct
from sheernet.data.tables.text_encoding import Text, open_text
from sheernet.data.tables.text_layout import Layout, find_layout, irregular, records
from sheernet.foundation.errors import InvalidInput, SheernetWarning
from sheernet.foundation.optional import import_optional

if TYPE_CHECKING:
    import pandas as pd

_SHOWN = 3


def read_delimited(file: Opened, options: Options) -> tuple[pd.DataFrame, str]:
    """Read a text file whose rows are lines.

    Returns
    -------
    DataFrame, (N, number of columns)
        Numbers to the nearest bit; ISO dates are dates.
    str
        How it was read.

    Raises
    ------
    InvalidInput
        When it is no text, or its rows do not agree.
    """
    options.refuse(["sheet"], f"is for Excel workbooks, but {file.name} is text")
    text = open_text(file, options.encoding)
    layout = find_layout(text, options)
    source = _source(text, layout, options)
    frame = source.parse()
    if options.samples == "rows":
        _require_whole_rows(frame, text, layout)
        _say_blank_lines(frame, text, layout)
    codes = _restore_codes(frame, source)
    conversion = convert_text(frame, _known_decimal(frame, layout, options), codes)
    for name in conversion.unclear:
        warnings.warn(
            f"column {name!r} of {file.name} is taken for text, because its numbers may have thousands or decimals "
            f"behind their marks; give the decimal mark, such as decimal={layout.decimal!r}",
            SheernetWarning,
            stacklevel=2,
        )
    marks = SEPARATORS.get(layout.separator, repr(layout.separator))
    turned = ", samples in columns" if options.samples == "columns" else ""
    decimals = _decimals(frame, layout, options, has_commas=conversion.has_commas)
    how = f"CSV with {marks} and {decimals}, {text.label}{turned}"
    notes = (*(layout.notes if not turned else ()), *_note_of(conversion.codes))
    return frame, "; ".join([how, *notes])


def read_cells(file: Opened, options: Options) -> pd.DataFrame:
    """Read a text file once more, for its cells as they stand in it.

    Returns
    -------
    DataFrame, (N, number of columns)
        Text throughout, under the names and in the rows that `read_delimited` gives.
    """
    text = open_text(file, options.encoding)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SheernetWarning)  # said when the table was read
        layout = find_layout(text, options)
    return _source(text, layout, options).parse(dtype=str, na_filter=False)


def _note_of(codes: Sequence[str]) -> tuple[str, ...]:
    if not codes:
        return ()
    why = "leading zeros or more than 15 digits"
    if len(codes) == 1:
        return (f"column {codes[0]!r} is text, because it has {why}",)
    shown = ", ".join(map(repr, codes[:_SHOWN])) + (" ..." if len(codes) > _SHOWN else "")
    return (f"columns {shown} are text, because they have {why}",)


def to_the_bit() -> dict[str, Any]:
    """Arguments that make pandas read the float64 that is nearest to the text; from pandas 3 on it does by itself."""
    pandas = import_optional("pandas", extra="tables", purpose="tables")
    major = int(pandas.__version__.partition(".")[0])
    return {} if major >= 3 else {"float_precision": "round_trip"}


@dataclass(frozen=True)
class _Source:
    """What pandas reads, as often as it takes: a file, or the text of one that was turned round."""

    content: Path | io.StringIO
    text: Text
    layout: Layout
    options: Options

    def parse(self, **special: Any) -> pd.DataFrame:
        """Let pandas read, and say in a sentence what it says in its own words."""
        pandas = import_optional("pandas", extra="tables", purpose="tables")
        layout = self.layout
        arguments: dict[str, Any] = {
            "sep": r"\s+" if layout.separator == " " else layout.separator,
            "decimal": layout.decimal,
            "encoding": self.text.encoding,
            "names": list(layout.names),
            "header": 0,
            "index_col": False,
            "skiprows": layout.skipped,
            "skipinitialspace": self.text.has_blanks,  # pandas is faster without
            "low_memory": isinstance(self.content, Path),
            "compression": None,  # it is unpacked; pandas would go by the name
            "keep_default_na": False,
            "na_values": [*MISSING, *map(str, self.options.missing_values)],
            **to_the_bit(),
            **special,
        }
        if isinstance(self.content, io.StringIO):
            self.content.seek(0)
        try:
            with warnings.catch_warnings():
                # A ParserWarning is about values that no name belongs to; a DtypeWarning is about a column that is text
                # in some parts of the file and numbers in others, which must be read at once to be text as written.
                warnings.simplefilter("error", pandas.errors.ParserWarning)
                warnings.simplefilter("error", pandas.errors.DtypeWarning)
                try:
                    return pandas.read_csv(self.content, **arguments)
                except pandas.errors.DtypeWarning:
                    return pandas.read_csv(self.content, **{**arguments, "low_memory": False})
        except pandas.errors.ParserWarning:
            raise InvalidInput(
                f"{self.text.name} has more values in a row than names in its header; every column needs a name"
            ) from None
        except ValueError as error:  # pandas' ParserError is of this kind
            raise _in_a_sentence(error, self.text, layout) from None


def _source(text: Text, layout: Layout, options: Options) -> _Source:
    if options.samples == "columns":
        content, names = _turned(text, layout)
        return _Source(content, text, Layout(",", layout.decimal, names), options)
    require_distinct(layout.names, text.name)
    return _Source(text.path, text, layout, options)


def _turned(text: Text, layout: Layout) -> tuple[io.StringIO, tuple[str, ...]]:
    """Turn a file round whose samples stand in columns; its first column holds the names."""
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
            raise irregular(
                text.name, len(row), line + layout.skipped, len(rows[0]), layout.separator
            )
    names, _ = name_columns([row[0] for row in rows])
    require_distinct(names, text.name)
    turned = io.StringIO()
    csv.writer(turned).writerows(zip(*rows, strict=True))
    return turned, names


def _restore_codes(frame: pd.DataFrame, source: _Source) -> list[str]:
    """Restore the text of codes that pandas converted to numbers, in place; the names of their columns."""
    names = suspects(frame, source.text, source.layout.separator)
    if not names:
        return []
    cells = source.parse(usecols=names, dtype=str)
    codes = [name for name in names if are_codes(cells[name].dropna().unique().tolist())]
    for name in codes:
        frame.isetitem(list(frame.columns).index(name), cells[name].str.strip().array)
    return codes


def _say_blank_lines(frame: pd.DataFrame, text: Text, layout: Layout) -> None:
    """Warn of blank lines between the rows: whoever counts lines would find one row too many."""
    n_lines = layout.skipped + 1 + len(frame)
    if count_lines(text.path) == n_lines:
        return
    blank = count_blank(text, layout)
    if blank:
        lines = "1 blank line" if blank == 1 else f"{blank} blank lines"
        warnings.warn(
            f"{text.name} has {lines} between its rows, which {'is' if blank == 1 else 'are'} skipped",
            SheernetWarning,
            stacklevel=3,
        )


def _in_a_sentence(error: ValueError, text: Text, layout: Layout) -> InvalidInput:
    said = str(error).strip()
    if found := re.search(r"Expected \d+ fields in line (\d+), saw (\d+)", said):
        return irregular(
            text.name, int(found[2]), int(found[1]), len(layout.names), layout.separator
        )
    if found := re.search(r"EOF inside string starting at row (\d+)", said):
        return InvalidInput(
            f"{text.name} has a quotation mark near line {int(found[1]) + 1 + layout.skipped} that is not closed; "
            "close it or take it out"
        )
    return InvalidInput(
        f"{text.name} cannot be read as CSV: {said.splitlines()[0] if said else 'no reason given'}"
    )


def _require_whole_rows(frame: pd.DataFrame, text: Text, layout: Layout) -> None:
    """Refuse rows that are too short: pandas fills them with missing values without a word."""
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
                    raise irregular(
                        text.name,
                        len(row),
                        line + layout.skipped,
                        len(layout.names),
                        layout.separator,
                    )
        except csv.Error:  # a value of more than 131072 characters, which pandas has read
            return


def _decimals(frame: pd.DataFrame, layout: Layout, options: Options, *, has_commas: bool) -> str:
    """What the reading says of the decimal mark: nothing but "no decimals" if no number has one."""
    if has_commas or layout.decimal == ",":
        return "decimal commas"
    # Whole numbers are floats too if some are missing, and 1.0 is recognized by its type alone.
    has_points = _has_fractions(frame) or any(
        column.notna().all() for _, column in frame.items() if column.dtype.kind == "f"
    )
    return "decimal points" if has_points or options.decimal else "no decimals"


def _known_decimal(frame: pd.DataFrame, layout: Layout, options: Options) -> str | None:
    """The decimal mark of the file; None if nothing shows it."""
    if options.decimal or layout.decimal == ",":
        return layout.decimal
    if _has_fractions(frame):
        return "."
    return "," if layout.separator == ";" else None


def _has_fractions(frame: pd.DataFrame) -> bool:
    return any(
        has_fractions(column.to_numpy()) for _, column in frame.items() if column.dtype.kind == "f"
    )
