"""The fixed tree over the numbers of shards, by which their sums are added (`root`).

    level 0      the sums of the shards 0 .. S-1
    level l + 1  node i is node 2 i plus node 2 i + 1 of level l; a last node without a right neighbor stays unchanged

The additions and their operands depend only on S.  So the rounding of the root depends neither on which thread, process
or machine adds two nodes, nor on the time of each addition.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np

from sheernet.foundation.arrays import Array
from sheernet.foundation.errors import InvalidInput

Sums = tuple[Array, ...]
"""Arrays that are added entry by entry; a single number has the shape ()."""


class Node(NamedTuple):
    """A place in the tree."""

    level: int
    position: int


Nodes = dict[Node, Sums]


def leaf(number: int, sums: Sums) -> Nodes:
    """Return the sums of shard `number` as a node of the tree."""
    return {Node(0, number): sums}


def collapse(nodes: Mapping[Node, Sums] | Iterable[tuple[Node, Sums]], n_shards: int) -> Nodes:
    """Add siblings if both are present, repeatedly.

    Parameters
    ----------
    nodes : mapping, or iterable of (Node, Sums)
        Nodes in any order.  An iterable is read one node at a time, so that with the shards in their order about
        log2(S) nodes are in memory.
    n_shards : int
        S.

    Returns
    -------
    dict
        The remaining nodes; their arrays may be the given arrays.

    Raises
    ------
    InvalidInput
        If the given nodes show that a shard is counted twice.

    Examples
    --------
    >>> import numpy as np
    >>> from sheernet.objective.sharded import Node, collapse
    >>> nodes = {Node(0, k): (np.array(float(k)),) for k in (0, 1, 2)}
    >>> collapse(nodes, 5)
    {Node(level=1, position=0): (array(1.),), Node(level=0, position=2): (array(2.),)}
    """
    collapsed: Nodes = {}
    for node, sums in nodes.items() if isinstance(nodes, Mapping) else nodes:
        _put(collapsed, node, sums, n_shards)
    return collapsed


def root(nodes: Mapping[Node, Sums] | Iterable[tuple[Node, Sums]], n_shards: int) -> Sums:
    """Return the sums over all shards.

    Raises
    ------
    InvalidInput
        If a shard is missing or counted twice.

    Examples
    --------
    >>> import numpy as np
    >>> from sheernet.objective.sharded import leaf, root
    >>> root({**leaf(1, (np.array([2.0]),)), **leaf(0, (np.array([1.0]),))}, 2)
    (array([3.]),)
    """
    collapsed = collapse(nodes, n_shards)
    if len(collapsed) != 1 or _width(next(iter(collapsed)).level, n_shards) != 1:
        raise InvalidInput(
            f"the sums of {n_shards} shards do not form one tree, because shards are missing or counted twice; "
            f"remaining: {', '.join(f'({level}, {position})' for level, position in sorted(collapsed)) or 'none'}"
        )
    return collapsed.popitem()[1]


def _width(level: int, n_shards: int) -> int:
    """Return the number of nodes of a level."""
    return -(-n_shards // 2**level)


def _put(nodes: Nodes, node: Node, sums: Sums, n_shards: int) -> None:
    """Insert a node; while its sibling is present, add both to their parent and continue with the parent."""
    if not 0 <= node.position < _width(node.level, n_shards):
        raise InvalidInput(f"a tree of {n_shards} shards has no node {tuple(node)}")
    while (width := _width(node.level, n_shards)) > 1:
        sibling = Node(node.level, node.position ^ 1)
        if node in nodes:
            break
        if sibling in nodes:
            other = nodes.pop(sibling)
            sums = _sum(sums, other) if node.position < sibling.position else _sum(other, sums)
        elif sibling.position < width:
            break
        node = Node(node.level + 1, node.position // 2)
    if node in nodes:
        raise InvalidInput(f"the sums of node {tuple(node)} are counted twice")
    nodes[node] = sums


def _sum(left: Sums, right: Sums) -> Sums:
    with np.errstate(all="ignore"):  # as in the engines, overflow gives inf or nan
        return tuple(np.asarray(a + b) for a, b in zip(left, right, strict=True))
