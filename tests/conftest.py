"""What every test relies on: hypothesis draws the same examples each time, and the header says what was tested."""

from __future__ import annotations

import os
import signal

# Several test processes share the machine; read when NumPy loads.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import hypothesis
import numpy
import scipy

import sheernet

# As a shell's & has SIGINT, and nohup SIGHUP: the ends by these signals could not be tested.
for _name, _usual in (("SIGINT", signal.default_int_handler), ("SIGHUP", signal.SIG_DFL)):
    if (_signal := getattr(signal, _name, None)) and signal.getsignal(_signal) is signal.SIG_IGN:
        signal.signal(_signal, _usual)

hypothesis.settings.register_profile("sheernet", derandomize=True, deadline=None, database=None)
hypothesis.settings.load_profile("sheernet")


def pytest_report_header() -> str:
    """Versions that a result may depend on."""
    packages = (sheernet, numpy, scipy, hypothesis)
    return ", ".join(f"{package.__name__} {package.__version__}" for package in packages)
