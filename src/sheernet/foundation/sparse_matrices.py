"""Sparse matrices of SciPy, which are used as dense arrays."""

from __future__ import annotations

import math
from typing import Any

from sheernet.foundation.memory import require_room_for_dense


def is_sparse(values: Any) -> bool:
    """Whether values are a sparse matrix or array of SciPy, which is not imported for it."""
    return hasattr(type(values), "toarray") and hasattr(values, "shape")


def dense(values: Any, noun: str) -> Any:
    """Convert a sparse matrix to an array; return other values unchanged.

    Raises
    ------
    InvalidInput
        If the array does not fit in memory.

    Examples
    --------
    >>> from scipy.sparse import csr_matrix
    >>> from sheernet.foundation.sparse_matrices import dense
    >>> dense(csr_matrix([[0, 1], [2, 0]]), "X").tolist(), dense([0], "y")
    ([[0, 1], [2, 0]], [0])
    """
    if not is_sparse(values):
        return values
    require_room_for_dense(noun, math.prod(values.shape))
    return values.toarray()
