"""Shards on the workers of a Dask cluster.

    load_group(recipe) -> group            once, a future for each group of consecutive shards
    sums_of_group(group, request)          one task for each group and evaluation
    join_groups([sums, sums, ...])         on workers, if the sums are large; otherwise the client joins them

The futures of the groups are recipes that Dask repeats if a worker is lost; no data is scattered or pinned to a
worker, and there are no actors.  Every sum follows the fixed tree over the indices of the shards, so any worker may
compute any part of it, at any time and more than once.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from dataclasses import replace
from typing import Any, Self

from sheernet.distributed.dask_calls import LIMIT, DaskCalls, current_client, release
from sheernet.distributed.dask_environments import (
    Abilities,
    abilities,
    agree,
    ignore_ctrl_c_of,
    terminal,
)
from sheernet.distributed.dask_groups import (
    GroupRecipe,
    GroupSums,
    crowded,
    cut,
    join_groups,
    load_group,
    sums_of_group,
    totals_of_group,
)
from sheernet.foundation.errors import EngineUnavailable, InvalidInput
from sheernet.foundation.memory import in_words
from sheernet.foundation.message_text import counted
from sheernet.foundation.processors import usable_processors
from sheernet.network import Architecture
from sheernet.objective import costs
from sheernet.objective.costs import Cost
from sheernet.objective.sharded import JointRequest, Request, ShardSource, Totals, root
from sheernet.objective.sharded.fixed_tree import Sums
from sheernet.objective.sharded.holder import in_order

JOIN_ABOVE = 2**20
"""Size of all sums of an evaluation, in bytes, above which workers join them."""
JOINED_AT_ONCE = 4
"""Maximum number of groups whose sums one task joins: each adds its matrices to the memory of one worker."""
SLOW = 0.1
"""Minimum time of an evaluation, in seconds, for which groups are moved between workers."""
LOOK_EVERY = 5.0
"""Seconds between two checks which worker holds which group; a check takes a few milliseconds."""
JUDGED = 5
"""Number of evaluations after which the time of an evaluation is compared with its arithmetic."""


class DaskHolder:
    """Holds shards on the workers of a Dask cluster.

    Parameters
    ----------
    client : dask.distributed.Client or None
        A client of the cluster; None for the current one.
    sources : iterable of ShardSource
        All shards of a data set.  Workers must be able to read their files.
    architecture : Architecture
        The network.
    cost : str or Cost
        The loss of a sample.
    part : {"training", "validation", "evaluation"}
        The rows to hold.
    engine : {"auto", "reference", "compiled"}
        As for `make_objective`, on the workers.
    limit : float
        Maximum seconds without a result after which an evaluation ends with an error.
    join_above : int
        Size of all sums of an evaluation, in bytes, above which workers join them and send only the root.

    Attributes
    ----------
    notices : list of str
        Notices for the user: instruction sets that differ, or evaluations that one machine computes faster.

    Raises
    ------
    InvalidInput
        If the client or the shards are invalid.
    EngineUnavailable
        If the cluster has no workers, if their versions of sheernet differ, if their memory is too small, or if they
        cannot load the shards.

    Notes
    -----
    The groups of shards are chosen initially, one for each worker.  If a worker is lost, another worker loads its
    group; a worker that joins later takes a group from a worker that has two groups more.

    Examples
    --------
    >>> import tempfile
    >>> import numpy as np, pandas as pd
    >>> import sheernet as sn
    >>> from dask.distributed import Client, LocalCluster
    >>> from sheernet.data.shards import learn_shards
    >>> from sheernet.distributed import DaskHolder, dask_mapper
    >>> from sheernet.objective.sharded import ShardedObjective
    >>> x = np.linspace(0, 1, 40)
    >>> cluster = LocalCluster(n_workers=1, processes=False, dashboard_address=":0")
    >>> with tempfile.TemporaryDirectory() as folder, cluster, Client(cluster) as client:
    ...     pd.DataFrame({"x": x, "y": x**2}).to_parquet(f"{folder}/a.parquet")
    ...     data = learn_shards(sn.shards(f"{folder}/*.parquet", target="y"), mapper=dask_mapper(client))
    ...     network = sn.Architecture((1, 2, 1))
    ...     with DaskHolder(client, data.sources, network, "squared_error") as holder:
    ...         objective = ShardedObjective(network, "squared_error", holder)
    ...         print(holder.describe(), objective.value(np.zeros(objective.size)) > 0)
    1 shard on 1 worker of Dask True
    """

    def __init__(
        self, client: Any, sources: Iterable[ShardSource], architecture: Architecture, cost: str | Cost,
        *, part: str = "training", engine: str = "auto", limit: float = LIMIT, join_above: int = JOIN_ABOVE,
    ) -> None:  # fmt: skip
        self.client = current_client(client)
        self.architecture, self.cost = architecture, costs.get(cost)
        self.join_above = join_above
        self.calls = DaskCalls(self.client, limit)
        ordered = in_order(sources)
        self.n_shards = len(ordered)
        workers = abilities_of_workers(self.calls)
        self.calls.ask(self.client.run, ignore_ctrl_c_of, terminal(), on_error="ignore")
        self.common, self.notices = agree(
            workers, engine, architecture, self.cost, os.environ.get("SHEERNET_INSTRUCTION_SET", "")
        )
        self._recipes = self._recipes_of(ordered, part, len(workers))
        self._require_room(workers)
        # By group number, the futures that replace those of the group.
        self._moved: dict[int, Any] = {}
        self._next_look = 0.0
        self._seconds: list[tuple[float, float]] = []  # of evaluations: total, and arithmetic
        self._groups = self._load()

    def _recipes_of(
        self, sources: tuple[ShardSource, ...], part: str, n_groups: int
    ) -> list[GroupRecipe]:
        ranges = cut([source.n_rows for source in sources], n_groups)
        return [
            GroupRecipe(
                sources[r.start : r.stop], self.architecture, self.cost, part, self.n_shards,
                self.common,
            )
            for r in ranges
        ]  # fmt: skip

    def _load(self) -> list[Any]:
        """Return futures of the loaded groups, and store the totals of the groups."""
        groups = self.calls.submit("load", load_group, self._recipes)
        self.calls.keep(groups, self._labels("the loading"))
        totals = []
        try:
            totals = self.calls.submit("totals", totals_of_group, groups)
            each = self.calls.results(totals, self._labels("the loading"))
        except BaseException:
            release(groups)
            raise
        finally:
            release(totals)
        self.total_weight, self.n_samples, self.moments = Totals.of_all(
            totals for group in each for totals in group
        )
        return groups

    def _labels(self, what: str) -> list[str]:
        """Descriptions of the tasks of the groups, for errors."""
        labels = []
        for recipe in self._recipes:
            first, last = recipe.numbers[0], recipe.numbers[-1]
            shards = f"shard {first}" if first == last else f"shards {first} to {last}"
            labels.append(f"{what} of {shards}")
        return labels

    # --- evaluation ----------------------------------------------------------------------------------

    def sums(self, request: Request | JointRequest) -> Sums:
        """Return the sums over all rows: the root of the fixed tree."""
        self._require_open()
        self._take_moved()
        start = time.perf_counter()
        joined = self._evaluated(request)
        sums = root(joined.nodes, self.n_shards)
        seconds = time.perf_counter() - start
        self._judge(seconds, joined.seconds)
        self._spread(seconds)
        return sums

    def _require_open(self) -> None:
        if not self._groups:
            raise InvalidInput("the shards are closed; make a new holder")

    def _evaluated(self, request: Request | JointRequest) -> GroupSums:
        labels = self._labels("the sums")
        requests = [request] * len(self._groups)
        futures = self.calls.submit(request.quantity, sums_of_group, self._groups, requests)
        every = list(futures)
        try:
            while len(futures) > 1 and request.n_bytes * len(futures) > self.join_above:
                futures = self._joined(futures)
                every += futures
                labels = ["the reduction of sums"] * len(futures)
            return join_groups(self.calls.results(futures, labels), self.n_shards)
        finally:
            release(every)

    def _joined(self, futures: list[Any]) -> list[Any]:
        """Return futures of the joined sums of neighbors."""
        parts = [futures[k : k + JOINED_AT_ONCE] for k in range(0, len(futures), JOINED_AT_ONCE)]
        # Joining precedes further evaluations of groups, because sums of groups occupy memory until then.
        return self.calls.submit(
            "join", join_groups, parts, [self.n_shards] * len(parts), priority=1
        )

    def _judge(self, seconds: float, arithmetic: float) -> None:
        """Compare the time of an evaluation with that of its arithmetic on this machine, once."""
        if len(self._seconds) >= JUDGED:
            return
        self._seconds.append((seconds, arithmetic))
        if len(self._seconds) < JUDGED:
            return
        here = usable_processors()
        times = sorted(self._seconds)
        seconds, arithmetic = times[len(times) // 2]
        if arithmetic / here < seconds:
            self.notices.append(
                f"an evaluation takes {seconds * 1e3:.3g} ms on {counted(len(self.calls.workers()), 'worker')}, and "
                f"its arithmetic about {arithmetic / here * 1e3:.3g} ms on {counted(here, 'thread')}: without a "
                "client, one machine is faster for these data"
            )

    # --- groups that move ------------------------------------------------------------------------------

    def _spread(self, seconds: float) -> None:
        """Load a group again if its worker has more than others, for example after a lost worker was replaced.

        Dask does not move large results to workers that are idle.  The new future is computed while evaluations use
        the old one, by the worker with the fewest groups: among idle workers, Dask would choose in turn.  This
        is a preference; if that worker is lost, another one loads the group.
        """
        # The time of this evaluation does not determine the next check: the evaluation that loses a worker takes
        # longest, and ends before the new worker has joined.
        if self._moved or seconds < SLOW or time.monotonic() < self._next_look:
            return
        self._next_look = time.monotonic() + LOOK_EVERY
        held = self.calls.ask(self.client.who_has, self._groups)
        places = [list(held.get(group.key, ())) for group in self._groups]
        if (found := crowded(places, self.calls.running_workers())) is not None:
            number, worker = found
            (self._moved[number],) = self.calls.submit(
                "load", load_group, [self._recipes[number]], workers=[worker], allow_other_workers=True
            )  # fmt: skip

    def _take_moved(self) -> None:
        """Replace groups by those that were loaded again."""
        for number, future in list(self._moved.items()):
            if not future.done():
                continue
            del self._moved[number]
            if future.status == "finished":
                release([self._groups[number]])
                self._groups[number] = future
                self.calls.keep([future], [self._labels("the loading")[number]])
            else:
                release([future])

    # --- the cluster ---------------------------------------------------------------------------------

    def _require_room(self, workers: dict[str, Abilities]) -> None:
        """Raise if the packed shards do not fit in the memory of the workers."""
        needed = sum(recipe.n_bytes for recipe in self._recipes)
        limits = [worker.memory for worker in workers.values()]
        if all(limits) and needed > sum(limits):
            raise EngineUnavailable(
                f"the packed shards take {in_words(needed)}, and {counted(len(limits), 'worker')} "
                f"may use {in_words(sum(limits))} of memory; use more workers, or stream on one machine without a "
                "client"
            )

    def describe(self) -> str:
        """A description of where the shards are held."""
        return f"{counted(self.n_shards, 'shard')} on {counted(len(self.calls.workers()), 'worker')} of Dask"

    def close(self) -> None:
        """Release the groups."""
        release([*self._groups, *self._moved.values()])
        self._groups, self._moved = [], {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


def abilities_of_workers(calls: DaskCalls) -> dict[str, Abilities]:
    """Return the abilities of each worker, by address; wait for the first worker.

    Raises
    ------
    EngineUnavailable
        If there is no worker, or if one does not have sheernet.
    """
    from dask.distributed import TimeoutError as NoWorker

    try:
        calls.client.wait_for_workers(1, timeout=calls.limit)
    except NoWorker:
        raise EngineUnavailable(
            f"no worker of Dask connected within {calls.limit:g} s; start workers, for example by cluster.scale(2)"
        ) from None
    known = calls.workers()
    answers = calls.ask(calls.client.run, abilities, on_error="return")
    found = {}
    for address, answer in answers.items():
        if isinstance(answer, OSError):  # just lost
            continue
        if isinstance(answer, ModuleNotFoundError) and answer.name == "sheernet":
            raise EngineUnavailable(
                f'worker {address} does not have sheernet; install it there: pip install "sheernet[dask]"'
            )
        if not isinstance(answer, Abilities):
            raise EngineUnavailable(
                f"worker {address} cannot run sheernet: {type(answer).__name__}: {answer}"
            )
        worker = known.get(address, {"nthreads": 1, "memory_limit": 0})
        found[address] = replace(
            answer, threads=worker["nthreads"], memory=worker["memory_limit"] or 0
        )
    if not found:
        raise EngineUnavailable(
            "no worker of Dask answers; start workers, for example by cluster.scale(2)"
        )
    return found
