"""The program `sheernet`: run a command line as a function, or as this process."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence

from sheernet.foundation.interrupts import SIGNALS, EndingSignals


def run(arguments: Sequence[str] | None = None) -> int:
    """Run a command line and return its exit code.

    Parameters
    ----------
    arguments : sequence of str, optional
        The arguments without the name of the program; those of the process by default.

    Returns
    -------
    int
        One of the exit codes of `sheernet.apps.cli`.  Every error becomes an exit code and a message.

    Examples
    --------
    >>> from sheernet.apps.cli import run
    >>> run(["--version"])
    sheernet 0.1.0
    0
    """
    return _run(arguments, EndingSignals())


def main() -> None:
    """Run the command line of this process: SIGTERM and SIGHUP end it as Ctrl-C does, with 128 + their number."""
    ending = EndingSignals()
    ending.install()
    _limit_threads()
    try:
        code = _run_with_complete_output(ending)
    except KeyboardInterrupt:
        code = ending.exit_code
    for number in SIGNALS:  # everything is written; Python's own end is not to be interrupted
        signal.signal(number, signal.SIG_IGN)
    sys.exit(code)


def _run(arguments: Sequence[str] | None, ending: EndingSignals) -> int:
    try:  # Ctrl-C may be pressed while the command line itself is imported
        from sheernet.apps.cli.running import execute

        return execute(arguments, ending)
    except KeyboardInterrupt:
        return ending.exit_code


def _run_with_complete_output(ending: EndingSignals) -> int:
    """Run with a standard output whose writes are complete, for code that prints by itself, such as that of --help."""
    try:
        from sheernet.apps.cli.streams import CompleteStream
    except (MemoryError, ImportError) as error:  # at a tight limit of memory
        print(f"sheernet: not enough memory to begin ({error})", file=sys.stderr)
        return 2
    usual = sys.stdout
    if usual is not None:
        sys.stdout = CompleteStream(usual)
    try:
        return _run(None, ending)
    finally:
        sys.stdout = usual


def _limit_threads() -> None:
    """Let BLAS use one thread if the address space is limited, because each thread reserves a part of it.

    At a limit that its threads do not fit in, OpenBLAS ends the process without a message.
    """
    try:
        import resource
    except ImportError:  # Windows
        return
    if resource.getrlimit(resource.RLIMIT_AS)[0] != resource.RLIM_INFINITY:
        for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
            os.environ.setdefault(name, "1")
