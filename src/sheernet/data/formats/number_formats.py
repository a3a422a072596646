"""`find_format`: determine whether the text of a column is numbers, and in which notation, from its distinct cells.

A column is read as numbers only if every cell is a number, all have the same unit, and their points, commas,
apostrophes and spaces can be read in one way only.  Codes with leading zeros, IP addresses, and digits in groups of
equal length (telephone numbers) are not numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt

from sheernet.data.formats.cell_formats import (
    CellFormat,
    Parts,
    are_booleans,
    infinite,
    notation,
    parts,
)
from sheernet.data.formats.dates import DateFormat, Doubt, find_date_format, is_decided_by_points
from sheernet.data.formats.digit_codes import are_codes, collide, first_exponent
from sheernet.data.formats.durations import MINUTES, are_durations, are_minutes
from sheernet.data.formats.unit_names import is_unit
from sheernet.foundation.sentences import Sentence

TEXT, DURATION, BOOLEAN = map(CellFormat, ("text", "duration", "boolean"))
_MARKS = frozenset(".,'_ ")
_BYTE = r"(?:25[0-5]|2[0-4]\d|1?\d?\d)"
_ADDRESS = re.compile(rf"(?:{_BYTE}\.){{3}}{_BYTE}")
_FULL_GROUPS = re.compile(r"\d{3}(?:[.,' ]\d{3}){2,}")
_NOTATIONS = [notation(*marks) for marks in product(".,", ".,'_ ") if len(set(marks)) == 2]


@dataclass(frozen=True)
class Marks:
    """The settings `decimal`, `thousands` and `dates`, and what is known of the file's decimal mark.

    `likely` is the decimal mark of the file's other columns; `guess` applies if no column shows a mark.
    """

    decimal: str | None = None
    thousands: str | None = None
    likely: str | None = None
    dates: str = "auto"
    guess: str | None = None

    @property
    def are_given(self) -> bool:
        """Whether a mark of numbers was given."""
        return bool(self.decimal or self.thousands)

    def allow(self, decimal: str, thousands: str) -> bool:
        """Whether a notation, in which "" stands for no mark, agrees with the settings.

        Whole numbers such as 12_345 are codes unless the mark is given.
        """
        if thousands == "_" and not (decimal or self.thousands):
            return False
        return (
            (not decimal or decimal == (self.decimal or decimal) != self.thousands)
            and (not thousands or thousands == (self.thousands or thousands) != self.decimal)
        )  # fmt: skip


@dataclass(frozen=True)
class Finding:
    """The format of a column, and a doubt about it.

    Parameters
    ----------
    format : CellFormat
        Text if the column cannot be read otherwise.
    doubt : str
        Why the column is text: "codes", "exponents", "marks", "notations", "units", "groups", "identifiers", "date",
        or "contrary" (to the settings).  "thousands" if the column is numbers, but only the other columns of the file
        show that a point or comma separates thousands.  "order" if only the points of dates show that the day is first.
        "" if there is no doubt.
    cells : tuple of str
        Cells that show the doubt; for "groups", a cell and its separator.
    shows_decimal : bool
        Whether a number has the decimal mark, or the other one as separator of thousands (1,234,567), and no other
        reading of the column is possible.
    why : Sentence, optional
        Why a column that seems to hold dates is not read as dates.
    """

    format: CellFormat
    doubt: str = ""
    cells: tuple[str, ...] = ()
    shows_decimal: bool = False
    why: Sentence | None = None


def find_format(texts: Sequence[str], marks: Marks = Marks(), n_numbers: int = 0) -> Finding:
    """Find how the text of a column is read.

    Parameters
    ----------
    texts : sequence of str
        The distinct cells, at least one, none of them missing.
    marks : Marks
        Marks and order of dates that are known of the file.
    n_numbers : int
        How many distinct cells are numbers, as in a sheet of a workbook.

    Returns
    -------
    Finding

    Examples
    --------
    >>> from sheernet.data.formats.number_formats import find_format
    >>> str(find_format(["$1,499", "$12.50"]).format)
    "numbers such as '$1,234.5'"
    >>> find_format(["1,234"]).doubt, find_format(["192.168.0.1"]).format.kind, find_format(["007"]).doubt
    ('marks', 'text', 'codes')
    """
    if code := first_exponent(texts, n_numbers):
        return Finding(TEXT, "exponents", (code,))
    date = find_date_format(texts, marks.dates)
    if isinstance(date, DateFormat):
        doubt = "order" if is_decided_by_points(date, texts, marks.dates) else ""
        return Finding(CellFormat("date", date=date), doubt, tuple(texts[:1]))
    if form := _boolean_or_duration(texts):
        return Finding(form)
    if isinstance(date, Doubt):
        return Finding(TEXT, "date", tuple(texts[:1]), why=date.why)
    if are_codes(texts):
        return Finding(TEXT, "codes", tuple(texts[:1]))
    split = {text: parts(text) for text in texts if not infinite(text)}
    numbers = {text: found for text, found in split.items() if found}
    if not numbers or len(numbers) < len(split) or all(map(_ADDRESS.fullmatch, texts)):
        return Finding(TEXT)
    units = {found.unit: text for text, found in numbers.items()}
    if len(units) == 1:
        return _with_marks(numbers, marks)
    return Finding(TEXT, "units" * _are_quantities(numbers), tuple(units.values())[:2])


def _boolean_or_duration(texts: Sequence[str]) -> CellFormat | None:
    if are_booleans(texts):
        return BOOLEAN
    if are_durations(texts):
        return DURATION
    return replace(DURATION, after=MINUTES) if are_minutes(texts) else None


def are_numbers(
    texts: Sequence[str], counts: npt.NDArray[np.integer[Any]]
) -> npt.NDArray[np.bool_]:
    """Find the cells that are numbers with the unit of most numbers, in any notation.

    Parameters
    ----------
    texts : sequence of str, length N
        Distinct cells.
    counts : ndarray of int, (N,)
        Number of rows of each cell.

    Returns
    -------
    ndarray of bool, (N,)

    Examples
    --------
    >>> import numpy as np
    >>> from sheernet.data.formats.number_formats import are_numbers
    >>> are_numbers(["1,5", "$2", "x", "2.5"], np.array([1, 1, 1, 1])).tolist()
    [True, False, False, True]
    """
    units: list[tuple[str, str] | None] = []
    rows: dict[tuple[str, str], int] = {}
    for text, count in zip(texts, counts, strict=True):
        found = parts(text)
        if found and any(each.fullmatch(found.number) for each in _NOTATIONS):
            rows[found.unit] = rows.get(found.unit, 0) + int(count)
            units.append(found.unit)
        else:
            units.append(("", "") if infinite(text) else None)
    main = max(rows, key=rows.__getitem__, default=None)
    return np.array([unit is not None and unit == main for unit in units], dtype=np.bool_)


def _are_quantities(numbers: dict[str, Parts]) -> bool:
    """Whether numbers with several units are quantities, not labels such as 12A and 12B."""
    with_unit = [found for found in numbers.values() if any(found.unit)]
    return all(is_unit(found.before or found.after) for found in with_unit) and any(
        found.before or found.spaced or not found.after.isalpha() or _MARKS & set(found.number)
        for found in with_unit
    )


def _with_marks(numbers: dict[str, Parts], marks: Marks) -> Finding:
    """Find the decimal mark and the separator of thousands of numbers with one unit."""
    digits = [found.number for found in numbers.values()]
    unit = next(iter(numbers.values())).unit
    marked = next((text for text, each in numbers.items() if _MARKS & set(each.number)), "")
    found = _notations(digits)
    if not found:
        several = _of_two_notations(numbers)
        return Finding(TEXT, "notations" if several else "", several)
    allowed = [each for each in found if marks.allow(*each)]
    if not allowed:
        doubt = "contrary" if marks.are_given else "groups"
        return Finding(TEXT, doubt, (_contrary(numbers, marks) or marked, found[0][1]))
    if len(allowed) > 1 and any(set(number) & set("eEdD") for number in digits):
        # Programs that write exponents, as in 1e-3, do not separate thousands.
        allowed = [each for each in allowed if not each[1]] or allowed
    if len(allowed) > 1:
        likely = marks.decimal or marks.likely
        allowed = [each for each in allowed if (each[0] or _other(each[1])) == likely]
    if not allowed:
        return Finding(TEXT, "marks", (marked,))
    decimal, thousands = allowed[0]
    if not (decimal or any(unit) or marks.thousands) and _are_full_groups(digits):
        return Finding(TEXT, "groups", (marked, thousands))
    if not (decimal or any(unit) or thousands) and collide(digits):
        return Finding(TEXT, "identifiers", (max(digits, key=len),))
    is_sure = bool(decimal) or thousands in (".", ",")
    form = CellFormat(
        "number",
        decimal or (_other(thousands) if is_sure else marks.decimal or marks.likely or "."),
        thousands,
        *unit,
    )
    is_guess = len(found) > 1 and thousands and not marks.are_given
    return Finding(
        form,
        "thousands" if is_guess else "",
        (marked,),
        shows_decimal=is_sure and len(found) == 1,
    )


def _notations(digits: Iterable[str]) -> list[tuple[str, str]]:
    """Return the pairs of decimal mark ("" if no number has one) and separator of thousands that fit all numbers."""
    present = {mark for mark in _MARKS if any(mark in number for number in digits)}
    return [
        (decimal, thousands)
        for decimal, thousands in product(["", *sorted(present & {".", ","})], ["", *present])
        if {decimal, thousands} - {""} == present
        and (decimal != thousands or not present)
        and all(map(notation(decimal, thousands).fullmatch, digits))
    ]


def _of_two_notations(numbers: dict[str, Parts]) -> tuple[str, ...]:
    """Return two cells that are numbers, but in no common notation; () otherwise, such as for 1.2.3."""
    marked = {text: each.number for text, each in numbers.items() if _MARKS & set(each.number)}
    if not all(any(each.fullmatch(number) for each in _NOTATIONS) for number in marked.values()):
        return ()
    first = next(iter(marked))
    others = (text for text, each in marked.items() if not _notations([marked[first], each]))
    return next(((first, other) for other in others), ())


def _contrary(numbers: dict[str, Parts], marks: Marks) -> str:
    """Return the first cell that no notation which agrees with the marks can read; "" if there is none."""
    return next(
        (
            text
            for text, each in numbers.items()
            if not any(marks.allow(*found) for found in _notations([each.number]))
        ),
        "",
    )


def _are_full_groups(digits: Sequence[str]) -> bool:
    """Whether all have the same number of full groups of three digits, as telephone numbers may have."""
    return len(set(map(len, digits))) == 1 and all(map(_FULL_GROUPS.fullmatch, digits))


def _other(mark: str) -> str:
    """Return the decimal mark that is used with a separator of thousands."""
    return "," if mark == "." else "."
