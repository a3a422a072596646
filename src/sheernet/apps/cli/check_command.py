"""sheernet check: check the gradient of a model or of a user's function against numerical derivatives."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from sheernet.apps.cli import shared_options as o
from sheernet.apps.cli.library_arguments import READING, read_model, reading
from sheernet.apps.cli.output import CHECK_FAILED, DONE, INCONCLUSIVE, INTERRUPTED, Answer, Output
from sheernet.apps.cli.settings_options import with_settings
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.message_text import listed
from sheernet.foundation.sentences import Setting

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
    verbose: o.VerboseCheck = False,
    as_json: o.Json = False,
) -> Answer:
    """Compare the gradient of a model, or of your own function, with numerical derivatives.

    The exit code is 0 if the check passes, 1 if it fails, and 3 if it is inconclusive.
    """
    given = {**given, "model": model, "data": data, "function": function}
    out: Output = context.obj
    from sheernet.apps.cli.folders import results_folder
    from sheernet.apps.cli.own_functions import own_code
    from sheernet.derivatives import check_gradient

    _require_model_or_function(context, given)
    with (
        nullcontext() if function is None else own_code(function),
        nullcontext()
        if pictures is None
        else results_folder(pictures, first="gradient_agreement.png") as folder,
    ):
        problem = _problem(given)
        report = check_gradient(problem, method=method, extent=extent)
        out.say(report.text(verbose=True) if verbose else str(report))
        drawn = {} if folder is None else _draw(folder, problem, report, out)
    code = INTERRUPTED if drawn.get("interrupted") else EXIT_CODES[report.verdict]
    return Answer({**report.to_dict(), **drawn}, code)


def _require_model_or_function(context: typer.Context, given: Mapping[str, Any]) -> None:
    """Raise unless there is either a model with its table, or a function alone."""
    parameters = {parameter.name: parameter for parameter in context.command.params}
    if given["function"] is None:
        for name in ("model", "data"):
            if given[name] is None:
                raise InvalidInput(
                    f"Missing argument {name.upper()!r}: check takes MODEL and DATA, or --function; "
                    "see sheernet check --help"
                )
        return
    idle = [name.upper() for name in ("model", "data") if given[name] is not None]
    idle += [parameters[name].opts[0] for name in READING if given[name] not in (None, [])]
    if idle:
        raise InvalidInput(
            "{} cannot be combined with {}; give either {} or MODEL DATA",
            Setting("function"), listed(idle), Setting("function"),
        )  # fmt: skip


def _problem(given: Mapping[str, Any]) -> Problem:
    """Return the problem to check."""
    if given["function"] is not None:
        from sheernet.apps.cli.own_functions import problem_named

        return problem_named(given["function"])
    from sheernet.data.sources import read_table
    from sheernet.models.fitting import gradient_problem

    model = read_model(given["model"], given["data"])
    table = read_table(given["data"], **reading(given), like=model.reading)
    return gradient_problem(model, table)


def _draw(folder: Path, problem: Problem, report: GradientReport, out: Output) -> dict[str, Any]:
    """Write the pictures into a folder; their part of the result as data."""
    from sheernet.apps.cli.pictures import check_pictures, draw

    pictures = check_pictures(problem, report, out)
    files, interrupted = draw(pictures, folder, out, tuple(pictures))
    if interrupted:
        out.note_interrupt()
        return {"folder": folder, "files": files, "interrupted": True}
    out.say(f"\nPictures: {folder}")
    return {"folder": folder, "files": files}
