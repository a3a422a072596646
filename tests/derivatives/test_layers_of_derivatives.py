"""The folders of derivatives/ are layers: imports run down, and use only names that a folder exports."""

from __future__ import annotations

from pathlib import Path

import pytest
from house import Import, Tree

LAYERS = ("problem", "estimates", "comparisons", "diagnosis", "check", "", "testing", "foreign")
"""From the bottom to the top; "" is `sheernet.derivatives` itself, from which the last two import."""
PACKAGE = "sheernet.derivatives"


def layer_of(module: str) -> str:
    """The part below derivatives/ that a module belongs to; "" for the package."""
    return module.removeprefix(PACKAGE).strip(".").partition(".")[0]


def violations(tree: Tree) -> list[str]:
    """Imports that run up, and imports of a file inside another folder."""
    found = []
    for file, imports in tree.imports.items():
        name = tree.name_of(file)
        if not name.startswith(PACKAGE):
            continue
        own = layer_of(name)
        ours = [i for i in imports if i.module.startswith(PACKAGE) and layer_of(i.module) != own]
        found += [str(i) for i in ours if not allowed(own, i)]
    return found


def allowed(own: str, imported: Import) -> bool:
    is_below = LAYERS.index(layer_of(imported.module)) < LAYERS.index(own)
    return is_below and imported.module.count(".") <= 2


@pytest.mark.parametrize(
    ("file", "planted"),
    [
        ("estimates/made_up", "from sheernet.derivatives.comparisons import power"),
        ("estimates/made_up", "def f():\n    from sheernet.derivatives.check import Entry"),
        ("problem", "import sheernet.derivatives.estimates"),
        ("check/made_up", "from sheernet.derivatives import Problem"),
        ("check/made_up", "from sheernet.derivatives.foreign import from_object"),
        ("check/made_up", "from sheernet.derivatives.estimates.inner import EPS"),
    ],
)
def test_other_imports_are_found(tmp_path: Path, file: str, planted: str) -> None:
    folder = tmp_path / "sheernet" / "derivatives"
    for name in (*LAYERS[1:5], "foreign"):
        (folder / name).mkdir(parents=True)
        (folder / name / "inner.py").write_text("")
    (folder / f"{file}.py").write_text(planted)
    assert len(violations(Tree(tmp_path / "sheernet"))) == 1
