"""Converting text columns to dates, or to numbers with decimal commas or thousands separators.

pandas converts a column to numbers only if every value has the decimal mark that was passed to pandas.  The columns
that it left as text are examined here, each separately.  A column is converted only if all its values are dates or
numbers; if at least half are numbers, it stays text, and those numbers are rewritten with decimal points.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from sheernet.data.tables.date_formats import (
    DateFormat,
    Doubt,
    are_compact_dates,
    compact_dates,
    find_date_format,
)
from sheernet.data.tables.digit_codes import are_codes
from sheernet.data.tables.pandas_import import import_pandas
from sheernet.foundation.sentences import Sentence, Setting, sentence

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class _Format:
    """A format of numbers: decimal mark and thousands separator."""

    decimal: str
    thousands: str

    def __post_init__(self) -> None:
        d, t = re.escape(self.decimal), re.escape(self.thousands)
        whole = rf"(?:[1-9]\d{{0,2}}(?:{t}\d{{3}})+|\d+)"
        pattern = rf"[+-]?(?:{whole}(?:{d}\d*)?|{d}\d+)(?:[eE][+-]?\d+)?"
        object.__setattr__(self, "matches", re.compile(pattern).fullmatch)

    if TYPE_CHECKING:

        @staticmethod
        def matches(text: str) -> re.Match[str] | None: ...

    def plain(self, text: str) -> str:
        """Rewrite a number in Python's notation."""
        return text.replace(self.thousands, "").replace(self.decimal, ".")


_FORMATS = {".": _Format(".", ","), ",": _Format(",", ".")}
_SIGNS = frozenset("+-.,")
"""Characters other than digits with which a number may begin."""
_ONE_POINT = re.compile(r"[+-]?[1-9]\d{0,2}\.\d{3}")
"""A number whose point may be a decimal mark or a thousands separator."""
_UNCLEAR = _Format("", "")
"""Both formats are possible, as for a column of "1,234"."""


@dataclass(frozen=True)
class Conversion:
    """Result of `convert_text`.

    Parameters
    ----------
    has_commas : bool
        Whether a column has decimal commas.
    unclear : tuple of str
        Columns in which commas or points may be decimal marks or thousands separators; they stay text.
    codes : tuple of str
        Columns of digits that are codes, not numbers (digit_codes.py); they stay text.
    contrary : mapping of str to str
        Columns whose numbers have another decimal mark than the file, each with such a number.
    thousands : mapping of str to str
        Columns in which points are read as thousands separators though they may be decimal marks, each with such a
        number.
    dates : mapping of str to DateFormat
        Columns of dates and times of day, each with how they are written.
    doubts : mapping of str to str
        Columns that seem to hold dates but stay as they are, each with the reason.
    """

    has_commas: bool
    unclear: tuple[str, ...]
    codes: tuple[str, ...]
    contrary: Mapping[str, str]
    thousands: Mapping[str, str]
    dates: Mapping[str, DateFormat]
    doubts: Mapping[str, Sentence]


def convert_text(
    frame: pd.DataFrame, decimal: str | None, codes: Sequence[str] = (), dates: str = "auto"
) -> Conversion:
    """Convert text columns to numbers or dates if all values of a column are.

    If at least half of the values of a column, but not all, are numbers, it stays text, but its numbers are rewritten
    with decimal points.

    Parameters
    ----------
    frame : DataFrame, (N, number of columns)
        As read by pandas; modified in place.
    decimal : str or None
        The decimal mark of the file.  It determines the format of columns such as "1,234", in which the comma may be a
        decimal mark or a thousands separator.  If None, they stay text.
    codes : sequence of str
        Columns that are known to be codes.
    dates : str
        The setting `dates`.

    Returns
    -------
    Conversion
    """
    has_commas, unclear, named = False, [], []
    contrary: dict[str, str] = {}
    thousands: dict[str, str] = {}
    formats: dict[str, DateFormat] = {}
    doubts: dict[str, Sentence] = {}
    for position, name in enumerate(frame.columns):
        if name in codes:
            named.append(str(name))
            continue
        indices, texts = _distinct_texts(frame.iloc[:, position])
        if not texts:
            continue
        converted = None
        if isinstance(written := find_date_format(texts, dates), DateFormat):
            formats[str(name)] = written
            converted = _dates(texts, indices, written)
        elif isinstance(written, Doubt):
            doubts[str(name)] = written.why
        elif are_codes(texts):
            named.append(str(name))
        elif (form := _number_format(texts, indices, decimal)) is _UNCLEAR:
            unclear.append(str(name))
        elif form is not None:
            converted = _convert_numbers(texts, indices, form)
            found = [text.strip() for text in texts if form.matches(text.strip())]
            contrary |= {str(name): text for text in _contrary(found, form, decimal)}
            thousands |= {str(name): text for text in _thousands(found, form)}
            has_commas = has_commas or (form.decimal == "," and any("," in t for t in texts))
        if converted is not None:
            frame.isetitem(position, converted)
    return Conversion(
        has_commas, tuple(unclear), tuple(named), contrary, thousands, formats, doubts
    )


def _distinct_texts(column: pd.Series[Any]) -> tuple[npt.NDArray[np.intp], list[str]]:
    """Return the index of each row's text, -1 if it is missing, and the distinct texts; none if not all are text."""
    if isinstance(column.dtype, np.dtype) and not column.dtype.hasobject:
        return np.empty(0, dtype=np.intp), []
    indices, values = import_pandas().factorize(column)
    texts = values.tolist()
    return indices, texts if set(map(type, texts)) == {str} else []


def _contrary(numbers: list[str], form: _Format, decimal: str | None) -> list[str]:
    """Return the first number that has another decimal mark than the file, if the column is in another format."""
    if decimal is None or form.decimal == decimal:
        return []
    return [text for text in numbers if not _FORMATS[decimal].matches(text)][:1]


def _thousands(numbers: list[str], form: _Format) -> list[str]:
    """Return the first number with a point, if points separate thousands but nothing in the column shows it."""
    pointed = [text for text in numbers if "." in text]
    shown = any("," in text for text in numbers) or not all(map(_ONE_POINT.fullmatch, pointed))
    return [] if form.decimal == "." or shown else pointed[:1]


def _number_format(
    texts: list[str], indices: npt.NDArray[np.intp], decimal: str | None
) -> _Format | None:
    """Return the format in which most rows are numbers; None if they are fewer than half of the rows."""
    counts = np.bincount(indices[indices >= 0], minlength=len(texts))
    stripped = [text.strip() for text in texts]
    candidates = [i for i, t in enumerate(stripped) if t[:1] in _SIGNS or t[:1].isdecimal()]
    if 2 * counts[candidates].sum() < counts.sum():
        return None
    is_number = {
        mark: np.array([i for i in candidates if form.matches(stripped[i])], dtype=np.intp)
        for mark, form in _FORMATS.items()
    }
    rows = {mark: int(counts[found].sum()) for mark, found in is_number.items()}
    if 2 * max(rows.values()) < counts.sum():
        return None
    if rows["."] != rows[","]:
        return _FORMATS[max(rows, key=rows.__getitem__)]
    if decimal is None:
        both = np.intersect1d(is_number["."], is_number[","])
        return _UNCLEAR if any("," in texts[i] or "." in texts[i] for i in both) else _FORMATS["."]
    return _FORMATS[decimal]


def _convert_numbers(
    texts: list[str], indices: npt.NDArray[np.intp], form: _Format
) -> npt.NDArray[Any]:
    """Convert text to numbers if all are; otherwise rewrite those that are with decimal points."""
    stripped = [text.strip() for text in texts]
    is_number = [form.matches(text) is not None for text in stripped]
    plain = [
        form.plain(number) if matches else text
        for text, number, matches in zip(texts, stripped, is_number, strict=True)
    ]
    if all(is_number):
        return _parsed(plain, indices)
    return _spread(np.array(plain, dtype=object), indices, np.nan)


def _parsed(plain: list[str], indices: npt.NDArray[np.intp]) -> Any:
    """Convert to int64 if all are whole numbers that fit and none is missing, otherwise to float64."""
    if (indices >= 0).all() and all(text.lstrip("+-").isdigit() for text in plain):
        whole = [int(text) for text in plain]
        if max(map(abs, whole)) < 2**63:
            return _spread(np.array(whole, dtype=np.int64), indices, 0)
    return _spread(np.array([float(text) for text in plain]), indices, np.nan)


def _dates(texts: list[str], indices: npt.NDArray[np.intp], written: DateFormat) -> Any:
    """Convert to dates or times of day; index -1 is missing."""
    return import_pandas().Series(written.convert(texts)).reindex(indices).array


def convert_compact_dates(frame: pd.DataFrame, dates: str) -> dict[str, Sentence]:
    """Convert in place columns of whole numbers such as 20240301 to dates if `dates` is "iso".

    Returns
    -------
    dict of str to Sentence
        Otherwise, the columns that seem to hold dates, each with the reason why they stay numbers.
    """
    doubts: dict[str, Sentence] = {}
    for position, name in enumerate(frame.columns):
        column = frame.iloc[:, position]
        numbers = isinstance(column.dtype, np.dtype) and column.dtype.kind in "iuf"
        if not numbers or not are_compact_dates(column.dropna().to_numpy()):
            continue
        if dates == "iso":
            frame.isetitem(position, compact_dates(column.to_numpy()))
        else:
            doubts[str(name)] = sentence(
                "its whole numbers, such as {:.0f}, look like dates; give {} to read them as dates",
                column.dropna().iloc[0], Setting("dates", "iso"),
            )  # fmt: skip
    return doubts


def _spread(
    values: npt.NDArray[Any], indices: npt.NDArray[np.intp], missing: Any
) -> npt.NDArray[Any]:
    """Return the value of each row, from the distinct values."""
    column = values[indices]
    if (indices < 0).any():
        column[indices < 0] = missing
    return column


def replace_missing_markers(frame: pd.DataFrame, markers: Sequence[str | float]) -> pd.DataFrame:
    """Return a copy in which cells equal to a missing-value marker are missing; numbers match in any notation."""
    texts = {str(marker) for marker in markers}
    numbers = set()
    for marker in markers:
        with suppress(ValueError):
            numbers.add(float(marker))
    return frame.mask(frame.isin([*texts, *numbers]))
