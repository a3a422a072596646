"""Holders of shards that do not fit in memory: streamed from a file, or on several machines.

packed_file.py        a temporary file of vectors of numbers, mapped into memory
streaming_holder.py   shards in such a file, streamed by the threads of one machine
dask_holder.py        shards on the workers of a Dask cluster
dask_groups.py        groups of consecutive shards, and the functions of a worker for a group
dask_environments.py  requirements on workers for bitwise equal results
dask_mapper.py        call a function for each shard, on workers
dask_calls.py         calls on workers: waiting, Ctrl-C, error messages
"""

from sheernet.distributed.dask_holder import DaskHolder
from sheernet.distributed.dask_mapper import dask_mapper
from sheernet.distributed.streaming_holder import StreamingHolder

__all__ = ["DaskHolder", "StreamingHolder", "dask_mapper"]
