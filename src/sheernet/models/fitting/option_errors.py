"""Errors for options of a fit that are misspelled, or arguments that only `train` takes."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import fields

from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.message_text import listed
from sheernet.foundation.sentences import Setting, in_quotes
from sheernet.optimizers.registry import METHODS
from sheernet.settings.fit_settings import names_of_fit
from sheernet.settings.read_settings import ReadSettings

ONLY_OF_TRAIN = ("network", "X", "y", "target", "resume")
"""Arguments of `train` that are not settings of a fit."""

CHOICES = ("lm", "hybrid", "bfgs", "lbfgs")
"""Methods that "auto" chooses from."""


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


def refuse_of_other_methods(name: str, method: str) -> None:
    """Raise if `method` is "auto" and an option belongs to methods that "auto" does not choose.

    Parameters
    ----------
    name, method : str
        The option, and the method.
    """
    owners = [each.name for each in METHODS.values() if name in each.options]
    is_setting = name in names_of_fit()
    if method == "auto" and owners and not is_setting and not set(owners) & set(CHOICES):
        raise InvalidInput(
            "{!r} is an option of {}, and the default method chooses its own steps; use it with {}",
            name, listed(owners), Setting("method", owners[-1]),
        )  # fmt: skip


_OF_READING = frozenset(field.name for field in fields(ReadSettings))
"""Arguments of `read_table`."""


def refuse_misspelled(given: Iterable[str], method: str, more: Iterable[str] = ()) -> None:
    """Raise if an unknown option resembles a known one; the method checks the others.

    Parameters
    ----------
    given : iterable of str
        Names of options.
    method : str
        Name of the method.  SciPy checks the options of its methods.
    more : iterable of str
        Further known names, such as those of the function that was called.

    Raises
    ------
    InvalidInput
        If a name resembles a setting or option.
    """
    if str(method).startswith("scipy:"):
        return
    own = {option for each in METHODS.values() for option in each.options}
    known = sorted({*names_of_fit(), *own, *more})
    for name in given:
        if name in ONLY_OF_TRAIN:
            continue
        if name in known:
            refuse_of_other_methods(name, method)
            continue
        if name in _OF_READING:
            arrays = (
                "; of arrays, give the transposed ones, x.T and t.T" if name == "samples" else ""
            )
            raise InvalidInput(
                f"fit does not take {in_quotes(name)}: give it the table, sn.read_table('data.csv', {name}=...), "
                f"instead of the file{arrays}"
            )
        near = difflib.get_close_matches(name.lower(), known, n=1)
        if near:
            raise InvalidInput(
                f"option {in_quotes(name)} is not recognized; did you mean {near[0]!r}?"
            )
