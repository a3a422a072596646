"""examples/the_notebook.py: as a notebook it runs in a fresh kernel and shows its pictures."""

from __future__ import annotations

from pathlib import Path

import pytest

nbclient = pytest.importorskip("nbclient")
nbformat = pytest.importorskip("nbformat")
pytest.importorskip("matplotlib")

SCRIPT = Path(__file__).parents[1] / "examples" / "the_notebook.py"
STEPS = (
    "sigmoid", "sigmoid_prime", "NeuralNetwork", "forward", "cost_function", "cost_function_prime", "get_params",
    "set_params", "compute_gradients", "compute_numerical_gradient", "test_gradient", "Trainer", "trainer.J",
    "optimization_results", "iris_X",
)  # fmt: skip
"""The functions, methods and results of the notebook."""


def test_it_has_every_step_of_the_notebook() -> None:
    text = SCRIPT.read_text(encoding="utf-8")
    assert [name for name in STEPS if f"`{name}`" not in text] == []
