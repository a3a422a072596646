"""`keep_arguments`: store the arguments of an estimator's constructor unchanged, as scikit-learn requires."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def keep_arguments(estimator: object, given: Mapping[str, Any]) -> None:
    """Store each argument of a constructor, unchecked, in the attribute of the same name.

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
