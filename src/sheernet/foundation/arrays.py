"""Arrays at the border: checked and converted once, here, so that nothing behind has to ask again.

Samples are rows; everything is float64 and C-contiguous.  Letters: N samples, P parameters.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from sheernet.foundation.errors import InvalidInput, ShapeMismatch

Array = npt.NDArray[np.float64]
"""A float64 array; the docstrings give its shape."""

FLOAT64 = np.dtype(np.float64)
FEW = 64
"""Up to so many numbers a loop over Python's own takes less time than a call of NumPy."""


def as_float(values: npt.ArrayLike, noun: str) -> Array:
    """Convert to float64, or say in a sentence why that cannot be."""
    if type(values) is np.ndarray and values.dtype is FLOAT64 and values.flags.c_contiguous:
        return values
    if np.ma.isMaskedArray(values) and np.ma.getmaskarray(values).any():
        raise InvalidInput(f"{noun} has masked values; fill or drop these rows first")
    try:
        raw = np.asarray(values)
    except ValueError as error:
        raise InvalidInput(
            f"{noun} must be a table of numbers, rows of equal length: {error}"
        ) from None
    if raw.dtype.kind == "c":
        raise InvalidInput(
            f"{noun} must be real numbers, but complex ones were given; pass their real part"
        )
    if raw.dtype.kind in "mM":
        raise InvalidInput(
            f"{noun} must be numbers, but dates or durations were given; pass days or seconds since an origin of yours"
        )
    if raw.dtype.kind not in "fiub":
        try:
            raw = raw.astype(np.float64)
        except (TypeError, ValueError, OverflowError):
            raise InvalidInput(
                f"{noun} must be numbers, but values of type {raw.dtype} were given; convert or drop the text columns"
            ) from None
    return np.asarray(
        raw, dtype=np.float64, order="C"
    )  # ascontiguousarray would make a number a vector


def as_matrix(values: npt.ArrayLike, noun: str) -> Array:
    """Convert a table to a finite float64 matrix; a vector becomes one column.

    Parameters
    ----------
    values : array_like, (N, d) or (N,)
        The table.  Samples are rows.
    noun : str
        Its name in messages.

    Returns
    -------
    ndarray, (N, d)
        float64, C-contiguous, finite.  Not a copy when `values` is all that already.

    Raises
    ------
    InvalidInput
        When it is empty, not numbers, or not finite.
    ShapeMismatch
        When it is not a table.

    Examples
    --------
    >>> from sheernet.foundation.arrays import as_matrix
    >>> as_matrix([1, 2], "y").shape
    (2, 1)
    >>> as_matrix([[1.0, float("nan")]], "X")
    Traceback (most recent call last):
        ...
    sheernet.InvalidInput: X must be finite, but row 0, column 1 is nan (1 such value); drop or fill these rows
    """
    matrix = as_float(values, noun)
    if matrix.ndim == 1:
        matrix = matrix.reshape(-1, 1)
    if matrix.ndim != 2:
        raise ShapeMismatch(
            f"{noun} must be a table (samples, columns), but its shape is {matrix.shape}"
        )
    if matrix.shape[0] == 0:
        raise InvalidInput(f"{noun} has no rows; at least one is needed")
    _require_finite(matrix, noun)
    return matrix


def as_theta(values: npt.ArrayLike, size: int, noun: str = "theta") -> Array:
    """Convert to a float64 vector of P parameters; not finite ones are let through (a line search looks there)."""
    theta = as_float(values, noun)
    if theta.shape != (size,):
        raise ShapeMismatch(
            f"{noun} has shape {theta.shape} but the network has {size} parameters: ({size},)"
        )
    return theta


def as_case_weights(weights: npt.ArrayLike | None, n_samples: int) -> Array:
    """Convert case weights to a vector (N,), ones where none are given; refuse what cannot weigh."""
    if weights is None:
        return np.ones(n_samples)
    vector = as_float(weights, "weights")
    if vector.shape != (n_samples,):
        raise ShapeMismatch(
            f"weights has shape {vector.shape} but there are {n_samples} rows: ({n_samples},)"
        )
    if not all_finite(vector) or np.any(vector < 0):
        worst = vector[~np.isfinite(vector) | (vector < 0)][0]
        raise InvalidInput(f"weights must be finite and at least 0, but one is {worst}")
    if not np.any(vector > 0):
        raise InvalidInput("weights are all 0; at least one row must have a positive weight")
    return vector


def all_finite(array: Array) -> bool:
    """Whether no number of an array is nan or infinite.

    Examples
    --------
    >>> import numpy as np
    >>> from sheernet.foundation.arrays import all_finite
    >>> all_finite(np.zeros(3)), all_finite(np.array([[0.0, np.nan]]))
    (True, False)
    """
    if array.size <= FEW:
        return all(map(math.isfinite, array.ravel().tolist()))
    step = max(
        1, 2**20 * len(array) // array.size
    )  # rows at a time: a large table needs no second one
    parts = (array[row : row + step] for row in range(0, len(array), step))
    return all(bool(np.isfinite(part).all()) for part in parts)


def extremes(array: Array) -> tuple[float, float]:
    """The lowest and the highest of the finite numbers of an array, of which there is one at least.

    Examples
    --------
    >>> import numpy as np
    >>> from sheernet.foundation.arrays import extremes
    >>> extremes(np.array([[2.0, 1.0], [3.0, 2.0]]))
    (1.0, 3.0)
    """
    if array.size <= FEW:
        numbers = array.ravel().tolist()
        return min(numbers), max(numbers)
    return float(array.min()), float(array.max())


def read_only(array: npt.ArrayLike) -> Array:
    """Copy an array into one that cannot be written."""
    copy = np.array(array, dtype=np.float64)
    copy.flags.writeable = False
    return copy


def same_length(nouns: Sequence[str], arrays: Sequence[npt.NDArray[Any]]) -> int:
    """Number of rows that all the arrays have, or a sentence that says which differ."""
    lengths = [len(array) for array in arrays]
    if lengths.count(lengths[0]) != len(lengths):
        counts = " and ".join(
            f"{noun} has {_count(n, 'row')}" for noun, n in zip(nouns, lengths, strict=True)
        )
        raise ShapeMismatch(f"{counts}; they must have the same number, a row for each sample")
    return lengths[0]


def _require_finite(matrix: Array, noun: str) -> None:
    if not all_finite(matrix):
        bad = ~np.isfinite(matrix)
        row, column = np.argwhere(bad)[0]
        raise InvalidInput(
            f"{noun} must be finite, but row {row}, column {column} is {matrix[row, column]} "
            f"({_count(int(bad.sum()), 'such value')}); drop or fill these rows"
        )


def _count(n: int, noun: str) -> str:
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"
