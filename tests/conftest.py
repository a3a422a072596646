"""What every test relies on: hypothesis draws the same examples each time, figures are closed, and the header says what
was tested."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator

os.environ.setdefault(
    "OPENBLAS_NUM_THREADS", "1"
)  # several test processes share the machine; read when NumPy loads

os.environ.setdefault("MPLBACKEND", "Agg")  # read when matplotlib is imported

import hypothesis
import numpy
import pytest
import scipy

import sheernet

if (
    signal.getsignal(signal.SIGINT) is signal.SIG_IGN
):  # as a shell's & has it: Ctrl-C could not be tested
    signal.signal(signal.SIGINT, signal.default_int_handler)

hypothesis.settings.register_profile("sheernet", derandomize=True, deadline=None, database=None)
hypothesis.settings.load_profile("sheernet")


@pytest.fixture(autouse=True)
def _closed_figures() -> Iterator[None]:
    """Close the figures of pyplot, which has those of all tests of a process if one of them imports it."""
    yield
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is not None:
        pyplot.close("all")


def pytest_report_header() -> str:
    """Versions that a result may depend on."""
    packages = (sheernet, numpy, scipy, hypothesis)
    return ", ".join(f"{package.__name__} {package.__version__}" for package in packages)
