"""sheernet optimize: the inputs with which a model predicts a wanted value, or as much or as little as possible."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sheernet.apps.cli import named_values, values
from sheernet.apps.cli import shared_options as o
from sheernet.apps.cli.output import Answer, Output
from sheernet.apps.cli.settings_options import main_option
from sheernet.apps.cli.table_output import require_table_output, write_answer

EXAMPLES = o.examples(
    "sheernet optimize scores-fit/model.json --want 75",
    "sheernet optimize scores-fit/model.json --maximize score --fix studying=2",
    "sheernet optimize scores-fit/model.json --want score=75 --bounds asleep=6..9 --near-data --output best.csv",
)


def optimize(
    context: typer.Context,
    model: o.ModelFile,
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
            help="Predictions to make as large as possible, subject to the wanted values.",
            show_default=False,
        ),
    ] = None,
    minimize: Annotated[
        list[str] | None,
        main_option(
            metavar="NAME",
            help="Predictions to make as small as possible, subject to the wanted values.",
            show_default=False,
        ),
    ] = None,
    fixed: Annotated[
        list[str] | None,
        main_option(
            "--fix",
            metavar="NAME=VALUE",
            help="Values of columns that are not searched.",
            show_default=False,
        ),
    ] = None,
    bounds: Annotated[
        list[str] | None,
        main_option(
            metavar="NAME=LOW..HIGH",
            help="Narrower ranges of columns, or some of their labels: NAME=LABEL/LABEL.",
            show_default=False,
        ),
    ] = None,
    starts: Annotated[
        int,
        main_option(
            help="Number of starts; more if there are many combinations of labels.",
            parser=values.whole,
            metavar="NUMBER",
        ),
    ] = 64,
    near_data: Annotated[
        bool,
        main_option(
            "--near-data",
            help="Search only combinations of values that are as near to the data as 99 % of the training rows.",
        ),
    ] = False,
    seed: Annotated[
        int, main_option(help="Seed of the starts.", parser=values.whole, metavar="NUMBER")
    ] = 0,
    output: Annotated[Path | None, o.table_option("the table of solutions")] = None,
    force: o.ForceFile = False,
    as_json: o.Json = False,
) -> Answer:
    """Print the inputs with which a model predicts a wanted value, or as much or as little as possible.

    Nothing outside of the ranges and labels of the training rows is searched.
    """  # fmt: skip
    out: Output = context.obj
    if output is not None:
        require_table_output(output, force, {"model file": model})
    from sheernet.models.explaining.decoding import prediction_names
    from sheernet.models.files import load

    fitted = load(model)
    classes = [str(label) for label in getattr(fitted.targets, "classes", ())]
    names = (*prediction_names(fitted), *classes)
    formats, percent = fitted.reading.formats, fitted.reading.percent
    of_want = names if classes else percent  # probabilities may be written as percent, too
    found = fitted.optimize(
        named_values.wanted(want, maximize, minimize, names, formats, of_want),
        named_values.row(fixed, fitted.inputs, "fixed", formats, percent),
        named_values.bounds(bounds, fitted.inputs, formats, percent),
        starts=starts, near_data=near_data, seed=seed,
    )  # fmt: skip
    out.say(found.text())
    if output is not None:
        write_answer(found.to_frame(), output, force, out)
        out.say(f"\nSolutions: {output}")
    return Answer({**found.to_dict(), "file": output})
