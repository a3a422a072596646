"""Lessons fail if the library is broken, and do without scikit-learn what they say.

The faults are planted in what the reference engine evaluates and in the BFGS of `sheernet.optimizers`, with the
compiled engine switched off; without a fault, the lessons pass on this engine.
"""

from __future__ import annotations

import builtins
import importlib
import importlib.util
import runpy
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import sheernet as sn
from sheernet.network import compiled_extension

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


@pytest.fixture
def reference_engine(monkeypatch) -> None:
    """Switch the compiled engine off."""
    monkeypatch.setattr(compiled_extension, "load", lambda: None)
    monkeypatch.setattr(compiled_extension, "WHY_NOT", "switched off by a test")


def wrong_sigmoid_derivative(monkeypatch) -> None:
    right = sn.activations.sigmoid.derivative
    monkeypatch.setitem(vars(sn.activations.sigmoid), "derivative", lambda z: 1.001 * right(z))


def wrong_sigmoid(monkeypatch) -> None:
    right = sn.activations.sigmoid.value
    monkeypatch.setitem(vars(sn.activations.sigmoid), "value", lambda z: right(1.001 * z))


def scaled_by_other_rows(monkeypatch) -> None:
    right = sn.preprocessing.Scaler.maximum
    monkeypatch.setattr(sn.preprocessing.Scaler, "maximum", lambda X: right(X[:-1]))


def cost_without_half(monkeypatch) -> None:
    monkeypatch.setitem(vars(sn.costs.squared_error), "rho", lambda r: r * r)


def bfgs_that_never_updates(monkeypatch) -> None:
    module = importlib.import_module("sheernet.optimizers.bfgs")
    monkeypatch.setattr(module, "_update", lambda H, s, y, fresh: False)


@pytest.mark.usefixtures("reference_engine")
@pytest.mark.parametrize("number", [3, 4, 5, 6])
def test_lesson_passes_on_the_reference_engine(number: int) -> None:
    assert run(number)["objective"].engine == "reference"


@pytest.mark.usefixtures("reference_engine")
@pytest.mark.parametrize(
    ("number", "fault"),
    [
        (1, scaled_by_other_rows),
        (2, wrong_sigmoid),
        (3, cost_without_half),
        (3, wrong_sigmoid_derivative),
        (4, wrong_sigmoid_derivative),
        (4, cost_without_half),
        (5, wrong_sigmoid_derivative),
        (5, cost_without_half),
        (6, wrong_sigmoid_derivative),
        (6, cost_without_half),
        (6, bfgs_that_never_updates),
    ],
)
def test_lesson_fails_if_the_library_is_broken(
    monkeypatch, number: int, fault: Callable[[Any], None]
) -> None:
    fault(monkeypatch)
    with pytest.raises(AssertionError):
        run(number)


def test_lesson_5_leaves_scikit_learn_out_if_it_is_not_installed(monkeypatch, capsys) -> None:
    real = builtins.__import__

    def without_sklearn(name: str, *arguments: Any) -> Any:
        if name.partition(".")[0] == "sklearn":
            raise ImportError(name)
        return real(name, *arguments)

    monkeypatch.setattr(builtins, "__import__", without_sklearn)
    run(5)
    assert "scikit-learn is not installed, so this check is omitted." in capsys.readouterr().out


def test_lesson_8_says_what_to_install_without_scikit_learn(monkeypatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(SystemExit, match="pip install scikit-learn"):
        run(8)
