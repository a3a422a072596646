"""The report of a fit as one HTML file, which needs no network and no script.

    report_document.py    the whole page: answer, examples, pictures, run, network, settings
    example_rows.py       some rows of the table beside their predictions and intervals
    recorded_run.py       the iterates of a run as small numbers, for the script
    fit_script.py         the Python that repeats the fit
    report.css, scrub.js  the look, and the script that goes through the run

A browser that runs no scripts shows everything but the slider of the run.
"""

from __future__ import annotations

from sheernet.apps.html_report.report_document import report_document, write_report

__all__ = ["report_document", "write_report"]
