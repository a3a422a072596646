"""Groups of consecutive shards: how shards are divided into groups, and the functions of a Dask worker for a group.

A worker holds a group as a `ResidentGroup`: packed data in memory, which is pickled as the recipe from which it was
loaded.  If a worker is lost, Dask runs the recipe elsewhere; if Dask moves a group or writes it to disk, only the
recipe is sent.  The functions that Dask runs on workers are here and do not import Dask, except to query a worker's
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
from sheernet.objective.objective_protocol import Objective
from sheernet.objective.sharded import (
    JointRequest,
    Request,
    ShardSource,
    Totals,
    collapse,
    shard_sums,
)
from sheernet.objective.sharded.fixed_tree import Nodes
from sheernet.objective.sharded.memory_holder import load_engine
from sheernet.objective.sharded.shard_threads import nodes_over_shards

UNEVEN = 1.05
"""Maximum ratio of the largest group to that of the most even division, for a division at nodes of the tree."""


def cut(rows: Sequence[int], n_groups: int) -> list[range]:
    """Divide shards into groups of consecutive shards with about the same number of rows.

    Among divisions that are about as even, one at multiples of a large power of two is chosen: a group of 2^l shards
    that begins at a multiple of 2^l is one node of the tree, so its sums are one set of arrays.

    Parameters
    ----------
    rows : sequence of int
        Number of rows of each shard.
    n_groups : int
        Number of groups, at most the number of shards.

    Returns
    -------
    list of range
        The indices of the shards of each group.

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
    """Divide at the multiples of `step` before which the number of rows is nearest to `wanted`."""
    places = np.arange(0, len(before), step)
    nearest = [int(places[np.argmin(abs(before[places] - rows))]) for rows in wanted]
    edges = [0, *nearest, len(before) - 1]
    return [range(a, b) for a, b in pairwise(edges)]


def _largest(before: Any, ranges: Sequence[range]) -> float:
    return float(max(before[r.stop] - before[r.start] for r in ranges))


def crowded(places: Sequence[Sequence[str]], workers: Sequence[str]) -> tuple[int, str] | None:
    """Choose a group that another worker should load, and this worker; None if numbers of groups differ by at most 1.

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
    if not numbers or not workers:  # all were just lost
        return None
    most, fewest = max(numbers, key=numbers.__getitem__), min(workers, key=numbers.__getitem__)
    if numbers[most] - numbers[fewest] < 2:
        return None
    return max(k for k, addresses in enumerate(places) if most in addresses), fewest


@dataclass(frozen=True)
class GroupRecipe:
    """The recipe from which a worker loads a group of shards.

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
        Number of shards of the whole data set, S.
    common : Common
        Requirements on all workers, so that results are bitwise equal.
    """

    sources: tuple[ShardSource, ...]
    architecture: Architecture
    cost: Cost
    part: str
    n_shards: int
    common: Common

    @property
    def numbers(self) -> range:
        """The indices of the shards."""
        return range(self.sources[0].number, self.sources[-1].number + 1)

    @property
    def n_bytes(self) -> int:
        """Estimate the memory of the packed shards, 8 bytes per value, including the weights."""
        n_targets = costs.targets_of(self.cost, self.architecture.n_outputs)
        rows = sum(source.n_rows for source in self.sources)
        return 8 * rows * (self.architecture.n_inputs + n_targets + 1)


class ResidentGroup:
    """A group of shards in the memory of a worker.

    It is pickled as its recipe; the copy loads its shards at first use, in the thread of a task, not in the
    thread that receives messages for the worker.

    Parameters
    ----------
    recipe : GroupRecipe
        The recipe of the shards to load.
    """

    def __init__(self, recipe: GroupRecipe) -> None:
        self.recipe = recipe
        self._engines: dict[int, Objective | None] | None = None
        self._lock = threading.Lock()

    def __reduce__(self) -> tuple[Any, ...]:
        return ResidentGroup, (self.recipe,)

    def __sizeof__(self) -> int:
        """The size of the packed shards, which are stored in C++, in bytes; Dask calls this method."""
        return object.__sizeof__(self) + self.recipe.n_bytes

    @property
    def engines(self) -> dict[int, Objective | None]:
        """The engine of each shard by index; loads the shards if necessary."""
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
    """The sums of a group, as nodes of the tree, and their computation time on one thread in seconds."""

    nodes: Nodes
    seconds: float


# --- the functions that run on workers ----------------------------------------------------------


def load_group(recipe: GroupRecipe) -> ResidentGroup:
    """Load a group."""
    group = ResidentGroup(recipe)
    _ = group.engines
    return group


def totals_of_group(group: ResidentGroup) -> list[Totals]:
    """Return the weight and the number of rows of each shard."""
    return [Totals.of(engine) for engine in group.engines.values()]


def sums_of_group(group: ResidentGroup, request: Request | JointRequest) -> GroupSums:
    """Compute the sums of a group on all threads of the worker."""
    engines, threads = group.engines, threads_of_worker()
    start = time.perf_counter()
    nodes = nodes_over_shards(
        partial(_sums_of_shard, engines, request), list(engines), group.recipe.n_shards, threads
    )
    return GroupSums(nodes, (time.perf_counter() - start) * min(threads, len(engines)))


def _sums_of_shard(
    engines: dict[int, Objective | None], request: Request | JointRequest, number: int
) -> tuple[Any, ...]:
    return shard_sums(engines[number], request)


def join_groups(parts: Sequence[GroupSums], n_shards: int) -> GroupSums:
    """Add the sums of several groups."""
    nodes = (item for part in parts for item in part.nodes.items())
    return GroupSums(collapse(nodes, n_shards), sum(part.seconds for part in parts))


def threads_of_worker() -> int:
    """The number of threads of the worker that runs this task; 1 outside of a task."""
    from distributed import get_worker

    try:
        return int(get_worker().state.nthreads)
    except ValueError:  # not in a task
        return 1
