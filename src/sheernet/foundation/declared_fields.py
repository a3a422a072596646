"""Check values by the types of their fields (`require_declared`): a type declares the shapes of its arrays.

    theta: Vector            (P,)
    matrix: Matrix           (P, P)
    thetas: Annotated[Array, "n", "P"]

A name of a length, such as P, stands for the same number in all arrays of a value.
"""

from __future__ import annotations

from functools import cache
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

import numpy as np

from sheernet.foundation.arrays import Array
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.scalars import in_brief

Vector = Annotated[Array, "P"]
"""The type of an array with a number for each parameter, (P,)."""
Matrix = Annotated[Array, "P", "P"]
"""The type of an array with a number for each pair of parameters, (P, P)."""

LARGEST_COUNT = 2**53
"""Exclusive limit of whole numbers, which are counts: smaller ones are exact in float64."""


@cache
def fields_of(kind: Any) -> dict[str, Any]:
    """Return the types of the fields of a dataclass or NamedTuple, by name.

    Examples
    --------
    >>> from sheernet.foundation.declared_fields import fields_of
    >>> from sheernet.optimizers.lbfgs import Pair
    >>> list(fields_of(Pair))
    ['s', 'y', 'rho', 'gamma']
    """
    return get_type_hints(kind, include_extras=True)


def alternatives_of(kind: Any) -> tuple[Any, ...]:
    """Return the members of a union; of another type, nothing."""
    return get_args(kind) if get_origin(kind) in (Union, UnionType) else ()


def is_array(kind: Any) -> bool:
    """Return whether a type is that of an array with a declared shape."""
    return get_origin(kind) is Annotated


def require_declared(noun: str, kind: Any, value: Any, lengths: dict[str, int]) -> None:
    """Raise unless a value and its fields, recursively, have their types, and arrays their shapes.

    Parameters
    ----------
    noun : str
        What the value is, for messages.
    kind : type
        bool, int (from 0), float, str, a dataclass or NamedTuple, a tuple of any length, an array with a declared
        shape, or a union.
    value : object
        The value.
    lengths : dict of str to int
        The known lengths of arrays; others are added when they first occur.

    Raises
    ------
    InvalidInput
        If a part has another type, dtype or shape, or a whole number is out of range.

    Examples
    --------
    >>> import numpy as np
    >>> from sheernet.foundation.declared_fields import Matrix, require_declared
    >>> require_declared("the matrix", Matrix, np.eye(2), {"P": 2})
    >>> require_declared("the matrix", Matrix, np.eye(3), {"P": 2})
    Traceback (most recent call last):
        ...
    sheernet.InvalidInput: the matrix must be a float64 array of shape (2, 2), but ...
    """
    for each in alternatives_of(kind):
        if isinstance(value, each):
            kind = each
    if is_array(kind):
        _require_array(noun, kind, value, lengths)
    elif get_origin(kind) is tuple:
        _require(isinstance(value, tuple), noun, "a tuple", value)
        for i, entry in enumerate(value):
            require_declared(f"{noun}.{i}", get_args(kind)[0], entry, lengths)
    elif kind is int:
        is_count = type(value) is int and 0 <= value < LARGEST_COUNT
        _require(is_count, noun, "a whole number from 0 to 2**53 - 1", value)
    else:
        _require(isinstance(value, kind), noun, f"of type {getattr(kind, '__name__', kind)}", value)
        for name, of_field in {} if kind.__module__ == "builtins" else fields_of(kind).items():
            require_declared(f"{noun}.{name}", of_field, getattr(value, name), lengths)


def _require_array(noun: str, kind: Any, value: Any, lengths: dict[str, int]) -> None:
    names = kind.__metadata__
    dtype = get_args(get_args(kind.__origin__)[1])[0]
    is_valid = (
        isinstance(value, np.ndarray)
        and np.issubdtype(value.dtype, dtype)
        and value.dtype.isnative
        and value.ndim == len(names)
        and all(
            lengths.setdefault(*each) == each[1] for each in zip(names, value.shape, strict=True)
        )
    )
    shape = ", ".join(str(lengths.get(name, name)) for name in names)
    wanted = f"a {dtype.__name__} array of shape ({shape}{',' if len(names) == 1 else ''})"
    _require(is_valid, noun, wanted, value)


def _require(is_valid: bool, noun: str, wanted: str, value: Any) -> None:
    if not is_valid:
        is_array = isinstance(value, np.ndarray)
        given = f"a {value.dtype} array of shape {value.shape}" if is_array else in_brief(value)
        raise InvalidInput(
            f"{noun} must be {wanted}, but {given} was given; pass it as it was returned"
        )
