"""`CellFormat`: how the text of a column's cells is read, as numbers, dates, Booleans or text.

    number     a decimal mark, a thousands separator, and one unit before or after each number: 1,234.5  $12  5.2 mm
    date       a format of dates.py
    duration   hours of a duration, see durations.py
    boolean    true and false
    text       labels as they are written

number_formats.py finds the format of a column.  A model keeps the formats of its columns, so that a cell of another
file is read in the same way whatever its other rows contain.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from sheernet.data.formats.dates import DateFormat
from sheernet.data.formats.durations import MINUTES, UNIT, hours_of
from sheernet.foundation.errors import InvalidInput, unknown_name
from sheernet.settings.read_settings import THOUSANDS

T = TypeVar("T")

FORMAT_KINDS = ("number", "date", "duration", "boolean", "text")
DECIMALS = (".", ",")
SEPARATORS_OF_THOUSANDS = ("", *THOUSANDS)
"""Separators of thousands; "" for none."""
CURRENCIES = """
    AED ARS AUD BGN BRL CAD CHF CLP CNY COP CZK DKK EGP EUR GBP HKD HUF IDR ILS INR ISK JPY KES KRW KZT MAD MXN MYR NGN
    NOK NZD PEN PHP PKR PLN RON RSD RUB SAR SEK SGD THB TRY TWD UAH USD VND ZAR Rs Rs. Fr. SFr. kr kr. zł Kč
""".split()  # noqa: SIM905
SIGNS_OF_CURRENCIES = "$€£¥¢₹₽₩₺₴₪฿₫₱₦"
_CODES = "|".join(map(re.escape, sorted(CURRENCIES, key=len, reverse=True)))
_BEFORE = rf"[A-Z]{{0,3}}[{SIGNS_OF_CURRENCIES}]|{_CODES}"
_AFTER = rf"(?:[^\W\d_]|[%‰°\"″′{SIGNS_OF_CURRENCIES}])[^,;()]{{0,19}}"
_EXPONENT = "(?:(?:[eE][+-]?|[dD][+-])[0-9]+)?"  # Fortran writes 1.5D+02
_PARTS = re.compile(
    rf"(?P<open>\()?(?P<sign>[+-]?) ?(?P<before>{_BEFORE})? ?(?P<inner>[+-]?)"
    rf"(?P<number>(?:[0-9]|[.,][0-9])(?:[0-9.,'_ ]*[0-9])?[.,]?{_EXPONENT})"
    rf"(?P<behind>(?<=[.,]\d\d)-(?!\w))?(?P<space> ?)(?P<after>{_AFTER})?(?(open)\))"
)
_ACCOUNTING = [
    (re.compile(rf"({_BEFORE}) ?\(([^()]*)\)"), r"(\1\2)"),
    (re.compile(rf"({_BEFORE}) *-"), r"\g<1>0"),
    (re.compile(rf"- *([{SIGNS_OF_CURRENCIES}]|{_CODES})"), r"0 \1"),
    (re.compile(r"(.*([.,])\d{3}(?!\2)[.,])(?:--?|—)(\D*)"), r"\g<1>0\3"),
    (re.compile(r"(.*\d)[.,](?:--?|—)(\D*)"), r"\1\2"),
]
"""Patterns of accounting formats, $(12.50), the zeros $- and - €, and 12.- for 12.00; each with the usual form.  The
mark before the dashes of 1.234,- is kept, because it shows that the point separates thousands."""
_POWER = re.compile(r"(.*\d) ?[·×xX*] ?10(?:\^\(?([+-]?\d+)\)?|([⁺⁻]?[⁰¹²³⁴-⁹]+))(\D*)")
_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻", "0123456789+-")
_TELEPHONE = re.compile(r"\+[0-9]{7,}")
_NEGATIVE = ("sign", "inner", "behind", "open")
_NO_UNIT = re.compile(
    r"[ap]\.?m\.?|x ?\d.*|"  # 5 pm is a time, 3 x 10 a size
    # 1Q26, 2 WK 2026 and 1. Halbjahr 2026 are periods
    r"(?:q[a-z]*|hj|[kc]?w|wk|week|trimestre|semestre|halbjahr|half[ -]year)\W{0,2}\d{1,4}|"
    r"[ht](?:\W?\d{4}|\d{1,2})",
    re.IGNORECASE,
)
_WITH_BASE = re.compile("0(?:x[0-9a-f]+|b[01]+|o[0-7]+)", re.IGNORECASE)
"""Hexadecimal, binary and octal numbers of programs, such as 0x1F, which are labels."""
BLANKS = dict.fromkeys(map(ord, "\u00a0\u2007\u2009\u202f"), " ")
"""The kinds of spaces between thousands, with the usual one, for `str.translate`."""
_NORMAL = str.maketrans({"−": "-", "–": "-", "’": "'"}) | BLANKS
_BOOLEANS_OF_PROGRAMS = (
    ("wahr", "falsch"), ("vrai", "faux"), ("verdadero", "falso"), ("vero", "falso"), ("verdadeiro", "falso"),
    ("waar", "onwaar"),
)  # fmt: skip
"""Boolean values of Excel and LibreOffice in German, French, Spanish, Italian, Portuguese and Dutch."""
_BOOLEANS = {"true": True, "false": False} | {
    word: value
    for pair in _BOOLEANS_OF_PROGRAMS
    for word, value in zip(pair, (True, False), strict=True)
}
_MOST_DIGITS = 1000  # Python converts at most 4300 digits to int; with leading zeros, more than 19 digits fit in int64


@dataclass(frozen=True)
class Parts:
    """The parts of a cell that may be a number: unit before it, digits and marks, unit after it."""

    negative: bool
    before: str
    number: str
    after: str
    spaced: bool

    @property
    def unit(self) -> tuple[str, str]:
        """The units before and after the number."""
        return self.before, self.after


def parts(text: str) -> Parts | None:
    """Split a cell into a number and its unit; None if it cannot be a number.

    Examples
    --------
    >>> from sheernet.data.formats.cell_formats import parts
    >>> parts("-$1,234.50").number, parts("(5.2 mm)").after, parts("3 of 4, or 5"), parts("Q1")
    ('1,234.50', 'mm', None, None)
    >>> parts("$(6,001.71)").negative, parts("$-").number, parts("- €").number  # the accounting formats of Excel
    (True, '0', '0')
    >>> parts("1.234,50-").negative, parts("22-")  # an amount of money; the latter may be an open range
    (True, None)
    >>> parts("Fr. 1'250.--").number, parts("1,2·10^5 Pa").number
    ("1'250", '1,2e5')
    >>> parts("1.2 x 10⁻³ Pa").number, parts("3 x 10")  # the latter may be a size
    ('1.2e-3', None)
    """
    text = (text if text.isascii() else text.translate(_NORMAL)).strip()
    if "10" in text and (power := _POWER.fullmatch(text)):
        base, exponent, raised, unit = power.groups("")
        text = f"{base}e{exponent or raised.translate(_RAISED)}{unit}"
    found = _PARTS.fullmatch(text)
    if found is None and set(text) & set("-—("):
        found = _PARTS.fullmatch(_in_usual_form(text))
    if found is None or sum(found[each] not in (None, "") for each in _NEGATIVE) > 1:
        return None
    after = (found["after"] or "").strip()
    is_based = found["number"] == "0" and _WITH_BASE.fullmatch(f"0{after}")
    if is_based or _NO_UNIT.fullmatch(after) or _TELEPHONE.fullmatch(text):
        return None
    if after and found["number"][-1] in DECIMALS:  # a label with its number in front, 1. White
        return None
    is_negative = "-" in (found["sign"], found["inner"], found["behind"])
    return Parts(
        is_negative or found["open"] is not None,
        found["before"] or "",
        found["number"],
        after,
        bool(found["space"]),
    )


def _in_usual_form(text: str) -> str:
    for pattern, usual in _ACCOUNTING:
        if found := pattern.fullmatch(text):
            return found.expand(usual)
    return text


class FormatMismatch(Exception):
    """A cell that does not have the format of its column; `position` is its index among the texts."""

    def __init__(self, position: int) -> None:
        super().__init__(position)
        self.position = position


@dataclass(frozen=True)
class CellFormat:
    """How the text of the cells of one column is read.

    Parameters
    ----------
    kind : {"number", "date", "duration", "boolean", "text"}
        Kind of the cells.
    decimal : {".", ","}
        Decimal mark of numbers.
    thousands : {"", ",", ".", "'", " "}
        Separator of thousands; "" if numbers have none.
    before, after : str
        Unit before or after each number, such as "$" or "mm"; "" if there is none.  For durations, `after`
        is "min" if texts of two parts are minutes and seconds.
    date : DateFormat, optional
        Format of dates.

    Raises
    ------
    InvalidInput
        If a parameter is not allowed.

    Examples
    --------
    >>> from sheernet.data.formats.cell_formats import CellFormat
    >>> CellFormat("number", decimal=",", thousands=".", after="€").convert(["1.234,5 €", "-7 €"]).tolist()
    [1234.5, -7.0]
    """

    kind: str
    decimal: str = "."
    thousands: str = ""
    before: str = ""
    after: str = ""
    date: DateFormat | None = None

    def __post_init__(self) -> None:
        for noun, value, known in (
            ("kind of a format", self.kind, FORMAT_KINDS),
            ("decimal of a format", self.decimal, DECIMALS),
            ("thousands of a format", self.thousands, SEPARATORS_OF_THOUSANDS),
        ):
            if value not in known:
                raise unknown_name(noun, value, known)
        if self.decimal == self.thousands:
            raise InvalidInput(
                f"decimal and thousands of a format must differ, but both are {self.decimal!r}"
            )
        if (self.kind == "date") != (self.date is not None):
            raise InvalidInput(
                "a format must have a date format if its kind is date, and only then"
            )

    @property
    def is_plain(self) -> bool:
        """Whether numbers have neither thousands separators nor units."""
        return self.kind != "duration" and self == CellFormat(self.kind, self.decimal)

    @property
    def is_ordinary(self) -> bool:
        """Whether the format is the usual one: decimal points, no units, dates in ISO 8601."""
        if self.date is not None:
            return not str(self.date)
        return self.kind not in ("number", "duration") or self == CellFormat("number")

    @property
    def is_text(self) -> bool:
        """Whether cells are kept as text."""
        return self.kind == "text"

    @property
    def is_plain_number(self) -> bool:
        """Whether cells are numbers without units; their thousands may be separated."""
        return self.kind == "number" and not self.before and not self.after

    @cached_property
    def _is_number(self) -> re.Pattern[str]:
        return notation(self.decimal, self.thousands)

    def convert(self, texts: Sequence[str]) -> npt.NDArray[Any]:
        """Convert the text of cells.

        Parameters
        ----------
        texts : sequence of str, length N
            The text of the cells, none of them missing.

        Returns
        -------
        ndarray, (N,)
            int64 if all numbers are whole and fit, otherwise float64; datetime64; bool; or object for text.

        Raises
        ------
        FormatMismatch
            If cells do not have this format; the exception states the first one.
        """
        if self.date is not None:
            return self._dates(self.date, texts)
        if self.is_text:
            return np.array(texts, dtype=object)
        if self.kind == "duration":
            return np.array(_all(hours_of(text, self.after) for text in texts))
        if self.kind == "boolean":
            return np.array(_all(map(_BOOLEANS.get, map(str.lower, map(str.strip, texts)))))
        return _parsed(_all(map(self._plain, texts)))

    @staticmethod
    def _dates(form: DateFormat, texts: Sequence[str]) -> Any:
        try:
            return form.convert(texts)
        except InvalidInput:
            if (wrong := form.first_wrong(texts)) is None:
                raise
            raise FormatMismatch(wrong) from None

    def _plain(self, text: str) -> str | None:
        """Rewrite a number in Python's notation; None if it does not have this format."""
        found = parts(text)
        if found is None:
            return infinite(text)
        if found.unit != (self.before, self.after) or not self._is_number.fullmatch(found.number):
            return None
        digits = found.number.replace(self.thousands, "").replace(self.decimal, ".")
        digits = digits.upper().replace("D", "E")
        return f"-{digits}" if found.negative else digits

    def __str__(self) -> str:
        """Describe the format by an example: "numbers such as '$1,234.5'"."""
        if self.date is not None:
            zone = " with a time zone" if self.date.zoned else " without a time zone"
            noun = str(self.date) or "dates with the year first"
            return f"{noun}{'' if self.date.is_time else zone}, such as {self.date.example!r}"
        if self.kind == "duration":
            example = "75:30.0 is 1.25833" if self.after == MINUTES else "75:30 is 75.5"
            return f"durations, read as {UNIT} ({example})"
        if self.kind != "number":
            return "true and false" if self.kind == "boolean" else "text"
        space = " " if self.after[:1].isalpha() or self.before[-1:].isalpha() else ""
        before = f"{self.before}{space}" if self.before else ""
        after = f"{space}{self.after}" if self.after else ""
        return f"numbers such as '{before}1{self.thousands}234{self.decimal}5{after}'"


def are_booleans(texts: Sequence[str]) -> bool:
    """Whether all texts are Boolean values as a spreadsheet program writes them in one language other than English.

    Examples
    --------
    >>> from sheernet.data.formats.cell_formats import are_booleans
    >>> [are_booleans(texts) for texts in (["WAHR", "FALSCH"], ["Falso"], ["WAHR", "FAUX"], ["true"])]
    [True, True, False, False]
    """
    words = {text.lower() for text in texts}
    return any(words <= set(pair) for pair in _BOOLEANS_OF_PROGRAMS)


def notation(decimal: str, thousands: str) -> re.Pattern[str]:
    """Return the pattern of numbers without sign and unit; `decimal` may be "" for whole numbers.

    Commas may also separate groups of two digits above the thousands, as in India: 1,23,456.
    """
    d, t = re.escape(decimal), re.escape(thousands)
    indian = "|[1-9][0-9]?(?:,[0-9]{2})+,[0-9]{3}" if thousands == "," else ""
    whole = rf"(?:[1-9][0-9]{{0,2}}(?:{t}[0-9]{{3}})+{indian}|[0-9]+)" if thousands else "[0-9]+"
    fraction = rf"(?:{whole}(?:{d}[0-9]*)?|{d}[0-9]+)" if decimal else whole
    return re.compile(f"{fraction}{_EXPONENT}")


def infinite(text: str) -> str | None:
    """Return "inf" or "-inf" for infinity as pandas reads it; None for other text."""
    word = text.strip().lower()
    bare = word.lstrip("+-")
    return ("-inf" if word[0] == "-" else "inf") if bare in ("inf", "infinity") else None


def _all(values: Iterable[T | None]) -> list[T]:
    """Return the values; raise FormatMismatch if one is None."""
    found = []
    for position, value in enumerate(values):
        if value is None:
            raise FormatMismatch(position)
        found.append(value)
    return found


def _parsed(plain: list[str]) -> npt.NDArray[Any]:
    """Convert to int64 if all are whole numbers that fit, otherwise to float64."""
    digits = [text.lstrip("-") for text in plain]
    if all(map(str.isdigit, digits)) and max(map(len, digits), default=0) <= _MOST_DIGITS:
        whole = [int(text) for text in plain]
        if max(map(abs, whole), default=0) < 2**63:
            return np.array(whole, dtype=np.int64)
    return np.array([float(text) for text in plain])
