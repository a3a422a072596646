"""Lists, counts and wrapped lines of text for messages and reports."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

WIDTH = 100
"""Characters in a line of a report or a table."""

ROUND_OFF = 2.0**-40
"""Relative size of round-off in sums of many float64."""
MOST_EXACT = 2.0**53
"""From here on, not every whole number is a float64."""


def listed(words: Sequence[object], conjunction: str = "and", most: int | None = None) -> str:
    """Join words with commas and a conjunction; if there are more than `most`, end with the number of the others.

    Examples
    --------
    >>> from sheernet.foundation.message_text import listed
    >>> listed(["W1", "b1", "W2"]), listed(["lm"]), listed(["a", "b"], "or"), listed(range(9), most=3)
    ('W1, b1 and W2', 'lm', 'a or b', '0, 1 and 7 more')
    """
    shown = [str(word) for word in words]
    if most is not None and len(shown) > most:
        shown[most - 1 :] = [f"{len(shown) - most + 1} more"]
    if len(shown) < 2:
        return "".join(shown)
    return f"{', '.join(shown[:-1])} {conjunction} {shown[-1]}"


def counted(n: int, noun: str, plural: str | None = None) -> str:
    """Format a number with its noun.

    Examples
    --------
    >>> from sheernet.foundation.message_text import counted
    >>> counted(1, "row"), counted(3, "row"), counted(2, "class", "classes")
    ('1 row', '3 rows', '2 classes')
    """
    return f"{n} {plural_of(n, noun, plural)}"


def plural_of(n: int, noun: str, plural: str | None = None) -> str:
    """Return the form of a noun or verb that agrees with a number.

    Examples
    --------
    >>> from sheernet.foundation.message_text import plural_of
    >>> plural_of(1, "is", "are"), plural_of(2, "is", "are"), plural_of(0, "column")
    ('is', 'are', 'columns')
    """
    if n == 1:
        return noun
    return f"{noun}s" if plural is None else plural


def in_digits(value: float, digits: int) -> str:
    """Write a number with some significant digits, but with all digits of its whole part.

    Examples
    --------
    >>> from sheernet.foundation.message_text import in_digits
    >>> in_digits(4503700.0, 6), in_digits(0.123456, 4), in_digits(1e20, 4)
    ('4503700', '0.1235', '1e+20')
    """
    return f"{value:.0f}" if 10.0**digits <= abs(value) < MOST_EXACT else f"{value:.{digits}g}"


def without_round_off(value: float, scale: float) -> float:
    """Return a value, or 0 if it is only the round-off of numbers of size `scale`.

    Examples
    --------
    >>> from sheernet.foundation.message_text import without_round_off
    >>> without_round_off(4.4e-16, 1.0), without_round_off(4.4e-16, 1e-9)
    (0.0, 4.4e-16)
    """
    return 0.0 if abs(value) < ROUND_OFF * scale else value


def capitalized(text: str) -> str:
    """Write the first letter of a text in upper case, and leave the others unchanged.

    Examples
    --------
    >>> from sheernet.foundation.message_text import capitalized
    >>> capitalized("no error of BFGS")
    'No error of BFGS'
    """
    return text[:1].upper() + text[1:]


def cut_in_the_middle(text: str, width: int) -> str:
    """Cut a text in the middle to at most `width` characters; names usually differ at their ends.

    Examples
    --------
    >>> from sheernet.foundation.message_text import cut_in_the_middle
    >>> cut_in_the_middle("temperature of sensor 12", 12), cut_in_the_middle("x12", 12)
    ('temper…or 12', 'x12')
    """
    if len(text) <= width:
        return text
    tail = (width - 1) // 2
    return f"{text[: width - 1 - tail]}…{text[len(text) - tail :]}"


def wrapped(text: str, indent: int = 0, first: str | None = None) -> str:
    """Format a paragraph in lines of at most `WIDTH` characters.

    Parameters
    ----------
    text : str
        The paragraph.
    indent : int
        Number of blanks before each line.
    first : str, optional
        Text before the first line, instead of the blanks.
    """
    blanks = " " * indent
    return textwrap.fill(
        text,
        WIDTH,
        initial_indent=blanks if first is None else first.ljust(indent),
        subsequent_indent=blanks,
        break_on_hyphens=False,
    )
