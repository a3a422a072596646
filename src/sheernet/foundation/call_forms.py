"""`called_as`, `no_attribute`: errors that show the right call for wrong arguments or names of other packages.

Python's own TypeError ("missing 1 required positional argument: 'X'") does not show how to call the function.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping
from typing import Any, TypeVar, cast

from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.sentences import in_quotes

F = TypeVar("F", bound=Callable[..., Any])


def called_as(form: str) -> Callable[[F], F]:
    """Decorate a function so that arguments that do not fit its parameters raise an error that shows the right call.

    Parameters
    ----------
    form : str
        How it is called, such as "sn.load('model.json')".

    Examples
    --------
    >>> from sheernet.foundation.call_forms import called_as
    >>> @called_as("half(x)")
    ... def half(x):
    ...     return x / 2
    >>> half(3)
    1.5
    >>> half()
    Traceback (most recent call last):
    sheernet.InvalidInput: half() lacks a required argument: 'x'; call half(x)
    """

    def decorated(function: F) -> F:
        @functools.wraps(function)
        def answered(*args: Any, **kwargs: Any) -> Any:
            try:
                return function(*args, **kwargs)
            except TypeError:
                try:
                    inspect.signature(function).bind(*args, **kwargs)
                except TypeError as error:
                    wrong = str(error)
                else:
                    raise
            what = wrong.replace("missing", "lacks", 1).replace("got", "has", 1)
            what = what if what != wrong else f"has {wrong}"
            raise InvalidInput(
                f"{function.__qualname__.removesuffix('.__init__')}() {what}; call {form}"
            )

        return cast("F", answered)

    return decorated


def no_attribute(owner: str, name: str, answers: Mapping[str, str]) -> AttributeError:
    """Return the error for an attribute that does not exist, with the counterpart of a name from another package."""
    way = f"; {answers[name]}" if name in answers else ""
    return AttributeError(f"{owner} has no attribute {in_quotes(name)}{way}")
