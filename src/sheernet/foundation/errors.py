"""The errors and warnings of sheernet.

    SheernetError
    |-- InvalidInput (also a ValueError)
    |   `-- ShapeMismatch
    |-- EngineUnavailable
    |-- GradientMismatch
    `-- MissingDependency (also an ImportError)

    SheernetWarning (a UserWarning)

Tracebacks and pickles refer to them by their public names, such as sheernet.InvalidInput.

A message states the noun, what is allowed, what was given, and the next step.  Optimizers that do not converge raise
nothing; they return a `Termination`.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable
from typing import Any

from sheernet.foundation.sentences import Setting, in_quotes, sentence


class SheernetError(Exception):
    """Base of every error that sheernet raises on purpose.

    Parameters
    ----------
    message : str
        The message; with values, the template of a `sentence`.
    *values, **named
        The values of the fields of the template.

    Examples
    --------
    >>> import sheernet as sn
    >>> print(sn.InvalidInput("there are {} rows"), sn.InvalidInput("there are {} rows", 3))
    there are {} rows there are 3 rows
    """

    __module__ = "sheernet"

    def __init__(self, message: str = "", *values: Any, **named: Any) -> None:
        super().__init__(sentence(message, *values, **named) if values or named else message)


class InvalidInput(SheernetError, ValueError):
    """An argument or a file has a value that is not allowed."""

    __module__ = "sheernet"


class ShapeMismatch(InvalidInput):
    """The shapes of two arrays do not match."""

    __module__ = "sheernet"


class EngineUnavailable(SheernetError):
    """The requested engine is not installed, or cannot do the requested computation."""

    __module__ = "sheernet"


class GradientMismatch(SheernetError):
    """A gradient disagrees with the numerical derivative of its function."""

    __module__ = "sheernet"


class MissingDependency(SheernetError, ImportError):
    """An optional package is required but not installed."""

    __module__ = "sheernet"


class SheernetWarning(UserWarning):
    """An input is allowed but probably unintended."""

    __module__ = "sheernet"


LONGEST_NAME = 200
"""Number of characters of an unknown name that a message quotes."""


def unknown_name(
    noun: str | Setting,
    given: object,
    allowed: Iterable[str],
    *,
    choices: str = "",
) -> InvalidInput:
    """Build the error for an unknown name.

    Parameters
    ----------
    noun : str or Setting
        The kind of name: "activation", Setting("method"), ...
    given : object
        The unknown name.
    allowed : iterable of str
        The known names.
    choices : str
        What the known names are, in the plural: "columns"; names that may be chosen by default.

    Returns
    -------
    InvalidInput
        The caller raises it.

    Examples
    --------
    >>> from sheernet.foundation.errors import unknown_name
    >>> print(unknown_name("activation", "tahn", ["sigmoid", "tanh"]))
    activation 'tahn' is not recognized; did you mean 'tanh'? Choose one of sigmoid, tanh
    """
    known = list(allowed)
    name = str(given)
    spelled = {each.lower(): each for each in known}
    close = difflib.get_close_matches(name.lower(), spelled, n=1)
    listing = f"the {choices} are" if choices else "choose one of"
    if close:
        listing = f"did you mean {in_quotes(spelled[close[0]])}? {listing[0].upper()}{listing[1:]}"
    if len(name) > LONGEST_NAME:  # from a damaged file
        given = f"{name[:LONGEST_NAME]}…"
    return InvalidInput("{} {!r} is not recognized; {} {}", noun, given, listing, ", ".join(known))


def require_known(
    noun: str | Setting,
    given: object,
    allowed: Collection[object],
    *,
    choices: str = "",
) -> None:
    """Raise the error of `unknown_name`, which has the same parameters, unless the name is allowed."""
    if given not in allowed:
        raise unknown_name(noun, given, map(str, allowed), choices=choices)
