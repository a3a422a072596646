"""The program `sheernet`: run a command line as a function, or as this process."""

from __future__ import annotations

import gc
import importlib
import mmap
import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress

from sheernet.foundation.interrupts import SIGNALS, UNDIVIDED, EndingSignals

_BLAS_SIZE, _BLAS_BYTES = 256, 40 * 2**20
"""Rows of a matrix for whose product BLAS needs memory of its own, and more than OpenBLAS takes.

Small products are computed without it.  If OpenBLAS cannot get it, it tries forever, or prints a text and ends the
process with exit code 1."""
_NEW_OBJECTS = 10_000
"""New objects after which Python collects garbage, instead of 700 or 2000: imported libraries keep nearly all theirs,
and collections that visit them again and again took 6 % of the time of a fit."""


def run(arguments: Sequence[str] | None = None) -> int:
    """Run a command line and return its exit code.

    Parameters
    ----------
    arguments : sequence of str, optional
        The arguments without the name of the program; by default the arguments of the process.

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
    ending = EndingSignals((*UNDIVIDED, "sheernet.apps.cli.folders"))
    ending.install()
    gc.set_threshold(_NEW_OBJECTS)
    is_limited = _prepare_for_limited_memory()
    try:
        code = _run_with_complete_output(ending, is_limited)
    except KeyboardInterrupt:
        code = ending.exit_code
    for number in SIGNALS:  # everything is written; do not interrupt Python's shutdown
        signal.signal(number, signal.SIG_IGN)
    _forget_interrupts()
    sys.exit(code)


def _forget_interrupts() -> None:
    """Let Python exit with the code of the program.

    A KeyboardInterrupt that leaves code given as text, such as that of `dataclass` and `namedtuple` in an import, makes
    Python end itself by SIGINT at its exit, although the exception was handled, until other such code is run.
    """
    with suppress(MemoryError):  # of a command that ran out of memory
        exec("")


def _run(arguments: Sequence[str] | None, ending: EndingSignals, is_limited: bool = False) -> int:
    began = time.monotonic()
    try:  # Ctrl-C may be pressed while the command line itself is imported
        try:
            if is_limited:
                _import_libraries()
            from sheernet.apps.cli.running import execute
        except (MemoryError, ImportError, OSError) as error:
            if not is_limited:
                raise
            reason = " ".join(str(error).split()) or type(error).__name__
            print(
                f"sheernet: not enough memory to import its libraries ({reason}); increase the limit (ulimit -v)",
                file=sys.stderr,
            )
            return 2
        return execute(arguments, ending, began)
    except KeyboardInterrupt:
        return ending.exit_code


def _run_with_complete_output(ending: EndingSignals, is_limited: bool) -> int:
    """Run with a standard output whose writes are complete, for code that prints directly, such as --help."""
    from sheernet.apps.cli.streams import CompleteStream

    usual = sys.stdout
    if usual is not None:
        sys.stdout = CompleteStream(usual)
    try:
        return _run(None, ending, is_limited)
    finally:
        sys.stdout = usual


def _prepare_for_limited_memory() -> bool:
    """Whether the address space is limited (ulimit -v); if so, let libraries reserve little of it.

    Each thread of BLAS reserves a part when NumPy is imported, and Arrow's own allocator a gigabyte.  At a limit that
    these do not fit in, OpenBLAS ends the process.
    """
    try:
        import resource
    except ImportError:  # Windows
        return False
    if resource.getrlimit(resource.RLIMIT_AS)[0] == resource.RLIM_INFINITY:
        return False
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
    # It prints a text if it cannot get one.
    os.environ.setdefault("JE_ARROW_MALLOC_CONF", "background_thread:false")
    return True


def _import_libraries() -> None:
    """Import the libraries that calculate and draw, and let BLAS allocate its memory, before a table is read."""
    for name in ("numpy", "scipy.linalg", "pandas", "matplotlib.figure"):
        with suppress(ModuleNotFoundError):
            importlib.import_module(name)
    import numpy as np
    from scipy import linalg

    matrix = np.eye(_BLAS_SIZE)
    uses: tuple[Callable[[], object], ...] = (
        lambda: matrix @ matrix,  # by the BLAS of NumPy
        lambda: linalg.cho_factor(matrix),  # by the BLAS of SciPy
    )
    for use in uses:
        mmap.mmap(-1, _BLAS_BYTES).close()  # or OSError
        use()
