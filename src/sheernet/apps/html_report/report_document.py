"""`report_document`: the report of a model as one HTML file.

Text that comes from a table is escaped.
"""

from __future__ import annotations

import time
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from html import escape
from math import inf

from sheernet.apps.html_report.example_rows import example_rows
from sheernet.apps.html_report.fit_script import fit_script
from sheernet.apps.html_report.html_page import Spelling, fact_list, html_page, in_words, section
from sheernet.apps.html_report.run_section import run_section
from sheernet.data.tables import Table
from sheernet.foundation.alarm import alarm
from sheernet.foundation.caller_warnings import gathered
from sheernet.foundation.text_tables import html_table
from sheernet.models.endings import ending, is_chosen
from sheernet.models.explaining.network_diagram import input_groups, lay_out, scale_in_words
from sheernet.models.explaining.network_svg import network_svg
from sheernet.models.model import Model
from sheernet.models.reliability import reliability
from sheernet.models.report import cautions, details
from sheernet.models.report_beginning import figure_table, heading, network_in_short
from sheernet.models.verdict import verdict

CAPTIONS = {
    "predicted_against_true": "Predictions against true values; on the line, they are equal",
    "residuals": "Errors of the predictions",
    "confusion": "True classes and predicted classes",
    "response_surface": "The prediction over the inputs",
    "effects": "How the prediction goes with each column",
    "cost": "The cost over the iterations",
    "starts": "Where the starts ended",
    "network": "The network",
}
"""What the pictures of a fit show, in the order of the page; other names are their own captions."""

IMPORTANCE_POINTS = 256
"""A quarter of the usual number, because the report shows two digits and should not make a fit wait."""

LARGE = ("effects",)
"""Pictures of many parts, which have the width of the page."""


def report_document(
    model: Model,
    *,
    table: Table | None = None,
    pictures: Mapping[str, bytes] | None = None,
    spell: Spelling = str,
    ends: float = inf,
    tell: Callable[[str], object] = lambda message: None,
) -> str:
    """Write the report of a model as HTML.

    Parameters
    ----------
    model : Model
        A fitted or loaded model.
    table : Table, optional
        The table of the fit, for some predictions with their true values, and for the importance of the columns.
    pictures : mapping of str to bytes, optional
        PNG files, by the names of the functions of `sheernet.plots`.
    spell : callable, Setting -> str
        How arguments are spelled in advice; a command line spells them as options.
    ends : float
        When the importance of the columns must be known, as a time of `time.monotonic`; otherwise it is left out.
    tell : callable
        Called with a sentence if it is.

    Returns
    -------
    str
        The content of an HTML file.

    Examples
    --------
    >>> import sheernet as sn
    >>> from sheernet.apps.html_report import report_document
    >>> table = {"x": [1.0, 2.0, 3.0, 4.0], "y": [2.0, 4.0, 6.0, 8.5]}
    >>> page = report_document(sn.fit(table, "y", hidden=0, decay=0.0))
    >>> page.startswith("<!doctype html>"), "<h2>Answer</h2>" in page, "<h2>Predictions</h2>" in page
    (True, True, False)
    """
    return html_page(
        f"{', '.join(model.targets.names)} from {model.provenance.data}",
        [
            _answer(model, spell),
            "" if table is None else _examples(model, table),
            "" if table is None else _importance(model, table, spell, ends, tell),
            section("Pictures", _figures(pictures or {})),
            run_section(model),
            section("Network", _network(model)),
            section("Details", fact_list(details(model), spell)),
            _repetition(model),
        ],
    )


def _answer(model: Model, spell: Spelling) -> str:
    """Return the measures compared with other predictions, the verdict, and reasons for caution."""
    remarks = [
        *(("Caution", caution) for caution in cautions(model)),
        *(("Notice", notice) for notice in model.notices),
    ]
    finding = in_words(verdict(model), spell)
    judged = f"<p class='verdict'>{finding}</p>" if finding else ""
    sure = reliability(model)
    judged += f"<p>{escape(sure)}</p>" if sure else ""
    # How the training of each chosen network ended is in the details.
    end = "" if is_chosen(model) else f". Training: {in_words(ending(model), spell)}"
    return section(
        "Answer",
        f"<p>{escape(heading(model))}.</p><div class='wide'>{html_table(figure_table(model))}</div>{judged}"
        f"<p>{escape(network_in_short(model))}{end}</p>{fact_list(remarks, spell)}",
    )


def _examples(model: Model, table: Table) -> str:
    caption, lines = example_rows(model, table)
    return section("Predictions", f"<div class='wide'>{html_table(lines, caption)}</div>")


def _importance(
    model: Model, table: Table, spell: Spelling, ends: float, tell: Callable[[str], object]
) -> str:
    """Return the importance of the columns, as the command prints it; empty for a single column."""
    if len(model.inputs.names) < 2:
        return ""
    try:
        # The report has the notices of the fit.
        with gathered(), alarm(ends - time.monotonic(), TimeoutError):
            found = model.importance(table, points=IMPORTANCE_POINTS)
    except TimeoutError:
        why = "the time limit is over; the command importance computes it"
        tell(f"the importance of the columns is left out of the report, because {why}")
        return section("Importance", f"<p>Left out, because {why}.</p>")
    return section("Importance", f"<pre>{escape(found.text(spell))}</pre>")


def _figures(pictures: Mapping[str, bytes]) -> str:
    order = sorted(pictures, key=lambda name: [*CAPTIONS, name].index(name))
    # The network is drawn as SVG, whose text can be read and selected.
    return "\n".join(_figure(name, pictures[name]) for name in order if name != "network")


def _figure(name: str, picture: bytes) -> str:
    caption = escape(_caption(name), quote=True)
    look = " class='large'" if name in LARGE else ""
    source = f"data:image/png;base64,{b64encode(picture).decode()}"
    return f"<figure{look}><img src='{source}' alt='{caption}'><figcaption>{caption}</figcaption></figure>"


def _caption(name: str) -> str:
    return CAPTIONS.get(name, name.replace("_", " "))


def _network(model: Model) -> str:
    diagram = lay_out(model.network, None, model.output_names, input_groups(model.inputs))
    title = escape(diagram.title).replace("\n", "<br>")
    if len(model.members) > 1:
        share = f"{100 * model.leading.share:.0f} %"
        title = f"The network with the largest share, {share}, of {len(model.members)}: {title}"
    if scale := scale_in_words(model.inputs):
        title += f"; weights{scale}"
    return f"<p>{title}</p><div class='wide' id='network'>{network_svg(diagram)}</div>"


def _repetition(model: Model) -> str:
    origin = model.provenance
    programs = f"sheernet {origin.sheernet}, NumPy {origin.numpy}, Python {origin.python}"
    versions: Sequence[tuple[str, str]] = [
        ("Versions", f"{programs}; {origin.engine} engine"),
        ("Made", origin.created),
        ("Data", f"SHA-256 of the encoded rows: {origin.data_sha256}"),
    ]
    return section(
        "The same fit in Python", f"<pre>{escape(fit_script(model))}</pre>{fact_list(versions)}"
    )
