"""Validation or test rows from a second data set, for a network that is fitted to shards.

files          -> shards -> checked in one pass, before anything is trained -> EncodedShard, all rows of one part
rows in memory -> encoded as for a fit in memory                       -> a single shard
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sheernet.data.columns import Roles, complete_rows, read_weights, require_columns
from sheernet.data.columns.positional_names import require_positions
from sheernet.data.columns.required_values import needed_columns
from sheernet.data.columns.unit_signs import require_units
from sheernet.data.shards import EncodedShard, Encoding, LearnedShards, Shards, shards
from sheernet.data.shards.dask_partitions import is_dask_frame
from sheernet.data.shards.usable_rows import VALIDATION, HeldOut, Usable
from sheernet.data.tables.reading import Reading
from sheernet.foundation.arrays import Array
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.message_text import counted
from sheernet.foundation.sentences import Setting, sentence
from sheernet.models.fitting.preparation import encode_rows
from sheernet.models.fitting.sharded_metrics import Mapper
from sheernet.models.fitting.usable_data import refuse_missing
from sheernet.objective.sharded import ShardSource

MOST_NOTICES = 5
"""Maximum number of notices about shards that are shown; the others are counted."""
NOUNS = {"validation": "the validation rows", "test": "the test rows"}


@dataclass(frozen=True, eq=False)
class OtherRows:
    """The rows of a second data set.

    Parameters
    ----------
    name : str
        The data set.
    sources : sequence of shards
        The shards, in order.
    n_rows : int
        Number of rows that are used.
    notices : tuple of str
        Decisions about these rows, one sentence each.
    """

    name: str
    sources: Sequence[ShardSource]
    n_rows: int
    notices: tuple[str, ...]


def other_rows(given: Any, role: str, learned: LearnedShards, mapper: Mapper) -> OtherRows:
    """Find and check the rows of a second data set.

    Parameters
    ----------
    given : Shards, path, pattern, list of paths, or a table in memory as in `sheernet.fit`
        The data set.
    role : {"validation", "test"}
        The setting that names it.
    learned : LearnedShards
        The columns of the first data set.
    mapper : callable
        Calls a function for each shard.

    Raises
    ------
    InvalidInput
        If a column is missing, a row cannot be encoded, or there are no rows.
    """
    found = (
        _in_files(given, role, learned, mapper)
        if _is_files(given)
        else _in_memory(given, role, learned)
    )
    if not found.n_rows:
        raise InvalidInput("{} has no usable rows; give others with {}", found.name, Setting(role))
    return found


def _is_files(given: Any) -> bool:
    """Return whether a data set is read in parts; a list contains paths, because rows without names have no target."""
    return isinstance(given, (Shards, str, os.PathLike, list)) or is_dask_frame(given)


def _in_files(given: Any, role: str, learned: LearnedShards, mapper: Mapper) -> OtherRows:
    data = given if isinstance(given, Shards) else shards(given)
    check = _Check.of(data.columns, learned, role)
    sources = [
        EncodedShard(shard.read_as_in(learned.read_as), check.encoding) for shard in data.shards
    ]
    n_rows, told = 0, list[str]()
    for rows, notices in mapper(check, sources):
        n_rows += rows
        told += notices
    if n_rows < data.n_rows:
        left_out = counted(data.n_rows - n_rows, "row")
        told.insert(0, f"{data.source}: {left_out} with a missing value or a weight of 0 left out")
    if len(told) > MOST_NOTICES:
        more = counted(len(told) - MOST_NOTICES, "more notice")
        told[MOST_NOTICES:] = [f"{more} about other parts of {data.source}"]
    return OtherRows(data.source, sources, n_rows, tuple(told))


@dataclass(frozen=True)
class _Check:
    """Checks that the rows of a shard can be used, as `encode_rows` checks those of a table."""

    encoding: Encoding
    roles: Roles
    read_as: Reading

    @classmethod
    def of(cls, columns: Sequence[str], learned: LearnedShards, role: str) -> _Check:
        """Return the check of a data set with some columns; the case weights may be missing."""
        first = learned.sources[0].encoding
        inputs, targets = first.inputs, first.targets
        weights = learned.weights if learned.weights in columns else None
        roles = Roles(inputs.names, targets.names, weights)
        needed, _, _ = needed_columns(roles, inputs.missing)
        part = HeldOut(validation=1.0) if role == VALIDATION else HeldOut(share=1.0)
        encoding = replace(first, usable=Usable(tuple(needed), weights), held_out=part)
        return cls(encoding, roles, learned.read_as)

    def __call__(self, source: EncodedShard) -> tuple[int, list[str]]:
        """Return the number of usable rows of a shard, and notices about them."""
        table, inputs = source.shard.read(), self.encoding.inputs
        names = [*inputs.names, *self.encoding.targets.names]
        require_columns(table, names)
        require_positions(table, names, self.read_as)
        require_units(table, names, self.read_as)
        if inputs.missing == "refuse":
            refuse_missing(table, self.roles)
        if self.roles.weights is not None:
            read_weights(
                table.take(complete_rows(table, self.encoding.usable.needed)), self.roles.weights
            )
        rows = table.take(self.encoding.usable.among(table))
        if not len(rows):
            return 0, []
        self.encoding.rows(rows)
        told = (*inputs.new_fill_notice(rows), *inputs.unseen(rows))
        return len(rows), [sentence("{}, in {}", text, table.source) for text in told]


@dataclass(frozen=True, eq=False)
class _InMemory:
    """Encoded rows in memory as a shard, a `ShardSource`."""

    X: Array
    y: Array
    weights: Array | None

    number = 0

    @property
    def n_rows(self) -> int:
        return len(self.X)

    @property
    def key(self) -> str:
        return hashlib.sha256(self.X.tobytes() + self.y.tobytes()).hexdigest()[:32]

    def load(self, part: str) -> tuple[Array, Array, Array | None]:
        """Return all rows, which belong to one part."""
        return self.X, self.y, self.weights


def _in_memory(given: Any, role: str, learned: LearnedShards) -> OtherRows:
    notices: list[str] = []
    first = learned.sources[0].encoding
    rows = encode_rows(
        given, NOUNS[role], first.inputs, first.targets, learned.weights, notices, like=learned.read_as
    )  # fmt: skip
    return OtherRows(
        rows.source, [_InMemory(rows.X, rows.y, rows.weights)], len(rows), tuple(notices)
    )
