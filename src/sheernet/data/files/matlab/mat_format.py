"""Decoding the variables in a MATLAB file of version 4 to 7 (.mat), with NumPy only.

Files of version 4 are decoded by `mat4_format`.  Another file consists of a header of 128 bytes and a sequence of
elements.  An element is a tag with type and length, followed by that many bytes, padded to a multiple of 8.  A variable
is an element of type matrix, whose content is a sequence of elements: class, shape, name, values.  In version 7, each
variable is compressed separately.  Source: "MAT-File Format", The MathWorks, chapter 1.

scipy.io.loadmat is not used because one changed bit, or cells nested 20,000 deep, can crash the process.  Here every
length is checked against the size of the content, and content that cannot be a column, such as cells in cells or
structures more than `MOST_LEVELS` deep, is not decoded.
"""

from __future__ import annotations

import math
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from sheernet.data.files.matlab.mat4_format import read_matrices
from sheernet.data.files.matlab.stored_arrays import BYTES_OF_CELL, in_shape, rows_of_text
from sheernet.data.files.opening import Allowance, Opened
from sheernet.data.files.signatures import is_matlab_4
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.sentences import in_quotes

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
_OBJECTS = (3, 16)  # objects of old classes, and functions
_OPAQUE = 17  # objects of new classes, such as tables and strings
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
_LOGICAL, _COMPLEX = 2**9, 2**11
MOST_LEVELS = 8
"""Maximum depth of structures whose fields are decoded."""
_DAMAGE = (
    ArithmeticError,
    EOFError,
    LookupError,
    RuntimeError,
    StopIteration,
    TypeError,
    ValueError,
    struct.error,
    zlib.error,
)
"""Errors of decoding a damaged file; RuntimeError if an iterator of elements ended within another one."""
_Content = memoryview


class Opaque:
    """A placeholder for values that cannot be in a column, such as cells or structures in cells."""


class StructureArray(dict[str, Any]):
    """The fields of a structure array, each an object array with its shape."""


class MatlabObject:
    """A placeholder for tables, strings and other objects of MATLAB, which are not decoded."""


@dataclass(frozen=True)
class _Element:
    """An element: its type and its bytes."""

    kind: int
    content: _Content


def read_variables(file: Opened) -> dict[str, Any]:
    """Read the variables in a MATLAB file.

    Returns
    -------
    dict of str to ndarray, mapping, Opaque or MatlabObject
        Arrays of numbers and Booleans have their shape in MATLAB; the rows of a character array are str, (rows, 1); a
        cell array is an object array of these; a structure is a dict of its fields, which may be structures, and a
        structure array a `StructureArray`.

    Raises
    ------
    InvalidInput
        If the file is damaged, or needs more memory than an `opening.Allowance` for its size.
    """
    variables: dict[str, Any] = {}
    try:
        with file.path.open("rb") as content:
            for variable, value in _stored(content, file):
                if variable in variables:
                    raise ValueError(f"it has two variables {in_quotes(variable)}")
                if variable:  # MATLAB's internal variable has no name
                    variables[variable] = value
    except InvalidInput:
        raise
    except _DAMAGE as error:
        reason = " ".join(str(error).split())[:200] or "it is truncated"
        raise InvalidInput(
            f"{file.name} is a MATLAB file that is damaged or cannot be read ({reason}); "
            "save it again with save(..., '-v7')"
        ) from None
    return variables


def _stored(content: BinaryIO, file: Opened) -> Iterator[tuple[str, Any]]:
    """Yield name and value of each variable in the file."""
    header, size, allowance = content.read(_HEADER), file.path.stat().st_size, Allowance(file)
    if is_matlab_4(header):
        content.seek(0)
        yield from read_matrices(content, size, allowance)
        return
    reader = _Reader({b"IM": "<", b"MI": ">"}[header[126:128]], allowance)
    for element in reader.top_level(content, size):
        yield reader.matrix(element)


class _Reader:
    """A decoder of elements; damaged elements raise one of the errors that `read_variables` catches.

    Parameters
    ----------
    order : str
        Byte order, "<" or ">".
    allowance : Allowance
        Bytes that may still be unpacked and decoded.
    """

    def __init__(self, order: str, allowance: Allowance) -> None:
        self.order, self.allowance = order, allowance

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
        self.allowance.unpack(length)
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

    def matrix(
        self, content: _Content, *, in_cell: bool = False, level: int = 0
    ) -> tuple[str, Any]:
        """Decode the name and the value of a matrix."""
        if not len(content):
            return "", np.empty((0, 0))
        parts = self.elements(content)
        flags, *n_stored = map(int, self.numbers(next(parts)))
        number = flags % 256
        if number == _OPAQUE:  # such a variable has no shape
            return bytes(next(parts).content).decode("latin-1"), MatlabObject()
        shape = tuple(int(n) for n in self.numbers(next(parts)))
        if len(shape) < 2 or min(shape) < 0:
            raise ValueError("a variable has no shape")
        name = bytes(next(parts).content).decode("latin-1")
        if number in _CLASSES and flags & _LOGICAL and any(n_stored):
            # Octave gives a sparse logical matrix the class of its values.  A full one has one part: its values.
            values = list(parts)
            parts = iter(values)
            if len(values) > 1:
                return name, self._sparse(flags, shape, parts)
        return name, self._value(flags, shape, parts, in_cell=in_cell, level=level)

    def _value(
        self,
        flags: int,
        shape: tuple[int, ...],
        parts: Iterator[_Element],
        *,
        in_cell: bool,
        level: int,
    ) -> Any:
        number = flags % 256
        if number in _OBJECTS:
            return MatlabObject()
        if number == _CELL:
            return Opaque() if in_cell else self._cells(shape, parts)
        if number == _STRUCTURE:
            is_opaque = in_cell or level == MOST_LEVELS or not math.prod(shape)
            return Opaque() if is_opaque else self._fields(shape, parts, level + 1)
        if number == _CHARACTERS:
            return self._text(shape, next(parts))
        if number == _SPARSE:
            return self._sparse(flags, shape, parts)
        values = self._real_or_complex(flags, parts)
        return in_shape(values.astype(bool) if flags & _LOGICAL else values, shape)

    def _real_or_complex(self, flags: int, parts: Iterator[_Element]) -> npt.NDArray[Any]:
        """Decode the values of an array, (n,), and its imaginary part if it has one."""
        number = flags % 256
        values = self.numbers(next(parts))
        dtype = np.dtype(_CLASSES.get(number, "f8"))
        self.allowance.decode(values.size * dtype.itemsize)
        if not flags & _COMPLEX:
            try:
                with np.errstate(invalid="raise"):
                    return values.astype(dtype)
            except FloatingPointError:
                raise ValueError(f"a variable of class {dtype} has numbers outside of it") from None
        return values.astype(np.complex128) + 1j * self.numbers(next(parts))

    def numbers(self, element: _Element) -> npt.NDArray[Any]:
        """Decode a numeric element; its type may be smaller than the type of the variable's class."""
        return np.frombuffer(element.content, dtype=self.order + _TYPES[element.kind])

    def _text(self, shape: tuple[int, ...], element: _Element) -> npt.NDArray[np.object_]:
        encoding = _TEXT_ENCODINGS[element.kind]
        if encoding in ("utf-16", "utf-32"):
            encoding += "-le" if self.order == "<" else "-be"
        text = bytes(element.content).decode(encoding, "replace")
        return rows_of_text(text, shape, self.allowance)

    def _cells(self, shape: tuple[int, ...], parts: Iterator[_Element]) -> npt.NDArray[np.object_]:
        values = []
        for part in parts:
            if part.kind == _MATRIX:
                self.allowance.decode(BYTES_OF_CELL)
                values.append(self.matrix(part.content, in_cell=True)[1])
        return in_shape(_objects(values), shape)

    def _fields(
        self, shape: tuple[int, ...], parts: Iterator[_Element], level: int
    ) -> dict[str, Any]:
        """Decode the fields of a structure, or of a structure array, whose elements follow each other."""
        length = int(self.numbers(next(parts))[0])
        joined = bytes(next(parts).content)
        if length < 1:
            raise ValueError("a structure has no names")
        names = [
            joined[i : i + length].partition(b"\0")[0].decode("latin-1")
            for i in range(0, len(joined), length)
        ]
        if len(set(names)) < len(names):
            raise ValueError("a structure has two fields of one name")
        is_array = math.prod(shape) > 1
        values = []
        for part in parts:
            if is_array:
                self.allowance.decode(BYTES_OF_CELL)
            values.append(self.matrix(part.content, in_cell=is_array, level=level)[1])
        if not is_array:
            return dict(zip(names, values, strict=True))
        return StructureArray(
            (name, in_shape(_objects(values[j :: len(names)]), shape))
            for j, name in enumerate(names)
        )

    def _sparse(self, flags: int, shape: tuple[int, ...], parts: Iterator[_Element]) -> Any:
        """Decode a sparse matrix as a full one, which may be far larger than the file."""
        rows, starts = (self.numbers(next(parts)).astype(np.int64) for _ in range(2))
        values = self._real_or_complex(flags, parts)
        counts = np.diff(starts)
        n_stored = int(starts[-1])
        if (
            len(shape) != 2
            or len(counts) != shape[1]
            or (counts < 0).any()
            or not 0 == starts[0] <= n_stored <= min(len(rows), len(values))
            or (rows < 0).any()
        ):
            raise ValueError("a sparse matrix is inconsistent")
        self.allowance.decode(math.prod(shape) * values.itemsize)
        full = np.zeros(shape, dtype=bool if flags & _LOGICAL else values.dtype)
        full[rows[:n_stored], np.repeat(np.arange(shape[1]), counts)] = values[:n_stored]
        return full


def _objects(values: list[Any]) -> npt.NDArray[np.object_]:
    """Return values, which may be arrays, as an array of objects, (n,)."""
    objects = np.empty(len(values), dtype=object)
    for position, value in enumerate(values):
        objects[position] = value
    return objects
