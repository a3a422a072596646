"""sheernet lesson: list the lessons, show one in the terminal, or write notebooks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sheernet.apps.cli import shared_options as o
from sheernet.apps.cli.folders import results_folder
from sheernet.apps.cli.output import Answer, Output
from sheernet.apps.cli.settings_options import main_option
from sheernet.foundation.errors import InvalidInput

if TYPE_CHECKING:
    from sheernet.teaching.lesson_cells import Cell, Lesson
    from sheernet.teaching.lesson_run import Result

EXAMPLES = o.examples(
    "sheernet lesson", "sheernet lesson 4 --pause", "sheernet lesson --notebook course --blank"
)

Number = Annotated[
    int | None,
    typer.Argument(metavar="NUMBER", help="Number of the lesson; without it, all are listed.", show_default=False),
]  # fmt: skip
Pause = Annotated[
    bool,
    main_option("--pause", help="Wait for Enter before a solution and before what code prints."),
]
Notebook = Annotated[
    Path | None,
    main_option(
        metavar="FOLDER", readable=False, show_default=False,
        help="Write the lesson, or all of them, as notebooks for Jupyter into this folder.",
    ),
]  # fmt: skip
Blank = Annotated[
    bool,
    main_option("--blank", help="Leave the exercises of the notebooks for the reader to write."),
]


def lesson(
    context: typer.Context,
    number: Number = None,
    output: Annotated[Path | None, o.folder_option("sheernet-lesson-NUMBER")] = None,
    pause: Pause = False,
    notebook: Notebook = None,
    blank: Blank = False,
    force: o.ForceFile = False,
    as_json: o.Json = False,
) -> Answer:
    """Show a lesson, run cell by cell; or list the lessons, or write them as notebooks."""
    from sheernet.teaching import lesson_cells

    out: Output = context.obj
    _require_use(number, output, pause, notebook, blank or force, as_json)
    if notebook is not None:
        chosen = lesson_cells.lessons() if number is None else [lesson_cells.lesson(number)]
        return _write(chosen, notebook, blank, force, out)
    if number is None:
        return _list(lesson_cells.lessons(), out)
    shown = lesson_cells.lesson(number)
    folder = Path(f"sheernet-lesson-{number}") if output is None else output
    return _show(shown, folder, pause, out)


def _require_use(
    number: int | None, output: Path | None, pause: bool, notebook: Path | None,
    of_notebooks: bool, as_json: bool,
) -> None:  # fmt: skip
    """Refuse options that would have no effect."""
    if of_notebooks and notebook is None:
        raise InvalidInput("--blank and --force are options of --notebook FOLDER; add it")
    if (pause or output is not None) and (number is None or notebook is not None):
        raise InvalidInput(
            "--pause and --output are for a lesson shown in the terminal: sheernet lesson NUMBER"
        )
    if pause and as_json:
        raise InvalidInput(
            "--pause waits between printed cells, and --json prints none; give one of them"
        )


def _list(found: list[Lesson], out: Output) -> Answer:
    width = max(len(lesson.title) for lesson in found)
    for lesson in found:
        out.say(f"{lesson.number}  {lesson.title:<{width}}  {lesson.minutes:>3} minutes")
    out.say("\nsheernet lesson NUMBER shows one; --notebook FOLDER writes notebooks.")
    return Answer({"lessons": [_facts(lesson) for lesson in found]})


def _facts(lesson: Lesson) -> dict[str, Any]:
    """Number, title, minutes, video and script of a lesson."""
    return {
        "number": lesson.number,
        "title": lesson.title,
        "minutes": lesson.minutes,
        "video": lesson.video,
        "script": lesson.path,
    }


def _write(found: list[Lesson], folder: Path, blank: bool, force: bool, out: Output) -> Answer:
    from sheernet.teaching import lesson_notebooks

    folder.mkdir(parents=True, exist_ok=True)
    files = []
    for lesson in found:
        file = lesson_notebooks.write(lesson, folder, blank=blank, overwrite=force)
        files.append(file)
        out.complete.append(str(file))
        out.say(str(file))
    return Answer({"files": files})


def _show(lesson: Lesson, wanted: Path, pause: bool, out: Output) -> Answer:
    from sheernet.teaching import lesson_run

    cells: list[dict[str, Any]] = []
    figures: list[str] = []
    with results_folder(wanted, first="figure-1.png") as folder:
        results = lesson_run.run(lesson)  # a cell runs when its result is asked for
        for cell in lesson.cells:
            if not _ask(cell, pause, out):
                break
            result = next(results)
            names = list(_saved(result, folder, len(figures)))
            figures += names
            paths = [str(folder / name) for name in names]
            out.complete += paths
            _say_result(result, paths, out)
            cells.append(
                {
                    "kind": "text" if result.cell.is_text else "code",
                    "source": result.cell.source,
                    "output": result.output,
                    "figures": names,
                }
            )
    made = {"folder": folder if figures else None, "figures": figures}
    return Answer({"lesson": _facts(lesson), **made, "cells": cells})


def _saved(result: Result, folder: Path, before: int) -> Iterator[str]:
    """Save the figures of a cell; their names are numbered from `before` + 1."""
    from sheernet.plots import save

    for number, figure in enumerate(result.figures, start=before + 1):
        name = f"figure-{number}.png"
        save(figure.axes[0], folder / name)
        yield name


def _ask(cell: Cell, pause: bool, out: Output) -> bool:
    """Print a cell; with pauses, before a solution and before the output.  False if the input ends."""
    from sheernet.apps.cli.lesson_text import cell_text

    if pause and cell.is_exercise:
        out.say_styled(cell_text(replace(cell, source=cell.blank)))
        if not _wait(out, "the solution"):
            return False
    out.say_styled(cell_text(cell))
    return not pause or cell.is_text or cell.is_exercise or _wait(out, "what it prints")


def _say_result(result: Result, figures: list[str], out: Output) -> None:
    """Print the output of a cell, and where its figures are."""
    if result.output:
        out.say(result.output.rstrip("\n"))
    for figure in figures:
        out.say(f"Figure: {figure}")
    if result.output or figures:
        out.say("")


def _wait(out: Output, what: str) -> bool:
    """Wait for Enter; False if the input has ended."""
    out.tell(f"press Enter for {what}")
    try:
        input()
    except EOFError:
        return False
    return True
