"""Recognizing columns of digits that are codes, not numbers, such as ZIP codes and account numbers.

Leading zeros are part of a code but not of a number.  float64 represents every whole number up to 2**53; if two larger
numbers of a column become equal, the column is treated as identifiers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

LARGEST_EXACT = 2**53
"""float64 represents every whole number up to this one."""
_EXPONENT = re.compile(r"[0-9]+[eE][0-9]{1,2}")
"""A number that programs do not write: they write 1000, 1e+03 or 1.0E3."""
_FEWEST_LARGE = len(str(LARGEST_EXACT))


def are_codes(texts: Iterable[str]) -> bool:
    """Check whether all values of a column are digits and one has leading zeros.

    Examples
    --------
    >>> from sheernet.data.formats.digit_codes import are_codes
    >>> are_codes(["01", "20"]), are_codes(["1", "20"]), are_codes(["01", "2.5"]), are_codes(["-01"])
    (True, False, False, False)
    """
    cells = [text.strip() for text in texts]
    is_digits = all(cell.isdigit() and cell.isascii() for cell in cells)
    return is_digits and any(cell[0] == "0" and len(cell) > 1 for cell in cells)


def first_exponent(texts: Sequence[str], n_others: int = 0) -> str | None:
    """Return the first text such as 1E3 if they are more than half of the texts and `n_others` numbers.

    Examples
    --------
    >>> from sheernet.data.formats.digit_codes import first_exponent
    >>> first_exponent(["12", "1E3", "2E5"]), first_exponent(["1e+03", "2.5E3"])
    ('1E3', None)
    """
    written = list(filter(_EXPONENT.fullmatch, texts))
    return written[0] if 2 * len(written) > len(texts) + n_others else None


def collide(texts: Iterable[str]) -> bool:
    """Check whether two different whole numbers become equal as float64; others are ignored.

    Examples
    --------
    >>> from sheernet.data.formats.digit_codes import collide
    >>> collide(["9007199254740992", "9007199254740993"]), collide(["9007199254740992", "9007199254740994"])
    (True, False)
    """
    large = set()
    for text in texts:
        digits = text.strip().lstrip("+-")
        if len(digits) >= _FEWEST_LARGE and digits.isdecimal() and float(digits) >= LARGEST_EXACT:
            large.add(("-" * text.strip().startswith("-"), digits.lstrip("0")))
    return len({float(sign + digits) for sign, digits in large}) < len(large)
