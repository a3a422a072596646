"""Options of an optimizer whose names are nearly those of settings of a fit: misspelled settings, most likely."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from sheernet.foundation.errors import InvalidInput
from sheernet.optimizers.registry import METHODS, OPTION_TRANSLATIONS
from sheernet.settings.fit_settings import names_of_fit


def refuse_misspelled(given: Iterable[str], method: str) -> None:
    """Raise for an unknown option whose name is nearly a known one; the method checks the others.

    Parameters
    ----------
    given : iterable of str
        Names of options.
    method : str
        The method's name.  SciPy checks the options of its methods.

    Raises
    ------
    InvalidInput
        If a name is nearly that of a setting or option.
    """
    if method.startswith("scipy:"):
        return
    own = {option for each in METHODS.values() for option in each.options}
    known = sorted({*names_of_fit(), *own})
    for name in given:
        if name in known or name.lower() in OPTION_TRANSLATIONS:
            continue
        near = difflib.get_close_matches(name.lower(), known, n=1)
        if near:
            raise InvalidInput(f"option {name!r} is not known: did you mean {near[0]!r}?")
