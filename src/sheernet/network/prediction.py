"""Outputs of a network for a table of inputs (`predict`), computed in C++ if possible, else by `propagation.forward`.

C++ evaluates blocks of rows, without a table of all hidden units; unlike with NumPy, the outputs of a row are bitwise
equal in any table.  The choice does not depend on the engine of the training; C++ and NumPy differ by rounding.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import numpy as np

from sheernet.foundation.arrays import Array
from sheernet.foundation.errors import InvalidInput
from sheernet.network import activations, compiled_extension
from sheernet.network.architecture import Architecture
from sheernet.network.propagation import forward


def predict(architecture: Architecture, theta: Array, X: Array) -> Array:
    """Compute the outputs of a network.

    Parameters
    ----------
    architecture : Architecture
        The network.
    theta : ndarray, (P,)
        Its weights.
    X : ndarray, (N, d_0)
        Inputs, float64 in C order.

    Returns
    -------
    ndarray, (N, K)
        a_L; inf or nan on overflow.

    Examples
    --------
    >>> import numpy as np
    >>> import sheernet as sn
    >>> sn.engines.predict(sn.Architecture((2, 1)), np.array([1.0, -2.0, 0.5]), np.array([[2.0, 1.0]])).tolist()
    [[0.5]]
    """
    if why_not_native(architecture) is None:
        return native_plan(architecture).predict(theta, X, instruction_set())
    with np.errstate(all="ignore"):
        return forward(architecture, theta, X).activations[-1]


def why_not_native(architecture: Architecture) -> str | None:
    """Return the reason why the extension cannot evaluate a network, or None if it can."""
    if compiled_extension.load() is None:
        return compiled_extension.WHY_NOT
    for f in architecture.activations:
        known = activations.ALL.get(f.name)
        if known is not f and known != f:
            return f"activation {f.name!r} is user-defined, so the reference engine evaluates it"
    return None


def native_plan(architecture: Architecture) -> Any:
    """Return the layers of a network in the format of the extension."""
    extension: Any = compiled_extension.NATIVE
    return extension.Plan(
        list(architecture.sizes),
        [extension.ACTIVATIONS.index(f.name) for f in architecture.activations],
        list(architecture.bias),  # type: ignore[arg-type]
        architecture.skip,
    )


_common: ContextVar[str | None] = ContextVar("common", default=None)


@contextmanager
def common_instruction_set(name: str | None) -> Iterator[None]:
    """Use an instruction set that several machines share for new evaluations, only in this thread.

    Parameters
    ----------
    name : str or None
        The instruction set; None for no change.
    """
    before = _common.set(name)
    try:
        yield
    finally:
        _common.reset(before)


def instruction_set() -> str:
    """Return the instruction set of new evaluations.

    Raises
    ------
    InvalidInput
        If SHEERNET_INSTRUCTION_SET is not an instruction set of this machine.
    """
    common = _common.get()
    if common is not None:
        return common
    usable = compiled_extension.NATIVE.instruction_sets()
    requested = os.environ.get("SHEERNET_INSTRUCTION_SET", "")
    if requested and requested not in usable:
        raise InvalidInput(
            f"SHEERNET_INSTRUCTION_SET is {requested!r}, but this machine supports {', '.join(usable)}; "
            "unset it to use the widest"
        )
    return str(requested or usable[0])
