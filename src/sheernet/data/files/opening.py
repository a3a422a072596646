"""Opening a file that contains a table: recognizing its type by its content, and unpacking compressed files.

Compressed files are unpacked chunk by chunk into the system's temporary folder, up to `MOST_UNPACKED` bytes, because a
small file can unpack to more bytes than fit on the disk.
"""

from __future__ import annotations

import errno
import importlib
import re
import stat
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from sheernet.data.files import signatures
from sheernet.data.tables.column_names import listed_names
from sheernet.foundation.atomic_files import cannot_read
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.memory import in_words
from sheernet.foundation.message_text import cut_in_the_middle
from sheernet.foundation.missing_files import no_file
from sheernet.foundation.sentences import LONGEST, in_quotes

MOST_UNPACKED = 2**30
"""Maximum number of bytes of an unpacked file."""
SMALL_UNPACKED, SMALL_DECODED = 2**26, 2**28
"""Numbers of bytes to which any file may unpack, and that its table may need in memory."""
PROPORTION = 200
"""Larger files may unpack to this many times their size, and their tables may need as much memory.  Compression
rarely reduces tables of numbers or text to less than a fiftieth of their size."""
MOST_COLUMNS = 2**16
"""Maximum number of columns of a table in a file that is not text."""
CHUNK = 2**20
COMPRESSIONS = {
    ".gz": signatures.GZIP,
    ".bz2": signatures.BZIP2,
    ".xz": signatures.XZ,
    ".zip": signatures.ZIP,
    ".zst": signatures.ZSTANDARD,
}
"""File extensions of compressed files, and the type that each implies."""
_TYPES = {
    **dict.fromkeys(
        (".xlsx", ".xlsm", ".xls"), ("an Excel workbook", "save it again as .xlsx or as CSV")
    ),
    ".ods": ("an OpenDocument spreadsheet", "save it again as .ods or as CSV"),
    ".parquet": ("a Parquet file", "write it again"),
    ".mat": ("a MATLAB file of version 4 to 7", "save it again with save(..., '-v7')"),
}
"""Other file extensions, the type that each implies, and the advice if a file is not of that type."""
_ADDED = re.compile(r"(^|/)(__MACOSX/|\._|(\.DS_Store|Thumbs\.db|desktop\.ini)$)")
"""Files in an archive that the file managers of macOS and Windows add."""
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
TEXT, EXCEL, OPEN_DOCUMENT = "text", "Excel", "OpenDocument"
_EXTENSIONS = {
    EXCEL: ".xlsx",
    OPEN_DOCUMENT: ".ods",
    signatures.PARQUET: ".parquet",
    signatures.MATLAB: ".mat",
}
"""The usual file extension of each type that is not text."""


@dataclass(frozen=True)
class Opened:
    """A file that exists, can be read and is not empty.

    Parameters
    ----------
    path : Path
        The file, or its unpacked copy.
    name : str
        The name of the file in messages, without the folder.
    form : str
        File type: TEXT, EXCEL, OPEN_DOCUMENT, signatures.PARQUET or signatures.MATLAB.
    compression : str
        Type of compression, such as "gzip"; "" if the file is not compressed.
    """

    path: Path
    name: str
    form: str
    compression: str = ""


def noun_of(file: Opened) -> str:
    """Return what a file is by its first bytes: "an Excel workbook"."""
    if file.compression:
        return f"a file compressed with {file.compression}"
    return "a text file" if file.form == TEXT else _TYPES[_EXTENSIONS[file.form]][0]


def require_few_columns(n_columns: int, where: str) -> None:
    """Raise InvalidInput if a file has more columns than a table may have."""
    if n_columns > MOST_COLUMNS:
        raise InvalidInput(
            f"{where} has {n_columns:,} columns, more than the maximum of {MOST_COLUMNS:,}; write fewer columns"
        )


class Allowance:
    """Counts the bytes that a reader needs for a file, and refuses a file that needs far more than its size.

    A small file can describe a huge table by runs of equal values, sparse matrices, or strings that many rows share.
    Readers call `unpack` and `decode` before they allocate memory.

    Parameters
    ----------
    file : Opened
        The file.
    """

    def __init__(self, file: Opened) -> None:
        size = file.path.stat().st_size
        self._name = file.name
        self._most_unpacked = self._unpacked = most_unpacked(size)
        self._most_decoded = self._decoded = max(SMALL_DECODED, PROPORTION * size)

    def unpack(self, n_bytes: int) -> None:
        """Count bytes of unpacked content; raise InvalidInput if they are too many."""
        self._unpacked -= n_bytes
        self._require("unpacks to", self._unpacked, self._most_unpacked)

    def decode(self, n_bytes: int) -> None:
        """Count bytes of arrays and Python objects; raise InvalidInput if they are too many."""
        self._decoded -= n_bytes
        self._require("needs memory of", self._decoded, self._most_decoded)

    def _require(self, verb: str, left: int, most: int) -> None:
        if left < 0:
            raise InvalidInput(
                f"{self._name} {verb} more than {in_words(most)}, out of proportion to its size; save only the columns "
                "of the table, or save it as CSV"
            )


def most_unpacked(packed: int) -> int:
    """Return the number of bytes to which a number of compressed bytes may unpack."""
    return min(MOST_UNPACKED, max(SMALL_UNPACKED, PROPORTION * packed))


@contextmanager
def opened(path: Path) -> Iterator[Opened]:
    """Recognize the type of a file and unpack it; the unpacked copy is deleted on exit.

    Raises
    ------
    InvalidInput
        If the file does not exist, cannot be read, is empty or damaged, or is not a table.
    """
    start = _start(path)
    compression = signatures.type_by_signature(start, signatures.COMPRESSED)
    if compression == signatures.ZIP:
        members = _members(path)
        form = _form_of_archive(members, path.name)
        if form:
            yield Opened(path, path.name, form)
            return
    if not compression:
        form = _form(start, path.name, path.suffix)
        yield Opened(path, path.name, form)
        return
    with tempfile.TemporaryDirectory(prefix="sheernet-") as folder:
        unpacked = Path(folder) / "unpacked"
        _unpack(path, compression, unpacked)
        inner = Path(path.stem).suffix if path.suffix.lower() in COMPRESSIONS else ""
        yield Opened(
            unpacked,
            path.name,
            _form(_start(unpacked, path), path.name, inner),
            compression,
        )


def _start(path: Path, named: Path | None = None) -> bytes:
    """Return the first bytes of a file; raise InvalidInput if it is missing, unreadable, empty or a folder."""
    named = named or path
    try:
        mode = path.stat().st_mode
        start = b""
        if stat.S_ISREG(mode):  # opening a pipe would block
            with path.open("rb") as file:
                start = file.read(signatures.LONGEST)
    except (FileNotFoundError, NotADirectoryError):
        raise no_file(path, str(named)) from None
    except (OSError, ValueError) as error:  # ValueError: the path contains a NUL character
        raise cannot_read(named, error) from None
    if stat.S_ISDIR(mode):
        # pathlib converts an empty path, as from an unset shell variable, to ".".
        empty = " (an empty path means the current folder)" if str(named) == "." else ""
        raise InvalidInput(f"{in_quotes(str(named))} is a folder{empty}; give the name of a file")
    if not stat.S_ISREG(mode):
        raise InvalidInput(
            f"{in_quotes(str(named))} is a pipe or a device; save its output to a file and give the name of that file"
        )
    if not start:
        raise InvalidInput(
            f"{in_quotes(str(named))} is empty; a table needs a header and at least one row of values"
        )
    return start


def _form_of_archive(members: list[str], name: str) -> str:
    """Return the type of a ZIP archive that is a workbook, or ""; raise if it is another document."""
    if "xl/workbook.xml" in members:
        return EXCEL
    if {"content.xml", "mimetype"} <= set(members):
        return OPEN_DOCUMENT
    if signatures.BINARY_WORKBOOK in members:
        noun, advice = "a binary Excel workbook (.xlsb)", "save it as .xlsx or as CSV"
        raise _unreadable_error(name, noun, advice)
    return ""


def _unreadable_error(name: str, noun: str, advice: str) -> InvalidInput:
    return InvalidInput(f"{name} is {noun}, which cannot be read as a table; {advice}")


def _form(start: bytes, name: str, extension: str) -> str:
    """Return the type of a table by its content; raise if the file extension implies another type.

    `start` are the first bytes of the file, and `name` and `extension` those that it had before unpacking.
    """
    found = signatures.unreadable_type(start)
    if found is None and signatures.type_by_signature(start, signatures.COMPRESSED):
        found = "compressed twice", "unpack it and give the file that contains the table"
    if found is not None:
        raise _unreadable_error(name, *found)
    form = signatures.type_of_table(start)
    implied = _TYPES.get(extension.lower())
    if not form and implied:
        raise InvalidInput(
            f"{name} is not {implied[0]} or is damaged; {implied[1]}, or give it the file extension of its type"
        )
    return form or TEXT


def _members(path: Path) -> list[str]:
    """Return the names of the files in a ZIP archive; raise if their total size unpacked is too large."""
    try:
        with zipfile.ZipFile(path) as archive:
            files = _files_in(archive)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        name = f"{path.name}, by its first bytes a ZIP archive such as an Excel workbook,"
        raise _damaged_error(name, error) from None
    if sum(info.file_size for info in files) > MOST_UNPACKED:
        raise too_large_error(path.name, MOST_UNPACKED)
    names = [info.filename for info in files]
    if len(names) != 1 and not _form_of_archive(names, path.name):
        shown = f" ({listed_names(names, 5)})" if names else ""
        raise InvalidInput(
            f"{path.name} is a ZIP archive of {len(names)} files{shown}; unpack it and give the file that contains the "
            "table"
        )
    return names


def _unpack(path: Path, compression: str, target: Path) -> None:
    """Unpack a file to `target`, chunk by chunk."""
    written, most = 0, most_unpacked(path.stat().st_size)
    try:
        with _decompressed(path, compression) as source, target.open("wb") as file:
            while chunk := source.read(CHUNK):
                written += len(chunk)
                if written > most:
                    raise too_large_error(path.name, most)
                file.write(chunk)
    except InvalidInput:
        raise
    except Exception as error:  # each library raises its own errors for damaged files
        if isinstance(error, MemoryError):
            raise
        if isinstance(error, OSError) and error.errno in _FULL:
            folder = tempfile.gettempdir()
            raise InvalidInput(
                f"{path.name} cannot be unpacked: {error.strerror}; free some space in the folder {folder!r}"
            ) from None
        raise _damaged_error(path.name, error) from None
    if not written:
        raise InvalidInput(
            f"{path.name} contains an empty file; a table needs a header and at least one row of values"
        )


@contextmanager
def _decompressed(path: Path, compression: str) -> Iterator[IO[bytes]]:
    import bz2
    import gzip
    import lzma

    if compression == signatures.ZIP:
        with zipfile.ZipFile(path) as archive, archive.open(_files_in(archive)[0]) as file:
            yield file
    elif compression == signatures.ZSTANDARD:
        with path.open("rb") as raw, _zstandard(path).stream_reader(raw) as file:
            yield file
    else:
        openers: dict[str, Any] = {
            signatures.GZIP: gzip.open,
            signatures.BZIP2: bz2.open,
            signatures.XZ: lzma.open,
        }
        with openers[compression](path) as file:
            yield file


def _zstandard(path: Path) -> Any:
    try:
        module = importlib.import_module("zstandard")
    except ImportError:
        raise InvalidInput(
            f"{path.name} is compressed with Zstandard; unpack it with zstd -d, or pip install zstandard"
        ) from None
    return module.ZstdDecompressor()


def _files_in(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """Return the files in an archive, without those that macOS and Windows add to each folder."""
    return [
        info
        for info in archive.infolist()
        if not info.filename.endswith("/") and not _ADDED.search(info.filename)
    ]


def _damaged_error(name: str, error: BaseException) -> InvalidInput:
    why = cut_in_the_middle(str(error).strip() or type(error).__name__, LONGEST)
    return InvalidInput(
        f"{name} is damaged or incomplete and cannot be unpacked ({why}); "
        "copy it again from its source"
    )


def too_large_error(name: str, most: int) -> InvalidInput:
    """Return the error for a file that unpacks to more than `most` bytes."""
    why = "" if most == MOST_UNPACKED else ", out of proportion to its size"
    return InvalidInput(
        f"{name} unpacks to more than {in_words(most)}{why}; if you trust it, unpack it and give the unpacked file"
    )
