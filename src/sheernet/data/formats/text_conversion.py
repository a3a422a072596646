"""Converting the text columns of a table to numbers or dates.

A column has the format that a model keeps of it, or the one that number_formats.py finds.  It is converted only if all
its values have one format; otherwise it stays text.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from sheernet.data.formats.cell_formats import (
    BLANKS,
    DECIMALS,
    CellFormat,
    FormatMismatch,
    parts,
)
from sheernet.data.formats.dates import certain_format
from sheernet.data.formats.digit_codes import are_codes
from sheernet.data.formats.number_formats import TEXT, Finding, Marks, find_format
from sheernet.data.formats.row_numbers import are_row_numbers
from sheernet.data.formats.row_places import row_places
from sheernet.data.formats.unit_names import is_unit
from sheernet.foundation.arrays import Indices
from sheernet.foundation.caller_warnings import warn
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.message_text import listed, plural_of
from sheernet.foundation.pandas_import import import_pandas
from sheernet.foundation.sentences import ReadSetting, Sentence, Setting, in_quotes, sentence
from sheernet.settings.read_settings import ReadSettings

if TYPE_CHECKING:
    import pandas as pd

NUMBERS = ("number", "duration")
"""Kinds of formats whose cells become numbers."""
FITTED = "the model was fitted to"
_MOST_LABELS = 20
"""Maximum number of different whole numbers in a column of text that is not reported in a warning."""


@dataclass(frozen=True, eq=False)
class _TextColumn:
    """A column of a frame that holds text, or text and numbers.

    `cells` are the distinct values, text without spaces around it.  `indices`, (N,), has the index of each row's cell,
    -1 if it is missing.  `has_blank` is whether some cells have only spaces; they are missing.
    """

    position: int
    name: str
    cells: list[Any]
    indices: npt.NDArray[np.intp]
    has_blank: bool

    @cached_property
    def texts(self) -> list[str]:
        """The distinct cells that are text."""
        return [cell for cell in self.cells if isinstance(cell, str)]

    @property
    def has_numbers(self) -> bool:
        """Whether some cells are numbers, as in a sheet of a workbook."""
        return len(self.texts) < len(self.cells)

    def converted(self, form: CellFormat) -> Any:
        """Return the column in a format, (N,).

        Raises
        ------
        FormatMismatch
            If cells do not have the format; its `position` is the row of the first one.
        """
        is_text = np.array([isinstance(cell, str) for cell in self.cells], dtype=np.bool_)
        try:
            values = form.convert(self.texts)
        except FormatMismatch as mismatch:
            code = np.flatnonzero(is_text)[mismatch.position]
            row = int((self.indices == code).argmax())
            raise FormatMismatch(row) from None
        if form.kind == "date":  # the Series has no index -1, so these dates are missing
            return import_pandas().Series(values).reindex(self.indices).array
        if self.has_numbers:
            found = np.empty(len(self.cells), dtype=np.float64 if form.kind in NUMBERS else object)
            found[is_text] = values
            found[~is_text] = [cell for cell in self.cells if not isinstance(cell, str)]
            values = found
        missing = self.indices < 0
        if missing.any():
            values = values.astype(np.float64 if form.kind in NUMBERS else object)
        column = values[self.indices]
        if missing.any():
            column[missing] = np.nan
        return column


def convert_text(
    frame: pd.DataFrame,
    marks: Marks,
    like: Mapping[str, CellFormat] | None = None,
    source: str = "",
    *,
    only_like: bool = False,
    kept_by: str = FITTED,
    sheet_rows: Indices | None = None,
) -> dict[str, Finding]:
    """Convert text columns to numbers or dates, if all values of a column are.

    Parameters
    ----------
    frame : DataFrame, (N, number of columns)
        The table as read by pandas; its columns of text, or of text and numbers, are modified in place.
    marks : Marks
        Decimal mark, separator of thousands and order of dates that are known of the file.
    like : mapping of str to CellFormat, optional
        Formats that a model keeps of its columns.
    source : str
        Name of the file in messages.
    only_like : bool
        Whether columns that are not in `like` stay unchanged.
    kept_by : str
        Words for messages that say where the formats in `like` come from.
    sheet_rows : ndarray of int, (N,), optional
        The numbers of the rows in their sheet.

    Returns
    -------
    dict of str to Finding
        Format of each column of text, and a doubt about it.

    Raises
    ------
    InvalidInput
        If a cell does not have the format that a model keeps.

    Warns
    -----
    SheernetWarning
        If dates are not written as those that a model was fitted to, but each can mean one day only.
    """
    like = like or {}
    columns = list(_text_columns(frame, like if only_like else None))
    findings = _findings(columns, marks, like)
    for column in columns:
        form = findings[column.name].format
        if form.is_text:
            if column.has_blank:
                cells = frame.iloc[:, column.position]
                frame.isetitem(column.position, cells.mask(column.indices < 0).array)
            continue
        try:
            converted = column.converted(form)
        except FormatMismatch as mismatch:
            cells = frame.iloc[:, column.position]
            converted = (
                _dates_written_otherwise(column, form, source) if kept_by == FITTED else None
            )
            if converted is None:
                raise _mismatch_error(
                    source,
                    cells,
                    mismatch,
                    form,
                    is_file=not only_like,
                    kept_by=kept_by,
                    place=row_places([mismatch.position], sheet_rows),
                ) from None
        frame.isetitem(column.position, converted)
    return findings


def _dates_written_otherwise(column: _TextColumn, form: CellFormat, source: str) -> Any:
    """Convert dates that are not in the format of a model but can mean one day only; None if there are others."""
    date = None if form.date is None else certain_format(column.texts, form.date)
    if form.date is None or date is None:
        return None
    text = column.texts[0]
    warn(
        f"column {in_quotes(column.name)} of {source} has dates such as {text!r}, but {FITTED} dates such as "
        f"{form.date.example!r}; they are read, because they can mean one day only ({date.convert([text])[0]:%d %B %Y})"
    )
    return column.converted(CellFormat("date", date=date))


def convert_text_in_memory(
    frame: pd.DataFrame, options: ReadSettings, source: str
) -> dict[str, Finding]:
    """Convert text columns of a data frame, or of a Parquet or MATLAB file, as `convert_text` does.

    Text of whole numbers without marks and units stays text, because programs store labels in this form.

    Warns
    -----
    SheernetWarning
        If the format of a column is doubtful, or a column of text has many different whole numbers.
    """
    labels = {}
    for column in _text_columns(frame):
        if all(isinstance(c, str) and c.isascii() and c.isdigit() for c in column.cells):
            labels[column.name] = TEXT
            if len(column.cells) > _MOST_LABELS and not are_codes(column.cells):
                warn(
                    f"column {in_quotes(column.name)} of {source} is text, although its {len(column.cells)} different "
                    f"values are whole numbers, such as {column.cells[0]!r}; if they are quantities, convert it with "
                    "pandas.to_numeric"
                )
    marks = Marks(options.decimal, options.thousands, dates=options.dates)
    findings = convert_text(frame, marks, labels, source)
    warn_of_doubts(findings, source, options)
    return findings


def warn_of_doubts(findings: Mapping[str, Finding], source: str, options: ReadSettings) -> None:
    """Warn of columns that are text because their numbers are doubtful, and of numbers that are a guess."""
    for name, finding in findings.items():
        if why := _why_text(finding, options):
            warn(sentence("column {!r} of {} is read as text{}", name, source, why))
            continue
        if finding.doubt == "order":
            text = finding.cells[0]
            read_as, other = "a date with the day first", Setting("dates", "month-first")
            when = "the month is first"
        elif finding.doubt == "thousands" and finding.format.thousands == ".":
            text = finding.cells[0]
            read_as = f"{text.replace('.', '')} (the point separates thousands)"
            other, when = Setting("decimal", "."), "it is a decimal point"
        else:
            continue
        warn(
            sentence(
                "column {!r} of {}: {!r} is read as {}; give {} if {}",
                name, source, text, read_as, other, when,
            )
        )  # fmt: skip


def _why_text(finding: Finding, options: ReadSettings) -> Sentence | str:
    """Say why a column is text although it seems to hold numbers or dates; "" if it does not."""
    first, second = (*(cell.translate(BLANKS) for cell in finding.cells), "", "")[:2]
    match finding.doubt:
        case "date":
            return sentence(": {}", finding.why)
        case "marks":
            return sentence(", because {}", doubtful_mark(first))
        case "groups":
            return sentence(
                ", because {!r} may be a code; give {} if it is a number", first, Setting("thousands", second)
            )  # fmt: skip
        case "notations" | "units":
            return sentence(
                ", because its numbers have several {} ({!r} and {!r}); write all of them in one {}",
                finding.doubt, first, second, finding.doubt.removesuffix("s"),
            )  # fmt: skip
        case "exponents":
            return sentence(
                ", because {!r} may be a code; write {} if it is a number",
                first,
                f"{float(first):g}",
            )
        case "contrary":
            given = [Setting(n, v) for n in ("decimal", "thousands") if (v := getattr(options, n))]
            return sentence(
                ", because {!r} is not a number with {}; leave out {}, or correct the file",
                first, given[-1], given[-1].name,
            )  # fmt: skip
    return ""


def doubtful_mark(cell: str, setting: type[Setting] = Setting) -> Sentence:
    """Say what decides whether the point or comma of a number is a decimal mark or separates thousands."""
    mark = next(character for character in cell if character in DECIMALS)
    return sentence(
        "the {} of {!r} may be a decimal mark or separate thousands; give {} or {}",
        "point" if mark == "." else "comma", cell, setting("decimal", mark), setting("thousands", mark),
    )  # fmt: skip


def format_notes(formats: Mapping[str, CellFormat]) -> list[str]:
    """Describe columns of numbers with units or separators of thousands, durations, and dates of doubtful order."""
    names: dict[str, list[str]] = {}
    for name, form in formats.items():
        if form.is_ordinary or (form.date is not None and form.date.is_unmistakable):
            continue
        if form.kind == "date" or not form.is_plain:
            percent = ", of which 38% is 38, not 0.38" if "%" in (form.before, form.after) else ""
            names.setdefault(f"{form.date or form}{percent}", []).append(repr(name))
    return [
        f"{listed(found, most=4)} {plural_of(len(found), 'has', 'have')} {form}"
        for form, found in names.items()
    ]


def _mismatch_error(
    source: str,
    column: pd.Series[Any],
    mismatch: FormatMismatch,
    form: CellFormat,
    *,
    is_file: bool,
    kept_by: str,
    place: str,
) -> InvalidInput:
    """Return the error for a cell, in the row `place`, that does not have the format of its column."""
    cell = str(column.iloc[mismatch.position])
    is_time = form.date is not None and form.date.is_time
    ways = {
        "number": sentence(
            "write it in this form, or give the marks of this file with {} and {}",
            Setting("decimal"), Setting("thousands"),
        )
        if parts(cell)
        else sentence(
            "write a number, or declare it a missing value with {}", ReadSetting("missing_values", [cell])
        ),
        "date": sentence(
            "correct it, give the order of day and month in this file with {}, or declare it a missing value with {}",
            Setting("dates"), ReadSetting("missing_values", [cell]),
        )
        if is_file
        else f"correct it, or convert the column to {'times' if is_time else 'dates'}",
        "duration": "write it as 27:05:30 or 1 h 30 min",
        "boolean": "write true or false, or fit a model to the column as it is",
    }  # fmt: skip
    return InvalidInput(
        "column {!r} of {} has {!r} in {}, but {} {}; {}",
        column.name, source, cell, place, kept_by, str(form), ways[form.kind],
    )  # fmt: skip


def _findings(
    columns: Sequence[_TextColumn], marks: Marks, like: Mapping[str, CellFormat]
) -> dict[str, Finding]:
    """Find the format of each column; columns with a certain decimal mark determine doubtful marks."""
    findings = {
        column.name: Finding(like[column.name]) if column.name in like else _find(column, marks)
        for column in columns
    }
    shown = {each.format.decimal for each in findings.values() if each.shows_decimal}
    likely = shown.pop() if len(shown) == 1 else marks.guess
    if marks.likely is None and likely:
        marks = replace(marks, likely=likely)
        findings |= {
            column.name: _find(column, marks)
            for column in columns
            if column.name not in like
            and (
                findings[column.name].doubt == "marks"
                or findings[column.name].format.kind == "number"
            )
        }
    return findings


def _find(column: _TextColumn, marks: Marks) -> Finding:
    finding = find_format(column.texts, marks, len(column.cells) - len(column.texts))
    if not column.has_numbers or finding.format.is_plain_number:
        return finding
    return finding if finding.doubt in ("marks", "exponents") else Finding(TEXT)


def _text_columns(frame: pd.DataFrame, only: Container[str] | None = None) -> Iterator[_TextColumn]:
    """Yield the columns that hold text, or text and numbers; only columns in `only`, if it is given."""
    for position, (name, dtype) in enumerate(frame.dtypes.items()):
        is_plain = isinstance(dtype, np.dtype) and not dtype.hasobject
        if not is_plain and (only is None or name in only):
            column = _text_column(position, str(name), frame.iloc[:, position])
            if column is not None:
                yield column


def _text_column(position: int, name: str, column: pd.Series[Any]) -> _TextColumn | None:
    pandas = import_pandas()
    if isinstance(column.dtype, pandas.CategoricalDtype):
        return None
    try:
        indices, values = pandas.factorize(column)  # missing values have index -1
    except TypeError:  # values such as lists
        return None
    cells = values.tolist()
    types = set(map(type, cells))
    if str not in types or not types <= {str, int, float}:
        return None
    stripped = [(cell.strip() or None) if isinstance(cell, str) else cell for cell in cells]
    if stripped == cells:
        return _TextColumn(position, name, cells, indices, has_blank=False)
    again, distinct = pandas.factorize(
        np.array([*stripped, None], dtype=object)
    )  # the last is missing
    return _TextColumn(position, name, distinct.tolist(), again[indices], None in stripped)


def replace_missing_markers(frame: pd.DataFrame, markers: Sequence[str | float]) -> pd.DataFrame:
    """Return a copy in which cells equal to a missing-value marker are missing, or the frame if there are no markers.

    Numbers match in any notation, and also in text with a unit: -999 matches "-999.0" and "-999 mm".  Row numbers in a
    column without a name are kept: 99 is the 99th of them.  Boolean values match texts such as "TRUE", not 1 and 0.
    """
    if not markers:
        return frame
    texts = {str(marker) for marker in markers}
    numbers = set()
    for marker in markers:
        with suppress(ValueError):
            numbers.add(float(marker))
    found = frame.copy(deep=False)
    for position, (_, cells) in enumerate(frame.items()):
        if not are_row_numbers(cells) and (hidden := _are_markers(cells, texts, numbers)).any():
            found.isetitem(position, cells.mask(hidden).array)
    for column in _text_columns(found) if numbers else ():
        if wrong := [i for i, c in enumerate(column.cells) if _value(c) in numbers]:
            cells = found.iloc[:, column.position]
            found.isetitem(column.position, cells.mask(np.isin(column.indices, wrong)).array)
    return found


def _are_markers(
    cells: pd.Series[Any], texts: set[str], numbers: set[float]
) -> npt.NDArray[np.bool_]:
    """Whether each cell, (N,), is one of these texts or numbers."""
    found = np.array(cells.isin([*texts, *numbers]), dtype=np.bool_)
    if cells.dtype == object or import_pandas().api.types.is_bool_dtype(cells.dtype):
        lower = {text.lower() for text in texts}
        for i, cell in enumerate(cells):
            if isinstance(cell, bool | np.bool_):  # equal to 1 or 0
                found[i] = str(cell).lower() in lower
    return found


def _value(cell: Any) -> float | None:
    """Return the number in a cell of text if it has no unit, or one that is known; None otherwise."""
    number = parts(cell) if isinstance(cell, str) else None
    if number is None:
        return None
    unit = number.before + number.after
    is_label = unit.isalpha() and not (number.spaced or number.negative)  # such as 12A
    if unit and (is_label or not is_unit(unit)):
        return None
    try:
        value = float(number.number.replace(",", "."))
    except ValueError:
        return None
    return -value if number.negative else value
