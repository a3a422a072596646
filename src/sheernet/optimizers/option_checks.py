"""Check options of optimizers, such as learning_rate and tau, and observers."""

from __future__ import annotations

from collections.abc import Iterable
from math import inf

from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.scalars import in_brief, number_or_nan


def is_positive(value: object) -> bool:
    """Whether a value is a positive, finite number."""
    return 0 < number_or_nan(value) < inf


def require_positive(name: str, value: object, alternative: str = "") -> None:
    """Raise `InvalidInput` unless an option is a positive, finite number; the message may add an alternative."""
    if not is_positive(value):
        raise InvalidInput(
            f"{name} must be positive and finite{alternative}, but {in_brief(value)} was given"
        )


def require_up_to_1(name: str, value: object) -> None:
    """Raise `InvalidInput` unless an option is a number from 0 to 1."""
    if not 0 <= number_or_nan(value) <= 1:
        raise InvalidInput(f"{name} must be a number from 0 to 1, but {in_brief(value)} was given")


def check_observers(observers: object) -> None:
    """Raise `InvalidInput` unless observers are a sequence of functions."""
    if not isinstance(observers, Iterable) or not all(map(callable, observers)):
        raise InvalidInput(
            "observers must be a sequence of functions, each called with a Step and its row of the record, but "
            f"{in_brief(observers)} was given"
        )
