"""sheernet grade: grade a learner's network, part by part, with hints."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from sheernet.apps.cli import shared_options as o
from sheernet.apps.cli.output import CHECK_FAILED, DONE, Answer, Output
from sheernet.apps.cli.settings_options import main_option

EXAMPLES = o.examples("sheernet grade my_network.py", "sheernet grade my_network.py --lesson 4")


def grade(
    context: typer.Context,
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE",
            readable=False,
            show_default=False,
            help="Python file or notebook (.ipynb) with the network as a class, as in the notebook or the videos. "
            "Its code is run.",
        ),
    ],
    lesson: Annotated[
        int | None,
        main_option(
            "--lesson",
            metavar="NUMBER",
            help="Lesson, 2 to 7, whose parts are required; by default all parts that the file has are graded.",
            show_default=False,
        ),
    ] = None,
    seconds: Annotated[
        float,
        main_option(
            "--seconds",
            metavar="SECONDS",
            help="Time limit of one call of the code; the file itself may take twelve times as long.",
        ),
    ] = 5.0,
    as_json: o.Json = False,
) -> Answer:
    """Grade a network that you wrote: what is right, what is wrong, and a hint for each mistake.

    The exit code is 0 if all parts are right, 1 if one is wrong or the file cannot run, and 2 if the command is wrong.
    """
    out: Output = context.obj
    from sheernet.teaching import grade as graded

    # plt.show() in the file opens no window and does not wait.
    os.environ.setdefault("MPLBACKEND", "Agg")
    result = graded(file, lesson, seconds=seconds)
    out.say(str(result))
    return Answer(result.to_dict(), DONE if result.right else CHECK_FAILED)
