"""sheernet check: a model's gradient against numerical derivatives."""

from __future__ import annotations

import typer

from sheernet.cli import arguments
from sheernet.cli import options as o
from sheernet.cli.output import CHECK_FAILED, DONE, INCONCLUSIVE, Answer, Output

EXAMPLES = o.examples(
    "sheernet check scores-fit/model.json scores.csv",
    "sheernet check scores-fit/model.json scores.csv --json",
)
EXIT_CODES = {"pass": DONE, "fail": CHECK_FAILED, "inconclusive": INCONCLUSIVE}


def check(
    context: typer.Context,
    model: o.ModelFile,
    data: o.DataFile,
    samples: o.Samples = "rows",
    separator: o.Separator = None,
    decimal: o.Decimal = None,
    encoding: o.Encoding = None,
    sheet: o.Sheet = None,
    missing_values: o.MissingValues = None,
    as_json: o.Json = False,
) -> Answer:
    """Check a model's gradient, at its weights, against numerical derivatives on the rows of a table.

    Exits with 0 where it passes, 1 where it fails, 3 where that cannot be told.
    """
    given = dict(locals())
    out: Output = context.obj
    from sheernet.files import load
    from sheernet.fitting import check_model
    from sheernet.tables import read_table

    report = check_model(load(model), read_table(data, **arguments.reading(given)))
    out.say(str(report))
    return Answer(report.to_dict(), EXIT_CODES[report.verdict])
