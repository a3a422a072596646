"""Checks of scalars in arguments and files: whole numbers, numbers with a lower bound, fractions, booleans.

Numbers of Python and NumPy are accepted alike; True and False are not numbers, and numbers are not booleans.  NumPy
registers its numbers with Python's `numbers`, so nothing here imports NumPy.
"""

from __future__ import annotations

import sys
from math import inf, isnan, log10, nan
from numbers import Integral, Real
from typing import Any

from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.sentences import InPython, Setting

LARGEST = sys.float_info.max
"""The largest finite float64."""

LARGEST_WHOLE = 2**63 - 1
"""The largest whole number allowed in an argument that is a count: the largest int64."""

_NUMBERS = frozenset({int, float})
"""Known at once; `isinstance` takes ten times as long."""


def is_number(value: object) -> bool:
    """Whether a value is a real number."""
    return type(value) in _NUMBERS or (isinstance(value, Real) and not isinstance(value, bool))


def is_whole(value: object) -> bool:
    """Whether a value is a whole number."""
    return type(value) is int or (isinstance(value, Integral) and not isinstance(value, bool))


def as_whole(name: str, value: object, least: int, or_none: bool = False, most: float = inf) -> int:
    """Check that an argument is a whole number.

    Parameters
    ----------
    name : str
        Name of the argument.
    value : object
        The given value.
    least : int
        The smallest allowed value.
    or_none : bool
        Whether the caller also allows None (which it handles itself), so that the message mentions it.
    most : int or inf
        The largest allowed value.

    Returns
    -------
    int

    Raises
    ------
    InvalidInput
        If it is not a whole number, too small or too large.

    Examples
    --------
    >>> import numpy as np
    >>> from sheernet.foundation.scalars import as_whole
    >>> as_whole("starts", np.int64(3), 1)
    3
    >>> as_whole("starts", 0, 1)
    Traceback (most recent call last):
        ...
    sheernet.InvalidInput: starts must be a whole number of at least 1, but 0 was given
    """
    if not is_whole(value) or not least <= int(value) <= most:  # type: ignore[call-overload]
        too_large = is_whole(value) and int(value) > most  # type: ignore[call-overload]
        allowed = f"from {least} to {most}" if too_large else f"of at least {least}"
        raise InvalidInput(
            "{} must be a whole number {}{}, but {} was given",
            Setting(name), allowed, InPython(", or None") if or_none else "", in_brief(value),
        )  # fmt: skip
    return int(value)  # type: ignore[call-overload]


def in_brief(value: object) -> str:
    """Describe a value in a message: at most 60 characters; for a longer whole number, only the number of digits.

    Examples
    --------
    >>> from sheernet.foundation.scalars import in_brief
    >>> in_brief("3"), in_brief(10**400)
    ("'3'", 'a whole number of 401 digits')
    """
    if isinstance(value, int) and abs(value) >= 10**60:
        digits = int(log10(abs(value))) + 1  # not from its text: Python writes at most 4300 digits
        return f"a whole number of {digits} digits"
    try:
        return f"{value!r:.60}"
    except ValueError:  # it contains such a number
        return f"a {type(value).__name__} with a number of too many digits"


def as_flag(name: str, value: object) -> bool:
    """Check that an argument is True or False, of Python or NumPy.

    Parameters
    ----------
    name : str
        Name of the argument for the message.
    value : object
        The value.

    Returns
    -------
    bool
        The value as a bool of Python.

    Raises
    ------
    InvalidInput
        If it is anything else, such as 1 or "no".

    Examples
    --------
    >>> from sheernet.foundation.scalars import as_flag
    >>> as_flag("skip", "no")
    Traceback (most recent call last):
        ...
    sheernet.InvalidInput: skip must be True or False, but 'no' was given
    """
    if type(value).__name__ not in ("bool", "bool_"):  # bool_: NumPy 1
        raise InvalidInput(
            "{} must be True or False, but {} was given", Setting(name), in_brief(value)
        )
    return bool(value)


def number_or_nan(value: object) -> float:
    """Convert a number to a float64; nan if the value is not a number, or too large.

    Examples
    --------
    >>> from sheernet.foundation.scalars import number_or_nan
    >>> number_or_nan(3), number_or_nan("3"), number_or_nan(10**400)
    (3.0, nan, nan)
    """
    try:
        return float(value) if is_number(value) else nan  # type: ignore[arg-type]
    except OverflowError:
        return nan


def as_number(name: str, value: object, least: float = -inf, unit: str = "") -> float:
    """Check that an argument is a number of at least `least`; infinity is allowed, nan is not.

    Parameters
    ----------
    name : str
        Name of the argument.
    value : object
        The given value.
    least : float
        The smallest allowed value.
    unit : str
        The unit, for the message.

    Returns
    -------
    float

    Raises
    ------
    InvalidInput
        If it is not such a number.

    Examples
    --------
    >>> from sheernet.foundation.scalars import as_number
    >>> as_number("time_limit", -1, least=0, unit="seconds")
    Traceback (most recent call last):
        ...
    sheernet.InvalidInput: time_limit must be a number of at least 0 (seconds), but -1 was given
    """
    number = number_or_nan(value)
    if isnan(number) or number < least:
        bound = "" if least == -inf else f" of at least {least:g}"
        raise InvalidInput(
            "{} must be a number{}{}, but {} was given",
            Setting(name), bound, f" ({unit})" if unit else "", in_brief(value),
        )  # fmt: skip
    return number


def as_share(name: str, value: object, example: float | None = None) -> float:
    """Check that an argument is a fraction: a number of at least 0 and below 1.

    Parameters
    ----------
    name : str
        Name of the argument.
    value : object
        The given value.
    example : float, optional
        An allowed value for the message, which then also explains percentages.

    Raises
    ------
    InvalidInput
        If it is not such a number.

    Examples
    --------
    >>> from sheernet.foundation.scalars import as_share
    >>> as_share("held_out", 25, example=0.25)
    Traceback (most recent call last):
        ...
    sheernet.InvalidInput: held_out must be a number from 0 to below 1, such as 0.25, but 25 was given; 25 % is 0.25
    """
    number = number_or_nan(value)
    if not 0 <= number < 1:
        such, advice = ("", "") if example is None else (f", such as {example:g}", _percent(value))
        raise InvalidInput(
            "{} must be a number from 0 to below 1{}, but {} was given{}",
            Setting(name), such, in_brief(value) if isnan(number) else f"{number:g}", advice,
        )  # fmt: skip
    return number


def finite_number(value: Any, noun: str) -> float:
    """Check that a value in a file is a finite number, and return it as float.

    Raises
    ------
    InvalidInput
        If it is not a number, or not finite as a float64.

    Examples
    --------
    >>> from sheernet.foundation.scalars import finite_number
    >>> finite_number(3, "scale")
    3.0
    >>> finite_number(10**400, "scale")
    Traceback (most recent call last):
        ...
    sheernet.InvalidInput: scale must be finite, but is too large for a float64
    """
    if not is_number(value):
        raise InvalidInput(f"{noun} must be a number, but is {value!r:.40}")
    size = abs(value)
    if not size <= LARGEST:
        given = "too large for a float64" if size < inf else value
        raise InvalidInput(f"{noun} must be finite, but is {given}")
    return float(value)


def _percent(value: object) -> str:
    """Return the part of a message that converts a percentage such as 25 or '25%' to a fraction."""
    try:
        number = float(str(value).rstrip("% "))
    except ValueError:  # also of a whole number with too many digits
        return ""
    return f"; {number:g} % is {number / 100:g}" if 10 <= number < 100 else ""
