"""sheernet fit of several files: shards, whose rows need not fit in memory."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from sheernet.apps.cli import values
from sheernet.apps.cli.command_clock import CommandClock
from sheernet.apps.cli.fit_results import REPORT, FitOutput, saved_line, write_report
from sheernet.apps.cli.folders import results_folder, stem
from sheernet.apps.cli.library_arguments import reading_of_parts, reading_of_test, without_files
from sheernet.apps.cli.option_names import speller
from sheernet.apps.cli.output import DONE, INTERRUPTED, Answer, Output
from sheernet.apps.cli.quiet_work import quietly
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.sentences import Setting
from sheernet.settings.fit_settings import FitSettings
from sheernet.settings.shard_settings import ShardSettings

if TYPE_CHECKING:
    from sheernet.models.fitting.sharded_model import ShardedFit

MAGIC = re.compile(r"[*?\[\]]+")
"""Marks of a pattern."""


def is_in_parts(data: Sequence[Path], context: typer.Context) -> bool:
    """Whether the arguments DATA are several files, a folder or a pattern; other words are a usage error."""
    from sheernet.models.fitting.sharded_fit import is_sharded

    extra = [str(each) for each in data[1:] if not (each.exists() or is_sharded(each))]
    if extra:
        context.fail(f"Got unexpected extra arguments ({' '.join(extra)})")
    return len(data) > 1 or is_sharded(data[0])


def without_shards(given: Mapping[str, Any]) -> tuple[dict[str, Any], ShardSettings]:
    """Divide options into the options of a fit and the options of shards."""
    names = [part.name for part in fields(ShardSettings) if part.name in given]
    left = {name: value for name, value in given.items() if name not in names}
    return left, ShardSettings(**{name: given[name] for name in names})


def fit_files(
    data: Sequence[Path], target: list[str], given: Mapping[str, Any], of_shards: ShardSettings, wants: FitOutput,
    out: Output,
) -> Answer:  # fmt: skip
    """Fit a network to the rows of files, and write the model, pictures and a report into a folder."""
    clock = CommandClock(out.began, given["time_limit"])
    from sheernet.apps.cli.facts import facts
    from sheernet.apps.cli.pictures import draw
    from sheernet.apps.html_report.fit_pictures import fit_pictures
    from sheernet.models.report import text

    source, targets, settings = _sorted(data, target, given, progress=not out.quiet)
    with results_folder(wants.folder or Path(f"{name_of(data)}-fit"), force=wants.force) as folder:
        found, interrupted = _train(source, targets, settings, of_shards, folder, clock, wants, out)
        out.complete.append(str(folder / "model.json"))
    model = found.model
    out.say(text(model, speller(out.options), wants.verbose))
    pictures, interrupted_later = draw(
        fit_pictures(model, found.sample), folder, out, until=clock.ends
    )
    pages, interrupted_last = write_report(model, None, folder, pictures, out)
    out.say(saved_line(folder, pages, len(pictures), wants.verbose))
    interrupted = interrupted or interrupted_later or interrupted_last
    if interrupted:
        out.note_interrupt()
    files = ["model.json", *pages, *pictures]
    return Answer(
        {"folder": folder, "files": files, **facts(model, out.options)},
        INTERRUPTED if interrupted else DONE,
    )


def name_of(data: Sequence[Path]) -> str:
    """Return a name for the results: the pattern without wildcards, the name of its folder, or of the first file.

    Examples
    --------
    >>> from pathlib import Path
    >>> from sheernet.apps.cli.fit_files import name_of
    >>> [name_of([Path(each)]) for each in ("sales/*.parquet", "part-*.parquet", "sales")]
    ['sales', 'part', 'sales']
    """
    first = data[0]
    kept = MAGIC.sub("", stem(first)).strip("-_. ")
    return kept or MAGIC.sub("", first.absolute().parent.name) or "files"


def _sorted(
    data: Sequence[Path], target: list[str], given: Mapping[str, Any], *, progress: bool
) -> tuple[Any, list[str], FitSettings]:
    """Return the shards, the columns to predict, and the settings."""
    from sheernet.data.shards import shards
    from sheernet.models.fitting.sharded_fit import settings_of_shards

    if of_test := reading_of_test(given):
        raise InvalidInput(
            "{} does not apply to files that are read in parts; omit it",
            Setting(f"test_{next(iter(of_test))}"),
        )
    arguments = without_files(given)
    if given.get("decay") is not None:
        arguments["decay"] = values.number(given["decay"])
    arguments["hidden"] = values.hidden_units(given["hidden"])
    if given.get("validation") is not None:
        share = values.number(str(given["validation"]))
        arguments["validation"] = given["validation"] if isinstance(share, str) else share
    columns = {"inputs": None, "drop": (), "categories": ()}
    # Settings that do not depend on a file are checked before any file is read.
    settings_of_shards(FitSettings.of({**arguments, **columns}))
    how = reading_of_parts(given)
    source = shards(data[0] if len(data) == 1 else list(data), **how)
    for role in ("validation", "test"):
        if isinstance(arguments.get(role), Path):
            arguments[role] = shards(arguments[role], **how)
    for role in columns:
        arguments[role] = values.columns(given[role], source.columns)
    arguments["inputs"] = arguments["inputs"] or None
    settings = FitSettings.of({**arguments, "progress": progress})
    return source, values.columns(target, source.columns), settings


def _train(
    source: Any, targets: list[str], settings: FitSettings, of_shards: ShardSettings, folder: Path,
    clock: CommandClock, wants: FitOutput, out: Output,
) -> tuple[ShardedFit, bool]:  # fmt: skip
    """Train and save the model immediately, so that no later failure loses it; return whether Ctrl-C was pressed."""
    from sheernet.foundation.interrupts import deferred_interrupt
    from sheernet.models.fitting.sharded_fit import fit_shards
    from sheernet.models.report import is_judging_cut

    tell = None if out.quiet else out.tell
    found = quietly(
        lambda: fit_shards(source, targets, settings, of_shards, clock.fits_end, tell),
        lambda fitted: fitted.model.notices,
    )
    with deferred_interrupt() as late:
        found.model.save(folder / "model.json")
        (folder / REPORT).unlink(
            missing_ok=True
        )  # a report of an earlier run would describe another model
    is_cut = "interrupted" in found.model.starts.reasons or is_judging_cut(found.model)
    return found, late.times > 0 or is_cut
