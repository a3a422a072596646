"""Arrays in MATLAB files of every version: their shapes, and the texts in arrays of characters."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from sheernet.data.files.opening import Allowance

BYTES_OF_CELL = 256
"""Memory of the Python objects of a cell."""


def in_shape(values: npt.NDArray[Any], shape: tuple[int, ...]) -> npt.NDArray[Any]:
    """Reshape values, which are in column-major order; raise if their number is wrong."""
    if len(values) != math.prod(shape):
        raise ValueError(
            f"a variable has {len(values)} values, but its shape is {' x '.join(map(str, shape))}"
        )
    return values.reshape(shape, order="F")


def rows_of_text(
    text: str, shape: tuple[int, ...], allowance: Allowance
) -> npt.NDArray[np.object_]:
    """Return the rows of an array of characters as str, (rows, 1)."""
    if not math.prod(shape):
        return np.empty((0, 0), dtype=object)
    allowance.decode(4 * len(text) + BYTES_OF_CELL * shape[0])
    characters = np.frombuffer(text.encode("utf-32-le", "replace"), dtype="<U1")
    rows = np.ascontiguousarray(in_shape(characters, shape).reshape(shape[0], -1))
    texts = np.empty((shape[0], 1), dtype=object)
    lines = rows.view(f"<U{rows.shape[1]}")[:, 0].tolist()
    texts[:, 0] = [line.rstrip() for line in lines]  # MATLAB pads rows with spaces
    return texts
