"""Everything that sheernet raises or warns with.

    SheernetError
    |-- InvalidInput (also a ValueError)
    |   `-- ShapeMismatch
    |-- EngineUnavailable
    |-- GradientMismatch
    `-- MissingDependency (also an ImportError)

    SheernetWarning (a UserWarning)

They live in `sheernet` for everybody who sees a traceback or a pickle: sheernet.InvalidInput.

A message has the noun, what is allowed, what was given and the next step.  Optimizers do not raise when
they do not converge: they return a `Termination`.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping

from sheernet.foundation.sentences import Setting, sentence


class SheernetError(Exception):
    """Base of every error that sheernet raises on purpose."""

    __module__ = "sheernet"


class InvalidInput(SheernetError, ValueError):
    """An argument or a file holds something that is not allowed."""

    __module__ = "sheernet"


class ShapeMismatch(InvalidInput):
    """Two things that must fit together have different shapes."""

    __module__ = "sheernet"


class EngineUnavailable(SheernetError):
    """The engine that was asked for is not installed or cannot do what was asked."""

    __module__ = "sheernet"


class GradientMismatch(SheernetError):
    """A gradient disagrees with the numerical derivative of its function."""

    __module__ = "sheernet"


class MissingDependency(SheernetError, ImportError):
    """An optional package is needed and not installed."""

    __module__ = "sheernet"


class SheernetWarning(UserWarning):
    """Something is allowed but is probably not what was meant."""

    __module__ = "sheernet"


def unknown_name(
    noun: str | Setting,
    given: object,
    allowed: Iterable[str],
    translations: Mapping[str, str] | None = None,
) -> InvalidInput:
    """Build the error for a name that is not one of ours.

    Parameters
    ----------
    noun : str or Setting
        What was named: "activation", Setting("method"), ...
    given : object
        What was given in its place.
    allowed : iterable of str
        The names that are known.
    translations : mapping of str to str, optional
        Names that other packages use, each with ours.

    Returns
    -------
    InvalidInput
        To be raised by the caller.

    Examples
    --------
    >>> from sheernet.foundation.errors import unknown_name
    >>> print(unknown_name("activation", "tansig", ["tanh"], {"tansig": "tanh"}))
    activation 'tansig' is called 'tanh' here
    >>> print(unknown_name("activation", "tahn", ["sigmoid", "tanh"]))
    activation 'tahn' is not known: did you mean 'tanh'? Known are sigmoid, tanh
    """
    known = list(allowed)
    name = str(given)
    ours = (translations or {}).get(name.lower())
    if ours is not None:
        return InvalidInput(sentence("{} {!r} is called {!r} here", noun, given, ours))
    close = difflib.get_close_matches(name.lower(), known, n=1)
    guess = f": did you mean {close[0]!r}? Known are " if close else ": known are "
    return InvalidInput(sentence("{} {!r} is not known{}{}", noun, given, guess, ", ".join(known)))
