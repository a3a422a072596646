"""Recognizing a column of text whose cells hold complex numbers, or several numbers, such as 1.5/2.5 and (1.5, 2.5).

Several numbers need decimals, all with the same mark, because whole numbers such as 12-34 are usually codes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_UNSIGNED = r"(?:\d+[.,]?\d*|[.,]\d+)(?:[eE][+-]?\d+)?"
_COMPLEX = re.compile(rf"\(?[+-]?{_UNSIGNED}[+-]{{1,2}}{_UNSIGNED}\*?[ij]\)?")
_PART = re.compile(rf"[+-]?{_UNSIGNED}(?:\*?[ij])?")
"""A real or an imaginary number, which may be a cell of a column of complex numbers."""
_EXPONENT = r"(?:[eE][+-]?\d+)?"
_SEVERAL = re.compile(
    rf"[(\[]?\s*[+-]?\d*(?P<mark>[.,])\d+{_EXPONENT}"
    rf"(?:(?:\s*[-/;|x×]\s*|,?\s+|(?=[+-]))[+-]?\d*(?P=mark)\d+{_EXPONENT})+\s*[)\]]?"
)


def several_numbers(texts: Sequence[str]) -> str:
    """Return what text looks like and how to write it if all of it is complex numbers, or several in a cell; else "".

    Examples
    --------
    >>> from sheernet.data.formats.several_numbers import several_numbers
    >>> several_numbers(["1.5+2i", "3"])
    'look like complex numbers (1.5+2i); write their real and imaginary parts into two columns'
    >>> several_numbers(["12.5-3.25", "0.5 7.0"])
    'look like several numbers in a cell (12.5-3.25); write each number into a column of its own'
    >>> several_numbers(["12-34", "5-6"])
    ''
    """
    bare = ["".join(text.split()) for text in texts]
    cells = [text for text, each in zip(texts, bare, strict=True) if _COMPLEX.fullmatch(each)]
    if cells and all(_COMPLEX.fullmatch(each) or _PART.fullmatch(each) for each in bare):
        return f"look like complex numbers ({cells[0]}); write their real and imaginary parts into two columns"
    if texts and all(_SEVERAL.fullmatch(text.strip()) for text in texts):
        return f"look like several numbers in a cell ({texts[0]}); write each number into a column of its own"
    return ""
