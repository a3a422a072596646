"""Mini-batches: the order of the rows in an epoch, and the objective of each batch.

The batches of epoch e are consecutive parts of one permutation of the rows with positive weight, drawn from
SeedSequence([seed, e]), and depend on nothing else, so a run can be resumed from the number of the epoch.

An objective with reduction "mean" averages over the batch.  With reduction "sum" the weights of a batch of B of the N
rows are multiplied by N / B, so that its gradient is an unbiased estimate of the full gradient (for a smaller last
batch: an estimate of the same scale).  Each batch includes the full decay.

Any objective with case weights has batches: the rows of a batch keep their weights, all others get weight 0, which may
cost O(N) for each batch.  The following attributes are used instead if the objective has them:

n_samples, batch(rows)        the objective of a batch, at a cost of O(B)
adam_batches, gd_batches      all updates of consecutive batches in one call
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.scalars import as_whole
from sheernet.optimizers.step import Differentiable

RowNumbers = npt.NDArray[np.int64]

OPERATIONS = 2e7
"""Operations in one call of `adam_batches` or `gd_batches`: some milliseconds, between which budgets and Ctrl-C are
checked."""


def epoch_batches(
    objective: Differentiable, batch_size: int, seed: int, epoch: int
) -> Iterator[Differentiable]:
    """Iterate over the objectives of the batches of an epoch.

    Parameters
    ----------
    objective : object
        Has n_samples and batch(rows), or weights (N,) and replace(weights=...).  If it has no attribute `reduction`,
        "mean" is assumed.
    batch_size : int
        Rows per batch.
    seed, epoch : int
        Seed and number that determine the order of the rows.

    Yields
    ------
    object
        The objective of one batch.
    """
    data: Any = objective
    if hasattr(objective, "batch"):
        rows = _permuted(np.arange(data.n_samples), seed, epoch)
        for batch in _parts(rows, batch_size):
            yield data.batch(batch)
        return
    weights = np.asarray(data.weights, dtype=np.float64)  # (N,)
    rows = _permuted(np.flatnonzero(weights), seed, epoch)
    for batch in _parts(rows, batch_size):
        scale = rows.size / batch.size if getattr(data, "reduction", "mean") == "sum" else 1.0
        part = np.zeros_like(weights)
        part[batch] = scale * weights[batch]
        yield data.replace(weights=part)


def epoch_stretches(
    n_rows: int, size: int, batch_size: int, seed: int, epoch: int
) -> Iterator[RowNumbers]:
    """Iterate over an epoch in stretches of whole batches, each of about `OPERATIONS` operations.

    Parameters
    ----------
    n_rows : int
        N, the number of rows with positive weight.
    size : int
        P, the number of parameters.
    batch_size, seed, epoch : int
        As for `epoch_batches`, whose batches the stretches consist of.

    Yields
    ------
    ndarray of int
        Numbers of rows, counted among those with positive weight.
    """
    rows = _permuted(np.arange(n_rows), seed, epoch)
    of_batch = 6 * size * min(batch_size, n_rows)  # operations of a gradient
    yield from _parts(rows, batch_size * max(1, int(OPERATIONS / of_batch)))


def _permuted(rows: RowNumbers, seed: int, epoch: int) -> RowNumbers:
    return np.random.default_rng(np.random.SeedSequence([seed, epoch])).permutation(rows)


def _parts(rows: RowNumbers, length: int) -> Iterator[RowNumbers]:
    for i in range(0, rows.size, length):
        yield rows[i : i + length]


def check_batches(objective: Differentiable, batch_size: object, seed: object) -> None:
    """Raise `InvalidInput` if batch size or seed are invalid or the objective does not support batches."""
    as_whole("seed", seed, 0)
    if batch_size is None:
        return
    as_whole("batch_size", batch_size, 1, or_none=True)
    if not hasattr(objective, "replace") or not hasattr(objective, "weights"):
        raise InvalidInput(
            "batch_size requires an objective with weights (N,) and replace(weights=...); omit batch_size"
        )
