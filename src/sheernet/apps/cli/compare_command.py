"""sheernet compare: the same networks trained by several methods, side by side."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from sheernet.apps.cli import library_arguments as arguments
from sheernet.apps.cli import shared_options as o
from sheernet.apps.cli import values
from sheernet.apps.cli.folders import results_folder, stem
from sheernet.apps.cli.output import DONE, INTERRUPTED, Answer, Output
from sheernet.apps.cli.quiet_work import prepare_quietly, quietly
from sheernet.apps.cli.wording import report_as_options

if TYPE_CHECKING:
    from sheernet.models.comparing import Comparison

EXAMPLES = o.examples(
    "sheernet compare scores.csv --target score",
    "sheernet compare scores.csv -t score --methods lm,bfgs,scipy:BFGS --starts 5 --hidden 3",
    "sheernet compare scores.csv -t score --time-limit 60 --json",
)


def compare(
    context: typer.Context,
    data: o.DataFile,
    target: o.Target,
    methods: o.Methods = ["lm", "bfgs", "lbfgs", "adam", "gd"],  # noqa: B006  # typer copies it
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
    """Train the same networks by several methods, from the same starts and on the same rows, side by side.

    Writes the table and a picture into a new folder.
    """
    given = dict(locals())
    out: Output = context.obj
    from sheernet.apps.cli.facts import problem
    from sheernet.models.comparing import plan, run

    options = {**arguments.fitting(given), **arguments.preparing(given)}
    named = {name: options.pop(name) for name in ("table", "target")}
    columns, training = plan(values.split(methods), options)
    prepared = prepare_quietly(**named, **columns)
    with results_folder(output or Path(f"{stem(data)}-compare"), force=force) as folder:
        comparison = quietly(lambda: run(prepared, training), lambda found: found.notices)
        files = _write_table(comparison, folder)
    out.say(comparison.text(lambda sentence: report_as_options(sentence, out.options)))
    pressed = comparison.interrupted
    try:
        files += _draw(comparison, folder, out)
    except KeyboardInterrupt:
        pressed = True
    out.say(f"\n{' and '.join(files)}: {folder}")
    if pressed:
        out.note("interrupted; what was found is kept")
    return Answer(
        {
            "folder": folder,
            "files": files,
            **problem(next(iter(comparison.models.values())), out.options),
            "settings": comparison.settings,
            "methods": comparison.rows(),
            "winner": comparison.winner,
            "verdict": comparison.verdict,
        },
        INTERRUPTED if pressed else DONE,
    )


def _write_table(comparison: Comparison, folder: Path) -> list[str]:
    from sheernet.data.tables import write_table

    path = folder / "comparison.csv"
    write_table(comparison.to_frame(), path, overwrite=True)
    return [path.name]


def _draw(comparison: Comparison, folder: Path, out: Output) -> list[str]:
    from sheernet import plots
    from sheernet.apps.cli.pictures import draw

    pictures: dict[str, Any] = {"comparison": lambda: plots.comparison(comparison)}
    return list(draw(pictures, folder, out, "comparison.csv", names=tuple(pictures)))
