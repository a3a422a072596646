"""A folder is a layer: imports run down the list, and heavy packages are loaded where they are used.

`MAY_KNOW` is the list of docs/architecture.md.  Imports inside functions and those for type checkers count like any
other.  They are read from the source, so nothing here depends on what ran.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import sheernet

SOURCE = Path(sheernet.__file__).parent

MAY_KNOW = {
    "foundation": "",
    "settings": "foundation",
    "data": "settings foundation",
    "derivatives": "foundation",
    "optimizers": "settings foundation",
    "network": "foundation",
    "objective": "network foundation",
    "training": "objective network optimizers derivatives settings foundation",
    "models": "training objective network optimizers derivatives data settings foundation",
    "plots": "models training objective network optimizers derivatives data foundation",
    "teaching": "plots models training objective network optimizers derivatives data foundation",
    "apps": "teaching plots models training objective network optimizers derivatives data settings foundation",
}
"""Each folder, from the bottom to the top, and the folders that it may import from."""

BESIDE = {"__init__", "__main__", "version"}
"""The files beside the folders."""

ON_USE = {"scipy", "pandas", "matplotlib", "sklearn", "torch", "rich", "typer"}
"""Packages that are imported inside functions only."""
AT_LOAD = {"apps": {"typer"}}
"""The command line is written in decorators of typer, and no other folder imports it."""


@dataclass(frozen=True)
class Import:
    """One import: by which file, of which module, on which line, and when it runs."""

    file: Path
    module: str
    line: int
    at_load: bool
    for_types: bool

    @property
    def package(self) -> str:
        """The folder or file directly below sheernet, or the other package."""
        parts = self.module.split(".")
        return parts[1] if parts[0] == "sheernet" and len(parts) > 1 else parts[0]

    def __str__(self) -> str:
        return f"{self.file}:{self.line} imports {self.module}"


class Tree:
    """The source files below a folder that holds a package `sheernet`, and their imports."""

    def __init__(self, source: Path) -> None:
        self.source = source
        self.files = sorted(source.rglob("*.py"))
        self.imports = {file: list(self._imports_of(file)) for file in self.files}

    def folder_of(self, file: Path) -> str:
        """The folder or file directly below sheernet that a file belongs to."""
        return file.relative_to(self.source).parts[0].removesuffix(".py")

    def name_of(self, file: Path) -> str:
        """Dotted name of a file."""
        parts = file.relative_to(self.source.parent).with_suffix("").parts
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)

    def upward(self) -> list[str]:
        """Every import of a folder that the importing folder may not know."""
        found = []
        for file, imports in self.imports.items():
            own = self.folder_of(file)
            if own in BESIDE:
                continue
            known = {own, "version", *MAY_KNOW[own].split()}
            ours = [i for i in imports if i.module.split(".")[0] == "sheernet"]
            found += [str(i) for i in ours if i.package not in known]
        return found

    def circle(self) -> list[str]:
        """The modules of a circle of imports, those in functions included; empty if there is none.

        Imports for type checkers do not run, so they close no circle.
        """
        names = {self.name_of(file) for file in self.files}
        graph = {
            self.name_of(file): {i.module for i in imports if not i.for_types and i.module in names}
            - {self.name_of(file)}
            for file, imports in self.imports.items()
            if self.folder_of(file) not in BESIDE
        }
        try:
            TopologicalSorter(graph).prepare()
        except CycleError as error:
            return list(error.args[1])
        return []

    def _imports_of(self, file: Path) -> Iterator[Import]:
        """Every import in a file; `from sheernet.objective import costs` is one of sheernet.objective.costs."""
        tree = ast.parse(file.read_text(encoding="utf-8"))
        where = file.relative_to(self.source)
        functions = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
        in_functions = _inside(tree, lambda node: isinstance(node, functions))
        for_types = _inside(tree, _is_for_types)
        for node in ast.walk(tree):
            when = (id(node) not in in_functions | for_types, id(node) in for_types)
            if isinstance(node, ast.Import):
                for alias in node.names:
                    yield Import(where, alias.name, node.lineno, *when)
            elif isinstance(node, ast.ImportFrom):
                assert node.level == 0, f"{where}:{node.lineno}: relative import"
                for alias in node.names:
                    whole = f"{node.module}.{alias.name}"
                    module = whole if self._is_module(whole) else str(node.module)
                    yield Import(where, module, node.lineno, *when)

    def _is_module(self, dotted: str) -> bool:
        path = self.source.parent.joinpath(*dotted.split("."))
        return path.is_dir() or path.with_suffix(".py").is_file()


def _inside(tree: ast.Module, is_outer) -> set[int]:
    """The ids of all nodes within the nodes that `is_outer` accepts."""
    return {id(inner) for node in ast.walk(tree) if is_outer(node) for inner in ast.walk(node)}


def _is_for_types(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)


TREE = Tree(SOURCE)


def test_there_are_the_folders_of_the_list_and_nothing_else() -> None:
    folders = {
        path.name for path in SOURCE.iterdir() if path.is_dir() and path.name != "__pycache__"
    }
    assert folders == set(MAY_KNOW)
    assert {path.stem for path in SOURCE.glob("*.py")} == BESIDE


def test_each_folder_knows_only_folders_below_it() -> None:
    order = list(MAY_KNOW)
    for folder, known in MAY_KNOW.items():
        assert set(known.split()) <= set(order[: order.index(folder)]), folder


def test_imports_run_down() -> None:
    assert TREE.upward() == []


def test_module_names_occur_once() -> None:
    stems = [file.stem for file in TREE.files if file.stem not in ("__init__", "__main__")]
    assert sorted({stem for stem in stems if stems.count(stem) > 1}) == []


def test_heavy_packages_are_imported_inside_functions() -> None:
    found = [
        str(i)
        for file, imports in TREE.imports.items()
        for i in imports
        if i.at_load and i.package in ON_USE - AT_LOAD.get(TREE.folder_of(file), set())
    ]
    assert found == []


def test_msgspec_is_imported_by_the_model_file_only() -> None:
    """Users who neither save nor load a model do not need it."""
    files = {
        i.file.parts[:2]
        for imports in TREE.imports.values()
        for i in imports
        if i.package == "msgspec"
    }
    assert files == {("models", "files")}


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
    """The tests above would pass with a reader that finds nothing."""

    def tree(self, tmp_path: Path, **files: str) -> Tree:
        """A package of a few files, named as folder__file."""
        for name, text in files.items():
            folder, file = name.split("__", 1)
            path = tmp_path / "sheernet" / folder / f"{file}.py"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return Tree(tmp_path / "sheernet")

    def test_finds_the_imports_of_this_package(self) -> None:
        imports = TREE.imports[SOURCE / "network" / "network.py"]
        assert ("sheernet.network.architecture", True) in {(i.module, i.at_load) for i in imports}
        assert sum(map(len, TREE.imports.values())) > 500

    @pytest.mark.parametrize(
        "planted",
        [
            "from sheernet.models import fit",
            "import sheernet.plots",
            "def f():\n    from sheernet.models.fitting import fit",
            "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from sheernet import apps",
        ],
    )
    def test_an_import_upwards_is_found(self, tmp_path: Path, planted: str) -> None:
        tree = self.tree(
            tmp_path, training__made_up=planted, models__model="", apps__cli="", plots__a=""
        )
        assert len(tree.upward()) == 1, planted

    def test_a_circle_that_is_closed_inside_a_function_is_found(self, tmp_path: Path) -> None:
        tree = self.tree(
            tmp_path,
            models__model="def f():\n    from sheernet.models import report",
            models__report="from sheernet.models.model import Model",
        )
        assert set(tree.circle()) == {"sheernet.models.model", "sheernet.models.report"}

    def test_what_runs_at_load_is_told_from_what_runs_later(self, tmp_path: Path) -> None:
        tree = self.tree(
            tmp_path,
            data__made_up="from typing import TYPE_CHECKING\nimport scipy.optimize as so\n"
            "try:\n    import rich\nexcept ImportError:\n    pass\n"
            "if TYPE_CHECKING:\n    import pandas\n"
            "class C:\n    import typer\n    def f(self):\n        import sklearn\n",
        )
        imports = tree.imports[tree.source / "data" / "made_up.py"]
        assert {i.package for i in imports if i.at_load} == {"typing", "scipy", "rich", "typer"}
        assert {i.package for i in imports if i.for_types} == {"pandas"}
        assert {i.package for i in imports if not i.at_load} == {"pandas", "sklearn"}
