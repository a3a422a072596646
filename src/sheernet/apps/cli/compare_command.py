"""sheernet compare: train the same network with several optimizers and compare the results."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sheernet.apps.cli import shared_options as o
from sheernet.apps.cli import values
from sheernet.apps.cli.command_clock import CommandClock
from sheernet.apps.cli.folders import require_other_file, results_folder, stem
from sheernet.apps.cli.library_arguments import files_read, read_and_sort
from sheernet.apps.cli.option_names import as_options, speller
from sheernet.apps.cli.output import DONE, INTERRUPTED, Answer, Output
from sheernet.apps.cli.quiet_work import prepare_quietly, quietly
from sheernet.apps.cli.settings_options import with_settings
from sheernet.foundation.message_text import listed
from sheernet.settings.network_settings import DEFAULT_DECAY, UNITS
from sheernet.settings.table_settings import DEFAULT_HELD_OUT

if TYPE_CHECKING:
    from sheernet.models.comparing import Comparison

EXAMPLES = o.examples(
    "sheernet compare scores.csv --target score",
    "sheernet compare scores.csv -t score --methods lm,bfgs,scipy:BFGS --starts 5 --hidden 3",
    "sheernet compare scores.csv -t score --time-limit 60 --json",
)

TABLE = "comparison.csv"
"""The file that holds the results."""


ONE_NETWORK: Mapping[str, Mapping[str, str]] = {
    "held_out": {"shown": f"{DEFAULT_HELD_OUT:g}"},
    "hidden": {
        "text": "Units of each hidden layer, such as 10 or 10,5; 0 gives a linear model.",
        "shown": str(UNITS),
    },
    "decay": {
        "text": "Weight decay: penalty on the squared weights, not on the biases.",
        "shown": f"{DEFAULT_DECAY:g}",
    },
    "starts": {"shown": "10; 3 for more than 1e6 rows x weights, 1 for more than 1e7"},
}
"""Help texts that differ from those of fit, because one network is trained by each method."""


@with_settings(o.FITTING, leave_out=("method", "target_transform"), changed=ONE_NETWORK)
def compare(
    context: typer.Context,
    data: o.DataFile,
    target: o.Target,
    given: Mapping[str, Any],
    methods: o.Methods = ["lm", "bfgs", "lbfgs", "adam", "gd"],  # noqa: B006  # typer copies it
    output: Annotated[
        Path | None, o.folder_option("DATA without its suffix, then -compare")
    ] = None,
    force: o.Force = False,
    as_json: o.Json = False,
) -> Answer:
    """Train the same network with several optimizers, from the same initial weights and on the same rows.

    The results are written into a folder: the table comparison.csv and the picture comparison.png.
    """
    out: Output = context.obj
    clock = CommandClock(out.began, given["time_limit"])
    from sheernet.apps.cli.facts import problem
    from sheernet.models.comparing import run, settings_by_method
    from sheernet.models.fitting import TableClock

    wanted = output or Path(f"{stem(data)}-compare")
    require_other_file(wanted / TABLE, files_read(data, given))
    of_table = TableClock(clock.ends)
    with of_table.ending():
        table, targets, arguments = read_and_sort(data, target, given)
        settings = settings_by_method(
            values.split(methods), {**arguments, "progress": not out.quiet}
        )
        prepared = prepare_quietly(table, targets, next(iter(settings.values())), of_table)
    with results_folder(wanted, first=TABLE, force=force) as folder:
        comparison = quietly(
            lambda: run(prepared, settings, clock.fits_end), lambda found: found.notices
        )
        tables = _write_table(comparison, folder)
        out.complete.append(str(folder / tables[0]))
    out.say(comparison.text(speller(out.options)))
    pictures, interrupted = _draw(comparison, folder, out, clock.ends)
    files = [*tables, *pictures]
    out.say(f"\n{listed(files)}: {folder}")
    interrupted = interrupted or comparison.interrupted
    if interrupted:
        out.note_interrupt()
    return Answer(
        {
            "folder": folder,
            "files": files,
            **problem(next(iter(comparison.models.values())), out.options),
            "settings": comparison.settings,
            "methods": comparison.rows(),
            "winner": comparison.winner,
            "verdict": as_options(comparison.verdict, out.options),
        },
        INTERRUPTED if interrupted else DONE,
    )


def _write_table(comparison: Comparison, folder: Path) -> list[str]:
    from sheernet.data.files import write_table

    path = folder / TABLE
    write_table(comparison.to_frame(), path, overwrite=True)
    return [path.name]


def _draw(
    comparison: Comparison, folder: Path, out: Output, until: float
) -> tuple[list[str], bool]:
    from sheernet import plots
    from sheernet.apps.cli.pictures import draw

    pictures: dict[str, Any] = {"comparison": lambda: plots.cost(comparison.models)}
    return draw(pictures, folder, out, tuple(pictures), until)
