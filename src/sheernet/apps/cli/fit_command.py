"""sheernet fit: from a table to a model, its report and its pictures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from sheernet.apps.cli import library_arguments as arguments
from sheernet.apps.cli import shared_options as o
from sheernet.apps.cli.folders import results_folder, stem
from sheernet.apps.cli.output import DONE, INTERRUPTED, Answer, Output
from sheernet.apps.cli.quiet_work import prepare_quietly, quietly
from sheernet.apps.cli.wording import report_as_options

if TYPE_CHECKING:
    from sheernet.models.fitting import Prepared
    from sheernet.models.model import Model

EXAMPLES = o.examples(
    "sheernet fit scores.csv --target score",
    "sheernet fit scores.csv -t score --drop name,day --hidden 5,3 --starts 20 -o scores-small",
    "sheernet fit flowers.xlsx -t species --sheet 2 --missing impute --json",
)


def fit(
    context: typer.Context,
    data: o.DataFile,
    target: o.Target,
    samples: o.Samples = "rows",
    separator: o.Separator = None,
    decimal: o.Decimal = None,
    encoding: o.Encoding = None,
    sheet: o.Sheet = None,
    missing_values: o.MissingValues = None,
    inputs: o.Inputs = None,
    drop: o.Drop = None,
    categories: o.Categories = None,
    weights: o.Weights = None,
    task: o.Task = "auto",
    scaling: o.Scaling = "standardize",
    rare: o.Rare = 0.01,
    unseen: o.Unseen = "refuse",
    missing: o.Missing = "refuse",
    hidden: o.Hidden = "10",
    activation: o.Activation = "tanh",
    decay: o.Decay = 1e-4,
    cost: o.Cost = None,
    method: o.Method = "auto",
    starts: o.Starts = None,
    max_iter: o.MaxIter = 1000,
    cost_tolerance: o.CostTolerance = None,
    time_limit: o.TimeLimit = None,
    held_out: o.HeldOut = 0.25,
    seed: o.Seed = 0,
    validation: o.Validation = None,
    patience: o.Patience = None,
    test: o.Test = None,
    output: o.Folder = None,
    force: o.Force = False,
    as_json: o.Json = False,
    quiet: o.Quiet = False,
) -> Answer:
    """Fit a network to a table, judge it, and write model and pictures into a new folder.

    A target of numbers is predicted by regression, one of text or booleans by classification.
    """
    given = dict(locals())  # each name is the library's own: they are handed on as they are
    out: Output = context.obj
    from sheernet.apps.cli.facts import facts
    from sheernet.models.report import text

    training = {**arguments.fitting(given), "method": method}
    prepared = prepare_quietly(**arguments.preparing(given))
    with results_folder(output or Path(f"{stem(data)}-fit"), force=force) as folder:
        model, pressed = _train(prepared, training, folder / "model.json")
    out.say(text(model, lambda sentence: report_as_options(sentence, out.options)))
    files, pressed_later = _draw(model, prepared, folder, out)
    out.say(f"\n{'Model and pictures' if len(files) > 1 else 'Model'}: {folder}")
    pressed = pressed or pressed_later
    if pressed:
        out.note("interrupted; what was found is kept")
    return Answer(
        {"folder": folder, "files": files, **facts(model, out.options)},
        INTERRUPTED if pressed else DONE,
    )


def _train(prepared: Prepared, training: dict[str, Any], path: Path) -> tuple[Model, bool]:
    """Train and save at once: whatever comes after, the model is there.  And whether Ctrl-C was pressed."""
    from sheernet.models.fitting import fit_prepared
    from sheernet.optimizers.interrupts import deferred_interrupt

    model = quietly(lambda: fit_prepared(prepared, **training), lambda fitted: fitted.notices)
    with deferred_interrupt() as late:
        model.save(path)
    return model, late.times > 0 or "interrupted" in model.starts.reasons


def _draw(model: Model, prepared: Prepared, folder: Path, out: Output) -> tuple[list[str], bool]:
    """The names of the files that are there in the end, and whether Ctrl-C was pressed meanwhile."""
    from sheernet.apps.cli.pictures import draw, fit_pictures

    files = ["model.json"]
    try:
        for name in draw(fit_pictures(model, prepared), folder, out, "model.json"):
            files.append(name)  # noqa: PERF402  # each counts as soon as it is there
    except KeyboardInterrupt:
        return files, True
    return files, False
