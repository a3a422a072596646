"""Displays of scikit-learn and shap draw with pyplot: without a screen, and what they draw is closed."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def _no_window(monkeypatch) -> Iterator[None]:
    monkeypatch.setitem(os.environ, "MPLBACKEND", "Agg")  # read when matplotlib is imported
    if "matplotlib" in sys.modules:
        sys.modules["matplotlib"].use("Agg")
    yield
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is not None:
        pyplot.close("all")
