"""Optional packages: imported where they are used, and named with their install line where they are missing."""

from __future__ import annotations

import importlib
from types import ModuleType

from sheernet.foundation.errors import MissingDependency


def import_optional(module: str, *, extra: str | None, purpose: str) -> ModuleType:
    """Import a package that `pip install sheernet` does not bring.

    Parameters
    ----------
    module : str
        Dotted name, such as "matplotlib.figure".
    extra : str or None
        The extra of sheernet that brings it; None for a package that none of them brings.
    purpose : str
        What needs it, as the subject of a plural sentence: "pictures".

    Returns
    -------
    module
        The imported module.

    Raises
    ------
    MissingDependency
        When the package is not installed.

    Examples
    --------
    >>> from sheernet.foundation.optional import import_optional
    >>> import_optional("xyz", extra="plots", purpose="pictures")
    Traceback (most recent call last):
        ...
    sheernet.MissingDependency: pictures need xyz, which is not installed: pip install "sheernet[plots]"
    """
    package = module.partition(".")[0]
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] != package:
            raise  # the package is there, and something that it needs is not
        brings = package if extra is None else f'"sheernet[{extra}]"'
        raise MissingDependency(
            f"{purpose} need {package}, which is not installed: pip install {brings}"
        ) from None
