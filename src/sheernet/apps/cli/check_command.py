"""sheernet check: check the gradient of a model or of a user's function against numerical derivatives."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from sheernet.apps.cli import shared_options as o
from sheernet.apps.cli.library_arguments import READING, reading
from sheernet.apps.cli.output import CHECK_FAILED, DONE, INCONCLUSIVE, INTERRUPTED, Answer, Output
from sheernet.apps.cli.settings_options import with_settings
from sheernet.foundation.errors import InvalidInput

if TYPE_CHECKING:
    from sheernet.derivatives import GradientReport, Problem

EXAMPLES = o.examples(
    "sheernet check scores-fit/model.json scores.csv",
    "sheernet check scores-fit/model.json scores.csv --pictures scores-check --json",
    "sheernet check --function mypackage.network:problem",
)
EXIT_CODES = {"pass": DONE, "fail": CHECK_FAILED, "inconclusive": INCONCLUSIVE}


@with_settings(o.READING)
def check(
    context: typer.Context,
    given: Mapping[str, Any],
    model: o.ModelToCheck = None,
    data: o.DataToCheck = None,
    function: o.Function = None,
    extent: o.Extent = "auto",
    method: o.CheckMethod = "auto",
    pictures: o.Pictures = None,
    as_json: o.Json = False,
) -> Answer:
    """Check the gradient of a model on the rows of a table, or of your own function, against numerical derivatives.

    The exit code is 0 if it passes, 1 if it fails, and 3 if the check is inconclusive.
    """
    given = {**given, "model": model, "data": data, "function": function}
    out: Output = context.obj
    from sheernet.apps.cli.own_functions import own_code
    from sheernet.derivatives import check_gradient

    _refuse_halves(context, given)
    with nullcontext() if function is None else own_code(function):
        problem = _problem(given)
        options: Any = {"method": method, "extent": extent}  # other names are refused there
        report = check_gradient(problem, **options)
        out.say(str(report))
        drawn: Mapping[str, Any] = {}
        if pictures is not None:
            drawn = _draw(pictures, problem, report, out)
    code = INTERRUPTED if drawn.get("interrupted") else EXIT_CODES[report.verdict]
    return Answer({**report.to_dict(), **drawn}, code)


def _refuse_halves(context: typer.Context, given: Mapping[str, Any]) -> None:
    """A model with its table, or a function: one of the two, whole."""
    by_name = {parameter.name: parameter for parameter in context.command.params}
    if given["function"] is None:
        for name in ("model", "data"):
            if given[name] is None:
                raise InvalidInput(
                    f"Missing argument {name.upper()!r}: check takes MODEL and DATA, or --function; "
                    "see sheernet check --help"
                )
        return
    about_tables = ("model", "data", *READING)
    idle = [name for name in about_tables if given[name] not in (None, [], by_name[name].default)]
    if idle:
        words = [
            name.upper() if name in ("model", "data") else f"--{name.replace('_', '-')}"
            for name in idle
        ]
        raise InvalidInput(
            f"function {given['function']!r} needs no model and no table, but {', '.join(words)} was given; "
            "leave out one or the other"
        )


def _problem(given: Mapping[str, Any]) -> Problem:
    """What is to be checked."""
    if given["function"] is not None:
        from sheernet.apps.cli.own_functions import problem_named

        return problem_named(given["function"])
    from sheernet.data.tables import read_table
    from sheernet.models.files import load
    from sheernet.models.fitting import gradient_problem

    return gradient_problem(load(given["model"]), read_table(given["data"], **reading(given)))


def _draw(wanted: Path, problem: Problem, report: GradientReport, out: Output) -> dict[str, Any]:
    """Write the pictures into a new folder; what was found stands also without them."""
    from sheernet.apps.cli.folders import results_folder
    from sheernet.apps.cli.pictures import check_pictures, draw

    files: list[str] = []
    pictures = check_pictures(problem, report, out)
    with results_folder(wanted) as folder:
        try:
            for name in draw(pictures, folder, out, None, tuple(pictures)):
                files.append(name)  # noqa: PERF402  # each counts as soon as it is there
        except KeyboardInterrupt:
            out.note("interrupted; what was found is kept")
            return {"folder": folder, "files": files, "interrupted": True}
    out.say(f"\nPictures: {folder}")
    return {"folder": folder, "files": files}
