"""From a path to an unpacked file and the kind it is of, before anything is read of it.

Files in memory are never longer than a chunk here: what is compressed is unpacked into a file in the system's folder
for temporary files, and no further than `MOST_UNPACKED` bytes, because a small file can unpack to a disk full.
"""

from __future__ import annotations

import difflib
import errno
import importlib
import stat
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from sheernet.data.tables import signatures
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.storage import cannot_read

MOST_UNPACKED = 2**30
"""Bytes that a compressed file may unpack to."""
CHUNK = 2**20
COMPRESSIONS = {
    ".gz": signatures.GZIP,
    ".bz2": signatures.BZIP2,
    ".xz": signatures.XZ,
    ".zip": signatures.ZIP,
    ".zst": signatures.ZSTANDARD,
}
"""Endings of names of compressed files, and what each promises."""
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
TEXT, EXCEL = "text", "Excel"


@dataclass(frozen=True)
class Opened:
    """A file that is there, can be read and is not empty.

    Parameters
    ----------
    path : Path
        Where its content is, unpacked.
    name : str
        Its name in messages, as the person wrote it without the folder.
    form : str
        TEXT, EXCEL, signatures.PARQUET or signatures.MATLAB.
    compression : str
        What it was unpacked from: "gzip"; "" where it was not compressed.
    """

    path: Path
    name: str
    form: str
    compression: str = ""


@contextmanager
def opened(path: Path) -> Iterator[Opened]:
    """Find out what a file is and unpack it; the unpacked copy is gone on leaving.

    Raises
    ------
    InvalidInput
        When it is not there, cannot be read, is empty or damaged, or is no table.
    """
    start = _start(path)
    compression = signatures.begins_with(start, signatures.COMPRESSED)
    if compression == signatures.ZIP:
        members = _members(path)
        if "xl/workbook.xml" in members:
            yield Opened(path, path.name, EXCEL)
            return
    if not compression:
        form = _form(start, path.name, path.suffix)
        _require_plain_name(path)
        yield Opened(path, path.name, form)
        return
    with tempfile.TemporaryDirectory(prefix="sheernet-") as folder:
        unpacked = Path(folder) / "unpacked"
        _unpack(path, compression, unpacked)
        inner = Path(path.stem).suffix if path.suffix.lower() in COMPRESSIONS else ""
        yield Opened(
            unpacked, path.name, _form(_start(unpacked, path), path.name, inner), compression
        )


def _start(path: Path, named: Path | None = None) -> bytes:
    """The first bytes of a file, or a sentence that says why there are none."""
    named = named or path
    try:
        mode = path.stat().st_mode
        start = (
            _read_start(path) if stat.S_ISREG(mode) else b""
        )  # opening a pipe waits for its writer
    except (FileNotFoundError, NotADirectoryError):
        near = difflib.get_close_matches(path.name, _names_in(path.parent), n=1)
        guess = f"; did you mean {near[0]!r}?" if near else "; check the path"
        raise InvalidInput(f"there is no file {str(named)!r}{guess}") from None
    except (OSError, ValueError) as error:  # a ValueError is about a NUL in the name
        raise cannot_read(named, error) from None
    if stat.S_ISDIR(mode):
        # pathlib makes the present folder of an empty name, such as that of a variable of the shell that is not set.
        empty = " (and so is an empty name)" if str(named) == "." else ""
        raise InvalidInput(f"{str(named)!r} is a folder{empty}; give the name of a file")
    if not stat.S_ISREG(mode):
        raise InvalidInput(
            f"{str(named)!r} is a pipe or a device; save what it gives to a file and give its name"
        )
    if not start:
        raise InvalidInput(
            f"{str(named)!r} is empty; a table has a line of names and rows of values below it"
        )
    return start


def _read_start(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(signatures.LONGEST)


def _names_in(folder: Path) -> list[str]:
    try:
        return [entry.name for entry in folder.iterdir()]
    except (OSError, ValueError):
        return []


def _form(start: bytes, name: str, suffix: str) -> str:
    """What kind of table a file holds, by its content; a suffix that promises another kind is a reason to stop."""
    found = signatures.refusal(start)
    if found is None and signatures.begins_with(start, signatures.COMPRESSED):
        found = "compressed twice", "unpack it and give the file of the table"
    if found is not None:
        raise InvalidInput(f"{name} is {found[0]}, which is not read as a table; {found[1]}")
    form = signatures.begins_with(start, signatures.TABLES)
    promised = {
        ".xlsx": ("Excel workbook", "save it again as .xlsx or as CSV"),
        ".xlsm": ("Excel workbook", "save it again as .xlsx or as CSV"),
        ".xls": ("Excel workbook", "save it again as .xlsx or as CSV"),
        ".parquet": ("Parquet file", "write it again"),
        ".mat": ("MATLAB file of version 5 to 7", "save it again with save(..., '-v7')"),
    }.get(suffix.lower())
    if not form and promised:
        raise InvalidInput(
            f"{name} is no {promised[0]} or is damaged; {promised[1]}, or give it the name of what it is"
        )
    return form or TEXT


def _require_plain_name(path: Path) -> None:
    """Refuse a name that promises a compressed file where there is none: it may be cut off, or not the file meant."""
    promised = COMPRESSIONS.get(path.suffix.lower())
    if promised:
        raise InvalidInput(
            f"{path.name} is no {promised} file in spite of its name; rename it to {path.stem!r} if it was unpacked "
            "already, or else copy it again from where it came"
        )


def _members(path: Path) -> list[str]:
    """Names of the files in a ZIP archive, after a look at what they would unpack to."""
    try:
        with zipfile.ZipFile(path) as archive:
            files = [info for info in archive.infolist() if not info.is_dir()]
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise _damaged(path.name, error) from None
    if sum(info.file_size for info in files) > MOST_UNPACKED:
        raise _too_large(path.name)
    names = [info.filename for info in files]
    if "xl/workbook.xml" not in names and len(names) != 1:
        raise InvalidInput(
            f"{path.name} is a ZIP archive of {len(names)} files; unpack it and give the file of the table"
        )
    return names


def _unpack(path: Path, compression: str, target: Path) -> None:
    """Unpack a file into another, in chunks and up to the bound."""
    written = 0
    try:
        with _decompressed(path, compression) as source, target.open("wb") as file:
            while chunk := source.read(CHUNK):
                written += len(chunk)
                if written > MOST_UNPACKED:
                    raise _too_large(path.name)
                file.write(chunk)
    except InvalidInput:
        raise
    except Exception as error:  # each library has errors of its own for damaged files
        if isinstance(error, MemoryError):
            raise
        if isinstance(error, OSError) and error.errno in _FULL:
            folder = tempfile.gettempdir()
            raise InvalidInput(
                f"{path.name} cannot be unpacked: {error.strerror}; free some space in the folder {folder!r}"
            ) from None
        raise _damaged(path.name, error) from None
    if not written:
        raise InvalidInput(
            f"{path.name} holds an empty file; a table has a line of names and rows of values"
        )


@contextmanager
def _decompressed(path: Path, compression: str) -> Iterator[IO[bytes]]:
    import bz2
    import gzip
    import lzma

    if compression == signatures.ZIP:
        with zipfile.ZipFile(path) as archive, archive.open(_only_file(archive)) as file:
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


def _only_file(archive: zipfile.ZipFile) -> zipfile.ZipInfo:
    return next(info for info in archive.infolist() if not info.is_dir())


def _damaged(name: str, error: BaseException) -> InvalidInput:
    return InvalidInput(
        f"{name} is damaged or incomplete and cannot be unpacked ({str(error).strip() or type(error).__name__}); "
        "copy it again from where it came"
    )


def _too_large(name: str) -> InvalidInput:
    return InvalidInput(
        f"{name} unpacks to more than {MOST_UNPACKED / 2**30:.3g} GiB; if it is to be trusted, unpack it and give the "
        "unpacked file"
    )
