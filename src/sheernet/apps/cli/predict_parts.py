"""sheernet predict of several files: a file of predictions for each, a block of rows at a time."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sheernet.apps.cli.library_arguments import read_model, reading_of_parts
from sheernet.apps.cli.output import Answer, Output
from sheernet.foundation.caller_warnings import gathered, warn
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.message_text import counted
from sheernet.foundation.sentences import Setting, in_quotes, sentence

if TYPE_CHECKING:
    from sheernet.models.streamed_predictions import PredictedFile


@dataclass(frozen=True)
class PartsOutput:
    """The destination of predictions.

    Parameters
    ----------
    folder : Path or None
        The folder that was asked for.
    append : bool
        Whether the files also have the columns of the table.
    force : bool
        Whether files may be replaced.
    """

    folder: Path | None
    append: bool
    force: bool


def predict_parts(
    model: Path, files: Sequence[Path], wants: PartsOutput, given: Mapping[str, Any], alone: Mapping[str, Any],
    how: Mapping[str, Any], out: Output,
) -> Answer:  # fmt: skip
    """Predict the rows of files.

    Parameters
    ----------
    model : Path
        The model's file.
    files : sequence of Path
        The files, a folder, or a pattern.
    wants : PartsOutput
        The destination of predictions.
    given : mapping
        Options of reading.
    alone : mapping
        Options for a single table, which must not be given.
    how : mapping
        Arguments of `Model.predict_frame`.
    out : Output
        The output of the command.
    """
    fitted = read_model(model, files[0])
    for name, value in alone.items():
        if value:
            raise InvalidInput("{} is for a single table; omit it, or give one file", Setting(name))
    if wants.folder is None:
        raise InvalidInput(
            "the predictions of several files need a folder; give one with {}", Setting("output")
        )
    if wants.folder.exists() and not wants.folder.is_dir():
        raise InvalidInput(f"{in_quotes(str(wants.folder))} is a file; give the name of a folder")
    from sheernet.data.shards import shards
    from sheernet.models.streamed_predictions import predict_files

    data = shards(files[0] if len(files) == 1 else list(files), **reading_of_parts(given))
    began = time.monotonic()

    def tell(done: PredictedFile) -> None:
        out.complete.append(str(done.path))
        without = f", {counted(done.without, 'row')} without" if done.without else ""
        out.say(f"{counted(done.rows - done.without, 'prediction')}{without}: {done.path}")

    with gathered() as reasons:
        found = predict_files(
            fitted, data, wants.folder, append=wants.append, overwrite=wants.force, tell=tell, **how
        )
    rows = sum(each.rows for each in found)
    without = sum(each.without for each in found)
    if rows == without:
        raise no_predictions(data.source, reasons)
    for reason in reasons:
        warn(reason)
    rate = rows / max(time.monotonic() - began, 1e-9)
    out.say(f"{counted(rows, 'row')} of {counted(len(found), 'file')}, {rate:.3g} rows a second")
    return Answer(
        {
            "folder": wants.folder,
            "rows": rows,
            "without_prediction": without,
            "files": [
                {"source": each.source, "file": each.path, "rows": each.rows, "without_prediction": each.without}
                for each in found
            ],
        }
    )  # fmt: skip


def no_predictions(source: str, reasons: Sequence[str]) -> InvalidInput:
    """The error about a table of which no row has a prediction; the reasons are the warnings about it."""
    return InvalidInput(
        "no row of {} can be predicted: {}", source, sentence("; ".join(["{}"] * len(reasons)), *reasons)
    )  # fmt: skip
