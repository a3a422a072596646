"""sheernet predict: predict the targets of the rows of a table."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from sheernet.apps.cli import shared_options as o
from sheernet.apps.cli import values
from sheernet.apps.cli.fit_files import is_in_parts
from sheernet.apps.cli.library_arguments import read_model, reading
from sheernet.apps.cli.output import Answer, Output
from sheernet.apps.cli.predict_parts import PartsOutput, no_predictions, predict_parts
from sheernet.apps.cli.settings_options import default_in_words, main_option, with_settings
from sheernet.apps.cli.table_output import require_table_output, write_answer
from sheernet.foundation.caller_warnings import gathered, warn
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.message_text import counted, listed, plural_of
from sheernet.foundation.sentences import Setting, sentence
from sheernet.settings.table_settings import UnseenInPredictions

if TYPE_CHECKING:
    import pandas as pd

    from sheernet.data.files.written_cells import WrittenCells
    from sheernet.data.tables import Table
    from sheernet.models.model import Model
    from sheernet.models.row_roles import RowRoles

FEW = 5
"""Rows whose explanations are printed."""
MOST_STD = 1000
"""Maximum number of rows whose contributions have standard deviations by default."""
EXAMPLES = o.examples(
    "sheernet predict scores-fit/model.json new.csv --interval 0.9 --append --output predicted.csv",
    "sheernet predict scores-fit/model.json new.csv --explain --reference scores.csv",
    "sheernet predict sales-fit/model.json 'new/*.parquet' --output predicted",
)


@with_settings(o.READING)
def predict(
    context: typer.Context,
    model: o.ModelFile,
    data: o.DataFiles,
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
            "prediction. With --explain, also the standard deviations of contributions, which classes have too.",
        ),
    ] = False,
    method: Annotated[
        Literal["density", "conformal"],
        main_option(
            "--interval-method",
            help="Compute intervals from the predicted density, or (conformal) from the errors on held-out rows. "
            "Conformal intervals have the given probability on average, whatever the shape of the noise.",
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
            "prediction, refuse stops with an error. "
            + default_in_words(
                "rare in columns with rare labels or if fitted with it, missing otherwise"
            ),
            case_sensitive=False,
            show_default=False,
        ),
    ] = None,
    on: Annotated[
        Literal["held-out", "training"] | None,
        main_option(
            help="Predict only the rows of DATA, the table of the fit, that were held out, or the training rows; "
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
            help="File to write: .csv, .csv.gz, .parquet or .xlsx; of several files, a folder with a file for each. "
            f"{default_in_words('CSV on standard output')}",
            show_default=False,
        ),
    ] = None,
    explain: Annotated[
        bool,
        main_option(
            "--explain",
            help="Add how much each column contributes to each prediction, with the standard deviation (of more than "
            f"{MOST_STD} rows only with --std); of at most {FEW} rows without --output, print explanations instead.",
        ),
    ] = False,
    reference: Annotated[
        Path | None,
        main_option(
            metavar="TABLE",
            readable=False,
            help="Table of the fit: contributions are measured from the mean prediction of its training rows, and "
            "explanations name the nearest of them. Without it, from the prediction at the mean of the columns, "
            "except if DATA is the table of the fit.",
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
    output_decimal: Annotated[
        Literal[".", ","],
        main_option(
            "--output-decimal",
            help="Decimal mark of CSV output. With a comma, values are separated by semicolons, as Excel expects in "
            "countries with decimal commas.",
        ),
    ] = ".",
    force: o.ForceFile = False,
    as_json: o.Json = False,
) -> Answer:
    """Predict the targets of the rows of a table.

    The table needs the input columns of the model, in any order; the target is not needed.

    For a classification model, the output also has a column probability_CLASS for each class.

    Missing inputs are filled, except with fit's --missing drop or refuse: then their rows get no prediction.

    The exit code is 0 if at least one row has a prediction, otherwise 2; the number of rows without is printed.

    Several files, a folder, or a pattern in quotes such as 'new/*.parquet' are read in parts and need not fit in
    memory: a file of predictions is written for each into the folder of --output.
    """
    out: Output = context.obj
    if is_in_parts(data, context):
        alone = {
            "explain": explain, "reference": reference, "on": on, "no_formulas": no_formulas,
            "output_decimal": output_decimal if output_decimal == "," else None,
        }  # fmt: skip
        how = {"coverage": coverage, "std": std, "method": method, "unseen": unseen}
        wants = PartsOutput(output, append, force)
        return predict_parts(model, data, wants, given, alone, how, out)
    file = data[0]
    _require_explanations(explain, {"reference": reference})
    _require_output(
        output, output_decimal, force, as_json, {"input table": file, "model file": model}
    )
    from sheernet.data.files import csv_text, defused
    from sheernet.data.sources import read_with_cells
    from sheernet.models.streamed_predictions import beside

    fitted, how = read_model(model, file), reading(given)
    like = fitted.reading.only(fitted.inputs.names)  # the target is not needed
    table, cells = read_with_cells(file, like=like, **how)
    if not fitted.reading.is_ordinary:
        out.note(f"{table.source} is read like the file of the model: {table.reading}")
    _note_units(fitted, table, out)
    rows = None if on is None else _rows_of(fitted, table, on)
    chosen = table if rows is None else table.take(rows)
    has_std = std and not (explain and fitted.task == "classification")
    frame = _predicted(fitted, chosen, coverage=coverage, std=has_std, method=method, unseen=unseen)
    empty = int(frame.iloc[:, 0].isna().sum())
    texts: list[str] = []
    if explain:
        from sheernet.apps.cli.explanations import compared_table
        from sheernet.models.explaining.contributions import has_band

        is_printed = output is None and len(frame) <= FEW
        compared = compared_table(fitted, table, reference)
        has_std = std or len(frame) <= MOST_STD
        if not has_std and has_band(fitted):
            _note_std(len(frame), out)
        frame, texts = _explained(fitted, chosen, compared, frame, has_std, is_printed)
    if append:
        cells = cells if rows is None else cells.take(rows)
        kept_columns = _kept(chosen, cells, output, as_json, output_decimal)
        frame = beside(kept_columns, frame)
    if rows is not None:
        frame = beside(_numbered(rows, frame), frame)
    if no_formulas:
        frame = defused(frame)
    answer = {"rows": len(frame), "without_prediction": empty, "columns": list(frame)}
    if output is None:
        out.say("\n\n".join(texts)) if texts else out.say_file(
            csv_text(frame, decimal=output_decimal)
        )
        return Answer({**answer, "file": None, "predictions": _data(frame)})
    write_answer(frame, output, force, out, decimal=output_decimal)
    without = f", {counted(empty, 'row')} without" if empty else ""
    out.say(f"{counted(len(frame) - empty, 'prediction')}{without}: {output}")
    return Answer({**answer, "file": output, "predictions": None})


def _require_output(
    output: Path | None, decimal: str, force: bool, as_json: bool, files: Mapping[str, Path]
) -> None:
    """Raise if the output cannot be written."""
    if output is not None:
        require_table_output(output, force, files)
    if decimal == ",":
        _require_csv(output, as_json)


def _require_explanations(explain: bool, options: Mapping[str, object]) -> None:
    """Raise if an option of explanations is given, but no explanations are asked for."""
    for name, value in options.items():
        if value is not None and not explain:
            raise InvalidInput(
                "{} is used by {} only; give both, or none",
                Setting(name), Setting("explain"),
            )  # fmt: skip


def _note_std(n_rows: int, out: Output) -> None:
    out.note(
        sentence(
            "the contributions to {} have no standard deviations, which would take most of the time; give {} for them",
            counted(n_rows, "prediction"), Setting("std"),
        )
    )  # fmt: skip


def _note_units(model: Model, table: Table, out: Output) -> None:
    """Tell that targets are predicted in hours."""
    hours = [repr(name) for name in model.targets.names if _is_in_hours(model, table, name)]
    if hours:
        out.note(f"{listed(hours)} {plural_of(len(hours), 'is', 'are')} predicted in hours")


def _is_in_hours(model: Model, table: Table, target: str) -> bool:
    """Whether a target held durations, or holds times of day, which are numbers of hours in a model."""
    form = model.reading.formats.get(target)
    is_time = form is not None and form.date is not None and form.date.is_time
    has_times = target in table.columns and table.kind(target) == "time"
    return is_time or has_times or (form is not None and form.kind == "duration")


def _explained(
    model: Model,
    table: Table,
    compared: Table | None,
    frame: pd.DataFrame,
    has_std: bool,
    is_printed: bool,
) -> tuple[pd.DataFrame, list[str]]:
    """Append the contributions of the columns to predictions; also explain each row if explanations are printed."""
    from sheernet.apps.cli.explanations import columns_of_contributions, explanations
    from sheernet.models.streamed_predictions import beside

    frame = beside(frame, columns_of_contributions(model, table, compared, has_std))
    return frame, explanations(model, table, compared) if is_printed else []


def _rows_of(model: Model, table: Table, role: str) -> Any:
    """Return indices of the rows of the table of the fit that have a role; raise if it is another table or none has."""
    rows = model.rows
    if rows is None:
        raise InvalidInput(
            "the model does not record which rows were held out, because it was {}; leave out {}",
            "fitted to data in shards"
            if "shards" in model.settings
            else "made by an earlier version",
            Setting("on"),
        )
    if rows.count != len(table):
        raise InvalidInput(
            "{} chooses rows of the table of the fit, {} with {}, but {} has {}; give that table",
            Setting("on", role), model.provenance.data, counted(rows.count, "row"), table.source, len(table),
        )  # fmt: skip
    _require_same_rows(model, rows, table, role)
    if role == "training":
        return rows.training
    if not len(rows.held_out):
        folds = (
            ", because its statistics are from folds: each row was predicted by networks that were fitted without it, "
            "which the model does not keep"
            if model.evaluation == "folds"
            else ""
        )
        raise InvalidInput(
            "no rows of {} were held out{}; fit with {} to predict held-out rows, or leave out {} "
            "to predict all rows",
            table.source, folds, Setting("held_out", 0.25), Setting("on"),
        )  # fmt: skip
    return rows.held_out


def _require_same_rows(model: Model, rows: RowRoles, table: Table, role: str) -> None:
    """Raise if a table has other rows than the table of the fit, or has them in another order."""
    from sheernet.models.row_roles import checksum

    if rows.checksum not in (None, checksum(model.inputs, table.take(rows.used))):
        raise InvalidInput(
            "{} chooses rows of the table of the fit, {}, but the rows of {} are different or in another order; "
            "give that table with its rows in their order",
            Setting("on", role), model.provenance.data, table.source,
        )  # fmt: skip


def _numbered(rows: Any, frame: pd.DataFrame) -> pd.DataFrame:
    """Return the numbers of rows, from 1 for the first below the header, under a name that is free."""
    import pandas

    name = "row"
    while name in frame:
        name = f"data_{name}"
    return pandas.DataFrame({name: rows + 1})


def _require_csv(output: Path | None, as_json: bool) -> None:
    """Raise if decimal commas were asked for and no CSV is written."""
    from sheernet.data.files import is_csv

    if as_json if output is None else not is_csv(output.name):
        where = "the JSON document" if output is None else repr(str(output))
        raise InvalidInput(
            "{} applies to CSV only, but {} was given; omit it, or write a .csv file",
            Setting("output_decimal", ","), where,
        )  # fmt: skip


def _predicted(model: Model, table: Table, **how: Any) -> pd.DataFrame:
    """The predictions of a table; raise if no row has one."""
    with gathered() as reasons:
        frame = model.predict_frame(table, **how)
    if frame.iloc[:, 0].isna().all():
        raise no_predictions(table.source, reasons)
    for reason in reasons:
        warn(reason)
    return frame


def _kept(
    table: Table,
    cells: WrittenCells,
    output: Path | None,
    as_json: bool,
    decimal: str,
) -> pd.DataFrame:
    """The columns of a table for the output: as in its file for CSV and workbooks, otherwise its values."""
    from sheernet.data.files import is_csv

    if is_csv(output.name) if output is not None else not as_json:
        return cells.for_csv(table, decimal)
    is_workbook = output is not None and output.name.lower().endswith(".xlsx")
    return cells.for_workbook(table) if is_workbook else table.frame


def _data(frame: pd.DataFrame) -> dict[str, list[Any]]:
    """Return the columns of a frame; missing values are None."""
    return {
        str(name): column.astype(object).where(column.notna(), None).tolist()
        for name, column in frame.items()
    }
