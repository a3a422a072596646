"""sheernet select: choose the size and the weight decay of a network by cross-validation, and train it."""

from __future__ import annotations

import shlex
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sheernet.apps.cli import shared_options as o
from sheernet.apps.cli import values
from sheernet.apps.cli.folders import require_other_file, results_folder, stem
from sheernet.apps.cli.library_arguments import files_read, read_and_sort
from sheernet.apps.cli.option_names import as_options, speller
from sheernet.apps.cli.output import DONE, INTERRUPTED, Answer, Output
from sheernet.apps.cli.quiet_work import quietly
from sheernet.apps.cli.settings_options import MAIN, with_settings
from sheernet.foundation.message_text import listed
from sheernet.settings.fit_settings import names_in
from sheernet.settings.selection_settings import SelectionSettings

if TYPE_CHECKING:
    from sheernet.models.selecting import Selection

EXAMPLES = o.examples(
    "sheernet select scores.csv --target score",
    "sheernet select visits.csv -t pressure --groups patient --sizes 0,4,8-4 --decays 0.1,0.01,0.001",
    "sheernet select scores.csv -t score --folds 10 --starts 3 --time-limit 60 --json",
)

TABLE = "selection.csv"
"""The file that holds the errors."""
OWN = names_in(SelectionSettings)
NOT_TAKEN = ("hidden", "decay", "validation", "patience")
"""Options of a fit that a selection does not take."""


IN_FOLDS = {
    "held_out": {"shown": "none"},
    "cost_tolerance": {"shown": "1e-5 in the folds; afterwards as in fit"},
}
"""Help texts that differ from those of fit."""


@with_settings({SelectionSettings: MAIN, **o.FITTING}, leave_out=NOT_TAKEN, changed=IN_FOLDS)
def select(
    context: typer.Context,
    data: o.DataFile,
    target: o.Target,
    given: Mapping[str, Any],
    output: Annotated[Path | None, o.folder_option("DATA without its suffix, then -select")] = None,
    force: o.Force = False,
    as_json: o.Json = False,
) -> Answer:
    """Choose the size and the weight decay of a network by cross-validation, and train it on all rows.

    The results are written into a folder: the chosen model model.json, the table selection.csv with the error of each
    size and decay, and pictures.
    """
    began = time.monotonic()
    out: Output = context.obj
    wanted = output or Path(f"{stem(data)}-select")
    for name in (TABLE, "model.json"):
        require_other_file(wanted / name, files_read(data, given))
    own = _selection_arguments(given)
    others = {name: value for name, value in given.items() if name not in OWN}
    table, targets, arguments = read_and_sort(data, target, others)
    with results_folder(wanted, force=force) as folder:
        selection = quietly(
            lambda: _select(table, targets, own, {**arguments, "progress": not out.quiet}, began),
            lambda found: found.notices,
        )
        tables = _write(selection, folder)
        out.complete += [str(folder / name) for name in tables]
    out.say(selection.text(speller(out.options)))
    pictures, interrupted = _draw(selection, folder, out)
    files = [*tables, *pictures]
    model = shlex.quote(str(folder / "model.json"))
    out.say(f"\n{listed(files)}: {folder}\nMore: sheernet report {model}")
    interrupted = interrupted or selection.interrupted
    if interrupted:
        out.note_interrupt()
    return Answer(_result(selection, folder, files, out), INTERRUPTED if interrupted else DONE)


def _selection_arguments(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments of `sheernet.select` that are not arguments of a fit, as they are typed in Python."""
    own = {name: given[name] for name in OWN}
    if own["sizes"]:
        own["sizes"] = values.sizes(own["sizes"])
    if own["decays"]:
        own["decays"] = list(map(values.number, values.split(own["decays"])))
    return {name: value for name, value in own.items() if value not in (None, [])}


def _select(
    table: Any, targets: Any, own: Mapping[str, Any], arguments: Mapping[str, Any], began: float
) -> Selection:
    from sheernet.models.selecting import select_table

    return select_table(table, targets, SelectionSettings(**own), arguments, began)


def _write(selection: Selection, folder: Path) -> list[str]:
    """Write the model and the table immediately, so that no later failure loses them."""
    from sheernet.data.files import write_table
    from sheernet.foundation.interrupts import deferred_interrupt

    with deferred_interrupt():
        selection.model.save(folder / "model.json")
        write_table(selection.to_frame(), folder / TABLE, overwrite=True)
    return ["model.json", TABLE]


def _draw(selection: Selection, folder: Path, out: Output) -> tuple[list[str], bool]:
    from sheernet import plots
    from sheernet.apps.cli.pictures import draw

    pictures: dict[str, Any] = {"selection": lambda: plots.selection(selection)}
    return draw(pictures, folder, out, tuple(pictures))


def _result(selection: Selection, folder: Path, files: list[str], out: Output) -> dict[str, Any]:
    from sheernet.apps.cli.facts import facts

    return {
        "folder": folder,
        "files": files,
        **facts(selection.model, out.options),
        "measure": selection.measure,
        "selection": selection.rows(),
        "chosen": {"hidden": selection.hidden, "decay": selection.decay},
        "choice": as_options(selection.verdict, out.options),
        "selection_notices": [as_options(text, out.options) for text in selection.notices],
    }
