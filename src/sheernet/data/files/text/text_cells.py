"""The cells of a text file as columns of text, parsed once: by pyarrow, or without it by the same grammar in Python."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property, partial
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from sheernet.data.files.text.encodings import Text
from sheernet.data.files.text.text_layout import TextLayout, irregular_row
from sheernet.data.files.text.tokens import Quoted, filtered, rows_of
from sheernet.foundation.errors import InvalidInput

try:
    import pyarrow
    import pyarrow.compute
    import pyarrow.csv
except ImportError:
    pyarrow = None

S = TypeVar("S")
T = TypeVar("T")
_BLANKS = " \t\n\r\v\f\xa0"
LEADING_ZERO = r"^[-+]?0[0-9]"
_NO_PLAIN_NUMBER = LEADING_ZERO + r"|[xX]|^[0-9]+[eE][0-9]{1,2}$|^\+[0-9]{7,}$|^[-+]?[0-9]{19,}$"
"""Digits that may be codes: with leading zeros, hexadecimal, as 1E3, of a telephone, or more than 64 bits hold."""
_DOUBTFUL = r"^-?[1-9][0-9]{0,2}[.,][0-9]{3}$"
"""A number whose mark may be decimal or separate thousands."""
_LARGEST_EXACT = 2**53
_NINETEEN_DIGITS = 1e18
_SMALL = 2**20
"""Number of bytes of a file up to which threads would take longer."""
_HEAD = 1000
"""Number of cells that show, for most columns, what they are."""


class TextColumn:
    """A column of text.

    Parameters
    ----------
    array : pyarrow.ChunkedArray of string, or ndarray of object, (N,)
        The text of each cell, without spaces around it; missing ones are null or None.
    """

    def __init__(self, array: Any) -> None:
        self.array = array

    def __len__(self) -> int:
        return len(self.array)

    @cached_property
    def distinct(self) -> tuple[npt.NDArray[np.int64], list[str]]:
        """The index of each row's text, (N,), -1 if it is missing, and the distinct texts."""
        if pyarrow is not None and not isinstance(self.array, np.ndarray):
            coded = pyarrow.compute.dictionary_encode(self.array).combine_chunks()
            if isinstance(coded, pyarrow.ChunkedArray):
                coded = coded.chunk(0)
            codes = coded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
            return codes.astype(np.int64), coded.dictionary.to_pylist()
        numbers: dict[str, int] = {}
        codes = np.array(
            [-1 if c is None else numbers.setdefault(c, len(numbers)) for c in self.array],
            dtype=np.int64,
        )
        return codes, list(numbers)

    def objects(self) -> npt.NDArray[np.object_]:
        """Return the texts, (N,), nan if missing; equal ones are one object."""
        codes, labels = self.distinct
        return np.array([*labels, np.nan], dtype=object)[codes]

    def matches(self, pattern: str) -> bool:
        """Whether the pattern is found in a cell."""
        if pyarrow is None or isinstance(self.array, np.ndarray):
            return any(re.search(pattern, text) for text in self.distinct[1])
        return _any(pyarrow.compute.match_substring_regex(self.array, pattern))

    def without(self, words: Sequence[str]) -> TextColumn | None:
        """Return the column with these words as missing values; None if no cell is one."""
        if pyarrow is None or isinstance(self.array, np.ndarray):
            cells = [None if cell in words else cell for cell in self.array]
            other = TextColumn(np.array([*cells, None], dtype=object)[:-1])
            return (
                other if any(a is not b for a, b in zip(cells, self.array, strict=True)) else None
            )
        known = pyarrow.compute.is_in(self.array, value_set=pyarrow.array(words, pyarrow.string()))
        return TextColumn(pyarrow.compute.if_else(known, None, self.array)) if _any(known) else None

    def numbers(self, decimal: str, *, is_sure: bool = False) -> npt.NDArray[Any] | None:
        """Convert to int64 or, with fractions or missing values, to float64, (N,).

        Return None if a cell is not a number with this decimal mark and without any other, or if its digits may be a
        code or its mark may separate thousands, unless `is_sure`.
        """
        if pyarrow is None or isinstance(self.array, np.ndarray):
            if not is_sure and self.matches(_NO_PLAIN_NUMBER):
                return None
            return self._numbers_in_python(decimal, is_sure=is_sure)
        compute, array = pyarrow.compute, self.array
        may_be_codes = not is_sure and any(map(_begin_like_codes, array.chunks))
        whole = _cast(array, pyarrow.int64())
        if whole is not None:
            may_be_codes |= not is_sure and any(map(_have_x, array.chunks))
            return None if may_be_codes and self.matches(_NO_PLAIN_NUMBER) else self._whole(whole)
        if decimal == ",":
            if _any(compute.match_substring(array, ".")):
                return None
            array = compute.replace_substring(array, ",", ".")
        found = _cast(array, pyarrow.float64())
        if found is None:
            return None
        values: npt.NDArray[Any] = found.to_numpy()
        if is_sure:
            return values
        may_be_codes |= any(map(_have_exponents, array.chunks))
        may_be_codes |= bool(np.nanmax(np.abs(values), initial=0.0) >= _NINETEEN_DIGITS)
        if may_be_codes and self.matches(_NO_PLAIN_NUMBER):
            return None
        is_sure = _shows_decimal(array[:_HEAD]) or _shows_decimal(array)
        return values if is_sure or not _any(compute.match_substring(array, ".")) else None

    @staticmethod
    def _whole(whole: Any) -> npt.NDArray[Any] | None:
        """Return whole numbers; None if float64 does not hold them all."""
        ends = pyarrow.compute.min_max(whole)
        low, high = ends["min"].as_py(), ends["max"].as_py()
        if low is not None and max(-low, high) > _LARGEST_EXACT:
            return None
        values: npt.NDArray[Any] = (
            whole.cast(pyarrow.float64()).to_numpy() if whole.null_count else whole.to_numpy()
        )
        return values

    def _numbers_in_python(self, decimal: str, *, is_sure: bool) -> npt.NDArray[Any] | None:
        codes, labels = self.distinct
        number = re.compile(
            rf"[-+]?(?:\d+\{decimal}?\d*|\{decimal}\d+)(?:[eE][-+]?\d+)?|(?i:-?inf|-?nan)", re.A
        )
        if not all(map(number.fullmatch, labels)):
            return None
        marked = [text for text in labels if decimal in text]
        if marked and not is_sure and all(re.match(_DOUBTFUL, text) for text in marked):
            return None
        is_whole = all(re.fullmatch(r"[-+]?\d+", text) for text in labels)
        if is_whole and any(abs(int(text)) > _LARGEST_EXACT for text in labels):
            return None
        if is_whole and (codes >= 0).all():
            return np.array([int(text) for text in labels], dtype=np.int64)[codes]
        return np.array([*(float(text.replace(",", ".")) for text in labels), np.nan])[codes]


def read_columns(text: Text, layout: TextLayout, missing: Sequence[str] = ()) -> list[TextColumn]:
    """Parse the rows of a text.

    Parameters
    ----------
    text : Text
        The file.
    layout : TextLayout
        Its layout.
    missing : sequence of str
        Texts that are missing values unless they are in quotation marks.  If there are none, cells keep their text.

    Raises
    ------
    InvalidInput
        If a row has more or fewer cells than the table.
    """
    has_quotes = b'"' in text.data
    data = _below(text.data, layout.top) if has_quotes or pyarrow is None else text.data
    data, separator = filtered(data, layout.separator, layout.marks)
    # Marks that are not in pairs are ordinary characters in some cell, of which pyarrow does not know.
    is_odd = has_quotes and data.count(b'"') % 2
    if pyarrow is None or is_odd or not separator.isascii():
        return _in_python(data, separator, text, layout, missing)
    return _by_pyarrow(data, separator, text, layout, missing)


def for_each(function: Callable[[S], T], items: Iterable[S], n_bytes: int) -> list[T]:
    """Return the results for columns of a file of this size, in threads if it is large."""
    if n_bytes <= _SMALL:
        return list(map(function, items))
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(function, items))


def columns_of_rows(rows: Sequence[Sequence[str]], missing: Sequence[str]) -> list[TextColumn]:
    """Return the columns of rows of equal length."""
    words = frozenset(missing)

    def value(cell: str) -> str | None:
        bare = cell.strip(_BLANKS)
        is_missing = words and (not bare or (bare in words and not isinstance(cell, Quoted)))
        return None if is_missing else (bare if words else cell)

    return [
        TextColumn(np.array([value(cell) for cell in column] + [None], dtype=object)[:-1])
        for column in zip(*rows, strict=True)
    ]


def _below(data: bytes, n_lines: int) -> bytes:
    """Return a text without its first lines."""
    start = 0
    for _ in range(n_lines):
        start = data.find(b"\n", start) + 1
    return data[start:] if start else data


def _in_python(
    data: bytes, separator: str, text: Text, layout: TextLayout, missing: Sequence[str]
) -> list[TextColumn]:
    rows = []
    for line, cells in rows_of(data.decode(), separator):
        if len(cells) != layout.n_cells:
            if not any(map(str.strip, cells)):
                continue
            raise irregular_row(text.name, layout.top + line, len(cells), layout)
        rows.append(cells[: len(layout.names)])
    return columns_of_rows(rows, missing)


def _by_pyarrow(
    data: bytes, separator: str, text: Text, layout: TextLayout, missing: Sequence[str]
) -> list[TextColumn]:
    wrong = list[tuple[str, int]]()

    def handle(row: Any) -> str:
        if row.text.strip(f"{_BLANKS}{separator}"):
            wrong.append((row.text, row.actual_columns))
            return "error"
        return "skip"

    names = [str(j) for j in range(layout.n_cells)]
    has_marks = b'"' in text.data
    csv = pyarrow.csv
    try:
        table = csv.read_csv(
            pyarrow.BufferReader(data),
            read_options=csv.ReadOptions(
                column_names=names, skip_rows=0 if has_marks else layout.top, block_size=2**24
            ),
            parse_options=csv.ParseOptions(
                delimiter=separator, newlines_in_values=has_marks, invalid_row_handler=handle
            ),
            convert_options=csv.ConvertOptions(
                column_types=dict.fromkeys(names, pyarrow.string()),
                strings_can_be_null=bool(missing),
                quoted_strings_can_be_null=layout.is_quoted,
                null_values=[*missing, ""] if missing else [],
            ),
        )
    except pyarrow.ArrowInvalid as error:
        if wrong:
            row, n_cells = wrong[0]
            above = layout.top if has_marks else 0
            line = 1 + above + data.count(b"\n", 0, data.find(row.encode()))
            raise irregular_row(text.name, line, n_cells, layout) from None
        raise InvalidInput(
            f"{text.name} cannot be read as CSV: {str(error).splitlines()[0]}"
        ) from None
    if not missing:
        return [TextColumn(column) for column in table.columns[: len(layout.names)]]
    columns = table.columns[: len(layout.names)]
    return list(map(TextColumn, for_each(partial(_trimmed, missing=missing), columns, len(data))))


def _trimmed(column: Any, missing: Sequence[str]) -> Any:
    """Return a column without spaces around its cells; words for missing values that show so, and "", are missing."""
    compute = pyarrow.compute
    if not any(map(_may_have_blanks, column.chunks)):
        return column
    bare = compute.utf8_trim(column, characters=_BLANKS)
    words = pyarrow.array([*missing, ""], pyarrow.string())
    is_missing = compute.and_(compute.not_equal(bare, column), compute.is_in(bare, value_set=words))
    is_missing = compute.or_kleene(is_missing, compute.equal(bare, ""))
    return compute.if_else(is_missing, None, bare)


def _any(mask: Any) -> bool:
    return bool(pyarrow.compute.any(mask, min_count=0).as_py())


def _cast(array: Any, dtype: Any) -> Any:
    """Convert texts to numbers; None if one is not a number."""
    try:
        pyarrow.compute.cast(array[:_HEAD], dtype)
        return pyarrow.compute.cast(array, dtype)
    except pyarrow.ArrowInvalid:
        return None


def _shows_decimal(array: Any) -> bool:
    """Whether a number has a point that cannot separate thousands."""
    marked = pyarrow.compute.match_substring(array, ".")
    doubtful = pyarrow.compute.match_substring_regex(array, _DOUBTFUL)
    return _any(pyarrow.compute.and_not(marked, doubtful))


def _bytes_of(chunk: Any) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int32]]:
    """Return the bytes of texts in UTF-8, and the N + 1 positions between which each text is."""
    _, positions, data = chunk.buffers()
    bounds = np.frombuffer(positions, np.int32)[chunk.offset : chunk.offset + len(chunk) + 1]
    return np.frombuffer(data or b"", np.uint8), bounds


def _begin_like_codes(chunk: Any) -> bool:
    """Whether a text begins with + or, behind its sign, with a zero and another digit."""
    data, bounds = _bytes_of(chunk)
    if not len(data):
        return False
    starts, lengths = bounds[:-1], np.diff(bounds)
    first, second, third = (data[np.minimum(starts + i, len(data) - 1)] for i in range(3))
    signed = first == ord("-")
    zero, digit = np.where(signed, second, first), np.where(signed, third, second)
    is_code = (zero == ord("0")) & (digit - ord("0") < 10) & (lengths > 1 + signed)  # unsigned
    return bool(is_code.any() or ((first == ord("+")) & (lengths > 0)).any())


def _have_exponents(chunk: Any) -> bool:
    """Whether a text has an exponent without a sign, which programs do not write."""
    data, bounds = _bytes_of(chunk)
    data = data[bounds[0] : bounds[-1]]
    return bool((((data[:-1] & 0xDF) == ord("E")) & (data[1:] - ord("0") < 10)).any())


def _have_x(chunk: Any) -> bool:
    """Whether a text has an x, as hexadecimal numbers have."""
    data, bounds = _bytes_of(chunk)
    return bool(((data[bounds[0] : bounds[-1]] & 0xDF) == ord("X")).any())


def _may_have_blanks(chunk: Any) -> bool:
    """Whether a text is empty, or begins or ends with a space or a character beyond ASCII that may be one."""
    data, bounds = _bytes_of(chunk)
    filled = bounds[:-1] < bounds[1:]
    if len(chunk) - np.count_nonzero(filled) > chunk.null_count:
        return True
    first, last = data[bounds[:-1][filled]], data[bounds[1:][filled] - 1]
    return bool(((first <= ord(" ")) | (first == 0xC2) | (last <= ord(" ")) | (last == 0xA0)).any())
