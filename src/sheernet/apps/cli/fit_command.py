"""sheernet fit: fit a network to a table, and write the model, pictures and a report into a folder."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sheernet.apps.cli import shared_options as o
from sheernet.apps.cli.command_clock import CommandClock
from sheernet.apps.cli.fit_files import fit_files, is_in_parts, without_shards
from sheernet.apps.cli.fit_results import REPORT, FitOutput, saved_line, write_report, write_roles
from sheernet.apps.cli.folders import require_other_file, results_folder, stem
from sheernet.apps.cli.library_arguments import files_read, read_and_sort
from sheernet.apps.cli.option_names import speller
from sheernet.apps.cli.output import DONE, INTERRUPTED, Answer, Output
from sheernet.apps.cli.quiet_work import prepare_quietly, quietly
from sheernet.apps.cli.settings_options import with_settings
from sheernet.settings.fit_settings import FitSettings
from sheernet.settings.shard_settings import ShardSettings

if TYPE_CHECKING:
    from sheernet.models.fitting import Prepared
    from sheernet.models.model import Model

EXAMPLES = o.examples(
    "sheernet fit scores.csv --target score",
    "sheernet fit scores.csv -t score --drop name,day --hidden 5,3 --starts 20 -o scores-small",
    "sheernet fit 'data/*.parquet' -t y --memory 2GB --folder /scratch",
)


@with_settings({**o.FITTING, ShardSettings: o.LARGE})
def fit(
    context: typer.Context,
    data: o.DataFiles,
    target: o.Target,
    given: Mapping[str, Any],
    output: Annotated[Path | None, o.folder_option("DATA without its suffix, then -fit")] = None,
    force: o.Force = False,
    verbose: o.Verbose = False,
    as_json: o.Json = False,
) -> Answer:
    """Fit a network to a table, evaluate it, and write the model, pictures and a report into a folder.

    A numeric target is predicted by regression, a target of text or booleans by classification.

    During the fit, the best model so far is written to unfinished.json in the folder about once a minute, or of a
    single network every five seconds; it is removed when model.json is written.

    Several files, a folder, or a pattern in quotes such as 'data/*.parquet' are read in parts and need not fit in
    memory: one network is fitted to them.
    """
    out: Output = context.obj
    given, of_shards = without_shards(given)
    if is_in_parts(data, context):
        return fit_files(data, target, given, of_shards, FitOutput(output, force, verbose), out)
    of_shards.refuse()
    return _fit_table(data[0], target, given, FitOutput(output, force, verbose), out)


def _fit_table(
    data: Path, target: list[str], given: Mapping[str, Any], wants: FitOutput, out: Output
) -> Answer:
    """Fit networks to a table in memory."""
    clock = CommandClock(out.began, given["time_limit"])
    from sheernet.apps.cli.facts import facts
    from sheernet.apps.cli.pictures import draw
    from sheernet.apps.html_report.fit_pictures import fit_pictures
    from sheernet.models.files import require_storable
    from sheernet.models.fitting import TableClock
    from sheernet.models.report import text

    wanted = wants.folder or Path(f"{stem(data)}-fit")
    require_other_file(wanted / "model.json", files_read(data, given))
    of_table = TableClock(clock.ends)
    with of_table.ending():
        table, targets, arguments = read_and_sort(data, target, given)
        settings = FitSettings.of({**arguments, "progress": not out.quiet})
        prepared = prepare_quietly(table, targets, settings, of_table)
    require_storable(prepared.inputs, prepared.targets)
    with results_folder(wanted, force=wants.force) as folder:
        model, interrupted = _train(prepared, settings, folder / "model.json", clock, out)
        out.complete.append(str(folder / "model.json"))
    out.say(text(model, speller(out.options), wants.verbose))
    pictures, interrupted_later = draw(fit_pictures(model, prepared), folder, out, until=clock.ends)
    tables, interrupted_last = write_roles(model, folder)
    pages, interrupted_at_report = write_report(
        model, table, folder, pictures, out, clock.report_ends
    )
    out.say(saved_line(folder, [*tables, *pages], len(pictures), wants.verbose))
    interrupted = interrupted or interrupted_later or interrupted_last or interrupted_at_report
    if interrupted:
        out.note_interrupt()
    return Answer(
        {
            "folder": folder,
            "files": ["model.json", *tables, *pages, *pictures],
            **facts(model, out.options),
        },
        INTERRUPTED if interrupted else DONE,
    )


def _train(
    prepared: Prepared, settings: FitSettings, path: Path, clock: CommandClock, out: Output
) -> tuple[Model, bool]:
    """Train and save the model immediately, so that no later failure loses it; return whether Ctrl-C was pressed."""
    from sheernet.foundation.interrupts import deferred_interrupt
    from sheernet.models.files.loading import UNFINISHED
    from sheernet.models.fitting import UnfinishedModel, autosave, fit_prepared

    seconds = autosave.SECONDS_BETWEEN if settings.chooses else autosave.SECONDS_OF_NETWORK
    so_far = UnfinishedModel(path.with_name(UNFINISHED), seconds)
    model = quietly(
        lambda: fit_prepared(prepared, settings, clock.fits_end, so_far),
        lambda fitted: fitted.notices,
    )
    with deferred_interrupt() as late:
        model.save(path)
        so_far.remove()
        path.with_name(REPORT).unlink(
            missing_ok=True
        )  # a report of an earlier run would describe another model
    return model, late.times > 0 or "interrupted" in model.starts.reasons
