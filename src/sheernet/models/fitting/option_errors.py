"""Errors for options of a fit that are misspelled settings, or arguments that only `train` takes."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from sheernet.foundation.errors import InvalidInput
from sheernet.optimizers.registry import METHODS, OPTION_TRANSLATIONS
from sheernet.settings.fit_settings import names_of_fit

ONLY_OF_TRAIN = ("network", "X", "y", "target", "resume")
"""Arguments of `train` that are not settings of a fit."""


def refuse_arguments_of_train(given: Iterable[str]) -> None:
    """Raise for an option that only `train` takes.

    Parameters
    ----------
    given : iterable of str
        Names of options.

    Raises
    ------
    InvalidInput
        If one of them is an argument of `train` only.
    """
    for name in given:
        if name in ONLY_OF_TRAIN:
            raise InvalidInput(
                f"fit does not take {name}; use train(..., {name}=...) on scaled columns"
            )


def refuse_misspelled(given: Iterable[str], method: str) -> None:
    """Raise if an unknown option resembles a known one; the method checks the others.

    Parameters
    ----------
    given : iterable of str
        Names of options.
    method : str
        Name of the method.  SciPy checks the options of its methods.

    Raises
    ------
    InvalidInput
        If a name resembles that of a setting or option.
    """
    if str(method).startswith("scipy:"):
        return
    own = {option for each in METHODS.values() for option in each.options}
    known = sorted({*names_of_fit(), *own})
    for name in given:
        if name in known or name.lower() in OPTION_TRANSLATIONS:
            continue
        near = difflib.get_close_matches(name.lower(), known, n=1)
        if near:
            raise InvalidInput(f"option {name!r} is not known: did you mean {near[0]!r}?")
