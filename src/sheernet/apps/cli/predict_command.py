"""sheernet predict: predict the targets of the rows of a table."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from sheernet.apps.cli import shared_options as o
from sheernet.apps.cli import values
from sheernet.apps.cli.folders import require_other_file
from sheernet.apps.cli.library_arguments import read_model, reading
from sheernet.apps.cli.output import Answer, Output
from sheernet.apps.cli.settings_options import default_in_words, main_option, with_settings
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.interrupts import deferred_interrupt
from sheernet.foundation.sentences import Setting, sentence
from sheernet.foundation.words import counted, listed

if TYPE_CHECKING:
    import pandas as pd

EXAMPLES = o.examples(
    "sheernet predict scores-fit/model.json new.csv",
    "sheernet predict scores-fit/model.json new.csv --interval 0.9 --append --output predicted.csv",
    "sheernet predict scores-fit/model.json new.parquet -o predicted.parquet --force",
)


@with_settings(o.READING)
def predict(
    context: typer.Context,
    model: o.ModelFile,
    data: o.DataFile,
    given: Mapping[str, Any],
    coverage: Annotated[
        float | None,
        main_option(
            "--interval",
            metavar="COVERAGE",
            parser=values.number,
            help="Add the columns NAME_lower and NAME_upper for each target: an interval that contains the target of a "
            "new row with this probability, such as 0.9.",
            show_default=False,
        ),
    ] = None,
    std: Annotated[
        bool,
        main_option(
            "--std",
            help="Add a column NAME_std for each target: the standard deviation of the target of a new row around its "
            "prediction.",
        ),
    ] = False,
    method: Annotated[
        Literal["density", "conformal"],
        main_option(
            "--interval-method",
            help="Compute intervals from the predicted density, or (conformal) from the errors on held-out rows, which "
            "have the probability on average whatever the shape of the noise.",
            case_sensitive=False,
        ),
    ] = "density",
    append: Annotated[
        bool,
        main_option(
            "--append",
            help="Append the predictions to the columns of the table, as predicted_NAME if it has a column NAME.",
        ),
    ] = False,
    output: Annotated[
        Path | None,
        main_option(
            "--output",
            "-o",
            metavar="FILE",
            readable=False,
            help=f"File to write: .csv, .csv.gz or .parquet. {default_in_words('CSV on standard output')}",
            show_default=False,
        ),
    ] = None,
    safe: Annotated[
        bool,
        main_option(
            "--safe-for-spreadsheets",
            help="Put an apostrophe before text that a spreadsheet program would run as a formula, such as =A1.",
        ),
    ] = False,
    force: Annotated[bool, main_option("--force", help="Overwrite the file if it exists.")] = False,
    as_json: o.Json = False,
) -> Answer:
    """Predict the targets of the rows of a table.

    The table needs the input columns of the model, in any order; the target is not needed.

    For a classification model, the output also has a column probability_CLASS for each class.

    A row with a missing input gets no prediction, except with fit's --missing impute, which fills it in.

    Unseen labels are treated as when the model was fitted.
    """
    out: Output = context.obj
    if output is not None:
        require_other_file(output, {"input table": data, "model file": model})
        _require_writable(output, force)
    from sheernet.data.tables import csv_text, defused, read_with_cells, write_table

    fitted, how = read_model(model, data), reading(given)
    table, cells = read_with_cells(data, **how)
    frame = fitted.predict_frame(table, coverage, std, method)
    if append:
        typed = as_json if output is None else output.suffix.lower() == ".parquet"
        frame = _appended(table.frame if typed or cells is None else cells, frame)
    if safe:
        frame = defused(frame)
    if output is None:
        out.say_file(csv_text(frame))
        return Answer(
            {"rows": len(frame), "columns": list(frame), "file": None, "predictions": _data(frame)}
        )
    with deferred_interrupt() as late:
        write_table(frame, output, overwrite=force)
    out.complete.append(str(output))
    if late.times:
        raise KeyboardInterrupt  # the message names the file, which is complete
    empty = int(frame.iloc[:, -1].isna().sum())
    without = f", {counted(empty, 'row')} without" if empty else ""
    out.say(f"{counted(len(frame) - empty, 'prediction')}{without}: {output}")
    return Answer({"rows": len(frame), "columns": list(frame), "file": output, "predictions": None})


def _require_writable(output: Path, force: bool) -> None:
    """Raise before any work if the file cannot be written."""
    from sheernet.data.tables import EXTENSIONS
    from sheernet.foundation.storage import require_parent

    require_parent(output)
    if not output.name.lower().endswith(EXTENSIONS):
        raise InvalidInput(
            f"the name of the output file must end in {listed(EXTENSIONS, 'or')}, but {str(output)!r} was given; "
            "change its ending"
        )
    if output.is_dir():
        raise InvalidInput(f"{str(output)!r} is a folder; give the name of a file")
    if output.exists() and not force:
        raise InvalidInput(
            sentence(
                "{!r} exists already and is not overwritten; give another name, or {}",
                str(output),
                Setting("overwrite", True),
            )
        )


def _appended(kept: pd.DataFrame, predictions: pd.DataFrame) -> pd.DataFrame:
    """Append the predictions; names that exist already get the prefix predicted_ until they are unique."""
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
        str(name): column.astype(object).where(column.notna(), None).tolist()
        for name, column in frame.items()
    }
