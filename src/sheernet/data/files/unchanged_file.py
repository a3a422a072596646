"""Noticing that a file is replaced or changed while it is read.

A table is read in several passes: its type, its layout, its values, and for `predict --append` its cells as they are
written.  If the file changed between two of them, the rows of one pass would stand beside those of another.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sheernet.foundation.errors import InvalidInput


@contextmanager
def unchanged(path: Path) -> Iterator[None]:
    """Raise InvalidInput at the end if the file is not the one of the beginning, with the same size and time.

    An error of reading is replaced by that about the change, which is its likely cause.
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
    """What identifies a file and the state of its content; None if it cannot be found."""
    try:
        found = path.stat()
    except (OSError, ValueError):
        return None
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns
