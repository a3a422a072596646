"""Holders of shards that do not fit in memory: streamed from a file, or on several machines.

packed_file.py        a temporary file of vectors of numbers, mapped into memory
streaming_holder.py   shards in such a file, streamed by the threads of one machine
"""

from sheernet.distributed.streaming_holder import StreamingHolder

__all__ = ["StreamingHolder"]
