"""examples/the_notebook.py: as a notebook it runs in a fresh kernel and shows its pictures."""

from __future__ import annotations

import json
from pathlib import Path

import make_room
import pytest

from sheernet.teaching import lesson_notebooks

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


def test_the_notebook_runs_in_a_fresh_kernel_and_shows_its_pictures(monkeypatch) -> None:
    lesson = make_room.the_notebook()
    book = nbformat.reads(json.dumps(lesson_notebooks.notebook(lesson)), as_version=4)
    nbformat.validate(book)
    monkeypatch.delenv("MPLBACKEND", raising=False)  # the kernel would inherit it
    nbclient.NotebookClient(book, timeout=600, startup_timeout=600, kernel_name="python3").execute()
    outputs = [output for cell in book.cells for output in cell.get("outputs", [])]
    shown = [kind for output in outputs for kind in output.get("data", {})]
    assert shown.count("image/png") == 3  # the sigmoid, and two costs by iteration
    assert shown.count("text/html") == 1  # the passes as a table
    (warning,) = (o.text for o in outputs if o.output_type == "stream" and o.name == "stderr")
    assert "all targets are equal" in warning
    printed = "".join(o.text for o in outputs if o.output_type == "stream" and o.name == "stdout")
    assert "predicted: [75. 82. 93.]" in printed
    assert "Gradient check: pass (9 pass)" in printed


def test_it_has_every_step_of_the_notebook() -> None:
    text = SCRIPT.read_text(encoding="utf-8")
    assert [name for name in STEPS if f"`{name}`" not in text] == []
