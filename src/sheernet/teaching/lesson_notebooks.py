"""Lessons as notebooks for Jupyter, with or without the solutions of the exercises.

The notebook format 4.5 is a JSON document with few keys, so it is written without the package nbformat: a classroom
without internet needs only sheernet, and the same lesson gives the same bytes.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sheernet.foundation.atomic_files import write_file
from sheernet.teaching.lesson_cells import Cell, Lesson


def write(lesson: Lesson, folder: Path, *, blank: bool = False, overwrite: bool = False) -> Path:
    """Write a notebook.

    Parameters
    ----------
    lesson : Lesson
        The lesson.
    folder : Path
        An existing folder.
    blank : bool
        Whether to omit the solutions of the exercises.
    overwrite : bool
        Whether to replace a notebook of the same name.

    Returns
    -------
    Path
        The notebook, named like the script.

    Raises
    ------
    InvalidInput
        If the notebook exists, or cannot be written.
    """
    text = json.dumps(notebook(lesson, blank=blank), indent=1, ensure_ascii=False) + "\n"
    target = folder / lesson.path.with_suffix(".ipynb").name
    return write_file(target, text.encode(), overwrite=overwrite)


def notebook(lesson: Lesson, *, blank: bool = False) -> dict[str, Any]:
    """A lesson in the notebook format 4.5, without outputs.

    Parameters
    ----------
    lesson : Lesson
        The lesson.
    blank : bool
        Whether to omit the solutions of the exercises.

    References
    ----------
    https://nbformat.readthedocs.io/en/latest/format_description.html

    Examples
    --------
    >>> from sheernet.teaching import lesson_cells, lesson_notebooks
    >>> document = lesson_notebooks.notebook(lesson_cells.lesson(1))
    >>> document["cells"][0]["cell_type"], document["nbformat"]
    ('markdown', 4)
    """
    return {
        "cells": [_cell(cell, n, blank) for n, cell in enumerate(lesson.cells, start=1)],
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def _cell(cell: Cell, number: int, blank: bool) -> dict[str, Any]:
    source = (cell.blank if blank else cell.source).splitlines(keepends=True)
    common = {"id": f"cell-{number}", "source": source}
    if cell.is_text:
        return {"cell_type": "markdown", "metadata": {}, **common}
    tags = {"tags": ["exercise"]} if cell.is_exercise else {}
    return {"cell_type": "code", "execution_count": None, "metadata": tags, "outputs": [], **common}
