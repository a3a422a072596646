"""As test_examples.py, by names that are not published."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sheernet.teaching import lesson_cells, lesson_notebooks

nbclient = pytest.importorskip("nbclient")


nbformat = pytest.importorskip("nbformat")


pytest.importorskip("matplotlib")


def test_the_notebook_runs_in_a_fresh_kernel_and_shows_its_pictures(monkeypatch) -> None:
    path = Path(__file__).parents[1] / "examples" / "the_notebook.py"
    cells = tuple(lesson_cells.parse(path.read_text(encoding="utf-8")))
    lesson = lesson_cells.Lesson(path, 0, "The notebook with sheernet", 15, None, cells)
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
