"""Notebooks of lessons: the format 4.5, the same code as the script, and exercises without solutions."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

import sheernet as sn
from sheernet.teaching import lesson_cells, lesson_notebooks

LESSONS = lesson_cells.lessons()


@pytest.fixture(params=LESSONS, ids=lambda lesson: lesson.path.stem)
def lesson(request) -> lesson_cells.Lesson:
    return request.param


def test_has_the_keys_of_the_format(lesson, tmp_path: Path) -> None:
    """https://nbformat.readthedocs.io/en/latest/format_description.html"""
    path = lesson_notebooks.write(lesson, tmp_path)
    assert path == tmp_path / f"{lesson.path.stem}.ipynb"
    document = json.loads(path.read_text(encoding="utf-8"))
    assert set(document) == {"cells", "metadata", "nbformat", "nbformat_minor"}
    assert (document["nbformat"], document["nbformat_minor"]) == (4, 5)
    for cell in document["cells"]:
        required = {"cell_type", "id", "metadata", "source"}
        if cell["cell_type"] == "code":
            required |= {"execution_count", "outputs"}
            assert (cell["execution_count"], cell["outputs"]) == (None, [])
        else:
            assert cell["cell_type"] == "markdown"
        assert set(cell) == required
        assert re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", cell["id"])
    ids = [cell["id"] for cell in document["cells"]]
    assert len(set(ids)) == len(ids)


def test_has_the_code_of_the_script(lesson) -> None:
    """Without comments in text cells and blank lines, nothing is lost and nothing is added."""
    cells = lesson_notebooks.notebook(lesson)["cells"]
    code = "\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "code")
    script = re.sub(
        r"^# %% \[markdown\]\n(#.*\n)*|^# %%.*\n",
        "",
        lesson.path.read_text(encoding="utf-8"),
        flags=re.MULTILINE,
    )
    assert [s for s in code.split("\n") if s] == [s for s in script.split("\n") if s]


def test_a_blank_notebook_lacks_the_solutions_and_nothing_else(lesson) -> None:
    pairs = zip(
        lesson_notebooks.notebook(lesson)["cells"],
        lesson_notebooks.notebook(lesson, blank=True)["cells"],
        strict=True,
    )
    exercises = 0
    for full, blank in pairs:
        if full["metadata"].get("tags") == ["exercise"]:
            exercises += 1
            *comments, last = blank["source"]
            assert last == "..."
            assert comments
            assert comments == full["source"][: len(comments)]
            assert all(line.startswith("#") for line in comments)
            assert not full["source"][len(comments)].startswith("#")
        else:
            assert blank == full
    assert exercises == sum(cell.is_exercise for cell in lesson.cells)


def test_a_notebook_of_the_reader_is_not_overwritten(tmp_path: Path) -> None:
    path = lesson_notebooks.write(LESSONS[0], tmp_path)
    path.write_text("the reader's work")
    with pytest.raises(sn.InvalidInput, match="exists"):
        lesson_notebooks.write(LESSONS[0], tmp_path)
    assert path.read_text() == "the reader's work"
    lesson_notebooks.write(LESSONS[0], tmp_path, overwrite=True)
    assert json.loads(path.read_text(encoding="utf-8"))["nbformat"] == 4
