"""Whether a test file relies on published names alone: on `sheernet` and what the `__all__` of its folders list.

What a file reaches through attributes is not seen; files named `..._inside` are no contract whatever they import.
Such tests are a contract: they stay, whole, while the inside of a folder is written anew (`pytest -m contract`).
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path

TESTS = Path(__file__).parent


@cache
def is_contract(path: Path) -> bool:
    """Whether a file, and each helper of the tests that it imports, names only published names of sheernet."""
    names = set(_names(ast.parse(path.read_text(encoding="utf-8"))))
    helpers = {helper for name in names for helper in _files_of(name)} - {path}
    own = all(map(_is_published, names)) and not path.stem.endswith("_inside")
    return own and all(map(is_contract, helpers))


def _names(tree: ast.Module) -> Iterator[str]:
    """Yield dotted names of what a file imports, or names in a text, as for monkeypatch."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{each.name}" for each in node.names)
        elif isinstance(node, ast.Constant) and str(node.value).startswith("sheernet."):
            yield str(node.value).partition(" ")[0]


def _is_published(name: str) -> bool:
    package, *inside = name.split(".")
    if package != "sheernet" or len(inside) < 2:
        return True
    folder = import_module(f"sheernet.{inside[0]}")
    return len(inside) == 2 and inside[1] in getattr(folder, "__all__", ())


def _files_of(name: str) -> Iterator[Path]:
    """Yield the file of a module of the tests, given its name or that of something in it."""
    whole = TESTS.joinpath(*name.removeprefix("tests.").split("."))
    yield from filter(Path.exists, (whole.with_suffix(".py"), whole.parent.with_suffix(".py")))
