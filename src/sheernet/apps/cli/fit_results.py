"""What `sheernet fit` writes into its folder besides the model: the roles of the rows, the report, the last line."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING

from sheernet.apps.cli.option_names import speller
from sheernet.apps.cli.output import Output
from sheernet.apps.cli.refusals import LACK_OF_MEMORY, is_lack_of_memory
from sheernet.foundation.message_text import counted

if TYPE_CHECKING:
    from sheernet.data.tables import Table
    from sheernet.models.model import Model

ROLES = "rows.csv"
"""The file with the role of each row: training, held out or left out."""
REPORT = "report.html"
"""The report with its pictures, for a browser."""


@dataclass(frozen=True)
class FitOutput:
    """The destination of the results of a fit, and what is printed.

    Parameters
    ----------
    folder : Path or None
        The folder that was asked for.
    force : bool
        Whether it may exist.
    verbose : bool
        Whether to print everything.
    """

    folder: Path | None
    force: bool
    verbose: bool


def write_roles(model: Model, folder: Path) -> tuple[list[str], bool]:
    """Write which rows were held out or left out, if any were; and whether Ctrl-C was pressed meanwhile."""
    rows, path = model.rows, folder / ROLES
    some = rows is not None and (len(rows.held_out) or len(rows.left_out))
    if rows is None or not (some or path.exists()):  # a file of an earlier run would not be true
        return [], False
    import pandas

    from sheernet.data.files import write_table
    from sheernet.foundation.interrupts import deferred_interrupt

    roles = pandas.DataFrame({"row": range(1, rows.count + 1), "role": rows.names})
    with deferred_interrupt() as late:
        write_table(roles, path, overwrite=True)
    return [ROLES], late.times > 0


def write_report(
    model: Model,
    table: Table | None,
    folder: Path,
    pictures: list[str],
    out: Output,
    ends: float = inf,
) -> tuple[list[str], bool]:
    """Write the report with the pictures of the folder; and whether Ctrl-C was pressed meanwhile.

    The importance is left out if it has not been computed at the time `ends` of `time.monotonic`.  A report for which
    the memory is not enough is a note, because the model and its pictures are complete without it.
    """
    from sheernet.apps.html_report import report_document
    from sheernet.foundation.atomic_files import write_file
    from sheernet.foundation.interrupts import deferred_interrupt

    with deferred_interrupt() as late:
        try:
            page = report_document(
                model, table=table, spell=speller(out.options),
                pictures={Path(name).stem: (folder / name).read_bytes() for name in pictures},
                ends=ends, tell=out.note,
            ).encode("utf-8")  # fmt: skip
        except Exception as error:
            if not is_lack_of_memory(error):
                raise
            out.note(f"{REPORT} is missing: {LACK_OF_MEMORY}")
            return [], late.times > 0
        write_file(folder / REPORT, page)
    return [REPORT], late.times > 0


def saved_line(folder: Path, tables: list[str], n_pictures: int, verbose: bool) -> str:
    """Return the files in the folder, and a command for what the short report leaves out; not wrapped, to be copied."""
    pictures = f", {counted(n_pictures, 'picture')}" if n_pictures else ""
    from sheernet.models.report import LABEL

    files = ", ".join(["model.json", *tables])
    line = f"{'Saved':<{LABEL}}{folder}: {files}{pictures}"
    if verbose:
        return line
    model = shlex.quote(str(folder / "model.json"))
    return f"{line}\n{'More':<{LABEL}}sheernet report {model} --verbose"
