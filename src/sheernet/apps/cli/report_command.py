"""sheernet report: print the report of a model again."""

from __future__ import annotations

from pathlib import Path

import typer

from sheernet.apps.cli import shared_options as o
from sheernet.apps.cli.option_names import speller
from sheernet.apps.cli.output import Answer, Output

EXAMPLES = o.examples(
    "sheernet report scores-fit", "sheernet report scores-fit/model.json --verbose"
)


def report(
    context: typer.Context,
    model: o.ModelFile,
    verbose: o.Verbose = False,
    as_json: o.Json = False,
) -> Answer:
    """Print the report of a model: its quality on unseen rows, beside simpler predictions, and its network."""
    return report_of(model, verbose, context.obj)


def report_of(path: Path, verbose: bool, out: Output) -> Answer:
    """Print the report of a model file, or of the model in a folder."""
    from sheernet.apps.cli.facts import facts
    from sheernet.models.files import load
    from sheernet.models.report import text

    model = load(path)
    out.say(text(model, speller(out.options), verbose))
    return Answer(facts(model, out.options))
