"""Import optional packages at the point of use, with an error that states how to install them."""

from __future__ import annotations

import importlib
from types import ModuleType

from sheernet.foundation.errors import MissingDependency


def import_optional(module: str, *, extra: str | None, purpose: str) -> ModuleType:
    """Import a package that `pip install sheernet` does not install.

    Parameters
    ----------
    module : str
        Dotted name, such as "matplotlib.figure".
    extra : str or None
        The extra of sheernet that installs it; None if no extra does.
    purpose : str
        What needs it, a plural noun: "pictures".

    Returns
    -------
    module
        The imported module.

    Raises
    ------
    MissingDependency
        If the package is not installed.

    Examples
    --------
    >>> from sheernet.foundation.optional import import_optional
    >>> import_optional("xyz", extra="plots", purpose="pictures")
    Traceback (most recent call last):
        ...
    sheernet.MissingDependency: pictures need xyz, which is not installed: pip install "sheernet[plots]", or in a
    checkout pip install ".[plots]"
    """
    package = module.partition(".")[0]
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] != package:
            raise  # the package is installed, but one of its own dependencies is not
        target = package
        if extra is not None:
            target = f'"sheernet[{extra}]", or in a checkout pip install ".[{extra}]"'
        raise MissingDependency(
            f"{purpose} need {package}, which is not installed: pip install {target}"
        ) from None
