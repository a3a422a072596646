"""sheernet demo: the notebook, from data to pictures."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sheernet.apps.cli import shared_options as o
from sheernet.apps.cli.folders import results_folder
from sheernet.apps.cli.output import DONE, INTERRUPTED, Answer, Output
from sheernet.apps.cli.settings_options import MAIN

EXAMPLES = o.examples("sheernet demo", "sheernet demo --output lesson --quiet")


def demo(
    context: typer.Context,
    output: Annotated[
        Path,
        typer.Option(
            "--output",
            "-o",
            metavar="FOLDER",
            help="Folder for the results; NAME-1, NAME-2, ... if it exists.",
            rich_help_panel=MAIN,
        ),
    ] = Path("sheernet-demo"),
    as_json: o.Json = False,
    quiet: o.Quiet = False,
) -> Answer:
    """Run the notebook that sheernet grew out of: two data sets, from data to pictures."""
    out: Output = context.obj
    from sheernet.teaching import demo as notebook

    with results_folder(output) as folder:
        try:
            finished = notebook.run(folder, out.say, progress=not quiet)
        except KeyboardInterrupt:
            finished = False
            if not _files(folder):
                raise
    files = _files(folder)
    if not finished:
        out.note(f"interrupted; what was made until then is kept in {folder}: {', '.join(files)}")
    return Answer(
        {"folder": folder, "files": files, "finished": finished}, DONE if finished else INTERRUPTED
    )


def _files(folder: Path) -> list[str]:
    return sorted(
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()
    )
