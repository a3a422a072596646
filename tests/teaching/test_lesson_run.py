"""A lesson run cell by cell: output, values, figures, and errors with the lines of the script."""

from __future__ import annotations

import traceback
from pathlib import Path

import pytest

import sheernet as sn
from sheernet.teaching import lesson_cells, lesson_run
from sheernet.teaching.lesson_run import Result

HEAD = "# %% [markdown]\n# # Lesson 1: Squares\n#\n# About 7 minutes.\n"


def run(folder: Path, *cells: str) -> list[Result]:
    """Run a lesson of these cells of code; return their results."""
    path = folder / "01_squares.py"
    path.write_text(HEAD + "".join(f"\n# %%\n{cell}\n" for cell in cells))
    text, *results = lesson_run.run(lesson_cells.read(path))
    assert (text.cell.is_text, text.output, text.figures) == (True, "", ())
    return results


def test_a_cell_prints_and_shows_the_value_of_its_last_line(tmp_path: Path) -> None:
    printed, valued, both, nothing = run(
        tmp_path, "x = 3\nprint('x:', x)", "x**2", "print('twice')\n2 * x", "x = 4\nNone"
    )
    assert printed.output == "x: 3\n"
    assert valued.output == "9\n"
    assert both.output == "twice\n6\n"
    assert nothing.output == ""


def test_figures_are_those_of_pyplot_and_of_the_value(tmp_path: Path) -> None:
    pyplot = pytest.importorskip("matplotlib.pyplot")
    none, value, current, both = run(
        tmp_path,
        "import sheernet as sn\nimport matplotlib.pyplot as plt",
        "sn.plots.activation('tanh')",
        "_, ax = plt.subplots()\nax.set_title('current');",
        "_, ax = plt.subplots()\nax",
    )
    assert none.figures == ()
    assert [f.axes[0].get_title()[:7] for f in value.figures] == ["tanh(z)"]
    assert value.output == ""
    assert [f.axes[0].get_title() for f in current.figures] == ["current"]
    assert len(both.figures) == 1
    assert pyplot.get_fignums() == []
    assert pyplot.get_backend().lower() == "agg"


def test_an_error_has_the_line_of_the_script(tmp_path: Path) -> None:
    for cell, line in (("x = 1\nassert x == 2", 8), ("x = 1\nx / 0", 8)):
        with pytest.raises((AssertionError, ZeroDivisionError)) as raised:
            run(tmp_path, cell)
        frame = traceback.extract_tb(raised.tb)[-1]
        assert (Path(frame.filename).name, frame.lineno) == ("01_squares.py", line)


def test_a_lesson_that_ends_itself_lacks_a_package(tmp_path: Path) -> None:
    with pytest.raises(sn.MissingDependency, match=r"^pip install it$"):
        run(tmp_path, "raise SystemExit('pip install it')")
