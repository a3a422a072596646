"""Writing tables as CSV, Parquet or Excel files.

A table that is written and read back has bitwise equal numbers, except columns of whole numbers above 2**53 in CSV.  A
workbook stores 16 digits of each number.
"""

from __future__ import annotations

import csv
import datetime
import gzip
import io
import math
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from sheernet.data.formats.digit_codes import LARGEST_EXACT
from sheernet.data.tables.table import require_distinct
from sheernet.foundation.atomic_files import write_file
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.message_text import listed
from sheernet.foundation.optional import import_optional
from sheernet.foundation.sentences import in_quotes

if TYPE_CHECKING:
    import pandas as pd

EXTENSIONS = (".csv", ".csv.gz", ".parquet", ".xlsx")
"""File extensions that `write_table` supports."""
_MOMENTS = (datetime.date, datetime.time, datetime.timedelta)
_WITH_COMMA = re.compile(r"[+-]?\d*,\d+(?:[eE][+-]?\d+)?")
_NARROWEST, _WIDEST = 8, 50
"""Width of a column of a workbook, as a number of characters."""
SHEET_ROWS, SHEET_COLUMNS = 2**20, 2**14
"""The size of a sheet of Excel."""


def write_table(
    frame: pd.DataFrame,
    path: str | os.PathLike[str],
    *,
    overwrite: bool = False,
    decimal: Literal[".", ","] = ".",
) -> Path:
    """Write a table as CSV, Parquet or an Excel workbook, atomically.

    Parameters
    ----------
    frame : DataFrame, (N, number of columns)
        The columns; the index is not written.
    path : path
        The file extension determines the format: .csv, .csv.gz, .parquet or .xlsx.
    overwrite : bool
        Whether an existing file may be replaced.
    decimal : {".", ","}
        Decimal mark of a CSV file, as in `csv_text`.

    Returns
    -------
    Path

    Raises
    ------
    InvalidInput
        If the file extension is not supported, names of columns are not distinct, a column cannot be written, the file
        exists and `overwrite` is False, or `decimal` is "," and the file is not CSV.
    """
    target = Path(path)
    require_distinct([str(name) for name in frame.columns], "the table")
    name = target.name.lower()
    if not name.endswith(EXTENSIONS):
        raise InvalidInput(
            f"the extension of a table file must be {listed(EXTENSIONS, 'or')}, but {in_quotes(target.name)} was given"
        )
    if decimal == "," and not is_csv(name):
        raise InvalidInput(
            f"decimal commas apply to CSV files only, but {in_quotes(target.name)} was given"
        )
    content = _content(frame, name, decimal)
    return write_file(target, content, overwrite=overwrite)


def is_csv(name: str) -> bool:
    """Whether a file of this name is written as CSV."""
    return name.lower().endswith((".csv", ".csv.gz"))


def _content(
    frame: pd.DataFrame,
    name: str,
    decimal: Literal[".", ","],
) -> bytes:
    """Return the bytes of the file, in the format that its name implies."""
    if name.endswith(".parquet"):
        return _parquet(frame)
    if name.endswith(".xlsx"):
        return _workbook(frame)
    text = csv_text(frame, decimal=decimal)
    # Without a byte-order mark, Excel reads a CSV file as Windows-1252.
    has_mark = decimal == "," and not text.isascii()
    content = text.encode("utf-8-sig" if has_mark else "utf-8")
    # equal tables give equal files
    return gzip.compress(content, mtime=0) if name.endswith(".gz") else content


def csv_text(frame: pd.DataFrame, *, decimal: Literal[".", ","] = ".", header: bool = True) -> str:
    r"""Convert a table to CSV.

    Parameters
    ----------
    frame : DataFrame, (N, number of columns)
        The columns; the index is not written.
    decimal : {".", ","}
        Decimal mark.  If it is a comma, semicolons separate the values, as Excel expects in countries with decimal
        commas, and R's write.csv2 writes.
    header : bool
        Whether the first row holds the names of the columns.

    Returns
    -------
    str
        A header and one line per row, with commas (or semicolons) between the values and "\n" at the end of each line;
        missing values are empty.  In a row of missing values only, the first one is `""`, so that it is read as a row.
        Numbers have enough digits to be read back as the same float64.  Text that looks like a number is read back as
        a number.

    Examples
    --------
    >>> import pandas as pd
    >>> from sheernet.data.files import csv_text
    >>> print(csv_text(pd.DataFrame({"hours": [0.1, None], "group": ["a", "b"]})), end="")
    hours,group
    0.1,a
    ,b
    >>> print(csv_text(pd.DataFrame({"hours": [0.1, 2.0], "count": [1, 2]}), decimal=","), end="")
    hours;count
    0,1;1
    2,0;2
    """
    narrow = {  # their shortest decimal digits would be read back as another float64
        name: np.float64
        for name, dtype in frame.dtypes.items()
        if dtype in (np.float16, np.float32)
    }
    separator = "," if decimal == "." else ";"
    quotes = _needs_quotes(frame, separator)
    quoting: Literal[0, 2] = csv.QUOTE_NONNUMERIC if quotes else csv.QUOTE_MINIMAL
    plain = frame.astype(narrow)
    if decimal == ",":
        plain = _with_decimal_commas(plain)
    how: dict[str, Any] = {"index": False, "sep": separator, "lineterminator": "\n"}
    text = str(plain.to_csv(header=header, quoting=quoting, **how))
    if not plain.isna().all(axis=1).any():
        return text
    # A line of separators only would be read as a blank line.
    return re.sub(rf'(?m)"[^"]*"|^(?={separator}*$)(?!\Z)', lambda found: found[0] or '""', text)


def whole_numbers(frame: pd.DataFrame) -> pd.DataFrame:
    """Convert float64 columns of whole numbers with missing values to Int64, so that CSV has 1954 instead of 1954.0.

    Examples
    --------
    >>> import pandas as pd
    >>> from sheernet.data.files.table_writer import csv_text, whole_numbers
    >>> print(csv_text(whole_numbers(pd.DataFrame({"year": [1954.0, None], "x": [0.5, 1.0]}))), end="")
    year,x
    1954,0.5
    ,1.0
    """
    dtypes = {}
    for name, column in frame.items():
        if column.dtype == np.float64 and column.isna().any():
            values = column.dropna().to_numpy()
            if np.all((np.abs(values) <= LARGEST_EXACT) & (values == np.floor(values))):
                dtypes[name] = "Int64"
    return frame.astype(dtypes)


def _with_decimal_commas(frame: pd.DataFrame) -> pd.DataFrame:
    """Write the floats of a table as text with decimal commas and the same digits."""

    def written(value: Any) -> Any:
        is_float = isinstance(value, float) and math.isfinite(value)
        return repr(float(value)).replace(".", ",") if is_float else value

    changed = frame.copy(deep=False)
    for position, dtype in enumerate(frame.dtypes):
        if getattr(dtype, "kind", "O") in "fO":
            cells = frame.iloc[:, position].astype(object)
            changed.isetitem(position, cells.map(written, na_action="ignore").array)
    return changed


def defused(frame: pd.DataFrame) -> pd.DataFrame:
    r"""Put an apostrophe before text that a spreadsheet program would run as a formula.

    Parameters
    ----------
    frame : DataFrame, (N, number of columns)
        Not modified.

    Returns
    -------
    DataFrame
        Names and texts that begin with =, +, -, @, a tab or a carriage return have an apostrophe before them, except
        numbers such as -1.5.

    Examples
    --------
    >>> import pandas as pd
    >>> from sheernet.data.files import defused
    >>> defused(pd.DataFrame({"site": ['=HYPERLINK("http://x")', "-1.5", "a"]}))["site"].tolist()
    ['\'=HYPERLINK("http://x")', '-1.5', 'a']
    """
    safe = frame.set_axis([_defused(name) for name in frame.columns], axis="columns")
    for position, dtype in enumerate(frame.dtypes):
        if not isinstance(dtype, np.dtype) or dtype.hasobject:
            column = frame.iloc[:, position].astype(object)
            safe.isetitem(position, column.map(_defused).array)
    return safe


def _defused(value: Any) -> Any:
    if not isinstance(value, str) or not value.startswith(("=", "+", "-", "@", "\t", "\r")):
        return value
    try:
        float(value)
    except ValueError:
        return f"'{value}"
    return value


def _needs_quotes(frame: pd.DataFrame, separator: str) -> bool:
    """Whether text has other separators than the one of the file, or leading spaces, which would be misinterpreted.

    The comma of a number that is text is its decimal mark if semicolons separate the values.
    """
    texts = [str(name) for name in frame.columns]
    for position, dtype in enumerate(frame.dtypes):
        if getattr(dtype, "kind", "") == "M":
            texts.append("0000-00-00 00:00")  # the form of all dates if one has a time of day
        elif not isinstance(dtype, np.dtype) or dtype.hasobject:
            texts.extend(map(str, frame.iloc[:, position].unique()))
    if separator == ";":
        texts = [text for text in texts if not _WITH_COMMA.fullmatch(text)]
    others = ";" if separator == "," else ","
    layout = rf"^\s|[{others}\t|]" if len(frame.columns) > 1 else rf"\s|[{others}\t|]"
    return any(map(re.compile(layout).search, texts))


def _workbook(frame: pd.DataFrame) -> bytes:
    """Return a workbook with one sheet; text is written as text, even if it looks like a formula.

    The columns are wide enough for their cells, and the names of the columns stay in view.
    """
    openpyxl = import_optional("openpyxl", extra="excel", purpose="Excel files")
    if len(frame) >= SHEET_ROWS or len(frame.columns) > SHEET_COLUMNS:
        raise InvalidInput(
            f"a sheet of Excel has at most {SHEET_ROWS} rows and {SHEET_COLUMNS} columns, but the table has "
            f"{len(frame)} rows below its header and {len(frame.columns)} columns; write it as .csv or .parquet"
        )
    plain = frame.astype(object).where(frame.notna(), None)
    cells = [
        [_of_python(value, openpyxl.cell.cell.ILLEGAL_CHARACTERS_RE) for value in row]
        for row in ([*map(str, frame.columns)], *plain.itertuples(index=False, name=None))
    ]
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("predictions")
    sheet.freeze_panes = "A2"
    for j, column in enumerate(zip(*cells, strict=True)):
        width = 2 + max(len("" if cell is None else str(cell)) for cell in column)
        letter = openpyxl.utils.get_column_letter(j + 1)
        sheet.column_dimensions[letter].width = min(max(width, _NARROWEST), _WIDEST)
    for row in cells:
        made = [openpyxl.cell.WriteOnlyCell(sheet, value) for value in row]
        for cell in made:
            if cell.data_type == "f":
                cell.data_type = "s"  # text, not a formula
        sheet.append(made)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _of_python(value: Any, illegal: re.Pattern[str]) -> Any:
    """Convert a value to a type that a workbook can store; infinity becomes text, because a workbook has none."""
    if hasattr(value, "to_pydatetime"):
        value = value.to_pydatetime()
    elif hasattr(value, "to_pytimedelta"):
        value = value.to_pytimedelta()
    elif isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, str) and illegal.search(value):
        raise InvalidInput(
            f"the table cannot be written as an Excel file, which cannot hold control characters, but a cell is "
            f"{value!r:.40}; write it as .csv"
        )
    if not isinstance(value, (str, int, float, *_MOMENTS, type(None))):
        raise InvalidInput(
            f"the table cannot be written as an Excel file, because a cell is {value!r:.40}; write it as .csv"
        )
    return value


def _parquet(frame: pd.DataFrame) -> bytes:
    import_optional("pyarrow", extra="parquet", purpose="Parquet files")
    content = io.BytesIO()
    plain = frame.reset_index(drop=True).set_axis(
        [str(name) for name in frame.columns], axis="columns"
    )
    try:
        plain.to_parquet(content, engine="pyarrow", index=False)
    except Exception as error:
        if isinstance(error, (MemoryError, OSError)):
            raise
        reason = " ".join(str(error).split())[:200]
        raise InvalidInput(
            f"the table cannot be written as Parquet ({reason}); write it as .csv"
        ) from None
    return content.getvalue()
