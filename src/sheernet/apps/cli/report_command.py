"""sheernet report: print the report of a model again, or write it as an HTML file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sheernet.apps.cli import shared_options as o
from sheernet.apps.cli.option_names import speller
from sheernet.apps.cli.output import Answer, Output
from sheernet.apps.cli.table_output import require_output_file

if TYPE_CHECKING:
    from sheernet.models.model import Model

EXAMPLES = o.examples(
    "sheernet report scores-fit",
    "sheernet report scores-fit/model.json --verbose",
    "sheernet report scores-fit --output scores.html",
)

HtmlFile = Annotated[
    Path | None,
    o.main_option(
        "--output",
        "-o",
        metavar="FILE",
        readable=False,
        help="File for the report as a page for a browser: .html. It has no pictures of rows; "
        "those are in the report.html that 'sheernet fit' wrote.",
        show_default=False,
    ),
]


def report(
    context: typer.Context,
    model: o.ModelFile,
    output: HtmlFile = None,
    verbose: o.Verbose = False,
    force: o.ForceFile = False,
    as_json: o.Json = False,
) -> Answer:
    """Print the report of a model: its quality on unseen rows, compared with other predictions, and its network."""
    out: Output = context.obj
    if output is not None:
        require_output_file(output, (".html",), force, {"model file": model})
    from sheernet.models.files import load

    fitted = load(model)
    answer = report_of(fitted, verbose, out)
    if output is not None:
        _write(fitted, output, out)
    return answer


def report_of(model: Model, verbose: bool, out: Output) -> Answer:
    """Print the report of a model."""
    from sheernet.apps.cli.facts import facts
    from sheernet.models.report import text

    out.say(text(model, speller(out.options), verbose))
    return Answer(facts(model, out.options))


def _write(model: Model, output: Path, out: Output) -> None:
    """Write the report as an HTML file."""
    from sheernet.apps.html_report import report_document
    from sheernet.foundation.atomic_files import write_file
    from sheernet.foundation.interrupts import deferred_interrupt

    with deferred_interrupt() as late:
        page = report_document(model, spell=speller(out.options))
        write_file(output, page.encode("utf-8"))
    out.say(f"\nReport: {output}")
    out.complete.append(str(output))
    if late.times:
        raise KeyboardInterrupt
