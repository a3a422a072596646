"""`with_report`: the report of an object in a notebook, which a layer above that of the object makes.

A report has pictures, a script and a style, which belong to `apps`, and a model may not know `apps`.  So
`sheernet/__init__`, which knows all layers, names the module that shows reports ("" for none, so that figures are shown
alone).  It is imported when a notebook shows the first object.  Its functions are named for a kind of object, such as
`model_display`: (object, figures, spell) -> HTML.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

from sheernet.foundation.sentences import Setting


def with_report(
    display: str, shown: Any, figures: str, spell: Callable[[Setting], str] = str
) -> str:
    """Show an object in a notebook: its report, and figures for places that show no report.

    Parameters
    ----------
    display : str
        The function of the module for reports.
    shown : object
        The object.
    figures : str
        The element that is shown where the report is removed, as by GitHub.
    spell : callable, Setting -> str
        How arguments are spelled in advice.

    Returns
    -------
    str
        HTML.

    Examples
    --------
    >>> import sheernet as sn
    >>> from sheernet.foundation.notebook_reports import with_report
    >>> net = sn.Network.random(sn.Architecture((1, 1)))
    >>> training = sn.train(net, [0.0, 1.0, 2.0], [1.0, 3.0, 5.0])
    >>> shown = with_report("training_display", training, "<p>figures</p>")
    >>> "<p>figures</p>" in shown, "<iframe" in shown
    (True, True)
    """
    module = import_module("sheernet")._REPORTS
    if not module:
        return figures
    return str(getattr(import_module(module), display)(shown, figures, spell))
