"""Mini-batches as objectives: the rows of a batch keep their case weights, all others get weight 0.

The batches of epoch e are consecutive parts of one permutation of the rows, drawn from SeedSequence([seed, e]), and
depend on nothing else, so a run can be resumed from the number of the epoch.

An objective with reduction "mean" averages over the batch.  With reduction "sum" the weights of a batch of B of the N
rows are multiplied by N / B, so that its gradient is an unbiased estimate of the full gradient (for a smaller last
batch: an estimate of the same scale).  Each batch includes the full decay.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.scalars import as_whole
from sheernet.optimizers.step import Differentiable


def epoch_batches(
    objective: Differentiable, batch_size: int | None, seed: int, epoch: int
) -> Iterator[Differentiable]:
    """Iterate over the objectives of the batches of an epoch; without a batch size, over the objective itself.

    Parameters
    ----------
    objective : object
        Has weights (N,) and replace(weights=...), if there is a batch size.  If it has no attribute `reduction`, "mean"
        is assumed.
    batch_size : int or None
        Rows per batch; None for all.
    seed, epoch : int
        Seed and number that determine the order of the rows.

    Yields
    ------
    object
        The objective of one batch.
    """
    if batch_size is None:
        yield objective
        return
    data: Any = objective
    weights = np.asarray(data.weights, dtype=np.float64)  # (N,)
    rows = np.flatnonzero(weights)
    rows = np.random.default_rng(np.random.SeedSequence([seed, epoch])).permutation(rows)
    for i in range(0, rows.size, batch_size):
        batch = rows[i : i + batch_size]  # (B,)
        scale = rows.size / batch.size if getattr(data, "reduction", "mean") == "sum" else 1.0
        part = np.zeros_like(weights)
        part[batch] = scale * weights[batch]
        yield data.replace(weights=part)


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
