"""Makes a page of each lesson: MyST-NB runs its cells and shows what they print and draw.

The scripts of sheernet.teaching are the only source: they are copied into generated/lessons before Sphinx looks for
pages, with a notebook of each to download, once with and once without the solutions of the exercises.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import nbformat
from sphinx.application import Sphinx

from sheernet.teaching import lesson_cells, lesson_notebooks
from sheernet.teaching.lesson_cells import Cell, Lesson

FOLDER = Path("generated", "lessons")
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}


def copy_lessons(app: Sphinx) -> None:
    """Write the pages and the notebooks."""
    target = Path(app.srcdir, FOLDER)
    for folder in (target / "notebooks", target / "blank"):
        folder.mkdir(parents=True, exist_ok=True)
        for lesson in lesson_cells.lessons():
            lesson_notebooks.write(lesson, folder, blank=folder.name == "blank", overwrite=True)
    for lesson in lesson_cells.lessons():
        shutil.copy2(lesson.path, target / lesson.path.with_suffix(".lesson").name)


def read(text: str) -> Any:
    """A script as a notebook in the form that MyST-NB reads."""
    first, *cells = lesson_cells.parse(text)
    lesson = next(one for one in lesson_cells.lessons() if one.cells[0] == first)
    parts = [_opening(lesson), *(part for cell in cells for part in _parts(cell))]
    return nbformat.v4.new_notebook(cells=parts, metadata={"kernelspec": KERNEL})


def _opening(lesson: Lesson) -> Any:
    """The first cell with a link to the video, and the ways to run the lesson."""
    source, name = lesson.cells[0].source, f"{lesson.path.stem}.ipynb"
    if lesson.video is not None:
        source = source.replace(lesson.video, f"<{lesson.video}>")
    return nbformat.v4.new_markdown_cell(
        f"{source}\n\n*To run it yourself:* {{download}}`notebook with solutions <notebooks/{name}>`, "
        f"{{download}}`notebook to fill in <blank/{name}>`, or `sheernet lesson {lesson.number}` in a terminal."
    )


def _parts(cell: Cell) -> list[Any]:
    """The solution of an exercise is folded, below what the reader is to write."""
    if cell.is_text:
        return [nbformat.v4.new_markdown_cell(cell.source)]
    if not cell.is_exercise:
        return [nbformat.v4.new_code_cell(cell.source)]
    prompts = {"code_prompt_show": "Show a solution", "code_prompt_hide": "Hide the solution"}
    folded = {"tags": ["hide-input"], "mystnb": prompts}
    return [
        nbformat.v4.new_markdown_cell(f"```python\n{cell.blank}\n```"),
        nbformat.v4.new_code_cell(cell.source, metadata=folded),
    ]


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("builder-inited", copy_lessons)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
