"""A temporary file of numeric vectors that are written once and then read in place, by memory mapping.

The file has no name: the system removes it when the process ends in any way, and until then no other process can
find or change it.  (Windows has no files without names; there it is deleted when its last handle is closed.)
"""

from __future__ import annotations

import mmap
import os
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple, Self

import numpy as np

from sheernet.foundation.arrays import Array
from sheernet.foundation.atomic_files import cannot_write
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.memory import in_words
from sheernet.foundation.sentences import Setting, in_quotes
from sheernet.objective.engines.stored_rows import ALIGNMENT

PAGE = mmap.ALLOCATIONGRANULARITY
"""Alignment of the vectors of a shard, in bytes, so that their pages can be released."""


class Place(NamedTuple):
    """The position of some vectors in the file."""

    begin: int  # in bytes
    end: int
    sizes: tuple[int, ...]  # number of values of each vector


def usual_folder() -> Path:
    """The folder of large temporary files: TMPDIR, /var/tmp (/tmp is often in memory), or the system's folder."""
    # The file has no name, so that no other user can place one there first.
    var_tmp = Path("/var/tmp")
    if not os.environ.get("TMPDIR") and os.access(var_tmp, os.W_OK | os.X_OK):
        return var_tmp
    return Path(tempfile.gettempdir())


def stored_size(sizes: Sequence[int]) -> int:
    """The size in bytes of vectors of these sizes in a file."""
    return _rounded_up(sum(_rounded_up(8 * size, ALIGNMENT) for size in sizes), PAGE)


class PackedFile:
    """A temporary file of vectors of float64 numbers.

    Parameters
    ----------
    folder : path, optional
        Folder of the file; by default `usual_folder`.
    n_bytes : int
        The expected size, in bytes.

    Raises
    ------
    InvalidInput
        If the folder does not exist, is not writable, or has too little free space.

    Examples
    --------
    >>> import numpy as np
    >>> from sheernet.distributed.packed_file import PackedFile
    >>> with PackedFile(None, 4096) as file:
    ...     place = file.append([np.arange(3.0), np.ones(1)])
    ...     file.finish()
    ...     [vector.tolist() for vector in file.vectors(place)]
    [[0.0, 1.0, 2.0], [1.0]]
    """

    def __init__(self, folder: str | os.PathLike[str] | None, n_bytes: int) -> None:
        self.folder = usual_folder() if folder is None else Path(folder)
        self.n_bytes = 0
        self._map: mmap.mmap | None = None
        _require_space(self.folder, n_bytes)
        try:
            self._file = tempfile.TemporaryFile(  # noqa: SIM115  # closed by `close`
                dir=self.folder, prefix="sheernet-", buffering=0
            )
        except OSError as error:
            raise cannot_write(self.folder, error) from error

    def append(self, vectors: Sequence[Array]) -> Place:
        """Write vectors, and return their position.

        Raises
        ------
        InvalidInput
            If the system reports an error, such as a full disk.
        """
        begin = self.n_bytes
        try:
            for vector in vectors:
                self._write(np.ascontiguousarray(vector, dtype=np.float64).data.cast("B"))
                self._write(bytes(-self.n_bytes % ALIGNMENT))
            self._write(bytes(-self.n_bytes % PAGE))
        except OSError as error:
            raise cannot_write(f"{self.folder}{os.sep}(temporary file)", error) from error
        return Place(begin, self.n_bytes, tuple(vector.size for vector in vectors))

    def finish(self) -> None:
        """Map the file into memory, after the last `append`."""
        if self.n_bytes:
            self._map = mmap.mmap(self._file.fileno(), 0, access=mmap.ACCESS_READ)

    def vectors(self, place: Place) -> list[Array]:
        """Return vectors in the mapped file, read-only and not copied; they keep the file open."""
        if self._map is None:
            raise InvalidInput("the file of the shards is closed; make a new holder")
        found, begin = [], place.begin
        for size in place.sizes:
            found.append(np.frombuffer(self._map, np.float64, size, begin))
            begin += _rounded_up(8 * size, ALIGNMENT)
        return found

    def prefetch(self, place: Place) -> None:
        """Let the system read vectors in advance."""
        self._advise(place, "MADV_WILLNEED")

    def release(self, place: Place) -> None:
        """Release the pages of vectors from the memory of the process; the system may keep them in its cache."""
        self._advise(place, "MADV_DONTNEED")

    def close(self) -> None:
        """Remove the file, as soon as no vector of it is in use; may be called again."""
        self._map = None  # vectors in use keep the mapping, so it is not closed here
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _write(self, data: memoryview | bytes) -> None:
        left = memoryview(data)
        while left:
            written = self._file.write(left)
            self.n_bytes += written
            left = left[written:]

    def _advise(self, place: Place, name: str) -> None:
        advice = getattr(mmap, name, None)  # missing on Windows
        if self._map is not None and advice is not None and place.end > place.begin:
            self._map.madvise(advice, place.begin, place.end - place.begin)


def _require_space(folder: Path, n_bytes: int) -> None:
    """Raise an error if a folder cannot contain a file of this size."""
    if not folder.is_dir():
        raise InvalidInput(f"the folder {in_quotes(str(folder))} does not exist; make it first")
    free = shutil.disk_usage(folder).free
    if n_bytes > free:
        raise InvalidInput(
            "the packed rows take {} in {!r}, of which {} are free; free some space, or give another {}",
            in_words(n_bytes), str(folder), in_words(free), Setting("folder"),
        )  # fmt: skip


def _rounded_up(number: int, unit: int) -> int:
    return -(-number // unit) * unit
