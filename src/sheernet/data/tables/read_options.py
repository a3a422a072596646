"""What a person may say about a file that is to be read, checked before the file is opened."""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sheernet.foundation.errors import InvalidInput, unknown_name

SEPARATORS = {
    ",": "commas",
    ";": "semicolons",
    "\t": "tabs",
    "|": "bars",
    " ": "blanks",
}
"""Marks between values that are looked for in a file, each with its name in sentences; " " is a run of blanks."""

MISSING = ("", " ", "NA", "N/A", "n/a", "<NA>", "#N/A", "#N/A N/A", "#NA", "NaN", "nan", "-NaN", "-nan", "1.#QNAN",
           "-1.#QNAN", "1.#IND", "-1.#IND", "NULL", "null", "None")  # fmt: skip
"""Texts that stand for a missing value: those of pandas, R, SQL, Excel and C."""

_WORDS = {
    "comma": ",",
    "semicolon": ";",
    "tab": "\t",
    "\\t": "\t",
    "bar": "|",
    "blank": " ",
    "space": " ",
}


@dataclass(frozen=True)
class Options:
    """Arguments of `read_table`, each None (or empty) where it is left to be found out.

    Raises
    ------
    InvalidInput
        If an argument has a value that it cannot have.
    """

    samples: str = "rows"
    separator: str | None = None
    decimal: str | None = None
    encoding: str | None = None
    sheet: str | int | None = None
    missing_values: Sequence[str | float] = ()

    def __post_init__(self) -> None:
        if self.samples not in ("rows", "columns"):
            raise unknown_name("samples", self.samples, ("rows", "columns"))
        if self.separator is not None:
            object.__setattr__(self, "separator", _separator(self.separator))
        if self.decimal not in (None, ".", ","):
            raise InvalidInput(f'decimal must be "." or ",", but {self.decimal!r} was given')
        if self.encoding is not None:
            object.__setattr__(self, "encoding", _encoding(self.encoding))
        if self.sheet is not None and (
            isinstance(self.sheet, bool) or not isinstance(self.sheet, (str, int))
        ):
            raise InvalidInput(
                f"sheet must be the name of a sheet or its number from 1, but {self.sheet!r} was given"
            )
        object.__setattr__(self, "missing_values", _missing_values(self.missing_values))

    def refuse(self, names: Sequence[str], why: str) -> None:
        """Refuse the first of the named arguments that was given: it would not do anything."""
        for name in names:
            if getattr(self, name) not in (None, "rows"):
                raise InvalidInput(f"{name}={getattr(self, name)!r} {why}; leave it out")


def _separator(given: str) -> str:
    mark = _WORDS.get(given, given) if isinstance(given, str) else ""
    if len(mark) != 1 or not mark.isascii() or mark.isalnum() or mark in "\"'\r\n.+-\0":
        raise InvalidInput(
            f"separator must be a mark such as ',' or one of the words {', '.join(_WORDS)}, but {given!r} was given"
        )
    return mark


def _encoding(given: str) -> str:
    """Python's name of an encoding of text."""
    try:
        codec = codecs.lookup(given)
        "".encode(given)  # fails for codecs that do not encode text
    except (LookupError, TypeError, ValueError):
        raise InvalidInput(
            f"encoding {given!r} is not known; common ones are utf-8, latin-1, windows-1252 and utf-16"
        ) from None
    return codec.name


def _missing_values(given: Sequence[str | float]) -> tuple[str | float, ...]:
    """A lone value is taken for a sequence of one."""
    values = (given,) if isinstance(given, (str, int, float)) else given
    if isinstance(values, Iterable) and not isinstance(values, (bytes, Mapping)):
        values = tuple(values)
        if all(isinstance(v, (str, int, float)) and not isinstance(v, bool) for v in values):
            return values
    raise InvalidInput(
        f"missing_values must be texts or numbers that stand for a missing value, but {given!r} was given"
    )
