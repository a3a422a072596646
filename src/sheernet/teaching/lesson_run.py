"""Run a lesson cell by cell, as a notebook does: the output, the value of its last expression, and its figures."""

from __future__ import annotations

import ast
import io
import sys
from collections.abc import Iterator
from contextlib import redirect_stdout, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sheernet.foundation.errors import MissingDependency
from sheernet.teaching.lesson_cells import Cell, Lesson

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True, eq=False)
class Result:
    """A cell that has run.

    Parameters
    ----------
    cell : Cell
        The cell.
    output : str
        The printed output, and the value if the last line is an expression; empty for text.
    figures : tuple of Figure
        The figures that it drew.
    """

    cell: Cell
    output: str = ""
    figures: tuple[Figure, ...] = ()


def run(lesson: Lesson) -> Iterator[Result]:
    """Run a lesson; each cell runs when its result is requested.

    Parameters
    ----------
    lesson : Lesson
        The lesson.

    Yields
    ------
    Result
        One for each cell.

    Raises
    ------
    MissingDependency
        If the lesson exits because a package that it needs is not installed.
    AssertionError
        If a statement of the lesson is not true.

    Notes
    -----
    Figures are drawn without windows: the backend of matplotlib is "agg" from then on.

    Examples
    --------
    >>> from sheernet.teaching import lesson_cells, lesson_run
    >>> text, code, *_ = lesson_run.run(lesson_cells.lesson(1))
    >>> text.cell.source[:10], text.output
    ('# Lesson 1', '')
    """
    with suppress(ImportError):
        import matplotlib

        matplotlib.use("agg")
    names: dict[str, Any] = {"__name__": "lesson", "__file__": str(lesson.path)}
    for cell in lesson.cells:
        yield Result(cell) if cell.is_text else _run_code(cell, str(lesson.path), names)


def _run_code(cell: Cell, file: str, names: dict[str, Any]) -> Result:
    *statements, last = ast.parse(cell.source, file).body
    printed, value = io.StringIO(), None
    with redirect_stdout(printed):
        try:
            if isinstance(last, ast.Expr):
                _execute(ast.Module(statements, []), cell, file, names)
                value = _execute(ast.Expression(last.value), cell, file, names)
            else:
                _execute(ast.Module([*statements, last], []), cell, file, names)
        except SystemExit as end:
            raise MissingDependency(str(end)) from end
    figures = _figures(value)
    if value is not None and not figures:
        printed.write(f"{value!r}\n")
    return Result(cell, printed.getvalue(), figures)


def _execute(
    tree: ast.Module | ast.Expression, cell: Cell, file: str, names: dict[str, Any]
) -> Any:
    """Run a part of a cell; errors have the line of the script."""
    ast.increment_lineno(tree, cell.line - 1)
    if isinstance(tree, ast.Module):
        exec(compile(tree, file, "exec"), names)
        return None
    return eval(compile(tree, file, "eval"), names)


def _figures(value: Any) -> tuple[Figure, ...]:
    """The open figures of pyplot, which are closed, and the figure of a value that is or has a figure."""
    if "matplotlib" not in sys.modules:
        return ()
    from matplotlib import pyplot
    from matplotlib.figure import Figure

    figures = [pyplot.figure(number) for number in pyplot.get_fignums()]
    own = getattr(value, "figure", None)  # of a figure and of axes
    if isinstance(own, Figure) and own not in figures:
        figures.append(own)
    pyplot.close("all")
    return tuple(figures)
