"""Mini-batches: the order of the rows in an epoch (`seeded_order`) and the objectives of its batches (`epoch_batches`).

The rows with positive weight are numbered from 0 to N - 1.  The batches of an epoch are consecutive parts of one
permutation of these numbers.  The permutation of `seeded_order` depends only on the seed and the number of the epoch,
so a run can be resumed from the number of the epoch.

An objective with reduction "mean" averages over the batch.  With reduction "sum" the weights of a batch of B of the N
rows are multiplied by N / B, so that its gradient is an unbiased estimate of the full gradient (for a smaller last
batch: an estimate of the same scale).  Each batch includes the full decay; with `whole_penalty` the decay is multiplied
by the same factor as the w_n of the batch's rows: sum of all case weights / sum of the batch's case weights with
reduction "mean", N / B with "sum".  A batch is then, up to this factor, the sum of its losses and the full penalty.

An objective whose rows are not in memory has windows instead: objectives of consecutive parts of the rows.
An epoch forms the batches of each window from the rows of the window; each window has a permutation of its own.

windows(seed, epoch, batch_size, whole_penalty=...)     functions without arguments that load the objectives of an epoch
                                                        (the call itself raises if they do not fit in memory)

Any objective with case weights has batches: the rows of a batch keep their weights, all others get weight 0, which may
cost O(N) for each batch.  The following attributes are used instead if the objective has them:

batch(rows)                   the objective of a batch, at a cost of O(B)
adam_batches, gd_batches      all updates of consecutive batches in one call
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.scalars import as_whole
from sheernet.optimizers.optimizer_protocol import Differentiable

RowNumbers = npt.NDArray[np.int64]

OPERATIONS = 2e7
"""Approximate number of operations in one call of `adam_batches` or `gd_batches`, which takes some milliseconds;
budgets and Ctrl-C are checked between calls."""


def seeded_order(n_rows: int, seed: int, epoch: int, window: int = 0) -> RowNumbers:
    """Return the order of the rows in an epoch, (N,): a permutation drawn from SeedSequence([seed, epoch]).

    For the windows 1, 2, ... of an epoch the sequence has their number as spawn key.
    """
    key = (window,) if window else ()
    sequence = np.random.SeedSequence([seed, epoch], spawn_key=key)
    return np.random.default_rng(sequence).permutation(n_rows)


def epoch_batches(
    objective: Differentiable, rows: RowNumbers, batch_size: int, whole_penalty: bool = False
) -> Iterator[Differentiable]:
    """Iterate over the objectives of the batches of an epoch.

    Parameters
    ----------
    objective : object
        Has weights (N_all,) and batch(rows) or replace(weights=...); for `whole_penalty` also decay (P,) and
        replace(decay=...).  If it has no attribute `reduction`, "mean" is assumed.
    rows : ndarray of int, (N,)
        The order of the rows with positive weight.
    batch_size : int
        Rows per batch.
    whole_penalty : bool
        Whether the decay is multiplied by the same factor as the w_n.

    Yields
    ------
    object
        The objective of one batch.
    """
    data: Any = objective
    weights = np.asarray(data.weights, dtype=np.float64)  # (N_all,)
    numbers = np.flatnonzero(weights)  # (N,)
    relative = weights / weights.max()  # the sum cannot overflow
    is_sum = getattr(data, "reduction", "mean") == "sum"
    for batch in _parts(rows, batch_size):
        used = numbers[batch]  # (B,)
        factor = rows.size / batch.size if is_sum else relative.sum() / relative[used].sum()
        decay = {"decay": factor * data.decay} if whole_penalty else {}
        if hasattr(objective, "batch"):
            part = data.batch(batch)
            yield part.replace(**decay) if whole_penalty else part
        else:
            of_batch = np.zeros_like(weights)
            of_batch[used] = (factor if is_sum else 1.0) * weights[used]
            yield data.replace(weights=of_batch, **decay)


def epoch_stretches(rows: RowNumbers, size: int, batch_size: int) -> Iterator[RowNumbers]:
    """Iterate over the rows of an epoch in consecutive groups of whole batches, each of about `OPERATIONS` operations.

    Parameters
    ----------
    rows : ndarray of int, (N,)
        The order of the rows.
    size : int
        P, the number of parameters.
    batch_size : int
        Rows per batch.

    Yields
    ------
    ndarray of int
        The rows of one group of batches.
    """
    of_batch = 6 * size * min(batch_size, rows.size)  # operations of a gradient
    yield from _parts(rows, batch_size * max(1, int(OPERATIONS / of_batch)))


def _parts(rows: RowNumbers, length: int) -> Iterator[RowNumbers]:
    for i in range(0, rows.size, length):
        yield rows[i : i + length]


def check_batches(
    objective: Differentiable, batch_size: object, seed: object, whole_penalty: bool
) -> None:
    """Raise `InvalidInput` if batch size or seed are invalid or the objective does not support batches."""
    as_whole("seed", seed, 0)
    if batch_size is None:
        return
    as_whole("batch_size", batch_size, 1, or_none=True)
    if hasattr(objective, "windows"):
        return
    if not hasattr(objective, "replace") or not hasattr(objective, "weights"):
        raise InvalidInput(
            "batch_size requires an objective with weights (N,) and replace(weights=...); omit batch_size"
        )
    if whole_penalty and not hasattr(objective, "decay"):
        raise InvalidInput(
            "whole_penalty requires an objective with decay (P,) and replace(decay=...); omit whole_penalty"
        )
