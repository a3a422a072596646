"""Merging results of the shards of a data set by a fixed tree, so that sums of floats do not depend on the machines.

A node of level l + 1 is node(2 i) + node(2 i + 1) of level l; a last node without a right neighbor passes up unchanged.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

T = TypeVar("T")


def merge_in_order(results: Iterable[T], merge: Callable[[T, T], T]) -> T:
    """Merge results in the order of the shards; at most one result of each level of the tree is kept.

    Parameters
    ----------
    results : iterable
        The result of each shard, in the order of the shards; at least one.
    merge : callable
        Merges two neighbors, the left one first.

    Examples
    --------
    >>> from sheernet.data.shards.ordered_merge import merge_in_order
    >>> merge_in_order("abcde", lambda left, right: f"({left}{right})")
    '(((ab)(cd))e)'
    """
    nodes: list[tuple[int, T]] = []  # complete subtrees, the largest first: (level, result)
    for result in results:
        level, node = 0, result
        while nodes and nodes[-1][0] == level:
            level, node = level + 1, merge(nodes.pop()[1], node)
        nodes.append((level, node))
    if not nodes:
        raise ValueError("there is no result to merge")
    _, node = nodes.pop()
    while nodes:
        node = merge(nodes.pop()[1], node)
    return node
