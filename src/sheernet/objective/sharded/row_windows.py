"""Windows: the parts of an epoch of mini-batches over shards, each with rows of many shards (`windows_of_epoch`).

    the shards with rows, in an order drawn for the epoch, are divided into groups of at most 64;
    each shard of a group is divided into W pieces, and window j contains the piece of each shard that is drawn for it

A window is loaded as a whole, and batches are drawn from its rows.  If rows are sorted, such as by time, the rows of
one shard are similar; a window of pieces of 64 shards is nearly a sample of all rows, and a piece of some thousand rows
is read by one operation.  Every row is in one window of an epoch.  The windows depend only on the numbers of rows of
the shards, the seed and the epoch.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from sheernet.foundation.arrays import Array

SHARDS_AT_ONCE = 64
"""Maximum number of shards of a window: with more, pieces would be so small that reading takes longer than training."""
LEAST_ROWS = 2**14
"""Minimum number of rows of a window: rows that fit in one window have the same batches as rows in memory."""
COPIES = 3
"""Copies of a window while it is made: its pieces in a mapped file, the rows of each piece, and all rows together."""

Rows = tuple[Array, Array, Array]
"""Inputs (n, d_0), targets (n, K) and case weights (n,)."""


class Piece(NamedTuple):
    """Consecutive rows of a shard, numbered among the rows with positive weight."""

    shard: int
    first: int
    last: int  # the first row after the piece


def rows_of_window(rows_of_shards: Sequence[int], batch_size: int) -> int:
    """Return the approximate number of rows of a window: of the largest shard, or of a batch if it has more.

    Examples
    --------
    >>> from sheernet.objective.sharded.row_windows import rows_of_window
    >>> rows_of_window([250_000, 100], 32), rows_of_window([4, 0, 6], 32)
    (250000, 10)
    """
    return min(max(*rows_of_shards, LEAST_ROWS, batch_size), sum(rows_of_shards))


def windows_of_epoch(
    rows_of_shards: Sequence[int], rows_of_window: int, seed: int, epoch: int
) -> Iterator[list[Piece]]:
    """Yield the pieces of each window of an epoch, in the order of their shards.

    Parameters
    ----------
    rows_of_shards : sequence of int
        Rows of each shard.
    rows_of_window : int
        Approximate number of rows of a window.
    seed, epoch : int
        Seed and epoch, which determine the order of shards and pieces.

    Examples
    --------
    >>> from sheernet.objective.sharded.row_windows import windows_of_epoch
    >>> for pieces in windows_of_epoch([4, 0, 6], 5, seed=0, epoch=1):
    ...     print([tuple(piece) for piece in pieces])
    [(0, 0, 2), (2, 3, 6)]
    [(0, 2, 4), (2, 0, 3)]
    """
    rng = np.random.default_rng(np.random.SeedSequence([seed, epoch], spawn_key=(0,)))
    order = rng.permutation([shard for shard, n in enumerate(rows_of_shards) if n > 0])
    for hand in np.array_split(order, -(-order.size // SHARDS_AT_ONCE)):
        shards = sorted(hand.tolist())
        number = -(-sum(rows_of_shards[shard] for shard in shards) // rows_of_window)
        drawn = [rng.permutation(number).tolist() for _ in shards]
        for window in range(number):
            pieces = [
                _piece(shard, rows_of_shards[shard], each[window], number)
                for shard, each in zip(shards, drawn, strict=True)
            ]
            if found := [piece for piece in pieces if piece.first < piece.last]:
                yield found


def joined(parts: Sequence[Rows]) -> Rows:
    """Concatenate the rows of several parts."""
    X, y, w = (np.concatenate(each) for each in zip(*parts, strict=True))
    return X, y, w


def _piece(shard: int, n_rows: int, k: int, number: int) -> Piece:
    """Return the k-th of `number` pieces of a shard, which have nearly equal numbers of rows."""
    return Piece(shard, n_rows * k // number, n_rows * (k + 1) // number)
