"""Run the file of a learner: a Python file as a whole, or the imports, functions, classes and constants of a notebook.

The other lines of a notebook train and draw, or are cells of a lesson that raise until all exercises are solved.
"""

from __future__ import annotations

import ast
import contextlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from types import CodeType
from typing import Any

from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.sentences import in_quotes

DEFINITIONS = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef)
MAGIC = ("%", "!", "?")
"""First characters of lines that are commands of the notebook, not Python."""


def require_file(path: Path) -> None:
    """Refuse a path that is not a file."""
    if path.is_dir():
        raise InvalidInput(
            f"{in_quotes(str(path))} is a folder; give one Python file or notebook in it"
        )
    if not path.is_file():
        raise InvalidInput(
            f"the file {in_quotes(str(path))} does not exist; give the Python file of the network"
        )


def names_of_file(path: Path) -> dict[str, Any]:
    """Run a file, not as the main program, and return the names that it defines."""
    space: dict[str, Any] = {"__name__": path.stem, "__file__": str(path)}
    sys.path.insert(0, str(path.parent))
    try:
        for code in _programs(path):
            exec(code, space)
    finally:
        with contextlib.suppress(ValueError):
            sys.path.remove(str(path.parent))
    return space


def _programs(path: Path) -> Iterator[CodeType]:
    """Yield the programs of a file: one, or one for each cell of code of a notebook."""
    text = path.read_text(encoding="utf-8-sig")
    if path.suffix.lower() != ".ipynb":
        yield compile(text, str(path), "exec")
        return
    for number, cell in enumerate(_code_cells(text), start=1):
        name = f"{path}, code cell {number}"  # replaces a file name in messages
        tree = _parsed(cell, name)
        tree.body = [part for part in tree.body if _defines(part)]
        yield compile(tree, name, "exec")


def _parsed(cell: str, name: str) -> ast.Module:
    """Parse a cell; if it is not Python, parse it without the lines that are commands of the notebook.

    A line of a Python expression may also begin with %.
    """
    try:
        return ast.parse(cell, name)
    except SyntaxError:
        lines = cell.split("\n")
        source = "\n".join("" if line.lstrip().startswith(MAGIC) else line for line in lines)
        return ast.parse(source, name)


def _code_cells(text: str) -> list[str]:
    """Return the source of each cell of code of a notebook."""
    try:
        cells = [cell for cell in json.loads(text)["cells"] if cell["cell_type"] == "code"]
        return ["".join(cell["source"]) for cell in cells]
    except (ValueError, KeyError, TypeError):
        raise ValueError("it is not a notebook of Jupyter") from None


def _defines(part: ast.stmt) -> bool:
    """Return whether a statement only defines a name, such as a constant or a function in one line."""
    if isinstance(part, ast.Assign):
        return isinstance(part.value, (ast.Constant, ast.Lambda))
    return isinstance(part, DEFINITIONS)
