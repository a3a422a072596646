"""Imports go down the layers only, and heavy packages are loaded where they are used.

The layers are those of docs/architecture.md.  A module may import from its own layer and from those below; a new
module has to be entered in LAYERS first.  Imports are read from the source, so nothing here depends on what ran.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import sheernet

SOURCE = Path(sheernet.__file__).parent

LAYERS = [
    {"version", "errors", "arrays", "memory", "optional", "storage"},
    {"activations", "costs"},
    {"architecture", "initialize"},
    {"propagation"},
    {"network", "weighting", "decay", "engines", "objective"},
    {"optimizers", "derivatives"},
    {"jobs", "progress", "starts", "training", "training_checks", "testing"},
    {
        "preprocessing",
        "datasets",
        "model",
        "files",
        "tables",
        "columns",
        "targets",
        "fitting",
        "comparing",
        "report",
        "plots",
        "foreign",
        "faults",
    },
    {"cli", "demo", "__main__"},
]
LAYER_OF = {name: number for number, names in enumerate(LAYERS) for name in names}

INDEPENDENT = {
    "optimizers": "it works on anyone's objective",
    "derivatives": "it works on anyone's function and gradient",
}
"""These know nothing of sheernet but how to check arrays and how to complain: layer 0."""

ON_USE = {"scipy", "pandas", "matplotlib", "sklearn", "torch", "rich", "typer"}
"""Imported inside functions only."""
AT_LOAD = {"cli": {"typer"}}
"""But a command line is written in decorators, and nothing imports it: it stands on the highest layer."""


@dataclass(frozen=True)
class Import:
    """One import: by which file, of which module, on which line, and whether it runs when the file is loaded."""

    file: str
    module: str
    line: int
    at_load: bool

    @property
    def package(self) -> str:
        """The module or package directly below sheernet, or the other package."""
        parts = self.module.split(".")
        return parts[1] if parts[0] == "sheernet" and len(parts) > 1 else parts[0]


def part_of(file: Path) -> str:
    """Name of the module or package directly below sheernet that a file belongs to."""
    return file.relative_to(SOURCE).parts[0].removesuffix(".py")


def imports_of(file: Path) -> Iterator[Import]:
    """Every import in a file, `from sheernet import costs` as sheernet.costs."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    where = str(file.relative_to(SOURCE))
    later = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda))
        or _is_for_types(node)
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        at_load = id(node) not in later
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(where, alias.name, node.lineno, at_load)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{where}:{node.lineno}: relative import"
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                yield Import(
                    where, whole if _is_module(whole) else str(node.module), node.lineno, at_load
                )


def _is_for_types(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)


def _is_module(dotted: str) -> bool:
    path = SOURCE.parent.joinpath(*dotted.split("."))
    return path.is_dir() or path.with_suffix(".py").is_file()


def name_of(file: Path) -> str:
    """Dotted name of a file."""
    parts = file.relative_to(SOURCE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


FILES = sorted(SOURCE.rglob("*.py"))
IMPORTS = {file: list(imports_of(file)) for file in FILES}
INNER = [file for file in FILES if file != SOURCE / "__init__.py"]


def test_every_module_has_its_layer() -> None:
    unknown = {part_of(file) for file in INNER} - set(LAYER_OF)
    assert not unknown, f"enter {sorted(unknown)} in LAYERS (and in docs/architecture.md)"


@pytest.mark.parametrize("file", INNER, ids=name_of)
def test_imports_go_down_the_layers(file: Path) -> None:
    own = LAYER_OF[part_of(file)]
    for found in IMPORTS[file]:
        if found.module.startswith("sheernet."):
            theirs = LAYER_OF.get(found.package, len(LAYERS))
            assert theirs <= own, (
                f"{found.file}:{found.line}: layer {own} imports {found.module} of layer {theirs}"
            )


@pytest.mark.parametrize("part", INDEPENDENT)
def test_independent_parts_know_only_the_ground_layer(part: str) -> None:
    for file in INNER:
        if part_of(file) == part:
            for found in IMPORTS[file]:
                known = found.package in LAYERS[0] | {part} or not found.module.startswith(
                    "sheernet"
                )
                assert known, (
                    f"{found.file}:{found.line}: {part} imports {found.module}, but {INDEPENDENT[part]}"
                )


def test_modules_do_not_import_each_other_in_a_circle() -> None:
    names = {name_of(file) for file in FILES}
    graph = {
        name_of(file): {
            i.module
            for i in IMPORTS[file]
            if i.at_load and i.module in names - {"sheernet", name_of(file)}
        }
        for file in INNER
    }
    TopologicalSorter(graph).prepare()  # raises CycleError, which names the circle


@pytest.mark.parametrize("file", FILES, ids=name_of)
def test_heavy_packages_are_imported_inside_functions(file: Path) -> None:
    heavy = ON_USE - AT_LOAD.get(part_of(file), set())
    for found in IMPORTS[file]:
        assert not (found.at_load and found.package in heavy), (
            f"{found.file}:{found.line}: move {found.module} into the function"
        )


def test_msgspec_is_imported_by_the_model_file_only() -> None:
    """Who does not save or load a model does not need it."""
    parts = {
        part_of(file) for file in FILES if any(i.at_load and i.package == "msgspec" for i in IMPORTS[file])
    }  # fmt: skip
    assert parts == {"files"}


def test_import_sheernet_loads_no_heavy_package() -> None:
    heavy = ["scipy.optimize", "scipy.stats", "pandas", "matplotlib", "sklearn", "rich", "typer"]
    program = f"import sys, sheernet; print(*sorted(set({heavy}) & set(sys.modules)))"
    result = subprocess.run(
        [sys.executable, "-c", program],
        env={"PYTHONPATH": str(SOURCE.parent), "SYSTEMROOT": "C:\\Windows", "PATH": ""},
        capture_output=True,
        text=True,
        check=True,
    )
    assert result.stdout.split() == []


class TestTheReaderOfImports:
    """The tests above would be content with a reader that finds nothing."""

    def test_finds_what_is_there(self) -> None:
        found = {(i.module, i.at_load) for i in IMPORTS[SOURCE / "objective.py"]}
        assert {
            ("sheernet.costs", True),
            ("sheernet.engines.reference", True),
            ("numpy.typing", True),
        } <= found
        assert sum(len(imports) for imports in IMPORTS.values()) > 100

    def test_tells_what_runs_at_load_from_what_does_not(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(sys.modules[__name__], "SOURCE", tmp_path)
        file = tmp_path / "made_up.py"
        file.write_text(
            "from typing import TYPE_CHECKING\nimport scipy.optimize as so\n"
            "try:\n    import rich\nexcept ImportError:\n    pass\n"
            "if TYPE_CHECKING:\n    import pandas\n"
            "class C:\n    import typer\n    def f(self):\n        import sklearn\n"
        )
        at_load = {i.package for i in imports_of(file) if i.at_load}
        later = {i.package for i in imports_of(file) if not i.at_load}
        assert at_load == {"typing", "scipy", "rich", "typer"}
        assert later == {"pandas", "sklearn"}
