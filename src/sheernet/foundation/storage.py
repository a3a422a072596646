"""Files that are never half-written and never overwritten unasked.

A file is written beside its place under another name, flushed to the disk, and then moved there in one step:
whoever looks sees the old file or the new one.
"""

from __future__ import annotations

import errno
import os
import tempfile
from pathlib import Path

from sheernet.foundation.errors import InvalidInput


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
        When the folder does not exist, a file is there that must not be replaced, or the system refuses: a full disk,
        a missing permission.  Nothing is left behind then.
    """
    target = Path(path)
    require_parent(target)
    try:
        if target.is_dir():
            raise InvalidInput(f"{str(target)!r} is a folder; give the name of a file")
        _write(target, content, overwrite=overwrite)
    except OSError as error:
        raise cannot_write(target, error) from error
    return target


def cannot_write(path: str | os.PathLike[str], error: OSError) -> InvalidInput:
    """Build the error for what the system refused to write.

    Parameters
    ----------
    path : path
        What should have been written, under the name that the person knows.
    error : OSError
        What the system said.

    Returns
    -------
    InvalidInput
        To be raised by the caller.

    Examples
    --------
    >>> from sheernet.foundation.storage import cannot_write
    >>> print(cannot_write("model.json", OSError(28, "No space left on device")))
    'model.json' cannot be written: No space left on device; free some space, or write to another disk
    """
    reason = error.strerror or str(error) or type(error).__name__
    advice = _ADVICE.get(error.errno or 0, "give the name of a file in another folder")
    return InvalidInput(f"{str(path)!r} cannot be written: {reason}; {advice}")


def cannot_read(path: str | os.PathLike[str], error: OSError | ValueError) -> InvalidInput:
    """Build the error for what the system refused to read.

    Parameters
    ----------
    path : path
        What should have been read, under the name that the person knows.
    error : OSError or ValueError
        What the system said, or Python of a name that it does not even ask for.

    Returns
    -------
    InvalidInput
        To be raised by the caller.

    Examples
    --------
    >>> from sheernet.foundation.storage import cannot_read
    >>> print(cannot_read("data.csv", PermissionError(13, "Permission denied")))
    'data.csv' cannot be read: permission denied; ask its owner for it, or give a copy that you may read
    """
    if isinstance(error, PermissionError):
        reason = "permission denied; ask its owner for it, or give a copy that you may read"
    else:
        reason = f"{getattr(error, 'strerror', None) or error}; give the name of another file"
    return InvalidInput(f"{str(path)!r} cannot be read: {reason}")


_ADVICE = dict.fromkeys(
    (errno.ENOSPC, errno.EDQUOT, errno.EFBIG), "free some space, or write to another disk"
)


def _write(target: Path, content: bytes, *, overwrite: bool) -> None:
    """Write beside the target and move the whole file to its name."""
    # The name of the part stays short: the target's may be as long as the file system lets it be.
    handle, name = tempfile.mkstemp(
        prefix=f".{target.name[:32]}.", suffix=".part", dir=target.parent
    )
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


def require_parent(path: str | os.PathLike[str]) -> None:
    """Refuse a path whose folder is not there or not ours: to be asked before long work whose result goes to it."""
    parent = Path(path).parent
    if not parent.is_dir():
        raise InvalidInput(f"the folder {str(parent)!r} does not exist; make it first")
    if not os.access(parent, os.W_OK | os.X_OK):
        raise InvalidInput(
            f"nothing can be written to the folder {str(parent)!r} without its owner's permission; give another folder"
        )


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
