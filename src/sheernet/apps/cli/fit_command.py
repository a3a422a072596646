"""sheernet fit: fit a network to a table, and write the model, pictures and a report into a folder."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sheernet.apps.cli import shared_options as o
from sheernet.apps.cli.command_clock import CommandClock
from sheernet.apps.cli.folders import require_other_file, results_folder, stem
from sheernet.apps.cli.library_arguments import files_read, read_and_sort
from sheernet.apps.cli.option_names import speller
from sheernet.apps.cli.output import DONE, INTERRUPTED, Answer, Output
from sheernet.apps.cli.quiet_work import prepare_quietly, quietly
from sheernet.apps.cli.settings_options import with_settings
from sheernet.foundation.words import counted
from sheernet.settings.fit_settings import FitSettings

if TYPE_CHECKING:
    from sheernet.data.tables import Table
    from sheernet.models.fitting import Prepared
    from sheernet.models.model import Model

EXAMPLES = o.examples(
    "sheernet fit scores.csv --target score",
    "sheernet fit scores.csv -t score --drop name,day --hidden 5,3 --starts 20 -o scores-small",
    "sheernet fit flowers.xlsx -t species --sheet 2 --missing impute --json",
)

ROLES = "rows.csv"
"""The file with the role of each row: training, held out or left out."""
REPORT = "report.html"
"""The report with its pictures, for a browser."""


@with_settings(o.FITTING)
def fit(
    context: typer.Context,
    data: o.DataFile,
    target: o.Target,
    given: Mapping[str, Any],
    output: Annotated[Path | None, o.folder_option("DATA without its suffix, then -fit")] = None,
    force: o.Force = False,
    verbose: o.Verbose = False,
    as_json: o.Json = False,
    quiet: o.Quiet = False,
) -> Answer:
    """Fit a network to a table, evaluate it, and write the model, pictures and a report into a folder.

    A numeric target is predicted by regression, a target of text or booleans by classification.

    While networks are chosen, the best model so far is written to unfinished.json in the folder about once a minute;
    it is removed when model.json is written.
    """
    out: Output = context.obj
    clock = CommandClock(out.began, given["time_limit"])
    from sheernet.apps.cli.facts import facts
    from sheernet.apps.cli.pictures import draw, fit_pictures
    from sheernet.models.files import require_storable
    from sheernet.models.fitting import TableClock
    from sheernet.models.report import text

    wanted = output or Path(f"{stem(data)}-fit")
    require_other_file(wanted / "model.json", files_read(data, given))
    of_table = TableClock(clock.ends)
    with of_table.ending():
        table, targets, arguments = read_and_sort(data, target, given)
        settings = FitSettings.of({**arguments, "progress": not quiet})
        prepared = prepare_quietly(table, targets, settings, of_table)
        settings = _with_iterates(prepared, settings)
    require_storable(prepared.inputs, prepared.targets)
    with results_folder(wanted, force=force) as folder:
        model, interrupted = _train(prepared, settings, folder / "model.json", clock, out)
        out.complete.append(str(folder / "model.json"))
    out.say(text(model, speller(out.options), verbose))
    pictures, interrupted_later = draw(
        fit_pictures(model, prepared), folder, out, "model.json", until=clock.pictures_end
    )
    tables, interrupted_last = _write_roles(model, folder)
    interrupted_at_report = _write_report(model, prepared, table, folder, pictures, out)
    out.say(_saved(folder, [*tables, REPORT], len(pictures), verbose))
    interrupted = interrupted or interrupted_later or interrupted_last or interrupted_at_report
    if interrupted:
        out.note_interrupt()
    return Answer(
        {
            "folder": folder,
            "files": ["model.json", *tables, REPORT, *pictures],
            **facts(model, out.options),
        },
        INTERRUPTED if interrupted else DONE,
    )


def _write_roles(model: Model, folder: Path) -> tuple[list[str], bool]:
    """Write which rows were held out or left out, if any were; and whether Ctrl-C was pressed meanwhile."""
    rows, path = model.rows, folder / ROLES
    some = rows is not None and (len(rows.held_out) or len(rows.left_out))
    if rows is None or not (some or path.exists()):  # a file of an earlier run would not be true
        return [], False
    import pandas

    from sheernet.data.files import write_table
    from sheernet.foundation.interrupts import deferred_interrupt

    roles = pandas.DataFrame({"row": range(1, rows.count + 1), "role": rows.names})
    with deferred_interrupt() as late:
        write_table(roles, path, overwrite=True)
    return [ROLES], late.times > 0


def _write_report(
    model: Model, prepared: Prepared, table: Table, folder: Path, pictures: list[str], out: Output
) -> bool:
    """Write the report with the pictures of the folder; whether Ctrl-C was pressed meanwhile."""
    from sheernet.apps.html_report import write_report
    from sheernet.foundation.interrupts import deferred_interrupt

    with deferred_interrupt() as late:
        write_report(
            model, folder / REPORT, table=table, rows=prepared.training,
            pictures={Path(name).stem: (folder / name).read_bytes() for name in pictures},
            spell=speller(out.options),
        )  # fmt: skip
    return late.times > 0


def _with_iterates(prepared: Prepared, settings: FitSettings) -> FitSettings:
    """Keep the iterates of a single network, if they are small: the report shows the run."""
    from sheernet.models.fitting.fit_plan import plan_of
    from sheernet.models.fitting.held_out_costs import iterates_are_small

    if settings.chooses:
        return settings
    n_parameters = plan_of(prepared, settings).network.theta.size
    kept = iterates_are_small(settings, n_parameters)
    return replace(settings, training=replace(settings.training, keep_path=kept))


def _saved(folder: Path, tables: list[str], n_pictures: int, verbose: bool) -> str:
    """The files in the folder, and a command for what the short report leaves out; not wrapped, to be copied."""
    pictures = f", {counted(n_pictures, 'picture')}" if n_pictures else ""
    from sheernet.models.report import LABEL

    files = ", ".join(["model.json", *tables])
    saved = f"{'Saved':<{LABEL}}{folder}: {files}{pictures}"
    if verbose:
        return saved
    model = shlex.quote(str(folder / "model.json"))
    return f"{saved}\n{'More':<{LABEL}}sheernet report {model} --verbose"


def _train(
    prepared: Prepared, settings: FitSettings, path: Path, clock: CommandClock, out: Output
) -> tuple[Model, bool]:
    """Train and save the model at once, so that no later failure loses it; and whether Ctrl-C was pressed."""
    from sheernet.foundation.interrupts import deferred_interrupt
    from sheernet.models.files.loading import UNFINISHED
    from sheernet.models.fitting import UnfinishedModel, fit_prepared

    so_far = UnfinishedModel(path.with_name(UNFINISHED))
    model = quietly(
        lambda: fit_prepared(prepared, settings, clock.fits_end, so_far, out.tell),
        lambda fitted: fitted.notices,
    )
    with deferred_interrupt() as late:
        model.save(path)
        so_far.remove()
        path.with_name(REPORT).unlink(missing_ok=True)  # that of an earlier run would not be true
    return model, late.times > 0 or "interrupted" in model.starts.reasons
