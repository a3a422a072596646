"""Data sets in files that need not fit in memory: shards, learning of their columns, encoding of their rows.

shard_sets        `shards`: a data set divided into shards
dask_partitions   partitions of a DataFrame of Dask as shards
file_warnings     totals at the ends of files, and copies of files
recipes           the recipe of a shard, and reading it
parquet_shards    dividing Parquet files into ranges of row groups
text_shards       dividing text files into blocks of whole rows
usable_rows       the rows of a shard that a fit uses, and their part: training, validation or test
shard_learning    `learn_shards`: choosing and learning the columns in passes over the shards
surveyed_data     roles of columns and usable rows, from surveys (surveys, column_surveys, text_formats)
training_sums     sums over the training rows; column_learning makes inputs and targets of them
order_statistics  exact medians and quartiles in four passes
held_out_rows     the hash that chooses held-out rows
encoded_shards    a shard with the learned columns, which loads encoded rows
ordered_merge     the tree by which results of shards are merged
"""

from __future__ import annotations

from sheernet.data.shards.encoded_shards import EncodedShard, Encoding
from sheernet.data.shards.recipes import Shard
from sheernet.data.shards.shard_learning import LearnedShards, learn_shards
from sheernet.data.shards.shard_sets import Shards, shards

__all__ = [
    "EncodedShard",
    "Encoding",
    "LearnedShards",
    "Shard",
    "Shards",
    "learn_shards",
    "shards",
]
