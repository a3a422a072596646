"""Decoding the variables in a MATLAB file of version 4, as old programs and `save -v4` of Octave write them.

A file consists of matrices without a common header.  A matrix has five 4-byte integers (type, rows, columns, whether
it is complex, length of the name), its name, ended by NUL, and its values in column-major order.  The decimal digits of
the type are byte order, 0, type of the values, and kind of the matrix.  All numbers are of MATLAB's class double,
whatever their type in the file.  Source: "MAT-File Format", The MathWorks, chapter 2.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from sheernet.data.files.matlab.stored_arrays import in_shape, rows_of_text
from sheernet.data.files.opening import Allowance

_TYPES = ("f8", "f4", "i4", "i2", "u2", "u1")
_FULL, _TEXT, _SPARSE = range(3)
_LAST_CHARACTER = 0x10FFFF


def read_matrices(file: BinaryIO, size: int, allowance: Allowance) -> Iterator[tuple[str, Any]]:
    """Yield name and value of each variable of an opened file of `size` bytes; damage raises ValueError and similar."""
    while start := file.read(20):
        order = "<" if start[1:4] == bytes(3) else ">"
        kind, *shape, is_complex, length = struct.unpack(f"{order}5i", start)
        thousands, of_values, of_matrix = kind // 1000, kind // 10 % 100, kind % 10
        if thousands != (order == ">") or min(*shape, length - 1) < 0 or is_complex not in (0, 1):
            raise ValueError("the header of a variable is invalid")
        dtype = np.dtype(order + _TYPES[of_values])
        count = math.prod(shape)
        if file.tell() + length + count * (1 + is_complex) * dtype.itemsize > size:
            raise ValueError("it is truncated")
        name = file.read(length).partition(b"\0")[0].decode("latin-1")
        allowance.decode(8 * count * (1 + is_complex))
        parts = [_numbers(file, dtype, count) for _ in range(1 + is_complex)]
        yield name, _value(of_matrix, parts, (shape[0], shape[1]), allowance)


def _numbers(file: BinaryIO, dtype: np.dtype[Any], count: int) -> npt.NDArray[np.float64]:
    return np.frombuffer(file.read(count * dtype.itemsize), dtype).astype(np.float64)


def _value(
    kind: int, parts: list[npt.NDArray[np.float64]], shape: tuple[int, int], allowance: Allowance
) -> npt.NDArray[Any]:
    """Return the value of a matrix from its real and imaginary parts, (rows * columns,)."""
    if kind == _SPARSE:
        return _sparse(in_shape(parts[0], shape), allowance)
    if kind == _TEXT:
        return rows_of_text(_text(parts[0]), shape, allowance)
    if kind != _FULL:
        raise ValueError("a variable is of an unknown kind")
    real, *imaginary = parts
    return in_shape(real + 1j * imaginary[0] if imaginary else real, shape)


def _text(codes: npt.NDArray[np.float64]) -> str:
    if not ((codes >= 0) & (codes <= _LAST_CHARACTER)).all():
        raise ValueError("a text has characters that do not exist")
    return codes.astype("<u4").tobytes().decode("utf-32-le", "replace")


def _sparse(triplets: npt.NDArray[np.float64], allowance: Allowance) -> npt.NDArray[Any]:
    """Return the full matrix of triplets (row, column, value); the last one has its size.

    Triplets of complex numbers have a fourth column, the imaginary parts.
    """
    indices, values = triplets[:, :2], triplets[:, 2:]
    shape, places = indices[-1], indices[:-1]
    if values.shape[1] not in (1, 2) or not (
        (indices == np.floor(indices)).all() and (places >= 1).all() and (places <= shape).all()
    ):
        raise ValueError("a sparse matrix is inconsistent")
    n_rows, n_columns = map(int, shape)
    numbers = values[:-1, 0] if values.shape[1] == 1 else values[:-1, 0] + 1j * values[:-1, 1]
    allowance.decode(n_rows * n_columns * numbers.itemsize)
    full = np.zeros((n_rows, n_columns), numbers.dtype)
    np.add.at(full, tuple(places.astype(np.int64).T - 1), numbers)
    return full
