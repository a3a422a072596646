"""The tables of an explanation as text and as HTML: one table per layer, with a line for each row of an array."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from typing import TYPE_CHECKING

from sheernet.foundation.message_text import counted
from sheernet.foundation.text_tables import aligned, html_table
from sheernet.objective.explained_quantities import Quantity

if TYPE_CHECKING:
    from sheernet.objective.explained_passes import Explanation

MOST_LINES = 6
"""Maximum number of displayed lines of an array; the number of omitted lines is stated."""
MOST_UNITS = 8
"""Maximum number of displayed columns of an array."""


def text(explanation: Explanation) -> str:
    """Return the headings and the tables of an explanation as text."""
    tables = ["\n".join(aligned(lines, left=(0, 1), indent="")) for lines in tables_of(explanation)]
    return "\n\n".join(["\n".join(heads(explanation)), *tables])


def html(explanation: Explanation) -> str:
    """Return the headings and the tables of an explanation as HTML."""
    head = "<br>".join(escape(line) for line in heads(explanation))
    return f"<p>{head}</p>" + "".join(html_table(lines) for lines in tables_of(explanation))


def heads(explanation: Explanation) -> list[str]:
    """Return the headings: the network, the cost with its value, and the numbering of the layers."""
    arch, first = explanation.network.architecture, explanation.numbers.first
    counts = (
        "the layer of inputs is layer 1, as in the videos" if first else "the inputs are layer 0"
    )
    settings = f"cost {explanation.cost.name!r}, reduction {explanation.reduction!r}"
    return [
        f"Forward and backward pass of {arch}",
        f"{explanation.worked('J').formula_with_value()}  ({settings})",
        f"Numbering {explanation.numbering!r}: {counts}",
    ]


def tables_of(explanation: Explanation) -> Iterator[list[list[str]]]:
    """Yield the cells of the table of each layer; the heading is the first line."""
    arch, numbers = explanation.network.architecture, explanation.numbers
    for layer, size in enumerate(arch.sizes):
        own = [q for q in explanation.quantities if q.layer == layer]
        shown = min(size, MOST_UNITS)
        kind = "inputs" if layer == 0 else arch.activations[layer - 1].name
        lines = [[f"layer {layer + numbers.first}", kind, *(f"[{j}]" for j in range(shown))]]
        for quantity in own:
            lines.extend(_lines(explanation, quantity, shown))
        if size > shown:
            lines.append(["", f"{counted(size - shown, 'more unit')}", *[""] * shown])
        yield lines


def _lines(explanation: Explanation, quantity: Quantity, width: int) -> Iterator[list[str]]:
    """Yield the lines of an array, with `width` cells for its columns; only the first line has its name."""
    rows = quantity.array.reshape(-1, quantity.array.shape[-1])
    labels = _labels(explanation, quantity, len(rows))
    for i, (label, row) in enumerate(zip(labels, rows[:MOST_LINES].tolist(), strict=False)):
        cells = [f"{value:.6g}" for value in row[:width]]
        yield [quantity.name if i == 0 else "", label, *cells, *[""] * (width - len(cells))]
    if len(rows) > MOST_LINES:
        yield ["", f"... {len(rows) - MOST_LINES} more", *[""] * width]


def _labels(explanation: Explanation, quantity: Quantity, n: int) -> Sequence[str]:
    """Return the labels of the lines of an array: rows of the table, or the source units of weights."""
    if quantity.block is None:
        return [f"row {row}" for row in explanation.rows]
    if quantity.block.source is None:
        return ["bias"]
    source = explanation.numbers.of("a", quantity.block.source)
    return [f"from {source}[{i}]" for i in range(n)]
