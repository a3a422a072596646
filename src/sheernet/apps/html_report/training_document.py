"""`training_document`: the result of `sheernet.train` as one HTML file."""

from __future__ import annotations

from html import escape
from platform import python_version

import numpy as np

from sheernet.apps.html_report.html_page import fact_list, html_page, section
from sheernet.models.explaining.network_diagram import lay_out
from sheernet.models.explaining.network_svg import network_svg
from sheernet.models.report import values_in_words
from sheernet.training.training import Training
from sheernet.training.training_html import objective_svg, training_facts
from sheernet.version import __version__


def training_document(training: Training) -> str:
    """Write the report of a training run as HTML; without rows, and therefore without measures of predictions.

    Parameters
    ----------
    training : Training
        A run.

    Returns
    -------
    str
        The content of an HTML file.

    Examples
    --------
    >>> import sheernet as sn
    >>> from sheernet.apps.html_report.training_document import training_document
    >>> net = sn.Network.random(sn.Architecture((1, 1)))
    >>> page = training_document(sn.train(net, [0.0, 1.0, 2.0], [1.0, 3.0, 5.0]))
    >>> page.count("<h1>Training of 1-1, identity output</h1>"), page.count("<h2>")
    (1, 4)
    """
    diagram = lay_out(training.network)
    title = escape(diagram.title).replace("\n", "<br>")
    versions = f"sheernet {__version__}, NumPy {np.__version__}, Python {python_version()}"
    settings = {name: value for name, value in training.settings.items() if value not in (None, {})}
    details = [("Settings", values_in_words(settings)), ("Versions", versions)]
    return html_page(
        f"Training of {training.network.architecture}",
        [
            section("Answer", fact_list(training_facts(training))),
            section("Run", objective_svg(training.record.objective)),
            section(
                "Network",
                f"<p>{title}</p><div class='wide' id='network'>{network_svg(diagram)}</div>",
            ),
            section("Details", fact_list(details)),
        ],
    )
