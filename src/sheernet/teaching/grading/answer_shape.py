"""Check the type and shape of a value that a method of a learner returned: nothing, a tuple, the wrong shape."""

from __future__ import annotations

from typing import Any

import numpy as np

from sheernet.teaching.grading.learner_code import Outcome
from sheernet.teaching.grading.marks import Mark

NO_RETURN = "What does a function return that ends without `return`?"


def first_mistake(part: str, answer: Outcome, shape: tuple[int, ...], noun: str) -> Mark | None:
    """Return the mark of a call that returned nothing, or no numeric array of a shape; None if it did."""
    return answer.mark(part) if answer.mistake else shape_mistake(part, answer.value, shape, noun)


def shape_mistake(part: str, value: Any, shape: tuple[int, ...], noun: str) -> Mark | None:
    """Return the mark of a value that is not a numeric array of a shape; None if it is."""
    if value is None:
        return Mark(part, "missing return", "it returns None", NO_RETURN)
    if isinstance(value, (tuple, list)):
        return Mark(
            part,
            "tuple",
            f"it returns a {type(value).__name__} of {len(value)} instead of {noun}",
            "The code that calls it uses the returned value as one array.",
        )
    array = np.asarray(value)
    if array.dtype.kind not in "fiu":
        return Mark(
            part, "type", f"it returns a {type(value).__name__} instead of {noun}",
            "Print what it returns, and its type.",
        )  # fmt: skip
    if array.shape == shape:
        return None
    mistake = "transposed" if array.shape == shape[::-1] else "shape"
    return Mark(
        part,
        mistake,
        f"it returns an array of shape {array.shape} instead of {noun} of shape {shape}",
        "Write the shape of each array next to its line: which of its axes are the samples?",
    )


def same(value: Any, right: Any, rtol: float = 1e-9) -> bool:
    """Return whether two arrays have the same shape, and the same numbers up to rounding."""
    value, right = np.asarray(value), np.asarray(right)
    if value.shape != right.shape or value.dtype.kind not in "fiu":
        return False
    return bool(np.allclose(value, right, rtol=rtol, atol=rtol * float(np.max(np.abs(right)))))
