"""Settings of reading a file, checked before the file is opened."""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from sheernet.foundation.errors import InvalidInput, unknown_name
from sheernet.foundation.sentences import Setting, sentence
from sheernet.foundation.words import listed
from sheernet.settings.option import option

Samples = Literal["rows", "columns"]

SEPARATORS = {
    ",": "commas",
    ";": "semicolons",
    "\t": "tabs",
    "|": "bars",
    " ": "spaces",
}
"""Separators that are detected in a file, with their names in messages; " " is a run of spaces."""

THOUSANDS = (",", ".", "'", " ")
"""Separators of thousands; " " stands for every kind of space, "'" for a typographic apostrophe too."""

MISSING = ("", " ", "NA", "N/A", "n/a", "<NA>", "#N/A", "#N/A N/A", "#NA", "NaN", "nan", "-NaN", "-nan", "1.#QNAN",
           "-1.#QNAN", "1.#IND", "-1.#IND", "NULL", "null", "None")  # fmt: skip
"""Texts that stand for a missing value in pandas, R, SQL, Excel and C."""

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
    """Arguments of `sheernet.read_table`; one that is None is detected from the file.

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
        None, "Separator of thousands: , . ' or comma, point, apostrophe, blank.", metavar="CHARACTER",
        shown="auto-detect",
    )  # fmt: skip
    encoding: str | None = option(
        None, "Text encoding: utf-8, latin-1, ...", metavar="NAME", shown="auto-detect"
    )
    sheet: str | int | None = option(
        None, "Sheet of a workbook, by name or by number from 1.", typed=str | None,
        metavar="NAME", shown="first sheet",
    )  # fmt: skip
    missing_values: Sequence[str | float] = option(
        (), "Additional values that mean missing, separated by commas, such as -999,none.",
        typed=list[str] | None, metavar="LIST",
    )  # fmt: skip

    def __post_init__(self) -> None:
        if self.samples not in get_args(Samples):
            raise unknown_name(Setting("samples"), self.samples, get_args(Samples))
        if self.separator is not None:
            object.__setattr__(self, "separator", _separator(self.separator))
        if self.decimal not in (None, ".", ","):
            raise InvalidInput(
                sentence(
                    '{} must be "." or ",", but {!r} was given', Setting("decimal"), self.decimal
                )
            )
        if self.thousands is not None:
            object.__setattr__(self, "thousands", _thousands(self.thousands))
            if self.thousands == self.decimal:
                raise InvalidInput(
                    sentence(
                        "{} and {} must differ, but both are {!r}",
                        Setting("decimal"), Setting("thousands"), self.decimal,
                    )
                )  # fmt: skip
            if self.decimal is None and self.thousands in (".", ","):
                object.__setattr__(self, "decimal", "," if self.thousands == "." else ".")
        if self.encoding is not None:
            object.__setattr__(self, "encoding", _encoding(self.encoding))
        if self.sheet is not None and (
            isinstance(self.sheet, bool) or not isinstance(self.sheet, (str, int))
        ):
            raise InvalidInput(
                sentence(
                    "{} must be the name of a sheet or its number from 1, but {!r} was given",
                    Setting("sheet"),
                    self.sheet,
                )
            )
        object.__setattr__(self, "missing_values", _missing_values(self.missing_values))

    def refuse(self, names: Sequence[str], why: str) -> None:
        """Raise if one of the named arguments was given: it would have no effect."""
        for name in names:
            value = getattr(self, name)
            if value not in (None, "rows"):
                raise InvalidInput(sentence("{} {}; leave it out", Setting(name, value), why))


def _separator(given: str) -> str:
    mark = _WORDS.get(given, given) if isinstance(given, str) else ""
    if len(mark) != 1 or not mark.isascii() or mark.isalnum() or mark in "\"'\r\n.+-\0":
        raise InvalidInput(
            sentence(
                "{} must be a mark such as ',', or {}, but {!r} was given",
                Setting("separator"),
                listed(
                    [word for word in _WORDS if word.isalpha() and _WORDS[word] not in ".'"], "or"
                ),
                given,
            )
        )
    return mark


def _thousands(given: str) -> str:
    mark = _WORDS.get(given, given) if isinstance(given, str) else None
    if mark not in THOUSANDS:
        raise InvalidInput(
            sentence(
                "{} must be ',', '.', \"'\" or a blank, but {!r} was given",
                Setting("thousands"),
                given,
            )
        )
    return mark


def _encoding(given: str) -> str:
    """Python's name of a text encoding."""
    try:
        codec = codecs.lookup(given)
        "".encode(given)  # fails for codecs that do not encode text
    except (LookupError, TypeError, ValueError):
        raise InvalidInput(
            sentence(
                "{} {!r} is not known; common ones are utf-8, latin-1, windows-1252 and utf-16",
                Setting("encoding"),
                given,
            )
        ) from None
    return codec.name


def _missing_values(given: Sequence[str | float]) -> tuple[str | float, ...]:
    """The values as a tuple; a single value becomes a tuple of one."""
    values = (given,) if isinstance(given, (str, int, float)) else given
    if isinstance(values, Iterable) and not isinstance(values, (bytes, Mapping)):
        values = tuple(values)
        if all(isinstance(v, (str, int, float)) and not isinstance(v, bool) for v in values):
            return values
    raise InvalidInput(
        sentence(
            "{} must be texts or numbers that stand for a missing value, but {!r} was given",
            Setting("missing_values"),
            given,
        )
    )
