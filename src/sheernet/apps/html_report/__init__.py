"""The report of a fit as one HTML file, which needs no network and no script.

report_document.py    the page of a model: answer, examples, importance, pictures, run, network, settings
training_document.py  the page of a run of `sheernet.train`
html_page.py          the frame of both pages, and their parts
example_rows.py       some rows of the table with their predictions and intervals
fit_pictures.py       the pictures of a fit
run_section.py        the part about training
notebook_display.py   both pages as a notebook shows them
fit_script.py         the Python that repeats the fit
report.css            the look
"""

from __future__ import annotations

from sheernet.apps.html_report.report_document import report_document

__all__ = ["report_document"]
