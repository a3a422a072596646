"""Names and blocks of the entries of a vector x into which arrays are packed, one after the other, in C order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product
from math import prod

from sheernet.derivatives import Block


@dataclass(frozen=True)
class Part:
    """An array of parameters: its name in the foreign code, its shape, and its layer."""

    name: str
    shape: tuple[int, ...]
    layer: int | None = None
    is_bias: bool = False


def names_and_blocks(parts: Iterable[Part]) -> tuple[list[str], dict[str, Block]]:
    """Return the name of each entry, such as "W1[0,2]", and the block of each array.

    Examples
    --------
    >>> from sheernet.derivatives.foreign.entry_names import Part, names_and_blocks
    >>> names, blocks = names_and_blocks([Part("W1", (1, 2), layer=1), Part("scale", ())])
    >>> names
    ['W1[0,0]', 'W1[0,1]', 'scale']
    >>> blocks["scale"].slice
    slice(2, 3, None)
    """
    names: list[str] = []
    blocks: dict[str, Block] = {}
    for part in parts:
        start = len(names)
        names += [_entry(part.name, index) for index in product(*map(range, part.shape))]
        blocks[part.name] = Block(
            slice(start, start + prod(part.shape)), part.shape, part.layer, part.is_bias
        )
    return names, blocks


def _entry(name: str, index: tuple[int, ...]) -> str:
    return f"{name}[{','.join(map(str, index))}]" if index else name


def unit_name(layer: str, index: int, width: int) -> str:
    """Return the name of entry `index` of an array (N, width) of a layer: unit and row, counted from 0."""
    return f"{layer}, unit {index % width}, row {index // width}"
