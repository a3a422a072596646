"""Reading CSV and its relatives: pandas does the work once the layout of the file is known."""

from __future__ import annotations

import csv
import io
import re
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sheernet.errors import InvalidInput, SheernetWarning
from sheernet.optional import import_optional
from sheernet.tables.conversion import convert_text
from sheernet.tables.layout import Layout, find_layout, irregular, records
from sheernet.tables.naming import name_columns
from sheernet.tables.opening import Opened
from sheernet.tables.options import MISSING, SEPARATORS, Options
from sheernet.tables.table import require_distinct
from sheernet.tables.text import Text, open_text

if TYPE_CHECKING:
    import pandas as pd


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
    if options.samples == "columns":
        frame = _parse_columns(text, layout, options)
    else:
        require_distinct(layout.names, file.name)
        frame = _parse(text.path, text, layout, options)
        _require_whole_rows(frame, text, layout)
    conversion = convert_text(frame, _known_decimal(frame, layout, options))
    for name in conversion.unclear:
        warnings.warn(
            f"column {name!r} of {file.name} is taken for text, because its numbers may have thousands or decimals "
            f"behind their marks; give the decimal mark, such as decimal={layout.decimal!r}",
            SheernetWarning,
            stacklevel=2,
        )
    decimal = "commas" if layout.decimal == "," or conversion.has_commas else "points"
    marks = SEPARATORS.get(layout.separator, repr(layout.separator))
    how = f"CSV with {marks} and decimal {decimal}, {text.label}"
    if options.samples == "columns":
        return frame, f"{how}, samples in columns"
    return frame, "; ".join([how, *layout.notes])


def to_the_bit() -> dict[str, Any]:
    """Arguments that make pandas read the float64 that is nearest to the text; from pandas 3 on it does by itself."""
    pandas = import_optional("pandas", extra="tables", purpose="tables")
    major = int(pandas.__version__.partition(".")[0])
    return {} if major >= 3 else {"float_precision": "round_trip"}


def _parse(
    source: Path | io.StringIO, text: Text, layout: Layout, options: Options
) -> pd.DataFrame:
    """Let pandas read, and say in a sentence what it says in its own words."""
    pandas = import_optional("pandas", extra="tables", purpose="tables")
    arguments: dict[str, Any] = {
        "sep": r"\s+" if layout.separator == " " else layout.separator,
        "decimal": layout.decimal,
        "encoding": text.encoding,
        "names": list(layout.names),
        "header": 0,
        "index_col": False,
        "skiprows": layout.skipped,
        "skipinitialspace": True,
        "low_memory": isinstance(source, Path),
        "keep_default_na": False,
        "na_values": [*MISSING, *map(str, options.missing_values)],
        **to_the_bit(),
    }
    try:
        with warnings.catch_warnings():
            # A ParserWarning is about values that no name belongs to; a DtypeWarning is about a column that is text in
            # some parts of the file and numbers in others, which must be read at once to be text as written.
            warnings.simplefilter("error", pandas.errors.ParserWarning)
            warnings.simplefilter("error", pandas.errors.DtypeWarning)
            try:
                return pandas.read_csv(source, **arguments)
            except pandas.errors.DtypeWarning:
                return pandas.read_csv(source, **{**arguments, "low_memory": False})
    except pandas.errors.ParserWarning:
        raise InvalidInput(
            f"{text.name} has more values in a row than names in its header; every column needs a name"
        ) from None
    except ValueError as error:  # pandas' ParserError is of this kind
        raise _in_a_sentence(error, text, layout) from None


def _parse_columns(text: Text, layout: Layout, options: Options) -> pd.DataFrame:
    """Turn a file round whose samples stand in columns; its first column holds the names."""
    with text.path.open(encoding=text.encoding, newline="") as stream:
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
    rows[0][0] = rows[0][0].removeprefix("\ufeff")
    names, _ = name_columns([row[0] for row in rows])
    require_distinct(names, text.name)
    turned = io.StringIO()
    csv.writer(turned).writerows(zip(*rows, strict=True))
    turned.seek(0)
    return _parse(turned, text, Layout(",", layout.decimal, names), options)


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
    with text.path.open(encoding=text.encoding, newline="") as lines:
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


def _known_decimal(frame: pd.DataFrame, layout: Layout, options: Options) -> str | None:
    """The decimal mark of the file, unless nothing in it tells."""
    if options.decimal or layout.decimal == ",":
        return layout.decimal
    if any(
        dtype.kind == "f" and (frame.iloc[:, i] % 1 > 0).any()
        for i, dtype in enumerate(frame.dtypes)
    ):
        return "."
    return "," if layout.separator == ";" else None
