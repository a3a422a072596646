"""`network_svg`: a network diagram as SVG for a notebook, without matplotlib.

Text and circles have the color of the text around them, so that the picture fits light and dark themes.  Each line has
the name and the value of its weight as a tooltip.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from sheernet.foundation.message_text import cut_in_the_middle
from sheernet.foundation.picture_texts import number
from sheernet.models.explaining.network_diagram import (
    KINDS,
    LETTER,
    NAME,
    UNIT,
    Diagram,
    Edge,
    Label,
    Unit,
)

SCALE = 72.0  # pixels in an inch of the diagram
SIDE = 0.3  # inches, the side of the square of biases
WIDEST = 7.0  # pixels, the maximum width of a letter of a name
MARGIN = 0.1  # inches
LEGEND = 0.62  # inches, the height below the diagram
BACKGROUND = "var(--jp-layout-color0, var(--vscode-editor-background, Canvas))"
"""The background of a notebook's output, which fills circles, so that lines end at them."""
DASHES = ("", "7 4", "1.5 3", "")
"""Dashes of the lines of each of `KINDS`, in pixels."""
Point = tuple[float, float]


def network_svg(diagram: Diagram) -> str:
    """Draw a network diagram.

    Parameters
    ----------
    diagram : Diagram
        As returned by `lay_out`.

    Returns
    -------
    str
        An element `svg`.

    Examples
    --------
    >>> import sheernet as sn
    >>> from sheernet.models.explaining.network_diagram import lay_out
    >>> from sheernet.models.explaining.network_svg import network_svg
    >>> picture = network_svg(lay_out(sn.Network.random(sn.Architecture((2, 3, 1)), seed=0)))
    >>> picture.startswith("<svg"), picture.count("<circle"), picture.count("<title>W1")
    (True, 6, 6)
    """
    left, right, bottom, top = diagram.box
    left, right = left - _more_room(diagram, first=True), right + _more_room(diagram, first=False)
    width, height = (right - left) * SCALE, (top - bottom + LEGEND) * SCALE

    def place(x: float, y: float) -> Point:
        return (x - left) * SCALE, (top - y) * SCALE

    parts = [
        *(_line(edge, [place(x, y) for x, y in edge.path.tolist()]) for edge in diagram.edges),
        *(part for unit in diagram.units for part in _unit(unit, place(unit.x, unit.y))),
        *(_text_on_lines(place(label.x, label.y), label.text) for label in diagram.omitted),
        *(part for label in diagram.headings for part in _heading(label, place(label.x, label.y))),
        *_legend(diagram, (top - bottom) * SCALE, width),
    ]
    return (
        f"<svg xmlns='http://www.w3.org/2000/svg' role='img' viewBox='0 0 {width:.0f} {height:.0f}' "
        f"width='{width:.0f}' height='{height:.0f}' style='max-width:100%;height:auto' "
        f"font-family='sans-serif' fill='currentColor'><title>{escape(diagram.title)}</title>{''.join(parts)}</svg>"
    )


def _more_room(diagram: Diagram, *, first: bool) -> float:
    """Space for names of the first or last layer beyond `diagram.box`, in inches; the fonts of notebooks are wider."""
    last = max(unit.layer for unit in diagram.units)
    names = [unit.name for unit in diagram.units if unit.layer == (0 if first else last)]
    return max(min(len(name), NAME) for name in names) * (WIDEST / SCALE - LETTER) + MARGIN


def _line(edge: Edge, points: Sequence[Point]) -> str:
    """The line of a weight, with its name and value as tooltip."""
    path = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
    dashes = DASHES[edge.kind]
    look = f" stroke-dasharray='{dashes}'" if dashes else ""
    several = f" and {edge.stands_for - 1} more" if edge.stands_for > 1 else ""
    weight = "" if several else f" data-weight='{escape(edge.name)}'"  # a script finds its line
    return (
        f"<path{weight} d='{path}' fill='none' stroke='{KINDS[edge.kind][1]}' stroke-width='{edge.width:.2f}'{look}>"
        f"<title>{escape(edge.name)}{several}: {escape(edge.text)}</title></path>"
    )


def _unit(unit: Unit, center: Point) -> Iterator[str]:
    """A circle, or the square of biases, with its label and, beside it, the name of its column."""
    x, y = center
    look = f"fill='{BACKGROUND}' stroke='currentColor' stroke-width='1.3'"
    if unit.bias:
        side = SIDE * SCALE
        yield f"<rect x='{x - side / 2:.1f}' y='{y - side / 2:.1f}' width='{side:.1f}' height='{side:.1f}' {look}/>"
    else:
        yield f"<circle cx='{x:.1f}' cy='{y:.1f}' r='{UNIT / 2 * SCALE:.1f}' {look}/>"
    yield _text(
        (x, y), unit.label, size=11 if len(unit.label) < 4 else 9 if len(unit.label) < 5 else 7
    )
    if unit.name not in ("", unit.label):
        side = -1 if unit.layer == 0 else 1
        anchor = "end" if side < 0 else "start"
        name = cut_in_the_middle(unit.name, NAME)
        yield _text(
            (x + side * (UNIT / 2 * SCALE + 5), y), name, anchor, size=11, tooltip=unit.name
        )


def _heading(label: Label, place: Point) -> Iterator[str]:
    """The lines of a heading, the last one at its place."""
    lines = label.text.splitlines()
    for k, line in enumerate(lines):
        yield _text((place[0], place[1] - 15 * (len(lines) - 1 - k)), line)


def _legend(diagram: Diagram, top: float, width: float) -> Iterator[str]:
    """The meanings of lines, in rows of two below the diagram, and the width of the thickest line."""
    yield _text(
        (width / 2, top + 10), f"line width: size of the weight, up to {number(diagram.largest)}", size=11
    )  # fmt: skip
    kinds = sorted({edge.kind for edge in diagram.edges})
    for k, kind in enumerate(kinds):
        label, color = KINDS[kind]
        x = width * (k + 0.5) / len(kinds)
        dashes = f" stroke-dasharray='{DASHES[kind]}'" if DASHES[kind] else ""
        length = 5.6 * len(label)
        start = x - (length + 28) / 2
        yield (
            f"<path d='M{start:.1f} {top + 30:.1f}h22' stroke='{color}' stroke-width='2.2'{dashes}/>"
        )
        yield _text((start + 28, top + 30), label, "start", size=11)


def _text(
    place: Point,
    text: str,
    anchor: str = "middle",
    size: int = 12,
    tooltip: str = "",
    look: str = "",
) -> str:
    more = f"<title>{escape(tooltip)}</title>" if tooltip and tooltip != text else ""
    return (
        f"<text x='{place[0]:.1f}' y='{place[1]:.1f}' text-anchor='{anchor}' dominant-baseline='central' "
        f"font-size='{size}'{look}>{escape(text)}{more}</text>"
    )


def _text_on_lines(place: Point, text: str) -> str:
    """A text with an edge of the color of the background; not every program supports the attribute paint-order."""
    edge = f" stroke='{BACKGROUND}' stroke-width='5' stroke-linejoin='round'"
    return _text(place, text, look=edge) + _text(place, text)
