"""Check numeric options of optimizers, such as learning_rate and tau."""

from __future__ import annotations

from math import inf

from sheernet.foundation.errors import InvalidInput


def require_positive(name: str, value: float) -> None:
    """Raise `InvalidInput` unless an option is a positive, finite number."""
    if not 0 < value < inf:
        raise InvalidInput(f"{name} must be positive and finite, but {value!r} was given")
