"""Layout of a network diagram: the positions of units, biases, weights and labels, in inches.

Each layer is a column, the inputs on the left.  The biases of a layer are one node below the layer before it.  Of more
than ten units the first nine are shown, and a label gives the number of the others.  Skip connections are quadratic
Bezier curves over the layers between.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sheernet.foundation.arrays import Array
from sheernet.network.architecture import Architecture
from sheernet.network.network import Network
from sheernet.plots.style import checked_names, count, number

MOST_UNITS = 10  # in a column
NAME = 20  # letters in a line of a column's name
LETTER, LINE = 0.075, 0.15  # inches of a letter and of a line of text at 8 to 9 points
THIN, THICK, ZERO = (
    0.6,
    5.0,
    1.2,
)  # points: the thinnest and thickest line, and that of a zero weight


@dataclass(frozen=True)
class Unit:
    """A unit, or the node of the biases of a layer.

    Parameters
    ----------
    x, y : float
        Its center, inches.
    label : str
        Text inside it: "x1", "h2", "h1.2", "y1", "1".
    name : str
        The name of its column; "" for hidden units and biases.
    layer : int
        0 for inputs.
    bias : bool
        Whether it is a node of biases.
    """

    x: float
    y: float
    label: str
    name: str
    layer: int
    bias: bool = False


@dataclass(frozen=True, eq=False)
class Edge:
    """A weight, drawn as a line.

    Parameters
    ----------
    name : str
        As in `Layout.names`: "W1[0,2]".
    weight : float
        Its value.
    path : ndarray, (n, 2)
        From source to target: two points, or more on a curve.
    width : float
        Width of the line in points: proportional to |weight|, but at least `THIN`.
    number : tuple (x, y) or None
        Position of its number, if it is shown.
    """

    name: str
    weight: float
    path: Array
    width: float
    number: tuple[float, float] | None = None

    @property
    def text(self) -> str:
        """The weight as a number with its sign."""
        return ("+" if self.weight > 0 else "") + number(self.weight)


@dataclass(frozen=True)
class Label:
    """A text and its position: the heading of a layer, or the number of units that are not shown."""

    x: float
    y: float
    text: str


@dataclass(frozen=True, eq=False)
class Diagram:
    """The parts of a network diagram.

    Parameters
    ----------
    units : tuple of Unit
        Units and biases.
    edges : tuple of Edge
        Weights between the units that are shown, thin lines first.
    omitted : tuple of Label
        "... +91 units" for each layer with units that are not shown.
    headings : tuple of Label
        Number of units and activation of each layer.
    box : tuple (left, right, bottom, top)
        Around all parts, including names.
    title : str
        Sizes of the layers and number of weights.
    """

    units: tuple[Unit, ...]
    edges: tuple[Edge, ...]
    omitted: tuple[Label, ...]
    headings: tuple[Label, ...]
    box: tuple[float, float, float, float]
    title: str


def lay_out(
    network: Network,
    input_names: Sequence[str] | None = None,
    output_names: Sequence[str] | None = None,
) -> Diagram:
    """Lay out a network, without numbers: `network_numbers.place_numbers` adds them.

    Parameters
    ----------
    network : Network
        The network.
    input_names, output_names : sequence of str, optional
        Names of the columns.

    Returns
    -------
    Diagram

    Raises
    ------
    ShapeMismatch
        If there are more or fewer names than inputs or outputs.

    Examples
    --------
    >>> import sheernet as sn
    >>> from sheernet.plots.network_diagram import lay_out
    >>> diagram = lay_out(sn.Network.random(sn.Architecture((2, 14, 1)), seed=0))
    >>> diagram.title, [label.text for label in diagram.omitted]
    ('2-14-1 network: 57 weights, 37 of them drawn', ['... +5 units'])
    """
    arch = network.architecture
    names = {}
    if input_names is not None:
        names[0] = checked_names(input_names, arch.n_inputs, "input")
    if output_names is not None:
        names[arch.n_layers] = checked_names(output_names, arch.n_outputs, "output")
    columns, omitted = _columns(arch, names)
    biases = _biases(arch, columns)
    edges = _edges(network, columns, biases)
    units = tuple(unit for column in columns for unit in column) + tuple(biases.values())
    top = max([float(edge.path[:, 1].max()) for edge in edges] + [unit.y for unit in units]) + 0.35
    headings = [Label(column[0].x, top, _heading(arch, k)) for k, column in enumerate(columns)]
    drawn = "" if len(edges) == arch.n_parameters else f", {len(edges)} of them drawn"
    return Diagram(
        units,
        tuple(sorted(edges, key=lambda edge: edge.width)),
        omitted,
        tuple(headings),
        _box(units, omitted, top),
        f"{'-'.join(map(str, arch.sizes))} network: {count(arch.n_parameters, 'weight')}{drawn}",
    )


def _row(arch: Architecture) -> float:
    """The distance between the units of a column."""
    return float(np.clip(3.4 / max(min(n, MOST_UNITS) for n in arch.sizes), 0.46, 1.15))


def _columns(
    arch: Architecture, names: dict[int, list[str]]
) -> tuple[list[list[Unit]], tuple[Label, ...]]:
    """The units that are shown, by layer, and labels for those that are not."""
    row = _row(arch)
    gap = float(np.clip(6.5 / arch.n_layers, 1.3, 2.7))
    columns: list[list[Unit]] = []
    omitted: list[Label] = []
    for layer, size in enumerate(arch.sizes):
        shown = size if size <= MOST_UNITS else MOST_UNITS - 1
        x, top = layer * gap, 0.5 * row * (min(size, MOST_UNITS) - 1)
        called = names.get(layer, [""] * size)
        columns.append(
            [Unit(x, top - i * row, _label(arch, layer, i), called[i], layer) for i in range(shown)]
        )
        if size > shown:
            noun = "inputs" if layer == 0 else "outputs" if layer == arch.n_layers else "units"
            omitted.append(Label(x, top - shown * row, f"... +{size - shown} {noun}"))
    return columns, tuple(omitted)


def _label(arch: Architecture, layer: int, i: int) -> str:
    if layer in (0, arch.n_layers):
        return f"{'y' if layer else 'x'}{i + 1}"
    return f"h{i + 1}" if arch.n_layers == 2 else f"h{layer}.{i + 1}"


def _biases(arch: Architecture, columns: list[list[Unit]]) -> dict[int, Unit]:
    """The node of the biases of each layer that has them: below all units, in the column before."""
    row = _row(arch)
    y = -0.5 * row * (max(min(n, MOST_UNITS) for n in arch.sizes) - 1) - min(row, 0.8)
    layers = [block.layer for block in arch.layout.blocks if block.is_bias]
    return {
        layer: Unit(columns[layer - 1][0].x, y, "1", "", layer - 1, bias=True) for layer in layers
    }


def _edges(network: Network, columns: list[list[Unit]], biases: dict[int, Unit]) -> list[Edge]:
    """A line for each weight between units that are shown."""
    thickest = float(np.abs(network.theta).max()) or 1.0
    layout = network.architecture.layout
    edges: list[Edge] = []
    for block in layout.blocks:
        skip = block.role == "skip"
        sources = columns[0 if skip else block.layer - 1]
        for i, source in enumerate([biases[block.layer]] if block.is_bias else sources):
            for j, target in enumerate(columns[block.layer]):
                index = block.start + i * block.shape[-1] + j
                weight = float(network.theta[index])
                path = _arc(source, target, columns) if skip else _straight(source, target)
                width = max(THICK * abs(weight) / thickest, THIN) if weight else ZERO
                edges.append(Edge(layout.names[index], weight, path, width))
    return edges


def _straight(source: Unit, target: Unit) -> Array:
    return np.array([[source.x, source.y], [target.x, target.y]])


def _arc(source: Unit, target: Unit, columns: list[list[Unit]]) -> Array:
    """A quadratic Bezier curve over the columns between, higher for higher sources."""
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
    units: Sequence[Unit], omitted: Sequence[Label], top: float
) -> tuple[float, float, float, float]:
    def room(layer: int) -> float:
        longest = max(len(unit.name) for unit in units if unit.layer == layer)
        return max(min(longest, NAME) * LETTER + 0.3, 0.55)

    xs = [unit.x for unit in units]
    ys = [unit.y for unit in units] + [label.y for label in omitted]
    last = max(unit.layer for unit in units)
    return min(xs) - room(0), max(xs) + room(last), min(ys) - 0.3, top + 2.5 * LINE
