"""`download`: the files that can be downloaded from a session: model, report, program, exercise and predictions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from sheernet.apps.html_report import report_document
from sheernet.apps.html_report.fit_pictures import fit_pictures
from sheernet.data.files.table_writer import csv_text
from sheernet.foundation.caller_warnings import gathered
from sheernet.foundation.errors import MissingDependency, unknown_name
from sheernet.models.files.saving import encoded
from sheernet.plots.picture_file import render

if TYPE_CHECKING:
    from sheernet.apps.page.experiment import Experiment
    from sheernet.apps.page.session import Session
    from sheernet.models.model import Model


@dataclass(frozen=True)
class Download:
    """A file: its name, its media type, and its content."""

    name: str
    media_type: str
    content: bytes


def _model(session: Session) -> Download:
    content = msgspec.json.format(encoded(session.model()), indent=1) + b"\n"
    return Download("model.json", "application/json", content)


def _report(session: Session) -> Download:
    """Return the report as one HTML file, with the pictures of a fit if matplotlib is installed."""
    with session.unchanged():
        model, experiment, program = session.model(), session.experiment, session.script()
    page = report_document(
        model, table=experiment.source.table, pictures=_pictures(model, experiment), program=program
    )
    return Download("report.html", "text/html; charset=utf-8", page.encode())


def _pictures(model: Model, experiment: Experiment) -> dict[str, bytes]:
    try:
        return {
            name: render(make(), Path(f"{name}.png"))[0]
            for name, make in fit_pictures(model, experiment.prepared).items()
        }
    except MissingDependency:
        return {}


def _python(session: Session) -> Download:
    return Download("run.py", "text/x-python; charset=utf-8", session.script().encode())


def _exercise(session: Session) -> Download:
    return Download("exercise.json", "application/json", session.exercise.to_json().encode())


def _predictions(session: Session) -> Download:
    """Return all rows of the table with their predictions, as written by `sheernet predict`."""
    with session.unchanged():
        model, table = session.model(), session.experiment.source.table
    content = csv_text(model.predict_frame(table)).encode()
    return Download("predictions.csv", "text/csv; charset=utf-8", content)


KINDS: dict[str, Callable[[Session], Download]] = {
    "model": _model,
    "report": _report,
    "python": _python,
    "exercise": _exercise,
    "predictions": _predictions,
}
"""Functions that create the files, by kind."""


def download(session: Session, kind: str) -> Download:
    """Return a file of a session.

    Raises
    ------
    InvalidInput
        If there is no such file, or it cannot be created.
    """
    if kind not in KINDS:
        raise unknown_name("download", kind, KINDS)
    with gathered():  # the page shows the same notices
        return KINDS[kind](session)
