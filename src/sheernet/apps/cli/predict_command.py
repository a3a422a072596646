"""sheernet predict: predict the targets of the rows of a table."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from sheernet.apps.cli import shared_options as o
from sheernet.apps.cli import values
from sheernet.apps.cli.folders import require_other_file, require_writable_table
from sheernet.apps.cli.library_arguments import read_model, reading
from sheernet.apps.cli.output import Answer, Output
from sheernet.apps.cli.settings_options import default_in_words, main_option, with_settings
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.interrupts import deferred_interrupt
from sheernet.foundation.sentences import Setting, sentence
from sheernet.foundation.words import counted
from sheernet.settings.table_settings import UnseenInPredictions

if TYPE_CHECKING:
    import pandas as pd

    from sheernet.data.tables import Table
    from sheernet.models.model import Model
    from sheernet.models.row_roles import RowRoles

EXAMPLES = o.examples(
    "sheernet predict scores-fit/model.json new.csv",
    "sheernet predict scores-fit/model.json new.csv --interval 0.9 --append --output predicted.csv",
    "sheernet predict scores-fit/model.json new.parquet -o predicted.xlsx --force",
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
    unseen: Annotated[
        UnseenInPredictions | None,
        main_option(
            help="Labels that the training rows do not have: rare treats them as rare, missing gives their rows no "
            f"prediction, refuse stops with an error. {default_in_words('rare if fitted with it, missing otherwise')}",
            case_sensitive=False,
            show_default=False,
        ),
    ] = None,
    on: Annotated[
        Literal["held-out", "training"] | None,
        main_option(
            help="Predict only the rows of DATA, the table of the fit, that were held out, or those it was trained on; "
            "a column 'row' has their numbers.",
            case_sensitive=False,
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
            help=f"File to write: .csv, .csv.gz, .parquet or .xlsx. {default_in_words('CSV on standard output')}",
            show_default=False,
        ),
    ] = None,
    no_formulas: Annotated[
        bool,
        main_option(
            "--no-formulas",
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

    The exit code is 0 if rows have no prediction; their number is said.
    """
    out: Output = context.obj
    if output is not None:
        require_other_file(output, {"input table": data, "model file": model})
        require_writable_table(output, force)
    from sheernet.data.tables import csv_text, defused, read_with_cells, write_table

    fitted, how = read_model(model, data), reading(given)
    like = fitted.reading.only(fitted.inputs.names)  # the target is not needed
    table, cells = read_with_cells(data, like=like, **how)
    if not fitted.reading.is_ordinary:
        out.note(f"{table.source} is read as the file of the model: {table.reading}")
    rows = None if on is None else _rows_of(fitted, table, on)
    chosen = table if rows is None else table.take(rows)
    predicted = fitted.predict_frame(chosen, coverage, std, method, unseen)
    empty = int(predicted.iloc[:, 0].isna().sum())
    frame = predicted
    if append:
        typed = as_json if output is None else output.suffix.lower() in (".parquet", ".xlsx")
        kept = table.frame if typed or cells is None else cells
        frame = _appended(kept if rows is None else kept.iloc[rows].reset_index(drop=True), frame)
    if rows is not None:
        frame = _appended(_numbered(rows, frame), frame)
    if no_formulas:
        frame = defused(frame)
    answer = {"rows": len(frame), "without_prediction": empty, "columns": list(frame)}
    if output is None:
        out.say_file(csv_text(frame))
        return Answer({**answer, "file": None, "predictions": _data(frame)})
    with deferred_interrupt() as late:
        write_table(frame, output, overwrite=force)
    out.complete.append(str(output))
    if late.times:
        raise KeyboardInterrupt  # the message names the file, which is complete
    without = f", {counted(empty, 'row')} without" if empty else ""
    out.say(f"{counted(len(frame) - empty, 'prediction')}{without}: {output}")
    return Answer({**answer, "file": output, "predictions": None})


def _rows_of(model: Model, table: Table, role: str) -> Any:
    """Indices of the rows of the table of the fit that have a role; raise if it is another table or none has."""
    rows = model.rows
    if rows is None:
        raise InvalidInput(
            sentence(
                "the model does not say which rows were held out, because it was made by an earlier version; "
                "leave out {}",
                Setting("on"),
            )
        )
    if rows.count != len(table):
        raise InvalidInput(
            sentence(
                "{} chooses rows of the table of the fit, {} with {}, but {} has {}; give that table",
                Setting("on", role), model.provenance.data, counted(rows.count, "row"), table.source, len(table),
            )
        )  # fmt: skip
    _require_same_rows(model, rows, table, role)
    if role == "training":
        return rows.training
    if not len(rows.held_out):
        folds = (
            " (its figures are those of folds of the training rows)"
            if model.evaluation == "folds"
            else ""
        )
        raise InvalidInput(
            sentence(
                "no rows of {} were held out{}; fit with {}, or leave out {}",
                table.source, folds, Setting("held_out", 0.25), Setting("on"),
            )
        )  # fmt: skip
    return rows.held_out


def _require_same_rows(model: Model, rows: RowRoles, table: Table, role: str) -> None:
    """Raise if a table has other rows than the table of the fit, or has them in another order."""
    from sheernet.models.row_roles import checksum

    if rows.checksum not in (None, checksum(model.inputs, table.take(rows.used))):
        raise InvalidInput(
            sentence(
                "{} chooses rows of the table of the fit, {}, but the inputs of {} are others or in another order; "
                "give that table with its rows as they were",
                Setting("on", role), model.provenance.data, table.source,
            )
        )  # fmt: skip


def _numbered(rows: Any, frame: pd.DataFrame) -> pd.DataFrame:
    """The numbers of rows, from 1 for the first below the header, under a name that is free."""
    import pandas

    name = "row"
    while name in frame:
        name = f"data_{name}"
    return pandas.DataFrame({name: rows + 1})


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
