"""Check and convert the arrays that users pass.

All other code can then rely on finite float64 arrays in C order, with samples in rows.  Letters: N samples,
P parameters.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from sheernet.foundation.caller_warnings import warn
from sheernet.foundation.errors import InvalidInput, ShapeMismatch
from sheernet.foundation.message_text import counted
from sheernet.foundation.scalars import in_brief
from sheernet.foundation.sentences import Setting
from sheernet.foundation.sparse_matrices import dense

Array = npt.NDArray[np.float64]
"""A float64 array; the docstrings give its shape."""
Indices = npt.NDArray[np.intp]
"""Indices of rows, columns or labels."""
Mask = npt.NDArray[np.bool_]
"""Which entries are meant."""

FLOAT64 = np.dtype(np.float64)
FEW = 64
"""Maximum size of an array for which a loop over Python floats is faster than a NumPy call."""
LARGE = 2**20
"""Maximum size of an array that is examined as a whole; larger ones are examined in parts."""


def as_float(values: npt.ArrayLike, noun: str) -> Array:
    """Convert to an aligned float64 array in C order, without a copy if it is one already.

    Raises
    ------
    InvalidInput
        If the values are masked, complex, dates, text, or rows of different lengths.
    """
    if type(values) is np.ndarray and values.dtype is FLOAT64:
        flags = values.flags
        if flags.c_contiguous and flags.aligned:
            return values
    values = dense(values, noun)
    if has_masked_values(values):
        raise InvalidInput(f"{noun} has masked values; fill or drop these rows first")
    try:
        raw = np.asarray(values)
    except ValueError as error:
        raise InvalidInput(
            f"{noun} must be a table of numbers with rows of equal length: {error}"
        ) from None
    if raw.dtype.kind == "c":
        raise InvalidInput(
            f"{noun} must be real numbers, but complex numbers were given; pass their real part"
        )
    if raw.dtype.kind in "mM":
        raise InvalidInput(
            f"{noun} must be numbers, but dates or durations were given; convert them to days or seconds"
        )
    if raw.dtype.kind == "O" and raw.ndim == 0:
        raise InvalidInput(f"{noun} must be numbers, but {in_brief(values)} was given")
    if raw.dtype.kind not in "fiub":
        try:
            raw = raw.astype(np.float64)
        except (TypeError, ValueError, OverflowError):
            raise InvalidInput(
                f"{noun} must be numbers, but values of type {raw.dtype} were given; convert or drop the text columns"
            ) from None
    # np.ascontiguousarray would turn a single number into a vector.
    return np.require(raw, np.float64, ["C", "ALIGNED"])


def as_numbers(values: npt.ArrayLike, noun: str) -> npt.NDArray[Any]:
    """Convert to an array of floating-point numbers, real or complex; such an array is returned unchanged.

    Raises
    ------
    InvalidInput
        If the values are not numbers, or rows of different lengths.

    Examples
    --------
    >>> from sheernet.foundation.arrays import as_numbers
    >>> as_numbers([0, 1], "z").tolist(), as_numbers(1j, "z").item()
    ([0.0, 1.0], 1j)
    """
    if isinstance(values, np.ndarray) and values.dtype.kind in "fc":
        return values
    return np.asarray(values) if isinstance(values, complex) else as_float(values, noun)


def has_masked_values(values: object) -> bool:
    """Whether an array has masked values, or a list or an array of objects contains such an array.

    Examples
    --------
    >>> import numpy as np
    >>> from sheernet.foundation.arrays import has_masked_values
    >>> has_masked_values([[1.0, 2.0], np.ma.masked_equal([1.0, 2.0], 2.0)])
    True
    """
    if isinstance(values, np.ma.MaskedArray):
        return bool(np.ma.getmaskarray(values).any())
    if isinstance(values, np.ndarray):
        return values.dtype.kind == "O" and has_masked_values(values.ravel().tolist())
    if not isinstance(values, (list, tuple)):
        return False
    may_hold = (list, tuple, np.ndarray)
    # A list has few distinct types: checking them first avoids searching a long list of numbers entry by entry.
    return any(issubclass(kind, may_hold) for kind in set(map(type, values))) and any(
        map(has_masked_values, values)
    )


def unmasked(values: Any) -> Any:
    """Return the values with nan in place of masked values, also in lists of arrays or numbers.

    Examples
    --------
    >>> import numpy as np
    >>> from sheernet.foundation.arrays import unmasked
    >>> unmasked([1.0, np.ma.masked]), unmasked(np.ma.array([1, 2], mask=[True, False]))
    ([1.0, nan], array([nan, 2], dtype=object))
    """
    if isinstance(values, np.ma.MaskedArray):
        return np.ma.filled(values.astype(object), np.nan)[()]  # a masked entry is an array, too
    if isinstance(values, np.ndarray) and values.dtype == object and values.ndim:
        return np.fromiter((unmasked(entry) for entry in values), dtype=object, count=len(values))
    if isinstance(values, (list, tuple)):
        return [unmasked(entry) for entry in values]
    return values


def as_matrix(values: npt.ArrayLike, noun: str) -> Array:
    """Convert a table to a finite float64 matrix; a vector becomes a column.

    Parameters
    ----------
    values : array_like, (N, d) or (N,)
        The table, with samples in rows.
    noun : str
        Name of the table in messages.

    Returns
    -------
    ndarray, (N, d)
        Finite float64 numbers in C order; `values` itself if it is such a matrix already.

    Raises
    ------
    InvalidInput
        If it is empty, not numeric, or not finite.
    ShapeMismatch
        If it has more than two dimensions, or none.

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
    """Convert to a float64 vector (P,); infinite and nan entries are allowed: line searches may try them."""
    theta = as_float(values, noun)
    if theta.shape != (size,):
        raise ShapeMismatch(
            f"{noun} has shape {theta.shape} but the network has {size} parameters: ({size},)"
        )
    return theta


def as_vectors(values: npt.ArrayLike, size: int, noun: str) -> Array:
    """Convert to a float64 vector (P,), or to a matrix (P, m) whose columns are m vectors."""
    vectors = as_float(values, noun)
    if vectors.ndim not in (1, 2) or len(vectors) != size:
        raise ShapeMismatch(
            f"{noun} has shape {vectors.shape} but the network has {size} parameters: ({size},), or ({size}, m) "
            "for m vectors"
        )
    return vectors


def as_case_weights(weights: npt.ArrayLike | None, n_samples: int) -> Array:
    """Convert case weights to a vector (N,), all ones if None.

    Raises
    ------
    InvalidInput
        If a weight is negative or not finite, or all are 0.
    ShapeMismatch
        If there is not one weight per row.
    """
    if weights is None:
        return np.ones(n_samples)
    vector = as_float(weights, "weights")
    if vector.shape != (n_samples,):
        raise ShapeMismatch(
            "{} has shape {} but there are {n} rows: ({n},)",
            Setting("weights"),
            vector.shape,
            n=n_samples,
        )
    if not all_finite(vector) or np.any(vector < 0):
        worst = vector[~np.isfinite(vector) | (vector < 0)][0]
        raise InvalidInput(
            "{} must be finite and at least 0, but one is {}", Setting("weights"), worst
        )
    if not np.any(vector > 0):
        raise InvalidInput(
            "{} are all 0; at least one row must have a positive weight", Setting("weights")
        )
    return vector


def are_counts(weights: Array) -> bool:
    """Whether weights are numbers of equal rows: whole numbers, not all 0 or 1, whose sum is exact.

    Examples
    --------
    >>> import numpy as np
    >>> from sheernet.foundation.arrays import are_counts
    >>> are_counts(np.array([3.0, 1.0])), are_counts(np.array([1.5, 0.5])), are_counts(np.ones(2))
    (True, False, False)
    """
    largest = weights.max(initial=0.0)
    is_exact = largest * len(weights) <= 2**53
    return bool(is_exact and largest > 1 and (weights == np.floor(weights)).all())


def equal_rows(weights: Array | None, n_samples: int) -> Array:
    """Return how many independent rows each row stands for, (N,): its weight if the weights are counts.

    Other weights are relative, so a row is one row, or none if its weight is 0.

    Examples
    --------
    >>> import numpy as np
    >>> from sheernet.foundation.arrays import equal_rows
    >>> equal_rows(np.array([3.0, 1.0]), 2), equal_rows(np.array([1.5, 0.0]), 2)
    (array([3., 1.]), array([1., 0.]))
    """
    if weights is None:
        return np.ones(n_samples)
    return weights if are_counts(weights) else (weights > 0).astype(np.float64)


def all_finite(array: Array) -> bool:
    """Whether all entries of an array are finite.

    Examples
    --------
    >>> import numpy as np
    >>> from sheernet.foundation.arrays import all_finite
    >>> all_finite(np.zeros(3)), all_finite(np.array([[0.0, np.nan]]))
    (True, False)
    """
    if array.size <= FEW:
        return all(map(math.isfinite, array.ravel().tolist()))
    if array.size <= LARGE:
        return bool(np.isfinite(array).all())
    step = max(1, LARGE * len(array) // array.size)  # rows per part; avoids a mask of table size
    parts = (array[row : row + step] for row in range(0, len(array), step))
    return all(bool(np.isfinite(part).all()) for part in parts)


def extremes(array: Array) -> tuple[float, float]:
    """Return the smallest and the largest entry of a finite, non-empty array.

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
    """Copy an array to a float64 array that is read-only."""
    copy = np.array(array, dtype=np.float64)
    copy.flags.writeable = False
    return copy


def rounded(values: Array, digits: int) -> Array:
    """Round finite values to a number of significant decimal digits; magnitudes below 1e-300 become 0.

    Examples
    --------
    >>> import numpy as np
    >>> from sheernet.foundation.arrays import rounded
    >>> rounded(np.array([123456.0, -0.00123456, 0.0]), 3).tolist()
    [123000.0, -0.00123, 0.0]
    """
    with np.errstate(divide="ignore"):
        exponents = np.floor(np.log10(np.abs(values)))
    decimals = np.where(np.isfinite(exponents), digits - 1 - exponents, 0.0)
    units = 10.0 ** np.minimum(decimals, 300.0)  # a larger power may overflow
    return np.asarray(np.round(values * units) / units)


def same_length(nouns: Sequence[str], arrays: Sequence[npt.NDArray[Any]]) -> int:
    """Return the number of rows, which must be the same for all arrays.

    Raises
    ------
    ShapeMismatch
        If the arrays have different numbers of rows.
    """
    lengths = [len(array) for array in arrays]
    if lengths.count(lengths[0]) != len(lengths):
        counts = " and ".join(
            f"{noun} has {counted(n, 'row')}" for noun, n in zip(nouns, lengths, strict=True)
        )
        turned = [
            noun
            for noun, array in zip(nouns, arrays, strict=True)
            if _has_samples_as_columns(array, lengths)
        ]
        advice = (
            f"; if the samples are the columns of {turned[0]}, transpose it (.T)" if turned else ""
        )
        width = arrays[0].shape[1:]
        if len(width) == 1 and width[0] > max(lengths) and {a.shape[1:] for a in arrays} == {width}:
            advice = (
                f"; if the samples are the columns of {' and '.join(nouns)}, transpose them (.T)"
            )
        raise ShapeMismatch(f"{counts}; they must have the same number, one row per sample{advice}")
    return lengths[0]


def warn_if_turned(nouns: tuple[str, str], shape: tuple[int, int]) -> None:
    """Warn if two tables of a shape have more columns than rows, so that their samples may be the columns."""
    n, d = shape
    if d > n:
        warn(
            f"{' and '.join(nouns)} have {counted(n, 'row')} and {d} columns, and each row is a sample; if the samples "
            "are columns, as in MATLAB, transpose both (.T)"
        )


def _has_samples_as_columns(array: npt.NDArray[Any], lengths: Sequence[int]) -> bool:
    """Whether the columns of a matrix, not its rows, are as many as the rows of the other arrays."""
    others = set(lengths) - {len(array)}
    return len(array.shape) == 2 and others == {array.shape[1]}


def _require_finite(matrix: Array, noun: str) -> None:
    if not all_finite(matrix):
        bad = ~np.isfinite(matrix)
        row, column = np.argwhere(bad)[0]
        raise InvalidInput(
            f"{noun} must be finite, but row {row}, column {column} is {matrix[row, column]} "
            f"({counted(int(bad.sum()), 'such value')}); drop or fill these rows"
        )
