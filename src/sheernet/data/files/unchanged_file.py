"""Noticing that a file is replaced or changed while it is read.

A table is read in several passes: its type, its layout, its values, and for `predict --append` the text of its cells.
If the file changed between two passes, the rows of one pass would not correspond to the rows of another.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sheernet.foundation.errors import InvalidInput


@contextmanager
def unchanged(path: Path) -> Iterator[None]:
    """Raise InvalidInput at the end if the file was replaced, or if its size or time of modification changed.

    The error about the change replaces an error of the reader, because the change is its likely cause.
    """
    before = _state(path)
    try:
        yield
    except Exception:
        if before is None or _state(path) == before:
            raise
    if _state(path) != before:
        raise InvalidInput(
            f"{path.name} was changed or replaced while it was read; run again if it is complete, or give a copy of it"
        )


def _state(path: Path) -> tuple[int, ...] | None:
    """Return the device, inode number, size and time of modification of a file; None if there is no such file."""
    try:
        found = path.stat()
    except (OSError, ValueError):
        return None
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns
