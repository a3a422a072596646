"""The program `sheernet`: run a command line as a function, or as this process."""

from __future__ import annotations

import sys
from collections.abc import Sequence

INTERRUPTED = 130


def run(arguments: Sequence[str] | None = None) -> int:
    """Run a command line and return its exit code.

    Parameters
    ----------
    arguments : sequence of str, optional
        The arguments without the name of the program; those of the process by default.

    Returns
    -------
    int
        0, 1, 2, 3 or 130.  Errors of users become an exit code and a message; only bugs are raised.

    Examples
    --------
    >>> from sheernet.apps.cli import run
    >>> run(["--version"])
    sheernet 0.1.0
    0
    """
    try:  # Ctrl-C may be pressed while the command line itself is imported
        from sheernet.apps.cli.running import execute

        return execute(arguments)
    except KeyboardInterrupt:
        return INTERRUPTED


def main() -> None:
    """Run the command line of this process."""
    sys.exit(run())
