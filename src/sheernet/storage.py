"""Files and folders that are never half-written and never overwritten.

A file is written beside its place under another name, flushed to the disk, and then moved there in one step:
whoever looks sees the old file or the new one.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from sheernet.errors import InvalidInput


def write_file(path: str | os.PathLike[str], content: bytes, *, overwrite: bool = True) -> Path:
    """Write a whole file, or nothing.

    Parameters
    ----------
    path : path
        Where the file will be; its folder must exist.
    content : bytes
        What will be in it.
    overwrite : bool
        Whether a file that is there may be replaced.

    Returns
    -------
    Path

    Raises
    ------
    InvalidInput
        When the folder does not exist, or a file is there that must not be replaced.
    OSError
        When the system refuses; nothing is left behind.
    """
    target = Path(path)
    require_parent(target)
    if target.is_dir():
        raise InvalidInput(f"{str(target)!r} is a folder; give the name of a file")
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".part", dir=target.parent)
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.chmod(0o666 & ~_umask())  # mkstemp makes files private; a result is an ordinary file
        if overwrite:
            part.replace(target)
        else:
            _move_to_free_name(part, target)
    finally:
        part.unlink(missing_ok=True)
    return target


def require_parent(path: str | os.PathLike[str]) -> None:
    """Refuse a path whose folder is not there: to be asked before long work whose result goes to it."""
    parent = Path(path).parent
    if not parent.is_dir():
        raise InvalidInput(f"the folder {str(parent)!r} does not exist; make it first")


def new_folder(base: str | os.PathLike[str]) -> Path:
    """Make a folder that was not there: `base`, or base-2, base-3, ... where those exist already.

    Raises
    ------
    InvalidInput
        When the folder above it does not exist, or `base` names no new folder ("." or "..").
    """
    require_parent(base)
    wanted = Path(base)
    if wanted.name in ("", ".."):
        raise InvalidInput(f"{str(base)!r} is there already; give the name of a folder to make")
    number = 1
    while True:
        folder = wanted if number == 1 else wanted.with_name(f"{wanted.name}-{number}")
        try:
            folder.mkdir()
        except FileExistsError:
            number += 1
        else:
            return folder


def _move_to_free_name(part: Path, target: Path) -> None:
    try:
        target.hardlink_to(part)  # fails where the target exists, in one step with the check
    except OSError:  # it exists, or this file system has no hard links: then two steps have to do
        if target.exists():
            raise InvalidInput(
                f"{str(target)!r} exists already and is not overwritten; give another name"
            ) from None
        part.replace(target)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
