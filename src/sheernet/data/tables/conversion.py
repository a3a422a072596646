"""Converting text columns to numbers with other decimal marks, and to dates.

pandas converts a column to numbers only if every value has the decimal mark that pandas was given.  The columns that it
left as text are examined here, each separately, and converted only as a whole.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from sheernet.data.tables.codes import are_codes
from sheernet.data.tables.frames import import_pandas

if TYPE_CHECKING:
    import pandas as pd

_ISO_DATE = re.compile(
    r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d([.,]\d{1,9})?)?(Z|[+-]\d\d(:?\d\d)?)?)?"
)


@dataclass(frozen=True)
class _Marks:
    """The decimal mark and the thousands separator of numbers."""

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
        """The number in Python's notation."""
        return text.replace(self.thousands, "").replace(self.decimal, ".")


_MARKS = {".": _Marks(".", ","), ",": _Marks(",", ".")}
_SIGNS = frozenset("+-.,")
"""First characters of numbers, besides digits."""
_UNCLEAR = _Marks("", "")
"""Both are possible: a column of "1,234"."""


@dataclass(frozen=True)
class Conversion:
    """What `convert_text` did.

    Parameters
    ----------
    has_commas : bool
        Whether a column has decimal commas.
    unclear : tuple of str
        Columns of which it is unknown whether they have them.
    codes : tuple of str
        Columns of digits that are not numbers (codes.py).
    """

    has_commas: bool
    unclear: tuple[str, ...]
    codes: tuple[str, ...]


def convert_text(frame: pd.DataFrame, decimal: str | None, codes: Sequence[str] = ()) -> Conversion:
    """Convert text columns to numbers or dates if each of their values is one.

    A column of which at least half of the values are numbers stays text, but its numbers get a decimal point.

    Parameters
    ----------
    frame : DataFrame, (N, number of columns)
        As pandas read it; changed in place.
    decimal : str or None
        The decimal mark of the file, if known: it decides on columns such as "1,234", which may have thousands or
        decimals.  If it is unknown, they stay text.
    codes : sequence of str
        Columns that are known to be codes.

    Returns
    -------
    Conversion
    """
    pandas = import_pandas()
    has_commas, unclear, named = False, [], []
    for position, (name, dtype) in enumerate(frame.dtypes.items()):
        if name in codes:
            named.append(str(name))
            continue
        if isinstance(dtype, np.dtype) and not dtype.hasobject:
            continue
        places, values = pandas.factorize(frame.iloc[:, position])  # missing values have place -1
        texts = values.tolist()
        if set(map(type, texts)) != {str}:
            continue
        converted = None
        if all(map(_ISO_DATE.fullmatch, texts)):
            converted = _dates(texts, places)
        elif are_codes(texts):
            named.append(str(name))
        elif (marks := _marks(texts, places, decimal)) is _UNCLEAR:
            unclear.append(str(name))
        elif marks is not None:
            converted = _numbers(texts, places, marks)
            has_commas = has_commas or (marks.decimal == "," and any("," in t for t in texts))
        if converted is not None:
            frame.isetitem(position, converted)
    return Conversion(has_commas, tuple(unclear), tuple(named))


def _marks(texts: list[str], places: npt.NDArray[np.intp], decimal: str | None) -> _Marks | None:
    """The marks with which most rows, and at least half of them, are numbers; None if there are none."""
    counts = np.bincount(places[places >= 0], minlength=len(texts))
    stripped = [text.strip() for text in texts]
    candidates = [i for i, t in enumerate(stripped) if t[:1] in _SIGNS or t[:1].isdecimal()]
    if 2 * counts[candidates].sum() < counts.sum():
        return None
    is_number = {
        mark: np.array([i for i in candidates if marks.matches(stripped[i])], dtype=np.intp)
        for mark, marks in _MARKS.items()
    }
    rows = {mark: int(counts[found].sum()) for mark, found in is_number.items()}
    if 2 * max(rows.values()) < counts.sum():
        return None
    if rows["."] != rows[","]:
        return _MARKS[max(rows, key=rows.__getitem__)]
    if decimal is None:
        both = np.intersect1d(is_number["."], is_number[","])
        return _UNCLEAR if any("," in texts[i] or "." in texts[i] for i in both) else _MARKS["."]
    return _MARKS[decimal]


def _numbers(texts: list[str], places: npt.NDArray[np.intp], marks: _Marks) -> npt.NDArray[Any]:
    """Numbers if each text is one, otherwise text in which the numbers have decimal points."""
    stripped = [text.strip() for text in texts]
    is_number = [marks.matches(text) is not None for text in stripped]
    plain = [
        marks.plain(number) if matches else text
        for text, number, matches in zip(texts, stripped, is_number, strict=True)
    ]
    if all(is_number):
        return _parsed(plain, places)
    return _spread(np.array(plain, dtype=object), places, np.nan)


def _parsed(plain: list[str], places: npt.NDArray[np.intp]) -> Any:
    """int64 if all are whole numbers that fit and none is missing, otherwise float64."""
    if (places >= 0).all() and all(text.lstrip("+-").isdigit() for text in plain):
        whole = [int(text) for text in plain]
        if max(map(abs, whole)) < 2**63:
            return _spread(np.array(whole, dtype=np.int64), places, 0)
    return _spread(np.array([float(text) for text in plain]), places, np.nan)


def _dates(texts: list[str], places: npt.NDArray[np.intp]) -> Any:
    """Dates, in UTC if the texts have an offset; None if they are not days of the calendar."""
    pandas = import_pandas()
    zoned = [re.search(r"(Z|[+-]\d\d(:?\d\d)?)$", text[10:]) is not None for text in texts]
    if any(zoned) and not all(zoned):
        return None
    try:
        dates = pandas.Series(pandas.to_datetime(texts, format="ISO8601", utc=any(zoned)))
    except ValueError:
        return None
    return dates.reindex(places).array  # -1 is not a label, so such dates are missing


def _spread(
    values: npt.NDArray[Any], places: npt.NDArray[np.intp], missing: Any
) -> npt.NDArray[Any]:
    """The value of each row, from the distinct values."""
    column = values[places]
    if (places < 0).any():
        column[places < 0] = missing
    return column


def without_marks(frame: pd.DataFrame, marks: Sequence[str | float]) -> pd.DataFrame:
    """A copy in which values that mean a missing value are missing; numbers match in any notation."""
    texts = {str(mark) for mark in marks}
    numbers = set()
    for mark in marks:
        with suppress(ValueError):
            numbers.add(float(mark))
    return frame.mask(frame.isin([*texts, *numbers]))
