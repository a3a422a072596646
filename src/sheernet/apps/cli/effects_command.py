"""sheernet effects: show how the predictions of a model depend on its columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from sheernet.apps.cli import shared_options as o
from sheernet.apps.cli import values
from sheernet.apps.cli.library_arguments import read_model, reading, refuse_reading
from sheernet.apps.cli.output import DONE, INTERRUPTED, Answer, Output
from sheernet.apps.cli.settings_options import default_in_words, main_option, with_settings
from sheernet.apps.cli.table_output import require_table_output, write_answer
from sheernet.foundation.errors import InvalidInput

if TYPE_CHECKING:
    import pandas as pd

    from sheernet.models.explaining import Effects

EXAMPLES = o.examples(
    "sheernet effects scores-fit/model.json scores.csv",
    "sheernet effects scores-fit/model.json scores.csv --pairs 3 --pictures scores-effects",
    "sheernet effects scores-fit/model.json scores.csv --kind partial-dependence --columns asleep -o effects.csv",
)
KINDS = {"ale": "ale", "partial-dependence": "partial dependence"}


@with_settings(o.READING)
def effects(
    context: typer.Context,
    model: o.ModelFile,
    given: Mapping[str, Any],
    data: o.RowsFile = None,
    kind: Annotated[
        Literal["ale", "partial-dependence"],
        main_option(
            help="ale accumulates the changes of the predictions of the rows near each value, partial-dependence is "
            "the mean prediction of all rows with the same value.",
            case_sensitive=False,
        ),
    ] = "ale",
    columns: Annotated[
        list[str] | None,
        main_option(
            metavar="NAMES",
            help=f"Columns, separated by commas or by repeating the option. {default_in_words('all')}",
            show_default=False,
        ),
    ] = None,
    pairs: Annotated[
        list[str] | None,
        main_option(
            metavar="PAIRS",
            help="Pairs of columns whose joint effects are shown: their number, of those with the largest "
            "interactions, or names such as age:income, separated by commas. "
            f"{default_in_words('up to 3')}",
            show_default=False,
        ),
    ] = None,
    individual: Annotated[
        bool,
        main_option(
            "--individual", help="Draw the curves of single rows, of partial-dependence, as well."
        ),
    ] = False,
    pictures: o.Pictures = None,
    output: Annotated[Path | None, o.table_option("all values of the curves and pairs")] = None,
    force: o.ForceFile = False,
    as_json: o.Json = False,
) -> Answer:
    """Show how the predictions of a model depend on its columns, with bands, the most important first.

    With DATA that has the target, labels have the means of their true values as well.
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
    like = fitted.reading.only(fitted.inputs.names)
    table = None if data is None else read_table(data, like=like, **reading(given))
    names = fitted.inputs.names if table is None else table.columns
    chosen = values.columns(columns, names) or None
    folder_of_pictures = (
        nullcontext() if pictures is None else results_folder(pictures, first="effects.png")
    )
    with folder_of_pictures as folder:
        found = fitted.effects(table, KINDS[kind], chosen, _pairs(pairs, names), individual)
        out.say(str(found))
        if output is not None:
            write_answer(found.values_to_frame(), output, force, out)
            out.say(f"\nValues: {output}")
        drawn = {} if folder is None else _draw(found, folder, out)
    answer = {
        "rows": found.rows,
        "columns": [effect.title for effect in found.curves],
        "importance": {effect.title: effect.importance.tolist() for effect in found.curves},
        "predictions": found.outputs,
        "pairs": {pair.title: pair.importance.tolist() for pair in found.pairs},
        "means": found.means.tolist(),
        "file": output,
        "effects": None if output else _records(found.to_frame()),
        "pair_effects": None if output else _records(found.pairs_to_frame()),
        "differences": _records(found.differences_to_frame()),  # which the file does not have
        **drawn,
    }
    return Answer(answer, INTERRUPTED if drawn.get("interrupted") else DONE)


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a table as plain data; unknown numbers are None."""
    return frame.astype(object).where(frame.notna(), None).to_dict("records")  # type: ignore[return-value]


def _pairs(given: list[str] | None, names: Sequence[str]) -> Any:
    """Return the argument `pairs` of `Model.effects`: a number, or pairs of names."""
    if given is None:
        return None
    if len(given) == 1 and given[0].strip().isdigit():
        return int(given[0])
    found = []
    for text in values.split(given):
        ways = [(text[:i], text[i + 1 :]) for i, c in enumerate(text) if c == ":"]
        known = [pair for pair in ways if all(_is_name(name, names) for name in pair)]
        if not known:
            raise InvalidInput(
                f"--pairs must be a whole number or pairs of columns such as age:income, but {text!r} was given"
            )
        found.append(known[0])
    return found


def _is_name(name: str, names: Sequence[str]) -> bool:
    """Whether a name belongs to a column, or to a part of a date, such as "day (season)"."""
    return name in names or name.rpartition(" (")[0] in names


def _draw(found: Effects, folder: Path, out: Output) -> dict[str, Any]:
    """Write the pictures into a folder; their part of the result as data."""
    from sheernet import plots
    from sheernet.apps.cli.pictures import draw

    pictures = {"effects": lambda: plots.effects(found)}
    if found.pairs:
        pictures["pair_effects"] = lambda: plots.pair_effects(found)
    files, interrupted = draw(pictures, folder, out, tuple(pictures))
    if interrupted:
        out.note_interrupt()
        return {"folder": folder, "files": files, "interrupted": True}
    out.say(f"\nPictures: {folder}")
    return {"folder": folder, "files": files}
