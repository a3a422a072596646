"""The variables in a MATLAB file of version 5 to 7, read with NumPy.

A file is a header of 128 bytes and a sequence of elements: a tag with type and length, then that many bytes, padded to
a multiple of 8.  A variable is an element of type matrix, whose content is again a sequence of elements: its class, its
shape, its name, its values; in version 7 each variable is compressed separately.  Source: "MAT-File Format", The
MathWorks, chapter 1.

scipy.io.loadmat is not used because one changed bit, or cells nested 20 000 deep, can crash the process.  Here every
length is checked against the size of the content, and content that cannot be a column, such as cells in cells, is
skipped.
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
_LETTERS = {1: "latin-1", 2: "latin-1", 4: "utf-16", 16: "utf-8", 17: "utf-16", 18: "utf-32"}
_CELL, _STRUCTURE, _CHARACTERS, _SPARSE = 1, 2, 4, 5
_OBJECTS = (3, 16, 17)  # an object, a function, and types that only MATLAB can read
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
    """A placeholder for values that cannot be in a column: cells in cells, structures in cells."""


@dataclass(frozen=True)
class _Element:
    """An element: its type and its bytes."""

    kind: int
    content: _Content


def read_variables(path: Path, name: str) -> dict[str, Any]:
    """Read the variables of a file.

    Parameters
    ----------
    path : Path
        The file.
    name : str
        Its name in messages.

    Returns
    -------
    dict of str to ndarray or mapping
        Numbers and truth values in their shape in MATLAB; rows of characters as str, (rows, 1); cells as object arrays
        of these; a structure as a dict of its fields.

    Raises
    ------
    InvalidInput
        If the file is damaged, unpacks to more than `opening.MOST_UNPACKED` bytes, or contains objects of MATLAB.
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
        reason = " ".join(str(error).split())[:200] or "it ends too early"
        raise InvalidInput(
            f"{name} is a MATLAB file that is damaged or cannot be read ({reason}); "
            "save it again with save(..., '-v7')"
        ) from None
    return variables


class _Reader:
    """A reader of elements; damaged ones raise a ValueError or the like.

    Parameters
    ----------
    order : str
        Byte order, "<" or ">".
    name : str
        The file's name in messages.
    """

    def __init__(self, order: str, name: str) -> None:
        self.order, self.name = order, name
        self.left = opening.MOST_UNPACKED  # bytes

    def top_level(self, file: Any, size: int) -> Iterator[_Content]:
        """The content of each variable, unpacked."""
        while tag := file.read(8):
            kind, length = struct.unpack(f"{self.order}II", tag)
            if file.tell() + length > size:
                raise ValueError("it ends too early")
            content = file.read(length)
            if kind == _COMPRESSED:
                kind, content = self._unpacked(content)
            if kind == _MATRIX:
                yield memoryview(content)

    def _unpacked(self, content: bytes) -> tuple[int, bytes]:
        """Type and content of the element in a compressed one, whose length is checked."""
        unpacker = zlib.decompressobj()
        kind, length = struct.unpack(f"{self.order}II", unpacker.decompress(content, 8))
        self.left -= length
        if self.left < 0:
            raise InvalidInput(
                f"{self.name} unpacks to more than {opening.MOST_UNPACKED / 2**30:.3g} GiB; save fewer variables, or "
                "write the table with writetable"
            )
        unpacked = unpacker.decompress(unpacker.unconsumed_tail, length + 1)
        if len(unpacked) != length or not unpacker.eof:
            raise ValueError("a variable is shorter or longer than stated")
        return kind, unpacked

    def elements(self, content: _Content) -> Iterator[_Element]:
        """A sequence of elements."""
        place = 0
        while place + 8 <= len(content):
            kind, length = struct.unpack_from(f"{self.order}II", content, place)
            start = place + 8
            if kind >> 16:  # up to four bytes are in the tag itself
                kind, length, start = kind & 0xFFFF, kind >> 16, place + 4
                place += 8
            else:
                place = start + length + -length % 8
            if start + length > len(content):
                raise ValueError("it ends too early")
            yield _Element(kind, content[start : start + length])

    def matrix(self, content: _Content, *, depth: int = 0) -> tuple[str, Any]:
        """Name and value of a matrix."""
        if not len(content):
            return "", np.empty((0, 0))
        parts = self.elements(content)
        flags = int(self.numbers(next(parts))[0])
        if flags % 256 in _OBJECTS:
            raise InvalidInput(
                f"{self.name} contains an object of MATLAB, such as a table or a string array, which other programs "
                "cannot read; write the table with writetable(T, 'data.csv'), or save its columns as vectors"
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
        """The values of an element of numbers; their type may be smaller than that of their class."""
        return np.frombuffer(element.content, dtype=self.order + _TYPES[element.kind])

    def _rows_of_text(self, shape: tuple[int, ...], element: _Element) -> npt.NDArray[np.object_]:
        if not math.prod(shape):
            return np.empty((0, 0), dtype=object)
        encoding = _LETTERS[element.kind]
        if encoding in ("utf-16", "utf-32"):
            encoding += "-le" if self.order == "<" else "-be"
        letters = np.array([*bytes(element.content).decode(encoding, "replace")], dtype=object)
        rows = _in_shape(letters, shape).reshape(shape[0], -1)
        texts = np.empty((shape[0], 1), dtype=object)
        texts[:, 0] = ["".join(row).rstrip() for row in rows]  # MATLAB pads rows with blanks
        return texts

    def _cells(self, shape: tuple[int, ...], parts: Iterator[_Element]) -> npt.NDArray[np.object_]:
        values = [self.matrix(part.content, depth=1)[1] for part in parts if part.kind == _MATRIX]
        cells = np.empty(len(values), dtype=object)
        for place, value in enumerate(values):
            cells[place] = value
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
        """Whether an element is a cell array, which as a field of a structure is a column of text."""
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
    """The values in their shape, in column-major order."""
    if len(values) != math.prod(shape):
        raise ValueError(
            f"a variable has {len(values)} values in a shape of {' x '.join(map(str, shape))}"
        )
    return values.reshape(shape, order="F")
