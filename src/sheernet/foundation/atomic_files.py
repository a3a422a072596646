"""Write files atomically, and never replace one without permission.

The content goes to a temporary file in the same folder, is flushed to the disk, and is then renamed in one step.
A reader sees either the complete old file or the complete new one.
"""

from __future__ import annotations

import errno
import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.sentences import Setting, in_quotes


def write_file(path: str | os.PathLike[str], content: bytes, *, overwrite: bool = True) -> Path:
    """Write a file completely, or not at all.

    Parameters
    ----------
    path : path
        Name of the file; its folder must exist.
    content : bytes
        Content of the file.
    overwrite : bool
        Whether an existing file may be replaced.

    Returns
    -------
    Path

    Notes
    -----
    A file that is replaced keeps its permissions.  If the path is a symbolic link, its target is replaced.

    Raises
    ------
    InvalidInput
        If the folder does not exist, the file exists and must not be replaced, or the system reports an error, such
        as a full disk or a missing permission.  No partial file remains.
    """
    target = Path(path)
    require_parent(target)
    try:
        if target.is_dir():
            raise InvalidInput(f"{in_quotes(str(target))} is a folder; give the name of a file")
        _write(target, content, overwrite=overwrite)
    except OSError as error:
        raise cannot_write(target, error) from error
    return target


def cannot_write(path: str | os.PathLike[str], error: OSError) -> InvalidInput:
    """Build the error for a file that could not be written.

    Parameters
    ----------
    path : path
        The file, by the name that the user gave.
    error : OSError
        The error of the system.

    Returns
    -------
    InvalidInput
        The caller raises it.

    Examples
    --------
    >>> from sheernet.foundation.atomic_files import cannot_write
    >>> print(cannot_write("model.json", OSError(28, "No space left on device")))
    'model.json' cannot be written: No space left on device; free some space, or write to another disk
    """
    reason = error.strerror or str(error) or type(error).__name__
    advice = _ADVICE.get(error.errno or 0, "give the name of a file in another folder")
    return InvalidInput(f"{in_quotes(str(path))} cannot be written: {reason}; {advice}")


def cannot_read(path: str | os.PathLike[str], error: OSError | ValueError) -> InvalidInput:
    """Build the error for a file that could not be read.

    Parameters
    ----------
    path : path
        The file, by the name that the user gave.
    error : OSError or ValueError
        The error of the system, or Python's error for an invalid file name.

    Returns
    -------
    InvalidInput
        The caller raises it.

    Examples
    --------
    >>> from sheernet.foundation.atomic_files import cannot_read
    >>> print(cannot_read("data.csv", PermissionError(13, "Permission denied")))
    'data.csv' cannot be read: permission denied; ask its owner for it, or give a copy that you may read
    """
    if isinstance(error, PermissionError):
        reason = "permission denied; ask its owner for it, or give a copy that you may read"
    else:
        reason = f"{getattr(error, 'strerror', None) or error}; give the name of another file"
    return InvalidInput(f"{in_quotes(str(path))} cannot be read: {reason}")


_ADVICE = dict.fromkeys(
    (errno.ENOSPC, errno.EDQUOT, errno.EFBIG), "free some space, or write to another disk"
)


def _write(target: Path, content: bytes, *, overwrite: bool) -> None:
    """Write to a temporary file in the same folder and rename it."""
    if not os.path.lexists(target) and _write_nameless(target, content):
        return
    with _growing(target, overwrite) as file:
        file.write(content)


@contextmanager
def growing_file(path: str | os.PathLike[str], *, overwrite: bool = True) -> Iterator[BinaryIO]:
    """Write a file piece by piece; it has a temporary name until it is complete.

    Parameters
    ----------
    path, overwrite
        As for `write_file`.

    Yields
    ------
    BinaryIO
        The file.  If the block raises an exception, no file remains.

    Raises
    ------
    InvalidInput
        As for `write_file`.
    """
    target = Path(path)
    require_parent(target)
    try:
        with _growing(target, overwrite) as file:
            yield file
    except OSError as error:
        raise cannot_write(target, error) from error


@contextmanager
def _growing(target: Path, overwrite: bool) -> Iterator[BinaryIO]:
    """Yield a temporary file in the same folder, which is renamed at the end."""
    if overwrite and target.is_symlink():  # the file that the link names is replaced, not the link
        target = Path(os.path.realpath(target))
    # The temporary name is truncated: the target's name may already have the maximum length of the file system.
    handle, name = tempfile.mkstemp(
        prefix=f".{target.name[:32]}.", suffix=".part", dir=target.parent
    )
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        _set_permissions(part, target)
        if overwrite:
            part.replace(target)
        else:
            _move_to_free_name(part, target)
    finally:
        part.unlink(missing_ok=True)


def _write_nameless(target: Path, content: bytes) -> bool:
    """Write to a file that gets its name when it is complete, so that a killed process leaves nothing.

    Returns
    -------
    bool
        False if the system is not Linux, the file system has no such files, or the target has been created meanwhile.
    """
    flag = getattr(os, "O_TMPFILE", 0)
    try:
        handle = os.open(target.parent, flag | os.O_WRONLY, 0o666) if flag else -1
    except OSError:
        handle = -1
    if handle < 0:
        return False
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(handle)
        try:
            descriptors = os.open("/proc/self/fd", os.O_RDONLY)
        except OSError:
            return False
        try:  # with src_dir_fd, Python follows the link in /proc to the file
            os.link(str(handle), target, src_dir_fd=descriptors, follow_symlinks=True)
        except OSError:
            return False
        finally:
            os.close(descriptors)
    return True


def _set_permissions(part: Path, target: Path) -> None:
    """Give a private temporary file the permissions and owner of the replaced file, or the default permissions."""
    try:
        old = target.stat()
    except OSError:
        part.chmod(0o666 & ~_umask())
        return
    if hasattr(os, "chown"):
        with suppress(OSError):  # only privileged users may change the owner of a file
            os.chown(part, old.st_uid, old.st_gid)
    part.chmod(stat.S_IMODE(old.st_mode))


def require_room(path: str | os.PathLike[str], n_bytes: int = 2**20) -> None:
    """Raise if a new file cannot be written to the folder of a path; call it before long work that ends in a file.

    Parameters
    ----------
    path : path
        The file, for the message.
    n_bytes : int
        Number of bytes to write for a test, in a temporary file that is removed.

    Raises
    ------
    InvalidInput
        If the folder is not writable, its disk is full, or files are limited to fewer bytes.
    """
    require_parent(path)
    try:
        Path(path).lstat()  # whether the name is valid here
    except FileNotFoundError:
        pass
    except (OSError, ValueError) as error:
        raise InvalidInput(
            f"{in_quotes(os.fspath(path))} is not a valid name here: {error}"
        ) from None
    try:
        with tempfile.TemporaryFile(dir=Path(path).parent, buffering=0) as file:
            left = memoryview(bytes(n_bytes))
            while left:
                left = left[file.write(left) :]
    except OSError as error:
        raise cannot_write(path, error) from error


def require_parent(path: str | os.PathLike[str]) -> None:
    """Raise if the folder of a path does not exist or is not writable; call it before long work that ends in a file."""
    parent = Path(path).parent
    if not parent.is_dir():
        raise InvalidInput(f"the folder {in_quotes(str(parent))} does not exist; make it first")
    if not os.access(parent, os.W_OK | os.X_OK):
        raise InvalidInput(
            f"the folder {in_quotes(str(parent))} is not writable; give another folder, or ask its owner for permission"
        )


def _move_to_free_name(part: Path, target: Path) -> None:
    try:
        target.hardlink_to(part)  # fails if the target exists: check and rename in one step
    except OSError:  # it exists, or this file system has no hard links and two steps are needed
        if target.exists():
            raise InvalidInput(
                "{!r} exists already and is not overwritten; give another name, or {}",
                str(target),
                Setting("overwrite", True),
            ) from None
        part.replace(target)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
