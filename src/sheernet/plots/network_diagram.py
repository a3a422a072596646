"""The picture of a network, laid out: where units, weights and the numbers on them lie.

Layers stand from left to right, a unit of each in a row; each bias is a node of its own at the foot of the layer
before.  Of more than ten units the first nine are placed, and words say how many more there are.  Skip connections
are curves (quadratic Bezier) over the layers between.  Lengths are inches of a figure made to measure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sheernet.foundation.arrays import Array
from sheernet.foundation.errors import ShapeMismatch
from sheernet.network.architecture import Architecture
from sheernet.network.network import Network
from sheernet.plots.style import count, number

MOST_UNITS = 10
NAME = 20  # letters of a column's name in a line
LETTER, LINE = 0.075, 0.15  # inches of a letter and of a line of text at 8 to 9 points
THIN, THICK, ZERO = 0.6, 5.0, 1.2  # points


@dataclass(frozen=True)
class Unit:
    """A unit, or a bias.

    Parameters
    ----------
    x, y : float
        Its place, inches.
    label : str
        Short, fit for its circle: "x1", "h2", "h1.2", "y1", "1".
    name : str
        What its column is called; "" for hidden units and biases.
    layer : int
        0 for inputs.
    bias : bool
        Whether it is a bias.
    """

    x: float
    y: float
    label: str
    name: str
    layer: int
    bias: bool = False


@dataclass(frozen=True, eq=False)
class Edge:
    """A weight as a line.

    Parameters
    ----------
    name : str
        As in `Layout.names`: "W1[0,2]".
    weight : float
        Its value.
    path : ndarray, (n, 2)
        From its source to its target: two points, or more on a curve.
    width : float
        Of the line, in points: proportional to |weight|, but never too thin to be seen.
    number : tuple (x, y) or None
        Where its number is written.
    """

    name: str
    weight: float
    path: Array
    width: float
    number: tuple[float, float] | None = None

    @property
    def text(self) -> str:
        """Its number, sign first."""
        return ("+" if self.weight > 0 else "") + number(self.weight)


@dataclass(frozen=True)
class Words:
    """A text and its place: the heading of a layer, or how many units are not shown."""

    x: float
    y: float
    text: str


@dataclass(frozen=True, eq=False)
class Diagram:
    """Everything that is drawn.

    Parameters
    ----------
    units : tuple of Unit
        Circles, and squares for biases.
    edges : tuple of Edge
        Lines, thin ones first.
    folded : tuple of Words
        "... +91 units", where units are not shown.
    headings : tuple of Words
        Of each layer.
    box : tuple (left, right, bottom, top)
        Of all that, names included.
    title : str
        What is seen.
    """

    units: tuple[Unit, ...]
    edges: tuple[Edge, ...]
    folded: tuple[Words, ...]
    headings: tuple[Words, ...]
    box: tuple[float, float, float, float]
    title: str


def lay_out(
    network: Network,
    input_names: Sequence[str] | None = None,
    output_names: Sequence[str] | None = None,
) -> Diagram:
    """Lay a network out; its numbers are placed later, by `network_numbers.place_numbers`.

    Raises
    ------
    ShapeMismatch
        If there are more or fewer names than inputs or outputs.

    Examples
    --------
    >>> import sheernet as sn
    >>> from sheernet.plots.network_diagram import lay_out
    >>> diagram = lay_out(sn.Network.random(sn.Architecture((2, 14, 1)), seed=0))
    >>> diagram.title, [words.text for words in diagram.folded]
    ('2-14-1 network: 57 weights, 37 of them drawn', ['... +5 units'])
    """
    arch = network.architecture
    names = {
        0: _names(input_names, arch.n_inputs, "input"),
        arch.n_layers: _names(output_names, arch.n_outputs, "output"),
    }
    columns, folded = _columns(arch, names)
    bias = _biases(arch, columns)
    edges = _edges(network, columns, bias)
    units = tuple(unit for column in columns for unit in column) + tuple(bias.values())
    top = max([float(edge.path[:, 1].max()) for edge in edges] + [unit.y for unit in units]) + 0.35
    drawn = "" if len(edges) == arch.n_parameters else f", {len(edges)} of them drawn"
    return Diagram(
        units,
        tuple(sorted(edges, key=lambda edge: edge.width)),
        folded,
        tuple(
            Words(column[0].x, top, _heading(arch, layer)) for layer, column in enumerate(columns)
        ),
        _box(units, folded, top),
        f"{'-'.join(map(str, arch.sizes))} network: {count(arch.n_parameters, 'weight')}{drawn}",
    )


def _names(given: Sequence[str] | None, n: int, noun: str) -> list[str]:
    if given is None:
        return [""] * n
    if isinstance(given, str) or len(given) != n:
        what = f"the text {given!r}" if isinstance(given, str) else count(len(given), "name")
        raise ShapeMismatch(
            f"{noun}_names needs {count(n, 'name')}, one for each {noun}, but {what} was given"
        )
    return [str(name) for name in given]


def _row(arch: Architecture) -> float:
    """The distance of units in a column."""
    return float(np.clip(3.4 / max(min(n, MOST_UNITS) for n in arch.sizes), 0.46, 1.15))


def _columns(
    arch: Architecture, names: dict[int, list[str]]
) -> tuple[list[list[Unit]], tuple[Words, ...]]:
    """The units that are shown, a list for each layer, and the words where more are not."""
    row = _row(arch)
    gap = float(np.clip(6.5 / arch.n_layers, 1.3, 2.7))
    columns: list[list[Unit]] = []
    folded: list[Words] = []
    for layer, size in enumerate(arch.sizes):
        shown = size if size <= MOST_UNITS else MOST_UNITS - 1
        x, top = layer * gap, 0.5 * row * (min(size, MOST_UNITS) - 1)
        called = names.get(layer, [""] * size)
        columns.append(
            [Unit(x, top - i * row, _label(arch, layer, i), called[i], layer) for i in range(shown)]
        )
        if size > shown:
            noun = "inputs" if layer == 0 else "outputs" if layer == arch.n_layers else "units"
            folded.append(Words(x, top - shown * row, f"... +{size - shown} {noun}"))
    return columns, tuple(folded)


def _label(arch: Architecture, layer: int, i: int) -> str:
    if layer in (0, arch.n_layers):
        return f"{'y' if layer else 'x'}{i + 1}"
    return f"h{i + 1}" if arch.n_layers == 2 else f"h{layer}.{i + 1}"


def _biases(arch: Architecture, columns: list[list[Unit]]) -> dict[int, Unit]:
    """The bias node of each layer of weights that has one: under all units, at the layer before."""
    row = _row(arch)
    y = -0.5 * row * (max(min(n, MOST_UNITS) for n in arch.sizes) - 1) - min(row, 0.8)
    layers = [int(block.name[1:]) for block in arch.layout.blocks if block.name.startswith("b")]
    return {
        layer: Unit(columns[layer - 1][0].x, y, "1", "", layer - 1, bias=True) for layer in layers
    }


def _edges(network: Network, columns: list[list[Unit]], bias: dict[int, Unit]) -> list[Edge]:
    """A line for each weight between units that are shown."""
    thickest = float(np.abs(network.theta).max()) or 1.0
    layout = network.architecture.layout
    edges: list[Edge] = []
    for block in layout.blocks:
        over = block.name == "S"
        layer = len(columns) - 1 if over else int(block.name[1:])
        sources = [bias[layer]] if block.name.startswith("b") else columns[0 if over else layer - 1]
        for i, source in enumerate(sources):
            for j, target in enumerate(columns[layer]):
                index = block.start + i * block.shape[-1] + j
                weight = float(network.theta[index])
                path = _arch_over(source, target, columns) if over else _straight(source, target)
                width = max(THICK * abs(weight) / thickest, THIN) if weight else ZERO
                edges.append(Edge(layout.names[index], weight, path, width))
    return edges


def _straight(source: Unit, target: Unit) -> Array:
    return np.array([[source.x, source.y], [target.x, target.y]])


def _arch_over(source: Unit, target: Unit, columns: list[list[Unit]]) -> Array:
    """A curve over everything between, the higher the higher its source: quadratic Bezier."""
    highest = max(column[0].y for column in columns)
    peak = 2 * (highest + 0.45) - 0.5 * (source.y + target.y) + 0.25 * source.y
    middle = np.array([0.5 * (source.x + target.x), peak])
    t = np.linspace(0.0, 1.0, 41)[:, None]
    ends = (1 - t) ** 2 * np.array([source.x, source.y]) + t**2 * np.array([target.x, target.y])
    curve: Array = ends + 2 * t * (1 - t) * middle
    return curve


def _heading(arch: Architecture, layer: int) -> str:
    n = arch.sizes[layer]
    if layer == 0:
        return count(n, "input")
    noun = count(n, "output") if layer == arch.n_layers else f"{n} hidden"
    return f"{noun}\n{arch.activations[layer - 1].name}"


def _box(
    units: Sequence[Unit], folded: Sequence[Words], top: float
) -> tuple[float, float, float, float]:
    last = max(unit.layer for unit in units)
    left, right = (
        max(
            min(max(len(unit.name) for unit in units if unit.layer == layer), NAME) * LETTER + 0.3,
            0.55,
        )
        for layer in (0, last)
    )
    xs = [unit.x for unit in units]
    ys = [unit.y for unit in units] + [words.y for words in folded]
    return min(xs) - left, max(xs) + right, min(ys) - 0.3, top + 2.5 * LINE
