"""Scripts of lessons: their cells, what the first cell tells, and what a blank exercise keeps."""

from __future__ import annotations

from pathlib import Path

import pytest

import sheernet as sn
from sheernet.teaching import lesson_cells
from sheernet.teaching.lesson_cells import Cell

HEAD = "# %% [markdown]\n# # Lesson 3: Squares\n#\n# About 7 minutes.  No video.\n"


def test_cells_have_the_lines_of_the_script() -> None:
    script = f'{HEAD}\n\n# %%\n\nx = 1\n\ny = 2\n\n# %% tags=["exercise"]\n# Write z.\nz = 3\n'
    text, code, exercise = lesson_cells.parse(script)
    assert text == Cell("# Lesson 3: Squares\n\nAbout 7 minutes.  No video.", 2, is_text=True)
    assert code == Cell("x = 1\n\ny = 2", 9)
    assert exercise == Cell("# Write z.\nz = 3", 14, is_exercise=True)
    lines = script.split("\n")
    assert [lines[cell.line - 1] for cell in (code, exercise)] == ["x = 1", "# Write z."]


def test_indented_text_stays_indented() -> None:
    (cell,) = lesson_cells.parse("# %% [markdown]\n# A formula:\n#\n#     x = 1\n")
    assert cell.source == "A formula:\n\n    x = 1"


@pytest.mark.parametrize("header", ["# %% [markdwon]", '# %% tags=["exercises"]', "# %%x"])
def test_a_misspelt_header_is_an_error(header: str) -> None:
    with pytest.raises(ValueError, match="line 6 is not the header of a cell"):
        lesson_cells.parse(f"{HEAD}\n{header}\nx = 1\n")


def test_a_script_begins_with_a_cell() -> None:
    with pytest.raises(ValueError, match="begins with a line '# %%'"):
        lesson_cells.parse(f"x = 1\n{HEAD}")


@pytest.mark.parametrize("missing", ["# Lesson 3: Squares", "About 7 minutes."])
def test_the_first_cell_needs_title_and_minutes(tmp_path: Path, missing: str) -> None:
    (tmp_path / "03_squares.py").write_text(HEAD.replace(missing, "Nothing"))
    with pytest.raises(ValueError, match="the first cell needs"):
        lesson_cells.read(tmp_path / "03_squares.py")


def test_a_blank_exercise_keeps_its_comment_and_nothing_else() -> None:
    solution = "# Write f(x),\n# a function.\ndef f(x):\n    # the solution\n    return x"
    assert Cell(solution, 1, is_exercise=True).blank == "# Write f(x),\n# a function.\n..."
    assert Cell(solution, 1).blank == solution


def test_a_lesson_that_does_not_exist_is_refused() -> None:
    last = len(lesson_cells.lessons())
    for number in (0, last + 1, -1):
        with pytest.raises(sn.InvalidInput, match=f"lesson {number} .*from 1 to {last} "):
            lesson_cells.lesson(number)
