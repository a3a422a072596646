"""The rows of a shard that a fit uses: with all needed values, of positive weight; and the part that each is in."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sheernet.data.columns import complete_rows
from sheernet.data.columns.cells import as_numbers
from sheernet.data.shards.held_out_rows import are_held_out
from sheernet.data.shards.recipes import Shard
from sheernet.data.tables.table import Table
from sheernet.foundation.arrays import Array, Indices

TRAINING, EVALUATION, VALIDATION = "training", "evaluation", "validation"
PARTS = (TRAINING, EVALUATION, VALIDATION)


@dataclass(frozen=True)
class Usable:
    """The usable rows.

    Parameters
    ----------
    needed : tuple of str
        Columns without a value in which a row is left out.
    weights : str or None
        The column of case weights; rows of weight 0 are left out.
    """

    needed: tuple[str, ...] = ()
    weights: str | None = None

    def among(self, table: Table) -> Indices:
        """Find the usable rows of a table."""
        rows = complete_rows(table, self.needed)
        if self.weights is None:
            return rows
        return rows[as_numbers(table, self.weights, "number")[rows] > 0]


@dataclass(frozen=True)
class HeldOut:
    """The choice of held-out and of validation rows: the shares of both, and the seed."""

    share: float = 0.0
    seed: int = 0
    validation: float = 0.0

    def parts(self, shard: Shard, rows: Indices) -> dict[str, Indices]:
        """Divide some rows of a shard into the rows of each part."""
        where = shard.first_row, shard.n_rows
        held_out = are_held_out(*where, self.share, self.seed)[rows]
        validates = are_held_out(*where, self.validation, self.seed, after=self.share)[rows]
        return {
            TRAINING: rows[~(held_out | validates)],
            EVALUATION: rows[held_out],
            VALIDATION: rows[validates],
        }


def weights_of(table: Table, name: str | None, unit: float = 1.0) -> Array | None:
    """Return the case weights of the rows of a table, (N,), divided by `unit`; None if they have none."""
    return None if name is None else np.array(as_numbers(table, name, "number")) / unit
