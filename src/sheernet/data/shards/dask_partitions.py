"""Partitions of a DataFrame of Dask as shards, which are computed again wherever they are read.

    frame -> graph of each partition -> computed once: rows, checksum -> Partition, a Shard whose read() computes it

A partition must have the same rows at each computation, because the passes over a data set see one after the other, and
a worker that is lost is replaced by computing again.  Therefore each computation is compared with the first one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from sheernet.data.shards.recipes import Shard, as_shard_table
from sheernet.data.tables.table import Table, require_distinct
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.optional import import_optional
from sheernet.foundation.pandas_import import import_pandas
from sheernet.settings.read_settings import ReadSettings

if TYPE_CHECKING:
    import pandas as pd

DASK = "Dask"
NAME = "the DataFrame"
WRITE = "write it with frame.to_parquet('folder') and give 'folder/*.parquet'"


def is_dask_frame(source: Any) -> bool:
    """Whether a source is a DataFrame of Dask."""
    package = type(source).__module__.partition(".")[0]
    is_frame = hasattr(source, "to_delayed") and getattr(source, "ndim", None) == 2
    return package in ("dask", "dask_expr") and is_frame and hasattr(source, "columns")


@dataclass(frozen=True)
class Partition(Shard):
    """A partition of a DataFrame of Dask; `start` is its number in the frame.

    Parameters
    ----------
    checksum : str
        Checksum of its rows when they were first computed.
    graph : bytes
        The pickled part of the graph that computes it.
    """

    checksum: str = ""
    graph: bytes = field(default=b"", repr=False)

    @property
    def source(self) -> str:
        """Name of the rows in messages: rows in a message are counted from the first of them."""
        return f"partition {self.start} of {NAME}"

    def read(self, columns: Sequence[str] | None = None) -> Table:
        """Compute the rows; raise InvalidInput if they are not those that were computed first."""
        frame = _computed(self.graph, self.source)
        if _checksum(frame) != self.checksum:
            raise InvalidInput(
                f"{self.source} has other rows than when it was computed first, but each pass over the data computes "
                f"it again; draw random numbers from a seed, or {WRITE}"
            )
        if columns is not None:
            frame = frame[[name for name in frame.columns if str(name) in set(columns)]]
        return as_shard_table(frame, self, DASK)


class _Facts(NamedTuple):
    """What is learned when a partition is computed first."""

    n_rows: int
    checksum: str


def partitions_of(frame: Any, options: ReadSettings) -> tuple[list[Shard], tuple[str, ...]]:
    """Compute all partitions once; return those with rows, all numbered from 0, and the names of the columns.

    They are computed by the scheduler of Dask that is in use: a client of a cluster, or threads.
    """
    dask = import_optional("dask", extra="dask", purpose="DataFrames of Dask")
    names = tuple(str(name) for name in frame.columns)
    require_distinct(names, NAME)
    graphs = [_graph_of(part) for part in frame.to_delayed(optimize_graph=True)]
    found = dask.compute(*(dask.delayed(_facts_of, pure=True)(*each) for each in enumerate(graphs)))
    parts: list[Shard] = [
        Partition(
            0, "", DASK, number, number + 1, 0, 0, facts.n_rows, 0, 0, None, None, options, facts.checksum, graph
        )
        for number, (graph, facts) in enumerate(zip(graphs, found, strict=True))
        if facts.n_rows
    ]  # fmt: skip
    return parts, names


def _graph_of(part: Any) -> bytes:
    """Return what a partition needs of the graph of its frame, and its key, pickled."""
    import cloudpickle  # type: ignore[import-untyped]
    from dask.optimization import cull

    needed, _ = cull(dict(part.__dask_graph__()), [part.key])
    if any(type(each).__name__ == "Future" for each in needed.values()):
        raise InvalidInput(
            f"{NAME} is persisted: its partitions are lost with their workers; give it as it was before persist(), or "
            + WRITE
        )
    graph: bytes = cloudpickle.dumps((needed, part.key))
    return graph


def _facts_of(number: int, graph: bytes) -> _Facts:
    frame = _computed(graph, f"partition {number} of {NAME}")
    return _Facts(len(frame), _checksum(frame))


def _computed(graph: bytes, source: str) -> pd.DataFrame:
    """Compute a partition on this thread."""
    import cloudpickle
    import dask

    frame = dask.get(*cloudpickle.loads(graph))
    if not isinstance(frame, import_pandas().DataFrame):
        raise InvalidInput(
            f"{source} must be a DataFrame of pandas, but is a {type(frame).__name__}; {WRITE}"
        )
    return frame


def _checksum(frame: pd.DataFrame) -> str:
    """Return a checksum of the names, types and values of a frame."""
    pandas = import_pandas()
    digest = hashlib.sha256(repr([*map(str, frame.columns), *map(str, frame.dtypes)]).encode())
    try:
        hashes = pandas.util.hash_pandas_object(frame, index=False)
    except TypeError:  # values such as lists
        hashes = pandas.util.hash_pandas_object(frame.astype(str), index=False)
    digest.update(hashes.to_numpy().tobytes())
    return digest.hexdigest()[:32]
