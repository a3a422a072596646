"""As test_layers_of_derivatives.py, by names that are not published."""

from __future__ import annotations

from pathlib import Path

from house import Tree

from derivatives.test_layers_of_derivatives import LAYERS, PACKAGE, violations
from sheernet.derivatives import problem

SOURCE = Path(problem.__file__).parent


def test_imports_run_down() -> None:
    tree = Tree(SOURCE.parent)
    own = [file for file in tree.files if tree.name_of(file).startswith(PACKAGE)]
    assert len(own) > 20
    assert violations(tree) == []


def test_every_file_is_in_a_layer_and_in_the_overview() -> None:
    parts = {path.stem for path in SOURCE.iterdir() if path.suffix == ".py" or path.is_dir()}
    assert parts - {"__init__", "__pycache__"} == set(LAYERS) - {""}
    overview = (SOURCE / "__init__.py").read_text(encoding="utf-8").partition('"""\n\nfrom')[0]
    overview += (SOURCE / "foreign" / "__init__.py").read_text(encoding="utf-8")
    for path in SOURCE.rglob("*.py"):
        assert path.name == "__init__.py" or path.name in overview, path
