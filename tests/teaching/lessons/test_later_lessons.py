"""Lessons 5 to 8: they fail if the library is broken, and do without scikit-learn what they say.

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
from sheernet.network import native

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
    monkeypatch.setattr(native, "load", lambda: None)
    monkeypatch.setattr(native, "WHY_NOT", "switched off by a test")


def wrong_sigmoid_derivative(monkeypatch) -> None:
    right = sn.activations.sigmoid.derivative
    monkeypatch.setitem(vars(sn.activations.sigmoid), "derivative", lambda z: 1.001 * right(z))


def cost_without_half(monkeypatch) -> None:
    monkeypatch.setitem(vars(sn.costs.squared_error), "rho", lambda r: r * r)


def bfgs_that_never_updates(monkeypatch) -> None:
    module = importlib.import_module("sheernet.optimizers.bfgs")
    monkeypatch.setattr(module, "_update", lambda H, s, y, fresh: False)


@pytest.mark.usefixtures("reference_engine")
@pytest.mark.parametrize("number", [5, 6])
def test_lesson_passes_on_the_reference_engine(number: int) -> None:
    assert run(number)["objective"].engine == "reference"


@pytest.mark.usefixtures("reference_engine")
@pytest.mark.parametrize(
    ("number", "fault"),
    [
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
    assert "scikit-learn is not installed, so this check is left out." in capsys.readouterr().out


def test_lesson_7_finds_the_factor_of_the_scaling_mistake(capsys) -> None:
    run(7)
    lines = [line for line in capsys.readouterr().out.splitlines() if "as in the series" in line]
    assert lines[1].endswith(": 5.2 times")  # also with SciPy's BFGS: 5.16


def test_lesson_8_leaves_no_files(tmp_path: Path, monkeypatch) -> None:
    pytest.importorskip("sklearn")
    pytest.importorskip("pandas")
    monkeypatch.chdir(tmp_path)
    folder = run(8)["folder"]
    assert not folder.exists()
    assert list(tmp_path.iterdir()) == []


def test_lesson_8_says_what_to_install_without_scikit_learn(monkeypatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(SystemExit, match="pip install scikit-learn"):
        run(8)
