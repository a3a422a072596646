"""Recognizing units of measurement, such as those in the row below the names of columns.

A unit is a product of symbols with prefixes and exponents, such as kg m-3, m/s^2 or W/m², alone or in brackets.  Words
that instruments write in such a row, such as Volts and counts, are units as well.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from sheernet.data.formats.cell_formats import CURRENCIES, SIGNS_OF_CURRENCIES, parts

_PREFIX = "(?:[YZEPTGMkhdcmunpfazyµμ]|da)?"
_PREFIXED = (
    "m|g|s|A|K|mol|cd|Hz|N|Pa|J|W|C|V|F|Ω|Ohm|ohm|S|T|H|lm|lx|Bq|Gy|Sv|L|l|eV|bar|rad|sr|t|B|b|dB|cal|M|Wh|Ah|"
    "Ws|Nm|VA"
)
_PLAIN = (
    "min|h|d|Kd|yr|y|mo|dy|hr|mn|sec|°[A-Za-zé]{0,5}|degC|degF|degT|deg|(?:deg|[Gg]rad) ?(?:CA|KW)|"
    "%|‰|ppm|ppb|rpm|RH|psi|in|ft|mi|nmi|lb|oz|kn|kt|mph|"
    "U/min|inch|inHg|mmHg|atm|au|px|pH|NTU|PSU|FNU|dBm|counts|count|cts|a\\.u\\.|arb\\. ?u(?:nits|\\.)"
)
_EXPONENT = r"(?:\^?[+-]?\d|\*\*-?\d|[⁺⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+|\^\(-?\d\))?"
_FACTOR = rf"(?:{_PLAIN}|{_PREFIX}(?:{_PREFIXED})|1){_EXPONENT}"
_UNIT = re.compile(rf"{_FACTOR}(?:(?:\s*[/·*.]\s*|\s+){_FACTOR})*(?: vs\.? .+)?")
_WORDS = frozenset({"volt", "volts", "amp", "amps", "ampere", "amperes", "watt", "watts", "ohm", "ohms", "second",
    "seconds", "sec", "secs", "minute", "minutes", "hour", "hours", "day", "days", "year", "years", "degree",
    "degrees", "kelvin", "celsius", "meter", "meters", "metre", "metres", "newton", "newtons", "pascal",
    "pascals", "percent", "sequence", "unitless", "none", "dimensionless", "ts", "rn", "arb", "cm",
    "inches"})  # fmt: skip
_DEGREES = re.compile(r"(deg(rees?)?\.?|grad|°)\s*(celsius|fahrenheit|c|f)", re.IGNORECASE)
_CLOCK = re.compile(
    r"(?=.*[/:-])[ymdhs]+([/:. T-]+[ymdhs.]+)+([.,][fn0]+)?( ?(tt|AM/PM|UTC|Z))?", re.IGNORECASE
)
_MONEY = frozenset((*CURRENCIES, *SIGNS_OF_CURRENCIES))
_BRACKETS = {"(": ")", "[": "]", "{": "}", "<": ">"}
_EMPTY = ("", "-", "--", "---", "\u2013", "\u2014", "#")
_TITLES = frozenset(
    ("unit", "units", "einheit", "einheiten", "unité", "unités", "unidad", "unidades", "unità")
)
"""Words before a row of units."""
_SPELLINGS = {
    "s": "sec secs second seconds", "min": "mn minute minutes", "h": "hr hour hours", "d": "dy day days",
    "V": "volt volts", "A": "amp amps ampere amperes", "W": "watt watts", "m": "meter meters metre metres",
    "N": "newton newtons", "Pa": "pascal pascals", "K": "kelvin", "Ω": "ohm ohms Ohm", "%": "percent",
    "L": "l liter liters litre litres", "in": "inch inches", "degC": "C celsius", "degF": "F fahrenheit",
    "deg": "° degree degrees", "rpm": "r/min 1/min U/min",
}  # fmt: skip
_LONGEST_SYMBOL = 3
"""Maximum length of symbols whose case matters, such as MPa and mPa; Volts and volts are the same unit."""
_TIMES = [["s"], ["ms"], ["μs"], ["us"], ["ns"], ["min"], ["h"], ["d"]]
"""Units of time, as `_symbols` divides them."""
_SYMBOLS = {spelling: symbol for symbol, found in _SPELLINGS.items() for spelling in found.split()}


def is_unit(cell: str) -> bool:
    """Whether a cell is the name of a unit.

    Examples
    --------
    >>> from sheernet.data.formats.unit_names import is_unit
    >>> [is_unit(cell) for cell in ("mm", "[s]", "(deg C)", "m/s^2", "W/m²", "Volts", "meters/second", "EUR")]
    [True, True, True, True, True, True, True, True]
    >>> [is_unit(cell) for cell in ("hh:mm:ss", "hh:mm:ss.f", "yyyy-mm-dd HH:MM:SS,fff", "hh:mm:ss AM/PM")]
    [True, True, True, True]
    >>> [is_unit(cell) for cell in ("high", "x", "1", "day/night", "12:00:00.0")]
    [False, False, False, False, False]
    """
    cell = cell.strip()
    if len(cell) > 1 and _BRACKETS.get(cell[0]) == cell[-1]:
        # (12.50) is a negative number, but (1) is the unit of a ratio
        return cell == "(1)" or parts(cell) is None
    if (
        cell in _MONEY
        or all(word in _WORDS for word in cell.casefold().split("/"))
        or _DEGREES.fullmatch(cell)
        or _CLOCK.fullmatch(cell)
    ):
        return True
    return _UNIT.fullmatch(cell) is not None and (not cell[:1].isdigit() or "/" in cell)


def is_unit_of_time(unit: str) -> bool:
    """Whether a unit is one of time.

    Examples
    --------
    >>> from sheernet.data.formats.unit_names import is_unit_of_time
    >>> [is_unit_of_time(unit) for unit in ("s", "Seconds", "µs", "days", "m/s", "S", "")]
    [True, True, True, True, False, False, False]
    """
    return _symbols(unit) in _TIMES


def units_of(names: Sequence[str], cells: Sequence[str]) -> dict[str, str]:
    """Return the units of columns that are written in a row of units, without brackets.

    Examples
    --------
    >>> from sheernet.data.formats.unit_names import units_of
    >>> units_of(["time", "U", "run"], ["[s]", "mV", ""])
    {'time': 's', 'U': 'mV'}
    """
    written = ((name, cell.strip()) for name, cell in zip(names, cells, strict=False))
    return {name: _bare(cell) for name, cell in written if not _is_no_unit(cell)}


def _is_no_unit(cell: str) -> bool:
    """Whether a cell of a row of units is empty or a word such as Unit."""
    return cell.strip() in _EMPTY or cell.strip(": ").casefold() in _TITLES


def are_alike(unit: str, other: str) -> bool:
    """Whether two texts are spellings of one unit; units that are not known are alike if their texts are.

    Examples
    --------
    >>> from sheernet.data.formats.unit_names import are_alike
    >>> are_alike("m/s^2", "m/s²"), are_alike("Volts", "V"), are_alike("deg C", "°C"), are_alike("mW", "MW")
    (True, True, True, False)
    """
    return _symbols(unit) == _symbols(other)


def _bare(cell: str) -> str:
    is_bracketed = len(cell) > 2 and _BRACKETS.get(cell[0]) == cell[-1]
    return cell[1:-1].strip() if is_bracketed else cell


def _symbols(unit: str) -> list[str]:
    """Divide a unit into its symbols, each in one spelling."""
    plain = unicodedata.normalize("NFKC", unit.replace("⁻", "-").replace("**", "^"))
    plain = _DEGREES.sub(lambda found: "deg" + found[3][0].upper(), plain).replace("^", "")
    found = re.findall(r"[^\W\d]+|[^\s\w.*·]|\d+", _SYMBOLS.get(plain, plain))
    words = (part.casefold() if len(part) > _LONGEST_SYMBOL else part for part in found)
    return [_SYMBOLS.get(word, word) for word in words]


def are_units(cells: Sequence[str]) -> bool:
    """Whether cells are units, empty or words such as Unit, and at least one is a unit.

    Examples
    --------
    >>> from sheernet.data.formats.unit_names import are_units
    >>> are_units(["s", "-", "V"]), are_units(["Unit:", "s"]), are_units(["-", ""]), are_units(["s", "voltage"])
    (True, True, False, False)
    """
    written = [cell for cell in cells if not _is_no_unit(cell)]
    return bool(written) and all(map(is_unit, written))
