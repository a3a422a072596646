"""What tests and the examples in docstrings rely on: pictures need no screen, and their figures are closed."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator

import pytest

os.environ.setdefault("MPLBACKEND", "Agg")  # read when matplotlib is imported

pytest_plugins = ["chromium_fixtures"]


@pytest.fixture(autouse=True)
def _closed_figures() -> Iterator[None]:
    """Close the figures of pyplot, which has those of all tests of a process if one of them imports it."""
    yield
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is not None:
        pyplot.close("all")
