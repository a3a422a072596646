"""`keep_arguments`: the constructor of an estimator keeps its arguments, as scikit-learn requires."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def keep_arguments(estimator: object, given: Mapping[str, Any]) -> None:
    """Set an attribute for each argument of a constructor, under its name and unchecked.

    Parameters
    ----------
    estimator : object
        The estimator.
    given : mapping of str to object
        ``locals()`` of its constructor.
    """
    for name, value in given.items():
        if name != "self":
            setattr(estimator, name, value)
