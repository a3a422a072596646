"""Recognizing units of measurement, such as those in the row below the names of columns.

A unit is a product of symbols with prefixes and exponents, such as kg m-3, m/s^2 or W/m², alone or in brackets.  Words
that instruments write in such a row, such as Volts and counts, are units as well.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from sheernet.data.formats.cell_formats import CURRENCIES, SIGNS_OF_CURRENCIES, parts

_PREFIX = "(?:[YZEPTGMkhdcmunpfazyµμ]|da)?"
_PREFIXED = "m|g|s|A|K|mol|cd|Hz|N|Pa|J|W|C|V|F|Ω|Ohm|ohm|S|T|H|lm|lx|Bq|Gy|Sv|L|l|eV|bar|rad|sr|t|B|b|dB|cal|M|Wh|Ah"
_PLAIN = (
    "min|h|d|yr|y|mo|dy|hr|mn|sec|°C|°F|°|degC|degF|degT|deg|%|‰|ppm|ppb|rpm|RH|psi|in|ft|mi|nmi|lb|oz|kn|kt|mph|"
    "inch|inHg|mmHg|atm|au|px|pH|NTU|PSU|FNU|dBm|counts|count|cts|a\\.u\\.|arb\\. ?u(?:nits|\\.)"
)
_EXPONENT = r"(?:\^?[+-]?\d|\*\*-?\d|[⁺⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+|\^\(-?\d\))?"
_FACTOR = rf"(?:{_PLAIN}|{_PREFIX}(?:{_PREFIXED})|1){_EXPONENT}"
_UNIT = re.compile(rf"{_FACTOR}(?:(?:\s*[/·*.]\s*|\s+){_FACTOR})*(?: vs\.? .+)?")
_WORDS = frozenset({"volt", "volts", "amp", "amps", "ampere", "amperes", "watt", "watts", "ohm", "ohms", "second",
    "seconds", "sec", "secs", "minute", "minutes", "hour", "hours", "day", "days", "year", "years", "degree",
    "degrees", "kelvin", "celsius", "meter", "meters", "metre", "metres", "newton", "newtons", "pascal",
    "pascals", "percent", "sequence", "unitless", "none", "dimensionless", "ts", "rn", "arb", "cm",
    "inches"})  # fmt: skip
_DEGREES = re.compile(r"(deg(rees?)?\.?|°)\s*(c|f|celsius|fahrenheit)", re.IGNORECASE)
_CLOCK = re.compile(r"(?=.*[/:-])[ymdhs]+([/:. T-]+[ymdhs.]+)+", re.IGNORECASE)
_MONEY = frozenset((*CURRENCIES, *SIGNS_OF_CURRENCIES))
_BRACKETS = {"(": ")", "[": "]", "{": "}", "<": ">"}
_EMPTY = ("", "-", "--", "---", "#")


def is_unit(cell: str) -> bool:
    """Whether a cell is the name of a unit.

    Examples
    --------
    >>> from sheernet.data.formats.unit_names import is_unit
    >>> [is_unit(cell) for cell in ("mm", "[s]", "(deg C)", "m/s^2", "W/m²", "Volts", "EUR", "high", "x", "1")]
    [True, True, True, True, True, True, True, False, False, False]
    """
    cell = cell.strip()
    if len(cell) > 1 and _BRACKETS.get(cell[0]) == cell[-1]:
        number = parts(cell)  # (12.50) is a negative number, but (1) is the unit of a ratio
        return number is None or not number.parentheses or cell == "(1)"
    if (
        cell in _MONEY
        or cell.casefold() in _WORDS
        or _DEGREES.fullmatch(cell)
        or _CLOCK.fullmatch(cell)
    ):
        return True
    return _UNIT.fullmatch(cell) is not None and (not cell[:1].isdigit() or "/" in cell)


def are_units(cells: Sequence[str]) -> bool:
    """Whether cells are units or empty, and at least one is a unit.

    Examples
    --------
    >>> from sheernet.data.formats.unit_names import are_units
    >>> are_units(["s", "-", "V"]), are_units(["-", ""]), are_units(["s", "voltage"])
    (True, False, False)
    """
    written = [cell for cell in cells if cell.strip() not in _EMPTY]
    return bool(written) and all(map(is_unit, written))
