"""Errors as one sentence with an exit code: errors of the library, of the system, and of the command line's usage.

A bug of sheernet is none of these and keeps its traceback.
"""

from __future__ import annotations

import errno
from collections.abc import Mapping
from pathlib import Path

import typer

from sheernet.apps.cli.option_names import as_options
from sheernet.apps.cli.output import BAD_INPUT, CHECK_FAILED, INTERRUPTED, Refusal
from sheernet.apps.cli.streams import STANDARD_OUTPUT
from sheernet.apps.cli.usage import usage
from sheernet.foundation.errors import GradientMismatch, InvalidInput, SheernetError
from sheernet.foundation.sentences import in_quotes

_NO_SPACE = ("no space is left on the device", "free some, or choose another place with --output")
_NOT_ALLOWED = ("permission denied", "choose a place that you may write to with --output")
ADVICE: Mapping[int | None, tuple[str, str]] = {
    errno.ENOSPC: _NO_SPACE,
    getattr(errno, "EDQUOT", None): ("the disk quota is exceeded", _NO_SPACE[1]),
    errno.EFBIG: (
        "the file would be larger than allowed",
        "increase the limit (ulimit -f), or choose another place with --output",
    ),
    errno.EACCES: _NOT_ALLOWED,
    errno.EPERM: _NOT_ALLOWED,
    errno.EROFS: ("the file system is read-only", "choose another place with --output"),
    errno.ENAMETOOLONG: ("its name is too long", "choose a shorter one with --output"),
    errno.ENOTDIR: ("a part of its path is a file", "choose another place with --output"),
    errno.EIO: ("the device reports an error", "check it, or choose another place with --output"),
    errno.EMFILE: ("too many files are open", "close some programs and try again"),
}
"""Errors of the operating system as sentences, each with advice."""
LACK_OF_MEMORY = (
    "not enough memory; use fewer rows, columns or hidden units, or increase the limit (ulimit -v)"
)
_LACK = ("cannot allocate memory", "failed to map segment", "can't start new thread", "bad_alloc")
"""Texts with which libraries report a lack of memory."""


def refusal(
    error: BaseException, options: Mapping[str, str], command: str | None = None
) -> Refusal | None:
    """Return the message and exit code for an error, or None if it is a bug of sheernet.

    Parameters
    ----------
    error : exception
        The exception of a command.
    options : mapping of str to str
        The command's options by their names in Python.
    command : str, optional
        Name of the command, to name its help if its usage was wrong.
    """
    kind = type(error).__name__
    if isinstance(error, SheernetError):
        code = CHECK_FAILED if isinstance(error, GradientMismatch) else BAD_INPUT
        is_of_input = isinstance(error, InvalidInput) and not isinstance(error.__cause__, OSError)
        return Refusal(kind, _one_line(as_options(_text_of(error), options)), code, is_of_input)
    if isinstance(error, typer.TyperException):
        return Refusal("UsageError", _one_line(usage(error, command)))
    if isinstance(error, (KeyboardInterrupt, typer.Abort, BrokenPipeError)):
        return interruption(has_results=False)
    if is_lack_of_memory(error):
        return Refusal("MemoryError", LACK_OF_MEMORY)
    if isinstance(error, OSError):
        return Refusal(kind, _one_line(_system(error)))
    if isinstance(error, UnicodeError):
        return Refusal(
            kind,
            f"a text cannot be read or written ({error}); name the encoding of the file with --encoding",
        )
    return None


def interruption(has_results: bool, exit_code: int = INTERRUPTED) -> Refusal:
    """Return the message of a command that was interrupted before its end."""
    when = "" if has_results else " before there were any results"
    return Refusal("Interrupted", f"interrupted{when}", exit_code)


def is_lack_of_memory(error: BaseException) -> bool:
    """Whether an error, or its cause, comes from a lack of memory, under any name that a library gives it."""
    seen: BaseException | None = error
    while seen is not None:
        text = str(seen).lower()
        if isinstance(seen, MemoryError) or getattr(seen, "errno", None) == errno.ENOMEM:
            return True
        if isinstance(seen, (ImportError, RuntimeError, OSError)) and any(w in text for w in _LACK):
            return True
        seen = seen.__cause__ or seen.__context__
    return False


def _text_of(error: BaseException) -> str:
    """Return the message of an error, with its settings."""
    return error.args[0] if len(error.args) == 1 and isinstance(error.args[0], str) else str(error)


def _system(error: OSError) -> str:
    what, todo = ADVICE.get(
        error.errno, (error.strerror or str(error) or "unknown error", "choose another place")
    )
    if error.filename == STANDARD_OUTPUT:
        return f"standard output cannot be written: {what}; redirect it to another place"
    name = error.filename or "a file"
    if isinstance(error, FileExistsError) and Path(name).is_file():
        return f"{in_quotes(str(name))} is a file, not a folder; give another folder"
    return f"{in_quotes(str(name))} cannot be written: {what}; {todo}"


def _one_line(text: str) -> str:
    return " ".join(text.split())
