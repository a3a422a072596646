"""sheernet predict: predictions for the rows of a table, printed or written to a file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sheernet.apps.cli import shared_options as o
from sheernet.apps.cli.library_arguments import reading
from sheernet.apps.cli.output import Answer, Output
from sheernet.apps.cli.settings_options import MAIN, default_in_words, with_settings
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.words import counted

if TYPE_CHECKING:
    import pandas as pd


EXAMPLES = o.examples(
    "sheernet predict scores-fit/model.json new.csv",
    "sheernet predict scores-fit/model.json new.csv --append --output predicted.csv",
    "sheernet predict scores-fit/model.json new.parquet -o predicted.parquet --force",
)

ENDINGS = (".csv", ".csv.gz", ".parquet")


@with_settings(o.READING)
def predict(
    context: typer.Context,
    model: o.ModelFile,
    data: o.DataFile,
    given: Mapping[str, Any],
    append: Annotated[
        bool,
        typer.Option(
            "--append",
            metavar="",
            help="Keep the columns of the table, followed by the predictions.",
            rich_help_panel=MAIN,
        ),
    ] = False,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            readable=False,
            help=f"File to write: .csv, .csv.gz or .parquet. {default_in_words('CSV on standard output')}",
            show_default=False,
            rich_help_panel=MAIN,
        ),
    ] = None,
    force: o.Force = False,
    as_json: o.Json = False,
) -> Answer:
    """Predict the targets of the rows of a table.

    Columns are found by name, in any order.  For classes there is also a column probability_CLASS for each class.  With
    --append, a prediction is called predicted_NAME if the table already has its name.
    """
    out: Output = context.obj
    if output is not None:
        _require_writable(output, force)
    from sheernet.data.tables import csv_text, read_cells, read_table, write_table
    from sheernet.models.files import load

    fitted, how = load(model), reading(given)
    table = read_table(data, **how)
    frame = fitted.predict_frame(table)
    if append:
        as_written = not as_json if output is None else output.suffix.lower() != ".parquet"
        kept = read_cells(data, **how) if as_written else None
        frame = _appended(table.frame if kept is None else kept, frame)
    if output is None:
        out.say_file(csv_text(frame))
        return Answer(
            {"rows": len(frame), "columns": list(frame), "file": None, "predictions": _data(frame)}
        )
    write_table(frame, output, overwrite=force)
    out.say(f"{counted(len(frame), 'prediction')}: {output}")
    return Answer({"rows": len(frame), "columns": list(frame), "file": output, "predictions": None})


def _require_writable(output: Path, force: bool) -> None:
    """Refuse a file that will not be written before any work is done for it."""
    from sheernet.foundation.storage import require_parent

    require_parent(output)
    if not output.name.lower().endswith(ENDINGS):
        raise InvalidInput(
            f"predictions are written to a file ending in {', '.join(ENDINGS)}, but {str(output)!r} was given; "
            "change its ending"
        )
    if output.is_dir():
        raise InvalidInput(f"{str(output)!r} is a folder; give the name of a file")
    if output.exists() and not force:
        raise InvalidInput(
            f"{str(output)!r} exists already and is not overwritten; give another name, or --force"
        )


def _appended(kept: pd.DataFrame, predictions: pd.DataFrame) -> pd.DataFrame:
    """The columns with predictions behind; names that are there already get a prefix, as often as it takes."""
    from sheernet.foundation.optional import import_optional

    taken = set(map(str, kept.columns))
    names = []
    for name in map(str, predictions.columns):
        while name in taken:
            name = f"predicted_{name}"
        names.append(name)
        taken.add(name)
    pandas = import_optional("pandas", extra="tables", purpose="tables")
    return pandas.concat([kept, predictions.set_axis(names, axis="columns")], axis="columns")


def _data(frame: pd.DataFrame) -> dict[str, list[Any]]:
    """The columns of a frame; missing values are None."""
    return {
        str(name): frame[name].astype(object).where(frame[name].notna(), None).tolist()
        for name in frame.columns
    }
