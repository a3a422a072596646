"""As test_broken_library.py, by names that are not published."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import sheernet as sn
from sheernet.network import compiled_extension
from teaching.lessons.test_broken_library import run

pyplot = pytest.importorskip("matplotlib.pyplot")


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
