"""Positions of the numbers in a network diagram: each weight's number lies on its line.

Starting with the shortest lines, each number takes the position farthest from all other lines that touches no unit and
no number placed before.  If a number has no position, no number is shown: line widths alone are clearer than some of
the numbers.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from sheernet.foundation.arrays import Array
from sheernet.models.explaining.network_diagram import LETTER, LINE, UNIT, Diagram, Edge, Unit

MOST_NUMBERS = 20

Box = tuple[float, float, float, float]
"""Center x and y, width and height."""


def place_numbers(diagram: Diagram, zoom: tuple[float, float] = (1.0, 1.0)) -> Diagram:
    """Give every edge a position for its number, or give none a position.

    Parameters
    ----------
    diagram : Diagram
        A diagram from `lay_out`.
    zoom : tuple of two float
        Inches of the diagram in one inch of the figure, across and down; text has a fixed size in the figure.

    Returns
    -------
    Diagram

    Examples
    --------
    >>> import sheernet as sn
    >>> from sheernet.models.explaining.network_diagram import lay_out
    >>> from sheernet.plots.network_numbers import place_numbers
    >>> net = sn.Network.from_weights(sn.Architecture((1, 1), bias=False), {"W1": [[-0.5]]})
    >>> [edge.text for edge in place_numbers(lay_out(net)).edges if edge.number]
    ['−0.5']
    """
    if len(diagram.edges) > MOST_NUMBERS or diagram.omitted:
        return diagram
    boxes = [_unit_box(unit, zoom) for unit in diagram.units]
    places: dict[str, tuple[float, float]] = {}
    for edge in sorted(diagram.edges, key=lambda e: float(np.abs(e.path[-1] - e.path[0]).sum())):
        box = _place(edge, [e.path for e in diagram.edges if e is not edge], boxes, zoom)
        if box is None:
            return diagram
        boxes.append(box)
        places[edge.name] = box[:2]
    edges = tuple(replace(edge, number=places[edge.name]) for edge in diagram.edges)
    return replace(diagram, edges=edges)


def text_box(edge: Edge, x: float, y: float, zoom: tuple[float, float]) -> Box:
    """The box around the number of an edge."""
    lines = edge.text.split("\n")
    width, height = LETTER * max(map(len, lines)) + 0.08, LINE * len(lines) + 0.03
    return x, y, width * zoom[0], height * zoom[1]


def overlap(a: Box, b: Box) -> bool:
    """Whether two boxes overlap."""
    return 2 * abs(a[0] - b[0]) < a[2] + b[2] and 2 * abs(a[1] - b[1]) < a[3] + b[3]


def _unit_box(unit: Unit, zoom: tuple[float, float]) -> Box:
    """The box around a unit and the note below it."""
    lines = unit.note.split("\n") if unit.note else []
    width = max([UNIT, *(LETTER * len(line) for line in lines)])
    below = LINE * len(lines)
    return unit.x, unit.y - 0.5 * below * zoom[1], width * zoom[0], (UNIT + below) * zoom[1]


def _place(
    edge: Edge, others: list[Array], taken: list[Box], zoom: tuple[float, float]
) -> Box | None:
    """The box of a number on its line that is free and farthest from other lines; None if none is free."""
    points = _along(edge.path, np.linspace(0.16, 0.84, 35))  # (n, 2)
    boxes = [text_box(edge, float(x), float(y), zoom) for x, y in points]
    free = [box for box in boxes if not any(overlap(box, other) for other in taken)]

    def distance(box: Box) -> float:
        return min((_distance(np.array(box[:2]), path) for path in others), default=0.0)

    return max(free, key=distance, default=None)


def _along(path: Array, fractions: Array) -> Array:
    """Points of a path at fractions of its length, (n, 2)."""
    lengths = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(path, axis=0).T))])
    at = fractions * lengths[-1]
    return np.column_stack([np.interp(at, lengths, path[:, 0]), np.interp(at, lengths, path[:, 1])])


def _distance(point: Array, path: Array) -> float:
    """The distance from a point to a polyline."""
    start, step = path[:-1], np.diff(path, axis=0)  # (n, 2)
    t = np.clip(((point - start) * step).sum(axis=1) / (step**2).sum(axis=1), 0.0, 1.0)
    return float(np.hypot(*(start + t[:, None] * step - point).T).min())
