"""Groups of shards, without a cluster: how they are cut, what they compute, what they are when pickled."""

from __future__ import annotations

import pickle
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sheernet as sn
from dask_shards import SeededShard
from sheernet.distributed.dask_environments import Common, abilities
from sheernet.distributed.dask_groups import (
    GroupRecipe,
    ResidentGroup,
    crowded,
    cut,
    join_groups,
    load_group,
    sums_of_group,
)
from sheernet.objective.sharded import MemoryHolder, Request, root

pytest.importorskip("distributed")

NETWORK = sn.Architecture((3, 2, 1))
SHARDS = [SeededShard(k, n_rows=5) for k in range(11)]
COMMON = Common(sn.__version__, "reference", None)
REQUEST = Request("gauss_newton", np.linspace(-1, 1, NETWORK.n_parameters))


def recipe_of(shards, common=COMMON):
    return GroupRecipe(tuple(shards), NETWORK, sn.costs.squared_error, "training", len(SHARDS), common)  # fmt: skip


@given(rows=st.lists(st.integers(0, 50), min_size=1, max_size=40), n_groups=st.integers(1, 9))
def test_every_shard_is_in_one_group(rows, n_groups):
    ranges = cut(rows, n_groups)
    assert [k for r in ranges for k in r] == list(range(len(rows)))
    assert len(ranges) == min(n_groups, len(rows))
    assert min(map(len, ranges)) > 0


@given(n_shards=st.integers(1, 300), n_groups=st.integers(1, 12))
def test_equal_shards_are_cut_evenly(n_shards, n_groups):
    sizes = [len(r) for r in cut([1000] * n_shards, n_groups)]
    best = -(-n_shards // len(sizes))
    assert max(sizes) <= max(best + 1, 1.05 * (best + 1))


def test_groups_are_nodes_of_the_tree():
    assert cut([10] * 64, 4) == [range(k, k + 16) for k in (0, 16, 32, 48)]


@settings(max_examples=20)
@given(edges=st.sets(st.integers(1, 10)), seed=st.randoms(use_true_random=False))
def test_any_groups_in_any_order_have_the_same_bits(edges, seed):
    places = [0, *sorted(edges), 11]
    parts = [
        sums_of_group(ResidentGroup(recipe_of(SHARDS[a:b])), REQUEST) for a, b in pairwise(places)
    ]
    seed.shuffle(parts)
    while len(parts) > 1:
        parts = [join_groups(parts[k : k + 2], 11) for k in range(0, len(parts), 2)]
    expected = MemoryHolder(SHARDS, NETWORK, "squared_error", engine="reference").sums(REQUEST)
    for found, right in zip(root(parts[0].nodes, 11), expected, strict=True):
        assert np.array_equal(found, right)


def test_a_group_is_pickled_as_its_recipe():
    group = load_group(recipe_of([SeededShard(0, n_rows=10_000)]))
    assert len(pickle.dumps(group)) < 3000
    copy = pickle.loads(pickle.dumps(group))
    assert copy._engines is None
    for found, right in zip(
        sums_of_group(copy, REQUEST).nodes.values(),
        sums_of_group(group, REQUEST).nodes.values(),
        strict=True,
    ):
        assert all(np.array_equal(a, b) for a, b in zip(found, right, strict=True))


def test_dask_sees_the_bytes_of_packed_shards():
    """10000 rows of 3 inputs, 1 target and 1 weight of 8 bytes are 400 kB."""
    from dask.sizeof import sizeof

    group = ResidentGroup(recipe_of([SeededShard(0, n_rows=10_000)]))
    assert 400_000 <= sizeof(group) < 400_200


@pytest.mark.parametrize(
    ("common", "sentence"),
    [
        (Common("0.0", "reference", None), "but the fit started with 0.0"),
        (
            Common(sn.__version__, "compiled", "future"),
            "does not have the instruction set 'future'",
        ),
    ],
)
def test_a_worker_that_joins_later_is_compared(common, sentence):
    with pytest.raises(sn.EngineUnavailable, match=sentence):
        load_group(recipe_of(SHARDS, common))


def test_abilities_of_this_process():
    assert abilities().version == sn.__version__


@pytest.mark.parametrize(
    ("places", "workers"), [([["a"], ["a"]], []), ([[], []], ["a"]), ([["b"]], ["a", "b"])]
)
def test_no_group_moves_without_workers_or_without_two_more(places, workers):
    assert crowded(places, workers) is None


def test_a_group_moves_away_from_a_worker_that_takes_no_tasks():
    assert crowded([["paused"], ["paused"], ["a"]], ["a", "b"]) == (1, "b")
