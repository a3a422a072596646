"""sheernet optimize: the inputs with which a model predicts a wanted value, or as much or as little as possible."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from sheernet.apps.cli import named_values, values
from sheernet.apps.cli import shared_options as o
from sheernet.apps.cli.output import Answer, Output
from sheernet.apps.cli.settings_options import main_option
from sheernet.apps.cli.table_output import require_table_output, write_answer

EXAMPLES = o.examples(
    "sheernet optimize scores-fit/model.json --want 75",
    "sheernet optimize scores-fit/model.json scores.csv --minimize studying --bounds score=60.. --output best.csv",
    'sheernet optimize scores-fit/model.json --maximize score --fix "asleep + studying=9"',
)


def optimize(
    context: typer.Context,
    model: o.ModelFile,
    data: Annotated[
        Path | None,
        o.argument(
            metavar="DATA",
            help="Table of measured rows, such as that of the fit: the best of them is shown beside the result.",
        ),
    ] = None,
    want: Annotated[
        list[str] | None,
        main_option(
            metavar="NAME=VALUE",
            help="Wanted prediction: of the only target its value, 'maximize' or 'minimize'; of several NAME=VALUE; of "
            "classes a label, or LABEL=PROBABILITY. Separated by commas or by repeating the option.",
            show_default=False,
        ),
    ] = None,
    maximize: Annotated[
        list[str] | None,
        main_option(
            metavar="NAME",
            help="Predictions, columns or sums of columns to make as large as possible, subject to the wanted values.",
            show_default=False,
        ),
    ] = None,
    minimize: Annotated[
        list[str] | None,
        main_option(
            metavar="NAME",
            help="Predictions, columns or sums of columns to make as small as possible, subject to the wanted values.",
            show_default=False,
        ),
    ] = None,
    fixed: Annotated[
        list[str] | None,
        main_option(
            "--fix",
            metavar="NAME=VALUE",
            help="Values of columns that are not searched, and of sums of columns: 'A + B=VALUE'.",
            show_default=False,
        ),
    ] = None,
    bounds: Annotated[
        list[str] | None,
        main_option(
            metavar="NAME=LOW..HIGH",
            help="Narrower ranges of columns, some of their labels (NAME=LABEL/LABEL), and ranges of sums of columns "
            "and of predictions; NAME=LOW.. and NAME=..HIGH have an open end.",
            show_default=False,
        ),
    ] = None,
    goal: Annotated[
        Literal["interval", "mean"],
        main_option(
            help="interval: the worse end of the 90 % interval is optimized and kept in the bounds; mean: the "
            "prediction.",
            case_sensitive=False,
        ),
    ] = "interval",
    near_data: Annotated[
        bool,
        main_option(
            "--near-data/--no-near-data",
            help="Search only combinations of values that are as near to the data as 95 % of the training rows.",
        ),
    ] = True,
    starts: Annotated[
        int,
        main_option(
            help="Number of starts that are optimized.", parser=values.whole, metavar="NUMBER"
        ),
    ] = 16,
    seed: Annotated[
        int, main_option(help="Seed of the starts.", parser=values.whole, metavar="NUMBER")
    ] = 0,
    output: Annotated[Path | None, o.table_option("the table of solutions")] = None,
    force: o.ForceFile = False,
    as_json: o.Json = False,
) -> Answer:
    """Print the inputs with which a model predicts a wanted value, or as much or as little as possible.

    By default, as much as the lower end of the 90 % interval promises, and near the training rows.
    """  # fmt: skip
    out: Output = context.obj
    if output is not None:
        files = {"model file": model} | ({} if data is None else {"input table": data})
        require_table_output(output, force, files)
    from sheernet.models.explaining.decoding import prediction_names
    from sheernet.models.files import load

    fitted = load(model)
    classes = [str(label) for label in getattr(fitted.targets, "classes", ())]
    names = (*prediction_names(fitted), *classes)
    formats = fitted.reading.formats
    shares = names if classes else ()  # probabilities may be written as percent
    found = fitted.optimize(
        named_values.wanted(want, maximize, minimize, names, formats, shares),
        named_values.row(fixed, fitted.inputs, "fixed", formats),
        named_values.bounds(bounds, fitted.inputs, formats),
        table=data, goal=goal, near_data=near_data, starts=starts, seed=seed,
    )  # fmt: skip
    out.say(found.text())
    if output is not None:
        write_answer(found.to_frame(), output, force, out)
        out.say(f"\nSolutions: {output}")
    return Answer({**found.to_dict(), "file": output})
