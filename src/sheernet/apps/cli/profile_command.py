"""sheernet profile: the prediction at a point, and how it changes as each column changes alone."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sheernet.apps.cli import named_values, values
from sheernet.apps.cli import shared_options as o
from sheernet.apps.cli.output import Answer, Output
from sheernet.apps.cli.settings_options import default_in_words, main_option
from sheernet.apps.cli.table_output import require_output, require_table_output, write_answer

if TYPE_CHECKING:
    from sheernet.models.explaining import Profile

PICTURES = (".png", ".svg", ".pdf")
EXAMPLES = o.examples(
    "sheernet profile scores-fit/model.json",
    "sheernet profile scores-fit/model.json --at asleep=7.5 --output profile.png",
    "sheernet profile scores-fit/model.json --at asleep=7.5,studying=2 --interval 0.9 --output profile.csv",
)


def profile(
    context: typer.Context,
    model: o.ModelFile,
    at: Annotated[
        list[str] | None,
        main_option(
            metavar="NAME=VALUE",
            help="Values of the point, separated by commas or by repeating the option. "
            f"{default_in_words('the others as in a typical row, medians and most frequent labels')}",
            show_default=False,
        ),
    ] = None,
    columns: Annotated[
        list[str] | None,
        main_option(
            metavar="NAMES",
            help=f"Columns that change, separated by commas. {default_in_words('all')}",
            show_default=False,
        ),
    ] = None,
    points: Annotated[
        int,
        main_option(
            help="Values of each column of numbers.", parser=values.whole, metavar="NUMBER"
        ),
    ] = 41,
    coverage: Annotated[
        float | None,
        main_option(
            "--interval",
            metavar="COVERAGE",
            parser=values.number,
            help="Add to each curve an interval that contains a new value with this probability, such as 0.9.",
            show_default=False,
        ),
    ] = None,
    output: Annotated[
        Path | None,
        main_option(
            "--output",
            "-o",
            metavar="FILE",
            readable=False,
            help="File for the picture (.png, .svg or .pdf), or for all values (.csv, .csv.gz, .parquet or .xlsx).",
            show_default=False,
        ),
    ] = None,
    force: o.ForceFile = False,
    as_json: o.Json = False,
) -> Answer:
    """Print the prediction at a point, and how it changes as each column changes alone.

    The distance of the point from the training rows is also printed.
    """
    out: Output = context.obj
    is_picture = output is not None and output.suffix.lower() in PICTURES
    if output is not None:
        check = require_output if is_picture else require_table_output
        check(output, force, {"model file": model})
    from sheernet.models.files import load

    fitted = load(model)
    point = named_values.row(at, fitted.inputs, "at", fitted.reading.formats)
    chosen = values.split(columns, fitted.inputs.names) or None
    found = fitted.profile(point or None, chosen, points, coverage)
    out.say(found.text())
    if output is not None:
        if is_picture:
            _draw(found, output)
        else:
            write_answer(found.to_frame(), output, force, out)
        out.say(f"\n{'Picture' if is_picture else 'Values'}: {output}")
    return Answer({**found.to_dict(), "file": output})


def _draw(found: Profile, output: Path) -> Any:
    """Write the picture."""
    from sheernet import plots

    plots.save(plots.profile(found), output)
