"""The objective of data in shards: sums over each shard, added by a fixed tree.

fixed_tree.py         the order in which the sums of shards are added
sum_request.py        requests for sums over the rows of each shard
holder.py             the protocols of sources, which load shards, and of holders, which keep shards and add their sums
shard_threads.py      evaluation of shards on several threads
memory_holder.py      shards in memory
sharded_objective.py  the objective of all shards
"""

from sheernet.objective.sharded.fixed_tree import Node, collapse, leaf, root
from sheernet.objective.sharded.holder import Holder, ShardSource, Totals
from sheernet.objective.sharded.memory_holder import MemoryHolder
from sheernet.objective.sharded.sharded_objective import ShardedObjective
from sheernet.objective.sharded.sum_request import (
    QUANTITIES,
    JointRequest,
    Request,
    shard_engine,
    shard_sums,
)

__all__ = [
    "QUANTITIES",
    "Holder",
    "JointRequest",
    "MemoryHolder",
    "Node",
    "Request",
    "ShardSource",
    "ShardedObjective",
    "Totals",
    "collapse",
    "leaf",
    "root",
    "shard_engine",
    "shard_sums",
]
