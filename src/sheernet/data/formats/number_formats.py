"""`find_format`: determine whether the text of a column is numbers, and in which notation, from its distinct cells.

A column is read as numbers only if every cell is a number, all have the same unit, and their points, commas,
apostrophes and spaces can be read in one way only.  Codes with leading zeros, IP addresses, and digits in groups of
equal length (telephone numbers) are not numbers.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt

from sheernet.data.formats.cell_formats import (
    DECIMALS,
    CellFormat,
    Parts,
    are_booleans,
    infinite,
    notation,
    parts,
)
from sheernet.data.formats.dates import DateFormat, Doubt, find_date_format, is_decided_by_points
from sheernet.data.formats.digit_codes import are_codes, collide
from sheernet.data.formats.durations import MINUTES, are_durations, are_minutes
from sheernet.data.formats.unit_names import is_unit
from sheernet.foundation.sentences import Sentence, Setting, sentence

TEXT, DURATION, BOOLEAN = map(CellFormat, ("text", "duration", "boolean"))
_MARKS = ".,'_ "
_BYTES = re.compile(r"(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)")
_INDIAN = re.compile(r"\d{1,2}(?:,\d\d)+,\d{3}")
_FULL_GROUPS = re.compile(r"\d{3}(?:[.,' ]\d{3}){2,}")
_LIKE_NUMBERS = [notation(decimal, thousands) for decimal, thousands in (
    (".", ","), (",", "."), (".", "'"), (",", "'"), (".", " "), (",", " "), (".", "_"), (",", "_"),
)]  # fmt: skip
_FEWEST_DIGITS = 7  # minimum for a telephone number that begins with +
_MOST_UNITS = 4  # a column with more units holds labels such as 12A, 12B, ...
_LABEL = re.compile(r"\d\d|^[A-Z]\d$")  # as in 9 lives 1999 and in 1 H1; m2 and m3/s are units


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


@dataclass(frozen=True)
class Finding:
    """The format of a column, and a doubt about it.

    Parameters
    ----------
    format : CellFormat
        Text if the column cannot be read otherwise.
    doubt : str
        Why the column is text: "codes", "marks", "notations", "units", "groups", "identifiers", "exponents",
        "minus" (behind numbers), "date", "repeated" (the given decimal mark), or "contrary" (to the settings).
        "thousands" if the column is numbers, but only the other columns of the file show that a point or comma
        separates thousands.  "order" if only the points of dates show that the day is first.  "" if there is no doubt.
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


def find_format(
    texts: Sequence[str], marks: Marks = Marks(), numbers: Sequence[float] = ()
) -> Finding:
    """Find how the text of a column is read.

    Parameters
    ----------
    texts : sequence of str
        The distinct cells, at least one, none of them missing.
    marks : Marks
        Marks and order of dates that are known of the file.
    numbers : sequence of float
        The other distinct cells of the column, which are numbers, as in a sheet of a workbook.

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
    date = find_date_format(texts, marks.dates)
    if isinstance(date, DateFormat):
        return _of_dates(texts, date, marks.dates)
    if form := _boolean_or_duration(texts):
        return Finding(form)
    if isinstance(date, Doubt):
        return Finding(TEXT, "date", tuple(texts[:1]), why=date.why)
    if are_codes(texts):
        return Finding(TEXT, "codes", tuple(texts[:1]))
    split: dict[str, Parts] = {}
    for text in texts:
        if found := parts(text):
            split[text] = found
        elif not infinite(text):
            return Finding(TEXT)
    if not split or all(map(_BYTES.fullmatch, texts)):
        return Finding(TEXT)
    units = {found.unit: text for text, found in split.items()}
    if len(units) > 1:
        return Finding(
            TEXT, "units" if _are_doubtful(split, units) else "", tuple(units.values())[:2]
        )
    return _of_minus_behind(split, numbers) or _with_marks(split, marks)


def _of_dates(texts: Sequence[str], date: DateFormat, dates: str) -> Finding:
    """Return the finding of dates, with the doubt about their order."""
    form = CellFormat("date", date=date)
    is_doubtful = is_decided_by_points(date, texts, dates)
    return Finding(form, "order", (texts[0],)) if is_doubtful else Finding(form)


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
    split = {text: found for text in texts if (found := parts(text)) and _is_like_number(found)}
    if _of_minus_behind(split, ()):
        split = {text: found for text, found in split.items() if not found.minus_behind}
    units: list[tuple[str, str] | None] = []
    rows: dict[tuple[str, str], int] = {}
    for text, count in zip(texts, counts, strict=True):
        if text in split:
            unit = split[text].unit
            units.append(unit)
            rows[unit] = rows.get(unit, 0) + int(count)
        else:
            units.append(("", "") if infinite(text) else None)
    main = max(rows, key=rows.__getitem__, default=None)
    return np.array([unit is not None and unit == main for unit in units], dtype=np.bool_)


def _is_like_number(found: Parts) -> bool:
    """Whether a cell is a number in a notation, not a label with its number in front."""
    return not _is_numbered(found) and any(
        pattern.fullmatch(found.number) for pattern in _LIKE_NUMBERS
    )


def _are_doubtful(numbers: dict[str, Parts], units: dict[tuple[str, str], str]) -> bool:
    """Whether cells of several units seem to be quantities, not labels such as 12A and 12B."""
    if len(units) > _MOST_UNITS or any(_LABEL.search(after) for _, after in units):
        return False
    if all(map(_is_numbered, numbers.values())):
        return False
    return any(
        found.before
        or found.spaced
        or not found.after[:1].isalpha()
        or set(found.number) & set(".,'")
        for found in numbers.values()
        if any(found.unit)
    )


def _of_minus_behind(split: dict[str, Parts], numbers: Sequence[float]) -> Finding | None:
    """Return the doubt about a minus sign behind numbers, such as 22-, that may mean something else; None if it cannot.

    If all numbers have it, they may be open ranges (65-); if all are single digits, grades (2-).
    """
    behind = [text for text, each in split.items() if each.minus_behind]
    have_all = len(behind) == len(split) and not numbers
    are_digits = all(len(each.number) == 1 for each in split.values()) and all(
        abs(number) < 10 for number in numbers
    )
    if behind and (have_all or are_digits):
        return Finding(TEXT, "minus", (behind[0],))
    return None


def _is_numbered(found: Parts) -> bool:
    """Whether a cell is a label with its number in front, such as "1. White", and not a quantity, such as "5. mm"."""
    return found.number.endswith(".") and bool(found.after) and not is_unit(found.after)


def _with_marks(numbers: dict[str, Parts], marks: Marks) -> Finding:
    """Find the decimal mark and the separator of thousands of numbers with one unit."""
    first = next(iter(numbers.values()))
    digits = [found.number for found in numbers.values()]
    found = _notations(digits, Marks())
    allowed = _notations(digits, marks) if marks.decimal or marks.thousands else found
    if not found:
        several = _of_two_notations(numbers)
        return Finding(TEXT, "notations" if several else "", several)
    if not allowed:
        return _contrary(numbers, marks, *found[0])
    doubtful = tuple(text for text, each in numbers.items() if set(each.number) & set(_MARKS))[:1]
    if len(allowed) > 1 and any(set(number) & set("eEdD") for number in digits):
        # Programs that write exponents, as in 1e-3, do not separate thousands.
        allowed = [each for each in allowed if not each[1]] or allowed
    if len(allowed) > 1:
        allowed = [
            each
            for each in allowed
            if (each[0] or _other(each[1])) == (marks.decimal or marks.likely)
        ]
        if not allowed:
            return Finding(TEXT, "marks", doubtful)
    decimal, thousands = allowed[0]
    if not (decimal or any(first.unit) or marks.thousands):
        codes = (text for text, each in numbers.items() if _may_be_code(each.number))
        if code := next(codes, ""):
            return Finding(TEXT, "groups", (code, thousands))
    if marks.thousands is None and _are_telephone_numbers(list(numbers.values()), decimal):
        return Finding(TEXT, "groups" if thousands else "", (*doubtful, thousands))
    if not any(first.unit) and not decimal and not thousands and collide(digits):
        return Finding(TEXT, "identifiers", (max(digits, key=len),))
    form = CellFormat(
        "number",
        decimal or (_other(thousands) if thousands in tuple(".,") else marks.decimal or marks.likely or "."),
        thousands,
        *first.unit,
        parentheses=any(each.parentheses for each in numbers.values()),
        minus_behind=any(each.minus_behind for each in numbers.values()),
    )  # fmt: skip
    guessed = len(found) > 1 and thousands and not (marks.decimal or marks.thousands)
    sure = len(found) == 1 and (bool(decimal) or thousands in (".", ","))
    return Finding(form, "thousands" if guessed else "", doubtful, shows_decimal=sure)


def _may_be_code(number: str) -> bool:
    """Whether the groups of digits are as rare among numbers as those of 12_345 and 1,23,456."""
    return "_" in number or _INDIAN.fullmatch(number) is not None


def _notations(digits: Sequence[str], marks: Marks) -> list[tuple[str, str]]:
    """Return the pairs of decimal mark ("" if no number has one) and separator of thousands that fit all numbers."""
    present = {mark for mark in _MARKS if any(mark in number for number in digits)}
    return [
        (decimal, thousands)
        for decimal, thousands in product(["", *(present & {".", ","})], ["", *present])
        if {decimal, thousands} - {""} == present
        and (decimal != thousands or not present)
        and marks.decimal in (None, decimal, decimal or marks.decimal)
        and (not thousands or thousands != marks.decimal)
        and (marks.thousands is None or thousands in ("", marks.thousands))
        and (not decimal or decimal != marks.thousands)
        and all(map(notation(decimal, thousands).fullmatch, digits))
    ]


def first_mark(number: str) -> str:
    """Return the first point or comma of a number."""
    return next(character for character in number if character in DECIMALS)


def doubtful_mark(number: str, setting: type[Setting] = Setting) -> Sentence:
    """Say what decides whether the point or comma of a number is a decimal mark or separates thousands."""
    mark = first_mark(number)
    return sentence(
        "the {} of {!r} may be a decimal mark or separate thousands; give {} or {}",
        "point" if mark == "." else "comma", number, setting("decimal", mark), setting("thousands", mark),
    )  # fmt: skip


def _of_two_notations(numbers: dict[str, Parts]) -> tuple[str, ...]:
    """Return two cells that are numbers, but in no common notation; () otherwise, such as for 1.2.3."""
    marked = {text: each.number for text, each in numbers.items() if set(each.number) & set(_MARKS)}
    if not all(any(each.fullmatch(number) for each in _LIKE_NUMBERS) for number in marked.values()):
        return ()
    first = next(iter(marked))
    others = (
        text for text, each in marked.items() if not _notations([marked[first], each], Marks())
    )
    return next(((first, other) for other in others), ())


def _contrary(numbers: dict[str, Parts], marks: Marks, decimal: str, thousands: str) -> Finding:
    """Return the finding that cells contradict the marks; a cell with several decimal marks is a code."""
    if marks.decimal and not marks.thousands:
        several = (cell for cell, each in numbers.items() if each.number.count(marks.decimal) > 1)
        if (cell := next(several, None)) is not None:
            return Finding(TEXT, "repeated", (cell,))
    return Finding(TEXT, "contrary", (_first_contrary(numbers, marks, decimal, thousands),))


def _first_contrary(numbers: dict[str, Parts], marks: Marks, decimal: str, thousands: str) -> str:
    """Return a cell that contradicts the marks if all cells have this decimal mark and separator of thousands.

    Each cell may fit the marks alone, as 5.434 and 1_000 with decimal commas; the first of contrary marks is returned.
    """
    contrary = decimal if marks.decimal not in (None, decimal) else thousands
    alone = (text for text, each in numbers.items() if not _notations([each.number], marks))
    return next(alone, None) or next(t for t, each in numbers.items() if contrary in each.number)


def _other(mark: str) -> str:
    """Return the decimal mark that is used with a thousands separator."""
    return "," if mark == "." else "."


def _are_telephone_numbers(numbers: Sequence[Parts], decimal: str) -> bool:
    """Whether all have digits after +, or all have the same number of full groups of three digits."""
    if decimal or any(any(number.unit) or number.negative for number in numbers):
        return False
    digits = ["".join(filter(str.isdigit, number.number)) for number in numbers]
    if all(number.plus for number in numbers) and min(map(len, digits)) >= _FEWEST_DIGITS:
        return True
    return len(set(map(len, digits))) == 1 and all(
        _FULL_GROUPS.fullmatch(number.number) for number in numbers
    )
