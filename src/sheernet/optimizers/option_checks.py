"""Check options of optimizers, such as learning_rate and tau, and observers."""

from __future__ import annotations

from collections.abc import Iterable
from math import inf

from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.scalars import in_brief, number_or_nan


def require_positive(name: str, value: object) -> None:
    """Raise `InvalidInput` unless an option is a positive, finite number."""
    if not 0 < number_or_nan(value) < inf:
        raise InvalidInput(f"{name} must be positive and finite, but {in_brief(value)} was given")


def check_observers(observers: object) -> None:
    """Raise `InvalidInput` unless observers are a sequence of functions."""
    if not isinstance(observers, Iterable) or not all(map(callable, observers)):
        raise InvalidInput(
            "observers must be a sequence of functions, each called with a Step and its row of the record, but "
            f"{in_brief(observers)} was given"
        )
