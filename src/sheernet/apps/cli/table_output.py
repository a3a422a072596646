"""The file of a command that writes a table: checked before any work, and written completely or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sheernet.apps.cli.folders import require_other_file
from sheernet.apps.cli.output import Output
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.interrupts import deferred_interrupt
from sheernet.foundation.message_text import listed
from sheernet.foundation.sentences import Setting, in_quotes

if TYPE_CHECKING:
    import pandas as pd


def require_table_output(output: Path, force: bool, files: Mapping[str, Path]) -> None:
    """Raise if a table cannot be written to a file, or the file is one that the command reads.

    Parameters
    ----------
    output : Path
        The file to be written.
    force : bool
        Whether it may exist.
    files : mapping of str to Path
        The files that are read, by what they are.
    """
    from sheernet.data.files import EXTENSIONS

    require_output_file(output, EXTENSIONS, force, files)


def require_output_file(
    output: Path, extensions: tuple[str, ...], force: bool, files: Mapping[str, Path]
) -> None:
    """Raise if a file cannot be written, has another ending, or is one that the command reads.

    Parameters
    ----------
    output : Path
        The file to be written.
    extensions : tuple of str
        The endings that are allowed.
    force : bool
        Whether it may exist.
    files : mapping of str to Path
        The files that are read, by what they are.
    """
    require_output(output, force, files)
    if not output.name.lower().endswith(extensions):
        raise InvalidInput(
            f"the name of the output file must end in {listed(extensions, 'or')}, but {in_quotes(str(output))} was "
            "given; change its ending"
        )


def require_output(output: Path, force: bool, files: Mapping[str, Path]) -> None:
    """The same for a file with any ending."""
    from sheernet.foundation.atomic_files import require_parent

    require_other_file(output, files)
    require_parent(output)
    if output.is_dir():
        raise InvalidInput(f"{in_quotes(str(output))} is a folder; give the name of a file")
    if output.exists() and not force:
        raise InvalidInput(
            "{!r} exists already and is not overwritten; give another name, or {}",
            str(output),
            Setting("overwrite", True),
        )


def write_answer(frame: pd.DataFrame, output: Path, force: bool, out: Output, **how: Any) -> None:
    """Write a table as `write_table` does.

    Ctrl-C meanwhile is raised when the file is complete, and its message names it.
    """
    from sheernet.data.files import write_table

    with deferred_interrupt() as late:
        write_table(frame, output, overwrite=force, **how)
    out.complete.append(str(output))
    if late.times:
        raise KeyboardInterrupt
