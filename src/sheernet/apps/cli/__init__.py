"""The command line: a command parses, calls the library once, and says what came of it.

    app.py        the commands put together             options.py    the options that commands share
    fit.py, predict.py, check.py, compare.py, info.py, demo.py        a command each
    running.py    from arguments to an exit code        output.py     text, notes, or one JSON document
    refusals.py   an error as a sentence                wording.py    Python's arguments in it as options
    arguments.py  from options to library arguments     values.py     options that hold several words
    folders.py    new folders for results               completion.py what a shell offers
    facts.py      a model as plain data                 pictures.py   the pictures of a fit

Exit codes: 0 done or passed, 1 a check failed, 2 bad input, 3 inconclusive, 130 interrupted (what was found is kept).
Results go to standard output; progress, notes and errors to standard error.  With --json there is one document on
standard output, whatever happens.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

INTERRUPTED = 130


def run(arguments: Sequence[str] | None = None) -> int:
    """Run a command line and return its exit code; nothing but the code is raised or returned.

    Parameters
    ----------
    arguments : sequence of str, optional
        Without the name of the program; those of the process by default.

    Returns
    -------
    int
        0, 1, 2, 3 or 130.

    Examples
    --------
    >>> from sheernet.apps.cli import run
    >>> run(["--version"])
    sheernet 0.1.0
    0
    """
    try:  # Ctrl-C may come while the command line itself is loaded
        from sheernet.apps.cli.running import execute

        return execute(arguments)
    except KeyboardInterrupt:
        return INTERRUPTED


def main() -> None:
    """Run the command line of this process."""
    sys.exit(run())
