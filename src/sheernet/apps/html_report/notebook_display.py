"""Show a model and a run in a notebook: the whole report in a frame, and figures if frames are removed.

The frame is sandboxed, so it can neither read the notebook nor ask another host.  GitHub,
and JupyterLab for a notebook that is not trusted, remove frames; then the figures are seen, which otherwise the style
hides.  They are also what is printed.  Where frames are removed, so are elements `svg`, of which the text remains;
therefore the pictures of the figures are images here.
"""

from __future__ import annotations

import re
from base64 import b64encode
from html import escape

from sheernet.apps.html_report.html_page import Spelling
from sheernet.apps.html_report.report_document import report_document
from sheernet.apps.html_report.training_document import training_document
from sheernet.models.model import Model
from sheernet.training.training import Training

LARGEST = 300_000
"""Maximum number of bytes of a display, which a notebook stores in its file."""
HEIGHT = 640
"""Height of the frame in pixels; a longer report is scrolled, or its frame is enlarged at its corner."""
STYLE = (
    "<style>@media screen{div:has(+.sheernet-report){display:none!important}}"
    "@media print{.sheernet-report{display:none}}</style>"
)
PICTURE = re.compile(r"<svg .*?<title>(.*?)</title>.*?</svg>", re.DOTALL)
NOT_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
LOOK = f"width:100%;height:{HEIGHT}px;border:1px solid #8886;resize:vertical;overflow:auto"


def model_display(model: Model, figures: str, spell: Spelling) -> str:
    """Return the report of a model, without rows, and its figures; see `framed`."""
    return framed(report_document(model, spell=spell), figures)


def training_display(training: Training, figures: str, spell: Spelling) -> str:
    """Return the report of a training run, and its figures; see `framed`."""
    return framed(training_document(training), figures)


def framed(document: str, figures: str) -> str:
    """Put a report into a frame after the figures that replace it if frames are removed.

    Parameters
    ----------
    document : str
        The content of an HTML file.
    figures : str
        An element `div`.

    Returns
    -------
    str
        HTML of at most `LARGEST` bytes, or the figures alone.

    Examples
    --------
    >>> from sheernet.apps.html_report.notebook_display import framed
    >>> framed("<p>a</p>", "<p>b</p>").count("<iframe"), framed("a" * 300_000, "<p>b</p>")
    (1, '<p>b</p>')
    """
    source = escape(document, quote=True)
    frame = (
        f"<iframe class='sheernet-report' title='Report' sandbox='' style='{LOOK}' "
        f'srcdoc="{source}"></iframe>'
    )
    whole = f"{STYLE}{PICTURE.sub(_as_image, figures)}{frame}"
    return whole if len(whole.encode()) <= LARGEST else figures


def _as_image(picture: re.Match[str]) -> str:
    """Return a picture as an image, dark on white as on paper, with its title as alternative text."""
    source = b64encode(NOT_XML.sub("", picture[0]).encode()).decode()
    return (
        f"<img src='data:image/svg+xml;base64,{source}' alt='{picture[1]}' "
        "style='max-width:100%;background:#fff'>"
    )
