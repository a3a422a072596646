"""Groups of consecutive shards: how shards are cut into groups, and what a worker of Dask does with a group.

A worker holds a group as a `ResidentGroup`: packed data in memory, which pickle as the recipe from which they were
loaded.  If a worker is lost, Dask runs the recipe elsewhere; if Dask moves a group or writes it to a disk, only the
recipe travels.  The functions that Dask runs on workers are here and do not import Dask, except to ask a worker for its
number of threads.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from sheernet.distributed.dask_environments import Common
from sheernet.network import Architecture
from sheernet.network.prediction import common_instruction_set
from sheernet.objective import costs
from sheernet.objective.costs import Cost
from sheernet.objective.interface import Objective
from sheernet.objective.sharded import (
    JointRequest,
    Request,
    ShardSource,
    Totals,
    collapse,
    shard_sums,
)
from sheernet.objective.sharded.fixed_tree import Nodes
from sheernet.objective.sharded.memory_holder import load_engine, rows_of_pieces
from sheernet.objective.sharded.row_windows import Piece, Rows, joined
from sheernet.objective.sharded.shard_threads import nodes_over_shards

UNEVEN = 1.05
"""A cut at nodes of the tree may make the largest group this much larger than the best cut."""


def cut(rows: Sequence[int], n_groups: int) -> list[range]:
    """Cut shards into groups of consecutive shards with about the same number of rows.

    Among cuts that are about as even, one at multiples of a large power of two is chosen: a group of 2^l shards that
    begins at a multiple of 2^l is one node of the tree, so its sums are one set of arrays.

    Parameters
    ----------
    rows : sequence of int
        Rows of each shard.
    n_groups : int
        Number of groups, at most the number of shards.

    Returns
    -------
    list of range
        The numbers of the shards of each group.

    Examples
    --------
    >>> from sheernet.distributed.dask_groups import cut
    >>> cut([1000] * 8, 2), cut([1000] * 41, 2)
    ([range(0, 4), range(4, 8)], [range(0, 20), range(20, 41)])
    """
    n_groups = min(n_groups, len(rows))
    before = np.concatenate([[0], np.cumsum(rows)])  # (S + 1,), rows before each shard
    wanted = before[-1] * np.arange(1, n_groups) / n_groups
    finest = _cut_at(before, wanted, 1)
    for level in reversed(range(len(rows).bit_length())):
        ranges = _cut_at(before, wanted, 2**level)
        if min(map(len, ranges)) > 0 and _largest(before, ranges) <= UNEVEN * _largest(
            before, finest
        ):
            return ranges
    # Shards without rows, or shards that are larger than a group: equal numbers of shards.
    edges = [len(rows) * k // n_groups for k in range(n_groups + 1)]
    return [range(a, b) for a, b in pairwise(edges)]


def _cut_at(before: Any, wanted: Any, step: int) -> list[range]:
    """The cut at the multiples of `step` before which the number of rows is nearest to `wanted`."""
    places = np.arange(0, len(before), step)
    nearest = [int(places[np.argmin(abs(before[places] - rows))]) for rows in wanted]
    edges = [0, *nearest, len(before) - 1]
    return [range(a, b) for a, b in pairwise(edges)]


def _largest(before: Any, ranges: Sequence[range]) -> float:
    return float(max(before[r.stop] - before[r.start] for r in ranges))


def crowded(places: Sequence[Sequence[str]], workers: Sequence[str]) -> tuple[int, str] | None:
    """The group that another worker should load, and that worker; None unless one holds two more than another.

    Parameters
    ----------
    places : sequence of sequence of str
        The workers that hold each group.
    workers : sequence of str
        The workers that may load a group.

    Examples
    --------
    >>> from sheernet.distributed.dask_groups import crowded
    >>> crowded([["a"], ["a"]], ["a", "b"]), crowded([["a"], ["a"], ["b"]], ["a", "b"])
    ((1, 'b'), None)
    """
    numbers = Counter(address for addresses in places for address in addresses)
    if not numbers or not workers:  # all were lost in this moment
        return None
    most, fewest = max(numbers, key=numbers.__getitem__), min(workers, key=numbers.__getitem__)
    if numbers[most] - numbers[fewest] < 2:
        return None
    return max(k for k, addresses in enumerate(places) if most in addresses), fewest


@dataclass(frozen=True)
class GroupRecipe:
    """What a worker needs to load a group of shards.

    Parameters
    ----------
    sources : tuple of ShardSource
        The shards.
    architecture : Architecture
        The network.
    cost : Cost
        The loss of a sample.
    part : {"training", "validation", "evaluation"}
        The rows to load.
    n_shards : int
        S, of the whole data set.
    common : Common
        What all workers must have in common, so that they compute the same bits.
    """

    sources: tuple[ShardSource, ...]
    architecture: Architecture
    cost: Cost
    part: str
    n_shards: int
    common: Common

    @property
    def numbers(self) -> range:
        """The numbers of the shards."""
        return range(self.sources[0].number, self.sources[-1].number + 1)

    @property
    def n_bytes(self) -> int:
        """About the memory of the packed shards, 8 bytes a number, with the weights."""
        n_targets = costs.targets_of(self.cost, self.architecture.n_outputs)
        rows = sum(source.n_rows for source in self.sources)
        return 8 * rows * (self.architecture.n_inputs + n_targets + 1)


class ResidentGroup:
    """A group of shards in the memory of a worker.

    Pickled, it is its recipe; the copy loads its shards when it is used first, in the thread of a task, not in the
    thread that receives messages for the worker.

    Parameters
    ----------
    recipe : GroupRecipe
        What to load.
    """

    def __init__(self, recipe: GroupRecipe) -> None:
        self.recipe = recipe
        self._engines: dict[int, Objective | None] | None = None
        self._lock = threading.Lock()

    def __reduce__(self) -> tuple[Any, ...]:
        return ResidentGroup, (self.recipe,)

    def __sizeof__(self) -> int:
        """The bytes of the packed shards, which are in C++ and which Dask counts by this method."""
        return object.__sizeof__(self) + self.recipe.n_bytes

    @property
    def engines(self) -> dict[int, Objective | None]:
        """The engine of each shard by its number; loads them if they are not here."""
        with self._lock:
            if self._engines is None:
                self._engines = self._loaded()
            return self._engines

    def _loaded(self) -> dict[int, Objective | None]:
        self.recipe.common.require()
        with ThreadPoolExecutor(threads_of_worker()) as pool:
            engines = list(pool.map(self._load, self.recipe.sources))
        numbers = (source.number for source in self.recipe.sources)
        return dict(zip(numbers, engines, strict=True))

    def _load(self, source: ShardSource) -> Objective | None:
        recipe, common = self.recipe, self.recipe.common
        with common_instruction_set(common.instruction_set):
            return load_engine(source, recipe.architecture, recipe.cost, recipe.part, common.engine)


class GroupSums(NamedTuple):
    """The sums of a group, as nodes of the tree, and the seconds that they took on one thread."""

    nodes: Nodes
    seconds: float


# --- the functions that run on workers ----------------------------------------------------------


def load_group(recipe: GroupRecipe) -> ResidentGroup:
    """Load a group."""
    group = ResidentGroup(recipe)
    _ = group.engines
    return group


def totals_of_group(group: ResidentGroup) -> list[Totals]:
    """Weight and rows of each shard."""
    return [Totals.of(engine) for engine in group.engines.values()]


def sums_of_group(group: ResidentGroup, request: Request | JointRequest) -> GroupSums:
    """The sums of a group, on as many threads as the worker has."""
    engines, threads = group.engines, threads_of_worker()
    start = time.perf_counter()
    nodes = nodes_over_shards(
        partial(_sums_of_shard, engines, request), list(engines), group.recipe.n_shards, threads
    )
    return GroupSums(nodes, (time.perf_counter() - start) * min(threads, len(engines)))


def rows_of_group(group: ResidentGroup, pieces: Sequence[Piece]) -> Rows:
    """The rows of pieces of the group's shards."""
    return joined(rows_of_pieces(group.engines, pieces))


def _sums_of_shard(
    engines: dict[int, Objective | None], request: Request | JointRequest, number: int
) -> tuple[Any, ...]:
    return shard_sums(engines[number], request)


def join_groups(parts: Sequence[GroupSums], n_shards: int) -> GroupSums:
    """The sums of several groups."""
    nodes = (item for part in parts for item in part.nodes.items())
    return GroupSums(collapse(nodes, n_shards), sum(part.seconds for part in parts))


def threads_of_worker() -> int:
    """The threads of the worker that runs this task; 1 elsewhere."""
    from distributed import get_worker

    try:
        return int(get_worker().state.nthreads)
    except ValueError:  # not in a task
        return 1
