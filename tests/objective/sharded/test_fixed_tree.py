"""The fixed tree: its sums depend on the number of shards only."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import sheernet as sn
from sheernet.objective.sharded import Node, collapse, fixed_tree, leaf, root


def random_leaves(n_shards: int) -> dict[Node, Any]:
    """Numbers whose sum depends on the order of additions."""
    rng = np.random.default_rng(n_shards)
    sizes = 10.0 ** rng.integers(-3, 4, (n_shards, 1))
    return {
        Node(0, k): (np.asarray(row[0]), row)
        for k, row in enumerate(sizes * rng.normal(size=(n_shards, 5)))
    }


def by_definition(leaves: dict[Node, Any], n_shards: int) -> np.ndarray:
    """Level by level, as the definition says."""
    level = [leaves[Node(0, k)][1] for k in range(n_shards)]
    while len(level) > 1:
        pairs = [level[i : i + 2] for i in range(0, len(level), 2)]
        level = [pair[0] + pair[1] if len(pair) == 2 else pair[0] for pair in pairs]
    return level[0]


@pytest.mark.parametrize("n_shards", [1, 2, 3, 4, 5, 6, 7, 8, 11, 64, 100])
def test_the_root_is_the_definition(n_shards: int) -> None:
    leaves = random_leaves(n_shards)
    number, vector = root(leaves, n_shards)
    assert vector.tobytes() == by_definition(leaves, n_shards).tobytes()
    assert number == vector[0]
    assert number.shape == ()


def test_the_order_of_additions_shows_in_these_numbers() -> None:
    """Otherwise the tests of bits would pass with any order."""
    leaves = random_leaves(64)
    one_after_the_other = np.zeros(5)
    for sums in leaves.values():
        one_after_the_other = one_after_the_other + sums[1]
    assert not np.array_equal(root(leaves, 64)[1], one_after_the_other)


@given(st.data(), st.integers(1, 40))
def test_any_grouping_in_any_order_gives_the_same_bits(data: st.DataObject, n_shards: int) -> None:
    leaves = random_leaves(n_shards)
    expected = by_definition(leaves, n_shards).tobytes()
    heaps = [dict([pair]) for pair in data.draw(st.permutations(list(leaves.items())))]
    while len(heaps) > 1:  # merge random heaps, as workers and a scheduler would
        k = data.draw(st.integers(2, len(heaps)))
        merged = {node: sums for heap in heaps[:k] for node, sums in heap.items()}
        heaps = [*heaps[k:], collapse(merged, n_shards)]
    assert root(heaps[0], n_shards)[1].tobytes() == expected


def test_in_their_order_few_nodes_are_kept() -> None:
    nodes: dict[Node, Any] = {}
    most = 0
    for node, sums in random_leaves(1000).items():
        nodes = collapse([*nodes.items(), (node, sums)], 1000)
        most = max(most, len(nodes))
    assert most <= 10  # log2(1000)


def test_given_arrays_are_not_changed() -> None:
    leaves = random_leaves(6)
    before = {node: sums[1].tobytes() for node, sums in leaves.items()}
    root(leaves, 6)
    assert {node: sums[1].tobytes() for node, sums in leaves.items()} == before


ONE = (np.array([1.0]),)


@pytest.mark.parametrize(
    "nodes",
    [
        [],
        [Node(0, 0), Node(0, 1)],  # shard 2 is missing
        [Node(0, 0), Node(0, 1), Node(0, 2), Node(0, 0)],
        [Node(1, 0), Node(0, 1), Node(0, 2)],
        [Node(1, 0), Node(0, 0), Node(0, 1), Node(0, 2)],
        [Node(2, 0), Node(2, 0)],
        [Node(0, 0), Node(0, 1), Node(0, 2), Node(0, 3)],
        [Node(0, -1), Node(0, 1), Node(0, 2)],
    ],
)
def test_a_shard_that_is_missing_or_counted_twice_is_refused(nodes: list[Node]) -> None:
    with pytest.raises(
        sn.InvalidInput, match=r"missing or counted twice|are counted twice|has no node"
    ):
        root(((node, ONE) for node in nodes), 3)


def test_an_overflow_gives_inf_without_a_warning() -> None:
    large = (np.array([1e308]),)
    assert root({**leaf(0, large), **leaf(1, large)}, 2)[0].tolist() == [np.inf]


def test_a_wrong_sibling_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """With operands of another tree, the comparison with the definition fails."""
    monkeypatch.setattr(
        fixed_tree, "_sum", lambda a, b: tuple(x - y for x, y in zip(a, b, strict=True))
    )
    leaves = random_leaves(8)
    assert not np.array_equal(root(leaves, 8)[1], by_definition(leaves, 8))
