"""Options that `fit` hands on to a method: one that is only misspelled is answered here, where its name is known."""

from __future__ import annotations

import difflib
import inspect
from collections.abc import Callable, Iterable
from typing import Any

from sheernet.foundation.errors import InvalidInput
from sheernet.optimizers.registry import METHODS, OPTION_TRANSLATIONS


def refuse_misspelled(
    given: Iterable[str], method: str, functions: Iterable[Callable[..., Any]]
) -> None:
    """Refuse a name that is nearly a parameter of some functions; other unknown ones are left to the method.

    Parameters
    ----------
    given : iterable of str
        Names of arguments.
    method : str
        The method's name.  Options of SciPy are SciPy's to know.
    functions : iterable of callable
        The functions that have the parameters.

    Raises
    ------
    InvalidInput
        It has the name that is nearest.
    """
    if method.startswith("scipy:"):
        return
    known = {name for function in functions for name in inspect.signature(function).parameters}
    own = {option for each in METHODS.values() for option in each.options}
    for name in given:
        if name in known | own or name.lower() in OPTION_TRANSLATIONS:
            continue
        near = difflib.get_close_matches(name.lower(), sorted(known | own), n=1)
        if near:
            raise InvalidInput(f"option {name!r} is not known: did you mean {near[0]!r}?")
