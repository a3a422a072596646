"""Layout of a network diagram: the positions of units, biases, weights and labels, in inches.

Each layer is a column, the inputs on the left.  The features of a table's column are one node: the weight of its line
is the standard deviation of the weights over the labels of a category, otherwise the root of their sum of squares.  The
biases of a layer are one node below the layer before it.  If a layer has more than ten nodes, nine are shown (the
inputs with the largest weights, the hidden units with the largest weights before and after them, or the first outputs),
and a label gives the number of the others.  Skip connections are quadratic Bezier curves over the layers between.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sheernet.data.columns import CategoryColumn, Inputs
from sheernet.foundation.arrays import Array
from sheernet.foundation.colors import NEGATIVE, NEUTRAL, POSITIVE
from sheernet.foundation.picture_texts import checked_names, count, number
from sheernet.network.architecture import Architecture, Block
from sheernet.network.network import Network

MOST_UNITS = 10  # maximum number of nodes in a column
UNIT = 0.36  # inches across
NAME = 20  # maximum number of letters in a line of a column's name
LETTER, LINE = 0.075, 0.15  # inches of a letter and of a line of text at 8 to 9 points
THIN, THICK, ZERO = 0.6, 5.0, 1.2
"""Width in points of the thinnest and the thickest line, and of the line of a zero weight."""
HAIR, NEGLIGIBLE = 0.1, 1e-3
"""Width in points of the line of a weight below this fraction of the largest one of its kind, as for an input that a
decay removed."""
KINDS = (
    ("positive weight", POSITIVE),
    ("negative weight", NEGATIVE),
    ("zero weight", NEUTRAL),
    ("all weights of a column", NEUTRAL),
)
"""The meanings of lines, and their colors; lines also differ in their dashes."""


@dataclass(frozen=True)
class InputGroup:
    """The inputs of a network that encode one column of a table.

    Parameters
    ----------
    name : str
        Name of the column.
    start, stop : int
        Indices of its inputs: start, ..., stop - 1.
    category : bool
        Whether the inputs are the labels of a category.
    """

    name: str
    start: int
    stop: int
    category: bool = False

    def joint(self, weights: Array) -> Array:
        """Combine the weights of all inputs of the group, (stop - start, n), to one for each unit, (n,)."""
        if len(weights) == 1:
            return weights[0]
        return weights.std(axis=0) if self.category else np.sqrt(np.sum(weights**2, axis=0))


def scale_in_words(inputs: Inputs) -> str:
    """The units of the weights of a model, if they are not those of its columns."""
    return "" if inputs.scaling == "none" else " in scaled units, not in those of the columns"


def input_groups(inputs: Inputs) -> list[InputGroup]:
    """The input columns of a model, each with the inputs of the network that encode it."""
    return [
        InputGroup(column.name, at.start, at.stop, isinstance(column, CategoryColumn))
        for column, at in inputs.with_slices()
    ]


@dataclass(frozen=True)
class Unit:
    """A unit, the node of a column, or the node of the biases of a layer.

    Parameters
    ----------
    x, y : float
        The center of the unit or node, in inches.
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
    index: int = 0  # of the unit in its layer, or of the column
    note: str = ""  # lines of text below it


@dataclass(frozen=True, eq=False)
class Edge:
    """A weight, or the weights of a column, drawn as a line.

    Parameters
    ----------
    name : str
        As in `Layout.names`: "W1[0,2]"; the name of the first weight of several.
    weight : float
        Its value.
    path : ndarray, (n, 2)
        From source to target: two points, or more on a curve.
    width : float
        Width of the line in points: proportional to |weight|, but at least `THIN`, and `HAIR` for a negligible weight.
    number : tuple (x, y) or None
        Position of its number, if it is shown.
    """

    name: str
    weight: float
    path: Array
    width: float
    number: tuple[float, float] | None = None
    stands_for: int = 1  # number of weights
    gradient: float | None = None  # derivative with respect to the weight

    @property
    def kind(self) -> int:
        """The index in `KINDS` of the meaning of the line."""
        if self.stands_for > 1 and self.weight:
            return 3
        return 0 if self.weight > 0 else 1 if self.weight < 0 else 2

    @property
    def text(self) -> str:
        """The weight as text with its sign, and its derivative; several weights have no common sign."""
        if self.stands_for > 1:
            return "±" + number(self.weight)
        below = "" if self.gradient is None else f"\n({number(self.gradient)})"
        return ("+" if self.weight > 0 else "") + number(self.weight) + below


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
        Bounds of all parts, including names.
    title : str
        Sizes of the layers and number of weights; if inputs or units are omitted, the rule that chooses the others.
    """

    units: tuple[Unit, ...]
    edges: tuple[Edge, ...]
    omitted: tuple[Label, ...]
    headings: tuple[Label, ...]
    box: tuple[float, float, float, float]
    title: str

    @property
    def largest(self) -> float:
        """The size of the largest weight that is drawn."""
        return max(abs(edge.weight) for edge in self.edges)


def lay_out(
    network: Network,
    input_names: Sequence[str] | None = None,
    output_names: Sequence[str] | None = None,
    groups: Sequence[InputGroup] | None = None,
) -> Diagram:
    """Lay out a network, without numbers: `network_numbers.place_numbers` adds them.

    Parameters
    ----------
    network : Network
        The network.
    input_names, output_names : sequence of str, optional
        Names of the inputs and outputs.
    groups : sequence of InputGroup, optional
        The columns that the inputs encode, in their order, instead of `input_names`.

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
    >>> from sheernet.models.explaining.network_diagram import lay_out
    >>> diagram = lay_out(sn.Network.random(sn.Architecture((2, 14, 1)), seed=0))
    >>> diagram.title.splitlines()[0], [label.text for label in diagram.omitted]
    ('2-14-1 network: 57 weights, 37 of them drawn', ['... +5 units'])
    """
    arch = network.architecture
    if groups is None:
        called = [""] * arch.n_inputs
        if input_names is not None:
            called = checked_names(input_names, arch.n_inputs, "input")
        groups = [InputGroup(name, i, i + 1) for i, name in enumerate(called)]
    outputs = [""] * arch.n_outputs
    if output_names is not None:
        outputs = checked_names(output_names, arch.n_outputs, "output")
    joint = [_joint(network, block, groups) for block in arch.layout.blocks]
    columns, omitted = _columns(arch, groups, outputs, _importance(arch, joint))
    biases = _biases(arch, columns, len(groups))
    edges = _edges(network, columns, biases, groups, joint)
    units = tuple(unit for column in columns for unit in column) + tuple(biases.values())
    top = max([float(edge.path[:, 1].max()) for edge in edges] + [unit.y for unit in units]) + 0.35
    headings = [
        Label(column[0].x, top, _heading(arch, k, len(groups))) for k, column in enumerate(columns)
    ]
    return Diagram(
        units,
        tuple(sorted(edges, key=lambda edge: edge.width)),
        omitted,
        tuple(headings),
        _box(units, omitted, top),
        _title(arch, edges, omitted),
    )


def _title(arch: Architecture, edges: Sequence[Edge], omitted: Sequence[Label]) -> str:
    n_drawn = sum(edge.stands_for for edge in edges)
    drawn = "" if n_drawn == arch.n_parameters else f", {n_drawn} of them drawn"
    first = f"{'-'.join(map(str, arch.sizes))} network: {count(arch.n_parameters, 'weight')}{drawn}"
    left_out = " ".join(label.text for label in omitted)
    nouns = [noun for noun in ("inputs", "columns", "units") if noun in left_out]
    if not nouns:
        return first
    return f"{first}\nshown are the {' and '.join(nouns)} with the largest weights"


def _joint(network: Network, block: Block, groups: Sequence[InputGroup]) -> Array:
    """The drawn weights of a block, (nodes before, units after)."""
    weights = network.theta[block.slice].reshape(-1, block.shape[-1])
    if block.source != 0:
        return weights
    return np.stack([group.joint(weights[group.start : group.stop]) for group in groups])


def _importance(arch: Architecture, joint: Sequence[Array]) -> list[Array | None]:
    """The importance of each node of a layer; None for outputs, which are equally important."""
    blocks = list(zip(arch.layout.blocks, joint, strict=True))
    inputs = np.sqrt(sum(np.sum(w**2, axis=1) for block, w in blocks if block.source == 0))
    hidden = []
    for layer in range(1, arch.n_layers):
        into = sum(np.sum(w**2, axis=0) for block, w in blocks if block.layer == layer)
        after = next(
            np.sum(w**2, axis=1) for block, w in blocks
            if block.source == layer
        )  # fmt: skip
        hidden.append(np.sqrt(into * after))
    return [inputs, *hidden, None]


def _columns(
    arch: Architecture,
    groups: Sequence[InputGroup],
    outputs: Sequence[str],
    importance: Sequence[Array | None],
) -> tuple[list[list[Unit]], tuple[Label, ...]]:
    """The shown units, by layer, and labels with the number of omitted units."""
    sizes = (len(groups), *arch.sizes[1:])
    row = _row(sizes)
    gap = float(np.clip(6.5 / arch.n_layers, 1.3, 2.7))
    columns: list[list[Unit]] = []
    omitted: list[Label] = []
    for layer, size in enumerate(sizes):
        shown = _shown(size, importance[layer])
        x, top = layer * gap, 0.5 * row * (min(size, MOST_UNITS) - 1)
        called = {0: [group.name for group in groups], arch.n_layers: outputs}.get(layer)
        columns.append(
            [
                Unit(
                    x, top - i * row, _label(arch, layer, k), called[k] if called else "", layer, index=k
                )
                for i, k in enumerate(shown)
            ]
        )  # fmt: skip
        if size > len(shown):
            first = "inputs" if size == arch.n_inputs else "columns"
            noun = first if layer == 0 else "outputs" if layer == arch.n_layers else "units"
            omitted.append(Label(x, top - len(shown) * row, f"... +{size - len(shown)} {noun}"))
    return columns, tuple(omitted)


def _shown(size: int, importance: Array | None) -> list[int]:
    """The shown nodes, in order."""
    if size <= MOST_UNITS:
        return list(range(size))
    if importance is None:
        return list(range(MOST_UNITS - 1))
    return sorted(np.argsort(-importance, kind="stable")[: MOST_UNITS - 1].tolist())


def _row(sizes: Sequence[int]) -> float:
    """The distance between the units of a column."""
    return float(np.clip(3.4 / max(min(n, MOST_UNITS) for n in sizes), 0.46, 1.15))


def _label(arch: Architecture, layer: int, i: int) -> str:
    if layer in (0, arch.n_layers):
        return f"{'y' if layer else 'x'}{i + 1}"
    return f"h{i + 1}" if arch.n_layers == 2 else f"h{layer}.{i + 1}"


def _biases(arch: Architecture, columns: list[list[Unit]], n_groups: int) -> dict[int, Unit]:
    """The node of the biases of each layer that has biases: below all units, in the column before."""
    sizes = (n_groups, *arch.sizes[1:])
    row = _row(sizes)
    y = -0.5 * row * (max(min(n, MOST_UNITS) for n in sizes) - 1) - min(row, 0.8)
    layers = [block.layer for block in arch.layout.blocks if block.is_bias]
    return {
        layer: Unit(columns[layer - 1][0].x, y, "1", "", layer - 1, bias=True) for layer in layers
    }


def _edges(
    network: Network,
    columns: list[list[Unit]],
    biases: dict[int, Unit],
    groups: Sequence[InputGroup],
    joint: Sequence[Array],
) -> list[Edge]:
    """A line for each weight, or for all weights of a column together, between the shown nodes."""
    thickest = max(float(np.abs(weights).max()) for weights in joint) or 1.0
    layout = network.architecture.layout
    edges: list[Edge] = []
    for block, weights in zip(layout.blocks, joint, strict=True):
        skip, negligible = block.role == "skip", NEGLIGIBLE * float(np.abs(weights).max())
        sources = columns[0 if skip else block.layer - 1]
        for source in [biases[block.layer]] if block.is_bias else sources:
            first, several = source.index, 1
            if block.source == 0:
                group = groups[source.index]
                first, several = group.start, group.stop - group.start
            for target in columns[block.layer]:
                weight = float(weights[source.index, target.index])
                name = layout.names[block.start + first * block.shape[-1] + target.index]
                path = _path(source, target, columns, skip)
                width = max(THICK * abs(weight) / thickest, THIN) if weight else ZERO
                if 0 < abs(weight) < negligible:
                    width = HAIR
                edges.append(Edge(name, weight, path, width, stands_for=several))
    return edges


def _path(source: Unit, target: Unit, columns: list[list[Unit]], skip: bool) -> Array:
    """A straight line, or a quadratic Bezier curve over the columns between, higher for higher sources."""
    ends = np.array([[source.x, source.y], [target.x, target.y]])
    if not skip:
        return ends
    highest = max(column[0].y for column in columns)
    peak = 2 * (highest + 0.45) - 0.5 * (source.y + target.y) + 0.25 * source.y
    middle = np.array([0.5 * (source.x + target.x), peak])
    t = np.linspace(0.0, 1.0, 41)[:, None]
    return (1 - t) ** 2 * ends[0] + t**2 * ends[1] + 2 * t * (1 - t) * middle


def _heading(arch: Architecture, layer: int, n_groups: int) -> str:
    n = arch.sizes[layer]
    if layer == 0:
        return count(n, "input") if n_groups == n else f"{count(n_groups, 'column')}\n{n} inputs"
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
