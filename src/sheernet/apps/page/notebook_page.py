"""`page`: show the page in a cell of a notebook, served by a thread of the kernel.

The server is the same as that of `sheernet page`: it requires a token and listens on the loopback address of the
kernel's computer, and pages of servers on this computer may show it in a frame.  So the browser must run on the same
computer as the kernel.
"""

from __future__ import annotations

import atexit
import os
import threading
from html import escape
from pathlib import Path
from typing import Any

from sheernet.apps.page.page_exercise import Exercise
from sheernet.apps.page.page_files import exercise_of_file
from sheernet.apps.page.page_presets import beginning, beginning_of_table
from sheernet.apps.page.page_server import THIS_COMPUTER, PageServer
from sheernet.apps.page.page_table import LARGEST_FILE, exercise_with, size_sentence
from sheernet.data.files.table_writer import csv_text
from sheernet.data.sources import read_table
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.scalars import as_whole

PATIENCE = 5.0
"""Maximum number of seconds that kernel shutdown waits for a run; Jupyter waits as long for the kernel."""
LEAST_HEIGHT = 200  # pixels


class _Server(PageServer):
    """A server whose page a notebook on this computer may show in a frame."""

    frames = THIS_COMPUTER


class NotebookPage:
    """A page that is shown as the value of a cell, until `close` is called or the kernel ends.

    Parameters
    ----------
    exercise : Exercise
        The initial exercise of the page.
    height : int
        Height of the frame in pixels.

    Attributes
    ----------
    url : str
        The address of the page, with its token; "" after `close`.
    """

    def __init__(self, exercise: Exercise, height: int) -> None:
        self._server = _Server(exercise, 0)
        self._height = height
        self.url = self._server.url
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.1,), name="sheernet page", daemon=True
        )
        self._thread.start()
        atexit.register(self.close)

    def close(self) -> None:
        """End the page and its runs, and close its port; a closed page cannot be opened again."""
        if not self.url:
            return
        self.url = ""
        atexit.unregister(self.close)
        self._server.shutdown()
        self._server.close(PATIENCE)
        self._thread.join()

    def __repr__(self) -> str:
        return f"<page at {self.url}>" if self.url else "<page, closed>"

    def _repr_html_(self) -> str:
        """Return the page in a frame, and a link to it."""
        if not self.url:
            return "<p>This page is closed.</p>"
        address = escape(self.url, quote=True)
        return (
            f"<iframe src='{address}' title='sheernet page' allow='clipboard-write' "
            f"style='width:100%;height:{self._height}px;border:1px solid #8886'></iframe>"
            f"<p><a href='{address}' target='_blank' rel='noopener noreferrer'>Open the page in a separate tab</a>. It "
            "exists until it is closed or the kernel ends, for browsers on the computer of the kernel.</p>"
        )


def page(data: Any = None, *, height: int = 800) -> NotebookPage:
    """Show the page of `sheernet page` in a notebook: train a network and see every number.

    Parameters
    ----------
    data : str, path, table or mapping of columns, optional
        A table; the file of a table or of an exercise; by default a built-in table.
    height : int
        Height of the frame in pixels.

    Returns
    -------
    NotebookPage
        An object shown as the page if it is the value of a cell.  `close()` ends it; otherwise it ends with the kernel.

    Raises
    ------
    InvalidInput
        If the data cannot be read as one of these, or exceed the limits of the page: 5 MB and 500 columns.

    Notes
    -----
    The page is served by a thread of the kernel at 127.0.0.1, for requests with its token, and is visible only if the
    browser runs on the computer of the kernel.  If the kernel runs elsewhere, as on JupyterHub, run `sheernet page` on
    your own computer.  A cell that runs for a long time slows down the page, because they share the interpreter.

    Examples
    --------
    >>> import sheernet as sn
    >>> shown = sn.page({"x": [0.0, 1.0, 2.0, 3.0], "y": [0.1, 0.8, 0.9, 0.2]})
    >>> shown.url.startswith("http://127.0.0.1:")
    True
    >>> shown.close()
    >>> shown
    <page, closed>
    """
    height = as_whole("height", height, LEAST_HEIGHT)
    return NotebookPage(_beginning_with(data), height)


def _beginning_with(data: Any) -> Exercise:
    if data is None:
        return beginning()
    if isinstance(data, (str, os.PathLike)):
        return exercise_of_file(Path(data))
    table = read_table(data)
    content = csv_text(table.frame).encode()
    if len(content) > LARGEST_FILE:
        raise InvalidInput(size_sentence(table.source, len(content)))
    return exercise_with(beginning_of_table(), content, table.source)
