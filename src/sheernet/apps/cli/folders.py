"""Folders for results: created before the work begins, never shared by two runs, and removed if nothing is written."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path

from sheernet.foundation.atomic_files import require_room
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.sentences import Setting, in_quotes


@contextmanager
def results_folder(
    wanted: Path, *, first: str = "model.json", force: bool = False
) -> Iterator[Path]:
    """Make a folder for results, with the folders above it.

    Parameters
    ----------
    wanted : Path
        The folder; if it exists, NAME-1, NAME-2, ... is created instead.
    first : str
        The first file of the work, for the message if it could not be written.
    force : bool
        Whether to use a folder that exists; its other files are kept.

    Yields
    ------
    Path
        The folder, in which a file of 1 MiB can be written.  At the end, it and the folders above it that were made for
        it are removed again, unless something was written into them.

    Raises
    ------
    InvalidInput, OSError
        If the folder cannot be made or written to.
    """
    if wanted.name in ("", ".."):
        raise InvalidInput(
            f"{in_quotes(str(wanted))} exists already; give the name of a new folder"
        )
    made: list[Path] = []
    try:
        for parent in reversed(wanted.parents):
            _make(parent, made)
        _refuse_file(wanted)
        folder = (_existing(wanted) if force else None) or _numbered(wanted, made)
        require_room(folder / first)
        yield folder
    finally:
        _remove_empty(made)


def require_other_file(output: Path, files: Mapping[str, Path]) -> None:
    """Raise if an output would replace a file that the command reads, also by another name of it or a link to it.

    Parameters
    ----------
    output : Path
        The file to be written.
    files : mapping of str to Path
        The files that are read, by what they are.
    """
    for noun, path in files.items():
        if output.exists() and path.exists() and output.samefile(path):
            raise InvalidInput(
                "the output file is the {} {!r}, which the command reads; give another name with {}",
                noun, str(path), Setting("output"),
            )  # fmt: skip


def stem(data: Path) -> str:
    """Return the name of a table's file without its suffixes, for the names of its results.

    Examples
    --------
    >>> from pathlib import Path
    >>> from sheernet.apps.cli.folders import stem
    >>> stem(Path("data/my.scores.csv.gz")), stem(Path("scores"))
    ('my.scores', 'scores')
    """
    from sheernet.data.files.opening import COMPRESSIONS

    name = Path(data.name)
    if name.suffix.lower() in COMPRESSIONS:
        name = name.with_suffix("")
    return name.stem


def _make(folder: Path, made: list[Path]) -> None:
    if not folder.is_dir():
        folder.mkdir()
        made.append(folder)


def _numbered(wanted: Path, made: list[Path]) -> Path:
    for number in count():
        folder = wanted.with_name(f"{wanted.name}-{number}") if number else wanted
        with suppress(FileExistsError):  # mkdir also decides between two runs at the same time
            folder.mkdir()
            made.append(folder)
            return folder
    raise AssertionError("count() does not end")


def _remove_empty(made: list[Path]) -> None:
    for folder in reversed(made):
        inside = [path for path in folder.iterdir() if path.is_dir()] if folder.is_dir() else []
        for place in (*inside, folder):
            with suppress(OSError):  # it is not empty
                place.rmdir()


def _existing(wanted: Path) -> Path | None:
    """Return the folder if it exists and can be written to; None if it does not exist."""
    if wanted.is_dir():
        if not os.access(wanted, os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(wanted))
        return wanted
    return None


def _refuse_file(wanted: Path) -> None:
    """Raise if there is a file with the name of a folder."""
    if os.path.lexists(wanted) and not wanted.is_dir():
        raise InvalidInput(
            f"{in_quotes(str(wanted))} is a file, not a folder, and is not overwritten; give another name with --output"
        )
