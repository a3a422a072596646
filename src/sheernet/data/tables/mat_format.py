"""Decoding the variables in a MATLAB file of version 5 to 7 (.mat), with NumPy only.

A file consists of a header of 128 bytes and a sequence of elements.  An element is a tag with type and length, followed
by that many bytes, padded to a multiple of 8.  A variable is an element of type matrix, whose content is a sequence of
elements: class, shape, name, values.  In version 7, each variable is compressed separately.  Source: "MAT-File Format",
The MathWorks, chapter 1.

scipy.io.loadmat is not used because one changed bit, or cells nested 20,000 deep, can crash the process.  Here every
length is checked against the size of the content, and content that cannot be a column, such as cells in cells, is not
decoded.
"""

from __future__ import annotations

import math
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from sheernet.data.tables import opening
from sheernet.foundation.errors import InvalidInput

_HEADER = 128
_MATRIX, _COMPRESSED = 14, 15
_TYPES = {
    1: "i1",
    2: "u1",
    3: "i2",
    4: "u2",
    5: "i4",
    6: "u4",
    7: "f4",
    9: "f8",
    12: "i8",
    13: "u8",
}
_TEXT_ENCODINGS = {1: "latin-1", 2: "latin-1", 4: "utf-16", 16: "utf-8", 17: "utf-16", 18: "utf-32"}
_CELL, _STRUCTURE, _CHARACTERS, _SPARSE = 1, 2, 4, 5
_OBJECTS = (3, 16, 17)  # objects, functions, and opaque types that only MATLAB can read
_CLASSES = {
    6: "f8",
    7: "f4",
    8: "i1",
    9: "u1",
    10: "i2",
    11: "u2",
    12: "i4",
    13: "u4",
    14: "i8",
    15: "u8",
}
_LOGICAL = 2**9
_Content = memoryview


class Opaque:
    """A placeholder for values that cannot be in a column, such as cells or structures in cells."""


@dataclass(frozen=True)
class _Element:
    """An element: its type and its bytes."""

    kind: int
    content: _Content


def read_variables(path: Path, name: str) -> dict[str, Any]:
    """Read the variables in a MATLAB file.

    Parameters
    ----------
    path : Path
        The file.
    name : str
        Its name in messages.

    Returns
    -------
    dict of str to ndarray or mapping
        Arrays of numbers and Booleans have their shape in MATLAB; the rows of a character array are str, (rows, 1); a
        cell array is an object array of these; a structure is a dict of its fields.

    Raises
    ------
    InvalidInput
        If the file is damaged, unpacks to more than `opening.MOST_UNPACKED` bytes, or contains MATLAB objects.
    """
    variables: dict[str, Any] = {}
    try:
        with path.open("rb") as file:
            header = file.read(_HEADER)
            reader = _Reader({b"IM": "<", b"MI": ">"}[header[126:128]], name)
            for content in reader.top_level(file, path.stat().st_size):
                variable, value = reader.matrix(content)
                if variable:  # MATLAB's internal variable has no name
                    variables[variable] = value
    except InvalidInput:
        raise
    except (
        KeyError,
        ValueError,
        StopIteration,
        IndexError,
        TypeError,
        struct.error,
        zlib.error,
    ) as error:
        reason = " ".join(str(error).split())[:200] or "it is truncated"
        raise InvalidInput(
            f"{name} is a MATLAB file that is damaged or cannot be read ({reason}); "
            "save it again with save(..., '-v7')"
        ) from None
    return variables


class _Reader:
    """A decoder of elements; damaged elements raise one of the errors that `read_variables` catches.

    Parameters
    ----------
    order : str
        Byte order, "<" or ">".
    name : str
        The file's name in messages.
    """

    def __init__(self, order: str, name: str) -> None:
        self.order, self.name = order, name
        self.remaining = opening.MOST_UNPACKED  # bytes that may still be unpacked

    def top_level(self, file: Any, size: int) -> Iterator[_Content]:
        """Yield the content of each variable, unpacked."""
        while tag := file.read(8):
            kind, length = struct.unpack(f"{self.order}II", tag)
            if file.tell() + length > size:
                raise ValueError("it is truncated")
            content = file.read(length)
            if kind == _COMPRESSED:
                kind, content = self._unpacked(content)
            if kind == _MATRIX:
                yield memoryview(content)

    def _unpacked(self, content: bytes) -> tuple[int, bytes]:
        """Unpack a compressed element, check its length, and return type and content of the element in it."""
        unpacker = zlib.decompressobj()
        kind, length = struct.unpack(f"{self.order}II", unpacker.decompress(content, 8))
        self.remaining -= length
        if self.remaining < 0:
            raise InvalidInput(
                f"{self.name} unpacks to more than {opening.MOST_UNPACKED / 2**30:.3g} GiB; save fewer variables, or "
                "write the table with writetable"
            )
        unpacked = unpacker.decompress(unpacker.unconsumed_tail, length + 1)
        if len(unpacked) != length or not unpacker.eof:
            raise ValueError("a variable is shorter or longer than stated")
        return kind, unpacked

    def elements(self, content: _Content) -> Iterator[_Element]:
        """Yield the elements in some content."""
        position = 0
        while position + 8 <= len(content):
            kind, length = struct.unpack_from(f"{self.order}II", content, position)
            start = position + 8
            if kind >> 16:  # content of up to four bytes is stored in the tag
                kind, length, start = kind & 0xFFFF, kind >> 16, position + 4
                position += 8
            else:
                position = start + length + -length % 8
            if start + length > len(content):
                raise ValueError("it is truncated")
            yield _Element(kind, content[start : start + length])

    def matrix(self, content: _Content, *, depth: int = 0) -> tuple[str, Any]:
        """Decode the name and the value of a matrix."""
        if not len(content):
            return "", np.empty((0, 0))
        parts = self.elements(content)
        flags = int(self.numbers(next(parts))[0])
        if flags % 256 in _OBJECTS:
            raise InvalidInput(
                f"{self.name} contains a MATLAB object, such as a table or a string array, which other programs cannot "
                "read; write the table with writetable(T, 'data.csv'), or save its columns as vectors"
            )
        shape = tuple(int(n) for n in self.numbers(next(parts)))
        if len(shape) < 2 or min(shape) < 0:
            raise ValueError("a variable has no shape")
        name = bytes(next(parts).content).decode("latin-1")
        return name, self._value(flags, shape, parts, depth)

    def _value(
        self, flags: int, shape: tuple[int, ...], parts: Iterator[_Element], depth: int
    ) -> Any:
        number = flags % 256
        if number == _CELL:
            return self._cells(shape, parts) if depth == 0 else Opaque()
        if number == _STRUCTURE:
            return self._fields(parts) if depth == 0 and math.prod(shape) == 1 else Opaque()
        if number == _CHARACTERS:
            return self._rows_of_text(shape, next(parts))
        if number == _SPARSE:
            return self._sparse(shape, parts)
        values = self.numbers(next(parts)).astype(_CLASSES[number])
        values = _in_shape(values, shape)
        imaginary = next(parts, None)
        if imaginary is not None and flags & 2**11:
            return values + 1j * _in_shape(self.numbers(imaginary), shape)
        return values.astype(bool) if flags & _LOGICAL else values

    def numbers(self, element: _Element) -> npt.NDArray[Any]:
        """Decode an element of numbers; their type may be smaller than that of the class of the variable."""
        return np.frombuffer(element.content, dtype=self.order + _TYPES[element.kind])

    def _rows_of_text(self, shape: tuple[int, ...], element: _Element) -> npt.NDArray[np.object_]:
        if not math.prod(shape):
            return np.empty((0, 0), dtype=object)
        encoding = _TEXT_ENCODINGS[element.kind]
        if encoding in ("utf-16", "utf-32"):
            encoding += "-le" if self.order == "<" else "-be"
        characters = np.array([*bytes(element.content).decode(encoding, "replace")], dtype=object)
        rows = _in_shape(characters, shape).reshape(shape[0], -1)
        texts = np.empty((shape[0], 1), dtype=object)
        texts[:, 0] = ["".join(row).rstrip() for row in rows]  # MATLAB pads rows with spaces
        return texts

    def _cells(self, shape: tuple[int, ...], parts: Iterator[_Element]) -> npt.NDArray[np.object_]:
        values = [self.matrix(part.content, depth=1)[1] for part in parts if part.kind == _MATRIX]
        cells = np.empty(len(values), dtype=object)
        for position, value in enumerate(values):
            cells[position] = value
        return _in_shape(cells, shape)

    def _fields(self, parts: Iterator[_Element]) -> dict[str, Any]:
        length = int(self.numbers(next(parts))[0])
        joined = bytes(next(parts).content)
        if length < 1:
            raise ValueError("a structure has no names")
        names = [
            joined[i : i + length].partition(b"\0")[0].decode("latin-1")
            for i in range(0, len(joined), length)
        ]
        values = []
        for part in parts:
            _, value = self.matrix(part.content, depth=0 if self._holds_cells(part) else 1)
            values.append(value)
        return dict(zip(names, values, strict=True))

    def _holds_cells(self, part: _Element) -> bool:
        """Whether an element is a cell array; as a field of a structure, it is a column of text."""
        flags = next(self.elements(part.content), None)
        return flags is not None and int(self.numbers(flags)[0]) % 256 == _CELL

    def _sparse(self, shape: tuple[int, ...], parts: Iterator[_Element]) -> Any:
        rows, starts, values = (self.numbers(next(parts)) for _ in range(3))
        if len(shape) != 2 or 8 * math.prod(shape) > opening.MOST_UNPACKED:
            return Opaque()
        full = np.zeros(shape)
        counts = starts[1:].astype(np.int64) - starts[:-1]
        columns = np.repeat(np.arange(shape[1]), counts)
        full[rows[: len(columns)], columns] = values[: len(columns)]
        return full


def _in_shape(values: npt.NDArray[Any], shape: tuple[int, ...]) -> npt.NDArray[Any]:
    """Reshape values, which are in column-major order; raise if their number is wrong."""
    if len(values) != math.prod(shape):
        raise ValueError(
            f"a variable has {len(values)} values, but its shape is {' x '.join(map(str, shape))}"
        )
    return values.reshape(shape, order="F")
