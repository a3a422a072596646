"""As test_layers.py, by names that are not published."""

from __future__ import annotations

from pathlib import Path

from house import Tree

from test_layers import SOURCE, TREE


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

    def test_an_import_upwards_inside_data_is_found(self, tmp_path: Path) -> None:
        tree = self.tree(tmp_path, data__formats="from sheernet.data.files import opening")
        assert [i.split(" imports ")[1] for i in tree.upward_in_data()] == ["sheernet.data.files"]

    def test_a_circle_that_is_closed_inside_a_function_is_found(self, tmp_path: Path) -> None:
        tree = self.tree(
            tmp_path,
            models__model="def f():\n    from sheernet.models import report",
            models__report="from sheernet.models.model import Model",
        )
        assert set(tree.circle()) == {"sheernet.models.model", "sheernet.models.report"}
