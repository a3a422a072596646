"""Add the numbers of an explanation to a network diagram: a and delta at each unit, dJ/dW at each line.

a is the activation of a unit, and dJ/dW the derivative with respect to a weight.  For one row, the numbers are its
values.  For all rows, they are the mean of a, the sum of delta (the derivative with respect to a bias) and the sum of
dJ/dW.  Notes need space below the units; if there is none, only lines have numbers.  The diagram is stretched, because
numbers in two lines need more space than in one.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from sheernet.foundation.message_text import counted
from sheernet.foundation.picture_texts import number
from sheernet.models.explaining.network_diagram import LINE, Diagram, Label, Unit
from sheernet.objective.explained_passes import Explanation

NOTE = 0.13  # height of a line of a note in inches
STRETCH = 1.35  # factor of the distances from left to right
UNIT_AND_NOTE = 0.66  # minimum distance of units in inches with space for a note


def with_passes(diagram: Diagram, explanation: Explanation) -> Diagram:
    r"""Add the numbers of both passes to a diagram.

    Parameters
    ----------
    diagram : Diagram
        The diagram of the explained network, as returned by `lay_out`.
    explanation : Explanation
        The result of `sheernet.explain`.

    Returns
    -------
    Diagram

    Examples
    --------
    >>> import sheernet as sn
    >>> from sheernet.plots.explained_diagram import with_passes
    >>> from sheernet.models.explaining.network_diagram import lay_out
    >>> net = sn.Network.from_weights(sn.Architecture((1, 1), bias=False), {"W1": [[2.0]]})
    >>> explanation = sn.explain(net, [[3.0]], [5.0], reduction="sum")
    >>> diagram = with_passes(lay_out(net), explanation)
    >>> [unit.note for unit in diagram.units], [edge.text for edge in diagram.edges]
    (['3', '6\nδ 1'], ['+2\n(3)'])
    """
    index = {name: p for p, name in enumerate(explanation.network.architecture.layout.names)}
    gradient = explanation.gradients.vector  # (P,)
    room = _has_room(diagram)
    edges = [
        replace(edge, gradient=float(gradient[index[edge.name]]), path=edge.path * (STRETCH, 1.0))
        for edge in diagram.edges
    ]
    units = [
        replace(unit, x=unit.x * STRETCH, note=_note(explanation, unit) if room else "")
        for unit in diagram.units
    ]
    left, right, bottom, top = diagram.box
    right += max(unit.x for unit in units) - max(unit.x for unit in diagram.units)
    return replace(
        diagram,
        units=tuple(units),
        edges=tuple(edges),
        omitted=tuple(replace(label, x=label.x * STRETCH) for label in diagram.omitted),
        headings=tuple(_heading(explanation, k, head) for k, head in enumerate(diagram.headings)),
        box=(left, right, bottom - 2 * NOTE, top + LINE),
        title=f"{diagram.title}\n{_subject(explanation, room)}",
    )


def _has_room(diagram: Diagram) -> bool:
    """Whether there is room for a note between the units of each layer."""
    places = sorted((unit.layer, unit.y) for unit in diagram.units)
    gaps = [b[1] - a[1] for a, b in pairwise(places) if a[0] == b[0]]
    return min(gaps, default=UNIT_AND_NOTE) >= UNIT_AND_NOTE


def _note(explanation: Explanation, unit: Unit) -> str:
    """The activation of a unit and its delta; inputs have no delta, biases have no note."""
    if unit.bias:
        return ""
    a = number(float(explanation.passes.activations[unit.layer][:, unit.index].mean()))
    if unit.layer == 0:
        return a
    delta = float(explanation.gradients.deltas[unit.layer][:, unit.index].sum())
    return f"{a}\nδ {number(delta)}"


def _heading(explanation: Explanation, layer: int, head: Label) -> Label:
    """The heading of a layer with the names of its arrays in the reader's numbering."""
    numbers = explanation.numbers
    names = [numbers.of("a", layer)] + ([numbers.of("delta", layer)] if layer else [])
    return replace(head, x=head.x * STRETCH, text=f"{head.text}\n{', '.join(names)}")


def _subject(explanation: Explanation, room: bool) -> str:
    """A description of the numbers."""
    if explanation.row is not None:
        rows, units = f"row {explanation.row}", "a and δ"
    else:
        rows, units = counted(explanation.n_samples, "row"), "mean of a and sum of δ"
    return f"{rows}: {f'{units} at each unit, ' if room else ''}dJ/dW in parentheses"
