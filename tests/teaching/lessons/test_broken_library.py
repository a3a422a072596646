"""Lessons fail if the library is broken, and do without scikit-learn what they say.

The faults are planted in what the reference engine evaluates and in the BFGS of `sheernet.optimizers`, with the
compiled engine switched off; without a fault, the lessons pass on this engine.
"""

from __future__ import annotations

import importlib
import importlib.util
import runpy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import sheernet as sn

pyplot = pytest.importorskip("matplotlib.pyplot")

LESSONS = Path(sn.__file__).parent / "teaching" / "lessons"


def run(number: int) -> dict[str, Any]:
    """Run a lesson in this process, and return its names."""
    (path,) = LESSONS.glob(f"{number:02d}_*.py")
    return runpy.run_path(str(path), run_name="lesson")


@pytest.fixture(autouse=True)
def figures_in_memory() -> Iterator[None]:
    """Draw without a window, and close all figures."""
    pyplot.switch_backend("agg")
    yield
    pyplot.close("all")


def test_lesson_8_says_what_to_install_without_scikit_learn(monkeypatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(SystemExit, match="pip install scikit-learn"):
        run(8)
