"""Holders of shards that do not fit in memory: streamed from a file, or on several machines.

packed_file.py        a temporary file of vectors of numbers, mapped into memory
streaming_holder.py   shards in such a file, streamed by the threads of one machine
dask_holder.py        shards on the workers of a Dask cluster
dask_groups.py        groups of consecutive shards, and what a worker does with one
dask_environments.py  what workers must have in common to compute the same bits
dask_mapper.py        a function of each shard, on workers
dask_calls.py         calls on workers: waiting, Ctrl-C, errors in sentences
"""

from sheernet.distributed.dask_holder import DaskHolder
from sheernet.distributed.dask_mapper import dask_mapper
from sheernet.distributed.streaming_holder import StreamingHolder

__all__ = ["DaskHolder", "StreamingHolder", "dask_mapper"]
