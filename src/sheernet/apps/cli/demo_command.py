"""sheernet demo: the original notebook, from data to pictures, and the fit of a table."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sheernet.apps.cli import shared_options as o
from sheernet.apps.cli.folders import results_folder
from sheernet.apps.cli.output import DONE, INTERRUPTED, Answer, Output

EXAMPLES = o.examples("sheernet demo", "sheernet demo --output lesson --quiet")


def demo(
    context: typer.Context,
    output: Annotated[Path, o.folder_option("sheernet-demo")] = Path("sheernet-demo"),
    as_json: o.Json = False,
) -> Answer:
    """Run two worked examples: the network of the videos, and the fit of a table of ozone in the air."""
    out: Output = context.obj
    from sheernet.foundation.pandas_import import import_pandas
    from sheernet.teaching import demo as notebook

    import_pandas()  # an error now rather than after the first example
    with results_folder(output, first="activation.png") as folder:
        try:
            finished = notebook.run(folder, out.say, progress=not out.quiet)
        except KeyboardInterrupt:
            finished = False
            if not _files(folder):
                raise
    files = _files(folder)
    if not finished:
        out.note(f"interrupted; the files written so far are kept in {folder}: {', '.join(files)}")
    return Answer(
        {"folder": folder, "files": files, "finished": finished}, DONE if finished else INTERRUPTED
    )


def _files(folder: Path) -> list[str]:
    return sorted(
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()
    )
