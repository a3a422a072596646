"""Settings of reading a file, checked before the file is opened."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Literal, get_args

from sheernet.foundation.errors import InvalidInput, require_known
from sheernet.foundation.message_text import listed
from sheernet.foundation.sentences import Setting
from sheernet.settings.option import option

Samples = Literal["rows", "columns"]
Header = Literal["auto", "yes", "none"]
Units = Literal["auto", "yes", "none"]
Dates = Literal["auto", "day-first", "month-first", "iso", "months"]

SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars", " ": "spaces"}
"""Separators that are detected in a file, with their names in messages; " " is a run of spaces."""

THOUSANDS = (",", ".", "'", " ", "_")
"""Separators of thousands; " " stands for every kind of space, and "'" also for a typographic apostrophe."""

MISSING = ("", " ", "NA", "N/A", "n/a", "<NA>", "#N/A N/A", "#NA", "NaN", "nan", "NAN", "-NaN", "-nan",
           "1.#QNAN", "-1.#QNAN", "1.#IND", "-1.#IND", "NULL", "null", "None", "NaT", "<undefined>",
           "<missing>")  # fmt: skip
"""Texts that stand for a missing value in pandas, R, SQL, Excel, MATLAB and C."""

ERRORS = frozenset(
    {
        "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#SPILL!", "#CALC!", "#FIELD!", "#BLOCKED!",
        "#CONNECT!", "#BUSY!", "#UNKNOWN!", "#GETTING_DATA", "#N/A", "#NV", "#WERT!", "#BEZUG!", "#ZAHL!", "#ÜBERLAUF!",
        "#KALK!", "#VALEUR!", "#NOMBRE!", "#NOM?", "#NUL!", "#N/D", "#¡VALOR!", "#¡REF!", "#¡DIV/0!", "#¡NUM!",
        "#¿NOMBRE?", "#¡NULO!", "#VALORE!", "#RIF!", "#NOME?", "#NULLO!", "#VALOR!", "#NÚM!", "#N/B", "#WAARDE!",
        "#VERW!", "#DEEL/0!", "#GETAL!", "#NAAM?", "#LEEG!",
        *(f"Err:{number}" for number in (501, 502, 503, 504, *range(507, 528), 532, 533, 538, 539)),
        *("#" * width for width in range(3, 51)),
    }
)  # fmt: skip
"""Error values of cells in Excel (English, German, French, Spanish, Italian, Portuguese and Dutch) and LibreOffice,
and the number signs that are shown in place of a number if the column is too narrow."""

_WORDS = {
    "comma": ",",
    "semicolon": ";",
    "tab": "\t",
    "\\t": "\t",
    "bar": "|",
    "point": ".",
    "apostrophe": "'",
    "blank": " ",
    "space": " ",
}


@dataclass(frozen=True)
class ReadSettings:
    """Arguments of `sheernet.read_table`; the value of an argument that is None is detected from the file.

    Raises
    ------
    InvalidInput
        If the value of an argument is not allowed.
    """

    samples: str = option("rows", "Whether samples are rows or columns.", typed=Samples)
    separator: str | None = option(
        None, "Separator of values: , ; | or comma, semicolon, tab, bar, blank.", metavar="CHARACTER",
        shown="auto-detect",
    )  # fmt: skip
    decimal: str | None = option(
        None, "Decimal mark, '.' or ','.", metavar="CHARACTER", shown="auto-detect"
    )
    thousands: str | None = option(
        None, "Thousands separator: , . ' _ or comma, point, apostrophe, blank.", metavar="CHARACTER",
        shown="auto-detect",
    )  # fmt: skip
    encoding: str | None = option(
        None, "Text encoding: utf-8, latin-1, ...", metavar="NAME", shown="auto-detect"
    )
    sheet: str | int | None = option(
        None, "Sheet of a workbook, by name or by number from 1.", typed=str | None,
        metavar="NAME", shown="first sheet",
    )  # fmt: skip
    variable: str | Sequence[str] | None = option(
        None, "Variables of a MATLAB file, separated by commas, such as X,y or train.",
        typed=list[str] | None, metavar="LIST", shown="all",
    )  # fmt: skip
    missing_values: Sequence[str | float] = option(
        (), "Additional texts or numbers that stand for missing values, separated by commas, such as -999,none; one "
        "with a comma is in quotation marks: 'none,\"<0,5\"'.",
        typed=list[str] | None, metavar="LIST",
    )  # fmt: skip
    comment: str | None = option(
        None, "Prefixes of comment lines in a text file, separated by spaces, such as '# //'; or none.",
        metavar="MARKS", shown="auto-detect",
    )  # fmt: skip
    skip: int = option(
        0, "Number of lines of a text file, or rows of a sheet, to skip at the top.", metavar="NUMBER",
    )  # fmt: skip
    header: str = option(
        "auto",
        "Whether a line of a text file or sheet (the first column if samples are columns) contains the column names.",
        typed=Header,
    )
    units: str = option(
        "auto",
        "Whether the line below the column names (the second column if samples are columns) contains units.",
        typed=Units,
    )
    dates: str = option(
        "auto", "Order of day and month in dates such as 3/1/2026: auto determines it from each column, and keeps the "
        "column as text if both are possible; iso reads only ISO 8601, including whole numbers such as 20260301; "
        "months says that 2026-1 and 202601 are months.",
        typed=Dates, metavar="ORDER",
    )  # fmt: skip

    def __post_init__(self) -> None:
        for name, allowed in _CHOICES.items():
            require_known(Setting(name), getattr(self, name), get_args(allowed))
        for name, checked in _CHECKS.items():
            object.__setattr__(self, name, checked(getattr(self, name)))
        if self.decimal is not None and self.thousands == self.decimal:
            raise InvalidInput(
                "{} and {} must differ, but both are {!r}",
                Setting("decimal"), Setting("thousands"), self.decimal,
            )  # fmt: skip
        if self.decimal is None and self.thousands in (".", ","):
            object.__setattr__(self, "decimal", "," if self.thousands == "." else ".")

    def refuse(self, names: Sequence[str], why: str) -> None:
        """Raise if one of the named arguments was given: it would have no effect."""
        for name in names:
            value = getattr(self, name)
            if value != _DEFAULTS[name]:
                raise InvalidInput("{} {}; omit it", Setting(name, value), why)


_CHOICES = {"samples": Samples, "header": Header, "units": Units, "dates": Dates}
_DEFAULTS = {part.name: part.default for part in fields(ReadSettings)}


def _refused(name: str, wanted: str, given: object) -> InvalidInput:
    return InvalidInput("{} must be {}, but {!r} was given", Setting(name), wanted, given)


def _comment(given: object) -> Any:
    if given is not None and (not isinstance(given, str) or not given.split()):
        raise _refused("comment", "one or more prefixes of lines, such as '#', or 'none'", given)
    return given


def _separator(given: str) -> str:
    mark = _WORDS.get(given, given) if isinstance(given, str) else ""
    if len(mark) != 1 or not mark.isascii() or mark.isalnum() or mark in "\"'\r\n.+-\0":
        words = [word for word in _WORDS if word.isalpha() and _WORDS[word] not in ".'"]
        raise _refused("separator", f"a mark such as ',', or {listed(words, 'or')}", given)
    return mark


def _thousands(given: str) -> str:
    mark = _WORDS.get(given, given) if isinstance(given, str) else None
    if mark not in THOUSANDS:
        raise _refused("thousands", "',', '.', \"'\", '_' or a blank", given)
    return mark


def _encoding(given: str) -> str:
    """Return Python's name of a text encoding."""
    try:
        codec = codecs.lookup(given)
        "".encode(given)  # fails for codecs that do not encode text
    except (LookupError, TypeError, ValueError):
        raise InvalidInput(
            "{} {!r} is not recognized; common encodings are utf-8, latin-1, windows-1252 and utf-16",
            Setting("encoding"),
            given,
        ) from None
    return codec.name


def _names(name: str, of: str) -> Callable[[str | Sequence[str]], tuple[str, ...]]:
    """Return a function that returns names as a tuple; a single name becomes a tuple of one."""

    def names(given: str | Sequence[str]) -> tuple[str, ...]:
        found = (given,) if isinstance(given, str) else given
        if isinstance(found, Sequence) and found and all(isinstance(n, str) and n for n in found):
            return tuple(found)
        raise _refused(name, f"the names of {of}", given)

    return names


def _missing_values(given: Sequence[str | float]) -> tuple[str | float, ...]:
    """Return the values as a tuple; a single value becomes a tuple of one."""
    values = (given,) if isinstance(given, (str, int, float)) else given
    if isinstance(values, Iterable) and not isinstance(values, (bytes, Mapping)):
        values = tuple(values)
        if all(isinstance(v, (str, int, float)) and not isinstance(v, bool) for v in values):
            return values
    raise _refused("missing_values", "texts or numbers that stand for a missing value", given)


def _decimal(given: object) -> Any:
    if given not in (None, ".", ","):
        raise _refused("decimal", '"." or ","', given)
    return given


def _sheet(given: object) -> Any:
    if given is not None and (isinstance(given, bool) or not isinstance(given, (str, int))):
        raise _refused("sheet", "the name of a sheet or its number from 1", given)
    return given


def _skip(given: object) -> Any:
    if isinstance(given, bool) or not isinstance(given, int) or given < 0:
        raise _refused("skip", "a number of lines, at least 0", given)
    return given


def _if_given(check: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Apply a check to a value that is not None."""
    return lambda given: None if given is None else check(given)


_CHECKS: dict[str, Callable[[Any], Any]] = {
    "separator": _if_given(_separator),
    "decimal": _decimal,
    "thousands": _if_given(_thousands),
    "encoding": _if_given(_encoding),
    "sheet": _sheet,
    "variable": _if_given(_names("variable", "variables of a MATLAB file")),
    "missing_values": _missing_values,
    "comment": _comment,
    "skip": _skip,
}
"""For each setting that is not a choice, a function that returns its value or raises InvalidInput."""
