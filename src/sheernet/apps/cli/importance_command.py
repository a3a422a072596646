"""sheernet importance: how important each column is for the predictions of a model."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sheernet.apps.cli import shared_options as o
from sheernet.apps.cli import values
from sheernet.apps.cli.library_arguments import read_model, reading, refuse_reading
from sheernet.apps.cli.option_names import as_options, speller
from sheernet.apps.cli.output import DONE, INTERRUPTED, Answer, Output
from sheernet.apps.cli.settings_options import main_option, with_settings
from sheernet.apps.cli.table_output import require_table_output, write_answer

if TYPE_CHECKING:
    from sheernet.models.explaining import Importance

EXAMPLES = o.examples(
    "sheernet importance scores-fit/model.json scores.csv",
    "sheernet importance scores-fit/model.json scores.csv --groups asleep,studying --output importance.csv",
    "sheernet importance scores-fit/model.json scores.csv --pictures scores-importance --json",
)


@with_settings(o.READING)
def importance(
    context: typer.Context,
    model: o.ModelFile,
    given: Mapping[str, Any],
    data: o.RowsFile = None,
    groups: Annotated[
        list[str] | None,
        main_option(
            "--groups",
            metavar="COLUMNS",
            help="Columns to measure together, separated by commas, such as correlated ones; repeat for more groups.",
            show_default=False,
        ),
    ] = None,
    repeats: Annotated[
        int,
        main_option(help="Permutations of each column.", parser=values.whole, metavar="NUMBER"),
    ] = 10,
    correlated: Annotated[
        float,
        main_option(
            help="Name columns that are correlated above this.", parser=values.number, metavar="R"
        ),
    ] = 0.7,
    seed: Annotated[
        int, main_option(help="Seed of all sampling.", parser=values.whole, metavar="NUMBER")
    ] = 0,
    all_measures: Annotated[
        bool,
        main_option(
            "--all-measures",
            help="Print also permutation importance, Shapley values, and sizes of slopes; "
            "they are always in the table of --output and --json.",
        ),
    ] = False,
    output: Annotated[Path | None, o.table_option("the table with all measures")] = None,
    force: o.ForceFile = False,
    pictures: o.Pictures = None,
    as_json: o.Json = False,
) -> Answer:
    """Print how important each column is for the predictions of a model.

    With DATA that has the target, permutation importance is measured too, on the held-out rows if DATA has them.
    """
    out: Output = context.obj
    from sheernet.apps.cli.folders import results_folder
    from sheernet.data.sources import read_table

    if output is not None:
        files = {"model file": model} | ({} if data is None else {"input table": data})
        require_table_output(output, force, files)
    if data is None:
        refuse_reading(context, given)
    fitted = read_model(model, data or model)
    table = None if data is None else read_table(data, **reading(given), like=fitted.reading)
    names = fitted.inputs.names if table is None else table.columns
    together = [values.columns([group], names) for group in groups or ()]
    with (
        nullcontext()
        if pictures is None
        else results_folder(pictures, first="importance.png") as folder
    ):
        found = fitted.importance(
            table, groups=together, repeats=repeats, correlated=correlated, seed=seed
        )
        out.say(found.text(speller(out.options), all_measures))
        if output is not None:
            write_answer(found.to_frame(), output, force, out)
            out.say(f"\nTable: {output}")
        drawn = {} if folder is None else _draw(folder, found, out)
    answer = found.to_dict()
    answer |= {"notices": [as_options(notice, out.options) for notice in found.notices]}
    code = INTERRUPTED if drawn.get("interrupted") else DONE
    return Answer({**answer, "file": output, **drawn}, code)


def _draw(folder: Path, found: Importance, out: Output) -> dict[str, Any]:
    """Write the picture into a folder; its part of the result as data."""
    from sheernet import plots
    from sheernet.apps.cli.pictures import draw

    pictures = {"importance": lambda: plots.importance(found)}
    files, interrupted = draw(pictures, folder, out, tuple(pictures))
    if interrupted:
        out.note_interrupt()
        return {"folder": folder, "files": files, "interrupted": True}
    out.say(f"\nPicture: {folder}")
    return {"folder": folder, "files": files}
