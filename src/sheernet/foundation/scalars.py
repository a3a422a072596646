"""Checks of numbers in arguments and files: whole numbers, numbers with a lower bound, fractions, finite numbers.

Numbers of Python and NumPy are accepted alike; True and False are not numbers.  NumPy registers its numbers with
Python's `numbers`, so nothing here imports NumPy.
"""

from __future__ import annotations

import sys
from math import inf, isnan
from numbers import Integral, Real
from typing import Any

from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.sentences import InPython, Setting, sentence

LARGEST = sys.float_info.max
"""The largest finite float64."""


def is_number(value: object) -> bool:
    """Whether a value is a real number."""
    return isinstance(value, Real) and not isinstance(value, bool)


def is_whole(value: object) -> bool:
    """Whether a value is a whole number."""
    return isinstance(value, Integral) and not isinstance(value, bool)


def as_whole(name: str, value: object, least: int, or_none: bool = False) -> int:
    """Check that an argument is a whole number.

    Parameters
    ----------
    name : str
        The argument.
    value : object
        What was given.
    least : int
        The smallest allowed value.
    or_none : bool
        Whether the caller also allows None (which it handles itself), so that the message says so.

    Returns
    -------
    int

    Raises
    ------
    InvalidInput
        If it is not a whole number, or too small.

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
    if not is_whole(value) or int(value) < least:  # type: ignore[call-overload]
        none = InPython(", or None") if or_none else ""
        raise InvalidInput(
            sentence(
                "{} must be a whole number of at least {}{}, but {!r:.60} was given",
                Setting(name),
                least,
                none,
                value,
            )
        )
    return int(value)  # type: ignore[call-overload]


def as_number(name: str, value: object, least: float = -inf, unit: str = "") -> float:
    """Check that an argument is a number of at least `least`; infinity is one, nan is not.

    Parameters
    ----------
    name : str
        The argument.
    value : object
        What was given.
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
    if not is_number(value) or isnan(value) or value < least:  # type: ignore[arg-type, operator]
        bound = "" if least == -inf else f" of at least {least:g}"
        raise InvalidInput(
            sentence(
                "{} must be a number{}{}, but {!r:.60} was given",
                Setting(name), bound, f" ({unit})" if unit else "", value,
            )
        )  # fmt: skip
    return float(value)  # type: ignore[arg-type]


def as_share(name: str, value: object, example: float | None = None) -> float:
    """Check that an argument is a fraction: a number of at least 0 and below 1.

    Parameters
    ----------
    name : str
        The argument.
    value : object
        What was given.
    example : float, optional
        An allowed value, for the message, which then explains percentages too.

    Raises
    ------
    InvalidInput
        If it is not.

    Examples
    --------
    >>> from sheernet.foundation.scalars import as_share
    >>> as_share("held_out", 25, example=0.25)
    Traceback (most recent call last):
        ...
    sheernet.InvalidInput: held_out must be a number from 0 to below 1, such as 0.25, but 25 was given; 25 % is 0.25
    """
    if not is_number(value) or not 0 <= value < 1:  # type: ignore[operator]
        such, advice = ("", "") if example is None else (f", such as {example:g}", _percent(value))
        raise InvalidInput(
            sentence(
                "{} must be a number from 0 to below 1{}, but {:.60} was given{}",
                Setting(name), such, f"{value:g}" if is_number(value) else repr(value), advice,
            )
        )  # fmt: skip
    return float(value)  # type: ignore[arg-type]


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
    """The fraction that a percentage such as 25 or '25%' stands for."""
    try:
        number = float(str(value).rstrip("% "))
    except ValueError:
        return ""
    return f"; {number:g} % is {number / 100:g}" if 1 < number < 100 else ""
