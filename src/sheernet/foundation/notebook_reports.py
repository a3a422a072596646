"""`with_report`: the HTML of an object in a notebook, with a report that a higher layer makes.

A report has pictures, a script and a style, which belong to `apps`, and a model must not import `apps`.  Therefore
`sheernet/__init__` names the module that shows reports ("" for none, so that `figures` are shown alone).  The module is
imported when a notebook shows the first object.  It has a function for each kind of object, such as `model_display`:
(object, figures, spell) -> HTML.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sheernet.foundation.sentences import Setting


def with_report(
    display: str, shown: Any, figures: str, spell: Callable[[Setting], str] = str
) -> str:
    """Return the HTML of an object in a notebook: its report, and a table of results for viewers without reports.

    Parameters
    ----------
    display : str
        Name of the function of the registered module.
    shown : object
        The object.
    figures : str
        The HTML element that is shown where the report is removed, as by GitHub.
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
