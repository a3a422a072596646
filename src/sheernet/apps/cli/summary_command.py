"""sheernet summary: the networks of a model and their weights, with standard errors."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from sheernet.apps.cli import shared_options as o
from sheernet.apps.cli.library_arguments import read_model, reading, refuse_reading
from sheernet.apps.cli.option_names import speller
from sheernet.apps.cli.output import Answer, Output
from sheernet.apps.cli.settings_options import default_in_words, main_option, with_settings
from sheernet.apps.cli.table_output import require_table_output, write_answer

EXAMPLES = o.examples(
    "sheernet summary scores-fit/model.json",
    "sheernet summary scores-fit/model.json scores.csv --output coefficients.csv",
)


@with_settings(o.READING)
def summary(
    context: typer.Context,
    model: o.ModelFile,
    given: Mapping[str, Any],
    data: Annotated[
        Path | None,
        o.argument(
            metavar="DATA",
            help="Table of the fit, for standard errors that the model does not store.",
        ),
    ] = None,
    member: Annotated[
        int | None,
        main_option(
            metavar="NUMBER",
            help="Index of the network whose coefficients are printed, from 0. "
            f"{default_in_words('the one with the largest share')}",
            show_default=False,
        ),
    ] = None,
    output: Annotated[Path | None, o.table_option("the table of all coefficients")] = None,
    force: o.ForceFile = False,
    as_json: o.Json = False,
) -> Answer:
    """Print the networks of a model, their effective parameters and likelihood, and weights with standard errors.

    Without a hidden layer the weights are the coefficients of a regression in the units of the columns.
    """
    out: Output = context.obj
    files = {"model file": model} | ({} if data is None else {"input table": data})
    if output is not None:
        require_table_output(output, force, files)
    from sheernet.data.sources import read_table
    from sheernet.models.explaining.summary_text import TABLE

    if data is None:
        refuse_reading(context, given)
    fitted = read_model(model, data or model)
    table = None if data is None else read_table(data, **reading(given), like=fitted.reading)
    found = fitted.summary(table, member)
    out.say(found.text(speller({**out.options, TABLE: "--output FILE"})))
    if output is not None:
        write_answer(found.to_frame(), output, force, out)
        out.say(f"\nCoefficients: {output}")
    return Answer({**found.to_dict(), "file": output})
