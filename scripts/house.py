"""The folders of src/sheernet, the imports that each may have, those that it has, and a picture of them.

    python scripts/house.py    draws docs/pictures/house.png from the imports

`MAY_KNOW` is the list of docs/architecture.md.  tests/test_layers.py compares the imports with it, including those
inside functions and those for type checkers, and compares the picture with the imports.  Imports are read from the
source; no code of the package runs.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "sheernet"
PICTURE = ROOT / "docs" / "pictures" / "house.png"

MAY_KNOW = {
    "foundation": "",
    "settings": "foundation",
    "data": "settings foundation",
    "derivatives": "foundation",
    "optimizers": "settings foundation",
    "network": "foundation",
    "objective": "network foundation",
    "training": "objective network optimizers derivatives settings foundation",
    "statistics": "training objective network optimizers derivatives settings foundation",
    "distributed": "training objective network optimizers data settings foundation",
    "models": "distributed statistics training objective network optimizers derivatives data settings foundation",
    "plots": "models distributed statistics training objective network optimizers derivatives data foundation",
    "teaching": "plots models distributed statistics training objective network optimizers derivatives data "
    "foundation",
    "apps": "teaching plots models distributed statistics training objective network optimizers derivatives data "
    "settings foundation",
}
"""Each folder, from the bottom layer to the top, and the folders from which it may import."""

DATA_MAY_KNOW = {
    "formats": "",
    "tables": "formats",
    "files": "tables formats",
    "sources": "files tables formats",
    "preprocessing": "",
    "columns": "preprocessing tables formats",
    "targets": "columns preprocessing tables formats",
    "shards": "targets columns preprocessing sources files tables formats",
    "datasets": "preprocessing",
}
"""The same for the folders and files of data."""

LESSONS = Path("teaching", "lessons")
"""The folder of the lessons: scripts, which use every layer and are not imported."""

BESIDE = {"__init__", "__main__", "version"}
"""The files that are in no folder."""


@dataclass(frozen=True)
class Import:
    """An import: its file, module and line, and when it runs."""

    file: Path
    module: str
    line: int
    at_load: bool
    for_types: bool

    @property
    def package(self) -> str:
        """The folder or file directly below sheernet, or the name of another package."""
        parts = self.module.split(".")
        return parts[1] if parts[0] == "sheernet" and len(parts) > 1 else parts[0]

    @property
    def is_ours(self) -> bool:
        """Whether the module is one of sheernet."""
        return self.module.split(".")[0] == "sheernet"

    def __str__(self) -> str:
        return f"{self.file}:{self.line} imports {self.module}"


class Tree:
    """The source files of a package named sheernet, and their imports."""

    def __init__(self, source: Path = SOURCE) -> None:
        self.source = source
        lessons = source / LESSONS
        self.files = sorted(file for file in source.rglob("*.py") if file.parent != lessons)
        self.imports = {file: list(self._imports_of(file)) for file in self.files}

    def folder_of(self, file: Path) -> str:
        """The folder of a file, or the file itself if it is directly below sheernet."""
        return file.relative_to(self.source).parts[0].removesuffix(".py")

    def name_of(self, file: Path) -> str:
        """The dotted name of a file."""
        parts = file.relative_to(self.source.parent).with_suffix("").parts
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)

    def arrows(self) -> dict[tuple[str, str], int]:
        """The number of imports from each folder to each other folder."""
        found: dict[tuple[str, str], int] = {}
        for file, imports in self.imports.items():
            own = self.folder_of(file)
            for i in imports:
                if own in MAY_KNOW and i.package in MAY_KNOW and i.package != own and i.is_ours:
                    found[own, i.package] = found.get((own, i.package), 0) + 1
        return dict(sorted(found.items()))

    def upward(self) -> list[str]:
        """All imports from folders that the importing folder may not know."""
        found = []
        for file, imports in self.imports.items():
            own = self.folder_of(file)
            if own in BESIDE:
                continue
            known = {own, "version", *MAY_KNOW[own].split()}
            found += [str(i) for i in imports if i.is_ours and i.package not in known]
        return found

    def upward_in_data(self) -> list[str]:
        """All imports between the folders of data that the importing folder may not have."""
        found = []
        for file, imports in self.imports.items():
            match self.name_of(file).split("."):
                case [_, "data", own, *_]:
                    known = {own, *DATA_MAY_KNOW[own].split()}
                    within = (i for i in imports if i.module.startswith("sheernet.data."))
                    found += [str(i) for i in within if i.module.split(".")[2] not in known]
        return found

    def circle(self) -> list[str]:
        """The modules of an import cycle, including imports in functions; empty if there is none.

        Imports for type checkers do not run and are not counted.
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
        """Yield the imports of a file; `from sheernet.objective import costs` imports sheernet.objective.costs."""
        where = file.relative_to(self.source)
        for node, *when in _import_statements(ast.parse(file.read_text(encoding="utf-8"))):
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


def _import_statements(
    outer: ast.AST, at_load: bool = True, for_types: bool = False
) -> Iterator[tuple[ast.Import | ast.ImportFrom, bool, bool]]:
    """Yield the import statements within a node, each with whether it runs at load, and whether it is for types."""
    for node in ast.iter_child_nodes(outer):
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield node, at_load and not for_types, for_types
        elif not isinstance(node, ast.expr):  # an expression contains no statement
            is_function = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            yield from _import_statements(
                node, at_load and not is_function, for_types or _is_for_types(node)
            )


def _is_for_types(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)


# --- the picture --------------------------------------------------------------------------------


def description(tree: Tree) -> str:
    """The arrows of the picture, as text that is stored in its file."""
    return json.dumps([f"{above} -> {below}" for above, below in tree.arrows()])


def floors(arrows: dict[tuple[str, str], int]) -> dict[str, int]:
    """The level of each folder: one below the lowest folder that imports from it; the top level is 0."""
    floor = dict.fromkeys(MAY_KNOW, 0)
    for folder in reversed(MAY_KNOW):  # from the top to the bottom
        above = [floor[other] - 1 for other, below in arrows if below == folder]
        floor[folder] = min(above, default=0)
    return floor


def essential(arrows: dict[tuple[str, str], int]) -> set[tuple[str, str]]:
    """The arrows that are not implied by a path of other arrows."""
    below: dict[str, set[str]] = {folder: set() for folder in MAY_KNOW}
    for folder in MAY_KNOW:
        for above, other in arrows:
            if above == folder:
                below[folder] |= {other} | below[other]
    return {
        (above, other)
        for above, other in arrows
        if not any(a == above and other in below[b] for a, b in arrows if b != other)
    }


WIDTH, HEIGHT = 3.0, 0.92  # of a box
COLUMNS = {
    "data": -1.5, "settings": -1.5, "distributed": -0.5, "optimizers": -0.5, "objective": 0.5,
    "statistics": 0.75, "training": 1.0, "derivatives": 1.5,
}  # fmt: skip
"""Horizontal positions of the folders that are not in the middle, so that no box or arrow crosses another box."""


def draw(tree: Tree, path: Path = PICTURE) -> None:
    """Draw the folders as boxes, one row per level, and the imports as arrows."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    arrows = tree.arrows()
    centers = places(arrows)
    figure = Figure(figsize=(12.6, 10.4))
    FigureCanvasAgg(figure)
    ax = figure.add_axes((0.01, 0.01, 0.98, 0.98))
    ax.set_axis_off()
    strong = essential(arrows)
    for pair in sorted(arrows, key=lambda pair: pair in strong):
        if pair in strong:
            _draw_arrow(ax, centers[pair[0]], centers[pair[1]])
    for folder, (x, y) in centers.items():
        _draw_box(ax, folder, _summary(tree, folder), x, y)
    xs, ys = [x for x, _ in centers.values()], [y for _, y in centers.values()]
    ax.set_xlim(min(xs) - WIDTH / 2 - 0.1, max(xs) + WIDTH / 2 + 0.1)
    ax.set_ylim(min(ys) - HEIGHT / 2 - 0.1, max(ys) + HEIGHT / 2 + 0.1)
    figure.savefig(path, dpi=100, metadata={"Description": description(tree), "Software": None})


def places(arrows: dict[tuple[str, str], int]) -> dict[str, tuple[float, float]]:
    """The center of each box."""
    return {
        folder: (COLUMNS.get(folder, 0.0) * (WIDTH + 0.45), level * 1.36)
        for folder, level in floors(arrows).items()
    }


def _summary(tree: Tree, folder: str) -> str:
    """The first line of a folder's documentation."""
    module = ast.parse((tree.source / folder / "__init__.py").read_text(encoding="utf-8"))
    return (ast.get_docstring(module) or "").split("\n\n")[0].replace("\n", " ").replace("`", "")


def _draw_box(ax: Any, folder: str, summary: str, x: float, y: float) -> None:
    import textwrap

    from matplotlib.patches import FancyBboxPatch

    corner = (x - WIDTH / 2, y - HEIGHT / 2)
    style = "round,pad=0,rounding_size=0.08"
    ax.add_patch(
        FancyBboxPatch(corner, WIDTH, HEIGHT, boxstyle=style, fc="#f4f7fa", ec="#0072b2", lw=1.2)
    )
    ax.text(x, y + 0.28, folder, ha="center", va="center", weight="bold", size=11, color="#0b3d5c")
    lines = "\n".join(textwrap.wrap(summary, 44)[:3])
    ax.text(
        x, y - 0.13, lines, ha="center", va="center", size=7.6, color="#333333", linespacing=1.25
    )


def _draw_arrow(ax: Any, above: tuple[float, float], below: tuple[float, float]) -> None:
    (x0, y0), (x1, y1) = above, below
    shift = max(-0.36, min(0.36, (x1 - x0) / 12)) * WIDTH
    ax.annotate(
        "",
        xy=(x1 - shift, y1 + HEIGHT / 2),
        xytext=(x0 + shift, y0 - HEIGHT / 2),
        arrowprops={"arrowstyle": "-|>", "color": "#6b7c8c", "lw": 1.1, "shrinkA": 0, "shrinkB": 0},
    )


if __name__ == "__main__":
    draw(Tree())
    print(PICTURE.relative_to(ROOT))
