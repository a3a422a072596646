"""Mini-batches as objectives: the rows of a batch keep their case weights, all others weigh 0.

The batches of epoch e are consecutive pieces of one permutation of the rows, drawn from SeedSequence([seed, e]):
they depend on nothing else, so a run is resumed with the epoch's number alone.

An objective with reduction "mean" averages over the batch by itself.  With reduction "sum" the weights of a batch
of B of the N rows are multiplied by N / B, so that its gradient is an unbiased estimate of the whole one (with a
smaller last batch: an estimate of the same scale).  Decay counts in full in every batch.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from sheernet.foundation.errors import InvalidInput
from sheernet.optimizers.step import Objective


def epoch_batches(
    objective: Objective, batch_size: int | None, seed: int, epoch: int
) -> Iterator[Objective]:
    """Iterate over the objectives of an epoch's batches; over the objective itself without a batch size.

    Parameters
    ----------
    objective : object
        With weights (N,) and replace(weights=...), if there is a batch size.  Without an attribute `reduction` it
        is taken for one that averages.
    batch_size : int or None
        Rows of a batch; None for all.
    seed, epoch : int
        What the order of the rows is drawn from.

    Yields
    ------
    object
        An objective over the rows of one batch.
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


def check_batches(method: str, objective: Objective, batch_size: object, seed: object) -> None:
    """Refuse a batch size or seed that cannot be used, or an objective that cannot be cut into batches."""
    if not _whole(seed, 0):
        raise InvalidInput(f"seed of {method} must be an int of at least 0, but {seed!r} was given")
    if batch_size is None:
        return
    if not _whole(batch_size, 1):
        raise InvalidInput(
            f"batch_size must be None for all rows, or an int of at least 1, not {batch_size!r}"
        )
    if not hasattr(objective, "replace") or not hasattr(objective, "weights"):
        raise InvalidInput(
            "batch_size needs an objective with weights (N,) and replace(weights=...), which this one does not have; "
            "leave batch_size out"
        )


def _whole(number: object, least: int) -> bool:
    return (
        isinstance(number, int | np.integer)
        and not isinstance(number, bool)
        and bool(number >= least)
    )
