"""`EncodedShard`: a shard with the learned columns, whose encoded rows can be read on any machine that has the file."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from sheernet.data.columns import Inputs
from sheernet.data.shards.recipes import Shard
from sheernet.data.shards.usable_rows import PARTS, TRAINING, HeldOut, Usable, weights_of
from sheernet.data.tables.table import Table
from sheernet.data.targets import Targets
from sheernet.foundation.arrays import Array
from sheernet.foundation.errors import unknown_name

Rows = tuple[Array, Array, Array | None]


@dataclass(frozen=True)
class Encoding:
    """How the rows of all shards of a data set are encoded.

    Parameters
    ----------
    inputs, targets : Inputs, Targets
        The encoders of the columns, learned from the training rows.
    usable, held_out : Usable, HeldOut
        The rows that are used, and the choice of held-out and validation rows.
    """

    inputs: Inputs
    targets: Targets
    usable: Usable = field(default_factory=Usable)
    held_out: HeldOut = field(default_factory=HeldOut)

    @cached_property
    def digest(self) -> str:
        """A digest of all parameters."""
        parts = (self.inputs, self.targets, self.usable, self.held_out)
        return hashlib.sha256(repr(parts).encode()).hexdigest()[:32]

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns that are read."""
        weights = [] if self.usable.weights is None else [self.usable.weights]
        names = [*self.inputs.names, *self.targets.names, *weights, *self.usable.needed]
        return tuple(dict.fromkeys(names))

    def rows(self, table: Table) -> Rows:
        """Encode rows of a table, all usable: X (N, d_0), y (N, K) and case weights (N,) or None."""
        weights = weights_of(table, self.usable.weights)
        if not len(table):
            shape = (0, self.inputs.n_features), (0, self.targets.n_outputs)
            return np.zeros(shape[0]), np.zeros(shape[1]), weights
        return self.inputs.encode(table), self.targets.encode(self.targets.truth(table)), weights


@dataclass(frozen=True)
class EncodedShard:
    """A shard and the encoding of its data set.

    Parameters
    ----------
    shard : Shard
        The recipe of the rows.
    encoding : Encoding
        The learned columns.
    """

    shard: Shard
    encoding: Encoding = field(repr=False)

    @property
    def number(self) -> int:
        """Position in the data set, from 0."""
        return self.shard.number

    @property
    def n_rows(self) -> int:
        """The number of rows of the table, those that are not used included."""
        return self.shard.n_rows

    @property
    def key(self) -> str:
        """A digest of the recipe and of the learned columns."""
        return hashlib.sha256((self.shard.key + self.encoding.digest).encode()).hexdigest()[:32]

    def only(self, part: str) -> ShardPart:
        """Return the shard as the rows of one part, for what reserves room for `n_rows`."""
        every = np.arange(self.shard.n_rows)
        n_rows = len(self.encoding.held_out.parts(self.shard, every)[part])
        return ShardPart(self, n_rows)

    def load(self, part: str = TRAINING) -> Rows:
        """Read and encode the rows of a part.

        Parameters
        ----------
        part : {"training", "evaluation", "validation"}
            "evaluation" are the held-out rows.

        Returns
        -------
        X : ndarray, (n, d_0)
            Encoded inputs; n may be 0.
        y : ndarray, (n, K)
            Encoded targets.
        w : ndarray, (n,), or None
            Case weights.

        Raises
        ------
        InvalidInput
            If the file was changed or removed.
        """
        if part not in PARTS:
            raise unknown_name("part", part, PARTS)
        table = self.shard.read(self.encoding.columns)
        rows = self.encoding.held_out.parts(self.shard, self.encoding.usable.among(table))
        return self.encoding.rows(table.take(rows[part]))


@dataclass(frozen=True)
class ShardPart:
    """A shard, with the number of rows of one of its parts.

    Parameters
    ----------
    whole : EncodedShard
        The shard.
    n_rows : int
        Rows of the part, those included that cannot be used.
    """

    whole: EncodedShard
    n_rows: int

    @property
    def number(self) -> int:
        """Position in the data set, from 0."""
        return self.whole.number

    @property
    def key(self) -> str:
        """That of the shard."""
        return self.whole.key

    def load(self, part: str) -> Rows:
        """Read and encode the rows of a part."""
        return self.whole.load(part)
