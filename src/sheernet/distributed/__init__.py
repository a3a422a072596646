"""Holders of shards that do not fit in memory: streamed from a file, or on several machines."""
