"""Plot of a network: units as circles, weights as lines; `network_diagram` computes the positions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sheernet.data.datasets import Dataset
from sheernet.foundation.picture_texts import number
from sheernet.models.explaining.network_diagram import (
    KINDS,
    NAME,
    Diagram,
    Edge,
    Unit,
    input_groups,
    lay_out,
    scale_in_words,
)
from sheernet.models.model import Model
from sheernet.network.network import Network
from sheernet.objective.explained_passes import Explanation
from sheernet.plots.estimator_source import FittedEstimator, model_of, needed, without_model
from sheernet.plots.explained_diagram import with_passes
from sheernet.plots.network_numbers import place_numbers
from sheernet.plots.network_units import NetworkUnits
from sheernet.plots.style import drawing, fitted, matplotlib

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from sheernet.training.training import Training

DASHES: tuple[Any, ...] = ("-", (0, (4, 1.6)), ":", "-")
"""Line styles of each of `KINDS`."""


def network(
    network: Network | Model | Training | Explanation | FittedEstimator,
    input_names: Sequence[str] | Dataset | None = None,
    output_names: Sequence[str] | None = None,
    ax: Axes | None = None,
    member: int | None = None,
) -> Axes:
    """Draw a network: layers from left to right, weights as lines.

    Positive weights are solid and blue, negative ones dashed and vermillion; the width of a line is proportional to
    the size of its weight; a negligible weight, as for an input removed by its decay, is a hairline.  In small
    networks each line has its number.

    Parameters
    ----------
    network : Network, Model, Training, Explanation or fitted estimator
        The network.  A model has the names of its columns, and the inputs that encode one column are one node: the
        width of its lines is the standard deviation of the weights over the labels of a category, otherwise the root of
        the sum of their squares.  An explanation, the result of `sheernet.explain`, adds the activation and delta of
        each unit and the derivative with respect to each weight.
    input_names, output_names : sequence of str, optional
        Names of the inputs and outputs; input names give each input of a model a node.  Instead of the input names, a
        data set can be given, which has both.
    ax : Axes, optional
        Axes to draw on; a new figure of suitable size if not given.
    member : int, optional
        Index in `model.members`; by default the member with the largest share, as the title says.

    Returns
    -------
    Axes
        `.figure` is the figure; `sheernet.plots.save` writes it.

    Raises
    ------
    InvalidInput
        If `network` is something else, or the member does not exist.
    ShapeMismatch
        If there are more or fewer names than inputs or outputs.
    MissingDependency
        If matplotlib is not installed.

    Notes
    -----
    If a layer has more than ten inputs or units, the nine with the largest weights are shown; if there are more than
    ten outputs, the first nine.

    Examples
    --------
    >>> import sheernet as sn
    >>> net = sn.Network.random(sn.Architecture((2, 3, 1)), seed=0)
    >>> sn.plots.network(net, input_names=("asleep", "studying"), output_names=("score",)).get_title()
    '2-3-1 network: 13 weights'
    >>> ax = sn.plots.network(net, sn.datasets.load_sleep_study())
    >>> [text.get_text() for text in ax.texts if "study" in text.get_text()]
    ['hours studying']
    """
    if isinstance(input_names, Dataset):
        units = NetworkUnits(output_names=output_names).with_data(input_names)
        input_names, output_names = units.input_names, units.output_names
    source = model_of(network)
    shown, whose = without_model(source, member)
    net = getattr(shown, "network", shown)
    if not isinstance(net, Network):
        raise needed(
            "a picture of a network needs a Network, a Model, a Training, an Explanation or a fitted estimator",
            network,
        )
    groups = None
    if isinstance(source, Model):
        groups = input_groups(source.inputs) if input_names is None else None
        output_names = output_names or source.names_of_outputs(shown)
    diagram = lay_out(net, input_names, output_names, groups)
    if isinstance(network, Explanation):
        diagram = with_passes(diagram, network)
    left, right, bottom, top = diagram.box
    with drawing(ax, width=max(right - left, 6.0) + 0.2, height=top - bottom + 1.1) as ax:
        zoom = _zoom(ax, right - left, top - bottom)
        diagram = place_numbers(diagram, zoom)
        _draw_edges(ax, diagram.edges)
        size = min(1.0, 1.0 / max(zoom))
        _draw_units(ax, [unit for unit in diagram.units if not unit.bias], "o", size)
        _draw_units(ax, [unit for unit in diagram.units if unit.bias], "s", size)
        _draw_labels(ax, diagram)
        ax.set(xlim=(left, right), ylim=(bottom, top))
        ax.set_axis_off()
        ax.set_title("\n".join(filter(None, [diagram.title, whose])), fontsize=10.5)
        _draw_legend(
            ax, diagram, scale_in_words(source.inputs) if isinstance(source, Model) else ""
        )
    return ax


def _zoom(ax: Axes, width: float, height: float) -> tuple[float, float]:
    """Approximate scale of the diagram, in inches per inch of the figure, whose margins are not known yet."""
    place, (across, down) = ax.get_position(), ax.figure.figure.get_size_inches()
    return width / (1.1 * place.width * across), height / (place.height * down)


def _draw_edges(ax: Axes, edges: Sequence[Edge]) -> None:
    collections = matplotlib("collections")
    for kind, ((_, color), dashes) in enumerate(zip(KINDS, DASHES, strict=True)):
        chosen = [edge for edge in edges if edge.kind == kind]
        if chosen:
            lines = collections.LineCollection(
                [edge.path for edge in chosen], colors=color, linewidths=[edge.width for edge in chosen],
                linestyles=[dashes], alpha=0.9 if len(edges) <= 60 else 0.6, zorder=1,
            )  # fmt: skip
            ax.add_collection(lines)
    for edge in edges:
        if edge.number is not None:
            _draw_text(ax, *edge.number, edge.text, 8.5, pad=0.2)


def _draw_text(ax: Axes, x: float, y: float, text: str, size: float, pad: float) -> None:
    """A text on a white box."""
    box = {"boxstyle": f"round,pad={pad}", "facecolor": "white", "edgecolor": "none"}
    ax.text(x, y, text, ha="center", va="center", fontsize=size, color="black", bbox=box, zorder=4)


def _draw_units(ax: Axes, units: Sequence[Unit], marker: str, size: float) -> None:
    if not units:
        return
    ax.scatter(
        [unit.x for unit in units], [unit.y for unit in units], s=(560 if marker == "o" else 330) * size**2,
        marker=marker, facecolor="white" if marker == "o" else "#EFEFEF", edgecolor="#333333", linewidth=1.3, zorder=3,
    )  # fmt: skip
    for unit in units:
        points = 9.0 if len(unit.label) < 4 else 7.5 if len(unit.label) < 5 else 6.0
        ax.text(
            unit.x, unit.y, unit.label, ha="center", va="center", fontsize=points * max(size, 0.8), color="black",
            zorder=5,
        )  # fmt: skip


def _draw_labels(ax: Axes, diagram: Diagram) -> None:
    for unit in diagram.units:
        if unit.note:
            ax.annotate(
                unit.note, (unit.x, unit.y), xytext=(0, -14), textcoords="offset points", ha="center", va="top",
                fontsize=7.5, linespacing=1.1, zorder=5,
            )  # fmt: skip
        if unit.name:
            side = -1 if unit.layer == 0 else 1
            ax.annotate(
                fitted(unit.name, NAME), (unit.x, unit.y), xytext=(15 * side, 0), textcoords="offset points",
                ha="right" if side < 0 else "left", va="center", fontsize=9,
            )  # fmt: skip
    for label in diagram.omitted:
        _draw_text(ax, label.x, label.y, label.text, 9.0, pad=0.15)
    for label in diagram.headings:
        ax.text(label.x, label.y, label.text, ha="center", va="bottom", fontsize=9, linespacing=1.3)


def _draw_legend(ax: Axes, diagram: Diagram, scale: str) -> None:
    line = matplotlib("lines").Line2D
    handles: list[Any] = []
    for kind, ((label, color), dashes) in enumerate(zip(KINDS, DASHES, strict=True)):
        if any(edge.kind == kind for edge in diagram.edges):
            handles.append(line([], [], color=color, linestyle=dashes, linewidth=2.2, label=label))
    if any(unit.bias for unit in diagram.units):
        square = {"marker": "s", "markersize": 9, "color": "#EFEFEF", "markeredgecolor": "#333333"}
        handles.append(line([], [], linestyle="none", label="bias", **square))
    ax.legend(
        handles=handles, loc="upper center", bbox_to_anchor=(0.5, 0.02), ncols=len(handles), handlelength=2.4,
        columnspacing=1.6, handletextpad=0.5, title_fontsize=9,
        title=f"line width: size of the weight{scale}, up to {number(diagram.largest)}",
    )  # fmt: skip
