"""Find the attributes of an object that contain its parameters, by their values.

The caller first sets the parameters to numbers that all differ, so that the values identify the arrays.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from sheernet.derivatives.foreign.entry_names import Part
from sheernet.foundation.arrays import Array


def find_parts(own: Any, theta: Array) -> list[Part] | None:
    """Find the arrays that form theta, in its order; None if the attributes do not cover it.

    Examples
    --------
    >>> import numpy as np
    >>> from types import SimpleNamespace
    >>> from sheernet.derivatives.foreign.parameter_attributes import find_parts
    >>> own = SimpleNamespace(b1=np.array([0.3]), W1=np.array([[0.1], [0.2]]), rate=0.1)
    >>> [(part.name, part.shape, part.is_bias) for part in find_parts(own, np.array([0.1, 0.2, 0.3]))]
    [('W1', (2, 1), False), ('b1', (1,), True)]
    """
    # W1 before a vector of all parameters.
    arrays = sorted(_arrays(own), key=lambda pair: pair[1].size)
    found: list[tuple[str, tuple[int, ...]]] = []
    place = 0
    while place < theta.size:
        for name, array in arrays:
            if np.array_equal(array.ravel(), theta[place : place + array.size]):
                found.append((name, array.shape))
                place += array.size
                break
        else:
            return None
    numbers = [_number(name) for name, _ in found]
    order = sorted({number for number in numbers if number is not None})
    return [
        Part(name, shape, None if number is None else order.index(number) + 1, _is_bias(name))
        for (name, shape), number in zip(found, numbers, strict=True)
    ]


def _arrays(own: Any) -> Iterator[tuple[str, npt.NDArray[Any]]]:
    """Yield arrays in attributes, and in lists or tuples in attributes, with their names."""
    for name, value in getattr(own, "__dict__", {}).items():
        if isinstance(value, (list, tuple)):
            members = [(f"{name}[{i}]", member) for i, member in enumerate(value)]
        else:
            members = [(name, value)]
        for member_name, member in members:
            if isinstance(member, np.ndarray) and member.size and member.ndim:
                yield member_name, member


def _number(name: str) -> int | None:
    """Return the number at the end of a name: 2 for W_2, W2, weights[2]."""
    match = re.search(r"(\d+)\]?$", name)
    return int(match[1]) if match else None


def _is_bias(name: str) -> bool:
    """Return whether a name is typical of biases: b, b1, b_2, bias, biases[0], intercept."""
    return re.match(r"b([\W_\d]|ias|$)|intercept", name.lower()) is not None
