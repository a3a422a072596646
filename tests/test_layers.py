"""A folder is a layer: imports run down the list of folders, and heavy packages are loaded where they are used.

The list, and how imports are read, are in scripts/house.py.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from itertools import combinations
from pathlib import Path

import pytest
from house import BESIDE, DATA_MAY_KNOW, HEIGHT, MAY_KNOW, PICTURE, WIDTH, Tree, description, places
from PIL import Image

import sheernet

SOURCE = Path(sheernet.__file__).parent

ON_USE = {"scipy", "pandas", "matplotlib", "sklearn", "torch", "rich", "typer"}
"""Packages that are imported inside functions only."""
AT_LOAD = {"apps": {"typer"}, "models/estimators": {"sklearn"}}
"""The command line is written in decorators of typer, and the estimators derive from classes of scikit-learn; no other
folder imports them."""

TREE = Tree(SOURCE)


def test_there_are_the_folders_of_the_list_and_nothing_else() -> None:
    folders = {
        path.name for path in SOURCE.iterdir() if path.is_dir() and path.name != "__pycache__"
    }
    assert folders == set(MAY_KNOW)
    assert {path.stem for path in SOURCE.glob("*.py")} == BESIDE


def test_the_list_of_data_is_complete() -> None:
    found = {path.stem for path in (SOURCE / "data").iterdir() if path.stem[0] != "_"}
    assert found == set(DATA_MAY_KNOW)


@pytest.mark.parametrize(
    "init", sorted(SOURCE.rglob("__init__.py")), ids=lambda init: init.parent.name
)
def test_a_list_of_the_modules_of_a_folder_is_complete(init: Path) -> None:
    text = ast.get_docstring(ast.parse(init.read_text(encoding="utf-8"))) or ""
    modules = {path.stem for path in init.parent.glob("*.py")} - {"__init__"}
    listed = {name for name in modules if re.search(rf"^ *{name}(\.py)?  ", text, re.MULTILINE)}
    if 2 * len(listed) >= len(modules):  # a few may be the names of methods
        assert {name for name in modules if not re.search(rf"\b{name}\b", text)} == set()


@pytest.mark.parametrize("may_know", [MAY_KNOW, DATA_MAY_KNOW], ids=["sheernet", "data"])
def test_each_folder_knows_only_folders_below_it(may_know: dict[str, str]) -> None:
    order = list(may_know)
    for folder, known in may_know.items():
        assert set(known.split()) <= set(order[: order.index(folder)]), folder


def test_imports_run_down() -> None:
    assert TREE.upward() == []


def test_imports_inside_data_run_down() -> None:
    assert TREE.upward_in_data() == []


def test_there_is_no_circle() -> None:
    assert TREE.circle() == []


def test_the_picture_of_the_folders_shows_their_imports() -> None:
    with Image.open(PICTURE) as picture:
        assert picture.text["Description"] == description(TREE), "run python scripts/house.py"


def test_no_box_of_the_picture_covers_another() -> None:
    for (x, y), (other_x, other_y) in combinations(places(TREE.arrows()).values(), 2):
        assert abs(x - other_x) > WIDTH or abs(y - other_y) > HEIGHT


def test_module_names_occur_once() -> None:
    stems = [file.stem for file in TREE.files if file.stem not in ("__init__", "__main__")]
    assert sorted({stem for stem in stems if stems.count(stem) > 1}) == []


def allowed_at_load(file: Path) -> set[str]:
    """The heavy packages that a file may import when it is loaded."""
    place = file.relative_to(SOURCE).as_posix()
    return set().union(*(AT_LOAD[folder] for folder in AT_LOAD if place.startswith(f"{folder}/")))


def test_heavy_packages_are_imported_inside_functions() -> None:
    found = [
        str(i)
        for file, imports in TREE.imports.items()
        for i in imports
        if i.at_load and i.package in ON_USE - allowed_at_load(file)
    ]
    assert found == []


def test_msgspec_is_imported_by_the_model_file_and_the_page_only() -> None:
    """Users who neither save nor load a model, and open no page, do not need it."""
    files = {
        i.file.parts[:2]
        for imports in TREE.imports.values()
        for i in imports
        if i.package == "msgspec"
    }
    assert files == {("models", "files"), ("apps", "page")}


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
